"""Ring transit: after a failure a ring carries the traffic of a link the other way round.

After a failure g link l of a ring of three or more peers may fall short by sigma_l >= 0; every
other link of the ring then carries its own share and all shortfalls:

    capacity_l + sigma_l >= phi demand_l + sum of sigma over the other links of the ring

Where links are variable, the shortfalls of the others count only when l is on the ring
(big-M: one shortfall at a time is enough, so none is larger than the largest share), and sigma_l is
0 unless l is. A failure that contains a peer of the ring cuts it there: then there is no way round.

| symbol | component | unit | meaning |
|---|---|---|---|
| sigma_lg | shortfall | Gb/s | what link l lacks after failure g |
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyomo.environ as pyo

from siting.formulation.requirements import (
    Requirement,
    Requirements,
    most_demand_gbps,
    most_detour_gbps,
)
from siting.formulation.sides import (
    Side,
    at_least,
    on_the_way_round,
    ring_links,
    thresholds,
    touched_by_risk,
    waives,
)
from siting.formulation.training import Link
from siting.instance import Instance

Capacity = Callable[[Link, float], "pyo.Expression | float"]
"""Capacity of a link within an RTT limit after the failure."""


def add_ring_rows(
    b: pyo.Block,
    instance: Instance,
    requirements: Requirements,
    by_link: dict[Link, tuple[list[str], list[str]]],
) -> None:
    """Add the rows of ``survivability`` of ring links to the routes block ``b``."""
    b.shortfall = pyo.VarList(domain=pyo.NonNegativeReals)
    detour = most_detour_gbps(instance, requirements, most_demand_gbps(instance, requirements))
    for t in sorted({t for _, t in requirements}):
        ring = Ring(instance, ring_links(instance, requirements, t), detour)
        for risk, touched in ring_failures(instance, ring, by_link):

            def capacity(
                link: Link, limit: float, period: int = t, touched: frozenset[str] = touched
            ) -> pyo.Expression | float:
                known = by_link.get(link, ([], []))
                return Side.of(b, instance, period, limit, known).without(touched).gbps()

            ring.add(b.survivability, b.shortfall, ring.waived(risk), capacity)


@dataclass(frozen=True, slots=True)
class Ring:
    """The links of a period that may be on the ring, and what they must carry."""

    instance: Instance
    links: dict[Link, tuple[Requirement, ...]]
    detour_gbps: float
    """Most that one link may fall short by."""

    def waived(self, risk: str) -> list[Link]:
        """Return the links with an end in a failure."""
        return [link for link in self.links if risk in waives(link)]

    def add(
        self,
        rows: pyo.ConstraintList,
        shortfalls: pyo.VarList,
        waived: list[Link],
        capacity: Capacity,
    ) -> None:
        """Add the rows of one failure."""
        links = [link for link in self.links if link not in waived]
        short = {link: shortfalls.add() for link in links}
        for link in links:
            # Off the ring, or with the ring cut at a lost campus, nothing may be short.
            for on_ring in (self.on_ring(link), *(1 - self.on_ring(x) for x in waived)):
                at_least(rows, self.detour_gbps * on_ring, short[link])
            for limit in thresholds(self.links[link]):
                self._require(rows, link, limit, short, capacity(link, limit))

    def _require(
        self,
        rows: pyo.ConstraintList,
        link: Link,
        limit: float,
        short: dict[Link, pyo.Var],
        left: pyo.Expression | float,
    ) -> None:
        counted = [item for item in self.links[link] if item.rtt_limit_ms <= limit]
        demand = sum(item.survival_fraction * item.gbps for item in counted)
        others = sum(sigma for other, sigma in short.items() if other != link)
        on_ring = self.on_ring(link, limit)
        slack = self.detour_gbps * (1 - on_ring)
        at_least(rows, left + short[link], demand + others - slack)
        if not isinstance(on_ring, int | float) or on_ring < 1:
            at_least(rows, left + short[link], demand)

    def on_ring(self, link: Link, limit: float | None = None) -> pyo.Expression | float:
        """1 when a link is on the ring, under a mode of at most this RTT limit."""
        return sum(
            item.is_required
            for item in self.links[link]
            if on_the_way_round(self.instance, item)
            and (limit is None or item.rtt_limit_ms <= limit)
        )


def ring_failures(
    instance: Instance, ring: Ring, by_link: dict[Link, tuple[list[str], list[str]]]
) -> list[tuple[str, frozenset[str]]]:
    """Return the failures that touch routes of ring links, each with all it touches.

    One that waives nothing and touches no more than another that waives nothing asks for less.
    """
    routes = [r for link in ring.links for r in by_link.get(link, ([], []))[0]]
    waves = [v for link in ring.links for v in by_link.get(link, ([], []))[1]]
    found = sorted(touched_by_risk(instance, routes, waves).items())
    plain = {touched for risk, touched in found if not ring.waived(risk)}
    kept: list[tuple[str, frozenset[str]]] = []
    seen: set[frozenset[str]] = set()
    for risk, touched in found:
        if not ring.waived(risk):
            if touched in seen or any(touched < other for other in plain):
                continue
            seen.add(touched)
        kept.append((risk, touched))
    return kept

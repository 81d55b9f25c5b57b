"""Failure of a hut that several routes of one link share at a junction.

A hut inside a corridor fails no more routes than the corridor does, so only huts that serve routes
of a link beyond any other single failure need rows. With ring transit the routes of all links of a
ring count together.

| symbol | component | unit | meaning |
|---|---|---|---|
| w_rdht | spared | - | channels of design d on route r that do not depend on hut h |
| sigma_lg | shortfall | Gb/s | what link l of a ring lacks after failure g |
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyomo.environ as pyo

from siting.formulation.requirements import (
    Requirement,
    Requirements,
    most_demand_gbps,
    most_detour_gbps,
)
from siting.formulation.ring_transit import Ring, ring_failures
from siting.formulation.sides import (
    TOLERANCE,
    Side,
    failure_sets,
    on_the_way_round,
    ring_links,
    routes_by_link,
    thresholds,
)
from siting.formulation.training import Link
from siting.instance import Instance


def shared_huts(
    instance: Instance, link: Link, routes: list[str], waves: list[str]
) -> dict[str, list[str]]:
    """Return the huts whose failure no other failure covers, with the routes they may amplify."""
    return uncovered_huts(instance, routes, failure_sets(instance, link, routes, waves))


def uncovered_huts(
    instance: Instance, routes: list[str], failures: Iterable[frozenset[str]]
) -> dict[str, list[str]]:
    """Return the huts that touch more routes than any of ``failures``, with those they amplify.

    A route regenerated in the hut is touched whatever huts amplify it.
    """
    amplifies: dict[str, list[str]] = {}
    regenerates: dict[str, list[str]] = {}
    for r in routes:
        route = instance.fiber_routes[r]
        if any(d.amplifiers for d in route.designs):
            for hut in route.huts:
                amplifies.setdefault(hut.hut, []).append(r)
        for hut in route.regenerators:
            regenerates.setdefault(hut.hut, []).append(r)
    known = list(failures)
    return {
        h: rs
        for h, rs in sorted(amplifies.items())
        if len(touched := {*rs, *regenerates.get(h, ())}) > 1
        and not any(touched <= failure for failure in known)
    }


def _regenerated(instance: Instance, routes: list[str], hut: str) -> set[str]:
    return {r for r in routes if any(x.hut == hut for x in instance.fiber_routes[r].regenerators)}


def hut_failures_block(
    instance: Instance, requirements: Requirements, routes: pyo.Block, amplifiers: pyo.Block
) -> pyo.Block:
    """Return the block that keeps links alive when a shared hut fails."""
    b = pyo.Block(concrete=True)
    by_link = routes_by_link(instance, routes)
    periods = range(len(instance.periods))
    alone = {
        key: items
        for key, items in sorted(requirements.items())
        if any(item.survival_fraction > 0 for item in items)
        and not any(on_the_way_round(instance, item) for item in items)
    }
    shared = {
        link: shared_huts(instance, link, *by_link[link])
        for link in sorted({link for link, _ in alone} & by_link.keys())
    }
    detour = most_detour_gbps(instance, requirements, most_demand_gbps(instance, requirements))
    rings = [
        (t, ring, _ring_huts(instance, ring, by_link))
        for t in periods
        if (ring := Ring(instance, ring_links(instance, requirements, t), detour)).links
    ]
    spared = {
        (r, h)
        for huts in (*shared.values(), *(huts for _, _, huts in rings))
        for h, rs in huts.items()
        for r in rs
    }
    b.SPARED = pyo.Set(
        initialize=[
            (r, d, h, t)
            for r, h in sorted(spared)
            for d in range(len(instance.fiber_routes[r].designs))
            for t in periods
        ],
        dimen=4,
    )
    b.spared = pyo.Var(b.SPARED, domain=pyo.NonNegativeReals)

    @b.Constraint(b.SPARED)
    def spared_lit(b: pyo.Block, r: str, d: int, h: str, t: int) -> pyo.Expression:
        return b.spared[r, d, h, t] <= routes.channels[r, d, t]

    @b.Constraint(b.SPARED)
    def spared_elsewhere(b: pyo.Block, r: str, d: int, h: str, t: int) -> pyo.Expression:
        most = routes.channels[r, d, t].ub or 0
        return b.spared[r, d, h, t] <= most * (1 - amplifiers.is_used[r, h, t])

    def left_gbps(link: Link, hut: str, t: int, limit: float) -> pyo.Expression | float:
        """Capacity without what is amplified or regenerated in a hut."""
        known = by_link.get(link, ([], []))
        lost = _regenerated(instance, known[0], hut)
        maybe = {r for r in known[0] if (r, hut) in spared} - lost
        side = Side.of(routes, instance, t, limit, known).without(frozenset(lost | maybe))
        return side.gbps() + sum(
            design.rate_gbps * b.spared[r, d, hut, t]
            for r in sorted(maybe)
            for d, design in enumerate(instance.fiber_routes[r].designs)
            if design.rtt_ms <= limit + TOLERANCE
        )

    keep = _Keeper(b, instance, routes, by_link, spared)
    b.survivability_hut = pyo.ConstraintList()
    b.shortfall = pyo.VarList(domain=pyo.NonNegativeReals)
    for (link, t), items in alone.items():
        for h in shared.get(link, {}):
            keep.link(link, h, t, items)
    for t, ring, huts in rings:
        for h in huts:
            keep.ring(ring, h, t)
    return b


@dataclass(frozen=True, slots=True)
class _Keeper:
    """Adds the rows of ``survivability`` for the failure of a hut."""

    block: pyo.Block
    instance: Instance
    routes: pyo.Block
    by_link: dict[Link, tuple[list[str], list[str]]]
    spared: set[tuple[str, str]]
    """Routes and huts where they may be amplified."""

    def link(self, link: Link, hut: str, t: int, items: tuple[Requirement, ...]) -> None:
        """Keep one link alive."""
        for limit in thresholds(items):
            left = self._left_gbps(link, hut, t, limit)
            if not isinstance(left, int | float):
                self.block.survivability_hut.add(
                    left
                    >= sum(
                        item.survival_fraction * item.gbps
                        for item in items
                        if item.rtt_limit_ms <= limit and item.survival_fraction > 0
                    )
                )

    def ring(self, ring: Ring, hut: str, t: int) -> None:
        """Keep the links of a ring alive, by the other way round if need be."""

        def left(link: Link, limit: float) -> pyo.Expression | float:
            return self._left_gbps(link, hut, t, limit)

        ring.add(self.block.survivability_hut, self.block.shortfall, [], left)

    def _left_gbps(self, link: Link, hut: str, t: int, limit: float) -> pyo.Expression | float:
        """Return the capacity without what is amplified or regenerated in a hut."""
        known = self.by_link.get(link, ([], []))
        lost = _regenerated(self.instance, known[0], hut)
        maybe = {r for r in known[0] if (r, hut) in self.spared} - lost
        side = Side.of(self.routes, self.instance, t, limit, known)
        return side.without(frozenset(lost | maybe)).gbps() + sum(
            design.rate_gbps * self.block.spared[r, d, hut, t]
            for r in sorted(maybe)
            for d, design in enumerate(self.instance.fiber_routes[r].designs)
            if design.rtt_ms <= limit + TOLERANCE
        )


def _ring_huts(
    instance: Instance, ring: Ring, by_link: dict[Link, tuple[list[str], list[str]]]
) -> dict[str, list[str]]:
    """Return the huts whose failure no other failure of a ring covers."""
    routes = [r for link in ring.links for r in by_link.get(link, ([], []))[0]]
    failures = ring_failures(instance, ring, by_link)
    return uncovered_huts(
        instance, routes, [touched for risk, touched in failures if not ring.waived(risk)]
    )

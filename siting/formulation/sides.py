"""What the routes of a link carry: in the normal state, and without those a failure touches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pyomo.environ as pyo

from siting.formulation.requirements import Requirement, Requirements
from siting.formulation.sums import sum_of, weighted_sum
from siting.formulation.training import Link
from siting.instance import Instance
from siting.instance.records_network import Design, FiberRoute

TOLERANCE = 1e-9


def patterns(route: FiberRoute) -> list[tuple[int, ...]]:
    """Return the numbers of amplifiers by section that the designs of a route ask for, sorted."""
    return sorted({design.by_section for design in route.designs})


def is_lit(b: pyo.Block, instance: Instance, r: str, t: int) -> pyo.Expression:
    """Return the expression that is 1 when route ``r`` is lit in period ``t``."""
    ways = patterns(instance.fiber_routes[r])
    return sum_of(b.is_amplified[r, k, t] for k in range(len(ways)))


def lit_everywhere(b: pyo.Block, instance: Instance) -> dict[tuple[str, int], pyo.Expression]:
    """Return for every route and period the expression that is 1 when the route is lit."""
    return {(r, t): is_lit(b, instance, r, t) for r, t in b.ROUTE_PERIODS}


def thresholds(items: tuple[Requirement, ...]) -> list[float]:
    """Return the distinct RTT limits of the requirements of a link."""
    return sorted({item.rtt_limit_ms for item in items})


def on_the_way_round(instance: Instance, item: Requirement) -> bool:
    """Return whether traffic of a requirement may go the other way round a ring."""
    return instance.ring_transit and item.on_ring and item.survival_fraction > 0


def survives_alone(instance: Instance, item: Requirement) -> bool:
    """Return whether a requirement must survive failures on the routes of its own link."""
    return item.survival_fraction > 0 and not on_the_way_round(instance, item)


def routes_by_link(instance: Instance, b: pyo.Block) -> dict[Link, tuple[list[str], list[str]]]:
    """Return the fiber routes and leased waves of each link that take part."""
    by_link: dict[Link, tuple[list[str], list[str]]] = {}
    for r in b.ROUTES:
        by_link.setdefault(instance.fiber_routes[r].link, ([], []))[0].append(r)
    for v in b.WAVES:
        by_link.setdefault(instance.wave_routes[v].link, ([], []))[1].append(v)
    return by_link


def touched_by_risk(
    instance: Instance, routes: list[str], waves: list[str]
) -> dict[str, frozenset[str]]:
    """Return the routes and waves that each shared risk touches, whatever huts amplify them."""
    touched: dict[str, set[str]] = {}
    for r in routes:
        for risk in instance.fiber_routes[r].srlgs:
            touched.setdefault(risk, set()).add(r)
    for v in waves:
        for risk in instance.wave_routes[v].srlgs:
            touched.setdefault(risk, set()).add(v)
    return {risk: frozenset(members) for risk, members in touched.items()}


def waives(link: Link) -> set[str]:
    """Return the failures that contain an end of a link."""
    return {f"campus:{campus}" for campus in link}


def failure_sets(
    instance: Instance, link: Link, routes: list[str], waves: list[str]
) -> list[frozenset[str]]:
    """Return the sets of routes that a single failure touches, none inside another.

    A failure that touches a subset of what another touches asks for less. Failures that contain
    an end of the link are waived. Amplifier huts are left to the block of hut failures.
    """
    touched = touched_by_risk(instance, routes, waves)
    sets = {members for risk, members in touched.items() if risk not in waives(link)}
    return sorted((s for s in sets if not any(s < other for other in sets)), key=sorted)


@dataclass(frozen=True, slots=True)
class Unit:
    """A number of equal pairs, channels or waves, with what each carries."""

    gbps: float
    count: pyo.Var


@dataclass(frozen=True, slots=True)
class Side:
    """Routes of a link that count within an RTT limit in a period."""

    block: pyo.Block
    instance: Instance
    period: int
    limit_ms: float
    routes: list[str]
    waves: list[str]

    @classmethod
    def of(
        cls,
        block: pyo.Block,
        instance: Instance,
        period: int,
        limit_ms: float,
        known: tuple[list[str], list[str]],
    ) -> Side:
        """Return the side of the routes and waves in ``known`` that are fast enough."""
        return cls(
            block,
            instance,
            period,
            limit_ms,
            [r for r in known[0] if _counts(instance, r, limit_ms)],
            [v for v in known[1] if instance.wave_routes[v].rtt_ms <= limit_ms + TOLERANCE],
        )

    def without(self, touched: frozenset[str]) -> Side:
        """Return what is left without the routes and waves in ``touched``."""
        return replace(
            self,
            routes=[r for r in self.routes if r not in touched],
            waves=[v for v in self.waves if v not in touched],
        )

    def gbps(self) -> pyo.Expression | float:
        """Return the capacity."""
        return weighted_sum((unit.gbps, unit.count) for unit in self.channel_units())

    def lit(self) -> pyo.Expression | float:
        """Return the number of lit routes and waves."""
        b, t = self.block, self.period
        lit = [
            b.is_amplified[r, k, t]
            for r in self.routes
            for k in range(len(patterns(self.instance.fiber_routes[r])))
        ]
        return sum_of([*lit, *(b.waves[v, t] for v in self.waves)])

    def pair_units(self) -> list[Unit]:
        """Return the pairs that may be lit, each with what it carries, and the waves."""
        return [
            Unit(design.gbps_per_pair, self.block.pairs[r, d, self.period])
            for r, d, design in self._designs()
        ] + self._wave_units()

    def channel_units(self) -> list[Unit]:
        """Return the channels that may be lit, each with its rate, and the waves."""
        return [
            Unit(design.rate_gbps, self.block.channels[r, d, self.period])
            for r, d, design in self._designs()
        ] + self._wave_units()

    def _designs(self) -> Iterator[tuple[str, int, Design]]:
        for r in self.routes:
            for d, design in enumerate(self.instance.fiber_routes[r].designs):
                if design.rtt_ms <= self.limit_ms + TOLERANCE:
                    yield r, d, design

    def _wave_units(self) -> list[Unit]:
        waves = self.instance.wave_routes
        return [Unit(waves[v].rate_gbps, self.block.waves[v, self.period]) for v in self.waves]


def _counts(instance: Instance, r: str, limit_ms: float) -> bool:
    return any(d.rtt_ms <= limit_ms + TOLERANCE for d in instance.fiber_routes[r].designs)


def at_least(
    rows: pyo.ConstraintList, left: pyo.Expression | float, right: pyo.Expression | float
) -> None:
    """Add ``left >= right`` unless both are numbers and it holds."""
    if isinstance(left, int | float) and isinstance(right, int | float):
        if left >= right - TOLERANCE:
            return
        rows.add(pyo.Constraint.Infeasible)
        return
    rows.add(left >= right)


def ring_links(
    instance: Instance, requirements: Requirements, period: int
) -> dict[Link, tuple[Requirement, ...]]:
    """Return the links of a period whose traffic may go round a ring, with all they must carry."""
    return {
        link: items
        for (link, t), items in sorted(requirements.items())
        if t == period and any(on_the_way_round(instance, item) for item in items)
    }

"""Failures that take a link below its full demand: bounded, or charged.

A row lets failure group g strike unnoticed unless it is counted: what the link carries without the
routes that g touches covers the demand, or v_g = 1. A hut inside the corridors of one route alone
takes that route down when it amplifies it: all such huts of a route count together, times v of the
route. A hut that may amplify several routes of the link has a v of its own.

| symbol | component | unit | meaning |
|---|---|---|---|
| v_ig | is_interrupted | - | failure group g interrupts requirement i |
| e_ir | hut_events | 1/year | failures of the huts of route r alone that interrupt i |
| w_irdh | spared | - | channels of design d on route r that do not depend on hut h |
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pyomo.environ as pyo

from siting.formulation.cost_lines import period_weights
from siting.formulation.requirements import Requirement, Requirements, most_demand_gbps
from siting.formulation.sides import (
    TOLERANCE,
    Side,
    routes_by_link,
    touched_by_risk,
    waives,
)
from siting.formulation.training import Link
from siting.instance import Instance
from siting.instance.failures import HUT
from siting.instance.records import HOURS_PER_YEAR, FailureRate


def interruptions_block(
    instance: Instance, requirements: Requirements, routes: pyo.Block, amplifiers: pyo.Block
) -> pyo.Block:
    """Return the block that counts what interrupts links; empty when nothing asks for it."""
    b = pyo.Block(concrete=True)
    most = most_demand_gbps(instance, requirements)
    by_link = routes_by_link(instance, routes)
    b.is_interrupted = pyo.VarList(domain=pyo.Binary)
    b.hut_events = pyo.VarList(domain=pyo.NonNegativeReals)
    b.spared = pyo.VarList(domain=pyo.NonNegativeReals)
    b.interrupted_if_short = pyo.ConstraintList()
    b.link_availability = pyo.ConstraintList()
    weight = period_weights(instance)
    cost = []
    for (link, t), items in sorted(requirements.items()):
        known = by_link.get(link, ([], []))
        for alike in _alike(items):
            cases = [_Case.of(routes, instance, t, known, item, items) for item in alike]
            counter = _Counter(b, instance, amplifiers, link, cases, most[link])
            counter.count()
            least = alike[0].min_availability
            if least and counter.unavailability:
                b.link_availability.add(sum(counter.unavailability) <= 1 - least)
            usd = weight(t) * alike[0].interruption_usd_per_event
            cost += [usd * events for events in counter.events if usd]
    b.cost = pyo.Expression(expr=sum(cost))
    return b


def _alike(items: tuple[Requirement, ...]) -> list[list[Requirement]]:
    """Return the requirements that count interruptions; modes of one workload count as one.

    At most one of them is required, so they share their binaries.
    """
    found: dict[tuple[object, ...], list[Requirement]] = {}
    for item in items:
        if item.min_availability or item.interruption_usd_per_event:
            key = (item.workload, item.min_availability, item.interruption_usd_per_event)
            found.setdefault(key, []).append(item)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class _Case:
    """One requirement with the routes and the demand within its RTT limit."""

    item: Requirement
    side: Side
    demand_gbps: pyo.Expression | float

    @classmethod
    def of(
        cls,
        routes: pyo.Block,
        instance: Instance,
        period: int,
        known: tuple[list[str], list[str]],
        item: Requirement,
        items: tuple[Requirement, ...],
    ) -> _Case:
        """Return the case of ``item`` among ``items``."""
        limit = item.rtt_limit_ms
        side = Side.of(routes, instance, period, limit, known)
        return cls(item, side, sum(x.gbps for x in items if x.rtt_limit_ms <= limit))


@dataclass(slots=True)
class _Counter:
    """Counts what interrupts one workload on a link in a period, whatever its mode."""

    block: pyo.Block
    instance: Instance
    amplifiers: pyo.Block
    link: Link
    cases: list[_Case]
    most_gbps: float
    events: list[pyo.Expression] = field(default_factory=list)
    """Interruptions a year, in parts."""
    unavailability: list[pyo.Expression] = field(default_factory=list)
    """Share of time interrupted, in parts."""

    @property
    def widest(self) -> Side:
        """The side with the most routes."""
        return max((case.side for case in self.cases), key=lambda side: side.limit_ms)

    def count(self) -> None:
        """Add the rows of every failure that can touch the link."""
        touched = touched_by_risk(self.instance, self.widest.routes, self.widest.waves)
        single: dict[str, list[str]] = {}
        for hut, routes in self._amplifies().items():
            lost = touched.get(f"{HUT}{hut}", frozenset())
            users = [r for r in routes if r not in lost]
            if len(users) == 1 and not lost:
                single.setdefault(users[0], []).append(hut)
            elif users:
                self._shared_hut(hut, lost, users)
                touched.pop(f"{HUT}{hut}", None)
        groups: dict[frozenset[str], list[str]] = {frozenset({r}): [] for r in single}
        for name, members in touched.items():
            if name not in waives(self.link) and name in self.instance.failures:
                groups.setdefault(members, []).append(name)
        for members, names in sorted(groups.items(), key=lambda group: sorted(group[0])):
            is_interrupted = self._interrupted(members, {})
            for name in names:
                self._add(self.instance.failures[name], is_interrupted)
            for r in members if len(members) == 1 else ():
                self._own_huts(r, single.get(r, []), is_interrupted)

    def _amplifies(self) -> dict[str, list[str]]:
        """Return the huts that may fail, with the routes that they may amplify."""
        found: dict[str, list[str]] = {}
        for r in self.widest.routes:
            for hut in self.instance.fiber_routes[r].huts:
                if f"{HUT}{hut.hut}" in self.instance.failures and self._may_use(r, hut.hut):
                    found.setdefault(hut.hut, []).append(r)
        return found

    def _may_use(self, r: str, hut: str) -> bool:
        return (r, hut, self.widest.period) in self.amplifiers.USES

    def _interrupted(
        self, touched: frozenset[str], spared: dict[tuple[str, int], pyo.Var]
    ) -> pyo.Var:
        """Return the binary that is 1 when a failure takes the link below the demand.

        Args:
            touched: routes and waves that may be lost.
            spared: by (route, design), the channels of these that are not.
        """
        is_interrupted = self.block.is_interrupted.add()
        for case in self.cases:
            if not touched & {*case.side.routes, *case.side.waves}:
                continue
            left = case.side.without(touched).gbps() + sum(
                design.rate_gbps * channels
                for (r, d), channels in spared.items()
                for design in (self.instance.fiber_routes[r].designs[d],)
                if design.rtt_ms <= case.item.rtt_limit_ms + TOLERANCE
            )
            demand = case.demand_gbps
            most = demand if isinstance(demand, float) else self.most_gbps
            excused = is_interrupted + 1 - case.item.is_required
            self.block.interrupted_if_short.add(left >= demand - most * excused)
        return is_interrupted

    def _add(self, rate: FailureRate, is_interrupted: pyo.Expression) -> None:
        self.events.append(rate.events_per_year * is_interrupted)
        self.unavailability.append(rate.unavailability * is_interrupted)

    def _own_huts(self, r: str, huts: list[str], is_interrupted: pyo.Var) -> None:
        """Count the huts that amplify one route alone, when its loss interrupts the link."""
        if not huts:
            return
        rates = [self.instance.failures[f"{HUT}{hut}"] for hut in huts]
        used = [self.amplifiers.is_used[r, hut, self.widest.period] for hut in huts]
        failing = sum(x.events_per_year * u for x, u in zip(rates, used, strict=True))
        designs = self.instance.fiber_routes[r].designs
        most = max(d.amplifiers for d in designs) * max(x.events_per_year for x in rates)
        events = self.block.hut_events.add()
        self.block.interrupted_if_short.add(events >= failing - most * (1 - is_interrupted))
        self.events.append(events)
        self.unavailability.append(rates[0].repair_hours / HOURS_PER_YEAR * events)

    def _shared_hut(self, hut: str, lost: frozenset[str], users: list[str]) -> None:
        """Count a hut that may take down several routes of the link."""
        spared = {
            (r, d): self._spared(r, d, hut)
            for r in users
            for d in range(len(self.instance.fiber_routes[r].designs))
        }
        is_interrupted = self._interrupted(lost | frozenset(users), spared)
        self._add(self.instance.failures[f"{HUT}{hut}"], is_interrupted)

    def _spared(self, r: str, d: int, hut: str) -> pyo.Expression:
        """Return the channels of a design that do not depend on a hut."""
        t = self.widest.period
        channels = self.widest.block.channels[r, d, t]
        if not self.instance.fiber_routes[r].designs[d].amplifiers:
            return channels
        spared = self.block.spared.add()
        self.block.interrupted_if_short.add(spared <= channels)
        is_used = self.amplifiers.is_used[r, hut, t]
        self.block.interrupted_if_short.add(spared <= (channels.ub or 0) * (1 - is_used))
        return spared

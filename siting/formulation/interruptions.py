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

from collections.abc import Iterable
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
    b.rows = pyo.ConstraintList()
    b.link_availability = pyo.ConstraintList()
    weight = period_weights(instance)
    cost = []
    for (link, t), items in sorted(requirements.items()):
        known = by_link.get(link, ([], []))
        for item in items:
            if not (item.min_availability or item.interruption_usd_per_event):
                continue
            side = Side.of(routes, instance, t, item.rtt_limit_ms, known)
            demand = sum(x.gbps for x in items if x.rtt_limit_ms <= item.rtt_limit_ms)
            limit = demand if isinstance(demand, float) else most[link]
            counter = _Counter(b, instance, amplifiers, link, item, side, demand, limit)
            counter.count()
            if item.min_availability and counter.unavailability:
                b.link_availability.add(sum(counter.unavailability) <= 1 - item.min_availability)
            if item.interruption_usd_per_event:
                usd = weight(t) * item.interruption_usd_per_event
                cost += [usd * events for events in counter.events]
    b.cost = pyo.Expression(expr=sum(cost))
    return b


@dataclass(slots=True)
class _Counter:
    """Counts what interrupts one requirement."""

    block: pyo.Block
    instance: Instance
    amplifiers: pyo.Block
    link: Link
    item: Requirement
    side: Side
    demand_gbps: pyo.Expression | float
    most_gbps: float
    events: list[pyo.Expression] = field(default_factory=list)
    """Interruptions a year, in parts."""
    unavailability: list[pyo.Expression] = field(default_factory=list)
    """Share of time interrupted, in parts."""

    def count(self) -> None:
        """Add the rows of every failure that can touch the link."""
        touched = touched_by_risk(self.instance, self.side.routes, self.side.waves)
        amplifies = self._amplifies()
        single: dict[str, list[str]] = {}
        for hut, routes in amplifies.items():
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
            is_interrupted = self._interrupted(self.side.without(members).gbps())
            for name in names:
                self._add(self.instance.failures[name], is_interrupted)
            for r in members if len(members) == 1 else ():
                self._own_huts(r, single.get(r, []), is_interrupted)

    def _amplifies(self) -> dict[str, list[str]]:
        """Return the huts that may fail, with the routes that they may amplify."""
        found: dict[str, list[str]] = {}
        for r in self.side.routes:
            for hut in self.instance.fiber_routes[r].huts:
                if f"{HUT}{hut.hut}" in self.instance.failures and self._may_use(r, hut.hut):
                    found.setdefault(hut.hut, []).append(r)
        return found

    def _may_use(self, r: str, hut: str) -> bool:
        return (r, hut, self.side.period) in self.amplifiers.USES

    def _interrupted(self, left_gbps: pyo.Expression | float) -> pyo.Var:
        """Return the binary that is 1 when what is left falls short of the demand."""
        b, item = self.block, self.item
        is_interrupted = b.is_interrupted.add()
        excused = is_interrupted + 1 - item.is_required
        b.rows.add(left_gbps >= self.demand_gbps - self.most_gbps * excused)
        return is_interrupted

    def _add(self, rate: FailureRate, is_interrupted: pyo.Expression) -> None:
        self.events.append(rate.events_per_year * is_interrupted)
        self.unavailability.append(rate.unavailability * is_interrupted)

    def _own_huts(self, r: str, huts: list[str], is_interrupted: pyo.Var) -> None:
        """Count the huts that amplify one route alone, when its loss interrupts the link."""
        if not huts:
            return
        rates = [self.instance.failures[f"{HUT}{hut}"] for hut in huts]
        used = [self.amplifiers.is_used[r, hut, self.side.period] for hut in huts]
        failing = sum(x.events_per_year * u for x, u in zip(rates, used, strict=True))
        designs = self.instance.fiber_routes[r].designs
        most = max(d.amplifiers for d in designs) * max(x.events_per_year for x in rates)
        events = self.block.hut_events.add()
        self.block.rows.add(events >= failing - most * (1 - is_interrupted))
        self.events.append(events)
        self.unavailability.append(rates[0].repair_hours / HOURS_PER_YEAR * events)

    def _shared_hut(self, hut: str, lost: frozenset[str], users: list[str]) -> None:
        """Count a hut that may take down several routes of the link."""
        left = self.side.without(lost | frozenset(users)).gbps() + sum(
            rate * spared for r in users for rate, spared in self._spared(r, hut)
        )
        self._add(self.instance.failures[f"{HUT}{hut}"], self._interrupted(left))

    def _spared(self, r: str, hut: str) -> Iterable[tuple[float, pyo.Var]]:
        """Yield rate and channels of a route that do not depend on a hut."""
        b, t = self.block, self.side.period
        for d, design in enumerate(self.instance.fiber_routes[r].designs):
            if design.rtt_ms > self.item.rtt_limit_ms + TOLERANCE:
                continue
            channels = self.side.block.channels[r, d, t]
            spared = b.spared.add()
            b.rows.add(spared <= channels)
            is_used = self.amplifiers.is_used[r, hut, t]
            b.rows.add(spared <= (channels.ub or 0) * (1 - is_used))
            yield design.rate_gbps, spared

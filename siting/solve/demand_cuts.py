"""Cuts of the demand of a period: what serves it comes through things that are there or not.

The relaxation opens half a campus, with half a line to half a substation, where half its MW are
wanted. The demand of a workload in a period is a row of what its campuses serve, and that is at
most what each of them can serve if it is a peer, or what its lines carry if they are built, or what
their substations supply if they are connected. Mixed-integer rounding of such a row, some of its
terms kept as they are, cuts the halves off. Nothing but rules of sites and power is used, so a cut
holds in every configuration. The rules of :mod:`siting.solve.serving_rules` are taken with them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from siting.formulation.placement import peer_limit_mw, replica_limit_mw, substation_limit_mw
from siting.instance import Instance
from siting.solve.highs import CompiledModel, Status
from siting.solve.rounding import Rounding, Switched, cover_roundings
from siting.solve.serving_rules import Key, serving_rules

if TYPE_CHECKING:
    import numpy as np
    import pyomo.environ as pyo
    from numpy.typing import NDArray

ROUNDS = 12
RELAXED_S = 60.0
LEAST_GAIN = 2e-6
"""Rounds end when a round raises the bound by less than this share."""
MOST_CUTS = 10
"""Cuts of a demand in a round."""
VIOLATED = 1e-6
TIGHT_MW = 1e-6
"""What serves less does not count, and what is as near is as tight."""


@dataclass(frozen=True, slots=True)
class DemandCut:
    """The sum of the terms is at least ``least``."""

    terms: tuple[tuple[Key, float], ...]
    least: float


@dataclass(frozen=True, slots=True)
class _Source:
    """What may serve a demand: at most ``most_mw`` of IT, if the switch is on."""

    most_mw: float
    switch: Key
    flows: tuple[tuple[Key, float], ...]
    """What it serves is at most the sum of these, in IT MW."""


@dataclass(frozen=True, slots=True)
class _Campus:
    """The ways to count what a campus serves of a demand."""

    roles: tuple[_Source, ...]
    lines: tuple[tuple[str, _Source], ...]
    """By substation; none where something feeds it besides new lines."""


@dataclass(frozen=True, slots=True)
class _Demand:
    mw: float
    unserved: Key
    campuses: tuple[_Campus, ...]
    supply: dict[str, tuple[float, Key]]
    """What each substation can supply, facility MW, and what is 1 when it is connected."""
    most_it_per_mw: float
    """IT MW that a facility MW serves at most."""


Value = Callable[[Key], float]


@dataclass(slots=True)
class DemandCuts:
    """Makes the cuts of an instance and keeps them for every model."""

    instance: Instance
    found: list[DemandCut] = field(default_factory=list)
    _demands: list[_Demand] | None = None
    _rules: list[DemandCut] = field(default_factory=list)
    """Those that were never violated yet."""
    _known: set[tuple[tuple[tuple[Key, float], ...], float]] = field(default_factory=set)

    def add_to(self, model: pyo.ConcreteModel, compiled: CompiledModel, since: int = 0) -> None:
        """Add what was found, or the last of it, to a model of sites and power."""
        for cut in self.found[since:]:
            terms = [(_variable(model, key), coefficient) for key, coefficient in cut.terms]
            compiled.add_row(terms, cut.least, math.inf)

    def strengthen(
        self, model: pyo.ConcreteModel, compiled: CompiledModel, *, enough: float = math.inf
    ) -> float:
        """Cut off what the relaxation of a model leaves in parts; return its bound then.

        Args:
            model: of sites and power.
            compiled: the same, compiled; takes the cuts.
            enough: a bound that is good enough.

        Returns:
            The bound, in the unit of the model; infinite when there is no solution, minus infinite
            when none was found.
        """
        if self._demands is None:
            self._demands = list(_demands(self.instance))
            rules = serving_rules(self.instance)
            self._rules = [DemandCut(tuple(sorted(terms.items())), 0.0) for terms in rules]
        bound = -math.inf
        for _ in range(ROUNDS):
            outcome = compiled.relax(time_limit_s=RELAXED_S)
            before, bound = bound, max(bound, outcome.bound)
            values = outcome.values
            if outcome.status is not Status.OPTIMAL or values is None:
                return bound
            if bound >= enough or bound - before < LEAST_GAIN * abs(bound):
                return bound

            def value(key: Key, values: NDArray[np.float64] = values) -> float:
                return compiled.value(_variable(model, key), values)

            since = len(self.found)
            self._take_rules(value)
            for demand in self._demands:
                self._take(demand, value)
            if len(self.found) == since:
                return bound
            self.add_to(model, compiled, since)
        return bound

    def _take_rules(self, value: Value) -> None:
        """Keep the serving rules that a solution violates."""
        left: list[DemandCut] = []
        for rule in self._rules:
            is_violated = sum(x * value(key) for key, x in rule.terms) < -VIOLATED
            (self.found if is_violated else left).append(rule)
        self._rules = left

    def _take(self, demand: _Demand, value: Value) -> None:
        """Keep the best cuts of a demand that a solution violates."""
        violated: list[tuple[float, DemandCut]] = []
        for sources in _countings(demand, value):
            switched = [
                Switched(x.most_mw, value(x.switch), sum(f * value(k) for k, f in x.flows))
                for x in sources
            ]
            violated += [
                (rounding.violation, _cut(demand, sources, rounding))
                for rounding in cover_roundings(demand.mw, switched, value(demand.unserved))
            ]
        violated.sort(key=lambda pair: -pair[0])
        taken = 0
        for _, cut in violated:
            known = cut.terms, round(cut.least, 6)
            if known not in self._known and taken < MOST_CUTS:
                self._known.add(known)
                self.found.append(cut)
                taken += 1


def _variable(model: pyo.ConcreteModel, key: Key) -> pyo.Var:
    block, component, index = key
    return getattr(getattr(model, block), component)[index]


def _cut(demand: _Demand, sources: Sequence[_Source], rounding: Rounding) -> DemandCut:
    terms: dict[Key, float] = {demand.unserved: rounding.rest}
    for source, switch, kept in zip(sources, rounding.switch, rounding.kept, strict=True):
        if switch:
            terms[source.switch] = terms.get(source.switch, 0.0) + switch
        if kept:
            for key, factor in source.flows:
                terms[key] = terms.get(key, 0.0) + rounding.rest * factor
    return DemandCut(tuple(sorted(terms.items())), rounding.least)


def _countings(demand: _Demand, value: Value) -> Iterator[list[_Source]]:
    """Yield ways to count a demand: by roles, lines or substations, and each where it is tight."""
    yield [source for campus in demand.campuses for source in campus.roles]
    fed = [campus for campus in demand.campuses if campus.lines]
    rest = [source for campus in demand.campuses if not campus.lines for source in campus.roles]
    if not fed:
        return
    lines = [line for campus in fed for line in campus.lines]
    yield [*rest, *(source for _, source in lines)]
    yield [*rest, *_by_substation(demand, lines, lambda _, __: True)]
    tight = [campus for campus in fed if _slack(campus.roles, value) <= _line_slack(campus, value)]
    lines = [line for campus in fed if campus not in tight for line in campus.lines]

    def supply_is_tight(supply: _Source, sources: Sequence[_Source]) -> bool:
        return _slack([supply], value) <= _slack(sources, value) + TIGHT_MW

    roles = [source for campus in tight for source in campus.roles]
    yield [*rest, *roles, *_by_substation(demand, lines, supply_is_tight)]


def _slack(sources: Sequence[_Source], value: Value) -> float:
    """Return by how much the most of some sources exceeds what they serve."""
    return sum(x.most_mw * value(x.switch) - sum(f * value(k) for k, f in x.flows) for x in sources)


def _line_slack(campus: _Campus, value: Value) -> float:
    used = [x for _, x in campus.lines if any(value(k) > TIGHT_MW for k, _ in x.flows)]
    return _slack(used, value) + TIGHT_MW


def _by_substation(
    demand: _Demand,
    lines: Sequence[tuple[str, _Source]],
    is_better: Callable[[_Source, Sequence[_Source]], bool],
) -> Iterator[_Source]:
    """Yield lines, those of a substation as one where that is better."""
    groups: dict[str, list[_Source]] = {}
    for substation, source in lines:
        groups.setdefault(substation, []).append(source)
    for substation, sources in groups.items():
        if substation in demand.supply:
            most_mw, switch = demand.supply[substation]
            flows = tuple(flow for source in sources for flow in source.flows)
            supply = _Source(most_mw * demand.most_it_per_mw, switch, flows)
            if is_better(supply, sources):
                yield supply
                continue
        yield from sources


def _demands(instance: Instance) -> Iterator[_Demand]:
    """Yield the demands of every workload and period."""
    for t in range(len(instance.periods)):
        supply: dict[str, tuple[float, Key]] = {
            s: (most_mw, ("interconnection", "is_connected", (s, t)))
            for s, substation in instance.substations.items()
            if not substation.stands[t]
            and not substation.existing_mw[t]
            and (most_mw := substation_limit_mw(instance, s, t)) > 0
        }
        per_mw = max((1.0 / c.pue_peak for c in instance.campuses.values()), default=1.0)
        for w, job in instance.workloads.items():
            if job.demand_mw[t] <= 0:
                continue
            campuses = tuple(_campus(instance, c, w, t) for c in job.campuses)
            unserved: Key = ("placement", "unserved_mw", (w, t))
            yield _Demand(job.demand_mw[t], unserved, campuses, supply, per_mw)


def _campus(instance: Instance, c: str, w: str, t: int) -> _Campus:
    index = (c, w, t)
    roles = [
        _Source(
            peer_limit_mw(instance, *index),
            ("placement", "is_peer", index),
            ((("placement", "served_mw", index), 1.0),),
        )
    ]
    if instance.workloads[w].replica is not None:
        flows = ((("placement", "replica_mw", index), 1.0),)
        most_mw = replica_limit_mw(instance, *index)
        roles.append(_Source(most_mw, ("placement", "is_replica", index), flows))
    return _Campus(tuple(roles), tuple(_lines(instance, c, t)))


def _lines(instance: Instance, c: str, t: int) -> Iterator[tuple[str, _Source]]:
    """Yield the new lines of a campus that nothing else feeds."""
    lines = [line for line in instance.tie_lines.values() if line.campus == c]
    units = [unit for unit in instance.bridging.values() if unit.campus == c]
    if any(line.stands[t] for line in lines) or any(t >= unit.first_period for unit in units):
        return
    campus = instance.campuses[c]
    room_mw = max(campus.limit_it_mw, campus.existing_it_mw[t])
    for line in lines:
        most_mw = min(line.capacity_mw, substation_limit_mw(instance, line.substation, t))
        if t < line.first_period or most_mw <= 0:
            continue
        yield (
            line.substation,
            _Source(
                min(most_mw / campus.pue_peak, room_mw),
                ("interconnection", "is_built", (line.id, t)),
                ((("interconnection", "flow_mw", (line.id, t)), 1.0 / campus.pue_peak),),
            ),
        )

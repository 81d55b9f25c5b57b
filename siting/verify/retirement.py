"""Check of section 4, power and sites: what stands already serves until its retirement date."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from siting.network import OWN
from siting.verify import tolerances
from siting.verify.case import Case, first_positive
from siting.verify.findings import Rule
from siting.verify.standing import (
    cable_stands,
    campus_stands,
    hut_stands,
    is_new,
    substation_stands,
    tie_line_stands,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A thing that stands already when the horizon starts, or did before."""

    where: str
    stands: tuple[bool, ...]
    new_from: int | None
    """First period in which the same thing, built new, is in service."""
    used: Sequence[float]
    """What is in use of it, old and new, by period."""
    unit: str


def retirement(case: Case, rule: Rule) -> None:
    """What stands already is in use after its retirement date only when it is built new."""
    for thing in _things(case):
        for t, used in enumerate(thing.used):
            limit = math.inf if thing.stands[t] or is_new(thing.new_from, t) else 0.0
            what = "in use after retirement"
            rule.at_most(case.at(thing.where, t), what, used, limit, thing.unit, tolerances.MW)


def _things(case: Case) -> Iterator[Standing]:
    """Yield all that stands already: campus, substation, tie line, own cable, own hut."""
    plan, periods = case.plan, range(case.periods)
    for name, campus in case.study.campuses.items():
        if campus.existing_it_mw > 0:
            opened = case.campuses.get(name)
            first = opened.in_service_from if opened else None
            used = [case.it_mw(name, t) for t in periods]
            yield Standing(f"campus {name}", campus_stands(case, name), first, used, "MW")
    for name, substation in case.study.substations.items():
        if substation.existing_mw > 0:
            connected = case.substations.get(name)
            first = connected.in_service_from if connected else None
            lines = [line for line in plan.tie_lines if line.substation == name]
            used = [sum(line.firm_mw[t] for line in lines) for t in periods]
            yield Standing(f"substation {name}", substation_stands(case, name), first, used, "MW")
    for line in plan.tie_lines:
        row = (case.study.tie_lines or {}).get(line.id)
        if row is not None and row.existing:
            stands, first = tie_line_stands(case, line.id), line.in_service_from
            yield Standing(f"tie line {line.id}", stands, first, line.firm_mw, "MW")
    yield from _fiber(case)


def _fiber(case: Case) -> Iterator[Standing]:
    for name, corridor in case.network.corridors.items():
        if corridor.existing_fibers > 0:
            held = case.corridors.get(name)
            cables = held.cables.values() if held else ()
            first = first_positive([sum(counts) for counts in zip(*cables, strict=True)])
            lit = _own_pairs(case, name)
            yield Standing(f"corridor {name}", cable_stands(case, name), first, lit, "pairs")
    for name, hut in case.network.huts.items():
        if hut.existing_racks > 0:
            built = case.huts.get(name)
            first = built.in_service_from if built else None
            routes = [route for route in case.fiber_routes if name in route.route.huts]
            lit = [sum(route.pairs[t] for route in routes) for t in range(case.periods)]
            yield Standing(f"hut {name}", hut_stands(case, name), first, lit, "pairs")


def _own_pairs(case: Case, corridor: str) -> list[int]:
    """Return the pairs lit on own cable in a corridor, by period."""
    lit = [0] * case.periods
    for route in case.fiber_routes:
        if (corridor, OWN) in zip(route.route.corridors, route.route.supply, strict=True):
            lit = [before + pairs for before, pairs in zip(lit, route.pairs, strict=True)]
    return lit

"""Checks over time that hold for every asset: ``lead_time`` and ``persistence``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from siting.network import OWN
from siting.plan import RouteMode
from siting.verify import tolerances
from siting.verify.case import Case, RouteCase, first_positive
from siting.verify.dates import first_period_from
from siting.verify.findings import Rule
from siting.verify.options import AMPLIFIER_PRICE, TERMINAL_PREFIX


def lead_time(case: Case, rule: Rule) -> None:
    """No asset is in service before its first period."""
    for where, found, first in _assets(case):
        if found is None:
            continue
        can = case.plan.periods[first] if first < case.periods else "after the horizon"
        rule.require(
            where,
            f"in service from period index {found}; it can be from index {first} ({can})",
            ok=found >= first,
            value=found,
            limit=first,
            unit="period",
        )


def _assets(case: Case) -> Iterator[tuple[str, int | None, int]]:
    """Yield place, first period in service, and first period possible."""
    plan, catalog = case.plan, case.catalog
    for campus in plan.campuses:
        first = first_period_from(case.starts, case.study.campuses[campus.id].earliest_date)
        yield f"campus {campus.id}", campus.in_service_from, first
    first = case.first_period(catalog.lead_time_years("grid.line345"))
    for line in plan.tie_lines:
        yield f"tie line {line.id}", line.in_service_from, first
    for corridor in plan.corridors:
        lead = case.network.corridors[corridor.id].build_lead_time_years
        built = case.first_period(lead)
        yield f"corridor {corridor.id}, own cable", corridor.built_from, built
        for size, counts in corridor.cables.items():
            yield f"corridor {corridor.id}, cable {size}", first_positive(counts), built
        first = case.first_period(catalog.lead_time_years("iru.lh"))
        yield f"corridor {corridor.id}, IRU", first_positive(corridor.iru_pairs), first
    for hut in plan.huts:
        own = case.network.huts[hut.id].operator == OWN
        row = "hut.cost.legacy" if own else "hut.lease.rack"
        first = case.first_period(catalog.lead_time_years(row))
        yield f"hut {hut.id}", hut.in_service_from, first
        yield f"hut {hut.id}, racks", first_positive(hut.racks), first
    for route in case.routes:
        yield from _optics(case, route)


def _optics(case: Case, route: RouteCase) -> Iterator[tuple[str, int | None, int]]:
    if route.wave is not None:
        first = case.first_period(route.wave.lead_time_years)
        yield f"{route.where}, waves", first_positive(route.route.waves), first
    for option in route.options:
        if option.mode is None:
            continue
        for what, values, row in _equipment(option.mode, huts=len(route.huts)):
            first = case.first_period(case.catalog.lead_time_years(row))
            yield f"{option.where}, {what}", first_positive(values), first


def _equipment(mode: RouteMode, huts: int) -> Iterator[tuple[str, Sequence[int], str]]:
    """Yield name, counts and catalog row of the equipment of an option."""
    yield "transponders", mode.channels, f"{mode.module}.price"
    if mode.terminal != "none":
        yield "terminals", mode.pairs, f"{TERMINAL_PREFIX[mode.terminal]}.price"
        if huts:
            yield "amplifiers", mode.pairs, AMPLIFIER_PRICE[mode.terminal]


def persistence(case: Case, rule: Rule) -> None:
    """What is in service stays: no list of the plan decreases."""
    for where, values, unit, slack in _lists(case):
        for t, (before, after) in enumerate(pairwise(values)):
            rule.at_least(case.at(where, t + 1), "what is in service", after, before, unit, slack)


def _lists(case: Case) -> Iterator[tuple[str, Sequence[float], str, float]]:
    plan = case.plan
    for substation in plan.substations:
        yield f"substation {substation.id}", substation.reserved_mw, "MW", tolerances.MW
    for campus in plan.campuses:
        yield f"campus {campus.id}", campus.built_it_mw, "MW", tolerances.MW
    for corridor in plan.corridors:
        for size, counts in corridor.cables.items():
            yield f"corridor {corridor.id}, cable {size}", counts, "cables", 0.0
        yield f"corridor {corridor.id}, IRU", corridor.iru_pairs, "pairs", 0.0
    for hut in plan.huts:
        yield f"hut {hut.id}", hut.racks, "racks", 0.0
    for route in case.routes:
        yield f"{route.where}, waves", route.route.waves, "waves", 0.0
        for mode in route.route.modes:
            where = f"{route.where}, {mode.module} with terminal {mode.terminal}"
            yield where, mode.pairs, "pairs", 0.0
            yield where, mode.channels, "channels", 0.0

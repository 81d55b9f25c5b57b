"""Checks over time that hold for every asset: ``lead_time`` and ``persistence``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from siting.plan import PlannedHut, RouteMode
from siting.verify import tolerances
from siting.verify.case import Case, RouteCase, first_positive
from siting.verify.dates import first_period_from
from siting.verify.findings import Rule
from siting.verify.options import AMPLIFIER_PRICE, TERMINAL_PREFIX
from siting.verify.site_costs import RENTAL
from siting.verify.standing import hut_stands

LEASE: Final = "hut.lease.rack"
HUT_LEAD: Final = {
    "small": "hut.cost.legacy",
    "large": "hut.cost.new",
    "leased": LEASE,
    "provider": LEASE,
}
"""Catalog row of the lead time of a hut, by class."""
MONTHS_PER_YEAR: Final = 12.0


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
    yield from _sites(case)
    for corridor in case.plan.corridors:
        built = case.first_period(case.network.corridors[corridor.id].build_lead_time_years)
        yield f"corridor {corridor.id}, own cable", corridor.built_from, built
        for kind, counts in corridor.cables.items():
            yield f"corridor {corridor.id}, cable {kind}", first_positive(counts), built
        first = case.first_period(case.catalog.lead_time_years("iru.lh"))
        yield f"corridor {corridor.id}, IRU", first_positive(corridor.iru_pairs), first
    for hut in case.plan.huts:
        yield from _huts(case, hut)
    for route in case.routes:
        yield from _optics(case, route)


def _huts(case: Case, hut: PlannedHut) -> Iterator[tuple[str, int | None, int]]:
    """Yield a hut and its racks: at once where it stands, from the lease on where leased."""
    first = 0
    if hut.hut_class in HUT_LEAD:
        first = case.first_period(case.catalog.lead_time_years(HUT_LEAD[hut.hut_class]))
    yield f"hut {hut.id}", hut.in_service_from, first
    leased = HUT_LEAD.get(hut.hut_class) == LEASE
    stands = hut_stands(case, hut.id)
    for kind, counts in hut.racks.items():
        rack = first_positive(counts)
        earliest = max(first, hut.in_service_from or 0) if leased else first
        if rack is not None and stands[rack] and not leased:
            earliest = 0
        yield f"hut {hut.id}, {kind} racks", rack, earliest


def _sites(case: Case) -> Iterator[tuple[str, int | None, int]]:
    """Yield power and campuses."""
    plan, catalog = case.plan, case.catalog
    for upgrade in plan.network_upgrades:
        lead = case.study.network_upgrades[upgrade.id].lead_time_years
        first = case.first_period(lead)
        yield f"network upgrade {upgrade.id}", upgrade.in_service_from, first
    for item in plan.bridging:
        row = case.study.bridging[item.id]
        lead_years = row.lead_time_years
        if lead_years is None:
            lead_years = catalog.value(f"br.{row.technology}.lt") / MONTHS_PER_YEAR
        first = case.first_period(lead_years)
        yield f"bridging {item.id}", first_positive(item.capacity_mw), first
    for campus in plan.campuses:
        first = first_period_from(case.starts, case.study.campuses[campus.id].earliest_date)
        yield f"campus {campus.id}", campus.in_service_from, first
        yield f"campus {campus.id}, IT MW built", first_positive(campus.built_it_mw), first
    first = case.first_period(catalog.lead_time_years("grid.line345"))
    for line in plan.tie_lines:
        yield f"tie line {line.id}", line.in_service_from, first


def _optics(case: Case, route: RouteCase) -> Iterator[tuple[str, int | None, int]]:
    if route.wave is not None:
        first = case.first_period(route.wave.lead_time_years)
        yield f"{route.where}, waves", first_positive(route.route.waves), first
    for option in route.options:
        if option.mode is None:
            continue
        for what, values, row in _equipment(option.mode, amplifiers=len(route.amplified_at)):
            first = case.first_period(case.catalog.lead_time_years(row))
            yield f"{option.where}, {what}", first_positive(values), first


def _equipment(mode: RouteMode, amplifiers: int) -> Iterator[tuple[str, Sequence[int], str]]:
    """Yield name, counts and catalog row of the equipment of an option."""
    yield "transponders", mode.channels, f"{mode.module}.price"
    if mode.terminal != "none":
        yield "terminals", mode.pairs, f"{TERMINAL_PREFIX[mode.terminal]}.price"
        if amplifiers:
            price = AMPLIFIER_PRICE.get((mode.amplifier, mode.terminal))
            if price is not None:
                yield "amplifiers", mode.pairs, price


def persistence(case: Case, rule: Rule) -> None:
    """What is in service stays: no list of the plan decreases."""
    for where, values, unit, slack in _lists(case):
        for t, (before, after) in enumerate(pairwise(values)):
            rule.at_least(case.at(where, t + 1), "what is in service", after, before, unit, slack)


def _lists(case: Case) -> Iterator[tuple[str, Sequence[float], str, float]]:
    """Yield place, amounts in service, unit and slack of all that stays once it is there."""
    plan = case.plan
    for substation in plan.substations:
        yield f"substation {substation.id}", substation.reserved_mw, "MW", tolerances.MW
    for campus in plan.campuses:
        yield f"campus {campus.id}", campus.built_it_mw, "MW", tolerances.MW
    for item in plan.bridging:
        if case.study.bridging[item.id].technology != RENTAL:
            yield f"bridging {item.id}", item.capacity_mw, "MW", tolerances.MW
    for corridor in plan.corridors:
        for kind, counts in corridor.cables.items():
            yield f"corridor {corridor.id}, cable {kind}", counts, "cables", 0.0
        yield f"corridor {corridor.id}, IRU", corridor.iru_pairs, "pairs", 0.0
    for hut in plan.huts:
        for kind, counts in hut.racks.items():
            yield f"hut {hut.id}, {kind} racks", counts, "racks", 0.0
    for route in case.routes:
        yield from _lit(route)


def _lit(route: RouteCase) -> Iterator[tuple[str, Sequence[float], str, float]]:
    yield f"{route.where}, waves", route.route.waves, "waves", 0.0
    for option in route.options:
        if option.mode is not None:
            yield option.where, option.mode.pairs, "pairs", 0.0
            yield option.where, option.mode.channels, "channels", 0.0

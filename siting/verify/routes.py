"""Checks of section 4, routes: paths, supply, channels, leased waves."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from siting.network import OWN, Corridor
from siting.verify import tolerances
from siting.verify.case import Case, RouteCase
from siting.verify.findings import Rule
from siting.verify.options import channels_per_pair
from siting.verify.traces import is_simple_path


def route_path(case: Case, rule: Rule) -> None:
    """Corridors join up from campus to campus; no node twice, no third campus, length adds up."""
    for route in case.routes:
        if route.wave is not None:
            _wave_path(route, rule)
        else:
            _fiber_path(case, route, rule)


def _fiber_path(case: Case, route: RouteCase, rule: Rule) -> None:
    length = sum(case.network.corridors[name].length_km for name in route.route.corridors)
    _stated_length(route, length, rule)
    path, ends = route.trace, [case.places[campus] for campus in route.link.campuses]
    joined = path is not None and [path.nodes[0], path.nodes[-1]] == ends
    rule.require(
        route.where,
        f"its corridors do not join up from {route.link.campuses[0]} to {route.link.campuses[1]}",
        ok=joined,
    )
    if path is None:
        return
    rule.require(
        route.where,
        "it passes through a node twice",
        ok=is_simple_path(case.graph, path.nodes),
    )
    for name in path.nodes[1:-1]:
        campus = case.network.nodes[name].campus
        rule.require(
            route.where, f"it passes through node {name} of campus {campus}", ok=campus is None
        )


def _wave_path(route: RouteCase, rule: Rule) -> None:
    wave = route.wave
    if wave is None:
        return
    _stated_length(route, wave.length_km, rule)
    rule.require(
        route.where,
        f"wave {wave.id} joins {wave.campus_a} and {wave.campus_b}",
        ok={wave.campus_a, wave.campus_b} == set(route.link.campuses),
    )
    rule.require(
        route.where,
        f"its corridors are not the declared path of wave {wave.id}",
        ok=sorted(route.route.corridors) == sorted(wave.corridors),
    )


def _stated_length(route: RouteCase, length_km: float, rule: Rule) -> None:
    slack = tolerances.KM + tolerances.STATED_RELATIVE * length_km
    rule.equal(route.where, "length", route.route.length_km, length_km, "km", slack)


def route_supply(case: Case, rule: Rule) -> None:
    """IRU wherever a provider offers it, or nowhere; one fiber type that every corridor can have.

    That of the IRU; on own corridors new cable of a type of the study, or what lies there already.
    """
    offered_types = case.study.file.transport.fiber_types
    for route in case.fiber_routes:
        supply = route.route.supply
        iru = any(owner != OWN for owner in supply)
        for name, owner in zip(route.route.corridors, supply, strict=True):
            corridor = case.network.corridors[name]
            where = f"{route.where}, corridor {name}"
            offered = corridor.iru_provider is not None and corridor.iru_pairs > 0
            asked = corridor.iru_provider if iru and offered else OWN
            rule.require(where, f"supply is {owner}; it must be {asked}", ok=owner == asked)
            if owner == OWN:
                may_lie = corridor.buildable and route.fiber in offered_types
                rule.require(
                    where,
                    f"own cable of {route.fiber} may not be built here, and none lies here",
                    ok=may_lie or _lies(corridor, route.fiber),
                )
            else:
                rule.require(
                    where,
                    f"the route is of {route.fiber}, the IRU of {corridor.iru_fiber_type}",
                    ok=route.fiber == corridor.iru_fiber_type,
                )


def _lies(corridor: Corridor, fiber: str) -> bool:
    return corridor.existing_fibers > 0 and corridor.existing_fiber_type == fiber


def pair_channels(case: Case, rule: Rule) -> None:
    """Channels of an option <= channels per pair x pairs; pairs <= the study's largest number."""
    most = case.study.file.transport.max_pairs_per_route
    for route in case.fiber_routes:
        for option in route.options:
            mode = option.mode
            if mode is None:
                continue
            per_pair = channels_per_pair(mode.module, mode.terminal, case.catalog)
            for t, (pairs, channels) in enumerate(zip(mode.pairs, mode.channels, strict=True)):
                where = case.at(option.where, t)
                what = f"channels on {pairs} pairs of {per_pair}"
                rule.at_most(where, what, channels, per_pair * pairs, "channels")
                rule.at_most(where, "pairs of one option", pairs, most, "pairs")


def module_date(case: Case, rule: Rule) -> None:
    """No channel of a module before its date: that of the study, else its year in the catalog."""
    for route in case.fiber_routes:
        for option in route.options:
            mode = option.mode
            day = available_from(mode.module, case) if mode is not None else None
            if mode is None or day is None:
                continue
            for t, channels in enumerate(mode.channels):
                rule.require(
                    case.at(option.where, t),
                    f"lights {channels} channels of a module that is available from {day}",
                    ok=channels == 0 or case.starts[t] >= day,
                    value=channels,
                    limit=0,
                    unit="channels",
                )


def available_from(module: str, case: Case) -> dt.date | None:
    """Return the date from which a module can be in service; None for any."""
    dates = case.study.file.transport.module_dates
    row = f"{module}.available"
    if module in dates:
        return dates[module]
    if row in case.catalog.rows:
        return dt.date(round(case.catalog.value(row)), 1, 1)
    return None


def lease_limit(case: Case, rule: Rule) -> None:
    """Leased waves <= the carrier's limit."""
    total: dict[str, list[int]] = defaultdict(lambda: [0] * case.periods)
    for route in case.routes:
        if route.wave is not None:
            for t, count in enumerate(route.route.waves):
                total[route.wave.id][t] += count
    for name, counts in total.items():
        limit = case.study.leased_waves[name].max_waves
        for t, count in enumerate(counts):
            where = case.at(f"leased wave {name}", t)
            rule.at_most(where, "waves in service", count, limit, "waves")

"""Checks of section 4, routes: paths, supply, channels, and what is held on corridors."""

from __future__ import annotations

from collections import defaultdict

from siting.network import OWN
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
    """IRU wherever a provider offers it, or nowhere; own cable only on buildable corridors."""
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
                rule.require(where, "own cable may not be built here", ok=corridor.buildable)


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


def corridor_pairs(case: Case, rule: Rule) -> None:
    """Own pairs on a corridor <= half the fibers of its cables in service."""
    for (name, owner), used in _pairs_in_use(case).items():
        if owner != OWN:
            continue
        held = case.corridors.get(name)
        cables = held.cables.items() if held else ()
        for t, pairs in enumerate(used):
            fibers = sum(size * counts[t] for size, counts in cables)
            where = case.at(f"corridor {name}", t)
            rule.at_most(where, "own pairs in use", pairs, fibers // 2, "pairs")


def cable_limit(case: Case, rule: Rule) -> None:
    """At most ``max_cables_per_size`` cables of a size, and only in a built, buildable corridor."""
    most = case.study.file.transport.max_cables_per_size
    for corridor in case.plan.corridors:
        buildable = case.network.corridors[corridor.id].buildable
        for size, counts in corridor.cables.items():
            for t, count in enumerate(counts):
                built = corridor.built_from is not None and t >= corridor.built_from
                limit = most if built and buildable else 0
                where = case.at(f"corridor {corridor.id}, cable {size}", t)
                rule.at_most(where, "cables in service", count, limit, "cables")


def iru_limit(case: Case, rule: Rule) -> None:
    """IRU pairs in use <= IRU pairs held <= the provider's offer."""
    in_use = _pairs_in_use(case)
    nothing = (0,) * case.periods
    for name in sorted({name for name, owner in in_use if owner != OWN} | set(case.corridors)):
        held = case.corridors.get(name)
        corridor = case.network.corridors[name]
        pairs_held = held.iru_pairs if held else nothing
        offer = corridor.iru_pairs if corridor.iru_provider else 0
        used = in_use.get((name, corridor.iru_provider or ""), nothing)
        for t in range(case.periods):
            where = case.at(f"corridor {name}, IRU", t)
            rule.at_most(where, "pairs in use", used[t], pairs_held[t], "pairs")
            rule.at_most(where, "pairs held", pairs_held[t], offer, "pairs")


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


def _pairs_in_use(case: Case) -> dict[tuple[str, str], list[int]]:
    """Return the pairs of all routes by corridor and supply, for each period."""
    used: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * case.periods)
    for route in case.fiber_routes:
        for key in zip(route.route.corridors, route.route.supply, strict=True):
            for mode in route.route.modes:
                for t, pairs in enumerate(mode.pairs):
                    used[key][t] += pairs
    return dict(used)

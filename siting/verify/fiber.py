"""Checks of section 4, routes: own cable and IRU pairs held on corridors."""

from __future__ import annotations

from collections import defaultdict

from siting.network import OWN
from siting.verify.cables import Cable, cable_of
from siting.verify.case import Case
from siting.verify.findings import Rule
from siting.verify.standing import cable_stands, is_new


def corridor_pairs(case: Case, rule: Rule) -> None:
    """Own pairs of a fiber type on a corridor <= half the fibers of its cables of that type."""
    for (name, owner, fiber), used in _pairs_in_use(case).items():
        if owner != OWN:
            continue
        corridor = case.network.corridors[name]
        cables = _cables(case, name)
        stands = cable_stands(case, name)
        for t, pairs in enumerate(used):
            fibers = sum(
                cable.fibers * counts[t]
                for cable, counts in cables.items()
                if cable.fiber_type == fiber
            )
            if stands[t] and corridor.existing_fiber_type == fiber:
                fibers += corridor.existing_fibers
            where = case.at(f"corridor {name}", t)
            rule.at_most(where, f"own pairs of {fiber} in use", pairs, fibers // 2, "pairs")


def cable_limit(case: Case, rule: Rule) -> None:
    """New cables of a type and size <= ``max_cables_per_size``, where cable may lie at all.

    That is a buildable corridor that is built, or that holds existing cable in the period; cable
    of a fiber type of the study.
    """
    transport = case.study.file.transport
    most = transport.max_cables_per_size
    for corridor in case.plan.corridors:
        buildable = case.network.corridors[corridor.id].buildable
        stands = cable_stands(case, corridor.id)
        for cable, counts in _cables(case, corridor.id).items():
            for t, count in enumerate(counts):
                there = is_new(corridor.built_from, t) or stands[t]
                offered = cable.fiber_type in transport.fiber_types
                limit = most if there and buildable and offered else 0
                name = f"{cable.fiber_type}/{cable.fibers}"
                where = case.at(f"corridor {corridor.id}, cable {name}", t)
                rule.at_most(where, "cables in service", count, limit, "cables")


def iru_limit(case: Case, rule: Rule) -> None:
    """IRU pairs in use <= IRU pairs held <= the provider's offer."""
    in_use: dict[str, list[int]] = defaultdict(lambda: [0] * case.periods)
    for (name, owner, _), used in _pairs_in_use(case).items():
        if owner != OWN:
            in_use[name] = [a + b for a, b in zip(in_use[name], used, strict=True)]
    nothing = (0,) * case.periods
    for name in sorted({*in_use, *case.corridors}):
        held = case.corridors.get(name)
        corridor = case.network.corridors[name]
        pairs_held = held.iru_pairs if held else nothing
        offer = corridor.iru_pairs if corridor.iru_provider else 0
        used = in_use.get(name, list(nothing))
        for t in range(case.periods):
            where = case.at(f"corridor {name}, IRU", t)
            rule.at_most(where, "pairs in use", used[t], pairs_held[t], "pairs")
            rule.at_most(where, "pairs held", pairs_held[t], offer, "pairs")


def _cables(case: Case, corridor: str) -> dict[Cable, tuple[int, ...]]:
    """Return the new cables of a corridor by kind, for each period."""
    held = case.corridors.get(corridor)
    found = {cable_of(key): counts for key, counts in (held.cables if held else {}).items()}
    return {cable: counts for cable, counts in found.items() if cable is not None}


def _pairs_in_use(case: Case) -> dict[tuple[str, str, str], list[int]]:
    """Return the pairs of all routes by corridor, supply and fiber type, for each period."""
    used: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0] * case.periods)
    for route in case.fiber_routes:
        for name, owner in zip(route.route.corridors, route.route.supply, strict=True):
            total = used[name, owner, route.fiber]
            for mode in route.route.modes:
                for t, pairs in enumerate(mode.pairs):
                    total[t] += pairs
    return dict(used)

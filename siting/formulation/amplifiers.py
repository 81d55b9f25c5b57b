"""In-line amplifier and regenerator sites, shared exactly between routes.

Spacing is a covering and packing of positions along each section of a route (rows with consecutive
ones), so that the huts of a route are integral once the open huts are. Noise is in
:mod:`siting.formulation.noise`; classes and racks in :mod:`siting.formulation.equipment`.

| symbol | component | unit | meaning |
|---|---|---|---|
| h_hkt | is_open | - | hut in service as class k |
| v_rht | is_used | - | route r is amplified in hut h |
| m_rhgt | amplified_pairs | - | pairs of route r amplified in hut h by type g |
| k_hact | racks | - | new racks of amplifier type a, bought or leased |
"""

from __future__ import annotations

import pyomo.environ as pyo

from siting.formulation.equipment import add_equipment, open_or_standing
from siting.formulation.hut_power import add_power
from siting.formulation.requirements import Requirements
from siting.formulation.sides import is_lit, patterns
from siting.formulation.sites import Sites
from siting.formulation.sums import sum_of, weighted_sum
from siting.instance import Instance
from siting.instance.records_network import FiberRoute
from siting.instance.spans import Section

TOLERANCE_KM = 1e-9


def amplifiers_block(
    instance: Instance,
    requirements: Requirements,
    routes: pyo.Block,
    *,
    exact: bool,
) -> pyo.Block:
    """Return the block that places huts for every lit route.

    Args:
        instance: the instance.
        requirements: what each link must carry.
        routes: the routes block.
        exact: add the rows of ``amplifier_minimum_spacing``, and those of ``hut_power`` where
            routes carry options of different power; without them the block is a relaxation, to
            which violated rows are added as cuts.
    """
    b = pyo.Block(concrete=True)
    sites = Sites.of(instance, requirements, routes)
    periods = range(len(instance.periods))
    names = sites.huts()
    b.HUTS = pyo.Set(initialize=[(h, t) for h in names for t in periods], dimen=2)
    b.CLASSES = pyo.Set(
        initialize=[(h, k, t) for h in names for k in instance.huts[h].classes for t in periods],
        dimen=3,
    )
    b.USES = pyo.Set(
        initialize=[(r, h, t) for r, hs in sites.uses.items() for h in hs for t in periods],
        dimen=3,
    )
    b.REGENERATES = pyo.Set(
        initialize=[(r, h, t) for h, rs in sites.regenerated.items() for r in rs for t in periods],
        dimen=3,
    )
    b.is_open = pyo.Var(b.CLASSES, domain=pyo.Binary)
    b.is_used = pyo.Var(b.USES, domain=pyo.Binary)
    for h, k, t in b.CLASSES:
        if t < instance.huts[h].classes[k].first_period:
            b.is_open[h, k, t].fix(0)

    def standing(h: str, t: int) -> bool:
        return instance.huts[h].stands[t]

    b.NEW_USES = pyo.Set(initialize=[k for k in b.USES if not standing(*k[1:])], dimen=3)
    b.NEW_REGENERATES = pyo.Set(
        initialize=[k for k in b.REGENERATES if not standing(*k[1:])], dimen=3
    )

    @b.Constraint(b.NEW_USES)
    def hut_service(b: pyo.Block, r: str, h: str, t: int) -> pyo.Expression:
        return b.is_used[r, h, t] <= open_or_standing(instance, b, h, t)

    @b.Constraint(b.NEW_REGENERATES)
    def hut_service_regenerator(b: pyo.Block, r: str, h: str, t: int) -> pyo.Expression:
        return is_lit(routes, instance, r, t) <= open_or_standing(instance, b, h, t)

    _spacing(b, instance, sites, routes, with_minimum_spacing=exact)
    add_equipment(b, instance, sites, routes)
    add_power(b, instance, sites, routes, exact=exact)
    _persistence(b)
    return b


def windows(part: Section | FiberRoute, max_spacing_km: float) -> list[list[str]]:
    """Return the sets of huts of which an amplified section uses at least one each.

    The window that starts at the first end or at a hut and reaches ``max_spacing_km`` further
    holds a used hut unless it reaches the far end; the last windows end at the far end.
    """
    starts = [0.0, *(x.position_km for x in part.huts)]
    found = []
    for index, start in enumerate(starts):
        if start + max_spacing_km + TOLERANCE_KM >= part.length_km and index > 0:
            continue
        found.append(
            [
                x.hut
                for number, x in enumerate(part.huts, start=1)
                if number > index and x.position_km <= start + max_spacing_km + TOLERANCE_KM
            ]
        )
    found.append(
        [
            x.hut
            for x in part.huts
            if x.position_km >= part.length_km - max_spacing_km - TOLERANCE_KM
        ]
    )
    sets = {tuple(w): frozenset(w) for w in found}
    return [list(w) for w, own in sets.items() if not any(other < own for other in sets.values())]


def crowds(part: Section | FiberRoute, min_spacing_km: float) -> list[list[str]]:
    """Return the sets of huts of which an amplified section uses at most one each."""
    found = []
    for index, first in enumerate(part.huts):
        reach = first.position_km + max(min_spacing_km, 2 * TOLERANCE_KM) - TOLERANCE_KM
        group = [x.hut for x in part.huts[index:] if x.position_km < reach]
        if len(group) > 1:
            found.append((group, frozenset(group)))
    return [w for w, own in found if not any(own < other for _, other in found)]


def _spacing(
    b: pyo.Block,
    instance: Instance,
    sites: Sites,
    routes: pyo.Block,
    *,
    with_minimum_spacing: bool,
) -> None:
    ways = {r: patterns(instance.fiber_routes[r]) for r in sites.sections}

    covers = {
        r: [
            (s, huts)
            for s, section in sections.items()
            for huts in windows(section, instance.max_spacing_km)
        ]
        for r, sections in sites.sections.items()
    }
    packs = {
        r: [
            (s, huts)
            for s, section in sections.items()
            for huts in crowds(section, instance.min_spacing_km)
        ]
        for r, sections in sites.sections.items()
        if with_minimum_spacing
    }

    periods = range(len(instance.periods))
    b.SECTIONS = pyo.Set(
        initialize=[(r, s, t) for r, ss in sites.sections.items() for t in periods for s in ss],
        dimen=3,
    )
    b.WINDOWS = pyo.Set(
        initialize=[(r, i, t) for r in covers for t in periods for i in range(len(covers[r]))],
        dimen=3,
    )
    b.CROWDS = pyo.Set(
        initialize=[(r, i, t) for r in packs for t in periods for i in range(len(packs[r]))],
        dimen=3,
    )

    amplified = {
        (r, s, t): sum_of(routes.is_amplified[r, k, t] for k, way in enumerate(ways[r]) if way[s])
        for r, s, t in b.SECTIONS
    }

    @b.Constraint(b.SECTIONS)
    def hut_count(b: pyo.Block, r: str, s: int, t: int) -> pyo.Expression:
        used = sum_of(b.is_used[r, x.hut, t] for x in sites.sections[r][s].huts)
        return used == weighted_sum(
            (way[s], routes.is_amplified[r, k, t]) for k, way in enumerate(ways[r])
        )

    @b.Constraint(b.WINDOWS)
    def amplifier_spacing(b: pyo.Block, r: str, i: int, t: int) -> pyo.Expression:
        s, huts = covers[r][i]
        return sum_of(b.is_used[r, h, t] for h in huts) >= amplified[r, s, t]

    @b.Constraint(b.CROWDS)
    def amplifier_minimum_spacing(b: pyo.Block, r: str, i: int, t: int) -> pyo.Expression:
        s, huts = packs[r][i]
        return sum_of(b.is_used[r, h, t] for h in huts) <= amplified[r, s, t]


def _persistence(b: pyo.Block) -> None:
    b.LATER_CLASSES = pyo.Set(initialize=[k for k in b.CLASSES if k[-1] > 0], dimen=3)
    b.LATER_RACKS = pyo.Set(initialize=[k for k in b.RACKS if k[-1] > 0], dimen=4)
    b.LATER_USES = pyo.Set(initialize=[k for k in b.USES if k[-1] > 0], dimen=3)

    @b.Constraint(b.LATER_CLASSES)
    def persistence(b: pyo.Block, h: str, k: str, t: int) -> pyo.Expression:
        return b.is_open[h, k, t] >= b.is_open[h, k, t - 1]

    @b.Constraint(b.LATER_RACKS)
    def persistence_racks(b: pyo.Block, h: str, a: str, c: str, t: int) -> pyo.Expression:
        return b.racks[h, a, c, t] >= b.racks[h, a, c, t - 1]

    @b.Constraint(b.LATER_USES)
    def persistence_uses(b: pyo.Block, r: str, h: str, t: int) -> pyo.Expression:
        return b.is_used[r, h, t] >= b.is_used[r, h, t - 1]

"""The bound over all routes: links of a period, their neighborhoods, the sum over periods."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from siting.formulation.requirements import Requirement, Requirements
from siting.instance import Instance
from siting.instance.records_graph import RouteGraph
from siting.solve.all_routes.disjoint import SplitGraph
from siting.solve.all_routes.edge_costs import edge_costs, expected_pairs
from siting.solve.all_routes.hut_tolls import hut_tolls, least_hut_usd
from siting.solve.all_routes.links import LinkProblem, line_under_all
from siting.solve.all_routes.needs import (
    Carried,
    Need,
    least_huts,
    legal_kinds,
    menus_of,
    need_of,
)
from siting.solve.all_routes.neighborhoods import Fields, Place, neighborhood
from siting.solve.all_routes.shares import best_shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

Link = tuple[str, str]
NEARNESS = 0.05
"""Share of the shortest length added to a detour, so that no link has all of its own way."""
HUT_NEARNESS = 0.25
"""The same for huts, whose cheapest in a wide surrounding counts."""
SMALL_EDGES = 6000
"""Above so many corridors around a link, huts count at its ends only."""
MOST_PROTECTED = 2
"""Corridors at the ends of a protected link that make it two sides."""


def all_routes_bound(
    instance: Instance, requirements: Requirements, *, time_limit_s: float
) -> float:
    """Return a lower bound of the network's present value over every route, USD.

    Args:
        instance: the instance, with its route graph.
        requirements: what each link must carry in each period.
        time_limit_s: wall time, s; every period gets one round at least.
    """
    graph = instance.graph
    if graph is None or not requirements:
        return 0.0
    periods = sorted({t for _, t in requirements})
    deadline = time.monotonic() + time_limit_s
    known: dict[object, float] = {}
    total = 0.0
    for done, t in enumerate(reversed(periods)):
        asked = {link: items for (link, s), items in requirements.items() if s == t}
        left = deadline - time.monotonic()
        stop = time.monotonic() + max(left, 0.0) / (len(periods) - done)
        key = (frozenset(asked.items()), _in_service(graph, t))
        if key not in known:
            known[key] = _period_bound(instance, graph, asked, t, stop)
        total += instance.periods[t].weight * known[key]
    return total


def _in_service(graph: RouteGraph, t: int) -> object:
    """Return what makes two periods alike: dates passed, and what stands."""
    dates = {
        d for e in graph.edges for d in (e.corridor.build_first_period, e.corridor.iru_first_period)
    }
    dates |= {kind.first_period for kind in graph.kinds}
    retired = frozenset(
        e.corridor.id for e in graph.edges if e.corridor.stands and e.corridor.stands[t]
    )
    return frozenset(d for d in dates if d <= t), retired


def _period_bound(
    instance: Instance,
    graph: RouteGraph,
    asked: dict[Link, tuple[Requirement, ...]],
    t: int,
    stop: float,
) -> float:
    """Return the bound of one period, USD a year."""
    waved = {wave.link for wave in instance.wave_routes.values()}
    needs = [
        need_of(instance, graph, link, items)
        for link, items in sorted(asked.items())
        if link not in waved
    ]
    needs = [need for need in needs if need.gbps > 0]
    fields = Fields.of(graph)
    around = [neighborhood(graph, fields, need) for need in needs]
    found = [(need, place) for need, place in zip(needs, around, strict=True) if place is not None]
    if not found:
        return 0.0
    pairs = [expected_pairs(graph, need) for need, _ in found]
    fixed, per_pair = edge_costs(graph, t, float(np.mean(pairs)))
    places = [place for _, place in found]
    shares = _edge_shares(places, len(graph.edges))
    hut_shares = _hut_shares(places, len(fields.index))
    problems, starts = [], []
    for number, (need, place) in enumerate(found):
        offered = np.where(np.isfinite(fixed), fixed, 0.0)[:, place.edges]
        start = offered * shares[number]
        mine = hut_shares[number]
        problem = _problem(instance, graph, need, place, t, per_pair[:, place.edges], mine, start)
        if problem is not None:
            problems.append(problem)
            starts.append(start)
    return best_shares(problems, fixed, starts, stop) if problems else 0.0


def _edge_shares(places: list[Place], edges: int) -> list[Floats]:
    """Return the share of each link in each of its edges: most for the least detour over it."""
    weights = [(place.through_km - place.shortest_km, place) for place in places]
    return _normalized(
        [_weight(detour, place, NEARNESS) for detour, place in weights],
        [place.edges for place in places],
        edges,
    )


def _hut_shares(places: list[Place], nodes: int) -> list[Floats]:
    """Return the share of each link in the huts at each of its edges.

    A hut at a node belongs to several edges, so shares are made at nodes; one inside an edge counts
    with the smaller share of its ends, which adds up to no more than the whole either.
    """
    at_nodes = _normalized(
        [
            _weight(place.to_ends_km.sum(axis=0) - place.shortest_km, place, HUT_NEARNESS)
            for place in places
        ],
        [place.nodes for place in places],
        nodes,
    )
    return [share[place.ends].min(axis=1) for share, place in zip(at_nodes, places, strict=True)]


def _weight(detour_km: Floats, place: Place, nearness: float) -> Floats:
    weight: Floats = (np.maximum(detour_km, 0.0) + nearness * place.shortest_km + 1.0) ** -2.0
    return weight


def _normalized(weights: list[Floats], items: list[Ints], count: int) -> list[Floats]:
    """Return weights over the sum of all links' weights of the same item."""
    total = np.zeros(count)
    for weight, numbers in zip(weights, items, strict=True):
        total[numbers] += weight
    return [weight / total[numbers] for weight, numbers in zip(weights, items, strict=True)]


def _problem(
    instance: Instance,
    graph: RouteGraph,
    need: Need,
    place: Place,
    t: int,
    pair_usd: Floats,
    hut_shares: Floats,
    start_usd: Floats,
) -> LinkProblem | None:
    """Return the problem of a link with the menu that bounds it best at the first shares."""
    kinds = legal_kinds(graph, place.shortest_km, t)
    corridors = min(int((place.ends == end).sum()) for end in (0, 1))
    protected = need.kept_gbps > 0
    if not kinds or (protected and corridors < MOST_PROTECTED):
        return None
    split = SplitGraph(place.ends, 0, 1)
    lengths = np.array([graph.edges[k].corridor.length_km for k in place.edges])
    huts_usd = np.array([graph.edges[k].hut_usd_per_year for k in place.edges]) * hut_shares
    huts = least_huts(instance, place.shortest_km)
    once = least_hut_usd(
        place.ends, huts_usd, place.to_ends_km, huts, spacing_km=instance.max_spacing_km
    )
    small = len(place.edges) <= SMALL_EDGES
    tolls = [
        hut_tolls(
            place.ends,
            lengths,
            huts_usd,
            place.to_ends_km[side],
            spacing_km=instance.max_spacing_km,
            single_span_km=graph.single_span_max_km,
        )
        for side in ((0, 1) if small else ())
    ]
    cheapest = pair_usd.min(axis=0)
    most = float((cheapest / np.maximum(lengths, 1e-9)).max()) * need.longest_km
    least = split.shortest(cheapest)
    demand = need.kept_gbps if protected else need.gbps
    amplifiers = 0 if graph.regenerates else huts
    ways = [(once, np.zeros(len(lengths))), *((0.0, toll) for toll in tolls if toll.any())]
    found: list[tuple[float, LinkProblem]] = []
    for hut_usd, toll in ways:
        for menu in menus_of(kinds, demand, _carried(need, corridors), amplifiers, hut_usd):
            # Where every kind carries all with one pair, the flow comes in whole units.
            two = menu.least_excess == 1 or corridors == MOST_PROTECTED
            problem = LinkProblem(
                graph=split,
                edges=place.edges,
                pair_usd=pair_usd,
                tolls_usd=toll,
                lines=menu.lines,
                under_all=line_under_all(menu.plain, least, most),
                channels_usd=menu.channels_usd,
                least_flow=(2.0 if two else corridors / (corridors - 1)) if protected else 1.0,
                least_excess=menu.least_excess,
            )
            if small:
                problem.bound(start_usd)  # finds the line to make tolls with
            found.append((problem.bound(start_usd).usd, problem))
    return max(found, key=lambda item: item[0])[1] if found else None


def _carried(need: Need, corridors: int) -> Carried:
    """Return what the channels carry: all, and, whatever corridor of an end fails, what is kept.

    With two corridors at an end no channel is on both: each side carries what is kept.
    """
    if need.kept_gbps <= 0:
        return Carried(need.gbps, 1.0)
    if corridors == MOST_PROTECTED and 2 * need.kept_gbps >= need.gbps:
        return Carried(need.kept_gbps, 2.0)
    return Carried(max(need.kept_gbps * corridors / (corridors - 1), need.gbps), 1.0)

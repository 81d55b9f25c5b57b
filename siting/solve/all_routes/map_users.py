"""Links and sides of links as the search over the whole map takes them.

What each pays alone on every corridor, what it puts on those that it shares, and how far the kinds
of transport of its spans reach. Huts count by length.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.all_routes.disjoint_ways import DisjointWays
from siting.solve.all_routes.map_loads import NOTHING, Loads, Tariff
from siting.solve.all_routes.network_problem import Link, NetworkProblem
from siting.solve.all_routes.ways import walks
from siting.solve.all_routes.whole_lines import USUAL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.all_routes.links import LinkProblem
    from siting.solve.all_routes.map_costs import Sizes

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

WITHIN = 0.997
"""Part of the length that light allows for: what is amplified has latency of its own."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a user pays alone on lines that reach so far."""

    longest_km: float
    fixed_usd: float
    """Of all its routes."""
    own_usd: Floats
    """Pairs and amplifiers on each edge, shape (2, edges)."""
    loads: Floats
    """Pairs and parts of huts on each edge that it takes, shape (starts, 1 + classes of huts)."""
    fresh_usd: Floats
    """What is shared there where it alone uses it, shape (2, edges)."""


@dataclass(frozen=True, slots=True)
class MapUser:
    """A link, or one of its sides, with what it may use over all its spans."""

    link: Link
    start: int
    """Number of the start from which it is lit."""
    count: int
    """How many disjoint routes it takes."""
    ways: DisjointWays
    ends: Ints
    edges: Ints
    items: Ints
    """Shape (2, edges): IRU and own cable."""
    lengths_km: Floats
    terms: tuple[Terms, ...]
    """The cheapest first: each reaches farther than those before."""


def users_of(problem: NetworkProblem, sizes: Sizes | None = None) -> tuple[list[MapUser], Loads]:
    """Return the links of a network, or their sides, and what is shared, unused.

    Args:
        problem: the links.
        sizes: cables and huts by what they hold; without them a pair has its price, a hut is paid
            once.
    """
    loads = Loads(tariff(problem, sizes))
    return [_user(problem, loads, sizes, numbers) for numbers in _groups(problem)], loads


def _groups(problem: NetworkProblem) -> list[list[int]]:
    """Return the numbers of the spans of each link, or of each of its sides, the earliest first."""
    groups: dict[tuple[Link, bool, int], list[int]] = {}
    at_once: dict[tuple[Link, bool, int], int] = {}
    spans = problem.spans or [(0, 1)] * len(problem.links)
    for number in sorted(range(len(problem.links)), key=lambda k: (spans[k], k)):
        link, is_safe = problem.names[number], problem.links[number].least_flow > 1
        key = link, is_safe, spans[number][0]
        side = at_once[key] = at_once.get(key, -1) + 1
        groups.setdefault((link, is_safe, side), []).append(number)
    return list(groups.values())


def _huts_per_km(link: LinkProblem) -> float:
    """Return how many huts a route of a link has, for each km."""
    km = float(link.through_km.min())
    return max(km / (USUAL * link.spacing_km) - 0.5, 0.0) / max(km, 1.0)


def tariff(problem: NetworkProblem, sizes: Sizes | None = None) -> Tariff:
    """Return what supplies cost; see :func:`users_of`."""
    items, edges = problem.items, problem.items.edges
    lengths_km = np.zeros(edges)
    per_km = [0.0]
    for link in problem.links:
        lengths_km[link.edges] = link.lengths_km
        if any(line.is_amplified for line in link.lines):
            per_km.append(_huts_per_km(link))
    huts = max(per_km) * lengths_km
    if sizes is not None:
        return Tariff.of(problem.shared.usd[:, : 2 * edges], huts, sizes)
    costs = []
    for usd in problem.shared.usd:
        each = usd[2 * edges : items.count]
        known = each[np.isfinite(each) & (each > 0)]
        hut_usd = float(np.median(known)) if len(known) else 0.0
        costs.append(usd[: 2 * edges] + hut_usd * np.tile(huts, 2))
    return Tariff.of(np.stack(costs), huts, None)


def _user(
    problem: NetworkProblem, loads: Loads, sizes: Sizes | None, numbers: list[int]
) -> MapUser:
    """Return what the spans of a link may use together: what the first of them may."""
    first = problem.links[numbers[0]]
    start = int(problem.shared.since[numbers[0]])
    items = problem.items.supplies(first.edges)
    count = 1 if first.least_flow <= 1 else 2
    lines = [_lines(problem, loads, sizes, number, first.edges, count) for number in numbers]
    ways = DisjointWays(first.ends)
    least_km = _least_km(first, ways, count)
    terms = [
        dataclasses.replace(x, fresh_usd=loads.fresh_usd(items, start, x.loads))
        for x in _terms(lines)
        if x.longest_km >= least_km
    ]
    return MapUser(
        link=problem.names[numbers[0]],
        start=start,
        count=count,
        ways=ways,
        ends=first.ends,
        edges=first.edges,
        items=items,
        lengths_km=first.lengths_km,
        terms=tuple(terms),
    )


def _least_km(link: LinkProblem, ways: DisjointWays, count: int) -> float:
    """Return the longest of the ways that are shortest together."""
    flow = ways.cheapest(link.lengths_km, count)
    if flow is None:
        return 0.0
    return longest_km(link.ends, link.lengths_km, flow, count)


def longest_km(ends: Ints, lengths_km: Floats, flow: Ints, count: int) -> float:
    """Return the length of the longest of so many ways, as a flow."""
    found = walks(ends, flow, count)
    return max(float(lengths_km[[edge for edge, _ in walk]].sum()) for walk in found)


@dataclass(frozen=True, slots=True)
class _Usual:
    """A line of a span with what it costs on its cheapest way."""

    terms: Terms
    usd: float


def _lines(
    problem: NetworkProblem,
    loads: Loads,
    sizes: Sizes | None,
    number: int,
    edges: Ints,
    count: int,
) -> list[_Usual]:
    """Return the lines of a span, in so many routes, with what pairs and amplifiers cost on edges.

    Infinite where the span may not be.
    """
    link, start = problem.links[number], int(problem.shared.since[number])
    place = np.minimum(np.searchsorted(link.edges, edges), len(link.edges) - 1)
    there = link.edges[place] == edges
    pair_usd = link.pair_usd
    if sizes is not None:  # what cables cost is shared
        pair_usd = np.stack([pair_usd[0], np.where(np.isfinite(pair_usd[1]), 0.0, np.inf)])
    found = []
    known = problem.whole_lines[number] if problem.whole_lines else link.lines
    for line in known or link.lines:
        huts = _huts_per_km(link) if line.is_amplified else 0.0
        each_usd = line.closer * line.hut_usd
        load = np.zeros((len(problem.shared.usd), 1))
        load[start:] = line.pairs
        if sizes is not None:
            parts = np.broadcast_to(sizes.parts(line.hut_kw), (len(load), len(sizes.hut_usd)))
            load = np.concatenate([load, np.where(load > 0, parts, 0.0)], axis=1)
            # Huts that others do not need.
            alone_usd = float((np.ceil(parts[0]) * sizes.hut_usd).min())
            each_usd += (line.closer - 1) * _years(problem, sizes, number) * alone_usd
        fresh = loads.fresh_usd(problem.items.supplies(link.edges), start, load)
        mine = line.pairs * pair_usd + huts * each_usd * link.lengths_km
        way = line.fixed_usd + link.graph.shortest((fresh + mine).min(axis=0))
        own_usd = np.full((2, len(edges)), np.inf)
        own_usd[:, there] = mine[:, place[there]]
        reach_km = WITHIN * line.reach_km
        terms = Terms(reach_km, count * line.fixed_usd, own_usd, load, NOTHING)
        found.append(_Usual(terms, way))
    return found


def _years(problem: NetworkProblem, sizes: Sizes, number: int) -> float:
    """Return how long a span lasts, weighed."""
    starts = sorted({first for first, _ in problem.spans})
    first, end = problem.spans[number]
    during = [first <= start < end for start in starts]
    return float(sizes.years[during].sum())


def _terms(lines: Sequence[Sequence[_Usual]]) -> list[Terms]:
    """Return the cheapest lines of all spans of a user together, by how far they reach."""
    found: list[Terms] = []
    before: list[int] = []
    reaches = {x.terms.longest_km for some in lines for x in some}
    for km in sorted(reaches, reverse=True):
        far = [[x for x in some if x.terms.longest_km >= km] for some in lines]
        if not all(far):
            continue  # some span has no line that reaches so far
        best = [min(some, key=lambda x: x.usd).terms for some in far]
        if [id(x) for x in best] != before:
            before = [id(x) for x in best]
            fixed_usd = sum(x.fixed_usd for x in best)
            own_usd = np.sum([x.own_usd for x in best], axis=0)
            # Pairs stay in service.
            loads = np.max([x.loads for x in best], axis=0)
            found.append(Terms(km, fixed_usd, own_usd, loads, NOTHING))
    return found[::-1]

"""Links and sides of links as the search over the whole map takes them.

What each pays alone on every corridor, what it pays besides where nothing is open, and how far the
kinds of transport of its spans reach. Huts count by length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.all_routes.disjoint_ways import DisjointWays
from siting.solve.all_routes.network_problem import Link, NetworkProblem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.all_routes.links import LinkProblem

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

WITHIN = 0.997
"""Part of the length that light allows for: what is amplified has latency of its own."""
SHORT = 0.95
"""Huts stand closer than they may, by this part on the mean."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a user pays alone on lines that reach so far."""

    longest_km: float
    fixed_usd: float
    """Of all its routes."""
    own_usd: Floats
    """Pairs and amplifiers on each edge, shape (2, edges)."""


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
    fresh_usd: Floats
    """What it pays besides where nothing is open, shape (2, edges)."""


def users_of(problem: NetworkProblem, usd: Floats) -> list[MapUser]:
    """Return the links of a network, or their sides.

    Args:
        problem: the links.
        usd: what supplies cost with huts along them, by start (:func:`costs_with_huts`).
    """
    return [_user(problem, usd, numbers) for numbers in _groups(problem)]


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
    return max(km / (SHORT * link.spacing_km) - 0.5, 0.0) / max(km, 1.0)


def costs_with_huts(problem: NetworkProblem) -> Floats:
    """Return what supplies cost with huts along them, by start, shape (starts, 2 edges)."""
    items, edges = problem.items, problem.items.edges
    lengths_km = np.zeros(edges)
    per_km = [0.0]
    for link in problem.links:
        lengths_km[link.edges] = link.lengths_km
        if any(line.is_amplified for line in link.lines):
            per_km.append(_huts_per_km(link))
    both_km = np.tile(lengths_km, 2)
    costs = []
    for usd in problem.shared.usd:
        huts = usd[2 * edges : items.count]
        known = huts[np.isfinite(huts) & (huts > 0)]
        hut_usd = float(np.median(known)) if len(known) else 0.0
        costs.append(usd[: 2 * edges] + max(per_km) * hut_usd * both_km)
    return np.stack(costs)


def _user(problem: NetworkProblem, usd: Floats, numbers: list[int]) -> MapUser:
    """Return what the spans of a link may use together: what the first of them may."""
    first = problem.links[numbers[0]]
    start = int(problem.shared.since[numbers[0]])
    items = problem.items.supplies(first.edges)
    count = 1 if first.least_flow <= 1 else 2
    lines = [_lines(problem, usd[start], number, first.edges, count) for number in numbers]
    return MapUser(
        link=problem.names[numbers[0]],
        start=start,
        count=count,
        ways=DisjointWays(first.ends),
        ends=first.ends,
        edges=first.edges,
        items=items,
        lengths_km=first.lengths_km,
        terms=_terms(lines),
        fresh_usd=usd[start][items],
    )


@dataclass(frozen=True, slots=True)
class _Usual:
    """A line of a span with what it costs on its cheapest way."""

    terms: Terms
    usd: float


def _lines(
    problem: NetworkProblem, usd: Floats, number: int, edges: Ints, count: int
) -> list[_Usual]:
    """Return the lines of a span, in so many routes, with what pairs and amplifiers cost on edges.

    Infinite where the span may not be.
    """
    link = problem.links[number]
    place = np.minimum(np.searchsorted(link.edges, edges), len(link.edges) - 1)
    there = link.edges[place] == edges
    fresh = usd[problem.items.supplies(link.edges)]
    found = []
    known = problem.whole_lines[number] if problem.whole_lines else link.lines
    for line in known or link.lines:
        amplifiers = _huts_per_km(link) * line.hut_usd if line.is_amplified else 0.0
        mine = line.pairs * link.pair_usd + amplifiers * link.lengths_km
        way = line.fixed_usd + link.graph.shortest((fresh + mine).min(axis=0))
        own_usd = np.full((2, len(edges)), np.inf)
        own_usd[:, there] = mine[:, place[there]]
        terms = Terms(WITHIN * line.reach_km, count * line.fixed_usd, own_usd)
        found.append(_Usual(terms, way))
    return found


def _terms(lines: Sequence[Sequence[_Usual]]) -> tuple[Terms, ...]:
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
            found.append(Terms(km, fixed_usd, np.sum([x.own_usd for x in best], axis=0)))
    return tuple(reversed(found))

"""Two disjoint routes of a link at given prices, and tolls that keep them apart.

Huts are guessed by length first, and placed once the routes are chosen: no bound.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.all_routes.ways import HutPrices, LitRoute, Way, walks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.all_routes.links import LinkProblem
    from siting.solve.all_routes.multipliers import LinkPrices
    from siting.solve.all_routes.needs import Line

    Floats = NDArray[np.float64]

NEAR = 1.25
"""Edges whose shortest walk is at most so many times the shortest of all tell what huts cost."""


def apart(link: LinkProblem, prices: LinkPrices) -> tuple[int, Floats] | None:
    """Return the line on which two disjoint routes cost least with huts by length, and their tolls.

    One route of an unprotected link. None where there are none.
    """
    best: tuple[float, int, Floats] | None = None
    for number, line in enumerate(link.lines):
        usd = link.cost(prices, line)[0] + _guess_usd(link, prices.huts, line)
        paths, tolls = _paths(link, usd)
        if not paths:
            continue
        used = [edge for path in paths for edge, _ in path]
        total = len(paths) * line.fixed_usd + float(usd[used].sum())
        if best is None or total < best[0]:
            best = total, number, tolls
    return None if best is None else best[1:]


def two_routes(
    link: LinkProblem, prices: LinkPrices, lines: Iterable[int] | None = None
) -> list[LitRoute]:
    """Return two disjoint routes (or one, when unprotected) of the cheapest line, huts placed.

    Args:
        link: the link.
        prices: what it pays.
        lines: which lines to try; all when None.
    """
    best_usd, best = math.inf, list[LitRoute]()
    for number in range(len(link.lines)) if lines is None else lines:
        line = link.lines[number]
        usd, own = link.cost(prices, line)
        paths, _ = _paths(link, usd + _guess_usd(link, prices.huts, line))
        placed = [_placed(link, path, line, usd, prices.huts) for path in paths]
        routes = [
            LitRoute(number, way, tuple(bool(own[e]) for e in way.edges))
            for way in placed
            if way is not None
        ]
        total = sum(lit.way.usd + line.fixed_usd for lit in routes)
        if routes and len(routes) == len(paths) and total < best_usd:
            best_usd, best = total, routes
    return best


def huts_guess_usd(
    link: LinkProblem, huts: HutPrices, share: float, amplifiers_usd: float
) -> Floats:
    """Return about what huts cost on each edge, when a hut counts ``share`` times."""
    near = link.through_km <= NEAR * link.through_km.min()
    fair = share * float(np.median(huts.inside_usd[near])) + amplifiers_usd
    return link.lengths_km * (fair / link.spacing_km if math.isfinite(fair) else 0.0)


def _guess_usd(link: LinkProblem, huts: HutPrices, line: Line) -> Floats:
    """Return about what huts of a line cost on each edge."""
    if not line.is_amplified:
        return np.zeros(len(link.edges))
    return huts_guess_usd(link, huts, 1.0, line.hut_usd)


def _paths(link: LinkProblem, usd: Floats) -> tuple[list[list[tuple[int, int]]], Floats]:
    """Return the cheapest one or two disjoint paths, as edges with the node they lead to."""
    if link.least_flow > 1:
        pair = link.graph.pair(usd)
        if pair is None:
            return [], np.zeros(len(usd))
        return walks(link.ends, pair.direction, 2), pair.toll
    way = link.search.without_huts(usd)
    tolls = np.zeros(len(usd))
    if way is None:
        return [], tolls
    direction = np.zeros(len(usd), dtype=np.int64)
    node = 0
    for edge in way.edges:
        a, b = link.ends[edge].tolist()
        direction[edge] = 1 if a == node else -1
        node = b if a == node else a
    return walks(link.ends, direction, 1), tolls


def _placed(
    link: LinkProblem, path: list[tuple[int, int]], line: Line, usd: Floats, huts: HutPrices
) -> Way | None:
    """Return a path with the huts that a line needs on it."""
    edges = [edge for edge, _ in path]
    way = Way(0.0, tuple(edges))
    if line.is_amplified:
        found = link.search.along(path, huts.plus(line.hut_usd), line.quiet)
        if found is None:
            return None
        way = found
    return dataclasses.replace(way, usd=way.usd + float(usd[edges].sum()))

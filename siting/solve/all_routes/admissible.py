"""Which links can be required at all, over every route of the map: by length, dates and failures.

A relaxation of :class:`~siting.formulation.admissibility.Admissibility` that knows candidate routes
alone. A route needs corridors that can hold a pair in the period, and is no faster than its length.
A protected link needs two ways: for each corridor of the shortest one, another without it.

The shortest way without a corridor e of the shortest way P crosses from the nodes that the tree of
shortest paths reaches without e to the others, over an edge (u, v) other than e: it is at least
``km(source, u) + length + km(v, target)`` (Malik, Mittal and Gupta, Operations Research Letters 8,
1989, show that the least of these is reached).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from siting.formulation.admissibility import TOLERANCE_MS, Admissibility
from siting.instance import Instance
from siting.instance.records_graph import RouteGraph
from siting.instance.records_network import Corridor
from siting.solve.all_routes.detours import places_on
from siting.solve.all_routes.neighborhoods import Fields

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

Link = tuple[str, str]
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Reach:
    """Lengths of a link's ways, km; infinite where there is none."""

    shortest_km: float
    spare_km: float
    """Longest of the shortest ways that are left when a corridor fails."""


class WideAdmissibility(Admissibility):
    """Answers over every route of the graph; never no where some route would do."""

    def __init__(self, instance: Instance, graph: RouteGraph) -> None:
        """Take the graph beside the candidate routes."""
        super().__init__(instance)
        self._graph = graph
        self._fields = Fields.of(graph)
        self._may_hold: dict[int, Flags] = {}
        self._maps: dict[bytes, ReadyMap] = {}
        self._reach: dict[tuple[bytes, Link], Reach] = {}
        self._longest: dict[tuple[int, float], float] = {}

    def __call__(
        self, link: Link, period: int, limit_ms: float, *, protected: bool, transit: bool = False
    ) -> bool:
        """Return whether some routes of ``link`` may carry traffic, and survive any failure."""
        if protected and not all(self._instance.campuses[c].diverse for c in link):
            return False
        waves = [
            wave.srlgs
            for wave in self._waves.get(link, [])
            if wave.rtt_ms <= limit_ms + TOLERANCE_MS and wave.first_period <= period
        ]
        longest_km = self._longest_km(period, limit_ms)
        reach = self._of(link, period)
        if reach.shortest_km > longest_km:  # waves alone
            return bool(waves) and (not protected or self._survives(link, waves, transit=transit))
        # With a wave beside fiber, what both may share is left to the model.
        return not protected or transit or bool(waves) or reach.spare_km <= longest_km

    def _longest_km(self, period: int, limit_ms: float) -> float:
        """Return the length of the longest route that is fast enough, and that light can cross."""
        key = period, limit_ms
        if key not in self._longest:
            self._longest[key] = longest_legal_km(self._instance, self._graph, period, limit_ms)
        return self._longest[key]

    def _of(self, link: Link, period: int) -> Reach:
        if period not in self._may_hold:
            edges = self._graph.edges
            self._may_hold[period] = np.array(
                [may_hold(e.corridor, period) for e in edges], dtype=bool
            )
        ready = self._may_hold[period]
        key = ready.tobytes()
        if key not in self._maps:
            self._maps[key] = ReadyMap(self._graph, self._fields, ready)
        if (key, link) not in self._reach:
            self._reach[key, link] = self._maps[key].reach(link)
        return self._reach[key, link]


def longest_legal_km(instance: Instance, graph: RouteGraph, period: int, limit_ms: float) -> float:
    """Return a length that no route within an RTT limit exceeds in a period."""
    one_way_us = (limit_ms + TOLERANCE_MS) * 1000 / 2
    found = 0.0
    for kind in graph.kinds:
        if kind.first_period <= period:
            left_us = one_way_us - instance.options[kind.option].fixed_latency_us
            delay = graph.delay_us_per_km
            km = left_us / delay if delay else math.inf
            found = max(found, km if graph.regenerates else min(km, kind.reach_km))
    return found * (1 + TOLERANCE)


def may_hold(corridor: Corridor, period: int) -> bool:
    """Return whether a corridor may hold a pair in a period."""
    return (
        (corridor.iru_pairs > 0 and corridor.iru_first_period <= period)
        or any(n[period] > 0 for n in corridor.existing_pairs.values())
        or (corridor.buildable and corridor.build_first_period <= period)
    )


@dataclass(frozen=True, slots=True)
class _Tree:
    """Shortest paths from a campus; no other campus is passed."""

    km: Floats
    before: Ints
    """Node before each node; the node itself at the root and where no way leads."""


class ReadyMap:
    """The corridors that may hold a pair, with a tree of shortest paths for each campus."""

    def __init__(self, graph: RouteGraph, fields: Fields, ready: Flags) -> None:
        """Take the edges that are ready."""
        self._graph, self._fields = graph, fields
        plain = ready & (fields.ends[:, 0] != fields.ends[:, 1])
        self._ends, self._km = fields.ends[plain], fields.lengths_km[plain]
        by_length = np.argsort(self._km, kind="stable")
        self._keys, first = np.unique(self._key(*self._ends[by_length].T), return_index=True)
        self._shortest = by_length[first]
        """By key of its ends the shortest edge between two nodes."""
        self._trees: dict[int, _Tree] = {}

    def reach(self, link: Link) -> Reach:
        """Return the lengths of a link's ways."""
        nodes = [self._graph.campus_nodes[campus] for campus in link]
        if any(node not in self._fields.index for node in nodes):
            return Reach(math.inf, math.inf)
        source, target = (self._fields.index[node] for node in nodes)
        ahead, back = self._tree(source), self._tree(target)
        if not math.isfinite(ahead.km[target]):
            return Reach(math.inf, math.inf)
        path = [target]
        while ahead.before[path[-1]] != path[-1]:
            path.append(int(ahead.before[path[-1]]))
        path.reverse()
        edges = self._between(np.array(path[:-1]), np.array(path[1:]))
        place = places_on(ahead.before, path)
        blocked = np.zeros(len(place), dtype=bool)
        blocked[self._fields.campuses] = True
        blocked[[source, target]] = False
        ends = self._ends
        low, high = place[ends].min(axis=1), place[ends].max(axis=1)
        forward = place[ends[:, 0]] <= place[ends[:, 1]]
        near = np.where(forward, ends[:, 0], ends[:, 1])
        far = np.where(forward, ends[:, 1], ends[:, 0])
        length = ahead.km[near] + self._km + back.km[far]
        crossing = (low < high) & (low >= 0) & np.isfinite(length) & ~blocked[ends].any(axis=1)
        crossing[edges] = False
        over, cuts = np.flatnonzero(crossing), np.arange(len(edges))[:, None]
        is_over = (low[over] <= cuts) & (cuts < high[over])
        left_km = np.where(is_over, length[over], math.inf).min(axis=1, initial=math.inf)
        return Reach(float(ahead.km[target]), float(left_km.max(initial=0.0)))

    def _between(self, a: Ints, b: Ints) -> Ints:
        """Return the shortest edge between each node of ``a`` and that of ``b``, its neighbor."""
        found: Ints = self._shortest[np.searchsorted(self._keys, self._key(a, b))]
        return found

    def _key(self, a: Ints, b: Ints) -> Ints:
        """Return a number for each two nodes, in any order."""
        key: Ints = np.minimum(a, b) * len(self._fields.index) + np.maximum(a, b)
        return key

    def _tree(self, root: int) -> _Tree:
        if root not in self._trees:
            a = np.concatenate([self._ends[:, 0], self._ends[:, 1]])
            b = np.concatenate([self._ends[:, 1], self._ends[:, 0]])
            km = np.maximum(np.concatenate([self._km, self._km]), 1e-9)
            blocked = np.zeros(len(self._fields.index), dtype=bool)
            blocked[self._fields.campuses] = True
            blocked[root] = False
            leaving = ~blocked[a]
            a, b, km = a[leaving], b[leaving], km[leaving]
            order = np.argsort(-km, kind="stable")  # of parallel edges the shortest counts
            size = len(blocked)
            keys, last = np.unique((a * size + b)[order][::-1], return_index=True)
            least = km[order][::-1][last]
            matrix = csr_array((least, (keys // size, keys % size)), shape=(size, size))
            found, before = dijkstra(matrix, indices=root, return_predecessors=True)
            before = np.where(before < 0, np.arange(size), before)
            self._trees[root] = _Tree(found, before)
        return self._trees[root]

"""Ways with huts by label setting: a shortest path with resources.

The resources are the length since the last hut, at most the maximum spacing; the noise of the spans
so far (:mod:`~siting.solve.all_routes.spans`); and the whole length, where it is limited. Labels
that are no better than another at the same node in cost and all of these are dropped (Aneja,
Aggarwal and Nair, Networks 13, 1983); what is left of the way is bounded from below by the way
without huts and the least number of huts on it (A*).
"""

from __future__ import annotations

import heapq
import itertools
import math
import time
from collections.abc import Iterable
from dataclasses import dataclass

from siting.solve.all_routes.spans import NEVER, UNITS, Spans
from siting.solve.all_routes.ways import SOURCE, TARGET, Trace, Way, way_of

LOOKS = 100
"""Labels between two looks at the clock."""
Beside = dict[int, list[tuple[int, int, float, float, float]]]
"""The edges at each node: other node, number, length, cost, cost of a hut inside."""
_Label = tuple[float, float, int, float]
"""Cost, length since the last hut, noise of the spans before it, whole length."""
_NOWHERE = ((-math.inf, -math.inf, 0, -math.inf),)
"""What dominates every label at a node that no cheap way passes."""
_Reached = list[tuple[float, int, float, int, float, int, int, int]]
"""Cost, node, length since the last hut, noise, whole length, edge (or -1), huts inside it, node of
a hut."""


class OutOfTimeError(Exception):
    """A search reached its end: what it looked for is not known."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The edges that cheap ways may take."""

    beside: Beside
    hut_usd: dict[int, float]
    """A hut at each node."""
    onward: dict[int, tuple[float, float]]
    """Least cost of edges, and least length, from each node to the target."""
    cheapest_usd: float
    """The cheapest hut."""
    longest_km: float = math.inf
    """No longer way is legal."""

    @property
    def is_limited(self) -> bool:
        """Return whether the whole length of a way counts."""
        return self.longest_km < math.inf

    def reached(
        self, spans: Spans, paid: float, node: int, km: float, noise: int, far: float
    ) -> _Reached:
        """Return the labels that one leads to: over an edge, or to a hut at its node."""
        found: _Reached = [
            (
                paid + cost + (n * inside if n else 0.0),
                other,
                since,
                noise + added,
                far + length_km if self.is_limited else 0.0,
                edge,
                n,
                -1,
            )
            for other, edge, length_km, cost, inside in self.beside[node]
            for n, since, added in (
                spans.inside(km, length_km) if inside < math.inf else spans.without(km, length_km)
            )
        ]
        if km > 0 and node != SOURCE:
            louder = noise + spans.noise(km)
            found.append((paid + self.hut_usd[node], node, 0.0, louder, far, -1, 0, node))
        return found

    def rest_usd(self, spans: Spans, node: int, since_km: float, noise: int, far: float) -> float:
        """Return what is left costs at least from a label; infinite where none is legal."""
        usd, km = self.onward[node]
        if far + km > self.longest_km:
            return math.inf
        if node == TARGET:
            return 0.0 if noise + spans.noise(since_km) <= UNITS else math.inf
        more = spans.more_huts(since_km + km, noise)
        if not more:
            return usd
        return usd + more * self.cheapest_usd if more < NEVER else math.inf


def cheapest_ways(
    near: Surroundings, spans: Spans, most_usd: float, count: int, stop: float
) -> list[Way]:
    """Return the cheapest ways that cost no more than ``most_usd``, so many at most.

    Args:
        near: the edges and huts.
        spans: what spans may be.
        most_usd: finite.
        count: ways to return at most.
        stop: clock time to end at.

    Raises:
        OutOfTimeError: the clock passed ``stop``.
    """
    known: dict[int, list[_Label]] = {node: [] for node in near.beside}
    heap: list[tuple[float, float, int, float, int, float, int, Trace]] = []
    push, ties = heapq.heappush, itertools.count()
    push(heap, (0.0, 0.0, SOURCE, 0.0, 0, 0.0, next(ties), None))
    found: list[Way] = []
    for look in itertools.count():
        if not heap or len(found) == count:
            break
        if look % LOOKS == 0 and time.monotonic() > stop:
            raise OutOfTimeError
        _, paid, node, km, noise, far, _, trace = heapq.heappop(heap)
        if node == TARGET:
            found.append(way_of(paid, trace))
            continue
        if _is_dominated(known.get(node, _NOWHERE), (paid, km, noise, far)):
            continue
        known[node].append((paid, km, noise, far))
        for spent, other, since, louder, farther, edge, huts, hut in near.reached(
            spans, paid, node, km, noise, far
        ):
            least = spent + near.rest_usd(spans, other, since, louder, farther)
            label = spent, since, louder, farther
            if least <= most_usd and not _is_dominated(known[other], label):
                way = (edge, huts, hut, trace)
                push(heap, (least, spent, other, since, louder, farther, next(ties), way))
    return found


def _is_dominated(labels: Iterable[_Label], label: _Label) -> bool:
    """Return whether some label is no worse in all."""
    usd, km, noise, far = label
    for other_usd, other_km, other_noise, other_far in labels:
        if other_usd <= usd and other_km <= km and other_noise <= noise and other_far <= far:
            return True
    return False

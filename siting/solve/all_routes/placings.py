"""Where huts may stand inside the edges of a way, and the spans that they leave."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from siting.solve.all_routes.spans import (
    NEVER,
    TOLERANCE,
    UNITS,
    SpanRules,
    more_huts,
    noise_of,
)
from siting.solve.compiled import compiled, inlined

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

PIECE_KM = 20.0
"""Where huts may stand anywhere inside an edge, they stand in its pieces, no longer than this."""
APART_KM = 0.5
"""Sites of huts no farther apart than this are one piece."""


class Pieces(NamedTuple):
    """Pieces of edges in which huts may stand; where in a piece, is free.

    Those of edge e are the pieces from ``first[e]`` to ``first[e + 1]``.
    """

    first: Ints
    begin_km: Floats
    """From the first node of the edge."""
    end_km: Floats

    @classmethod
    def anywhere(cls, lengths_km: Floats) -> Pieces:
        """Return the pieces of edges on which huts may stand anywhere."""
        counts = np.maximum(1, np.ceil(lengths_km / PIECE_KM - TOLERANCE)).astype(np.int64)
        cuts = [np.linspace(0.0, km, n + 1) for km, n in zip(lengths_km, counts, strict=True)]
        return cls(
            _offsets(counts.tolist()),
            np.concatenate([np.zeros(0), *(x[:-1] for x in cuts)]),
            np.concatenate([np.zeros(0), *(x[1:] for x in cuts)]),
        )

    @classmethod
    def at(cls, sites_km: Iterable[Sequence[float]]) -> Pieces:
        """Return the pieces of edges whose huts stand at some lengths from their first node."""
        counts: list[int] = []
        pieces: list[list[float]] = []
        for sites in sites_km:
            before = len(pieces)
            for km in sorted(sites):
                if len(pieces) > before and km - pieces[-1][0] <= APART_KM:
                    pieces[-1][1] = km
                else:
                    pieces.append([km, km])
            counts.append(len(pieces) - before)
        begin, end = np.array(pieces, dtype=np.float64).reshape(-1, 2).T.copy()
        return cls(_offsets(counts), begin, end)

    def on(self, edges: Ints) -> Pieces:
        """Return the pieces of some edges, in their order."""
        counts = self.first[edges + 1] - self.first[edges]
        first = _offsets(counts)
        kept = np.repeat(self.first[edges] - first[:-1], counts) + np.arange(first[-1])
        return Pieces(first, self.begin_km[kept], self.end_km[kept])


def _offsets(counts: Sequence[int] | Ints) -> Ints:
    return np.concatenate([[0], np.cumsum(np.array(counts, dtype=np.int64))]).astype(np.int64)


class Taken(NamedTuple):
    """An edge of a way."""

    number: int
    """Negative: no hut may stand inside it."""
    is_forward: bool
    """Whether the way takes it from its first node."""
    length_km: float


class Placings(NamedTuple):
    """Ways to place huts inside an edge, one a place, with room for ``most_placings``."""

    huts: Ints
    since_km: Floats
    """Length since the last one where the edge ends."""
    noise: Ints
    """Of the spans that they end."""
    place: Ints
    """Piece of the last hut where it stands as near to the end as it may; negative: none."""


@compiled
def most_placings(rules: SpanRules, pieces: Pieces) -> int:
    """Return how many ways to place huts inside an edge there are at most."""
    most = 1
    for edge in range(len(pieces.first) - 1):
        most = max(most, pieces.first[edge + 1] - pieces.first[edge])
    return 2 + most * (len(rules.table) + 1)


@compiled
def placings_for(room: int) -> Placings:
    """Return room for so many ways to place huts."""
    numbers = np.empty((3, room), np.int64)
    return Placings(numbers[0], np.empty(room), numbers[1], numbers[2])


@inlined
def place(rules: SpanRules, pieces: Pieces, edge: Taken, since_km: float, found: Placings) -> int:
    """Find ways to place huts inside the next edge of a way; return how many there are.

    Args:
        rules: of spans.
        pieces: where huts may stand.
        edge: the next one.
        since_km: length since the last hut where the edge begins.
        found: takes the ways.
    """
    count = 0
    if since_km + edge.length_km <= rules.spacing_km * (1 + TOLERANCE):
        count = _place_one(found, count, 0, since_km + edge.length_km, 0, -1)
    if edge.number < 0:
        return count
    if rules.is_quiet:
        return _place_quiet(rules, pieces, edge, since_km, found, count)
    return _place_loud(rules, since_km + edge.length_km, found, count)


@inlined
def _place_one(
    found: Placings, count: int, huts: int, since_km: float, noise: int, place: int
) -> int:
    found.huts[count], found.since_km[count] = huts, since_km
    found.noise[count], found.place[count] = noise, place
    return count + 1


@inlined
def _place_loud(rules: SpanRules, km: float, found: Placings, count: int) -> int:
    """Place as few huts as are needed, or one more: more than that leaves nothing to gain.

    Huts may stand anywhere: that is no dearer.
    """
    needed = more_huts(rules, km, 0)
    left_km = max(0.0, km - needed * rules.spacing_km)
    if needed > 0:
        count = _place_one(found, count, needed, left_km, 0, -1)
    if left_km > 0:
        count = _place_one(found, count, needed + 1, 0.0, 0, -1)
    return count


@inlined
def _place_quiet(
    rules: SpanRules, pieces: Pieces, edge: Taken, since_km: float, found: Placings, count: int
) -> int:
    """Place the last hut in one piece of the edge, the others anywhere before it."""
    km = since_km + edge.length_km
    for piece in range(pieces.first[edge.number], pieces.first[edge.number + 1]):
        # The last hut is at least so far from the end of the edge, and at most so far.
        near_km, far_km = pieces.begin_km[piece], pieces.end_km[piece]
        if edge.is_forward:
            near_km, far_km = edge.length_km - far_km, edge.length_km - near_km
        far_km = min(far_km, rules.spacing_km)
        if near_km > rules.spacing_km * (1 + TOLERANCE):
            continue
        least = max(1, math.ceil((km - far_km) / rules.spacing_km - TOLERANCE))
        before = NEVER
        for more in range(least, len(rules.table) + 1):
            added = rules.table[more - 1, int(km - far_km)]
            if more == 1:
                added = max(added, noise_of(rules, km - far_km))
            if added > before:
                break  # more huts are of no use
            if added < before and added <= UNITS:
                left_km = max(near_km, km - more * rules.spacing_km)
                at = piece if left_km == near_km else -1
                count = _place_one(found, count, more, left_km, added, at)
            before = added
    return count


class Placed(NamedTuple):
    """The edges of a way in order, and how many huts it has where."""

    edges: Ints
    is_forward: Bools
    """Whether the way takes each from its first node."""
    lengths_km: Floats
    huts: Ints
    """Inside each edge."""
    is_cut: Bools
    """Whether a hut stands where each edge ends."""


@compiled
def can_be_quiet(rules: SpanRules, pieces: Pieces, way: Placed) -> bool:
    """Return whether the huts of a way may make it quiet enough."""
    room = most_placings(rules, pieces)
    found = placings_for(room)
    states = [(0.0, 0)]
    for k in range(len(way.edges)):
        number = way.edges[k] if way.huts[k] > 0 else -1
        edge = Taken(number, way.is_forward[k], way.lengths_km[k])
        reached = states[:0]
        for since_km, before in states:
            for i in range(place(rules, pieces, edge, since_km, found)):
                if found.huts[i] == way.huts[k]:
                    km, total = found.since_km[i], before + found.noise[i]
                    if way.is_cut[k]:
                        km, total = 0.0, total + noise_of(rules, km)
                    reached.append((km, total))
        states = _best(reached)
    for km, total in states:  # noqa: SIM110 - what is compiled knows no generators
        if total + noise_of(rules, km) <= UNITS:
            return True
    return False


@compiled
def _best(states: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """Return the states (length since the last hut, noise) that no other one is below."""
    best = states[:0]
    for i, (km, noise) in enumerate(states):
        is_best = noise <= UNITS
        for j, (other_km, other) in enumerate(states):
            is_less = other_km < km or other < noise or j < i
            if other_km <= km and other <= noise and is_less:
                is_best = False
        if is_best:
            best.append((km, noise))
    return best

"""Which transport options a route can carry with how many amplifiers, from its own hut sites."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from siting.instance.records_network import FiberRoute, RouteHut
from siting.optics import SpanNoise

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOLERANCE_KM = 1e-9


@dataclass(frozen=True, slots=True)
class Section:
    """Fiber between two ends of the light: terminals and regenerators."""

    start_km: float
    """Distance from the first campus of the link."""
    length_km: float
    huts: tuple[RouteHut, ...]
    """Where it may be amplified; positions from the start of the section."""


def route_sections(
    length_km: float, regenerators: Sequence[RouteHut], huts: Sequence[RouteHut]
) -> tuple[Section, ...]:
    """Return the sections into which regenerators cut a route, with the huts inside each."""
    if not regenerators:
        return (Section(0.0, length_km, tuple(huts)),)
    ends = [0.0, *(x.position_km for x in regenerators), length_km]
    return tuple(
        Section(
            start,
            end - start,
            tuple(
                RouteHut(hut=x.hut, position_km=x.position_km - start)
                for x in huts
                if start < x.position_km < end
            ),
        )
        for start, end in itertools.pairwise(ends)
    )


def cut_places(
    length_km: float, regenerators_km: Sequence[float], huts_km: NDArray[np.float64]
) -> list[tuple[float, NDArray[np.float64]]]:
    """Return the sections as in :func:`route_sections`: length, places from the start of each."""
    if not regenerators_km:
        return [(length_km, huts_km)]
    ends = [0.0, *regenerators_km, length_km]
    return [
        (end - start, huts_km[(huts_km > start) & (huts_km < end)] - start)
        for start, end in itertools.pairwise(ends)
    ]


@dataclass(frozen=True, slots=True)
class SpanGraph:
    """Spans between the terminals and huts of a section that the spacing rules allow."""

    positions_km: NDArray[np.float64]
    """Start terminal, huts in order, end terminal."""
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    """Positions that each allowed span joins, in-line amplifiers used; by start, then by end."""

    @property
    def lengths_km(self) -> NDArray[np.float64]:
        """Return the lengths of the allowed spans."""
        lengths: NDArray[np.float64] = self.positions_km[self.ends] - self.positions_km[self.starts]
        return lengths

    @property
    def allowed(self) -> NDArray[np.bool_]:
        """Return by (i, j) whether a span from position i to position j is allowed."""
        size = len(self.positions_km)
        allowed = np.zeros((size, size), dtype=bool)
        allowed[self.starts, self.ends] = True
        return allowed


def sections_of(route: FiberRoute) -> tuple[Section, ...]:
    """Return the sections of a candidate route."""
    return route_sections(route.length_km, route.regenerators, route.huts)


def span_graph(
    length_km: float, huts: Sequence[RouteHut], min_spacing_km: float, max_spacing_km: float
) -> SpanGraph:
    """Return the spans allowed between the ends of a section and huts; end to end is left out."""
    inner_km = np.array([hut.position_km for hut in huts], dtype=float)
    return spans_between(length_km, inner_km, min_spacing_km, max_spacing_km)


def spans_between(
    length_km: float,
    inner_km: NDArray[np.float64],
    min_spacing_km: float,
    max_spacing_km: float,
) -> SpanGraph:
    """Return what :func:`span_graph` returns, from the positions of the huts, which never fall."""
    positions = np.concatenate(([0.0], inner_km, [length_km]))
    last = len(positions) - 1
    # Positions within the largest spacing ahead: a few too many, the exact test follows.
    ahead_to = np.searchsorted(positions, positions + (max_spacing_km + 1.0), side="right")
    counts = np.maximum(ahead_to - np.arange(1, last + 2), 0)
    starts = np.repeat(np.arange(last + 1), counts)
    first = np.cumsum(counts) - counts
    ends = np.arange(counts.sum()) - np.repeat(first, counts) + starts + 1
    lengths = positions[ends] - positions[starts]
    least_km = max(min_spacing_km, 2 * TOLERANCE_KM) - TOLERANCE_KM
    inner = (starts > 0) & (ends < last)
    keep = (lengths <= max_spacing_km + TOLERANCE_KM) & ((lengths >= least_km) | ~inner)
    keep &= (starts > 0) | ((ends < last) & (lengths >= 0))
    return SpanGraph(positions, starts[keep], ends[keep])


def amplifier_counts(graph: SpanGraph) -> tuple[int, ...]:
    """Return every number k >= 1 of amplifiers for which allowed spans lead from end to end.

    The huts from which an allowed span reaches a hut stand side by side, so how many of them can
    be reached is a difference of two running sums.
    """
    last = len(graph.positions_km) - 1
    inner = (graph.starts > 0) & (graph.ends < last)
    starts, ends = graph.starts[inner], graph.ends[inner]
    number = np.bincount(ends, minlength=last + 1)
    nearest = np.zeros(last + 1, dtype=np.int64)
    nearest[ends] = starts + 1
    leaves = graph.starts[graph.ends == last]
    reach = np.zeros(last + 1, dtype=bool)
    reach[graph.ends[graph.starts == 0]] = True
    counts = []
    for amplifiers in range(1, last):
        if not reach.any():
            break
        if reach[leaves].any():
            counts.append(amplifiers)
        before = np.concatenate(([0], np.cumsum(reach)))
        reach = before[nearest] > before[nearest - number]
    return tuple(counts)


def noise_matrix(graph: SpanGraph, noise: SpanNoise) -> NDArray[np.float64]:
    """Return the noise of each allowed span, infinite where not allowed."""
    size = len(graph.positions_km)
    matrix = np.full((size, size), math.inf)
    matrix[graph.starts, graph.ends] = noise(graph.lengths_km)
    return matrix


def sums(
    graph: SpanGraph, values: NDArray[np.float64], most: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the least and the largest sum over all span sequences, by row and amplifiers.

    A span reaches a few huts ahead only: values stand by how far, and by where the span ends.

    Args:
        graph: the spans.
        values: several rows of values of the spans.
        most: sums are for 0 to so many amplifiers; infinite where no sequence has so many.
    """
    rows, size = 2 * len(values), len(graph.positions_km)
    ahead = graph.ends - graph.starts
    width = int(ahead.max(initial=1))
    # The largest sum is the least one of values turned around.
    layout = np.full((rows, width, size), math.inf)
    layout[:, width - ahead, graph.ends] = np.concatenate((values, -values))
    # Padded by one infinite place for each position before the first. Row ``width - d`` of the
    # windows holds the sums d positions before each position.
    total = np.full((rows, width + size), math.inf)
    total[:, width] = 0.0
    before = sliding_window_view(total, size, axis=1)[:, :width]
    found = np.empty((most + 1, rows))
    for amplifiers in range(most + 1):
        total[:, width:] = (before + layout).min(axis=1)
        found[amplifiers] = total[:, -1]
        total[:, -1] = math.inf
    return found[:, : rows // 2].T, -found[:, rows // 2 :].T


def noise_range(
    matrix: NDArray[np.float64], counts: tuple[int, ...]
) -> dict[int, tuple[float, float]]:
    """Return the least and the largest noise over all span sequences with k amplifiers, by k."""
    if not counts:
        return {}
    starts, ends = np.nonzero(np.isfinite(matrix))
    graph = SpanGraph(np.zeros(len(matrix)), starts, ends)
    least, largest = sums(graph, matrix[None, starts, ends], max(counts))
    return {k: (float(least[0, k]), float(largest[0, k])) for k in counts}

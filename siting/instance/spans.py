"""Which transport options a route can carry with how many amplifiers, from its own hut sites."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

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


@dataclass(frozen=True, slots=True)
class SpanGraph:
    """Spans between the terminals and huts of a route that the spacing rules allow."""

    positions_km: NDArray[np.float64]
    """Start terminal, huts in order, end terminal."""
    allowed: NDArray[np.bool_]
    """(i, j): a span from position i to position j is allowed, in-line amplifiers used."""


def sections_of(route: FiberRoute) -> tuple[Section, ...]:
    """Return the sections of a candidate route."""
    return route_sections(route.length_km, route.regenerators, route.huts)


def span_graph(
    length_km: float, huts: tuple[RouteHut, ...], min_spacing_km: float, max_spacing_km: float
) -> SpanGraph:
    """Return the spans allowed between the ends of a section and huts; end to end is left out."""
    positions = np.array([0.0, *(hut.position_km for hut in huts), length_km])
    lengths = positions[None, :] - positions[:, None]
    allowed = (lengths <= max_spacing_km + TOLERANCE_KM) & (
        np.arange(len(positions))[None, :] > np.arange(len(positions))[:, None]
    )
    inner = allowed[1:-1, 1:-1]
    inner &= lengths[1:-1, 1:-1] >= max(min_spacing_km, 2 * TOLERANCE_KM) - TOLERANCE_KM
    allowed[0, 1:-1] &= lengths[0, 1:-1] >= 0
    allowed[0, -1] = False
    return SpanGraph(positions, allowed)


def amplifier_counts(graph: SpanGraph) -> tuple[int, ...]:
    """Return every number k >= 1 of amplifiers for which allowed spans lead from end to end."""
    reach: NDArray[np.bool_] = np.zeros(len(graph.positions_km), dtype=bool)
    reach[0] = True
    counts = []
    for hops in range(1, len(graph.positions_km)):
        reach = np.asarray((reach[:, None] & graph.allowed).any(axis=0))
        if not reach.any():
            break
        if hops >= 2 and reach[-1]:
            counts.append(hops - 1)
        reach[-1] = False
    return tuple(counts)


def noise_matrix(graph: SpanGraph, noise: SpanNoise) -> NDArray[np.float64]:
    """Return the noise of each allowed span, infinite where not allowed."""
    lengths = graph.positions_km[None, :] - graph.positions_km[:, None]
    matrix = np.full(lengths.shape, math.inf)
    matrix[graph.allowed] = noise(lengths[graph.allowed])
    return matrix


@dataclass(frozen=True, slots=True)
class Band:
    """The allowed spans of a graph by where they end: a span reaches a few huts ahead only."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    """Positions that each allowed span joins."""
    size: int
    width: int
    """Positions, and the most that a span reaches ahead."""

    @classmethod
    def of(cls, allowed: NDArray[np.bool_]) -> Band:
        """Return the band of the spans allowed, (i, j) from position i to position j."""
        starts, ends = np.nonzero(allowed)
        return cls(starts, ends, len(allowed), int((ends - starts).max(initial=1)))

    def sums(
        self, values: NDArray[np.float64], counts: tuple[int, ...]
    ) -> Iterator[tuple[int, float, float]]:
        """Yield k, and the least and largest sum over all span sequences with k amplifiers.

        Args:
            values: of each allowed span.
            counts: numbers of amplifiers of interest; k rises.
        """
        if not counts:
            return
        ahead = self.ends - self.starts
        low = np.full((self.width, self.size), math.inf)
        low[ahead - 1, self.ends] = values
        high = np.where(np.isfinite(low), low, -math.inf)
        # Padded by one infinite place for each position before the first.
        least = np.full(self.width + self.size, math.inf)
        largest = np.full(self.width + self.size, -math.inf)
        least[self.width] = largest[self.width] = 0.0
        # Row d - 1 of the windows holds the values d positions before each position.
        offsets = np.arange(1, self.width + 1)[:, None]
        before = self.width + np.arange(self.size)[None, :] - offsets
        for hops in range(1, max(counts) + 2):
            least[self.width :] = (least[before] + low).min(axis=0)
            largest[self.width :] = (largest[before] + high).max(axis=0)
            if hops - 1 in counts:
                yield hops - 1, float(least[-1]), float(largest[-1])
            least[-1], largest[-1] = math.inf, -math.inf


def noise_range(
    matrix: NDArray[np.float64], counts: tuple[int, ...]
) -> dict[int, tuple[float, float]]:
    """Return the least and the largest noise over all span sequences with k amplifiers, by k."""
    band = Band.of(np.isfinite(matrix))
    sums = band.sums(matrix[band.starts, band.ends], counts)
    return {count: (least, largest) for count, least, largest in sums}


def noise_ranges(
    graph: SpanGraph, band: Band, noise: SpanNoise, counts: tuple[int, ...]
) -> Iterator[tuple[int, float, float]]:
    """Yield what :func:`noise_range` returns, k rising, from the band of a graph."""
    lengths_km = graph.positions_km[band.ends] - graph.positions_km[band.starts]
    return band.sums(noise(lengths_km), counts)

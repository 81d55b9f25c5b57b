"""Huts as a toll on the way: what a route pays for huts is at least a price per kilometer.

*Proof.* Let a link pay ``u_h`` for each hut h that one of its routes uses. Every stretch of X km
(the maximum spacing) of an amplified route holds a used hut, so spreading u_h / X over the X km
before h counts every point of the route up to X km before its end at least once. With
``t(x) = min u_h / X`` over the huts within X km of x along the ground, the integral of t over these
points is at most what the huts cost. A point farther than max(X, S) along the ground from the end
is farther on the route too, and a route without amplifiers (at most S km) has no such point.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

CHUNK = 512
"""Nodes whose surroundings are looked at together."""


def hut_tolls(
    ends: Ints,
    lengths_km: Floats,
    hut_usd: Floats,
    to_end_km: Floats,
    *,
    spacing_km: float,
    single_span_km: float,
) -> Floats:
    """Return what a route pays at least on each edge for its huts, USD a year.

    Args:
        ends: nodes of each edge, shape (edges, 2).
        lengths_km: length of each edge.
        hut_usd: what the link pays for a hut on the edge or at its ends; infinite without any.
        to_end_km: distance of each node to the end where no toll is taken.
        spacing_km: maximum spacing X.
        single_span_km: longest route without amplifiers S.
    """
    nodes = len(to_end_km)
    at_node = np.full(nodes, math.inf)
    for side in (0, 1):
        np.minimum.at(at_node, ends[:, side], hut_usd)
    near = _least_within(ends, lengths_km, at_node, spacing_km)
    field = np.minimum(np.minimum(near[ends[:, 0]], near[ends[:, 1]]), hut_usd)
    field = np.where(np.isfinite(field), field, 0.0)
    charged = _far_part(ends, lengths_km, to_end_km, max(spacing_km, single_span_km))
    tolls: Floats = field / spacing_km * charged
    return tolls


def least_hut_usd(
    ends: Ints, hut_usd: Floats, to_ends_km: Floats, huts: int, *, spacing_km: float
) -> float:
    """Return what an amplified route with at least so many huts pays for them at least.

    The first hut is within the spacing of one end, the last within that of the other.

    Args:
        ends: nodes of each edge.
        hut_usd: what the link pays for a hut on the edge or at its ends; infinite without any.
        to_ends_km: distance of each node to the two ends, shape (2, nodes).
        huts: least number of huts.
        spacing_km: maximum spacing.
    """
    near = [
        hut_usd[(km[ends] <= spacing_km).any(axis=1)].min(initial=math.inf) for km in to_ends_km
    ]
    if not all(map(math.isfinite, near)):
        return 0.0
    if huts < 2:
        return float(max(near))
    return float(sum(near) + (huts - 2) * hut_usd.min())


def _far_part(ends: Ints, lengths_km: Floats, to_end_km: Floats, free: float) -> Floats:
    """Return the length of each edge whose points are farther than ``free`` from the end."""
    near_a = np.clip(free - to_end_km[ends[:, 0]], 0.0, lengths_km)
    near_b = np.clip(free - to_end_km[ends[:, 1]], 0.0, lengths_km)
    far: Floats = np.maximum(lengths_km - near_a - near_b, 0.0)
    return far


def _least_within(ends: Ints, lengths_km: Floats, values: Floats, radius_km: float) -> Floats:
    """Return, for each node, the least value of the nodes within a distance along the edges."""
    nodes = len(values)
    best: dict[tuple[int, int], float] = {}
    for (a, b), km in zip(ends.tolist(), lengths_km.tolist(), strict=True):
        key = (min(a, b), max(a, b))
        best[key] = min(km, best.get(key, math.inf))
    keys = np.array(list(best), dtype=np.int64).reshape(-1, 2)
    weights = np.maximum(np.array(list(best.values())), 1e-9)
    matrix = csr_array((weights, (keys[:, 0], keys[:, 1])), shape=(nodes, nodes))
    least = np.empty(nodes)
    for start in range(0, nodes, CHUNK):
        chosen = np.arange(start, min(start + CHUNK, nodes))
        km = dijkstra(matrix, directed=False, indices=chosen, limit=radius_km)
        least[chosen] = np.where(np.isfinite(km), values[None, :], math.inf).min(axis=1)
    return least

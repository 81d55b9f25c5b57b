"""The split of shared costs between links that makes the sum of their bounds large.

Lagrangian relaxation: every link pays its share of a corridor or contract that it uses; the shares
of an item add up to its cost. Starting shares favor links that make the least detour; subgradient
steps of Polyak's length move them to the links that use the item.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.all_routes.links import LinkProblem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MOST_STEPS = 200
PATIENCE = 8
"""Steps without a better bound after which the step length is halved."""
SMALLEST = 0.02
"""Step factor at which the search ends."""
AIM = 1.03
"""Value aimed at, over the best bound known."""


def best_shares(
    problems: list[LinkProblem], costs_usd: Floats, start_usd: list[Floats], deadline: float
) -> float:
    """Return the best bound found, USD a year.

    Args:
        problems: the links.
        costs_usd: cost of each shared item, shape (2, edges).
        start_usd: first share of each link, shape (2, its edges); those of an item add up to at
            most its cost.
        deadline: clock time (``time.monotonic``) at which to stop; one round is always made.
    """
    links, edges = len(problems), costs_usd.shape[1]
    allowed = np.zeros((links, edges), dtype=bool)
    shares = np.zeros((links, 2, edges))
    for number, problem in enumerate(problems):
        allowed[number, problem.edges] = True
        shares[number][:, problem.edges] = start_usd[number]
    free = ~np.isfinite(costs_usd)
    limits = np.where(free, 0.0, costs_usd)
    best, factor, stale = 0.0, 1.0, 0
    for _ in range(MOST_STEPS):
        found = [p.bound(shares[k][:, p.edges]) for k, p in enumerate(problems)]
        value = sum(bound.usd for bound in found)
        if value > best * (1 + 1e-5):
            stale = 0
        else:
            stale += 1
        best = max(best, value)
        if stale >= PATIENCE:
            factor, stale = factor / 2, 0
        if factor < SMALLEST or time.monotonic() > deadline:
            break
        slope = np.zeros((links, 2, edges))
        for number, (problem, bound) in enumerate(zip(problems, found, strict=True)):
            slope[number][:, problem.edges] = bound.uses
        moved = slope.any(axis=0)
        count = np.maximum(allowed.sum(axis=0), 1)
        direction = np.where(allowed[:, None, :], slope - slope.sum(axis=0) / count, 0.0)
        direction[:, ~moved] = 0.0
        length = float((direction**2).sum())
        if length <= 0:
            break
        step = factor * max(AIM * best - value, 1e-3 * best) / length
        shares[:, moved] += step * direction[:, moved]
        shares[:, moved] = _onto_simplex(
            shares[:, moved],
            limits[moved],
            np.broadcast_to(allowed[:, None], shares.shape)[:, moved],
        )
    return best


def _onto_simplex(points: Floats, totals: Floats, allowed: NDArray[np.bool_]) -> Floats:
    """Return the nearest points with nonnegative allowed entries that add up to ``totals``.

    Args:
        points: shape (links, items).
        totals: sum of each item.
        allowed: which entries may be positive.
    """
    values = np.where(allowed, points, -np.inf)
    ordered = -np.sort(-values, axis=0)
    count = np.arange(1, len(points) + 1)[:, None]
    sums = np.cumsum(np.where(np.isfinite(ordered), ordered, 0.0), axis=0) - totals
    active = np.isfinite(ordered) & (ordered - sums / count > 0)
    last = np.maximum(active.sum(axis=0), 1) - 1
    level = np.take_along_axis(sums, last[None], axis=0)[0] / (last + 1)
    nearest: Floats = np.where(allowed, np.maximum(points - level, 0.0), 0.0)
    return nearest

"""What is shared along corridors, as the search over the whole map counts it.

Civil works and contracts are paid once, from the first start on. Cables go by the pairs that they
hold, and huts by the power drawn in them: routes that draw more than half of what a small hut has
share none, and need one each or a large one together. In each step of time the cheapest that hold
all are paid for; that what is built stays counts for nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.instance.records_network import Corridor, Hut
from siting.solve.route_tracks import hut_steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from siting.instance import Instance
    from siting.instance.records_graph import RouteGraph
    from siting.solve.all_routes.network_problem import NetworkProblem

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

FIBERS = 2
"""Of a pair."""
TOLERANCE = 1e-6
TOO_MANY = 1e6
"""Huts of a class that cannot hold some equipment."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Cables and huts by what they hold."""

    years: Floats
    """From each start to the next, weighed."""
    civil_usd: Floats
    """Own cable but for the cables, from each start on, present value, shape (starts, edges)."""
    held: Floats
    """Pairs that cables hold, rising."""
    cable_usd: Floats
    """Least cost of some that hold as many, USD a year, shape (edges, sizes)."""
    standing: Floats
    """Pairs of own cable that stand, shape (edges, starts)."""
    power_kw: Floats
    """Of each class of a usual hut."""
    hut_usd: Floats
    """Cost of it, USD a year."""

    def parts(self, kw: float) -> Floats:
        """Return which part of a hut of each class equipment takes that has to be in one hut."""
        if kw <= 0:
            return np.zeros_like(self.power_kw)
        count = np.floor((self.power_kw + TOLERANCE) / kw)
        parts: Floats = np.where(count > 0, 1 / np.maximum(count, 1.0), TOO_MANY)
        return parts


def sizes_of(instance: Instance, problem: NetworkProblem) -> Sizes | None:
    """Return what is on offer at the starts of a problem over time; None without a map or huts.

    Args:
        instance: with the route graph of the problem.
        problem: its links.
    """
    graph = instance.graph
    if graph is None or not problem.spans:
        return None
    steps = _usual_steps(list(instance.huts.values()), graph)
    if not steps:
        return None
    starts = sorted({first for first, _ in problem.spans})
    weights = np.array([period.weight for period in instance.periods])
    after = np.array([weights[start:].sum() for start in starts])
    corridors = [edge.corridor for edge in graph.edges]
    held = sorted({fibers // FIBERS for x in corridors for _, fibers in x.cable_usd_per_year})
    if not held:
        return None
    cable_usd = np.array([_menu(x, held) for x in corridors])
    for k, pairs in enumerate(held):
        for j, fewer in enumerate(held[:k]):
            cable_usd[:, k] = np.minimum(
                cable_usd[:, k], math.ceil(pairs / fewer) * cable_usd[:, j]
            )
    civil_usd = weights[:, None] * _civil_usd(corridors, len(weights))
    return Sizes(
        years=after - np.append(after[1:], 0.0),
        civil_usd=np.stack([civil_usd[start:].sum(axis=0) for start in starts]),
        held=np.array(held, dtype=float),
        cable_usd=cable_usd,
        standing=np.array([[_standing(x, t) for t in starts] for x in corridors], dtype=float),
        power_kw=np.array([kw for kw, _ in steps]),
        hut_usd=np.array([usd for _, usd in steps]),
    )


def _menu(corridor: Corridor, held: Sequence[int]) -> list[float]:
    """Return the least cost of one cable for so many pairs; infinite where none is as large."""
    cables = corridor.cable_usd_per_year.items()
    return [
        min((usd for (_, fibers), usd in cables if fibers // FIBERS >= pairs), default=math.inf)
        for pairs in held
    ]


def _standing(corridor: Corridor, t: int) -> int:
    return max((pairs[t] for pairs in corridor.existing_pairs.values()), default=0)


def _civil_usd(corridors: Sequence[Corridor], periods: int) -> Floats:
    """Return what civil works cost with their upkeep, USD a year, shape (periods, corridors)."""
    usd = np.empty((periods, len(corridors)))
    for number, corridor in enumerate(corridors):
        usd[:, number] = corridor.build_usd_per_year + corridor.own_maintenance_usd_per_year
        usd[np.array(corridor.stands), number] = 0.0
        for pairs in corridor.existing_pairs.values():
            usd[np.array(pairs) > 0, number] = 0.0
    return usd


def _usual_steps(huts: Sequence[Hut], graph: RouteGraph) -> tuple[tuple[float, float], ...]:
    """Return what a usual hut costs, by power; none of none.

    Its smallest class costs about as much as the median over the map of the cheapest in each place:
    dearer ones beside these are not taken.
    """
    each = [*(edge.hut_usd_per_year for edge in graph.edges), *graph.node_hut_usd_per_year.values()]
    known = [usd for usd in each if 0 < usd < math.inf]
    steps = [found for hut in huts if (found := hut_steps(hut)) and math.isfinite(found[0][0])]
    steps = [x for x in steps if x[0][1] > 0]
    if not steps or not known:
        return ()
    usual_usd = float(np.median(known))
    return min(steps, key=lambda x: (abs(x[0][1] - usual_usd), x))

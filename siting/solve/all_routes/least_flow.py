"""What a set of links costs at least over every route, with whole corridors, and the ways taken.

Where what is open is whole the flows are whole too: they are two disjoint ways of each protected
link (:mod:`~siting.solve.all_routes.flow_model`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np

from siting.solve.all_routes.flow_model import MILLION, Flow, FlowModel
from siting.solve.all_routes.links import LinkProblem
from siting.solve.all_routes.multipliers import Items
from siting.solve.highs_model import pass_rows, silent_highs
from siting.solve.turns import elsewhere

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ROUNDING = 1e-6
"""Share taken off the bound for what the solver takes for whole, or for satisfied."""
USED = 0.5

Way = list[tuple[int, bool]]
"""Edges in order, by their number among those of all links, each with: is its own cable taken?"""


@dataclass(frozen=True, slots=True)
class LeastFlow:
    """A bound, USD a year, and the ways of each link in the best solution found."""

    usd: float
    ways: list[list[Way]]


def least_flow(
    links: Sequence[LinkProblem],
    items: Items,
    costs_usd: Floats,
    *,
    time_limit_s: float,
    relative_gap: float,
) -> LeastFlow:
    """Bound the cost of links that are lit together.

    Args:
        links: the links, with what they must carry.
        items: numbers of what links share.
        costs_usd: yearly cost of each shared item.
        time_limit_s: wall time, s.
        relative_gap: stop at this gap.
    """
    if not links:
        return LeastFlow(0.0, [])
    model = FlowModel(items, costs_usd)
    for link in links:
        model.add(link)
    highs = silent_highs(mip_rel_gap=relative_gap, time_limit=max(time_limit_s, 0.1))
    pass_rows(highs, model.problem(1.0, whole=True))
    with elsewhere():
        highs.run()
    if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return LeastFlow(math.inf, [])
    info = highs.getInfo()
    bound = float(info.mip_dual_bound)
    usd = MILLION * bound * (1 - ROUNDING) if math.isfinite(bound) and bound > 0 else 0.0
    usd += sum(flow.fixed_usd + flow.link.channels_usd for flow in model.flows)
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return LeastFlow(usd, [])
    values = np.array(highs.getSolution().col_value)
    return LeastFlow(usd, [_ways(flow, values) for flow in model.flows])


def _ways(flow: Flow, values: Floats) -> list[Way]:
    """Return the paths that a flow in whole numbers consists of."""
    link, count = flow.link, len(flow.edge)
    out: dict[int, list[int]] = {}
    for k in np.flatnonzero(values[flow.column : flow.column + count] > USED).tolist():
        out.setdefault(int(flow.begin[k]), []).append(k)
    found: list[Way] = []
    for _ in range(round(flow.units)):
        node, way = link.graph.source, Way()
        while node != link.graph.target and out.get(node):
            k = out[node].pop()
            way.append((int(link.edges[flow.edge[k]]), bool(flow.supply[k])))
            node = int(flow.end[k])
        if node == link.graph.target:
            found.append(way)
    return found

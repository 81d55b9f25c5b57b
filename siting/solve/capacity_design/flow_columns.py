"""Where the flows of a model are among its columns, and what links can carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.formulation.capacity_design import head, tail
from siting.instance.capacity_design import CapacityDesign

if TYPE_CHECKING:
    import pyomo.environ as pyo

    from siting.solve.highs import CompiledModel

VIOLATION = 1e-3
"""Least violation, as share of the traffic or of one module."""

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FlowRow:
    """``sum coefficient x column >= least``, columns by position in the compiled models."""

    columns: tuple[int, ...]
    coefficients: tuple[float, ...]
    least: float
    depth: float
    """How far beyond the row a solution lies, by the length of the row."""


def flow_row(terms: dict[int, float], least: float, values: Array) -> FlowRow:
    """Return a row of terms by column, and how far a solution lies beyond it."""
    pairs = sorted(terms.items())
    columns, coefficients = tuple(c for c, _ in pairs), tuple(x for _, x in pairs)
    short = least - float(np.dot(coefficients, values[list(columns)]))
    return FlowRow(columns, coefficients, least, short / (float(np.linalg.norm(coefficients)) or 1))


class FlowColumns:
    """The columns of one design with its routing; -1 where there is none.

    Attributes:
        times: how often a demand is sent.
        size: number of nodes.
        link, tails, heads: of each arc.
        sources: node where each commodity begins.
        unit: capacity that one unit of each commodity takes.
        brought: what each commodity brings to each node, in capacity.
        flow: column of each commodity on each arc.
        block_link, block: link and column of each block.
        base, capacity, is_whole: of each block.
        use: column of the use of each link; none where it is not charged.
        existing: capacity of each link.
    """

    def __init__(
        self, design: CapacityDesign, model: pyo.ConcreteModel, compiled: CompiledModel
    ) -> None:
        """Index arcs, flows and what is bought.

        Args:
            design: the problem, which says how often a demand is sent.
            model: its model, or that of the design eased, where a demand is all that is sent.
            compiled: one of its compiled models; the columns of all are the same.
        """
        self.times = 2.0 if design.code.survivability == "P" else 1.0
        items = model.commodities
        asked = sum(item.total * item.unit for item in items)
        sent = self.times * sum(d.load for d in design.demands if d.source != d.target)
        share = 1.0 / self.times if asked > sent * (1 - VIOLATION) else 1.0
        index = {node: i for i, node in enumerate(design.nodes)}
        self.size = len(index)
        ways = (0,) if design.code.link == "D" else (0, 1)
        arcs = [(e, way) for e in range(len(design.links)) for way in ways]
        self.link: Ints = np.array([e for e, _ in arcs], dtype=int)
        self.tails: Ints = np.array([index[tail(design.links[e], w)] for e, w in arcs], dtype=int)
        self.heads: Ints = np.array([index[head(design.links[e], w)] for e, w in arcs], dtype=int)
        place = {arc: i for i, arc in enumerate(arcs)}
        self.sources: Ints = np.array([index[c.source] for c in items], dtype=int)
        self.unit: Array = np.array([c.unit for c in items], dtype=float)
        self.brought: Array = np.zeros((len(items), self.size))
        for k, item in enumerate(items):
            for sink, amount in item.sinks.items():
                self.brought[k, index[sink]] += amount * item.unit * share
        self.flow: Ints = np.full((len(items), len(arcs)), -1, dtype=int)
        keys = list(model.FLOWS)
        found = compiled.positions(model.flow[key] for key in keys)
        for (k, e, way), column in zip(keys, found, strict=True):
            self.flow[k, place[e, way]] = column
        blocks = [(e, i) for e, i in model.BLOCKS]
        kinds = [model.menus[e].blocks[i] for e, i in blocks]
        self.block_link: Ints = np.array([e for e, _ in blocks], dtype=int)
        self.block = compiled.positions(model.modules[key] for key in blocks)
        self.base: Array = np.array([b.base for b in kinds])
        self.capacity: Array = np.array([b.capacity for b in kinds])
        self.is_whole = np.array([b.is_whole for b in kinds], dtype=bool)
        charged = list(getattr(model, "CHARGED", ()))
        self.use: Ints = np.full(len(design.links), -1, dtype=int)
        self.use[charged] = compiled.positions(model.is_used[e] for e in charged)
        self.existing: Array = np.array([link.existing_capacity for link in design.links])

"""What routes of demands carry, as values of all columns of a model with its routing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.instance.capacity_design import CapacityDesign

if TYPE_CHECKING:
    import pyomo.environ as pyo

    from siting.solve.highs import CompiledModel

Array = NDArray[np.float64]


class RouteColumns:
    """Where the demands of one design are among the flows of its model."""

    def __init__(
        self, design: CapacityDesign, model: pyo.ConcreteModel, compiled: CompiledModel
    ) -> None:
        """Index the flows; arc ``2 e`` leads over link *e*, arc ``2 e + 1`` back.

        Args:
            design: the problem, whose demands are in the order of its list.
            model: its model, of the demands themselves or of those of a source together.
            compiled: one of its compiled models, whose columns solutions have.
        """
        self._size = compiled.size[1]
        items = model.commodities
        asked = [d for d in design.demands if d.load > 0 and d.source != d.target]
        self._units = np.array([item.unit for item in items], dtype=float)
        self._commodity = np.arange(len(asked))
        self._is_turned = np.zeros(len(asked), dtype=bool)
        if design.is_aggregated:
            of = {(item.source, sink): k for k, item in enumerate(items) for sink in item.sinks}
            ends = [(d.source, d.target) for d in asked]
            self._is_turned = np.array([pair not in of for pair in ends], dtype=bool)
            found = [of[pair] if pair in of else of[pair[::-1]] for pair in ends]
            self._commodity = np.array(found, dtype=int)
        keys = list(model.FLOWS)
        self._flow = np.full((len(items), 2 * len(design.links)), -1)
        at = compiled.positions(model.flow[key] for key in keys)
        for (k, e, way), column in zip(keys, at, strict=True):
            self._flow[k, 2 * e + way] = column
        self._carried = compiled.positions(model.carried[k] for k in model.carried)
        index = {node: i for i, node in enumerate(design.nodes)}
        tails = [index[end] for link in design.links for end in (link.source, link.target)]
        sources = np.array([index[item.source] for item in items], dtype=int)
        self._leaves = np.array(tails, dtype=int)[None, :] == sources[:, None]

    def values(self, flows: Array) -> Array:
        """Return the values of all columns: of flows, nothing bought.

        Args:
            flows: of each demand on each arc, in capacity.
        """
        turned = flows.reshape(len(flows), -1, 2)[:, :, ::-1].reshape(flows.shape)
        own = np.where(self._is_turned[:, None], turned, flows)
        amounts = np.zeros(self._flow.shape)
        np.add.at(amounts, self._commodity, own)
        amounts /= self._units[:, None]
        values = np.zeros(self._size)
        is_column = self._flow >= 0
        values[self._flow[is_column]] = amounts[is_column]
        if len(self._carried):
            sent = (amounts * self._leaves).sum(axis=1)
            values[self._carried[self._carried >= 0]] = sent[self._carried >= 0]
        return values

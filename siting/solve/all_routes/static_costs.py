"""Every corridor with the least that it costs in any period: what prices of links are made of."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from siting.instance import Instance
from siting.instance.records_graph import RouteGraph
from siting.solve.all_routes.edge_costs import edge_costs
from siting.solve.all_routes.frames import Frame
from siting.solve.all_routes.multipliers import Items
from siting.solve.all_routes.needs import Need
from siting.solve.all_routes.neighborhoods import Fields, Place, neighborhood
from siting.solve.all_routes.sides import Side

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Link = tuple[str, str]


class StaticCosts:
    """Least costs of a graph, and the frames of links made so far."""

    def __init__(self, graph: RouteGraph, periods: int) -> None:
        """Take the graph of an instance with so many periods."""
        self.graph = graph
        self.fields = Fields.of(graph)
        self.items = Items(len(graph.edges), len(self.fields.index))
        self._periods = periods
        self._costs: dict[float, tuple[Floats, Floats]] = {}
        self._widest: dict[Link, tuple[float, Place | None]] = {}
        """Of each link its widest place so far, and the length of its routes, km."""
        self._frames: dict[tuple[Link, float, float], Frame] = {}

    def shared_usd(self, pairs: float) -> Floats:
        """Return the least yearly cost of each item that links share; 0 where there is none."""
        fixed, _ = self._least(pairs)
        fields = self.fields
        costs = np.concatenate([fixed.ravel(), fields.inside_usd, fields.at_node_usd])
        return np.where(np.isfinite(costs), costs, 0.0)

    def place(self, need: Need) -> Place | None:
        """Return the corridors around a link."""
        longest_km, widest = self._widest.get(need.link, (-math.inf, None))
        if widest is not None and need.longest_km <= longest_km:
            return widest.within(need.longest_km)
        place = neighborhood(self.graph, self.fields, need)
        self._widest[need.link] = need.longest_km, place
        return place

    def forget(self) -> None:
        """Let go of the places and frames made so far."""
        self._widest.clear()
        self._frames.clear()

    def frame(
        self, instance: Instance, link: Link, place: Place, longest_km: float, pairs: float
    ) -> Frame:
        """Return the frame of a link whose routes are at most so long."""
        key = link, longest_km, pairs
        if key not in self._frames:
            _, per_pair = self._least(pairs)
            self._frames[key] = Frame.of(instance, self.graph, self.fields, place, per_pair)
        return self._frames[key]

    def frame_of_side(self, instance: Instance, side: Side, pairs: float) -> Frame:
        """Return the frame of one side of a link."""
        _, per_pair = self._least(pairs)
        return Frame.of(instance, self.graph, self.fields, side.place, per_pair)

    def _least(self, pairs: float) -> tuple[Floats, Floats]:
        """Return the least costs of edges over all periods, shared and for each pair."""
        if pairs not in self._costs:
            of_periods = [edge_costs(self.graph, t, pairs) for t in range(self._periods)]
            self._costs[pairs] = (
                np.min([fixed for fixed, _ in of_periods], axis=0),
                np.min([per_pair for _, per_pair in of_periods], axis=0),
            )
        return self._costs[pairs]

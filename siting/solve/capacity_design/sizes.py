"""The sizes of all links of a design as one list of modules, and what the next sizes cost."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.instance.capacity_design import CapacityDesign
from siting.solve.capacity_design.frontier import Frontier

if TYPE_CHECKING:
    import pyomo.environ as pyo

Array = NDArray[np.float64]


class Sizes:
    """Sizes of links by their places in frontiers, and as modules.

    Links bought by the unit, and those that cannot be larger, have no sizes.
    """

    def __init__(
        self, design: CapacityDesign, model: pyo.ConcreteModel, frontiers: list[Frontier]
    ) -> None:
        """Index the blocks."""
        self.frontiers = frontiers
        widths = [
            0 if front.is_by_unit else len(menu.blocks)
            for front, menu in zip(frontiers, model.menus, strict=True)
        ]
        self.keys = [(e, i) for e, width in enumerate(widths) for i in range(width)]
        """The blocks of these links, by link and place in its menu."""
        ends = np.cumsum([0, *widths])
        self.columns = [slice(int(a), int(b)) for a, b in itertools.pairwise(ends)]
        """Where the blocks of each link are in a list of modules."""
        self._capacity = np.array([model.menus[e].blocks[i].capacity for e, i in self.keys])
        charged = set(getattr(model, "CHARGED", ()))
        self._charge = [
            link.setup_cost if e in charged else 0.0 for e, link in enumerate(design.links)
        ]

    def has_sizes(self, e: int) -> bool:
        """Return whether a link has sizes."""
        return self.columns[e].stop > self.columns[e].start

    def modules(self, places: list[int]) -> Array:
        """Return the modules of all links."""
        parts = [
            front.blocks[place]
            for e, (front, place) in enumerate(zip(self.frontiers, places, strict=True))
            if self.has_sizes(e)
        ]
        return np.array([count for part in parts for count in part])

    def changed(self, modules: Array, e: int, place: int) -> Array:
        """Return modules with another size of one link."""
        changed = modules.copy()
        changed[self.columns[e]] = self.frontiers[e].blocks[place]
        return changed

    def places(self, modules: Array) -> list[int]:
        """Return the place of the cheapest size of each link that is as large as its modules."""
        return [
            front.place(float(self._capacity[own] @ modules[own]))
            for front, own in zip(self.frontiers, self.columns, strict=True)
        ]

    def cost(self, places: list[int]) -> float:
        """Return what all links cost, those without modules nothing."""
        return sum(
            front.costs[place] + (self._charge[e] if place else 0.0)
            for e, (front, place) in enumerate(zip(self.frontiers, places, strict=True))
            if self.has_sizes(e)
        )

    def step(self, e: int, place: int) -> tuple[float, Array] | None:
        """Return cost and modules from a size to the next larger one; None where there is none."""
        front = self.frontiers[e]
        if not self.has_sizes(e) or place + 1 >= len(front.blocks):
            return None
        more = np.array(front.blocks[place + 1]) - np.array(front.blocks[place])
        price = front.costs[place + 1] - front.costs[place]
        return price + (0.0 if place else self._charge[e]), more

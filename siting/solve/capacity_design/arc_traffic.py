"""Traffic over modules by the model itself: a linear problem in the flows, solved again and again.

Where it has no solution, its Farkas weights add up the rows of the model to one about modules alone
(:mod:`projection`), which these violate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.solve.capacity_design.projection import Projection
from siting.solve.capacity_design.sizes import Sizes
from siting.solve.capacity_design.unroutable import Unroutable
from siting.solve.highs import CompiledModel, Status

if TYPE_CHECKING:
    import pyomo.environ as pyo

TRIAL_S = 5.0
"""Longest trial; one that takes longer counts as one that does not fit."""

Array = NDArray[np.float64]


class ArcTraffic:
    """The traffic of one design, routed again and again over other modules."""

    def __init__(
        self,
        model: pyo.ConcreteModel,
        compiled: CompiledModel,
        sizes: Sizes,
        unroutable: Unroutable,
    ) -> None:
        """Index the blocks.

        Args:
            model: the design with its routing.
            compiled: the same for the solver; its bounds come and go.
            sizes: of its links.
            unroutable: takes rows of what cannot be routed.
        """
        self._compiled, self._unroutable = compiled, unroutable
        self._blocks = [
            [model.modules[e, i] for i in range(len(menu.blocks))]
            for e, menu in enumerate(model.menus)
        ]
        self._most = [[float(var.ub) for var in blocks] for blocks in self._blocks]
        fixed = compiled.positions(self._blocks[e][i] for e, i in sizes.keys)
        self._projection = Projection(compiled, fixed.astype(np.int32))

    def hold(self, e: int, counts: tuple[float, ...], *, is_fixed: bool) -> None:
        """Let a link have that many of its blocks, or at least so many."""
        for var, least, most in zip(self._blocks[e], counts, self._most[e], strict=True):
            self._compiled.set_bounds(var, least, least if is_fixed else most)

    def release(self) -> None:
        """Let every link have anything."""
        for blocks, most in zip(self._blocks, self._most, strict=True):
            for var, ub in zip(blocks, most, strict=True):
                self._compiled.set_bounds(var, 0.0, ub)

    def routed(self, modules: Array | None = None) -> Array | None:
        """Return a routing as values of all columns of the model; None where none is found.

        Args:
            modules: where every link is fixed, its modules: what cannot be routed gives a row.
        """
        found = self._compiled.run(time_limit_s=TRIAL_S, relaxed=True)
        if found.status is Status.INFEASIBLE and modules is not None:
            self._learn(modules)
        return found.values if found.status is Status.OPTIMAL else None

    def _learn(self, modules: Array) -> None:
        """Keep the row of modules that the model was just found not to route."""
        weights = self._compiled.farkas()
        if weights is None:
            return
        for sign in (1.0, -1.0):
            row = self._projection.row(sign * weights, modules)
            if row is None:
                continue
            line = np.zeros(len(modules))
            line[list(row.columns)] = row.coefficients
            if self._unroutable.add(line, row.least, modules):
                return

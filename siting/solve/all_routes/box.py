"""A box that keeps shares and tolls near some: columns of the linear problem of routes.

Duals of few routes jump about; those in a box around the best ones so far do not (Marsten, Hogan
and Blankenship, Operations Research 23, 1975).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.all_routes.multipliers import Multipliers, SharedCosts

if TYPE_CHECKING:
    import highspy

LEAST_USE = 1e-6
"""A column of the box that is used by more holds a dual."""


class Box:
    """The box around the duals of a linear problem of routes."""

    def __init__(
        self,
        highs: highspy.Highs,
        rows: Mapping[Hashable, int],
        shared: SharedCosts,
        column: Callable[[float, dict[int, float], float, float], int],
    ) -> None:
        """Begin without bounds.

        Args:
            highs: the linear problem.
            rows: its rows as they come: ``("use", link, item)`` and ``("once", link, edge)``.
            shared: what items cost.
            column: adds a column with cost, entries and bounds, and returns its number.
        """
        self._highs, self._rows, self._shared, self._column = highs, rows, shared, column
        self._near: dict[int, tuple[int, int]] = {}
        """Of each row with multipliers: columns that keep its dual below and above some value."""

    def keep_near(self, center: Multipliers, width: float) -> None:
        """Keep shares and tolls near some, as far as ``width`` times what an item costs.

        A dual price is at most what a unit of its row costs otherwise, and at least what one may be
        sold for.

        Args:
            center: the multipliers.
            width: half of the side of the box around them.
        """
        toll_usd = self._shared.median_usd
        columns: list[int] = []
        costs: list[float] = []
        uppers: list[float] = []
        for key, row in list(self._rows.items()):
            match key:
                case ("use", int(number), int(item)):
                    usd = float(center.shares_usd[number, item])
                    away = width * self._shared.of(number, item)
                case ("once", int(number), int(edge)):
                    usd = float(center.tolls_usd[number, edge])
                    away = width * max(usd, toll_usd)
                case _:
                    continue
            if row not in self._near:
                bought = self._column(0.0, {row: -1.0}, 0.0, math.inf)
                self._near[row] = bought, self._column(0.0, {row: 1.0}, 0.0, 0.0)
            columns += self._near[row]
            costs += [usd + away, -max(usd - away, 0.0)]
            uppers += [math.inf, math.inf if usd > away else 0.0]
        index = np.array(columns, dtype=np.int32)
        self._highs.changeColsCost(len(index), index, np.array(costs))
        lowers = np.zeros(len(index))
        self._highs.changeColsBounds(len(index), index, lowers, np.array(uppers))

    def let_go(self) -> None:
        """Let shares and tolls be anything again."""
        index = np.array(list(itertools.chain(*self._near.values())), dtype=np.int32)
        nothing = np.zeros(len(index))
        self._highs.changeColsBounds(len(index), index, nothing, nothing)

    @property
    def is_held(self) -> bool:
        """Return whether the last solution would differ if shares and tolls could be anything."""
        values = self._highs.getSolution().col_value
        return any(values[column] > LEAST_USE for pair in self._near.values() for column in pair)

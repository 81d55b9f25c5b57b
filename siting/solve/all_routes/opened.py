"""A linear problem of flows that use what is opened once for all, from some start on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import highspy
import numpy as np
from scipy.sparse import csr_array

from siting.solve.highs_model import Rows, pass_rows, silent_highs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MILLION = 1e6
AGAIN = 20.0
"""More than one unit of a link where one is open costs so many times what that does."""
MOST_S = 1e6
CLOSE, MOST_ITERATIONS = 1e-2, 200
"""Gap and iterations of the interior point method, mostly some 30."""


class FlowProblem:
    """Columns and rows, as they are added; amounts in USD."""

    def __init__(self) -> None:
        """Begin empty."""
        self._columns, self._rows = 0, 0
        self._entries: list[tuple[Ints, Ints, Floats]] = []
        self._usd: list[Floats] = []
        self._bounds: list[tuple[Floats, Floats]] = []

    def add_columns(self, usd: Floats) -> Ints:
        """Add columns; return their numbers."""
        numbers = self._columns + np.arange(len(usd))
        self._columns += len(usd)
        self._usd.append(usd / MILLION)
        return numbers

    def add_rows(self, lower: Floats, upper: Floats) -> Ints:
        """Add rows; return their numbers."""
        numbers = self._rows + np.arange(len(lower))
        self._rows += len(lower)
        self._bounds.append((lower, upper))
        return numbers

    def add(self, rows: Ints, columns: Ints, values: Floats | float) -> None:
        """Add entries."""
        self._entries.append((rows, columns, np.broadcast_to(values, rows.shape).astype(float)))

    def duals(self, seconds: float) -> Floats | None:
        """Return the duals of the rows at about least cost; None when they are not known in time.

        They are in the middle of all that are best (interior point method, no crossover).
        """
        if seconds <= 0:
            return None
        row, column, value = (np.concatenate(x) for x in zip(*self._entries, strict=True))
        matrix = csr_array((value, (row, column)), shape=(self._rows, self._columns))
        lower, upper = (np.concatenate(x) for x in zip(*self._bounds, strict=True))
        usd = np.concatenate(self._usd)
        highs = silent_highs(
            solver="ipm",
            run_crossover="off",
            ipm_optimality_tolerance=CLOSE,
            ipm_iteration_limit=MOST_ITERATIONS,
            time_limit=min(seconds, MOST_S),
        )
        rows = Rows(
            costs=usd,
            columns=(np.zeros(len(usd)), np.full(len(usd), math.inf)),
            bounds=(lower, upper),
            start=matrix.indptr.astype(np.int32),
            index=matrix.indices.astype(np.int32),
            value=matrix.data,
        )
        pass_rows(highs, rows)
        highs.run()
        solution = highs.getSolution()
        is_late = highs.getModelStatus() == highspy.HighsModelStatus.kTimeLimit
        if is_late or not solution.dual_valid:
            return None
        return MILLION * np.array(solution.row_dual)


class Opened:
    """Items that users share, each open from some start on, and the rows of what users take."""

    def __init__(
        self, model: FlowProblem, usd: Floats, starts: Sequence[int], items: Sequence[Ints]
    ) -> None:
        """Add columns of what is opened, and rows of what is taken.

        Args:
            model: takes them.
            usd: what items cost from each start on, shape (starts, items).
            starts: start of each user.
            items: what each user may take.
        """
        self.items = items
        self._starts = starts
        self.rows = [
            model.add_rows(np.full(len(some), -math.inf), np.zeros(len(some))) for some in items
        ]
        """Of each user, by item: takes no more than is open."""
        count = usd.shape[1]
        self._usd = usd
        keys = np.unique(
            [s * count + i for s, some in zip(starts, items, strict=True) for i in some]
        )
        self._item = keys % count
        self._columns = model.add_columns(usd[keys // count, self._item])
        for start, some, rows in zip(starts, items, self.rows, strict=True):
            for since in range(start + 1):
                place = np.minimum(np.searchsorted(keys, since * count + some), len(keys) - 1)
                there = keys[place] == since * count + some
                model.add(rows[there], self._columns[place[there]], -1.0)
        self._limited, self._limits = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)

    def limit_to_one(self, model: FlowProblem) -> None:
        """Open everything once, or pay much more."""
        self._limited, row = np.unique(self._item, return_inverse=True)
        count = len(self._limited)
        self._limits = model.add_rows(np.full(count, -math.inf), np.ones(count))
        model.add(self._limits[row], self._columns, 1.0)
        again = model.add_columns(AGAIN * self._usd[0, self._limited])
        model.add(self._limits, again, -1.0)

    def shares(self, duals: Floats, user: int) -> Floats:
        """Return what a user pays for each of its items, beyond the price of one unit alone."""
        paid = np.maximum(-duals[self.rows[user]], 0.0)
        if not len(self._limited):
            return paid
        items = self.items[user]
        usd = self._usd[self._starts[user], items]
        once = np.maximum(-duals[self._limits], 0.0)[np.searchsorted(self._limited, items)]
        part: Floats = np.where(once > 0, usd / np.maximum(usd + once, 1e-300), 1.0)
        return part * paid

"""Rows of flows in a model that is cut: added where violated, taken out where slack."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from siting.solve.capacity_design.flow_columns import FlowRow
from siting.solve.highs import CompiledModel

ROWS_PER_ROUND = 1500
SLACK = 1e-6
PATIENCE = 3
"""Rounds that a row may be slack."""

Array = NDArray[np.float64]
Find = Callable[[Array, int], list[FlowRow]]
"""Returns the deepest rows that a solution violates, as many at most."""


def add_flow_rows(compiled: CompiledModel, rows: list[FlowRow]) -> None:
    """Add rows behind those of a compiled model."""
    if not rows:
        return
    ends = np.cumsum([len(row.columns) for row in rows])
    compiled.solver.addRows(
        len(rows),
        np.array([row.least for row in rows]),
        np.full(len(rows), math.inf),
        int(ends[-1]),
        np.concatenate([[0], ends[:-1]]).astype(np.int32),
        np.concatenate([row.columns for row in rows]).astype(np.int32),
        np.concatenate([row.coefficients for row in rows]),
    )


class FlowRows:
    """The rows of flows in one compiled model."""

    def __init__(self, find: Find, compiled: CompiledModel) -> None:
        """Begin without rows."""
        self.find, self._compiled = find, compiled
        self._rows: dict[int, FlowRow] = {}
        self._idle: dict[int, int] = {}

    def add(self, values: Array) -> int:
        """Add the deepest violated rows of a relaxation just solved; return how many."""
        self._drop(values, PATIENCE)
        rows = self.find(values, ROWS_PER_ROUND)
        first = self._compiled.size[0]
        add_flow_rows(self._compiled, rows)
        self._rows |= {first + i: row for i, row in enumerate(rows)}
        return len(rows)

    def keep_tight(self, values: Array | None) -> list[FlowRow]:
        """Take out all rows that are slack in a relaxation just solved; return those that stay.

        All when there is no relaxation.
        """
        self._drop(values, 1)
        return list(self._rows.values())

    def _drop(self, values: Array | None, patience: int) -> None:
        """Take out the rows that have been slack so often; all without a solution."""
        gone = []
        for place, row in self._rows.items():
            is_slack = values is None or _activity(row, values) > _slack_from(row)
            self._idle[place] = self._idle.get(place, 0) + 1 if is_slack else 0
            if self._idle[place] >= patience:
                gone.append(place)
        if not gone:
            return
        self._compiled.solver.deleteRows(len(gone), np.array(gone, dtype=np.int32))
        moved = {
            place: place - int(np.searchsorted(gone, place))
            for place in self._rows.keys() - set(gone)
        }
        self._rows = {moved[place]: self._rows[place] for place in sorted(moved)}
        self._idle = {moved[place]: self._idle[place] for place in moved}


def _activity(row: FlowRow, values: Array) -> float:
    return float(np.dot(row.coefficients, values[list(row.columns)]))


def _slack_from(row: FlowRow) -> float:
    return row.least + SLACK * max(1.0, abs(row.least))

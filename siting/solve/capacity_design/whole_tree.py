"""The tree of the whole model: with its routing in every node, and rows of flows.

Where demands keep to single paths, modules alone say little: in whole numbers they cost hardly more
than the relaxation does. What costs is that demands are whole. So the tree branches on whether a
demand takes a link, too; each node has the rows of single links that its solution violates
(:mod:`link_hulls`).

Where traffic splits, it branches on modules (and on the use of links) as the tree of the modules
alone does. Its nodes take longer, but each has all that the routing says, where that one waits for
metric rows; and rows of flows are found in each node anew.

A whole solution is a design; where traffic splits, dives look for one below a node (:mod:`dive`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from siting.solve.capacity_design.cutsets import Row
from siting.solve.capacity_design.dive import WHOLE
from siting.solve.capacity_design.flow_rows import Find
from siting.solve.capacity_design.relaxation import Relaxation
from siting.solve.capacity_design.tree import QUICK_ROWS, Effort, Tree
from siting.solve.highs import CompiledModel

PATHS = Effort(tried=12, without_gain=4, reliable=2, cuts_share=0.4)
SPLIT = Effort(tried=12, without_gain=4, reliable=2, dives_share=0.15)
"""Linear problems are large here, and rows of single links are worth their time."""
PER_COLUMN, SPLIT_PER_COLUMN = 0.06, 0.3
"""Rows for each column from which on slack ones are taken out."""

Array = NDArray[np.float64]


def whole_tree(
    compiled: CompiledModel,
    find: Find,
    modules: Callable[[Array], list[Row]] | None,
    offer: Callable[[Array], None],
) -> Tree:
    """Return the tree.

    Args:
        compiled: the whole model, with rows that hold its relaxation.
        find: finds rows.
        modules: finds rows about modules, by columns of the compiled model, where traffic splits;
            None where demands keep to single paths.
        offer: takes solutions: whole ones, and where traffic splits any.
    """
    columns = np.arange(compiled.size[1])
    integer = compiled.integer

    def cut(values: Array) -> list[Row]:
        rows = find(values, len(columns) if modules is None else QUICK_ROWS)
        found = [Row(row.columns, row.coefficients, row.least, row.depth) for row in rows]
        return found if modules is None else found + modules(values)

    def design(values: Array) -> list[Row]:
        whole = np.where(integer, np.round(values), values)
        if modules is not None or np.abs(values - whole).max() <= WHOLE:
            offer(whole if modules is None else values)
        return []

    relaxation = Relaxation(compiled, columns, PER_COLUMN if modules is None else SPLIT_PER_COLUMN)
    return Tree(relaxation, compiled.offset, cut, design, PATHS if modules is None else SPLIT)

"""The tree of a design whose demands keep to single paths: of all columns, with rows of links.

Modules alone say little there: in whole numbers they cost hardly more than the relaxation does.
What costs is that demands are whole. So the tree of :mod:`tree` is that of the whole model, and
branches on whether a demand takes a link, too; each node has the rows of single links that its
solution violates (:mod:`link_hulls`). A whole solution is a design.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from siting.solve.capacity_design.cutsets import Row
from siting.solve.capacity_design.link_hulls import LinkHulls
from siting.solve.capacity_design.relaxation import Relaxation
from siting.solve.capacity_design.tree import WHOLE, Effort, Tree
from siting.solve.highs import CompiledModel

EFFORT = Effort(tried=12, without_gain=4, reliable=2, cuts_share=0.4)
"""Linear problems are large here, and rows are worth their time."""
PER_COLUMN = 0.06
"""Rows for each column from which on slack ones are taken out."""

Array = NDArray[np.float64]


def tree_of_paths(
    compiled: CompiledModel, hulls: LinkHulls, offer: Callable[[Array], None]
) -> Tree:
    """Return the tree.

    Args:
        compiled: the whole model, with rows that hold its relaxation.
        hulls: finds rows.
        offer: takes whole solutions.
    """
    columns = np.arange(compiled.size[1])
    integer = compiled.integer

    def cut(values: Array) -> list[Row]:
        found = hulls.violated(values, len(columns))
        return [Row(row.columns, row.coefficients, row.least, row.depth) for row in found]

    def design(values: Array) -> list[Row]:
        whole = np.where(integer, np.round(values), values)
        if np.abs(values - whole).max() <= WHOLE:
            offer(whole)
        return []

    relaxation = Relaxation(compiled, columns, PER_COLUMN)
    return Tree(relaxation, integer, compiled.offset, cut, design, EFFORT)

"""The variables of a model that rows about modules alone are about, and rows among them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.instance.capacity_design import CapacityDesign
from siting.solve.capacity_design.cutsets import Row
from siting.solve.highs import CompiledModel, Outcome

if TYPE_CHECKING:
    import pyomo.environ as pyo

Array = NDArray[np.float64]


def modules_of(model: pyo.ConcreteModel, compiled: CompiledModel, outcome: Outcome) -> Array:
    """Return what a solution buys, in the order of the variables; nothing without one."""
    values = outcome.values
    if values is None:
        return np.zeros(len(columns_of(model)))
    return np.array([compiled.value(var, values) for var in columns_of(model)])


def columns_of(model: pyo.ConcreteModel) -> list[pyo.Var]:
    """Return the variables that rows are about, in their order."""
    blocks = [model.modules[key] for key in model.BLOCKS]
    return blocks + [model.is_used[e] for e in getattr(model, "CHARGED", ())]


def tolls_of(model: pyo.ConcreteModel, compiled: CompiledModel) -> Array:
    """Return what each commodity pays for the use of each link and way, in the last relaxation."""
    charged = set(model.CHARGED)
    keys = np.array([key for key in model.FLOWS if key[1] in charged], dtype=int).reshape(-1, 3)
    tolls = np.zeros((len(model.commodities), len(model.LINKS), 2))
    tolls[tuple(keys.T)] = np.maximum(-compiled.duals(model.fixed_charge.values()), 0.0)
    return tolls


def add_rows(model: pyo.ConcreteModel, compiled: CompiledModel, rows: Iterable[Row]) -> None:
    """Add rows about modules to a compiled model."""
    columns = columns_of(model)
    for row in rows:
        pairs = zip(row.columns, row.coefficients, strict=True)
        compiled.add_row([(columns[i], value) for i, value in pairs], row.least, math.inf)


def add_use(design: CapacityDesign, model: pyo.ConcreteModel, compiled: CompiledModel) -> None:
    """Ask for a module where a link is used that has no capacity: at least its first step."""
    for e in getattr(model, "CHARGED", ()):
        blocks = model.menus[e].blocks
        is_whole = bool(blocks) and all(block.is_whole for block in blocks)
        if is_whole and not design.links[e].existing_capacity:
            count = 1 if any(block.base for block in blocks) else len(blocks)
            terms = [(model.modules[e, i], 1.0) for i in range(count)]
            compiled.add_row([*terms, (model.is_used[e], -1.0)], 0.0, math.inf)

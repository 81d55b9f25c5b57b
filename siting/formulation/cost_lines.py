"""What all cost lines share: weights in M USD, and their sum."""

from __future__ import annotations

from collections.abc import Callable

import pyomo.environ as pyo

from siting.instance import Instance

MILLION = 1e6


def total(block: pyo.Block) -> pyo.Expression:
    """Return the sum of the cost lines of a block."""
    return sum(block.component_objects(pyo.Expression, descend_into=False))


def period_weights(instance: Instance) -> Callable[[int], float]:
    """Return the weight of a period in M USD of present value per USD a year."""
    weights = [period.weight / MILLION for period in instance.periods]
    return weights.__getitem__

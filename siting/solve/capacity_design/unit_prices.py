"""A bound without a linear problem: every unit of capacity at the least that it costs on its link.

Prices of a metric row (:mod:`metric`) may be any. With those of the cheapest unit of each link all
demands on their cheapest routes, as many as must survive, cost what the relaxation costs where
there is no existing capacity: a row of the modules alone that carries this bound, however large the
routing is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siting.formulation.menus import Menu
from siting.instance.capacity_design import CapacityDesign
from siting.solve.capacity_design.cutsets import Row
from siting.solve.capacity_design.fares import fares_of, total_of

MARGIN = 1e-9
"""Relative: taken off what the demands pay, for rounding."""
MOST_STEPS = 3e9
"""No row where searches take more steps, about."""

Array = NDArray[np.float64]


def unit_row(design: CapacityDesign, menus: tuple[Menu, ...], values: Array) -> Row | None:
    """Return the row of the least prices of a unit; None where it says nothing.

    Args:
        design: the problem.
        menus: of its links.
        values: of all columns of rows, for the violation.
    """
    fares = fares_of(design)
    if len(fares.payers.amounts) * len(design.nodes) ** 2 > MOST_STEPS:
        return None
    by_link = unit_prices(menus)
    ways = 2.0 if design.code.link == "B" else 1.0
    total = total_of(fares, np.repeat(by_link / ways, 2))
    existing = np.array([link.existing_capacity for link in design.links], dtype=float)
    paid = float(by_link @ existing)
    least = total - paid - MARGIN * (total + paid)
    blocks = [(e, block.capacity) for e, menu in enumerate(menus) for block in menu.blocks]
    coefficients = np.array([by_link[e] * capacity for e, capacity in blocks])
    scale = float(coefficients.max(initial=0.0))
    if not np.isfinite(least) or least <= 0 or scale <= 0:
        return None
    coefficients, least = coefficients / scale, least / scale
    used = np.flatnonzero(coefficients)
    short = least - float(coefficients[used] @ values[used])
    return Row(tuple(used.tolist()), tuple(coefficients[used].tolist()), least, short)


def unit_prices(menus: tuple[Menu, ...]) -> Array:
    """Return what a unit costs at least on each link, of any size; much where there is none."""
    prices = np.full(len(menus), np.inf)
    for e, menu in enumerate(menus):
        below = 0.0
        for block in menu.blocks:
            cost = block.cost + (below if block.base else 0.0)
            below = cost
            prices[e] = min(prices[e], cost / (block.base + block.capacity))
    has_any = np.isfinite(prices)
    prices[~has_any] = prices[has_any].sum()
    return prices

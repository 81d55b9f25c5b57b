"""Rows of capacity: in the normal state, and after every single failure.

Beside each row of capacity stand rows that only cut off fractional points: a required link keeps a
lit route, and as many whole pairs and channels as its demand fills.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo

from siting.formulation.requirements import Requirement, Requirements
from siting.formulation.ring_transit import add_ring_rows
from siting.formulation.sides import (
    TOLERANCE,
    Side,
    Unit,
    at_least,
    failure_sets,
    on_the_way_round,
    routes_by_link,
    thresholds,
)
from siting.formulation.sums import weighted_sum
from siting.instance import Instance

if TYPE_CHECKING:
    from numpy.typing import NDArray


ROUNDING = 1e-6
"""What a demand may exceed a whole number of units without asking for one more."""


def add_capacity(b: pyo.Block, instance: Instance, requirements: Requirements) -> None:
    """Add the rules ``link_capacity`` and ``survivability`` to the routes block ``b``."""
    by_link = routes_by_link(instance, b)
    b.link_capacity = pyo.ConstraintList()
    b.survivability = pyo.ConstraintList()
    b.kept_route = pyo.ConstraintList()
    b.kept_pairs = pyo.ConstraintList()
    b.kept_channels = pyo.ConstraintList()
    for (link, t), items in sorted(requirements.items()):
        known = by_link.get(link, ([], []))
        failures = failure_sets(instance, link, *known)
        round_way = any(on_the_way_round(instance, item) for item in items)
        for limit in thresholds(items):
            side = Side.of(b, instance, t, limit, known)
            counted = [item for item in items if item.rtt_limit_ms <= limit]
            _require(b, b.link_capacity, side, counted, survival=False)
            protected = [item for item in counted if item.survival_fraction > 0]
            for touched in failures if protected else ():
                left = side.without(touched)
                if round_way:
                    _keep_route(b, left, [x for x in protected if not x.on_ring])
                else:
                    _require(b, b.survivability, left, protected, survival=True)
    if instance.ring_transit:
        add_ring_rows(b, instance, requirements, by_link)


def _require(
    b: pyo.Block, rows: pyo.ConstraintList, side: Side, items: list[Requirement], *, survival: bool
) -> None:
    shares = [item.survival_fraction if survival else 1.0 for item in items]
    demand = sum(share * item.gbps for share, item in zip(shares, items, strict=True))
    at_least(rows, side.gbps(), demand)
    _keep_route(b, side, items)
    if isinstance(demand, float) and demand > 0:
        _round_up(b.kept_pairs, side.pair_units(), demand)
        _round_up(b.kept_channels, side.channel_units(), demand)


def _round_up(rows: pyo.ConstraintList, units: Sequence[Unit], demand_gbps: float) -> None:
    """Add the rows that follow from whole units: what is not filled counts as a whole one.

    Mixed-integer rounding of ``sum of size x count >= demand``, divided by each size in turn: with
    f the fraction of demand / size, a unit counts floor(a) + min(1, fraction(a) / f), where a is
    its own size over that size, and together they are at least ceil(demand / size) (Nemhauser and
    Wolsey, Integer and Combinatorial Optimization, 1988, section II.1.7).
    """
    seen: set[tuple[float, ...]] = set()
    for size in sorted({unit.gbps for unit in units}):
        weights = rounding(np.array([unit.gbps for unit in units]) / size, demand_gbps / size)
        key = tuple(weights.round(9))
        if weights.min() >= 1 - TOLERANCE or key in seen:
            # Any unit alone is enough: as the row that keeps a route says.
            continue
        seen.add(key)
        # As plain numbers: Pyomo takes those of numpy the long way.
        counted = zip(weights.tolist(), (unit.count for unit in units), strict=True)
        at_least(rows, weighted_sum(counted), 1.0)


def rounding(sizes: NDArray[np.float64], demand: float) -> NDArray[np.float64]:
    """Return the weights of units of some sizes, of which a demand needs at least 1 in all."""
    # However little is asked, it takes a unit.
    least = max(math.ceil(demand - ROUNDING), 1)
    part = demand - (least - 1)
    whole = np.floor(sizes + ROUNDING)
    fraction = np.maximum(sizes - whole, 0.0)
    weights = whole + np.minimum(1.0, fraction / part)
    rounded: NDArray[np.float64] = np.minimum(weights, least) / least
    return rounded


def _keep_route(b: pyo.Block, side: Side, items: list[Requirement]) -> None:
    for item in items:
        at_least(b.kept_route, side.lit(), item.is_required)

"""Rows of capacity: in the normal state, and after every single failure.

Beside each row of capacity stand rows that only cut off fractional points: a required link keeps a
lit route, and as many pairs as its demand fills.
"""

from __future__ import annotations

import math

import pyomo.environ as pyo

from siting.formulation.requirements import Requirement, Requirements
from siting.formulation.ring_transit import add_ring_rows
from siting.formulation.sides import (
    TOLERANCE,
    Side,
    at_least,
    failure_sets,
    on_the_way_round,
    routes_by_link,
    thresholds,
)
from siting.instance import Instance


def add_capacity(b: pyo.Block, instance: Instance, requirements: Requirements) -> None:
    """Add the rules ``link_capacity`` and ``survivability`` to the routes block ``b``."""
    by_link = routes_by_link(instance, b)
    b.link_capacity = pyo.ConstraintList()
    b.survivability = pyo.ConstraintList()
    b.kept_route = pyo.ConstraintList()
    b.kept_pairs = pyo.ConstraintList()
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
    largest = side.largest_gbps()
    if isinstance(demand, float) and largest > 0:
        least = math.ceil(demand / largest - TOLERANCE)
        if least > 1:
            at_least(b.kept_pairs, side.pairs(), float(least))


def _keep_route(b: pyo.Block, side: Side, items: list[Requirement]) -> None:
    for item in items:
        at_least(b.kept_route, side.lit(), item.is_required)

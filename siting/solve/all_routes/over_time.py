"""Multipliers of a network over time, from those of its periods alone.

A span pays what its link pays in each of its periods, at the shares of that period: that splits
every item, and the span costs at least what its periods cost alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.all_routes.generation import Generated
from siting.solve.all_routes.multipliers import Multipliers

if TYPE_CHECKING:
    from siting.solve.all_routes.network_problem import NetworkProblem
    from siting.solve.all_routes.ways import LitRoute

NEAR_WIDTH = 0.03
"""Half of the side of the first box around such multipliers, as a part of what an item costs."""


def over_time(
    problem: NetworkProblem, alone: Mapping[int, Generated], weights: Sequence[float]
) -> Generated:
    """Return multipliers and routes to begin a network with; no bound is known of it yet.

    Args:
        problem: the network over time.
        alone: what is known of periods by themselves, USD a year; one that is not among them is
            like the last one before.
        weights: present value of 1 USD a year in each period.
    """
    items = problem.items
    shares = np.zeros((len(problem.links), items.count))
    tolls = np.zeros((len(problem.links), items.edges))
    known: list[tuple[int, LitRoute]] = []
    for number, (first, end) in enumerate(problem.spans):
        taken: set[tuple[int, int]] = set()
        for period in range(first, end):
            like = max((t for t in alone if t <= period), default=None)
            if like is None:
                continue
            part = alone[like]
            other = problem.alike(number, part.problem)
            if other is None:
                continue
            shares[number] += weights[period] * part.multipliers.shares_usd[other]
            tolls[number] += weights[period] * part.multipliers.tolls_usd[other]
            if (like, other) not in taken:
                taken.add((like, other))
                link, before = problem.links[number], part.problem.links[other]
                for at, route in part.known:
                    if at == other:
                        known += [(number, lit) for lit in link.on_lines(route, before)]
    found = Multipliers(shares, tolls, np.zeros(items.edges))
    found = found.within(problem.shared, problem.weights)
    return Generated(problem, -math.inf, found, known, [], [], is_cut=False, width=NEAR_WIDTH)

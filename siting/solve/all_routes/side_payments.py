"""What a link, or each of its sides, pays of what links share.

A link may have sides within one RTT limit, others or none within another, and multipliers are made
within one of them. All that its sides pay together the link may pay as a whole, and the other way
round, in any parts: together it is no more than what the item costs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.all_routes.links import LinkProblem
from siting.solve.all_routes.multipliers import Items, Multipliers
from siting.solve.all_routes.priced_links import Step
from siting.solve.all_routes.routes_apart import apart

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


Pricing = Callable[[Step], float]
"""Returns what the routes of a link cost at least at a step, USD a year, without channels."""


def by_routes(paid: Multipliers, items: Items) -> Pricing:
    """Return what bounds the routes of a link that pays so much, huts included."""

    def usd(step: Step) -> float:
        each = for_sides(paid, step.problems, items)
        return sum(
            problem.routes_usd(problem.prices(each, number, items))
            for number, problem in enumerate(step.problems)
        )

    return usd


def by_ways(shares_usd: Floats, items: Items) -> Pricing:
    """Return what bounds them where huts cost nothing, with a link's shares of all items."""

    def usd(step: Step) -> float:
        shares = split_evenly(shares_usd, step.problems, items)
        return sum(
            problem.ways_usd(paid[items.supplies(problem.edges)])
            for problem, paid in zip(step.problems, shares, strict=True)
        )

    return usd


def of_link(multipliers: Multipliers, first: int, end: int) -> Multipliers:
    """Return the multipliers of the problems of one link, of those from ``first`` to ``end``."""
    return Multipliers(
        multipliers.shares_usd[first:end],
        multipliers.tolls_usd[first:end],
        multipliers.scarcity_usd,
    )


def for_sides(paid: Multipliers, problems: Sequence[LinkProblem], items: Items) -> Multipliers:
    """Return what each problem of a link pays when the link pays so much, by other problems.

    Args:
        paid: multipliers of the problems that they were made for.
        problems: the link as a whole, or its sides, within some limit.
        items: numbers of what links share.
    """
    count = len(problems)
    if len(paid.shares_usd) == count:
        return paid
    shares = split_evenly(paid.shares_usd.sum(axis=0), problems, items)
    tolls = np.zeros((count, items.edges))
    found = Multipliers(shares, tolls, paid.scarcity_usd)
    for number, problem in enumerate(problems):
        if problem.least_flow > 1:  # those of sides keep nothing apart
            usual = apart(problem, problem.prices(found, number, items))
            if usual is not None:
                tolls[number, problem.edges] = usual[1]
    return found


def split_evenly(shares_usd: Floats, problems: Sequence[LinkProblem], items: Items) -> Floats:
    """Return the shares of a link split over the problems that can use each item.

    Args:
        shares_usd: what the link pays of each item.
        problems: the link as a whole, or its sides.
        items: numbers of what links share.

    Returns:
        Shape (problems, items).
    """
    if len(problems) == 1:
        return shares_usd[None, :]
    uses = np.zeros((len(problems), items.count))
    for number, problem in enumerate(problems):
        uses[number, items.supplies(problem.edges)] = 1.0
        uses[number, items.inside(problem.edges)] = 1.0
        uses[number, items.at(problem.nodes)] = 1.0
    split: Floats = uses * (shares_usd / np.maximum(uses.sum(axis=0), 1.0))
    return split

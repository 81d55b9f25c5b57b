"""C1 rows of the link sets that a siting requires."""

from __future__ import annotations

from collections.abc import Callable

from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.solve import allowances
from siting.solve.branches import Branch
from siting.solve.set_cuts import demands_of_set, link_sets
from siting.solve.state import State


def price_sets(
    instance: Instance,
    state: State,
    branch: Branch,
    requirements: Requirements,
    remaining_s: Callable[[], float],
    *,
    best: bool,
) -> bool:
    """Price the links of each set that a siting requires; return whether any price is new.

    Not on rings: every order of the peers would be a set of its own.

    Args:
        instance: the instance.
        state: takes the prices.
        branch: the configuration of the siting.
        requirements: what the siting asks of links.
        remaining_s: returns the wall time left, s.
        best: at the shares that bound the set best, over every route; else at even shares.
    """
    if any(choice.fabric == "ring" for _, choice in branch.configuration.choices):
        return False
    known = len(state.prices)
    for links in link_sets(instance, requirements, protected=False):
        key = branch.family, links, best
        if key in state.prices or remaining_s() <= 0:
            continue
        demands = demands_of_set(requirements, links)
        if not best:
            state.prices[key] = branch.prices(links, demands)
            continue
        time_s = min(allowances.PRICES_TIME_S, remaining_s())
        prices = branch.best_prices(links, demands, time_s)
        if prices is not None:
            state.prices[key] = prices
    return len(state.prices) > known

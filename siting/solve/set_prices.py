"""C1 rows of the link sets that a siting requires."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from siting.formulation.requirements import Requirement, Requirements
from siting.instance import Instance
from siting.solve import allowances
from siting.solve.branches import Branch
from siting.solve.ledger import Ledger
from siting.solve.link_bounds import CapacityShare
from siting.solve.set_cuts import demands_of_set, limits_of_set, link_sets
from siting.solve.site_costing import charge_sites
from siting.solve.siting_choice import SitingChoice
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
        best: at the shares that bound the set best, over every route; else at even shares, unless
            the best are known.
    """
    if any(choice.fabric == "ring" for _, choice in branch.configuration.choices):
        return False
    known = len(state.prices)
    for links in link_sets(instance, requirements, protected=False):
        limits = limits_of_set(requirements, links)
        within = limits if branch.prices_know_limits else dict.fromkeys(links, math.inf)
        key = branch.family, frozenset(within.items()), best
        if {key, (*key[:2], True)} & state.prices.keys() or remaining_s() <= 0:
            continue
        demands = demands_of_set(requirements, links)
        if not best:
            state.prices[key] = branch.prices(links, demands, limits)
            continue
        time_s = min(allowances.PRICES_TIME_S, remaining_s())
        prices = branch.best_prices(links, demands, limits, time_s)
        if prices is not None:
            state.prices[key] = prices
    return len(state.prices) > known


def is_too_dear(
    instance: Instance,
    state: State,
    branch: Branch,
    siting: SitingChoice,
    requirements: Requirements,
) -> bool:
    """Return whether a siting, with the links that it requires at their prices, beats no plan.

    Args:
        instance: the instance.
        state: the best plan, and the prices.
        branch: the configuration of the siting.
        siting: sites, timing, roles and modes.
        requirements: what it asks of links.
    """
    rows = [row for (family, *_), row in state.prices.items() if family == branch.family]
    sites = Ledger(instance)
    charge_sites(sites, instance, siting)
    usd = sum(sites.costs_usd.values())
    for t, period in enumerate(instance.periods):
        asked = {link: items for (link, s), items in requirements.items() if s == t}
        paid = (
            sum(_paid_usd(row[link], items) for link, items in asked.items() if link in row)
            for row in rows
        )
        usd += period.weight * max(paid, default=0.0)
    return usd >= state.objective_usd


def _paid_usd(price: CapacityShare, items: Sequence[Requirement]) -> float:
    """Return what a price says that a link costs a year."""
    limit_ms = min(item.rtt_limit_ms for item in items)
    return price.at_usd(sum(float(item.gbps) for item in items), limit_ms)

"""What each link costs at least alone, pairs in whole numbers, where links share evenly (C1).

Assets that links can share are split evenly between the links of the configuration that can use
them, at most as many as can be required at once. What one link alone can use it pays in full.
Beside the linear problem of :mod:`siting.solve.link_prices` this counts where pairs are few.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from siting.formulation.requirements import Requirement, largest_demand_gbps
from siting.instance import Instance
from siting.instance.records_network import FiberRoute
from siting.solve.link_bounds import CapacityShare, Link, iru_usd
from siting.solve.link_problem import LinkProblem, Shares


class AlonePrices:
    """Prices of the links of one configuration."""

    def __init__(
        self, part: Instance, floors: Mapping[Link, Requirement], sharers: int, *, seed: int
    ) -> None:
        """Prepare.

        Args:
            part: the instance of the configuration.
            floors: by link that it may require, the least that anyone asks of it.
            sharers: links that may be required at once.
            seed: random seed of the solver.
        """
        self._part, self._sharers, self._seed = part, sharers, seed
        self._floors, self._links = floors, sorted(floors)
        self._routes: dict[Link, list[FiberRoute]] = {}
        for route in part.fiber_routes.values():
            self._routes.setdefault(route.link, []).append(route)
        self._problems: dict[Link, LinkProblem] = {}

    def evenly(self) -> dict[Link, CapacityShare]:
        """Return prices with every shared asset split over the links that can use it."""
        shares = self._split(self._links, self._sharers)
        return self._known({link: self._price(link, shares) for link in self._links})

    def of_set(self, chosen: frozenset[Link]) -> dict[Link, CapacityShare]:
        """Return prices with every shared asset split over some links that can use it.

        The other links pay only for what is theirs alone.
        """
        members = [link for link in self._links if link in chosen]
        others = [link for link in self._links if link not in chosen]
        shares = self._split(members, len(members))
        found = {link: self._price(link, shares) for link in members}
        found |= {link: self._price(link, Shares({}, {})) for link in others}
        return self._known(found)

    @staticmethod
    def _known(prices: Mapping[Link, CapacityShare | None]) -> dict[Link, CapacityShare]:
        return {link: price for link, price in prices.items() if price is not None}

    def _price(self, link: Link, shares: Shares) -> CapacityShare | None:
        slope = _slope(self._part, self._routes.get(link, []), self._floors[link].survival_fraction)
        fixed_usd = self._problem(link).least_usd(shares, slope)
        return CapacityShare(fixed_usd, slope) if math.isfinite(fixed_usd) else None

    def _problem(self, link: Link) -> LinkProblem:
        if link not in self._problems:
            asked = self._floors[link]
            least = float(asked.gbps)
            demand = least, max(least, largest_demand_gbps(self._part, link))
            routes = self._routes.get(link, [])
            self._problems[link] = LinkProblem(
                self._part, link, routes, asked, demand, seed=self._seed
            )
        return self._problems[link]

    def _split(self, links: Iterable[Link], most: int) -> Shares:
        """Return even shares: an asset is paid by at most ``most`` of the links that can use it."""
        corridors: dict[str, set[Link]] = {}
        huts: dict[str, set[Link]] = {}
        for link in links:
            for route in self._routes.get(link, []):
                for e in route.corridors:
                    corridors.setdefault(e, set()).add(link)
                for x in (*route.huts, *route.regenerators):
                    huts.setdefault(x.hut, set()).add(link)
        return Shares(
            {e: 1.0 / min(len(users), most) for e, users in corridors.items()},
            {h: 1.0 / min(len(users), most) for h, users in huts.items()},
        )


def _slope(instance: Instance, routes: list[FiberRoute], survival_fraction: float) -> float:
    """Return what a Gb/s costs at the margin: on the cheapest route, and on a second one."""
    units = sorted(
        min(
            (
                d.channel_usd_per_year
                + (d.pair_usd_per_year + iru_usd(instance, route)) / d.channels_per_pair
            )
            / d.rate_gbps
            for d in route.designs
        )
        for route in routes
    )
    if not units:
        return 0.0
    second = units[1] if len(units) > 1 else units[0]
    return units[0] + survival_fraction * second

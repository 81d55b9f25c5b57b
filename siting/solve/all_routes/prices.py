"""What each link of a configuration costs at least over every route, by its demand (C1).

What links share (corridors, contracts, huts) is split between them: any split whose parts add up to
no more than the cost gives prices (:mod:`~siting.solve.all_routes.priced_links`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from siting.formulation.requirements import largest_demand_gbps
from siting.instance import Instance
from siting.solve.all_routes.edge_costs import expected_pairs
from siting.solve.all_routes.flow_model import FEW_PAIRS, flows_pay
from siting.solve.all_routes.flow_prices import FlowPrices
from siting.solve.all_routes.generation import Generated, generate
from siting.solve.all_routes.multipliers import Multipliers, SharedCosts
from siting.solve.all_routes.network_problem import NetworkProblem, first_weights
from siting.solve.all_routes.priced_links import Made, PricedLink, Step, need_at, priced_link
from siting.solve.all_routes.static_costs import StaticCosts
from siting.solve.link_bounds import CapacityShare
from siting.solve.set_cuts import least_demands

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Link = tuple[str, str]
PLENTY = 1e9
"""IRU pairs on offer where a limit must not count."""


class WidePrices:
    """Prices of the links of one configuration over every route."""

    def __init__(
        self, part: Instance, costs: StaticCosts, links: Iterable[Link], sharers: int, made: Made
    ) -> None:
        """Prepare.

        Args:
            part: the instance of the configuration.
            costs: every corridor with its least cost in any period.
            links: those that it may require.
            sharers: links that may be required at once.
            made: links of other configurations; takes those of this one.
        """
        self._part, self._costs, self._sharers = part, costs, sharers
        waved = {wave.link for wave in part.wave_routes.values()}
        floors = least_demands(part, links=sorted(set(links) - waved))
        most = {link: largest_demand_gbps(part, link) for link in floors}
        sizes = [
            expected_pairs(costs.graph, need_at(link, floors[link], most[link], costs))
            for link in floors
        ]
        self._pairs = float(round(np.mean(sizes))) if sizes else 1.0
        self._floors, self._most = floors, most
        self._made = made
        self._alone: dict[Link, CapacityShare | None] = {}
        """Prices without any share of what links can share."""
        self._earlier: Generated | None = None
        self._flows: FlowPrices | None = None

    def evenly(self) -> list[dict[Link, CapacityShare]]:
        """Return prices with what is shared split over the links near it; huts are free.

        Lines that are high at the least demands, then at the largest.
        """
        links = self._known(self._floors)
        if not links:
            return []
        problem = self._problem(links, {}, min(self._sharers, len(links)))
        shares = problem.shared.split(problem.weights)
        low: dict[Link, CapacityShare] = {}
        high: dict[Link, CapacityShare] = {}
        for number, link in enumerate(links):
            supply = shares[number][self._costs.items.supplies(link.place.edges)]
            usd = [step.problem.ways_usd(supply) for step in link.steps]
            low[link.link] = link.price(usd, link.steps[0].gbps)
            high[link.link] = link.price(usd, link.most_gbps)
        return [low, high]

    def of_set(
        self, chosen: frozenset[Link], demands_gbps: Mapping[Link, float]
    ) -> dict[Link, CapacityShare]:
        """Return prices with what is shared split over some links.

        The other links pay only for what is theirs alone.
        """
        members = self._known(link for link in self._floors if link in chosen)
        found = self._priced(members, demands_gbps, len(members))
        return found | self._of_others(chosen)

    def generated(
        self, chosen: frozenset[Link], demands_gbps: Mapping[Link, float], stop: float
    ) -> dict[Link, CapacityShare]:
        """Return prices of a set at the shares that bound its cost best, at some demands.

        Args:
            chosen: the links.
            demands_gbps: what they carry.
            stop: clock time (``time.monotonic``) to end at.
        """
        members = self._known(link for link in self._floors if link in chosen)
        if not members:
            return self._of_others(chosen)
        problem = self._problem(members, demands_gbps)
        self._earlier = found = generate(problem, stop, self._earlier, choose=False, prove=False)
        prices = self._at(members, demands_gbps, found.multipliers)
        return prices | self._of_others(chosen)

    @property
    def has_flows(self) -> bool:
        """Whether flows of the links are priced; not on large maps."""
        return self._flowing().links > 0

    def of_flows(
        self, required: Mapping[Link, float], _demands_gbps: Mapping[Link, float]
    ) -> dict[Link, CapacityShare]:
        """Return the prices that bound best what is required in part.

        Args:
            required: how much of each link is required, 0 to 1.
        """
        return self._flowing().at(required)

    def _flowing(self) -> FlowPrices:
        if self._flows is None:
            made = (
                priced_link(self._part, self._costs, link, asked, float(asked.gbps), FEW_PAIRS)
                for link, asked in self._floors.items()
            )
            links = [known for known in made if known is not None]
            shared = self._costs.shared_usd(FEW_PAIRS)
            pay = flows_pay(self._costs.graph, (known.place for known in links))
            self._flows = FlowPrices(links if pay else [], self._costs.items, shared)
        return self._flows

    def _of_others(self, chosen: frozenset[Link]) -> dict[Link, CapacityShare]:
        for link in self._floors:
            if link not in chosen and link not in self._alone:
                self._alone[link] = self._priced_alone(link)
        return {
            link: price
            for link in self._floors
            if link not in chosen and (price := self._alone[link]) is not None
        }

    def _priced_alone(self, link: Link) -> CapacityShare | None:
        known = self._known([link])
        if not known:
            return None
        items = self._costs.items
        nothing = Multipliers(
            np.zeros((1, items.count)), np.zeros((1, items.edges)), np.zeros(items.edges)
        )
        return self._at(known, {}, nothing).get(link)

    def _priced(
        self, links: list[PricedLink], demands_gbps: Mapping[Link, float], most: int
    ) -> dict[Link, CapacityShare]:
        """Return prices where at most ``most`` of the links share what they can all use."""
        if not links:
            return {}
        problem = self._problem(links, demands_gbps, most)
        return self._at(links, demands_gbps, problem.first())

    def _problem(
        self, links: list[PricedLink], demands_gbps: Mapping[Link, float], most: int | None = None
    ) -> NetworkProblem:
        costs = self._costs
        weights = first_weights([link.place for link in links], costs.items)
        if most is not None and most < len(links):
            total = np.sort(weights, axis=0)[-most:].sum(axis=0)
            weights /= np.where(total > 0, total, 1.0)
        return NetworkProblem(
            names=[link.link for link in links],
            links=[self._at_demand(link, demands_gbps).problem for link in links],
            items=costs.items,
            shared=SharedCosts.at_once(costs.shared_usd(self._pairs), len(links)),
            weights=weights,
            offered=np.full(costs.items.edges, PLENTY),
        )

    def _at_demand(self, link: PricedLink, demands_gbps: Mapping[Link, float]) -> Step:
        return link.at(self._demand_gbps(link, demands_gbps))

    def _demand_gbps(self, link: PricedLink, demands_gbps: Mapping[Link, float]) -> float:
        middle = (link.steps[0].gbps + link.most_gbps) / 2
        return min(max(demands_gbps.get(link.link, middle), link.steps[0].gbps), link.most_gbps)

    def _at(
        self, links: list[PricedLink], demands_gbps: Mapping[Link, float], multipliers: Multipliers
    ) -> dict[Link, CapacityShare]:
        found = {}
        for number, link in enumerate(links):
            usd = []
            for step in link.steps:
                prices = step.problem.prices(multipliers, number, self._costs.items)
                usd.append(step.problem.routes_usd(prices))
            found[link.link] = link.price(usd, self._demand_gbps(link, demands_gbps))
        return found

    def _known(self, links: Iterable[Link]) -> list[PricedLink]:
        found = []
        for link in links:
            asked, most, pairs = self._floors[link], self._most[link], self._pairs
            limits = asked.rtt_limit_ms, asked.survival_fraction, float(asked.gbps)
            key = (link, *limits, most, pairs)
            if key not in self._made:
                self._made[key] = priced_link(self._part, self._costs, link, asked, most, pairs)
            known = self._made[key]
            if known is not None:
                found.append(known)
        return found

"""What each link of a configuration costs at least over every route, by its demand (C1).

What links share (corridors, contracts, huts) is split between them: any split whose parts add up to
no more than the cost gives prices (:mod:`~siting.solve.all_routes.priced_links`).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from siting.formulation.requirements import largest_demand_gbps
from siting.instance import Instance
from siting.solve.all_routes.edge_costs import expected_pairs
from siting.solve.all_routes.flow_model import FEW_PAIRS, flows_pay
from siting.solve.all_routes.flow_prices import FlowPrices
from siting.solve.all_routes.flow_shares import flow_shares
from siting.solve.all_routes.generation import Generated, generate
from siting.solve.all_routes.multipliers import Multipliers, SharedCosts
from siting.solve.all_routes.needs import longest_km
from siting.solve.all_routes.network_problem import NetworkProblem, first_weights
from siting.solve.all_routes.priced_links import (
    WIDE_EDGES,
    Made,
    PricedLink,
    Step,
    need_at,
    priced_link,
)
from siting.solve.all_routes.static_costs import StaticCosts
from siting.solve.all_routes.wide import is_wide
from siting.solve.link_bounds import CapacityShare
from siting.solve.set_cuts import least_demands, least_of_job

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Link = tuple[str, str]
Pricing = Callable[[Step], float]
"""Returns what the routes of a link cost at least at a step, USD a year, without channels."""
PLENTY = 1e9
"""IRU pairs on offer where a limit must not count."""
FLOWS_TIME_S, FLOW_EDGES = 30.0, 1500
"""Time for shares by flows on the map of a continent, s, and corridors for each link."""
TIGHT = 2.5
"""A limit that allows for more of the shortest way is as good as none."""


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
        self._near: dict[Link, list[tuple[float, PricedLink]]] = {}
        self._earlier: Generated | None = None
        self._flows: FlowPrices | None = None

    def evenly(self) -> list[dict[Link, CapacityShare]]:
        """Return prices with what is shared split over the links near it; huts are free.

        Lines that are high at the least demands, then at the largest.
        """
        links = self._known(self._floors)
        if not links:
            return []
        problem = self._problem(links, {}, {}, min(self._sharers, len(links)))
        shares = problem.shared.split(problem.weights)
        low: dict[Link, CapacityShare] = {}
        high: dict[Link, CapacityShare] = {}
        for number, link in enumerate(links):
            usd = self._by_ways(shares[number])
            low[link.link] = high[link.link] = self._price(link, link.steps[0].gbps, usd)
            if link.most_gbps > link.steps[0].gbps:
                high[link.link] = self._price(link, link.most_gbps, usd)
        if is_wide(self._costs.graph):
            self._forget()
        return [low] if low == high else [low, high]

    def _forget(self) -> None:
        """Let go of the surroundings of links, gigabytes on the map of a continent.

        Few configurations ask for them again.
        """
        self._made.clear()
        self._near.clear()
        self._costs.forget()

    def of_set(
        self,
        chosen: frozenset[Link],
        demands_gbps: Mapping[Link, float],
        limits_ms: Mapping[Link, float],
    ) -> dict[Link, CapacityShare]:
        """Return prices with what is shared split over some links.

        The other links pay only for what is theirs alone.

        Args:
            chosen: the links.
            demands_gbps: what they carry.
            limits_ms: within which RTT.
        """
        members = self._known(link for link in self._floors if link in chosen)
        if not members:
            return self._of_others(chosen)
        problem = self._problem(members, demands_gbps, limits_ms, len(members))
        prices = self._at(members, demands_gbps, problem.first())
        return prices | self._of_others(chosen)

    def generated(
        self,
        chosen: frozenset[Link],
        demands_gbps: Mapping[Link, float],
        limits_ms: Mapping[Link, float],
        stop: float,
    ) -> dict[Link, CapacityShare] | None:
        """Return prices of a set at the shares that bound its cost best, at some demands.

        Args:
            chosen: the links.
            demands_gbps: what they carry.
            limits_ms: within which RTT.
            stop: clock time (``time.monotonic``) to end at.
        """
        members = self._known(link for link in self._floors if link in chosen)
        if not members:
            return self._of_others(chosen)
        problem = self._problem(members, demands_gbps, limits_ms)
        if is_wide(self._costs.graph):
            shares = flow_shares(problem, FLOWS_TIME_S, FLOW_EDGES * len(members))
            if shares is None:
                return None
            return self._at(members, demands_gbps, shares) | self._of_others(chosen)
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
            graph = self._costs.graph
            pay = not is_wide(graph) and flows_pay(
                graph, (known.place for known in self._known(self._floors))
            )
            floors = self._floors if pay else {}
            made = (
                priced_link(self._part, self._costs, link, asked, float(asked.gbps), FEW_PAIRS)
                for link, asked in floors.items()
            )
            links = [known for known in made if known is not None]
            shared = self._costs.shared_usd(FEW_PAIRS)
            self._flows = FlowPrices(links, self._costs.items, shared)
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
        free = Multipliers(
            np.zeros((1, items.count)), np.zeros((1, items.edges)), np.zeros(items.edges)
        )
        if is_wide(self._costs.graph):
            usd = self._by_ways(free.shares_usd[0])
            return self._price(known[0], self._demand_gbps(known[0], {}), usd)
        return self._at(known, {}, free).get(link)

    def _problem(
        self,
        links: list[PricedLink],
        demands_gbps: Mapping[Link, float],
        limits_ms: Mapping[Link, float],
        most: int | None = None,
    ) -> NetworkProblem:
        """Return the problem of links; at most ``most`` of them share what they can all use."""
        costs = self._costs
        weights = first_weights([link.place for link in links], costs.items)
        if most is not None and most < len(links):
            total = np.sort(weights, axis=0)[-most:].sum(axis=0)
            weights /= np.where(total > 0, total, 1.0)
        return NetworkProblem(
            names=[link.link for link in links],
            links=[self._at_demand(link, demands_gbps, limits_ms).problem for link in links],
            items=costs.items,
            shared=SharedCosts.at_once(costs.shared_usd(self._pairs), len(links)),
            weights=weights,
            offered=np.full(costs.items.edges, PLENTY),
        )

    def _at_demand(
        self,
        link: PricedLink,
        demands_gbps: Mapping[Link, float],
        limits_ms: Mapping[Link, float],
    ) -> Step:
        asked_ms = limits_ms.get(link.link, math.inf)
        within = [near for ms, near in self._nearer(link) if ms >= asked_ms]
        return (within or [link])[-1].at(self._demand_gbps(link, demands_gbps))

    def _demand_gbps(self, link: PricedLink, demands_gbps: Mapping[Link, float]) -> float:
        middle = (link.steps[0].gbps + link.most_gbps) / 2
        return min(max(demands_gbps.get(link.link, middle), link.steps[0].gbps), link.most_gbps)

    def _at(
        self, links: list[PricedLink], demands_gbps: Mapping[Link, float], multipliers: Multipliers
    ) -> dict[Link, CapacityShare]:
        found = {}
        for number, link in enumerate(links):
            # Hardly anything is asked of a link far around where it has limits that keep it near.
            has_near = len(link.place.edges) > WIDE_EDGES and bool(self._nearer(link))
            usd = self._by_routes(multipliers, number)
            around = self._by_ways(multipliers.shares_usd[number]) if has_near else usd
            found[link.link] = self._price(link, self._demand_gbps(link, demands_gbps), usd, around)
        return found

    def _by_routes(self, multipliers: Multipliers, number: int) -> Pricing:
        """Return what bounds the routes of a step of a link, huts included."""

        def usd(step: Step) -> float:
            return step.problem.routes_usd(
                step.problem.prices(multipliers, number, self._costs.items)
            )

        return usd

    def _by_ways(self, shares_usd: Floats) -> Pricing:
        """Return what bounds them where huts cost nothing, with a link's shares of all items."""

        def usd(step: Step) -> float:
            return step.problem.ways_usd(shares_usd[self._costs.items.supplies(step.problem.edges)])

        return usd

    def _price(
        self, link: PricedLink, gbps: float, usd: Pricing, around: Pricing | None = None
    ) -> CapacityShare:
        """Return the best line at a demand, and by how much it is higher within each limit.

        Args:
            link: the link.
            gbps: its demand.
            usd: bounds its routes at a step.
            around: the same within the widest limit, if it is another.
        """
        price = link.price([(around or usd)(step) for step in link.steps], gbps)
        tighter = {}
        for limit_ms, near in self._nearer(link):
            near_usd = [usd(step) for step in near.steps]
            tighter[limit_ms] = near.fixed_usd(near_usd, price.usd_per_gbps) - price.fixed_usd
        return dataclasses.replace(price, tighter_usd=tighter)

    def _nearer(self, link: PricedLink) -> list[tuple[float, PricedLink]]:
        """Return the link within each RTT limit that keeps it near, ms, the widest first."""
        if link.link not in self._near:
            graph, shortest_km = self._costs.graph, link.place.shortest_km
            limits = {
                item.rtt_limit_ms
                for job in self._part.workloads.values()
                if set(link.link) <= set(job.campuses)
                for item in least_of_job(job)
            }
            self._near[link.link] = [
                (ms, near)
                for ms in sorted(limits - {self._floors[link.link].rtt_limit_ms}, reverse=True)
                if shortest_km <= longest_km(graph, ms) <= TIGHT * shortest_km
                and (near := self._made_for(link.link, ms)) is not None
            ]
        return self._near[link.link]

    def _known(self, links: Iterable[Link]) -> list[PricedLink]:
        found = []
        for link in links:
            known = self._made_for(link, self._floors[link].rtt_limit_ms)
            if known is not None:
                found.append(known)
        return found

    def _made_for(self, link: Link, limit_ms: float) -> PricedLink | None:
        """Return a link where it is required within an RTT limit; None where it is not bounded."""
        asked = dataclasses.replace(self._floors[link], rtt_limit_ms=limit_ms)
        most, pairs = self._most[link], self._pairs
        key = (link, limit_ms, asked.survival_fraction, float(asked.gbps), most, pairs)
        if key not in self._made:
            self._made[key] = priced_link(self._part, self._costs, link, asked, most, pairs)
        return self._made[key]

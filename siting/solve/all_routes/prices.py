"""What each link of a configuration costs at least over every route, by its demand (C1).

What links share (corridors, contracts, huts) is split between them: any split whose parts add up to
no more than the cost gives prices (:mod:`~siting.solve.all_routes.priced_links`).
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterable, Mapping
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
    Made,
    PricedLink,
    need_at,
    priced_link,
)
from siting.solve.all_routes.side_payments import Pricing, by_routes, by_ways, of_link
from siting.solve.all_routes.static_costs import StaticCosts
from siting.solve.all_routes.wide import is_wide
from siting.solve.link_bounds import CapacityShare
from siting.solve.set_cuts import least_demands, least_of_job

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Link = tuple[str, str]
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

        As they rise within the widest limit, then within the tightest.
        """
        links = self._known(self._floors)
        if not links:
            return []
        shares = self._shares_evenly(links)
        rows: list[dict[Link, CapacityShare]] = [{}, {}]
        for number, link in enumerate(links):
            ways_usd = functools.cache(by_ways(shares[number], self._costs.items))
            tightest = [near for _, near in self._nearer(link)][-1:]
            for row, shaped in zip(rows, (link, *(tightest or [link])), strict=True):
                row[link.link] = self._price(link, shaped, ways_usd, ways_usd)
        if is_wide(self._costs.graph):
            self._forget()
        return rows[:1] if rows[0] == rows[1] else rows

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
        asked = [self._within(link, limits_ms) for link in members]
        multipliers = self._problem(asked, demands_gbps).first()
        return self._at(members, asked, multipliers) | self._of_others(chosen)

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
        asked = [self._within(link, limits_ms) for link in members]
        problem = self._problem(asked, demands_gbps)
        best: Multipliers | None
        if is_wide(self._costs.graph):
            best = flow_shares(problem, FLOWS_TIME_S, FLOW_EDGES * len(members))
            if best is None:
                return None
        else:
            self._earlier = generate(problem, stop, self._earlier, choose=False, prove=False)
            best = self._earlier.multipliers
        return self._at(members, asked, best) | self._of_others(chosen)

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
        known = self._made_for(link, self._floors[link].rtt_limit_ms)
        if known is None:
            return None
        usd = by_ways(np.zeros(self._costs.items.count), self._costs.items)
        return self._price(known, known, usd, usd)

    def _shares_evenly(self, links: list[PricedLink]) -> Floats:
        """Return shares by nearness where as many are required as may be, shape (links, items)."""
        weights = first_weights([link.place for link in links], self._costs.items)
        if self._sharers < len(links):
            total = np.sort(weights, axis=0)[-self._sharers :].sum(axis=0)
            weights /= np.where(total > 0, total, 1.0)
        return SharedCosts.at_once(self._costs.shared_usd(self._pairs), len(links)).split(weights)

    def _problem(
        self, asked: list[PricedLink], demands_gbps: Mapping[Link, float]
    ) -> NetworkProblem:
        """Return the problem of links, or their sides, within the limits that are asked."""
        costs = self._costs
        places = [side for link in asked for side in link.sides]
        steps = [link.at(self._demand_gbps(link, demands_gbps)) for link in asked]
        return NetworkProblem(
            names=[link.link for link in asked for _ in link.sides],
            links=[problem for step in steps for problem in step.problems],
            items=costs.items,
            shared=SharedCosts.at_once(costs.shared_usd(self._pairs), len(places)),
            weights=first_weights(places, costs.items),
            offered=np.full(costs.items.edges, PLENTY),
        )

    def _within(self, link: PricedLink, limits_ms: Mapping[Link, float]) -> PricedLink:
        """Return a link within the widest limit that is priced and allows for what is asked."""
        asked_ms = limits_ms.get(link.link, math.inf)
        within = [near for ms, near in self._nearer(link) if ms >= asked_ms]
        return (within or [link])[-1]

    def _demand_gbps(self, link: PricedLink, demands_gbps: Mapping[Link, float]) -> float:
        middle = (link.steps[0].gbps + link.most_gbps) / 2
        return min(max(demands_gbps.get(link.link, middle), link.steps[0].gbps), link.most_gbps)

    def _at(
        self,
        links: list[PricedLink],
        asked: list[PricedLink],
        multipliers: Multipliers,
    ) -> dict[Link, CapacityShare]:
        """Return prices at the multipliers of links within the limits that are asked.

        Within other limits huts cost nothing: sets of links have prices of their own there.
        """
        found, end, items = {}, 0, self._costs.items
        for link, within in zip(links, asked, strict=True):
            first, end = end, end + len(within.sides)
            paid = of_link(multipliers, first, end)
            around = by_ways(paid.shares_usd.sum(axis=0), items)
            found[link.link] = self._price(link, within, by_routes(paid, items), around)
        return found

    def _price(
        self, link: PricedLink, asked: PricedLink, usd: Pricing, around: Pricing
    ) -> CapacityShare:
        """Return the price of a link, and by how much it is higher within each limit.

        Args:
            link: the link.
            asked: the same within the limit that is asked: steps rise as it does.
            usd: bounds its routes at a step within that limit.
            around: the same within others.
        """
        price = asked.price([usd(step) for step in asked.steps])

        def fixed_usd(known: PricedLink) -> float:
            if known is asked:
                return price.fixed_usd
            return known.fixed_usd([around(step) for step in known.steps], price)

        fixed = fixed_usd(link)
        tighter = {ms: fixed_usd(near) - fixed for ms, near in self._nearer(link)}
        return dataclasses.replace(price, fixed_usd=fixed, tighter_usd=tighter)

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
                and (near := self._made_for(link.link, ms, link)) is not None
            ]
        return self._near[link.link]

    def _known(self, links: Iterable[Link]) -> list[PricedLink]:
        found = []
        for link in links:
            known = self._made_for(link, self._floors[link].rtt_limit_ms)
            if known is not None:
                found.append(known)
        return found

    def _made_for(
        self, link: Link, limit_ms: float, widest: PricedLink | None = None
    ) -> PricedLink | None:
        """Return a link where it is required within an RTT limit; None where it is not bounded.

        Args:
            link: its campuses.
            limit_ms: the limit.
            widest: the same within its widest limit: looked at for the same demands.
        """
        asked = dataclasses.replace(self._floors[link], rtt_limit_ms=limit_ms)
        most, pairs = self._most[link], self._pairs
        key = (link, limit_ms, asked.survival_fraction, float(asked.gbps), most, pairs)
        if key not in self._made:
            starts = None if widest is None else [step.gbps for step in widest.steps]
            self._made[key] = priced_link(self._part, self._costs, link, asked, most, pairs, starts)
        return self._made[key]

"""C2 cuts over every route, and the routes that a set of links would take at least cost."""

from __future__ import annotations

from siting.instance import Instance
from siting.instance.records_graph import Proposal
from siting.solve.all_routes.flow_model import FEW_PAIRS, flows_pay
from siting.solve.all_routes.least_flow import LeastFlow, least_flow
from siting.solve.all_routes.priced_links import Made, PricedLink, priced_link
from siting.solve.all_routes.static_costs import StaticCosts
from siting.solve.set_cuts import STATIC_GAP, Link, SetCut, SetCuts


class WideSetCuts(SetCuts):
    """Makes C2 cuts whose sets are bounded over every route; alone, candidate routes serve."""

    def __init__(
        self, instance: Instance, costs: StaticCosts, *, seed: int, protected: bool = False
    ) -> None:
        """Prepare.

        Args:
            instance: the instance.
            costs: every corridor of its graph with its least cost in any period.
            seed: random seed of the solver.
            protected: cuts of links that must survive failures, whatever else is required.
        """
        super().__init__(instance, seed=seed, protected=protected)
        self._instance, self._costs = instance, costs
        self._waved = {wave.link for wave in instance.wave_routes.values()}
        self._priced: Made = {}
        self._proposals: dict[Link, dict[Proposal, None]] = {}

    def taken(self) -> dict[Link, list[Proposal]]:
        """Return, once, the ways that sets took at least cost since the last time."""
        found, self._proposals = self._proposals, {}
        return {link: list(some) for link, some in found.items()}

    def cut(self, links: frozenset[Link], *, time_limit_s: float) -> SetCut | None:
        """Return the cut of a link set; None when it was made before, or where it does not pay."""
        if not flows_pay(self._costs.graph, (known.place for known in self._members(links))):
            return None
        return super().cut(links, time_limit_s=time_limit_s)

    def _members(self, links: frozenset[Link]) -> list[PricedLink]:
        return [known for link in sorted(links - self._waved) if (known := self._of(link))]

    def _bound_usd(self, links: frozenset[Link], time_limit_s: float) -> float:
        members = self._members(links)
        found = least_flow(
            [problem for known in members for problem in known.steps[0].problems],
            self._costs.items,
            self._costs.shared_usd(FEW_PAIRS),
            time_limit_s=time_limit_s,
            relative_gap=STATIC_GAP,
        )
        self._propose(members, found)
        return found.usd

    def _of(self, link: Link) -> PricedLink | None:
        """Return a link at the least that is asked of it; None where it is not bounded."""
        asked = self.floors[link]
        gbps = float(asked.gbps)
        limits = asked.rtt_limit_ms, asked.survival_fraction, gbps, gbps
        key = (link, *limits, FEW_PAIRS)
        if key not in self._priced:
            known = priced_link(self._instance, self._costs, link, asked, gbps, FEW_PAIRS)
            self._priced[key] = known
        return self._priced[key]

    def _propose(self, members: list[PricedLink], found: LeastFlow) -> None:
        edges = self._costs.graph.edges
        names = [known for known in members for _ in known.steps[0].problems]
        for known, ways in zip(names, found.ways, strict=False):
            for way in ways:
                path = tuple(edges[edge].corridor.id for edge, _ in way)
                proposal = Proposal(path, is_own=all(own for _, own in way))
                self._proposals.setdefault(known.link, {})[proposal] = None

"""The last phase: the network of the plan's siting, improved and bounded, sites and modes fixed.

Where the candidate routes are not all routes, promising ones are looked for over the whole map
(:mod:`siting.solve.all_routes`), and the network is designed once more with them.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass

from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.instance.records_graph import Proposal
from siting.plan import NETWORK_COST_LINES
from siting.solve.all_routes import AllRoutes, all_routes
from siting.solve.costing import ledger
from siting.solve.monolithic import Solution
from siting.solve.network_choice import NetworkChoice
from siting.solve.network_parts import only, unsatisfied
from siting.solve.network_phase import NetworkOutcome, solve_network
from siting.solve.network_whole import better
from siting.solve.presolve import presolve
from siting.solve.residual_caps import network_part
from siting.solve.siting_choice import SitingChoice, fixed_requirements

NETWORK_SHARE = 0.3
"""Share of the time limit kept for this phase."""
ROUTES_SHARE, FEW_SHARE, DESIGN_SHARE = 0.15, 0.05, 0.1
"""Shares of the time limit, at most, where candidates are not all routes: for what is looked for
over the whole map; for the network on the few best routes found, and on more of them."""
LEAST_USD = 1.0
"""What routes found must save to be taken."""
FEW = 2
LEAST_NETWORK_S = 10.0
LEAST_ROUTES_S = 1.0
PROPOSALS = 8
"""Most paths of a link that become candidates."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The solution with its network closed, and the instance that its numbers are of."""

    instance: Instance
    """With the routes that were found on the way."""
    solution: Solution
    all_routes_bound_usd: float | None = None
    """Bound of the network over every route; None where the candidates are all."""


def close_network(
    instance: Instance, solution: Solution, options: Mapping[str, object], started: float
) -> Closed:
    """Bound the network with sites, timing, roles and modes fixed; improve it when that pays.

    Args:
        instance: the presolved instance.
        solution: what a method found.
        options: solver options.
        started: clock (``time.perf_counter``) at which the solve began.
    """
    if solution.siting is None or solution.network is None:
        return Closed(instance, solution)
    phase = _Phase(instance, solution, solution.siting, solution.network, options, started)
    return phase.over_all_routes() if instance.graph is not None else phase.over_candidates()


class _Phase:
    """The closing of one solution."""

    def __init__(
        self,
        instance: Instance,
        solution: Solution,
        siting: SitingChoice,
        network: NetworkChoice,
        options: Mapping[str, object],
        started: float,
    ) -> None:
        self.instance, self.solution = instance, solution
        self.siting, self.network = siting, network
        self.started = started
        self.gap = float(str(options["network_relative_gap"]))
        self.limit_s = float(str(options["time_limit_s"]))
        self.seed = int(str(options["seed"]))
        self.requirements: Requirements = fixed_requirements(instance, siting)
        costs = self._costs_usd(instance, network)
        self.network_usd = sum(costs[line] for line in NETWORK_COST_LINES)
        self.others_usd = sum(costs.values()) - self.network_usd

    def _left_s(self) -> float:
        return self.limit_s - (time.perf_counter() - self.started)

    def over_candidates(self) -> Closed:
        """Close the network over the candidate routes."""
        # With the rest fixed, a bound of the whole bounds the network too.
        implied = self.solution.bound_usd - self.others_usd
        known = self.solution.network_outcome
        if known is not None:
            implied = max(implied, min(known.bound_usd, self.network_usd))
        if self.network_usd - implied <= max(self.gap * self.network_usd, 1.0):
            return Closed(self.instance, _bounded(self.solution, implied))
        outcome = self._network(self.instance, known)
        bound = max(implied, outcome.bound_usd if math.isfinite(outcome.bound_usd) else implied)
        return Closed(self.instance, _bounded(self._better(self.instance, outcome), bound))

    def over_all_routes(self) -> Closed:
        """Close the network over the candidates and the routes found over the whole map."""
        found = all_routes(
            self.instance,
            self.requirements,
            time_limit_s=max(min(self._left_s(), ROUTES_SHARE * self.limit_s), LEAST_ROUTES_S),
        )
        wider = self._extended(found)
        best = self._designed(wider, found)
        if best.cost_usd < self.network_usd - LEAST_USD and best.choice is not None:
            return self._with_found(wider, best, best.choice, found.bound_usd)
        if NetworkOutcome(self.network, self.network_usd, 0.0).within(self.gap, found.bound_usd):
            return Closed(self.instance, _bounded(self.solution, found.bound_usd), found.bound_usd)
        closed = self.over_candidates()
        return dataclasses.replace(closed, all_routes_bound_usd=found.bound_usd)

    def _with_found(
        self, wider: Instance, best: NetworkOutcome, network: NetworkChoice, most_usd: float
    ) -> Closed:
        """Close the network with the routes found that it lights as candidates.

        What was known of the candidates without them bounds nothing any more.
        """
        lit = {r for r, _ in network.pairs}
        narrow = only(wider, set(self.instance.fiber_routes) | lit)
        solution = dataclasses.replace(self.solution, network=network)
        if best.within(self.gap, most_usd):
            return Closed(narrow, _bounded(solution, most_usd), most_usd)
        known = NetworkOutcome(network, best.cost_usd, 0.0)
        outcome = self._network(narrow, known, NETWORK_SHARE)
        if outcome.choice is not None and outcome.cost_usd < best.cost_usd:
            solution = dataclasses.replace(solution, network=outcome.choice)
        bound = outcome.bound_usd if math.isfinite(outcome.bound_usd) else 0.0
        return Closed(narrow, _bounded(solution, bound), most_usd)

    def _designed(self, wider: Instance, found: AllRoutes) -> NetworkOutcome:
        """Return the best network on the routes found and those lit so far."""
        best = NetworkOutcome(self.network, self.network_usd, 0.0)
        if len(wider.fiber_routes) == len(self.instance.fiber_routes):
            return best
        few = _on(wider, _proposed(wider, found, FEW))
        best = better(best, self._network(few, None, FEW_SHARE, with_bound=False))
        if best.within(self.gap, found.bound_usd):
            return best
        lit = {r for choice in (self.network, best.choice) if choice for r, _ in choice.pairs}
        some = _on(wider, lit | _proposed(wider, found, PROPOSALS))
        known = dataclasses.replace(best, bound_usd=0.0, alone={})
        return better(best, self._network(some, known, DESIGN_SHARE, with_bound=False))

    def _extended(self, found: AllRoutes) -> Instance:
        source = self.instance.more_routes
        if source is None:
            return self.instance
        best = {link: some[:PROPOSALS] for link, some in found.proposals.items()}
        return presolve(source.extended(self.instance, best))

    def _network(
        self,
        instance: Instance,
        known: NetworkOutcome | None,
        share: float = 1.0,
        *,
        with_bound: bool = True,
    ) -> NetworkOutcome:
        """Solve the network in at most a share of the time limit."""
        least_s = min(LEAST_NETWORK_S, NETWORK_SHARE * self.limit_s)
        return solve_network(
            network_part(instance, self.siting),
            self.requirements,
            relative_gap=self.gap,
            time_limit_s=max(min(self._left_s(), share * self.limit_s), least_s),
            seed=self.seed,
            with_bound=with_bound,
            known=known,
        )

    def _better(self, instance: Instance, outcome: NetworkOutcome) -> Solution:
        """Return the solution with the network of an outcome, if that is cheaper."""
        if outcome.choice is None:
            return self.solution
        costs = self._costs_usd(instance, outcome.choice)
        if sum(costs[line] for line in NETWORK_COST_LINES) >= self.network_usd:
            return self.solution
        return dataclasses.replace(self.solution, network=outcome.choice)

    def _costs_usd(self, instance: Instance, network: NetworkChoice) -> Mapping[str, float]:
        return ledger(instance, self.siting, network).costs_usd


def _bounded(solution: Solution, bound_usd: float) -> Solution:
    return dataclasses.replace(solution, network_bound_usd=max(bound_usd, 0.0))


def _on(instance: Instance, routes: set[str]) -> Instance:
    """Return the instance with some routes, and those that alone can satisfy what is pinned."""
    return only(instance, routes | unsatisfied(instance, routes))


def _proposed(instance: Instance, found: AllRoutes, most: int) -> set[str]:
    """Return the routes of the best proposals of each link."""
    best = {(link, x) for link, some in found.proposals.items() for x in some[:most]}
    return {
        r
        for r, route in instance.fiber_routes.items()
        if (route.link, Proposal.of(route.corridors, route.supply)) in best
    }

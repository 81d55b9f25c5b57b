"""The last phase: the network of the plan's siting, improved and bounded, sites and modes fixed.

Where the candidate routes are not all routes, promising ones are looked for over the whole map
(:mod:`siting.solve.wider_network`), and the network is designed once more with them.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass

from siting.instance import Instance
from siting.plan import NETWORK_COST_LINES
from siting.solve.allowances import Goals
from siting.solve.closer import Closer, Closing
from siting.solve.costing import ledger
from siting.solve.monolithic import Solution
from siting.solve.network_choice import NetworkChoice
from siting.solve.network_phase import NetworkOutcome, solve_network
from siting.solve.residual_caps import network_part
from siting.solve.result import Progress, ProgressCallback
from siting.solve.siting_choice import SitingChoice, fixed_requirements
from siting.solve.wider_network import LEAST_NETWORK_S, WiderNetwork


@dataclass(frozen=True, slots=True)
class Closed:
    """The solution with its network closed, and the instance that its numbers are of."""

    instance: Instance
    """With the routes that were found on the way."""
    solution: Solution
    all_routes_bound_usd: float | None = None
    """Bound of the network over every route; None where the candidates are all."""


def close_network(
    instance: Instance,
    solution: Solution,
    goals: Goals,
    *,
    closer: Closer | None = None,
    progress: ProgressCallback | None = None,
) -> Closed:
    """Bound the network with sites, timing, roles and modes fixed; improve it when that pays.

    Args:
        instance: the presolved instance.
        solution: what a method found.
        goals: gap and time.
        closer: the second thread, if there is one; it may have begun.
        progress: called with the gap of the network as it gets smaller.
    """
    if solution.siting is None or solution.network is None:
        return Closed(instance, solution)
    phase = _Phase(instance, solution, solution.siting, solution.network, goals, progress)
    if instance.graph is None:
        return Closed(instance, phase.over_candidates())
    known = solution.network_outcome
    if known is None or known.choice != solution.network:
        known = NetworkOutcome(solution.network, phase.network_usd, 0.0)
    implied_usd = solution.bound_usd - phase.others_usd
    if closer is not None:
        return phase.over_all_routes(closer.of(instance, solution.siting, known, implied_usd))
    network = WiderNetwork(instance, solution.siting, goals, known, implied_usd)
    closing = Closing(solution.siting, network)
    closing.run()
    return phase.over_all_routes(closing)


class _Phase:
    """The closing of one solution."""

    def __init__(
        self,
        instance: Instance,
        solution: Solution,
        siting: SitingChoice,
        network: NetworkChoice,
        goals: Goals,
        progress: ProgressCallback | None,
    ) -> None:
        self.instance, self.solution, self.progress = instance, solution, progress
        self.siting, self.network, self.goals = siting, network, goals
        costs = self._costs_usd(network)
        self.network_usd = sum(costs[line] for line in NETWORK_COST_LINES)
        self.others_usd = sum(costs.values()) - self.network_usd
        self._told: tuple[float, float, str] | None = None
        """What was told last: the same is not told twice."""

    def over_candidates(self) -> Solution:
        """Close the network over the candidate routes."""
        # With the rest fixed, a bound of the whole bounds the network too.
        implied = self.solution.bound_usd - self.others_usd
        known = self.solution.network_outcome
        if known is not None:
            implied = max(implied, min(known.bound_usd, self.network_usd))
        gap_usd = self.goals.network_relative_gap * self.network_usd
        if self.network_usd - implied <= max(gap_usd, 1.0):
            return _bounded(self.solution, implied)
        found = solve_network(
            network_part(self.instance, self.siting),
            fixed_requirements(self.instance, self.siting),
            relative_gap=self.goals.network_relative_gap,
            time_limit_s=self.goals.share_s(1.0, LEAST_NETWORK_S),
            seed=self.goals.seed,
            known=known,
        )
        bound = max(implied, found.bound_usd if math.isfinite(found.bound_usd) else implied)
        solution = self.solution
        if found.choice is not None:
            costs = self._costs_usd(found.choice)
            if sum(costs[line] for line in NETWORK_COST_LINES) < self.network_usd:
                solution = dataclasses.replace(solution, network=found.choice)
        return _bounded(solution, bound)

    def over_all_routes(self, closing: Closing) -> Closed:
        """Close the network over the candidates and the routes found over the whole map."""
        wider = closing.found()
        if wider.is_open and not closing.is_done:
            wider.bound_others()
        closing.done()
        known = closing.over_candidates
        self._tell(known.cost_usd, known.bound_usd, "the candidate routes and those found")
        closing.every_usd(self._tell_every)
        every_usd = wider.bound_at_once()
        best = wider.best
        self._tell_every(best.cost_usd, every_usd)
        # A bound over all routes is one over the candidates too.
        solution = _bounded(self.solution, max(best.bound_usd, every_usd))
        if best.choice is not None and best.cost_usd < self.network_usd:
            solution = dataclasses.replace(solution, network=best.choice)
        return Closed(wider.instance, solution, every_usd)

    def _tell_every(self, cost_usd: float, bound_usd: float) -> None:
        """Tell what is known over every route."""
        self._tell(cost_usd, bound_usd, "every route of the map")

    def _tell(self, cost_usd: float, bound_usd: float, scope: str) -> None:
        told = cost_usd, bound_usd, scope
        if self.progress is not None and math.isfinite(cost_usd) and told != self._told:
            self._told = told
            elapsed_s = time.perf_counter() - self.goals.started
            gap_usd = max(cost_usd - bound_usd, 0.0)
            words = f"of {cost_usd / 1e6:,.3f} M USD, over {scope}"
            self.progress(
                Progress(
                    elapsed_s=elapsed_s, phase="network", network_gap_usd=gap_usd, message=words
                )
            )

    def _costs_usd(self, network: NetworkChoice) -> Mapping[str, float]:
        return ledger(self.instance, self.siting, network).costs_usd


def _bounded(solution: Solution, bound_usd: float) -> Solution:
    return dataclasses.replace(solution, network_bound_usd=max(bound_usd, 0.0))

"""The search of a decomposition: which configuration is next, and what is learnt of it."""

from __future__ import annotations

import math
import time

from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.solve import allowances
from siting.solve.allowances import Goals
from siting.solve.branches import Branch, all_routes_bound_usd, make_branches
from siting.solve.closer import Beside
from siting.solve.costing import ledger
from siting.solve.first_siting import first_siting
from siting.solve.highs import Status
from siting.solve.master_outcome import MasterGoals, MasterOutcome
from siting.solve.monolithic import Solution
from siting.solve.narrow_cuts import NarrowCuts
from siting.solve.network_phase import NetworkOutcome, Pace, solve_network
from siting.solve.network_whole import NOTHING
from siting.solve.no_goods import without_routes
from siting.solve.parts import WHILE_S
from siting.solve.residual_caps import network_cash_usd, network_part, without_spending_cap
from siting.solve.result import ProgressCallback
from siting.solve.set_prices import is_too_dear, price_sets
from siting.solve.siting_choice import SitingChoice, fixed_requirements
from siting.solve.state import State
from siting.solve.wide_cuts import WideCuts

MASTER_GAP = 0.05
"""Gap of a master, as a share of that of the whole: what it leaves is missing at the end."""
LEAST_MASTER_GAP = 1e-7
FAR = 0.01
"""Gap above which a master looks for sitings; else its bound comes first."""
MORE = 1.25
"""What is kept from the sites grows by this factor when it was not enough."""


class ConfigurationSearch:
    """Masters of configurations and the networks of their sitings, until none can be better."""

    def __init__(
        self,
        instance: Instance,
        goals: Goals,
        progress: ProgressCallback | None,
        beside: Beside,
        state: State,
        *,
        more_s: float = 0.0,
    ) -> None:
        """Prepare; nothing is solved yet.

        Args:
            instance: the presolved instance.
            goals: when to stop.
            progress: called after each round.
            beside: what a second thread does.
            state: the first incumbent, if any; learns.
            more_s: time beyond the limit while that is the incumbent, s.
        """
        self._first, self._more_s = state.siting, more_s
        self.instance, self.beside = instance, beside
        self.begun = time.perf_counter()
        self.started, self.time_limit_s = goals.started, goals.time_limit_s
        self.seed, self.progress = goals.seed, progress
        self.max_rounds, self.rounds = goals.max_rounds, 0
        self.state = state
        self.relative_gap = goals.relative_gap
        self.master_gap = max(MASTER_GAP * goals.relative_gap, LEAST_MASTER_GAP)
        self.many, self.master_time_s = False, allowances.MASTER_TIME_S
        self.network_relative_gap = goals.network_relative_gap
        self.stuck: set[str] = set()
        self.current = ""
        self._wide = WideCuts(instance, seed=goals.seed)
        self._narrow: NarrowCuts | None = None

    def search(self) -> Solution:
        """Take configurations until none can improve the incumbent by the gap, or time is up."""
        branches = make_branches(self.instance, seed=self.seed)
        self.many = len(branches) > allowances.MANY
        built = time.perf_counter()
        self.report(branches, f"relaxations of the families of {len(branches)} configurations")
        if self.state.is_begun_again:
            for known in branches:
                known.is_split = known.configuration.name in self.state.in_parts
                self._price_incumbent(known, best=True)
        while self.rounds < self.max_rounds and self.remaining_s() > 0:
            moving = [b for b in branches if b.configuration.name not in self.stuck]
            branch = self.state.first_of(moving, self.relative_gap, looks=self.many)
            if branch is None:
                break
            if self.improved(branch):
                continue
            if self.many and math.isfinite(self.state.objective_usd):
                left = sum(not self.state.closes(b, self.relative_gap) for b in moving)
                self.master_time_s = allowances.master_s(self.remaining_s(), left)
            before = self.state.standing(branch)
            self.rounds += self.advance(branch)
            if self.state.standing(branch) == before:
                self.stuck.add(branch.configuration.name)
            self.report(branches, branch.configuration.name)
        self.ensure_incumbent(branches)
        state = self.state
        state.in_parts = frozenset(b.configuration.name for b in branches if b.is_split)
        bound = min((b.bound_usd for b in branches), default=-math.inf)
        status = Status.OPTIMAL if self.remaining_s() > 0 else Status.TIME_LIMIT
        if state.siting is None and all(math.isinf(b.bound_usd) for b in branches):
            status = Status.INFEASIBLE
        return Solution(
            status=status,
            siting=state.siting,
            network=None if state.network is None else state.network.choice,
            bound_usd=min(bound, state.objective_usd),
            network_outcome=state.network,
            with_routes_found_usd=state.objective_usd,
            times_s={"build": built - self.begun, "solve": time.perf_counter() - built},
            configuration_bounds_usd={b.configuration: b.bound_usd for b in branches},
            all_routes_bound_usd=all_routes_bound_usd(self.instance, branches),
            instance=self.instance,
        )

    def remaining_s(self) -> float:
        """Return the wall time left, s."""
        more_s = self._more_s if self.state.siting is self._first else 0.0
        return self.time_limit_s + more_s - (time.perf_counter() - self.started)

    def improved(self, branch: Branch) -> bool:
        """Take what was found beside for the incumbent; wait for it before its own next master.

        That also gets the prices of the links of the incumbent first.
        """
        own = branch.configuration.name == self.state.found_in and branch.siting is None
        own = own and self.beside.is_on and not self.many
        if self.state.take_better(self.beside, waits=own):
            return True
        return own and self._price_incumbent(branch)

    def ensure_incumbent(self, branches: list[Branch]) -> None:
        """Find a plan, in time or not, when there is none: of the best siting, or of one campus."""
        if self.state.siting is not None:
            return
        more_s = min(allowances.NETWORK_TIME_S, max(self.time_limit_s, allowances.LEAST_PLAN_S))
        self.time_limit_s = time.perf_counter() - self.started + more_s
        waiting = [b for b in branches if b.siting is not None]
        waiting.sort(key=lambda b: (b.bound_usd, b.configuration.name))
        for branch in (*waiting, *branches[:1]):
            siting, branch.siting = branch.siting, None
            if siting is None:
                siting = branch.master.solve(
                    time_limit_s=min(allowances.MASTER_TIME_S, more_s),
                    relative_gap=self.network_relative_gap,
                    cutoff_usd=math.inf,
                ).siting
            if siting is not None:
                self._network(branch, siting)
            if self.state.siting is not None:
                return

    def advance(self, branch: Branch) -> int:
        """Take one step: a master, or the network of its siting; return the rounds used."""
        if branch.siting is not None:
            siting, branch.siting = branch.siting, None
            return self._network(branch, siting)
        self._price_again(branch)
        branch.learn(self.state)
        if math.isinf(self.state.objective_usd) or self.state.is_far(branch, FAR):
            branch.price_evenly()
        if branch.sharpened(self.state, self.relative_gap, self.master_time_s):
            return 0
        outcome = self._master(branch)
        if outcome.status is not Status.INFEASIBLE and not branch.priced:
            # Not closed soon without prices: only then these are worth it.
            branch.raise_bound(outcome.bound_usd)
            branch.price_evenly()
            if branch.sharpened(self.state, self.relative_gap, self.master_time_s):
                return 0
            outcome = self._master(branch)
        branch.raise_bound(outcome.bound_usd)
        if outcome.siting is None:
            if outcome.status is not Status.INFEASIBLE:
                return branch.out_of_time()
        elif branch.bound_usd < self.state.objective_usd:
            branch.siting = outcome.siting
            is_early = branch.is_split and outcome.status is Status.TIME_LIMIT
            branch.is_promising = is_early and outcome.cost_usd < self.state.objective_usd
            self.state.best_siting_usd = min(self.state.best_siting_usd, outcome.cost_usd)
        return 0

    def _master(self, branch: Branch) -> MasterOutcome:
        in_time = branch.priced and not self.state.is_begun_again
        most_s = allowances.first_master_s(priced=in_time or not self.many)
        goals: MasterGoals = {
            "time_limit_s": min(most_s, self.master_time_s, max(self.remaining_s(), 1.0)),
            "relative_gap": self.master_gap,
            "cutoff_usd": self.state.cutoff_of(branch, self.relative_gap),
        }
        if self.many and math.isinf(self.state.objective_usd):
            return first_siting(branch.master, **goals)
        if self._in_parts(branch):
            goals["time_limit_s"] = branch.turn_s(self.state, self.relative_gap, self.remaining_s())
            known_usd = self.state.objective_usd if branch.is_split else math.inf
            while_s = WHILE_S if self.many else allowances.PART_S
            return branch.master.solve_split(**goals, known_usd=known_usd, while_s=while_s)
        return branch.master.solve(**goals, to_bound=not self.state.is_far(branch, FAR))

    def _in_parts(self, branch: Branch) -> bool:
        """Return whether a master is searched in parts: the large ones, unless there are many."""
        return branch.is_split or (not self.many and branch.master.is_large)

    def _network(self, branch: Branch, siting: SitingChoice) -> int:
        requirements = fixed_requirements(self.instance, siting)
        self.current = branch.configuration.name
        if not requirements:
            self._offer(siting, NOTHING)
            return 0
        part = network_part(self.instance, siting)
        first = math.isinf(self.state.objective_usd)
        if (requirements, part.caps) in branch.designed:
            # The same siting again: what is left to learn are the costs of its links.
            if self._price(branch, requirements, best=True):
                return 0
            branch.narrowed = True
            before, narrow = self.state.standing(branch), self._narrowed()
            narrow.of_sets(requirements, self.state, self.remaining_s)
            narrow.of_pins(requirements, self.state, self.remaining_s())
            if self.state.standing(branch) == before:
                narrow.of_modes(siting, self.state, self.remaining_s())
            if self.state.standing(branch) == before and not branch.is_behind(self.state):
                self.stuck.add(branch.configuration.name)
            return 0
        is_far = self.state.is_far(branch, FAR)
        is_new = not first and (is_far or not branch.is_promising)
        is_new = is_new and self._price(branch, requirements)
        if is_new and branch.is_promising:
            is_new = is_too_dear(self.instance, self.state, branch, siting, requirements)
        is_new |= self._learn_wide(requirements)
        gap = 0.0 if self.many else self.relative_gap
        if not first and (is_new or self.state.is_better_beside(branch, gap, self.beside)):
            # Its links may cost more than it saves: the master decides, before any design.
            return 0
        branch.designed.append((requirements, part.caps))
        designed = not without_routes(self.instance, siting) and self._design(siting, requirements)
        branch.narrowed |= not designed
        if first and not self.beside.is_on:
            self._price(branch, requirements)
        if not designed and not self._narrowed().learn_why(
            siting, requirements, self.state, self.remaining_s()
        ):
            # No network found for this siting and no proof that none exists: its bound stands.
            self.stuck.add(branch.configuration.name)
            self._spare(branch, requirements)
        return 1

    def _narrowed(self) -> NarrowCuts:
        """Return what makes cuts over the candidates; from now on these are all there are."""
        if self._narrow is None:
            self._narrow = NarrowCuts(self.instance, seed=self.seed)
        return self._narrow

    def _learn_wide(self, requirements: Requirements) -> bool:
        """Learn what the sets of a siting cost over every route; take the routes as candidates."""
        is_new = self._wide.learn(requirements, self.state, self.remaining_s)
        if is_new and self._narrow is None:
            self.instance = self._wide.extended(self.instance)
        return is_new

    def _price(self, branch: Branch, requirements: Requirements, *, best: bool = False) -> bool:
        """Price the links of each set that a siting requires; return whether any price is new."""
        return price_sets(
            self.instance, self.state, branch, requirements, self.remaining_s, best=best
        )

    def _price_again(self, branch: Branch) -> None:
        """Price the links of the incumbent where its configuration is not closed at once."""
        if branch.is_promising or branch.times_out:
            self._price_incumbent(branch)
        if branch.times_out:  # hard to close: the best prices are worth their time
            self._price_incumbent(branch, best=True)

    def _price_incumbent(self, branch: Branch, *, best: bool = False) -> bool:
        siting = self.state.siting
        if siting is None or branch.configuration.name != self.state.found_in:
            return False
        return self._price(branch, fixed_requirements(self.instance, siting), best=best)

    def _design(self, siting: SitingChoice, requirements: Requirements) -> bool:
        """Design the network of a siting within what it leaves of the caps; offer the plan."""
        outcome = self._solve_network(network_part(self.instance, siting), requirements)
        if outcome.choice is not None:
            self._offer(siting, outcome)
        return outcome.choice is not None

    def _solve_network(self, part: Instance, requirements: Requirements) -> NetworkOutcome:
        return solve_network(
            part,
            requirements,
            relative_gap=self.network_relative_gap,
            time_limit_s=allowances.network_s(self.time_limit_s, self.remaining_s()),
            seed=self.seed,
            with_bound=False,
            pace=Pace.SEARCH if self.beside.is_on else Pace.USUAL,
        )

    def _spare(self, branch: Branch, requirements: Requirements) -> None:
        """Look for a siting that leaves its network more of the caps: incumbents only.

        What the network would spend without a cap is kept from the sites, more with every try.
        """
        if not self.instance.caps.upfront_usd:
            return
        spared = [0.0] * len(self.instance.periods)
        for _ in range(allowances.SPARE_TRIES):
            free = self._solve_network(without_spending_cap(self.instance), requirements)
            if free.choice is None or self.remaining_s() <= 0:
                return
            cash = network_cash_usd(self.instance, free.choice)
            spared = [max(usd, MORE * kept) for usd, kept in zip(cash, spared, strict=True)]
            outcome = branch.master.solve(
                time_limit_s=min(allowances.MASTER_TIME_S, max(self.remaining_s(), 1.0)),
                relative_gap=self.master_gap,
                cutoff_usd=self.state.objective_usd,
                spared_usd=spared,
            )
            if outcome.siting is None:
                return
            requirements = fixed_requirements(self.instance, outcome.siting)
            if not requirements:
                self._offer(outcome.siting, NOTHING)
                return
            if self._design(outcome.siting, requirements):
                return

    def _offer(self, siting: SitingChoice, outcome: NetworkOutcome) -> None:
        if outcome.choice is None:
            return
        objective = sum(ledger(self.instance, siting, outcome.choice).costs_usd.values())
        if objective < self.state.objective_usd:
            self.state.objective_usd = objective
            self.state.siting, self.state.network = siting, outcome
            self.state.found_in = self.current
            self.beside.begin(self.instance, siting, outcome)

    def report(self, branches: list[Branch], name: str) -> None:
        """Tell the caller where the run stands."""
        if self.progress is not None:
            elapsed_s = time.perf_counter() - self.started
            self.progress(self.state.progress(branches, elapsed_s, name))

"""The siting master of one configuration: sites, power and modes, and a bound of network cost.

``theta_t`` underestimates the yearly network cost of period t:

* C1: ``theta_t >= sum_l share_l rho_lt`` (:mod:`siting.solve.link_bounds`), and by demand d_lt of a
  link ``theta_t >= sum_l (fixed_l rho_lt + u_l d_lt)`` (:mod:`siting.solve.link_prices`);
* C3: the same with cheaper prices, where a workload may choose its bandwidth level;
* C4: ``sum_t weight_t theta_t >= F (1 - n + sum of what is asked)`` for n links under modes whose
  network costs at least F (:mod:`siting.solve.mode_cuts`);
* C2: ``theta_t >= F(S) - sum_{l in S} alone_l (1 - rho_lt)`` for a link set S whose network costs
  at least F(S) a year. Valid because a network for the links still required, with a stand-alone
  network for each of the others laid over it, serves S: F(S) <= F(S minus R) + sum over R of
  alone_l.

rho_lt is 1 when link l is required in period t: between peers, or between a replica and its home.
Where only some of this must survive failures, C1 adds to the share of a link that does, and there
are C2 cuts of such links too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import pyomo.environ as pyo

from siting.formulation import build_siting_model, mode_split
from siting.formulation.admissibility import Admissibility
from siting.formulation.replicas import checkpoint_required
from siting.formulation.requirements import variable_requirements
from siting.instance import Instance
from siting.solve.demand_cuts import DemandCuts
from siting.solve.demand_limits import DemandLimit
from siting.solve.demand_steps import DemandSteps
from siting.solve.highs import CompiledModel, Outcome, Status
from siting.solve.link_bounds import CapacityShare
from siting.solve.master_outcome import MasterOutcome
from siting.solve.master_rows import (
    capacity_rows,
    linear,
    links_once,
    protected_links,
    required_terms,
    share_rows,
)
from siting.solve.mode_cuts import ModeCut
from siting.solve.no_goods import Asked, asks_as_much
from siting.solve.parts import WHILE_S, WHOLE_S
from siting.solve.pin_cuts import PinCut
from siting.solve.price_rows import PriceRows, Pricing
from siting.solve.set_cuts import Link, SetCut
from siting.solve.siting_choice import read_siting
from siting.solve.split_search import SplitSearch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MILLION = 1e6
RELAXED_S = 60.0
"""Time for a relaxation, s."""
LARGE = 400
"""A master of so many integer variables is searched in parts, if another is not in a hurry."""


class Master:
    """The master of one configuration, kept compiled between rounds."""

    def __init__(
        self,
        instance: Instance,
        shares_usd: Mapping[Link, float],
        admissible: Admissibility,
        *,
        seed: int,
        capacity: Sequence[Mapping[Link, CapacityShare]] = (),
        protected_usd: Mapping[Link, float] | None = None,
        cuts: DemandCuts | None = None,
    ) -> None:
        """Build the siting model with network cost and C1 rows.

        Args:
            instance: the instance of the configuration.
            shares_usd: what a required link is sure to cause in C1.
            admissible: which links can be required.
            seed: random seed of the solver.
            capacity: C3 rows.
            protected_usd: what a link adds to its share in C1 when it must survive failures;
                None where all links must, or none.
            cuts: known cuts of demands; takes those that are found when the master is split.
        """
        self._instance = instance
        model = build_siting_model(instance, admissible)
        reach = mode_split.linked_reach(instance, model.training)
        model.split = mode_split.mode_rows(instance, model, reach)
        model.intake = mode_split.line_rows(instance, model)
        model.least_demand = mode_split.least_demand_rows(instance, model.training)
        model.ends_demand = mode_split.ends_demand_rows(instance, model)
        periods = range(len(instance.periods))
        required = {((i, j), t) for _, t, i, j, _ in model.training.REQUIRED}
        required |= {((i, j), t) for _, t, i, j in model.training.CHECKPOINT_LINKS}
        keys = sorted(required)
        model.RHO = pyo.Set(initialize=[(*link, t) for link, t in keys], dimen=3)
        model.rho = pyo.Var(model.RHO, bounds=(0, 1))
        model.theta = pyo.Var(periods, domain=pyo.NonNegativeReals)
        model.proxy = pyo.Constraint(
            model.training.REQUIRED,
            rule=lambda m, w, t, i, j, k: m.rho[i, j, t] >= m.training.is_required[w, t, i, j, k],
        )
        model.proxy_checkpoint = pyo.Constraint(
            model.training.CHECKPOINT_LINKS,
            rule=lambda m, w, t, i, j: (
                m.rho[i, j, t] >= checkpoint_required(m.training, w, t, (i, j))
            ),
        )
        protected_links(model, instance, asked=protected_usd is not None)
        share_rows(model, shares_usd, protected_usd or {})
        steps = DemandSteps(model, instance, capacity)
        model.capacity = pyo.ConstraintList()
        for shares in capacity:
            capacity_rows(model, instance, shares, steps)
        weights = [period.weight for period in instance.periods]
        model.objective.set_value(
            model.objective.expr + sum(weights[t] * model.theta[t] for t in periods)
        )
        self._model = model
        self._compiled = CompiledModel(model, seed=seed)
        self._cuts = cuts or DemandCuts(instance)
        self._cuts.add_to(model, self._compiled)
        self._prices = PriceRows(instance, model, self._compiled, steps)
        self._whole_s = 0.0
        """Longest time for it as a whole, s."""
        self._split: SplitSearch | None = None
        self._counts_once = False
        if len(model.training.FABRIC_LINKS):  # elsewhere links mostly cost too little to need it
            self.count_links_once()

    @property
    def is_large(self) -> bool:
        """Return whether it is solved sooner in parts than as a whole."""
        return int(self._compiled.integer.sum()) >= LARGE

    def add(self, cut: SetCut) -> None:
        """Add a C2 cut in every period; links that cannot be required here count as absent."""
        proxy = self._model.safe if cut.protected else self._model.rho
        known = set(proxy)
        for t in range(len(self._instance.periods)):
            terms = [(self._model.theta[t], 1.0)]
            constant = cut.cost_usd
            for link in cut.links:
                alone = cut.alone_usd[link]
                constant -= alone
                if (*link, t) in known:
                    terms.append((proxy[(*link, t)], -alone / MILLION))
            self._compiled.add_row(terms, constant / MILLION, math.inf)

    def add_prices(self, prices: Mapping[Link, CapacityShare]) -> None:
        """Add C1 rows in every period: what links cause, and what their demand adds."""
        self._prices.add(prices)

    def count_links_once(self) -> None:
        """Add rows that count a link in full however a relaxation mixes its modes, once."""
        for terms in () if self._counts_once else links_once(self._model):
            self._compiled.add_row(terms, 0.0, math.inf)
        self._counts_once = True

    def add_pins(self, cut: PinCut) -> None:
        """Add a cut from what is pinned in the network."""
        asked = variable_requirements(self._instance, self._model.training)
        last, rho = len(self._instance.periods) - 1, self._model.rho
        if cut.exactly:
            # Not this pattern of links: one of it is not required, or another is.
            others = required_terms((k, v) for k, v in asked.items() if k not in cut.exactly)
            here = [rho[(*link, t)] for link, t in sorted(cut.exactly) if (*link, t) in rho]
            if len(here) == len(cut.exactly):
                terms = [*((var, -1.0) for var in here), *others]
                self._compiled.add_row(terms, 1.0 - len(here), math.inf)
            return
        others = required_terms((k, v) for k, v in asked.items() if k[0] in cut.others)
        if math.isinf(cut.cost_usd):
            self._compiled.add_row(others, 1.0, math.inf)
            return
        terms = [(self._model.theta[last], 1.0)]
        terms += [(var, cut.cost_usd / MILLION * weight) for var, weight in others]
        constant = cut.cost_usd - sum(cut.alone_usd.values())
        for link, alone in cut.alone_usd.items():
            if (*link, last) in rho:
                terms.append((rho[(*link, last)], -alone / MILLION))
        self._compiled.add_row(terms, constant / MILLION, math.inf)

    def forbid(self, links: frozenset[tuple[Link, int]]) -> None:
        """Forbid that all these links are required in these periods together."""
        known = set(self._model.RHO)
        if all((*link, t) in known for link, t in links):
            terms = [(self._model.rho[(*link, t)], 1.0) for link, t in sorted(links)]
            self._compiled.add_row(terms, -math.inf, len(links) - 1)

    def forbid_modes(self, asked: Iterable[Asked]) -> None:
        """Forbid that all these links are required together under modes that ask as much."""
        ways = [self._requiring(item) for item in asked]
        if ways and all(ways):
            terms = [(var, 1.0) for variables in ways for var in variables]
            self._compiled.add_row(terms, -math.inf, len(ways) - 1)

    def add_modes(self, cut: ModeCut) -> None:
        """Add a C4 cut: it holds in full where everything is asked, and says nothing elsewhere."""
        ways = [self._requiring(item, cost=True) for item in cut.asked]
        if ways and all(ways):
            usd = cut.cost_usd / MILLION
            terms = [(self._model.theta[t], x.weight) for t, x in enumerate(self._instance.periods)]
            terms += [(var, -usd) for variables in ways for var in variables]
            self._compiled.add_row(terms, usd * (1 - len(ways)), math.inf)

    def _requiring(self, item: Asked, *, cost: bool = False) -> list[pyo.Var]:
        """Return the variables one of which is 1 when a link is required as asked, or harder.

        With ``cost`` only where an interruption costs as much, too.
        """
        training, w, t, (i, j) = self._model.training, item.workload, item.period, item.link
        if item.mode is None:
            ways = [(w, t, i, j), (w, t, j, i)]
            return [training.is_home[way] for way in ways if way in training.HOMES]
        return [
            training.is_required[w, t, i, j, m]
            for m, mode in enumerate(self._instance.workloads[w].modes)
            if asks_as_much(mode, item.mode)
            and not (cost and mode.interruption_hours < item.mode.interruption_hours)
            and (w, t, i, j, m) in training.REQUIRED
        ]

    def limit_demand(self, limit: DemandLimit) -> None:
        """Keep the demands of a link within what it can carry."""
        asked = variable_requirements(self._instance, self._model.training)
        items = asked.get((limit.link, limit.period), ())
        terms: list[tuple[pyo.Var, float]] = []
        for item in items:
            if item.rtt_limit_ms <= limit.rtt_limit_ms:
                terms += linear(item.gbps)
        if terms:
            self._compiled.add_row(terms, -math.inf, limit.most_gbps)

    def relax(self) -> float:
        """Return the bound of the continuous relaxation, USD."""
        outcome = self._compiled.run(time_limit_s=RELAXED_S, relaxed=True)
        if outcome.status is Status.INFEASIBLE:
            return math.inf
        return outcome.bound * MILLION

    def sharpen(self, pricing: Pricing, enough_usd: float) -> float:
        """Price links as relaxations require them; return the bound then, USD.

        From now on the parts of a search in parts are priced so, too.

        Args:
            pricing: returns prices.
            enough_usd: a bound that is good enough.
        """
        return self._prices.sharpen(pricing, enough_usd)

    def solve(
        self,
        *,
        time_limit_s: float,
        relative_gap: float,
        cutoff_usd: float,
        spared_usd: Sequence[float] = (),
        to_bound: bool = True,
        start: NDArray[np.float64] | None = None,
    ) -> MasterOutcome:
        """Solve the master; only sitings that cost at most ``cutoff_usd`` are of interest.

        Infeasible then means that the cutoff is a bound.

        Args:
            time_limit_s: wall time, s.
            relative_gap: stop at this gap.
            cutoff_usd: largest cost of interest.
            spared_usd: what sites leave of the spending cap of each period. With any, the bound is
                that of the master with less to spend: no bound of the configuration.
            to_bound: with a cutoff the bound counts, not the siting: most likely there is none.
            start: values of all columns to start from.
        """
        self._spare(spared_usd)
        self._compiled.set_cutoff(cutoff_usd / MILLION)
        outcome = self._compiled.run(
            time_limit_s=time_limit_s,
            relative_gap=relative_gap,
            to_bound=to_bound and math.isfinite(cutoff_usd),
            start=start,
        )
        found = self._read(outcome, cutoff_usd)
        self._whole_s = max(self._whole_s, time_limit_s)
        self._spare(())
        return found

    def solve_split(
        self,
        *,
        time_limit_s: float,
        relative_gap: float,
        cutoff_usd: float,
        known_usd: float,
        while_s: float = WHILE_S,
    ) -> MasterOutcome:
        """Go on with a search that splits the master (:mod:`siting.solve.split_search`).

        Args:
            time_limit_s: wall time, s.
            relative_gap: stop at this gap.
            cutoff_usd: largest cost of interest.
            known_usd: cost of the best plan: a siting below it is taken where one comes first.
            while_s: time for a part, s.
        """
        if self._split is None:
            self._split = SplitSearch(
                self._instance,
                self._model,
                self._compiled,
                self._cuts,
                self._prices.price,
                is_tried=self._whole_s >= WHOLE_S,
                while_s=while_s,
            )
        outcome = self._split.run(
            time_limit_s=time_limit_s,
            relative_gap=relative_gap,
            cutoff=cutoff_usd / MILLION,
            known=known_usd / MILLION,
        )
        return self._read(outcome, cutoff_usd)

    def _read(self, outcome: Outcome, cutoff_usd: float) -> MasterOutcome:
        bound = min(outcome.bound * MILLION, cutoff_usd)
        siting, usd = None, outcome.objective * MILLION
        if outcome.values is not None:
            self._compiled.set_cutoff(math.inf)  # that of the last part may be less than it costs
            values = self._compiled.polish(outcome.values)
            siting = read_siting(
                self._instance, self._model, lambda var: self._compiled.value(var, values)
            )
        return MasterOutcome(bound, siting, outcome.status, usd, outcome.values)

    def _spare(self, spared_usd: Sequence[float]) -> None:
        """Lower what sites may spend in each period; by nothing when nothing is given."""
        caps = self._model.site_caps
        for t in caps.SPEND:
            spared = spared_usd[t] if spared_usd else 0.0
            most = self._instance.caps.upfront_usd[t] - spared
            self._compiled.set_bounds(caps.allowance_musd[t], 0.0, max(most, 0.0) / MILLION)

"""Bounds of all configurations from a few small relaxations, before any master is built.

One relaxation for each family (paradigm and fabric of each workload): sites, power and the split of
served MW by mode, without links and network. As it is, with no hub and every campus in reach of
every mode, it bounds all configurations of the family. Each of them sets bounds of columns: its
hub, and which campuses each mode reaches from it. Successive ones differ little, so the dual
simplex method goes on from the last basis.
"""

from __future__ import annotations

import math

import pyomo.environ as pyo

from siting.formulation import build_modes_model
from siting.formulation.admissibility import Admissibility
from siting.formulation.mode_split import line_rows, mode_rows
from siting.formulation.training import possible_links, possible_peers
from siting.instance import Instance
from siting.solve.configurations import Configuration
from siting.solve.highs import CompiledModel, Status

MILLION = 1e6
TIME_S = 60.0

Family = tuple[tuple[str | None, str | None], ...]
Reached = frozenset[tuple[str, int, str, int]]
"""(workload, period, campus, mode) for campuses that a mode can link."""


class Screening:
    """Bounds of the configurations of an instance."""

    def __init__(self, instance: Instance, admissible: Admissibility, *, seed: int) -> None:
        """Prepare; the relaxation of a family is built when its first configuration comes.

        Args:
            instance: the instance.
            admissible: which links can be required.
            seed: random seed of the solver.
        """
        self._instance, self._admissible, self._seed = instance, admissible, seed
        self._families: dict[Family, _Family] = {}

    def bound_usd(self, configuration: Configuration, enough_usd: float = math.inf) -> float:
        """Return a lower bound of every plan of a configuration; infinite when there is none.

        Args:
            configuration: the configuration.
            enough_usd: a bound as high as that may be all that is looked for.
        """
        part = configuration.apply(self._instance)
        reach = reached(part, self._admissible)
        return self._family(configuration).bound_usd(part, reach, enough_usd)

    def family_usd(self, configuration: Configuration) -> float:
        """Return a lower bound of every plan of its family, whatever the hubs."""
        return self._family(configuration).widest_usd

    def _family(self, configuration: Configuration) -> _Family:
        key = tuple((choice.paradigm, choice.fabric) for _, choice in configuration.choices)
        if key not in self._families:
            widest = configuration.with_every_hub().apply(self._instance)
            self._families[key] = _Family(widest, seed=self._seed)
        return self._families[key]


class _Family:
    """The relaxation of a family; every campus is reached until a configuration says otherwise."""

    def __init__(self, instance: Instance, *, seed: int) -> None:
        model = build_modes_model(instance)
        training, placement = model.training, model.placement
        model.split = mode_rows(instance, model, lambda w, t, _, m: training.uses_mode[w, t, m])
        model.intake = line_rows(instance, model)
        hubs = [
            (w, c)
            for w, job in instance.workloads.items()
            if {mode.fabric for mode in job.modes} == {"hub"} and not job.hub_may_move
            for c in job.hubs
        ]
        model.HUBS = pyo.Set(initialize=hubs, dimen=2)
        model.is_hub = pyo.Var(model.HUBS, bounds=(0, 1))
        model.HUB_PERIODS = pyo.Set(
            initialize=[(w, c, t) for w, c in hubs for t in range(len(instance.periods))], dimen=3
        )

        def hub_is_peer(m: pyo.ConcreteModel, w: str, c: str, t: int) -> pyo.Expression:
            modes = range(len(instance.workloads[w].modes))
            multi = sum(training.uses_mode[w, t, k] for k in modes)
            return multi + m.is_hub[w, c] <= 1 + placement.is_peer[c, w, t]

        model.hub_is_peer = pyo.Constraint(model.HUB_PERIODS, rule=hub_is_peer)
        self._model = model
        self._compiled = CompiledModel(model, seed=seed)
        self._compiled.presolve(on=False)
        self.widest_usd = self._relaxed_usd()
        """Bound without any hub, every campus in reach of every mode."""

    def bound_usd(self, part: Instance, reach: Reached, enough_usd: float) -> float:
        """Return the bound of a configuration: of its hubs, and of what its modes reach."""
        model = self._model
        for w, c in model.HUBS:
            chosen = part.workloads[w].hubs == (c,)
            self._compiled.set_bounds(model.is_hub[w, c], float(chosen), float(chosen))
        for key in model.split.SPLIT:
            limit = math.inf if key in reach else 0.0
            self._compiled.set_bounds(model.split.split_mw[key], 0.0, limit)
        return self._relaxed_usd(enough_usd)

    def _relaxed_usd(self, enough_usd: float = math.inf) -> float:
        outcome = self._compiled.relax(time_limit_s=TIME_S, enough=enough_usd / MILLION)
        return math.inf if outcome.status is Status.INFEASIBLE else outcome.bound * MILLION


def reached(part: Instance, admissible: Admissibility) -> Reached:
    """Return which campuses each mode of a configuration can link: with its hub, if it has one."""
    return frozenset(
        (w, t, c, m)
        for w, job in part.workloads.items()
        for t in range(len(part.periods))
        for peers in [possible_peers(part, job, t)]
        for m, mode in enumerate(job.modes)
        for link in possible_links(part, admissible, job, mode, t, peers)
        for c in link
    )

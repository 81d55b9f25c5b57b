"""What the best plan without any multi-site workload would cost, for comparison."""

from __future__ import annotations

import dataclasses
import logging

from siting.formulation import build_siting_model
from siting.instance import Instance
from siting.plan import Alternative
from siting.solve.costing import ledger
from siting.solve.highs import CompiledModel
from siting.solve.network_choice import NO_NETWORK
from siting.solve.siting_choice import SitingChoice, read_siting

_LOG = logging.getLogger(__name__)

MILLION = 1e6
TIME_LIMIT_S = 8.0
TARGET_GAP = 1e-5
CLOSED_GAP = 1e-3
"""A wider gap says too little for a comparison."""


def single_site(instance: Instance, siting: SitingChoice, *, seed: int) -> Alternative | None:
    """Return the best plan with every workload on at most one campus in each period.

    It keeps every rule of power and sites, caps and pins. None when the plan uses at most one
    campus itself, when a workload must be spread (checkpoint copies, blast radius), when something
    is pinned in the network, or when it does not close in a few seconds.

    Args:
        instance: the instance.
        siting: that of the plan.
        seed: random seed of the solver.
    """
    if len({c for c, _ in (*siting.served_mw, *siting.replica_mw)}) <= 1:
        return None
    if instance.pins.given:
        _LOG.info("single site: no plan without a network has what is pinned, nothing to compare")
        return None
    if any(_must_spread(instance, w) for w in instance.workloads):
        _LOG.info("single site: a workload must be spread over campuses, nothing to compare")
        return None
    alone = _alone(instance)
    model = build_siting_model(alone)
    compiled = CompiledModel(model, seed=seed)
    outcome = compiled.run(time_limit_s=TIME_LIMIT_S, relative_gap=TARGET_GAP)
    gap = outcome.objective - outcome.bound
    if outcome.values is None or gap > CLOSED_GAP * abs(outcome.objective):
        _LOG.info("single site: not closed within %g s, left out", TIME_LIMIT_S)
        return None
    values = compiled.polish(outcome.values)
    choice = read_siting(alone, model, lambda var: compiled.value(var, values))
    costs = ledger(alone, choice, NO_NETWORK).costs_usd
    objective = sum(costs.values())
    return Alternative(
        id="single_site",
        objective_usd=objective,
        bound_usd=min(outcome.bound * MILLION, objective),
        costs_usd=costs,
        unserved_mw_years=sum(
            mw * period.years
            for unserved in choice.unserved_mw.values()
            for mw, period in zip(unserved, instance.periods, strict=True)
        ),
        campuses={
            w: tuple(next(iter(choice.peers(w, t)), None) for t in range(len(instance.periods)))
            for w in instance.workloads
        },
    )


def _must_spread(instance: Instance, workload: str) -> bool:
    job = instance.workloads[workload]
    return job.checkpoint_copies > 1 or job.max_share_per_campus < 1 or job.max_share_per_region < 1


def _alone(instance: Instance) -> Instance:
    """Return the instance without modes, replicas and routes."""
    jobs = {
        w: dataclasses.replace(job, modes=(), hubs=(), replica=None, max_peers=1)
        for w, job in instance.workloads.items()
    }
    return dataclasses.replace(instance, workloads=jobs, fiber_routes={}, wave_routes={})

"""Campuses open and IT load placed (capacitated facility location over time).

| symbol | component | unit | meaning |
|---|---|---|---|
| x_ct | is_open | - | campus in service |
| k_ct | built_mw | IT MW | built, non-decreasing |
| p_cwt | served_mw | IT MW | served to a workload |
| a_cwt | is_peer | - | campus serves the workload |
| u_wt | unserved_mw | IT MW | demand not served |
"""

from __future__ import annotations

import pyomo.environ as pyo

from siting.instance import Instance


def placement_block(instance: Instance) -> pyo.Block:
    """Return the block that opens campuses and places IT load."""
    b = pyo.Block(concrete=True)
    campuses, jobs = instance.campuses, instance.workloads
    _declare(b, instance)
    later = [(c, t) for c, t in b.CAMPUS_PERIODS if t > 0]
    b.LATER = pyo.Set(initialize=later, dimen=2)

    @b.Constraint(b.LATER)
    def persistence(b: pyo.Block, c: str, t: int) -> pyo.Expression:
        return b.is_open[c, t] >= b.is_open[c, t - 1]

    @b.Constraint(b.LATER)
    def persistence_built(b: pyo.Block, c: str, t: int) -> pyo.Expression:
        return b.built_mw[c, t] >= b.built_mw[c, t - 1]

    @b.Constraint(b.CAMPUS_PERIODS)
    def campus_limit(b: pyo.Block, c: str, t: int) -> pyo.Expression:
        return b.built_mw[c, t] <= campuses[c].limit_it_mw * b.is_open[c, t]

    served = [
        (c, t) for c, t in b.CAMPUS_PERIODS if any(c in job.campuses for job in jobs.values())
    ]
    b.SERVING = pyo.Set(initialize=served, dimen=2)

    @b.Constraint(b.SERVING)
    def campus_capacity(b: pyo.Block, c: str, t: int) -> pyo.Expression:
        return campus_load_mw(instance, b, c, t) <= b.built_mw[c, t]

    @b.Constraint(b.DEMANDS)
    def demand_balance(b: pyo.Block, w: str, t: int) -> pyo.Expression:
        total = sum(b.served_mw[c, w, t] for c in jobs[w].campuses)
        return total + b.unserved_mw[w, t] == jobs[w].demand_mw[t]

    @b.Constraint(b.SERVICES)
    def peer_minimum(b: pyo.Block, c: str, w: str, t: int) -> pyo.Expression:
        return b.served_mw[c, w, t] >= jobs[w].min_peer_mw * b.is_peer[c, w, t]

    @b.Constraint(b.SERVICES)
    def peer_limit(b: pyo.Block, c: str, w: str, t: int) -> pyo.Expression:
        return b.served_mw[c, w, t] <= peer_limit_mw(instance, c, w, t) * b.is_peer[c, w, t]

    @b.Constraint(b.SERVICES)
    def peer_open(b: pyo.Block, c: str, w: str, t: int) -> pyo.Expression:
        return b.is_peer[c, w, t] <= b.is_open[c, t]

    pinned = [c for c, campus in campuses.items() if campus.pinned]
    b.PINNED = pyo.Set(initialize=pinned)

    @b.Constraint(b.PINNED)
    def pinned_campus(b: pyo.Block, c: str) -> pyo.Expression:
        return b.is_open[c, len(instance.periods) - 1] >= 1

    return b


def _declare(b: pyo.Block, instance: Instance) -> None:
    periods = range(len(instance.periods))
    campuses, jobs = instance.campuses, instance.workloads
    b.CAMPUS_PERIODS = pyo.Set(initialize=[(c, t) for c in campuses for t in periods], dimen=2)
    b.SERVICES = pyo.Set(
        initialize=[(c, w, t) for w, job in jobs.items() for c in job.campuses for t in periods],
        dimen=3,
    )
    b.DEMANDS = pyo.Set(initialize=[(w, t) for w in jobs for t in periods], dimen=2)

    b.is_open = pyo.Var(b.CAMPUS_PERIODS, domain=pyo.Binary)
    b.built_mw = pyo.Var(b.CAMPUS_PERIODS, domain=pyo.NonNegativeReals)
    b.served_mw = pyo.Var(b.SERVICES, domain=pyo.NonNegativeReals)
    b.is_peer = pyo.Var(b.SERVICES, domain=pyo.Binary)
    b.unserved_mw = pyo.Var(b.DEMANDS, domain=pyo.NonNegativeReals)

    for c, t in b.CAMPUS_PERIODS:
        if t < campuses[c].first_period:
            b.is_open[c, t].fix(0)
    for c, w, t in b.SERVICES:
        if peer_limit_mw(instance, c, w, t) < jobs[w].min_peer_mw:
            b.is_peer[c, w, t].fix(0)


def peer_limit_mw(instance: Instance, c: str, w: str, t: int) -> float:
    """Return the most IT MW a campus can serve to a workload in a period: its tightest big-M."""
    campus = instance.campuses[c]
    if t < campus.first_period:
        return 0.0
    feed = sum(
        min(line.capacity_mw, instance.substations[line.substation].headroom_mw[t])
        for line in instance.tie_lines.values()
        if line.campus == c and t >= line.first_period
    )
    return min(campus.limit_it_mw, feed / campus.pue_peak, instance.workloads[w].demand_mw[t])


def campus_load_mw(instance: Instance, b: pyo.Block, c: str, t: int) -> pyo.Expression:
    """Return the IT MW that all workloads draw at a campus."""
    return sum(b.served_mw[c, w, t] for w, job in instance.workloads.items() if c in job.campuses)

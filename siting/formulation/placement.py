"""Campuses open and IT load placed (capacitated facility location over time).

| symbol | component | unit | meaning |
|---|---|---|---|
| x_ct | is_open | - | campus opened anew |
| k_ct | built_mw | IT MW | newly built, non-decreasing |
| p_cwt | served_mw | IT MW | served to a workload at a peer |
| r_cwt | replica_mw | IT MW | served to a workload at a replica |
| a_cwt | is_peer | - | campus is a training peer of the workload |
| b_cwt | is_replica | - | campus is a checkpoint-and-burst replica |
| u_wt | unserved_mw | IT MW | demand not served |
"""

from __future__ import annotations

import pyomo.environ as pyo

from siting.instance import Instance


def placement_block(instance: Instance) -> pyo.Block:
    """Return the block that opens campuses and places IT load."""
    b = pyo.Block(concrete=True)
    _declare(b, instance)
    _campuses(b, instance)
    _peers(b, instance)
    _replicas(b, instance)
    return b


def _campuses(b: pyo.Block, instance: Instance) -> None:
    """What is built, how much load it holds, and the demand that is served."""
    campuses, jobs = instance.campuses, instance.workloads
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
        campus = campuses[c]
        if campus.stands[t]:
            left_mw = max(campus.limit_it_mw - campus.existing_it_mw[t], 0.0)
            return b.built_mw[c, t] <= left_mw
        return b.built_mw[c, t] <= campus.limit_it_mw * b.is_open[c, t]

    served = [
        (c, t) for c, t in b.CAMPUS_PERIODS if any(c in job.campuses for job in jobs.values())
    ]
    b.SERVING = pyo.Set(initialize=served, dimen=2)

    @b.Constraint(b.SERVING)
    def campus_capacity(b: pyo.Block, c: str, t: int) -> pyo.Expression:
        standing_mw = campuses[c].existing_it_mw[t]
        return campus_load_mw(instance, b, c, t) <= b.built_mw[c, t] + standing_mw

    @b.Constraint(b.DEMANDS)
    def demand_balance(b: pyo.Block, w: str, t: int) -> pyo.Expression:
        return workload_mw(instance, b, w, t) + b.unserved_mw[w, t] == jobs[w].demand_mw[t]

    last = len(instance.periods) - 1
    b.PINNED = pyo.Set(
        initialize=[c for c, x in campuses.items() if x.pinned and not x.stands[last]]
    )

    @b.Constraint(b.PINNED)
    def pinned_campus(b: pyo.Block, c: str) -> pyo.Expression:
        return b.is_open[c, last] >= 1


def _peers(b: pyo.Block, instance: Instance) -> None:
    jobs = instance.workloads

    @b.Constraint(b.SERVICES)
    def peer_minimum(b: pyo.Block, c: str, w: str, t: int) -> pyo.Expression:
        return b.served_mw[c, w, t] >= jobs[w].min_peer_mw * b.is_peer[c, w, t]

    @b.Constraint(b.SERVICES)
    def peer_limit(b: pyo.Block, c: str, w: str, t: int) -> pyo.Expression:
        return b.served_mw[c, w, t] <= peer_limit_mw(instance, c, w, t) * b.is_peer[c, w, t]

    @b.Constraint(b.SERVICES)
    def peer_open(b: pyo.Block, c: str, w: str, t: int) -> pyo.Expression:
        if instance.campuses[c].stands[t]:
            return pyo.Constraint.Skip
        roles = b.is_peer[c, w, t]
        if jobs[w].replica is not None:
            roles += b.is_replica[c, w, t]
        return roles <= b.is_open[c, t]


def _replicas(b: pyo.Block, instance: Instance) -> None:
    """Roles of workloads that may have replicas; the links are the training block's."""
    rules = {w: job.replica for w, job in instance.workloads.items() if job.replica is not None}

    @b.Constraint(b.REPLICAS)
    def replica_minimum(b: pyo.Block, c: str, w: str, t: int) -> pyo.Expression:
        return b.replica_mw[c, w, t] >= rules[w].min_mw * b.is_replica[c, w, t]

    @b.Constraint(b.REPLICAS)
    def replica_limit(b: pyo.Block, c: str, w: str, t: int) -> pyo.Expression:
        most = replica_limit_mw(instance, c, w, t)
        return b.replica_mw[c, w, t] <= most * b.is_replica[c, w, t]

    @b.Constraint(b.REPLICAS)
    def replica_role(b: pyo.Block, c: str, w: str, t: int) -> pyo.Expression:
        return b.is_peer[c, w, t] + b.is_replica[c, w, t] <= 1

    b.WITH_REPLICAS = pyo.Set(initialize=[(w, t) for w, t in b.DEMANDS if w in rules], dimen=2)

    @b.Constraint(b.WITH_REPLICAS)
    def replica_share(b: pyo.Block, w: str, t: int) -> pyo.Expression:
        at_replicas = sum(b.replica_mw[c, w, t] for c in instance.workloads[w].campuses)
        return at_replicas <= rules[w].max_share * workload_mw(instance, b, w, t)


def _declare(b: pyo.Block, instance: Instance) -> None:
    periods = range(len(instance.periods))
    campuses, jobs = instance.campuses, instance.workloads
    b.CAMPUS_PERIODS = pyo.Set(initialize=[(c, t) for c in campuses for t in periods], dimen=2)
    b.SERVICES = pyo.Set(
        initialize=[(c, w, t) for w, job in jobs.items() for c in job.campuses for t in periods],
        dimen=3,
    )
    b.REPLICAS = pyo.Set(
        initialize=[(c, w, t) for c, w, t in b.SERVICES if jobs[w].replica is not None], dimen=3
    )
    b.DEMANDS = pyo.Set(initialize=[(w, t) for w in jobs for t in periods], dimen=2)

    b.is_open = pyo.Var(b.CAMPUS_PERIODS, domain=pyo.Binary)
    b.built_mw = pyo.Var(b.CAMPUS_PERIODS, domain=pyo.NonNegativeReals)
    b.served_mw = pyo.Var(b.SERVICES, domain=pyo.NonNegativeReals)
    b.is_peer = pyo.Var(b.SERVICES, domain=pyo.Binary)
    b.replica_mw = pyo.Var(b.REPLICAS, domain=pyo.NonNegativeReals)
    b.is_replica = pyo.Var(b.REPLICAS, domain=pyo.Binary)
    b.unserved_mw = pyo.Var(b.DEMANDS, domain=pyo.NonNegativeReals)

    for c, t in b.CAMPUS_PERIODS:
        if t < campuses[c].first_period:
            b.is_open[c, t].fix(0)
            if campuses[c].stands[t]:
                b.built_mw[c, t].fix(0)
    for c, w, t in b.SERVICES:
        if peer_limit_mw(instance, c, w, t) < jobs[w].min_peer_mw:
            b.is_peer[c, w, t].fix(0)
    for c, w, t in b.REPLICAS:
        rule = jobs[w].replica
        if rule is not None and replica_limit_mw(instance, c, w, t) < rule.min_mw:
            b.is_replica[c, w, t].fix(0)


def peer_limit_mw(instance: Instance, c: str, w: str, t: int) -> float:
    """Return the most IT MW a campus can serve to a workload in a period: its tightest big-M."""
    campus, job = instance.campuses[c], instance.workloads[w]
    if t >= campus.first_period:
        room_mw = campus.limit_it_mw
    else:
        room_mw = campus.existing_it_mw[t] if campus.stands[t] else 0.0
    if room_mw <= 0:
        return 0.0
    most_mw = job.max_share_per_campus * job.demand_mw[t]
    return min(room_mw, feed_limit_mw(instance, c, t) / campus.pue_peak, most_mw)


def replica_limit_mw(instance: Instance, c: str, w: str, t: int) -> float:
    """Return the most IT MW a campus can serve to a workload as its replica in a period."""
    job = instance.workloads[w]
    share = 0.0 if job.replica is None else job.replica.max_share
    return min(peer_limit_mw(instance, c, w, t), share * job.demand_mw[t])


def feed_limit_mw(instance: Instance, c: str, t: int) -> float:
    """Return the most facility MW that lines and own generation can bring to a campus."""
    lines = sum(
        min(line.capacity_mw, substation_limit_mw(instance, line.substation, t))
        for line in instance.tie_lines.values()
        if line.campus == c and (line.stands[t] or t >= line.first_period)
    )
    return lines + sum(
        unit.limit_mw
        for unit in instance.bridging.values()
        if unit.campus == c and t >= unit.first_period
    )


def substation_limit_mw(instance: Instance, s: str, t: int) -> float:
    """Return the most facility MW that a substation can supply, every upgrade in service."""
    substation = instance.substations[s]
    added_mw = sum(
        upgrade.added_mw
        for upgrade in instance.upgrades.values()
        if s in upgrade.substations and t >= upgrade.first_period
    )
    return substation.headroom_mw[t] + added_mw + substation.existing_mw[t]


def campus_load_mw(instance: Instance, b: pyo.Block, c: str, t: int) -> pyo.Expression:
    """Return the IT MW that all workloads draw at a campus, at peers and replicas."""
    return sum(
        _served_mw(instance, b, c, w, t)
        for w, job in instance.workloads.items()
        if c in job.campuses
    )


def workload_mw(instance: Instance, b: pyo.Block, w: str, t: int) -> pyo.Expression:
    """Return the IT MW served to a workload, at peers and replicas."""
    return sum(_served_mw(instance, b, c, w, t) for c in instance.workloads[w].campuses)


def _served_mw(instance: Instance, b: pyo.Block, c: str, w: str, t: int) -> pyo.Expression:
    if instance.workloads[w].replica is None:
        return b.served_mw[c, w, t]
    return b.served_mw[c, w, t] + b.replica_mw[c, w, t]

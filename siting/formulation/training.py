"""One operating mode per workload and period, required links and their demand.

| symbol | component | unit | meaning |
|---|---|---|---|
| mu_wtm | uses_mode | - | mode m in period t |
| chi_wpf | uses_family | - | paradigm p and fabric f, the same in all periods |
| hub_wc | is_hub | - | hub campus |
| q_wtm | served_in_mode_mw | IT MW | served MW charged with the mode's loss |
| lambda_wtlm | is_required | - | link l required under mode m |
| b_wtl | second_is_smaller | - | the link's second campus bounds its demand |
| d_wtlm | demand_gbps | Gb/s | demand of the link under mode m |
"""

from __future__ import annotations

import itertools

import pyomo.environ as pyo

from siting.formulation.admissibility import Admissibility
from siting.formulation.placement import peer_limit_mw
from siting.instance import Instance
from siting.instance.records import Mode, Workload

Link = tuple[str, str]


def training_block(
    instance: Instance, placement: pyo.Block, admissible: Admissibility
) -> pyo.Block:
    """Return the block that chooses modes and requires links."""
    b = pyo.Block(concrete=True)
    _declare(b, instance, admissible)
    _modes(b, instance, placement)
    _served(b, instance, placement)
    _hubs(b, instance, placement)
    _links(b, instance, placement)
    return b


def possible_links(admissible: Admissibility, job: Workload, mode: Mode, period: int) -> list[Link]:
    """Return the links that a mode may require in a period."""
    hubs = set(job.hubs)
    return [
        pair
        for pair in itertools.combinations(sorted(job.campuses), 2)
        if (mode.fabric != "hub" or hubs & set(pair))
        and admissible(pair, period, mode.link_rtt_limit_ms, protected=job.survival_fraction > 0)
    ]


def _declare(b: pyo.Block, instance: Instance, admissible: Admissibility) -> None:
    periods = range(len(instance.periods))
    jobs = instance.workloads
    b.JOB_PERIODS = pyo.Set(initialize=[(w, t) for w in jobs for t in periods], dimen=2)
    b.MODES = pyo.Set(
        initialize=[(w, t, m) for w in jobs for t in periods for m in range(len(jobs[w].modes))],
        dimen=3,
    )
    families = [
        (w, p, f)
        for w, job in jobs.items()
        for p, f in sorted({(mode.paradigm, mode.fabric) for mode in job.modes})
    ]
    b.FAMILIES = pyo.Set(initialize=families, dimen=3)
    b.HUBS = pyo.Set(
        initialize=[
            (w, c)
            for w, job in jobs.items()
            if any(mode.fabric == "hub" for mode in job.modes)
            for c in job.hubs
        ],
        dimen=2,
    )
    required = [
        (w, t, *link, m)
        for w, job in jobs.items()
        for m, mode in enumerate(job.modes)
        for t in periods
        for link in possible_links(admissible, job, mode, t)
    ]
    b.REQUIRED = pyo.Set(initialize=required, dimen=5)
    b.LINKS = pyo.Set(initialize=sorted({(w, t, i, j) for w, t, i, j, _ in required}), dimen=4)
    b.uses_mode = pyo.Var(b.MODES, domain=pyo.Binary)
    b.uses_family = pyo.Var(b.FAMILIES, domain=pyo.Binary)
    b.is_hub = pyo.Var(b.HUBS, domain=pyo.Binary)
    b.served_in_mode_mw = pyo.Var(b.MODES, domain=pyo.NonNegativeReals)
    b.served_alone_mw = pyo.Var(b.JOB_PERIODS, domain=pyo.NonNegativeReals)
    b.is_required = pyo.Var(b.REQUIRED, bounds=(0, 1))
    b.second_is_smaller = pyo.Var(b.LINKS, domain=pyo.Binary)
    b.demand_gbps = pyo.Var(b.REQUIRED, domain=pyo.NonNegativeReals)


def _modes(b: pyo.Block, instance: Instance, placement: pyo.Block) -> None:
    jobs = instance.workloads

    def peers(w: str, t: int) -> pyo.Expression:
        return sum(placement.is_peer[c, w, t] for c in jobs[w].campuses)

    b.MODED = pyo.Set(initialize=[k for k in b.JOB_PERIODS if jobs[k[0]].modes], dimen=2)

    @b.Constraint(b.MODED)
    def single_mode(b: pyo.Block, w: str, t: int) -> pyo.Expression:
        return _multi(b, instance, w, t) <= 1

    @b.Constraint(b.JOB_PERIODS)
    def peer_count(b: pyo.Block, w: str, t: int) -> pyo.Expression:
        extra = sum(
            (mode.peers_max - 1) * b.uses_mode[w, t, m] for m, mode in enumerate(jobs[w].modes)
        )
        return peers(w, t) <= 1 + extra

    @b.Constraint(b.MODED)
    def peer_count_least(b: pyo.Block, w: str, t: int) -> pyo.Expression:
        least = sum(mode.peers_min * b.uses_mode[w, t, m] for m, mode in enumerate(jobs[w].modes))
        return peers(w, t) >= least

    b.WITH_FAMILY = pyo.Set(
        initialize=[(w, p, f, t) for w, p, f in b.FAMILIES for t in range(len(instance.periods))],
        dimen=4,
    )

    @b.Constraint(b.WITH_FAMILY)
    def same_paradigm(b: pyo.Block, w: str, p: str, f: str, t: int) -> pyo.Expression:
        chosen = sum(
            b.uses_mode[w, t, m]
            for m, mode in enumerate(jobs[w].modes)
            if (mode.paradigm, mode.fabric) == (p, f)
        )
        return chosen <= b.uses_family[w, p, f]

    b.JOBS = pyo.Set(initialize=sorted({w for w, _, _ in b.FAMILIES}))

    @b.Constraint(b.JOBS)
    def one_family(b: pyo.Block, w: str) -> pyo.Expression:
        return sum(b.uses_family[k] for k in b.FAMILIES if k[0] == w) <= 1


def _multi(b: pyo.Block, instance: Instance, w: str, t: int) -> pyo.Expression:
    """1 when a workload runs on several campuses."""
    return sum(b.uses_mode[w, t, m] for m in range(len(instance.workloads[w].modes)))


def _served(b: pyo.Block, instance: Instance, placement: pyo.Block) -> None:
    jobs = instance.workloads

    @b.Constraint(b.MODES)
    def served_in_mode(b: pyo.Block, w: str, t: int, m: int) -> pyo.Expression:
        return b.served_in_mode_mw[w, t, m] <= jobs[w].demand_mw[t] * b.uses_mode[w, t, m]

    @b.Constraint(b.JOB_PERIODS)
    def served_alone(b: pyo.Block, w: str, t: int) -> pyo.Expression:
        most = max((peer_limit_mw(instance, c, w, t) for c in jobs[w].campuses), default=0.0)
        return b.served_alone_mw[w, t] <= most * (1 - _multi(b, instance, w, t))

    @b.Constraint(b.JOB_PERIODS)
    def served_by_mode(b: pyo.Block, w: str, t: int) -> pyo.Expression:
        served = sum(placement.served_mw[c, w, t] for c in jobs[w].campuses)
        in_modes = sum(b.served_in_mode_mw[w, t, m] for m in range(len(jobs[w].modes)))
        return in_modes + b.served_alone_mw[w, t] == served


def _hubs(b: pyo.Block, instance: Instance, placement: pyo.Block) -> None:
    jobs = instance.workloads
    b.HUB_JOBS = pyo.Set(initialize=sorted({w for w, _ in b.HUBS}))

    @b.Constraint(b.HUB_JOBS)
    def one_hub(b: pyo.Block, w: str) -> pyo.Expression:
        hub_families = sum(b.uses_family[k] for k in b.FAMILIES if k[0] == w and k[2] == "hub")
        return sum(b.is_hub[k] for k in b.HUBS if k[0] == w) == hub_families

    b.HUB_PERIODS = pyo.Set(
        initialize=[(w, c, t) for w, c in b.HUBS for t in range(len(instance.periods))], dimen=3
    )

    @b.Constraint(b.HUB_PERIODS)
    def hub_is_peer(b: pyo.Block, w: str, c: str, t: int) -> pyo.Expression:
        modes = sum(
            b.uses_mode[w, t, m] for m, mode in enumerate(jobs[w].modes) if mode.fabric == "hub"
        )
        return modes + b.is_hub[w, c] <= 1 + placement.is_peer[c, w, t]


def _links(b: pyo.Block, instance: Instance, placement: pyo.Block) -> None:
    jobs = instance.workloads
    periods = range(len(instance.periods))
    by_link: dict[tuple[str, int, str, str, str], list[int]] = {}
    for w, t, i, j, m in b.REQUIRED:
        by_link.setdefault((w, t, i, j, jobs[w].modes[m].fabric), []).append(m)

    def required(b: pyo.Block, w: str, t: int, link: Link, fabric: str) -> pyo.Expression:
        return sum(b.is_required[w, t, *link, m] for m in by_link.get((w, t, *link, fabric), []))

    def families(b: pyo.Block, w: str, fabric: str) -> pyo.Expression:
        return sum(b.uses_family[k] for k in b.FAMILIES if k[0] == w and k[2] == fabric)

    meshes = [w for w, _, f in b.FAMILIES if f == "mesh"]
    b.MESH_PAIRS = pyo.Set(
        initialize=[
            (w, t, i, j)
            for w in dict.fromkeys(meshes)
            for i, j in itertools.combinations(sorted(jobs[w].campuses), 2)
            for t in periods
        ],
        dimen=4,
    )
    b.HUB_PAIRS = pyo.Set(
        initialize=[
            (w, t, h, o) for w, h in b.HUBS for o in jobs[w].campuses if o != h for t in periods
        ],
        dimen=4,
    )

    @b.Constraint(b.MESH_PAIRS)
    def link_required(b: pyo.Block, w: str, t: int, i: str, j: str) -> pyo.Expression:
        # Two peers need a mode; unless it is of a hub family, it requires the link.
        both = placement.is_peer[i, w, t] + placement.is_peer[j, w, t]
        return both <= 1 + required(b, w, t, (i, j), "mesh") + families(b, w, "hub")

    @b.Constraint(b.HUB_PAIRS)
    def link_required_hub(b: pyo.Block, w: str, t: int, h: str, o: str) -> pyo.Expression:
        both = placement.is_peer[h, w, t] + placement.is_peer[o, w, t]
        return both + b.is_hub[w, h] <= 2 + required(b, w, t, (min(h, o), max(h, o)), "hub")

    @b.Constraint(b.REQUIRED)
    def required_in_mode(b: pyo.Block, w: str, t: int, i: str, j: str, m: int) -> pyo.Expression:
        return b.is_required[w, t, i, j, m] <= b.uses_mode[w, t, m]

    @b.Constraint(b.REQUIRED)
    def link_demand(b: pyo.Block, w: str, t: int, i: str, j: str, m: int) -> pyo.Expression:
        floor = jobs[w].modes[m].collective_gbps
        return b.demand_gbps[w, t, i, j, m] >= floor * b.is_required[w, t, i, j, m]

    b.FABRIC_LINKS = pyo.Set(
        initialize=[k for k in b.REQUIRED if jobs[k[0]].modes[k[4]].gbps_per_it_mw > 0], dimen=5
    )

    @b.Constraint(b.FABRIC_LINKS)
    def link_demand_first(b: pyo.Block, w: str, t: int, i: str, j: str, m: int) -> pyo.Expression:
        slack = b.second_is_smaller[w, t, i, j] + 1 - b.is_required[w, t, i, j, m]
        return _end_demand(b, instance, placement, (w, t, i, j, m), i, slack)

    @b.Constraint(b.FABRIC_LINKS)
    def link_demand_second(b: pyo.Block, w: str, t: int, i: str, j: str, m: int) -> pyo.Expression:
        slack = 1 - b.second_is_smaller[w, t, i, j] + 1 - b.is_required[w, t, i, j, m]
        return _end_demand(b, instance, placement, (w, t, i, j, m), j, slack)


def _end_demand(
    b: pyo.Block,
    instance: Instance,
    placement: pyo.Block,
    key: tuple[str, int, str, str, int],
    end: str,
    slack: pyo.Expression,
) -> pyo.Expression:
    """Demand is at least kappa times the load of ``end``, unless ``slack`` is 1 or more."""
    w, t, _, _, m = key
    kappa = instance.workloads[w].modes[m].gbps_per_it_mw
    most = peer_limit_mw(instance, end, w, t)
    return b.demand_gbps[key] >= kappa * (placement.served_mw[end, w, t] - most * slack)

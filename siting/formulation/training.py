"""One operating mode per workload and period, required links and their demand.

| symbol | component | unit | meaning |
|---|---|---|---|
| mu_wtm | uses_mode | - | mode m in period t |
| chi_wpf | uses_family | - | paradigm p and fabric f, the same in all periods |
| q_wtm | served_in_mode_mw | IT MW | served MW charged with the mode's loss |
| lambda_wtlm | is_required | - | link l required under mode m |
| b_wtl | second_is_smaller | - | the link's second campus bounds its demand |
| d_wtlm | demand_gbps | Gb/s | demand of the link under mode m |

Hubs, rings and the links of replicas have files of their own (:mod:`siting.formulation.hubs`,
:mod:`~siting.formulation.rings`, :mod:`~siting.formulation.replicas`).
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable

import pyomo.environ as pyo

from siting.formulation.admissibility import Admissibility
from siting.formulation.hubs import Required, declare_hubs, hub_rows
from siting.formulation.placement import peer_limit_mw
from siting.formulation.replicas import declare_replicas, replica_rows
from siting.formulation.rings import LEAST_RING, declare_rings, ring_rows
from siting.formulation.sums import sum_of
from siting.instance import Instance
from siting.instance.records import Mode, Workload

Link = tuple[str, str]


def training_block(
    instance: Instance, placement: pyo.Block, admissible: Admissibility
) -> pyo.Block:
    """Return the block that chooses modes and requires links."""
    b = pyo.Block(concrete=True)
    _declare_modes(b, instance)
    _declare_links(b, instance, admissible)
    declare_hubs(b, instance)
    declare_rings(b, instance)
    declare_replicas(b, instance, placement, admissible)
    _modes(b, instance, placement)
    _served(b, instance, placement)
    required = _required_by_fabric(b, instance)
    _meshes(b, instance, placement, required)
    hub_rows(b, instance, placement, required)
    ring_rows(b, instance, placement, required)
    replica_rows(b, placement)
    _demands(b, instance, placement)
    return b


def modes_block(instance: Instance, placement: pyo.Block) -> pyo.Block:
    """Return the block that chooses modes without their links: a relaxation."""
    b = pyo.Block(concrete=True)
    _declare_modes(b, instance)
    _modes(b, instance, placement)
    _served(b, instance, placement)
    return b


def possible_peers(instance: Instance, job: Workload, period: int) -> list[str]:
    """Return the campuses that can serve a workload as its peers in a period, in order."""
    return [
        c
        for c in sorted(job.campuses)
        if peer_limit_mw(instance, c, job.id, period) >= job.min_peer_mw
    ]


def possible_links(
    instance: Instance,
    admissible: Admissibility,
    job: Workload,
    mode: Mode,
    period: int,
    peers: list[str],
) -> list[Link]:
    """Return the links that a mode may require in a period, between possible peers of it."""
    transit = instance.ring_transit and mode.fabric == "ring" and mode.peers_min >= LEAST_RING
    pairs: Iterable[Link] = itertools.combinations(peers, 2)
    if mode.fabric == "hub":
        hubs = [h for h in job.hubs if h in peers]
        pairs = sorted({(min(h, c), max(h, c)) for h in hubs for c in peers if c != h})
    return [
        pair
        for pair in pairs
        if admissible(
            pair,
            period,
            mode.link_rtt_limit_ms,
            protected=job.survival_fraction > 0,
            transit=transit,
        )
    ]


def _declare_modes(b: pyo.Block, instance: Instance) -> None:
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
    b.uses_mode = pyo.Var(b.MODES, domain=pyo.Binary)
    b.uses_family = pyo.Var(b.FAMILIES, domain=pyo.Binary)
    b.served_in_mode_mw = pyo.Var(b.MODES, domain=pyo.NonNegativeReals)
    b.served_alone_mw = pyo.Var(b.JOB_PERIODS, domain=pyo.NonNegativeReals)


def _declare_links(b: pyo.Block, instance: Instance, admissible: Admissibility) -> None:
    periods = range(len(instance.periods))
    peers = {
        (w, t): possible_peers(instance, job, t)
        for w, job in instance.workloads.items()
        for t in periods
    }
    required = [
        (w, t, *link, m)
        for w, job in instance.workloads.items()
        for m, mode in enumerate(job.modes)
        for t in periods
        for link in possible_links(instance, admissible, job, mode, t, peers[w, t])
    ]
    b.REQUIRED = pyo.Set(initialize=required, dimen=5)
    b.LINKS = pyo.Set(initialize=sorted({(w, t, i, j) for w, t, i, j, _ in required}), dimen=4)
    b.is_required = pyo.Var(b.REQUIRED, bounds=(0, 1))
    b.second_is_smaller = pyo.Var(b.LINKS, domain=pyo.Binary)
    b.demand_gbps = pyo.Var(b.REQUIRED, domain=pyo.NonNegativeReals)


def _modes(b: pyo.Block, instance: Instance, placement: pyo.Block) -> None:
    jobs = instance.workloads

    def peers(w: str, t: int) -> pyo.Expression:
        return sum_of(placement.is_peer[c, w, t] for c in jobs[w].campuses)

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
    return sum_of(b.uses_mode[w, t, m] for m in range(len(instance.workloads[w].modes)))


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


def _required_by_fabric(b: pyo.Block, instance: Instance) -> Required:
    """Return the expression of a link required under the modes of one fabric."""
    by_link: dict[tuple[str, int, str, str, str], list[int]] = {}
    for w, t, i, j, m in b.REQUIRED:
        fabric = instance.workloads[w].modes[m].fabric
        by_link.setdefault((w, t, i, j, fabric), []).append(m)

    def required(w: str, t: int, link: Link, fabric: str) -> pyo.Expression:
        return sum_of(b.is_required[w, t, *link, m] for m in by_link.get((w, t, *link, fabric), []))

    return required


def _meshes(b: pyo.Block, instance: Instance, placement: pyo.Block, required: Required) -> None:
    """Every pair of peers of a mesh is a required link."""
    jobs = instance.workloads
    b.MESH_PAIRS = pyo.Set(
        initialize=[
            (w, t, i, j)
            for w in dict.fromkeys(w for w, _, f in b.FAMILIES if f == "mesh")
            for i, j in itertools.combinations(sorted(jobs[w].campuses), 2)
            for t in range(len(instance.periods))
        ],
        dimen=4,
    )

    @b.Constraint(b.MESH_PAIRS)
    def link_required(b: pyo.Block, w: str, t: int, i: str, j: str) -> pyo.Expression:
        # Two peers need a mode; unless it is of another fabric, it requires the link.
        both = placement.is_peer[i, w, t] + placement.is_peer[j, w, t]
        others = sum(b.uses_family[k] for k in b.FAMILIES if k[0] == w and k[2] != "mesh")
        return both <= 1 + required(w, t, (i, j), "mesh") + others


def _demands(b: pyo.Block, instance: Instance, placement: pyo.Block) -> None:
    """What a required link must carry; the smaller end counts."""
    jobs = instance.workloads
    end_mw = _end_mw(instance, placement)

    @b.Constraint(b.REQUIRED)
    def required_in_mode(b: pyo.Block, w: str, t: int, i: str, j: str, m: int) -> pyo.Expression:
        return b.is_required[w, t, i, j, m] <= b.uses_mode[w, t, m]

    @b.Constraint(b.REQUIRED)
    def link_demand(b: pyo.Block, w: str, t: int, i: str, j: str, m: int) -> pyo.Expression:
        floor = jobs[w].modes[m].floor_gbps
        return b.demand_gbps[w, t, i, j, m] >= floor * b.is_required[w, t, i, j, m]

    b.FABRIC_LINKS = pyo.Set(
        initialize=[k for k in b.REQUIRED if jobs[k[0]].modes[k[4]].gbps_per_it_mw > 0], dimen=5
    )
    b.FRONTEND_LINKS = pyo.Set(
        initialize=[k for k in b.REQUIRED if jobs[k[0]].modes[k[4]].frontend_gbps_per_it_mw > 0],
        dimen=5,
    )

    def first(b: pyo.Block, w: str, t: int, i: str, j: str, m: int) -> pyo.Expression:
        slack = b.second_is_smaller[w, t, i, j] + 1 - b.is_required[w, t, i, j, m]
        return end_mw(i, w, t, slack)

    def second(b: pyo.Block, w: str, t: int, i: str, j: str, m: int) -> pyo.Expression:
        slack = 1 - b.second_is_smaller[w, t, i, j] + 1 - b.is_required[w, t, i, j, m]
        return end_mw(j, w, t, slack)

    def extension(w: str, m: int) -> float:
        mode = jobs[w].modes[m]
        return mode.gbps_per_it_mw + mode.frontend_gbps_per_it_mw

    @b.Constraint(b.FABRIC_LINKS)
    def link_demand_first(b: pyo.Block, w: str, t: int, i: str, j: str, m: int) -> pyo.Expression:
        return b.demand_gbps[w, t, i, j, m] >= extension(w, m) * first(b, w, t, i, j, m)

    @b.Constraint(b.FABRIC_LINKS)
    def link_demand_second(b: pyo.Block, w: str, t: int, i: str, j: str, m: int) -> pyo.Expression:
        return b.demand_gbps[w, t, i, j, m] >= extension(w, m) * second(b, w, t, i, j, m)

    @b.Constraint(b.FRONTEND_LINKS)
    def link_demand_floor_first(
        b: pyo.Block, w: str, t: int, i: str, j: str, m: int
    ) -> pyo.Expression:
        mode, end = jobs[w].modes[m], first(b, w, t, i, j, m)
        floor = mode.floor_gbps * b.is_required[w, t, i, j, m]
        return b.demand_gbps[w, t, i, j, m] >= floor + mode.frontend_gbps_per_it_mw * end

    @b.Constraint(b.FRONTEND_LINKS)
    def link_demand_floor_second(
        b: pyo.Block, w: str, t: int, i: str, j: str, m: int
    ) -> pyo.Expression:
        mode, end = jobs[w].modes[m], second(b, w, t, i, j, m)
        floor = mode.floor_gbps * b.is_required[w, t, i, j, m]
        return b.demand_gbps[w, t, i, j, m] >= floor + mode.frontend_gbps_per_it_mw * end


def _end_mw(
    instance: Instance, placement: pyo.Block
) -> Callable[[str, str, int, pyo.Expression], pyo.Expression]:
    """Return what gives the IT MW served at an end of a link: at most 0 where a slack is 1."""

    @functools.cache
    def most_mw(c: str, w: str, t: int) -> float:
        return peer_limit_mw(instance, c, w, t)

    def end_mw(c: str, w: str, t: int, slack: pyo.Expression) -> pyo.Expression:
        return placement.served_mw[c, w, t] - most_mw(c, w, t) * slack

    return end_mw

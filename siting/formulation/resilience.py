"""How much of a workload one campus or one grid region may hold, and where checkpoints lie.

| symbol | component | unit | meaning |
|---|---|---|---|
| v_wgt | holds_copy | - | a peer or replica lies in grid region g |
"""

from __future__ import annotations

import pyomo.environ as pyo

from siting.formulation.placement import workload_mw
from siting.instance import Instance


def resilience_block(instance: Instance, placement: pyo.Block) -> pyo.Block:
    """Return the block of blast radius and checkpoint copies; no rows where nothing is asked."""
    b = pyo.Block(concrete=True)
    _blast_radius(b, instance, placement)
    _checkpoint_copies(b, instance, placement)
    return b


def regions(instance: Instance, w: str) -> dict[str, list[str]]:
    """Return the campuses that a workload may use, by grid region."""
    found: dict[str, list[str]] = {}
    for c in instance.workloads[w].campuses:
        found.setdefault(instance.campuses[c].grid_region, []).append(c)
    return found


def _blast_radius(b: pyo.Block, instance: Instance, placement: pyo.Block) -> None:
    jobs = instance.workloads
    b.LIMITED = pyo.Set(
        initialize=[k for k in placement.SERVICES if jobs[k[1]].max_share_per_campus < 1], dimen=3
    )
    b.LIMITED_REGIONS = pyo.Set(
        initialize=[
            (w, g, t)
            for w, t in placement.DEMANDS
            if jobs[w].max_share_per_region < 1
            for g in regions(instance, w)
        ],
        dimen=3,
    )

    def served(w: str, t: int, campuses: list[str]) -> pyo.Expression:
        peers = sum(placement.served_mw[c, w, t] for c in campuses)
        if jobs[w].replica is None:
            return peers
        return peers + sum(placement.replica_mw[c, w, t] for c in campuses)

    @b.Constraint(b.LIMITED)
    def blast_radius(_: pyo.Block, c: str, w: str, t: int) -> pyo.Expression:
        whole = workload_mw(instance, placement, w, t)
        return served(w, t, [c]) <= jobs[w].max_share_per_campus * whole

    @b.Constraint(b.LIMITED_REGIONS)
    def blast_radius_region(_: pyo.Block, w: str, g: str, t: int) -> pyo.Expression:
        whole = workload_mw(instance, placement, w, t)
        return served(w, t, regions(instance, w)[g]) <= jobs[w].max_share_per_region * whole


def _checkpoint_copies(b: pyo.Block, instance: Instance, placement: pyo.Block) -> None:
    """Whoever serves needs ``checkpoint_copies`` regions that hold a peer or a replica."""
    jobs = instance.workloads
    copied = [(w, t) for w, t in placement.DEMANDS if jobs[w].checkpoint_copies > 1]
    b.COPIES = pyo.Set(
        initialize=[(w, g, t) for w, t in copied for g in regions(instance, w)], dimen=3
    )
    b.COPIED = pyo.Set(initialize=[(c, w, t) for w, t in copied for c in jobs[w].campuses], dimen=3)
    b.holds_copy = pyo.Var(b.COPIES, bounds=(0, 1))

    def roles(c: str, w: str, t: int) -> pyo.Expression:
        if jobs[w].replica is None:
            return placement.is_peer[c, w, t]
        return placement.is_peer[c, w, t] + placement.is_replica[c, w, t]

    @b.Constraint(b.COPIES)
    def copy_held(b: pyo.Block, w: str, g: str, t: int) -> pyo.Expression:
        held = sum(roles(c, w, t) for c in regions(instance, w)[g])
        return b.holds_copy[w, g, t] <= held

    @b.Constraint(b.COPIED)
    def checkpoint_copies(b: pyo.Block, c: str, w: str, t: int) -> pyo.Expression:
        copies = sum(b.holds_copy[w, g, t] for g in regions(instance, w))
        return copies >= jobs[w].checkpoint_copies * roles(c, w, t)

"""Rows that strengthen masters: served MW split by mode, at campuses that the mode can reach.

The training block charges the loss of a mode on the sum of what is served. Split by campus, a mode
serves only where it has links, so a fast mode at half a peer no longer pays for slow campuses.

| symbol | component | unit | meaning |
|---|---|---|---|
| s_wtcm | split_mw | IT MW | served at a campus under a mode |
| s_wtc0 | alone_mw | IT MW | served at a campus without a mode |
| o_wtc | is_alone | - | the campus is the only peer, without a mode |
"""

from __future__ import annotations

from collections.abc import Callable

import pyomo.environ as pyo

from siting.formulation.placement import peer_limit_mw
from siting.instance import Instance
from siting.instance.records import Workload

NEARLY = 1e-6
Reach = Callable[[str, int, str, int], pyo.Expression | None]
"""What is 1 when a campus is a peer under a mode, or more; None where it cannot be: workload,
period, campus, mode."""


def mode_rows(instance: Instance, model: pyo.ConcreteModel, reach: Reach) -> pyo.Block:
    """Return the block of the split; ``model`` has placement and training blocks."""
    b = pyo.Block(concrete=True)
    jobs, placement, training = instance.workloads, model.placement, model.training
    b.CAMPUSES = pyo.Set(initialize=[(w, t, c) for c, w, t in placement.SERVICES], dimen=3)
    ways = {
        (w, t, c, m): way
        for w, t, c in b.CAMPUSES
        for m in range(len(jobs[w].modes))
        if (way := reach(w, t, c, m)) is not None
    }
    b.SPLIT = pyo.Set(initialize=list(ways), dimen=4)
    b.split_mw = pyo.Var(b.SPLIT, domain=pyo.NonNegativeReals)
    b.alone_mw = pyo.Var(b.CAMPUSES, domain=pyo.NonNegativeReals)
    b.is_alone = pyo.Var(b.CAMPUSES, bounds=(0, 1))
    most_mw = {(w, t, c): peer_limit_mw(instance, c, w, t) for w, t, c in b.CAMPUSES}
    modes = {
        (w, t, c): [m for m in range(len(jobs[w].modes)) if (w, t, c, m) in ways]
        for w, t, c in b.CAMPUSES
    }

    @b.Constraint(b.CAMPUSES)
    def split_served(b: pyo.Block, w: str, t: int, c: str) -> pyo.Expression:
        under = sum(b.split_mw[w, t, c, m] for m in modes[w, t, c])
        return under + b.alone_mw[w, t, c] == placement.served_mw[c, w, t]

    @b.Constraint(b.CAMPUSES)
    def split_peer(b: pyo.Block, w: str, t: int, c: str) -> pyo.Expression:
        under = sum(ways[w, t, c, m] for m in modes[w, t, c])
        return placement.is_peer[c, w, t] <= under + b.is_alone[w, t, c]

    @b.Constraint(b.CAMPUSES)
    def split_alone(b: pyo.Block, w: str, t: int, c: str) -> pyo.Expression:
        return b.alone_mw[w, t, c] <= most_mw[w, t, c] * b.is_alone[w, t, c]

    @b.Constraint(b.SPLIT)
    def split_limit(b: pyo.Block, w: str, t: int, c: str, m: int) -> pyo.Expression:
        return b.split_mw[w, t, c, m] <= most_mw[w, t, c] * ways[w, t, c, m]

    @b.Constraint(training.JOB_PERIODS)
    def split_one_alone(b: pyo.Block, w: str, t: int) -> pyo.Expression:
        multi = sum(training.uses_mode[w, t, m] for m in range(len(jobs[w].modes)))
        return sum(b.is_alone[w, t, c] for c in jobs[w].campuses) <= 1 - multi

    @b.Constraint(training.MODES)
    def split_mode(b: pyo.Block, w: str, t: int, m: int) -> pyo.Expression:
        campuses = [c for c in jobs[w].campuses if (w, t, c, m) in ways]
        served = sum(b.split_mw[w, t, c, m] for c in campuses)
        return training.served_in_mode_mw[w, t, m] == served

    return b


def line_rows(instance: Instance, model: pyo.ConcreteModel) -> pyo.Block:
    """Return the block that limits the flow of a line by what its campus can take."""
    b = pyo.Block(concrete=True)
    lines, interconnection = instance.tie_lines, model.interconnection

    @b.Constraint(interconnection.LINE_PERIODS)
    def campus_intake(_: pyo.Block, a: str, t: int) -> pyo.Expression:
        line, campus = lines[a], instance.campuses[lines[a].campus]
        most_it_mw = max(campus.limit_it_mw, campus.existing_it_mw[t])
        if line.stands[t] or interconnection.is_built[a, t].fixed:
            return pyo.Constraint.Skip
        built = interconnection.is_built[a, t]
        return interconnection.flow_mw[a, t] <= campus.pue_peak * most_it_mw * built

    return b


def least_demand_rows(instance: Instance, training: pyo.Block) -> pyo.Block:
    """Return the block that holds the demand of a link at what two smallest peers ask."""
    b = pyo.Block(concrete=True)

    @b.Constraint(training.REQUIRED)
    def least_demand(_: pyo.Block, w: str, t: int, i: str, j: str, m: int) -> pyo.Expression:
        job = instance.workloads[w]
        least_gbps = job.modes[m].demand_gbps(job.min_peer_mw)
        return (
            training.demand_gbps[w, t, i, j, m] >= least_gbps * training.is_required[w, t, i, j, m]
        )

    return b


def ends_demand_rows(instance: Instance, model: pyo.ConcreteModel) -> pyo.Block:
    """Return the block of what a link of a fixed hub asks for when both its ends serve much.

    Traffic goes with the smaller end: the least of two numbers, each between the smallest peer and
    the limit of its campus, is at least the plane through the corners of that rectangle but the
    one where both are small. ``model`` has the block of the split.
    """
    b = pyo.Block(concrete=True)
    jobs, training, split = instance.workloads, model.training, model.split

    @b.Constraint(training.FABRIC_LINKS)
    def ends_demand(_: pyo.Block, w: str, t: int, i: str, j: str, m: int) -> pyo.Expression:
        job, mode = jobs[w], jobs[w].modes[m]
        hub = _fixed_hub(job, mode.fabric)
        least_mw = job.min_peer_mw
        most_mw = {c: peer_limit_mw(instance, c, w, t) for c in (i, j)}
        known = all((w, t, c, m) in split.SPLIT for c in (i, j))
        if hub not in {i, j} or not known or min(most_mw.values()) <= least_mw * (1 + NEARLY):
            return pyo.Constraint.Skip
        is_required, uses_mode = training.is_required[w, t, i, j, m], training.uses_mode[w, t, m]
        # Of each end: by how much it serves more than the smallest peer, as a part of the most.
        more = -uses_mode
        for c, is_peer in ((c, uses_mode if c == hub else is_required) for c in (i, j)):
            served_mw = split.split_mw[w, t, c, m]
            more += (served_mw - least_mw * is_peer) / (most_mw[c] - least_mw)
        smaller_mw = least_mw * is_required + (min(most_mw.values()) - least_mw) * more
        per_mw = mode.gbps_per_it_mw + mode.frontend_gbps_per_it_mw
        return training.demand_gbps[w, t, i, j, m] >= per_mw * smaller_mw

    return b


def _fixed_hub(job: Workload, fabric: str) -> str | None:
    """Return the hub that every mode of a fabric has; None where it is not known."""
    fixed = fabric == "hub" and not job.hub_may_move and len(job.hubs) == 1
    return job.hubs[0] if fixed else None


def linked_reach(instance: Instance, training: pyo.Block) -> Reach:
    """Return the reach of modes whose links are in the model: where the hub stays, the link."""
    ends: dict[tuple[str, int, str, int], list[tuple[str, str]]] = {}
    for w, t, i, j, m in training.REQUIRED:
        for c in (i, j):
            ends.setdefault((w, t, c, m), []).append((i, j))

    def reach(w: str, t: int, c: str, m: int) -> pyo.Expression | None:
        job = instance.workloads[w]
        links = ends.get((w, t, c, m), [])
        if not links:
            return None
        if _fixed_hub(job, job.modes[m].fabric) not in {None, c}:
            return training.is_required[w, t, *links[0], m]
        return training.uses_mode[w, t, m]

    return reach

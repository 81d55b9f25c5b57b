"""Roles, modes and required links of a solution as plain numbers."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import pyomo.environ as pyo

from siting.instance import Instance
from siting.instance.records import Mode

Link = tuple[str, str]
Value = Callable[[pyo.Var], float]
ROUNDING_MW = 1e-9
"""Less unserved is rounding: under a cent a year."""
BINARY_ON = 0.5
"""A binary above it is 1: solvers return integers within a tolerance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingChoice:
    """How each workload is served; lists over time have one entry per period."""

    served_mw: dict[tuple[str, str], tuple[float, ...]]
    """At peers, by (campus, workload)."""
    replica_mw: dict[tuple[str, str], tuple[float, ...]]
    """At replicas, by (campus, workload)."""
    homes: dict[tuple[str, str], tuple[str | None, ...]]
    """The peer that each replica is linked with, by (campus, workload)."""
    unserved_mw: dict[str, tuple[float, ...]]
    modes: dict[str, tuple[Mode | None, ...]]
    hub_of: dict[tuple[str, int], str | None]
    """Hub of a hub fabric, by (workload, period)."""
    links: dict[tuple[str, int], tuple[Link, ...]]
    """Links required between peers, by (workload, period)."""

    def load_mw(self, campus: str, period: int) -> float:
        """Return the IT MW that all workloads draw at a campus."""
        roles = (*self.served_mw.items(), *self.replica_mw.items())
        return sum(mw[period] for (c, _), mw in roles if c == campus)

    def peers(self, workload: str, period: int) -> list[str]:
        """Return the campuses that train a workload in a period, sorted."""
        return _serving(self.served_mw, workload, period)

    def required_links(self, workload: str, period: int) -> list[Link]:
        """Return the links that a workload requires between its peers in a period, sorted."""
        return sorted(self.links.get((workload, period), ()))

    def checkpoint_links(self, workload: str, period: int) -> list[Link]:
        """Return the links between replicas and their homes in a period, sorted."""
        found = []
        for (c, w), homes in self.homes.items():
            home = homes[period]
            if w == workload and home is not None:
                found.append((min(c, home), max(c, home)))
        return sorted(found)

    def all_links(self, period: int) -> frozenset[Link]:
        """Return the links that any workload requires in a period, for whatever reason."""
        training = (link for w in self.modes for link in self.required_links(w, period))
        copies = (link for w in self.modes for link in self.checkpoint_links(w, period))
        return frozenset((*training, *copies))

    def demand_gbps(self, workload: str, period: int, link: Link) -> float:
        """Return the demand of a link required between peers."""
        mode = self.modes[workload][period]
        if mode is None:
            return 0.0
        ends = (self.served_mw[c, workload][period] for c in link)
        return mode.demand_gbps(min(ends))


def read_training(instance: Instance, m: pyo.ConcreteModel, value: Value) -> TrainingChoice:
    """Return how the workloads are served in a solved model."""
    served = _read_mw(instance, m.placement.served_mw, m.placement.is_peer, value)
    replicas = _read_mw(instance, m.placement.replica_mw, m.placement.is_replica, value)
    modes = _read_modes(instance, m.training, value)
    hubs = _read_hubs(m.training, modes, value)
    return TrainingChoice(
        served_mw=served,
        replica_mw=replicas,
        homes=_read_homes(instance, m.training, replicas, value),
        unserved_mw={
            w: tuple(
                _left(demand, _workload_mw(served, w, t) + _workload_mw(replicas, w, t))
                for t, demand in enumerate(job.demand_mw)
            )
            for w, job in instance.workloads.items()
        },
        modes=modes,
        hub_of=hubs,
        links={
            (w, t): _links(m.training, mode, _serving(served, w, t), (w, t), hubs[w, t], value)
            for w, chosen in modes.items()
            for t, mode in enumerate(chosen)
            if mode is not None
        },
    )


def _serving(
    served: dict[tuple[str, str], tuple[float, ...]], workload: str, period: int
) -> list[str]:
    return sorted(c for (c, w), mw in served.items() if w == workload and mw[period] > 0)


def _left(demand: float, served: float) -> float:
    """Return what stays unserved, without what rounding leaves of nothing."""
    left = demand - served
    return left if left > ROUNDING_MW else 0.0


def _workload_mw(served: dict[tuple[str, str], tuple[float, ...]], w: str, t: int) -> float:
    return sum(mw[t] for (_, v), mw in served.items() if v == w)


def _read_mw(
    instance: Instance, served: pyo.Var, has_role: pyo.Var, value: Value
) -> dict[tuple[str, str], tuple[float, ...]]:
    """Return the MW by (campus, workload) where the campus has the role at all."""
    periods = range(len(instance.periods))
    found = {}
    for w, job in instance.workloads.items():
        for c in job.campuses:
            if (c, w, 0) not in served:
                continue
            mw = tuple(
                value(served[c, w, t]) if value(has_role[c, w, t]) > BINARY_ON else 0.0
                for t in periods
            )
            if any(mw):
                found[c, w] = mw
    return found


def _read_modes(
    instance: Instance, training: pyo.Block, value: Value
) -> dict[str, tuple[Mode | None, ...]]:
    modes: dict[str, tuple[Mode | None, ...]] = {}
    for w, job in instance.workloads.items():
        chosen: list[Mode | None] = []
        for t in range(len(instance.periods)):
            used = (
                mode
                for k, mode in enumerate(job.modes)
                if value(training.uses_mode[w, t, k]) > BINARY_ON
            )
            chosen.append(next(used, None))
        modes[w] = tuple(chosen)
    return modes


def _read_hubs(
    training: pyo.Block, modes: dict[str, tuple[Mode | None, ...]], value: Value
) -> dict[tuple[str, int], str | None]:
    fixed = {w: c for w, c in training.HUBS if value(training.is_hub[w, c]) > BINARY_ON}
    moving = {
        (w, t): c
        for w, c, t in training.MOVING_HUBS
        if value(training.is_hub_now[w, c, t]) > BINARY_ON
    }
    return {
        (w, t): moving.get((w, t), fixed.get(w))
        if mode is not None and mode.fabric == "hub"
        else None
        for w, chosen in modes.items()
        for t, mode in enumerate(chosen)
    }


def _read_homes(
    instance: Instance,
    training: pyo.Block,
    replicas: dict[tuple[str, str], tuple[float, ...]],
    value: Value,
) -> dict[tuple[str, str], tuple[str | None, ...]]:
    chosen = {
        (c, w, t): o
        for w, t, c, o in training.HOMES
        if value(training.is_home[w, t, c, o]) > BINARY_ON
    }
    return {
        (c, w): tuple(chosen.get((c, w, t)) for t in range(len(instance.periods)))
        for c, w in replicas
    }


def _links(
    training: pyo.Block,
    mode: Mode,
    peers: list[str],
    when: tuple[str, int],
    hub: str | None,
    value: Value,
) -> tuple[Link, ...]:
    """Return the links that a mode requires of its peers."""
    if mode.fabric == "mesh":
        return tuple(itertools.combinations(peers, 2))
    if mode.fabric == "ring":
        return tuple(
            (i, j)
            for w, t, i, j in training.RING_LINKS
            if (w, t) == when and value(training.in_ring[w, t, i, j]) > BINARY_ON
        )
    spokes = (p for p in peers if hub is not None and p != hub)
    return tuple((min(hub, p), max(hub, p)) for p in spokes if hub is not None)

"""Sites, power and modes of a solution as plain numbers."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import pyomo.environ as pyo

from siting.formulation.requirements import Requirement, Requirements
from siting.instance import Instance
from siting.instance.records import Mode

Value = Callable[[pyo.Var], float]
ZERO_MW = 1e-6
BINARY_ON = 0.5
"""A binary above it is 1: solvers return integers within a tolerance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SitingChoice:
    """Sites, power and modes. A first period equal to the number of periods means never."""

    open_from: dict[str, int]
    built_mw: dict[str, tuple[float, ...]]
    connected_from: dict[str, int]
    reserved_mw: dict[str, tuple[float, ...]]
    tie_from: dict[str, int]
    flow_mw: dict[str, tuple[float, ...]]
    served_mw: dict[tuple[str, str], tuple[float, ...]]
    """By (campus, workload)."""
    unserved_mw: dict[str, tuple[float, ...]]
    modes: dict[str, tuple[Mode | None, ...]]
    hub: dict[str, str | None]

    def peers(self, workload: str, period: int) -> list[str]:
        """Return the campuses that serve a workload in a period, sorted."""
        return sorted(
            c for (c, w), mw in self.served_mw.items() if w == workload and mw[period] > 0
        )

    def required_links(self, workload: str, period: int) -> list[tuple[str, str]]:
        """Return the links that a workload requires in a period."""
        mode = self.modes[workload][period]
        if mode is None:
            return []
        peers = self.peers(workload, period)
        if mode.fabric == "mesh":
            return list(itertools.combinations(peers, 2))
        hub = self.hub[workload]
        return sorted((min(hub, p), max(hub, p)) for p in peers if hub is not None and p != hub)

    def demand_gbps(self, workload: str, period: int, link: tuple[str, str]) -> float:
        """Return the demand of a required link."""
        mode = self.modes[workload][period]
        if mode is None:
            return 0.0
        ends = (self.served_mw[c, workload][period] for c in link)
        return mode.demand_gbps(min(ends))


def read_siting(instance: Instance, m: pyo.ConcreteModel, value: Value) -> SitingChoice:
    """Return the siting of a solved model, with capacities trimmed to what is used."""
    periods = range(len(instance.periods))
    p, x, tr = m.placement, m.interconnection, m.training

    def series(var: pyo.Var, *key: str) -> tuple[float, ...]:
        return tuple(max(0.0, value(var[(*key, t)])) for t in periods)

    served: dict[tuple[str, str], tuple[float, ...]] = {}
    for w, job in instance.workloads.items():
        for c in job.campuses:
            mw = tuple(
                value(p.served_mw[c, w, t]) if value(p.is_peer[c, w, t]) > BINARY_ON else 0.0
                for t in periods
            )
            if any(mw):
                served[c, w] = mw
    load = {
        c: tuple(sum(mw[t] for (k, _), mw in served.items() if k == c) for t in periods)
        for c in instance.campuses
    }
    last = len(periods) - 1
    open_from = {
        c: next((t for t in periods if load[c][t] > 0), last if campus.pinned else len(periods))
        for c, campus in instance.campuses.items()
    }
    flow = {a: series(x.flow_mw, a) for a in instance.tie_lines}
    flow = {a: tuple(v if v > ZERO_MW else 0.0 for v in mw) for a, mw in flow.items()}
    tie_from = {a: next((t for t in periods if mw[t] > 0), len(periods)) for a, mw in flow.items()}
    drawn = {
        s: tuple(
            sum(mw[t] for a, mw in flow.items() if instance.tie_lines[a].substation == s)
            for t in periods
        )
        for s in instance.substations
    }
    modes: dict[str, tuple[Mode | None, ...]] = {}
    hub: dict[str, str | None] = {}
    for w, job in instance.workloads.items():
        chosen: list[Mode | None] = []
        for t in periods:
            used = [k for k in range(len(job.modes)) if value(tr.uses_mode[w, t, k]) > BINARY_ON]
            chosen.append(job.modes[used[0]] if used else None)
        modes[w] = tuple(chosen)
        hubs = [c for v, c in tr.HUBS if v == w and value(tr.is_hub[v, c]) > BINARY_ON]
        is_hub = any(mode is not None and mode.fabric == "hub" for mode in chosen)
        hub[w] = hubs[0] if hubs and is_hub else None
    return SitingChoice(
        open_from={c: t for c, t in open_from.items() if t < len(periods)},
        built_mw={
            c: _running_max(load[c]) for c in instance.campuses if open_from[c] < len(periods)
        },
        connected_from={
            s: min(tie_from[a] for a in flow if instance.tie_lines[a].substation == s)
            for s, mw in drawn.items()
            if any(mw)
        },
        reserved_mw={s: _running_max(mw) for s, mw in drawn.items() if any(mw)},
        tie_from={a: t for a, t in tie_from.items() if t < len(periods)},
        flow_mw={a: mw for a, mw in flow.items() if any(mw)},
        served_mw=served,
        unserved_mw={
            w: tuple(
                max(0.0, job.demand_mw[t] - sum(mw[t] for (_, v), mw in served.items() if v == w))
                for t in periods
            )
            for w, job in instance.workloads.items()
        },
        modes=modes,
        hub=hub,
    )


def fixed_requirements(instance: Instance, siting: SitingChoice) -> Requirements:
    """Return what the network must carry for a fixed siting."""
    found: dict[tuple[tuple[str, str], int], list[Requirement]] = {}
    for w, job in instance.workloads.items():
        for t, mode in enumerate(siting.modes[w]):
            for link in siting.required_links(w, t):
                if mode is None:
                    continue
                found.setdefault((link, t), []).append(
                    Requirement(
                        mode.link_rtt_limit_ms,
                        job.survival_fraction,
                        siting.demand_gbps(w, t, link),
                        1.0,
                    )
                )
    return {key: tuple(items) for key, items in found.items()}


def _running_max(series: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(itertools.accumulate(series, max))

"""Sites, power and modes of a solution as plain numbers."""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.formulation.requirements import (
    Requirement,
    Requirements,
    checkpoint_requirement,
    training_requirement,
)
from siting.instance import Instance
from siting.solve.training_choice import Link, TrainingChoice, Value, read_training

if TYPE_CHECKING:
    import pyomo.environ as pyo

ZERO_MW = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class SitingChoice(TrainingChoice):
    """Sites, power and modes. A first period equal to the number of periods means never."""

    open_from: dict[str, int]
    built_mw: dict[str, tuple[float, ...]]
    connected_from: dict[str, int]
    reserved_mw: dict[str, tuple[float, ...]]
    tie_from: dict[str, int]
    flow_mw: dict[str, tuple[float, ...]]


def read_siting(instance: Instance, m: pyo.ConcreteModel, value: Value) -> SitingChoice:
    """Return the siting of a solved model, with capacities trimmed to what is used."""
    periods = range(len(instance.periods))
    x = m.interconnection

    def series(var: pyo.Var, *key: str) -> tuple[float, ...]:
        return tuple(max(0.0, value(var[(*key, t)])) for t in periods)

    training = read_training(instance, m, value)
    load = {c: tuple(training.load_mw(c, t) for t in periods) for c in instance.campuses}
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
        **{f.name: getattr(training, f.name) for f in dataclasses.fields(training)},
    )


def fixed_requirements(instance: Instance, siting: TrainingChoice) -> Requirements:
    """Return what the network must carry for a fixed siting."""
    found: dict[tuple[Link, int], list[Requirement]] = {}
    for w, job in instance.workloads.items():
        for t, mode in enumerate(siting.modes[w]):
            if mode is not None:
                for link in siting.required_links(w, t):
                    gbps = siting.demand_gbps(w, t, link)
                    item = training_requirement(job, mode, t, gbps, 1.0)
                    found.setdefault((link, t), []).append(item)
            if job.replica is not None:
                for link in siting.checkpoint_links(w, t):
                    item = checkpoint_requirement(job, job.replica, 1.0)
                    found.setdefault((link, t), []).append(item)
    return {key: tuple(items) for key, items in found.items()}


def _running_max(series: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(itertools.accumulate(series, max))

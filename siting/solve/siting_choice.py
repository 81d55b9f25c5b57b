"""Sites, power and modes of a solution as plain numbers."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.formulation.requirements import (
    Requirement,
    Requirements,
    checkpoint_requirement,
    training_requirement,
)
from siting.instance import Instance
from siting.solve.power_choice import PowerChoice, read_power
from siting.solve.training_choice import Link, TrainingChoice, Value, read_training

if TYPE_CHECKING:
    import pyomo.environ as pyo


@dataclass(frozen=True, slots=True, kw_only=True)
class SitingChoice(TrainingChoice):
    """Sites, power and modes."""

    power: PowerChoice


def read_siting(instance: Instance, m: pyo.ConcreteModel, value: Value) -> SitingChoice:
    """Return the siting of a solved model, with capacities trimmed to what is used."""
    training = read_training(instance, m, value)
    return SitingChoice(
        power=read_power(instance, m, training, value),
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

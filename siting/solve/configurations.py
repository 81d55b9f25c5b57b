"""Configurations of the training choice: paradigm, fabric and hub of each workload, fixed.

With the hub fixed the product "both ends open" leaves the model: a link is required exactly when
its spoke is a peer. Every plan belongs to some configuration, so the least bound over all of them
bounds the problem.
"""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass

from siting.instance import Instance
from siting.instance.records import Workload


@dataclass(frozen=True, slots=True)
class Choice:
    """What one workload may do in a configuration; all None: it stays on one campus."""

    paradigm: str | None
    fabric: str | None
    hub: str | None


@dataclass(frozen=True, slots=True)
class Configuration:
    """One choice for each workload."""

    choices: tuple[tuple[str, Choice], ...]

    @property
    def name(self) -> str:
        """Return a short name for logs."""
        parts = []
        for _, choice in self.choices:
            if choice.paradigm is None:
                parts.append("single-site")
            else:
                parts.append("/".join(p for p in (choice.paradigm, choice.fabric, choice.hub) if p))
        return " + ".join(parts)

    def apply(self, instance: Instance) -> Instance:
        """Return the instance restricted to this configuration."""
        jobs = dict(instance.workloads)
        for w, choice in self.choices:
            job = jobs[w]
            jobs[w] = dataclasses.replace(
                job,
                modes=tuple(
                    m
                    for m in job.modes
                    if (m.paradigm, m.fabric) == (choice.paradigm, choice.fabric)
                ),
                hubs=(choice.hub,) if choice.hub is not None else (),
            )
        return dataclasses.replace(instance, workloads=jobs)


def configurations(instance: Instance) -> tuple[Configuration, ...]:
    """Return every configuration that can differ from another; single-site ones first.

    Two-peer cases count under every fabric; hubs without any admissible spoke are left out because
    they can only be single-site.
    """
    per_job = [
        [(w, choice) for choice in _choices(instance, job)] for w, job in instance.workloads.items()
    ]
    return tuple(Configuration(choices) for choices in itertools.product(*per_job))


def _choices(instance: Instance, job: Workload) -> list[Choice]:
    found = [Choice(None, None, None)]
    linked = {route.link for route in instance.fiber_routes.values()}
    linked |= {route.link for route in instance.wave_routes.values()}
    for paradigm, fabric in sorted({(m.paradigm, m.fabric) for m in job.modes}):
        if fabric != "hub":
            found.append(Choice(paradigm, fabric, None))
            continue
        found += [
            Choice(paradigm, fabric, hub)
            for hub in job.hubs
            if any(hub in link and set(link) <= set(job.campuses) for link in linked)
        ]
    return found

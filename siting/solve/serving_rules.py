"""What ties lines and roles: a line serves roles of its campus, and a role needs a line.

Rows of sites and power, implied in whole numbers and not in a relaxation. They make a master
larger, so they are taken like cuts, where a relaxation violates them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from siting.formulation.placement import peer_limit_mw, substation_limit_mw
from siting.instance import Instance
from siting.instance.records import TieLine, Workload

Key = tuple[str, str, tuple[str | int, ...]]
"""A variable of every model of sites and power: block, component, index."""
Terms = dict[Key, float]
"""Coefficients of a row; their sum is at least zero."""


def serving_rules(instance: Instance) -> Iterator[Terms]:
    """Yield the rules of an instance."""
    for t in range(len(instance.periods)):
        for c in sorted(instance.campuses):
            lines = [
                line
                for line in instance.tie_lines.values()
                if line.campus == c and (t >= line.first_period or line.stands[t])
            ]
            jobs = [job for job in instance.workloads.values() if c in job.campuses]
            for line in lines:
                yield from line_serves(instance, line, jobs, t)
            units = [unit for unit in instance.bridging.values() if unit.campus == c]
            if any(t >= unit.first_period for unit in units) or any(x.stands[t] for x in lines):
                continue
            for job in jobs:
                yield from peer_fed(job, c, lines, t)


def line_serves(instance: Instance, line: TieLine, jobs: list[Workload], t: int) -> Iterator[Terms]:
    """Yield that the flow of a line is at most what it can carry, times the roles of its campus."""
    c = line.campus
    most_mw = min(line.capacity_mw, substation_limit_mw(instance, line.substation, t))
    taken_mw = max((peer_limit_mw(instance, c, job.id, t) for job in jobs), default=0.0)
    if most_mw >= instance.campuses[c].pue_peak * taken_mw:
        return
    terms: Terms = {("interconnection", "flow_mw", (line.id, t)): -1.0}
    for job in jobs:
        terms |= dict.fromkeys(_roles(job, c, t), most_mw)
    yield terms


def peer_fed(job: Workload, c: str, lines: list[TieLine], t: int) -> Iterator[Terms]:
    """Yield that a role needs a line, at a campus that nothing else feeds."""
    least_mw = min(job.min_peer_mw, math.inf if job.replica is None else job.replica.min_mw)
    if least_mw <= 0:
        return
    built: Terms = {("interconnection", "is_built", (line.id, t)): 1.0 for line in lines}
    yield built | dict.fromkeys(_roles(job, c, t), -1.0)


def _roles(job: Workload, c: str, t: int) -> list[Key]:
    """Return what is 1 when a campus serves a workload, as a peer or as a replica."""
    roles: list[Key] = [("placement", "is_peer", (c, job.id, t))]
    if job.replica is not None:
        roles.append(("placement", "is_replica", (c, job.id, t)))
    return roles

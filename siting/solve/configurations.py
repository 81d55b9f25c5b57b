"""Configurations of the training choice: paradigm, fabric and hub of each workload, fixed.

With the hub fixed the product "both ends open" leaves the model: a link is required exactly when
its spoke is a peer. A hub that may move, the order of a ring and the replicas stay free within a
configuration. Every plan belongs to some configuration, so the least bound over all of them bounds
the problem.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Collection
from dataclasses import dataclass

from siting.instance import Instance
from siting.instance.records import Workload
from siting.solve.all_routes.wide import wide_graph


@dataclass(frozen=True, slots=True)
class Choice:
    """What one workload may do in a configuration; all None: it trains on one campus."""

    paradigm: str | None
    fabric: str | None
    hub: str | None
    """None also where the hub may move."""


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

    def with_every_hub(self) -> Configuration:
        """Return the configuration with its hubs left open."""
        choices = ((w, dataclasses.replace(choice, hub=None)) for w, choice in self.choices)
        return Configuration(tuple(choices))

    def may_share(self, links: Collection[tuple[str, str]]) -> bool:
        """Return whether it may require more than one of some links, or their only one."""
        hubs = {choice.hub for _, choice in self.choices if choice.paradigm is not None}
        if None in hubs:
            return True
        return sum(not hubs.isdisjoint(link) for link in links) >= min(2, len(links))

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
                hubs=_hubs(job, choice),
            )
        return dataclasses.replace(instance, workloads=jobs)


def _hubs(job: Workload, choice: Choice) -> tuple[str, ...]:
    if choice.hub is not None:
        return (choice.hub,)
    return job.hubs if choice.fabric == "hub" else ()


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
        if fabric != "hub" or job.hub_may_move:
            found.append(Choice(paradigm, fabric, None))
            continue
        found += [
            Choice(paradigm, fabric, hub)
            for hub in job.hubs
            if wide_graph(instance) is not None
            or any(hub in link and set(link) <= set(job.campuses) for link in linked)
        ]
    return found


def most_links(job: Workload) -> int:
    """Return the most links that a workload of a configuration may require at once.

    Campuses that are no peers may be replicas, each with a link of its own.
    """
    campuses = len(job.campuses)
    most_peers = min(job.max_peers, campuses) if job.modes else 1
    fabrics = {mode.fabric for mode in job.modes}

    def links(peers: int) -> int:
        training = max([peers - 1, *(_fabric_links(fabric, peers) for fabric in fabrics)])
        return training + (campuses - peers if job.replica is not None else 0)

    return max((links(peers) for peers in range(1, most_peers + 1)), default=0)


def _fabric_links(fabric: str, peers: int) -> int:
    if fabric == "mesh":
        return peers * (peers - 1) // 2
    return peers if fabric == "ring" and peers > 2 else peers - 1

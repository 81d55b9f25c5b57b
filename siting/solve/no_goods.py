"""What no network can carry: learnt from a siting whose network is infeasible, valid for all.

Either its links, each with the least that anyone asks of it, or its links under its modes, each
with the least that the mode asks. A siting with more links, or modes that ask for more, asks for
more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from siting.formulation.admissibility import Admissibility
from siting.formulation.requirements import (
    Requirement,
    Requirements,
    checkpoint_requirement,
    training_requirement,
)
from siting.instance import Instance
from siting.instance.records import Mode
from siting.solve.all_routes.wide import wide_graph
from siting.solve.network_parts import without_pins
from siting.solve.network_phase import solve_network
from siting.solve.set_cuts import least_demands
from siting.solve.training_choice import Link, TrainingChoice

CUT_TIME_S = 20.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A link that a workload requires in a period: under a mode, or None for a checkpoint."""

    workload: str
    period: int
    link: Link
    mode: Mode | None


@dataclass(frozen=True, slots=True)
class NoGood:
    """Links by period, or links under modes, that no network carries together."""

    links: frozenset[tuple[Link, int]] = frozenset()
    asked: frozenset[Asked] = frozenset()


def find_no_good(
    instance: Instance,
    siting: TrainingChoice,
    requirements: Requirements,
    *,
    time_limit_s: float,
    seed: int,
) -> NoGood | None:
    """Return what makes the network of a siting impossible; None when that is not proven.

    Args:
        instance: the instance.
        siting: the siting that seems to have no network.
        requirements: what it asks of links.
        time_limit_s: wall time for each of two proofs, s.
        seed: random seed of the solver.
    """
    if bare := without_routes(instance, siting):
        return NoGood(asked=bare)
    floors = least_demands(instance, links={link for link, _ in requirements})
    least: Requirements = {(link, t): (floors[link],) for link, t in requirements}
    if _is_impossible(instance, least, time_limit_s, seed):
        return NoGood(links=frozenset(requirements))
    asked = asked_by(siting)
    if _is_impossible(instance, least_of_modes(instance, asked), time_limit_s, seed):
        return NoGood(asked=asked)
    return None


def without_routes(instance: Instance, siting: TrainingChoice) -> frozenset[Asked]:
    """Return a link that no candidate routes can serve as asked; nothing when there is none.

    Where the candidates are not all routes, masters require links that other routes might serve.
    """
    if wide_graph(instance) is None:
        return frozenset()
    admissible = Admissibility(instance)
    for item in sorted(asked_by(siting), key=lambda x: (x.period, x.link, x.workload)):
        job = instance.workloads[item.workload]
        rule = job.replica if item.mode is None else None
        limit_ms, share = math.inf, job.survival_fraction
        if rule is not None:
            limit_ms, share = rule.rtt_limit_ms, rule.survival_fraction
        elif item.mode is not None:
            limit_ms = item.mode.link_rtt_limit_ms
        transit = item.mode is not None and item.mode.fabric == "ring" and instance.ring_transit
        if not admissible(item.link, item.period, limit_ms, protected=share > 0, transit=transit):
            return frozenset({item})
    return frozenset()


def asked_by(siting: TrainingChoice) -> frozenset[Asked]:
    """Return every link that a siting requires, with its mode."""
    found = set()
    for w, modes in siting.modes.items():
        for t, mode in enumerate(modes):
            found |= {Asked(w, t, link, mode) for link in siting.required_links(w, t)}
            found |= {Asked(w, t, link, None) for link in siting.checkpoint_links(w, t)}
    return frozenset(found)


def asks_as_much(mode: Mode, other: Mode) -> bool:
    """Return whether ``mode`` asks at least as much of a link as ``other``, at any load."""
    return (
        mode.fabric == other.fabric
        and (mode.peers_min > 2) == (other.peers_min > 2)
        and mode.link_rtt_limit_ms <= other.link_rtt_limit_ms
        and mode.floor_gbps >= other.floor_gbps
        and mode.gbps_per_it_mw >= other.gbps_per_it_mw
        and mode.frontend_gbps_per_it_mw >= other.frontend_gbps_per_it_mw
    )


def least_of_modes(instance: Instance, asked: frozenset[Asked]) -> Requirements:
    """Return the least that links require under modes, at the least load of a peer."""
    found: dict[tuple[Link, int], list[Requirement]] = {}
    for item in sorted(asked, key=lambda x: (x.link, x.period, x.workload)):
        job = instance.workloads[item.workload]
        if item.mode is not None:
            gbps = item.mode.demand_gbps(job.min_peer_mw)
            least = training_requirement(job, item.mode, item.period, gbps, 1.0)
        elif job.replica is not None:
            least = checkpoint_requirement(job, job.replica, 1.0)
        else:
            continue
        found.setdefault((item.link, item.period), []).append(least)
    return {key: tuple(items) for key, items in found.items()}


def _is_impossible(
    instance: Instance, requirements: Requirements, time_limit_s: float, seed: int
) -> bool:
    # A network that lacks what is pinned proves nothing about sitings with more links.
    outcome = solve_network(
        without_pins(instance), requirements, relative_gap=1.0, time_limit_s=time_limit_s, seed=seed
    )
    return outcome.is_infeasible

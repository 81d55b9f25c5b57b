"""Checks of the workloads: names, replicas, copies, blast radius."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from siting.messages import unknown
from siting.training import it_demand_mw

if TYPE_CHECKING:
    from siting.catalog import Catalog
    from siting.study import Study
    from siting.study_workload import Workload


def workload_check(study: Study, catalog: Catalog) -> list[str]:
    """Return every inconsistency of the workloads with each other and the sites, in words."""
    problems = []
    for index, workload in enumerate(study.file.workloads):
        at = f"workloads[{index}]"
        for campus in workload.campuses or ():
            problems += unknown(f"{at}.campuses", campus, study.file.sites.campuses, study.campuses)
        problems += [
            *_paradigms(at, workload),
            *_replica(at, workload, it_demand_mw(catalog, workload)),
            *_copies(study, at, workload),
            *_blast_radius(study, at, workload),
        ]
    return problems


def _paradigms(at: str, workload: Workload) -> list[str]:
    return [
        f"{at}.paradigms.{name}.compression_ratio: counts only with inner_steps, "
        "give both or traffic_reduction"
        for name, override in workload.paradigms.items()
        if override.compression_ratio is not None and override.inner_steps is None
    ]


def _replica(at: str, workload: Workload, asked: tuple[float, ...]) -> list[str]:
    rule = workload.replica
    if rule is None:
        return []
    if rule.max_share == 0:
        return [f"{at}.replica.max_share: 0 leaves replicas nothing to serve; leave replica out"]
    peak = max(asked)
    least = rule.min_replica_mw or workload.min_peer_mw
    if least > rule.max_share * peak > 0:
        key = "min_peer_mw" if rule.min_replica_mw is None else "replica.min_replica_mw"
        return [
            (
                f"{at}.{key}: {least:g} MW is above the replica share {rule.max_share:g} of the "
                f"largest demand {peak:g} MW: no campus can be a replica"
            )
        ]
    return []


def _places(study: Study, workload: Workload) -> list[str]:
    """Return the campuses that a workload may use."""
    named = study.campuses if workload.campuses is None else workload.campuses
    return [c for c in named if c in study.campuses and c not in study.file.rules.forbid_campuses]


def _copies(study: Study, at: str, workload: Workload) -> list[str]:
    copies = workload.checkpoint_copies
    if copies <= 1:
        return []
    regions = {study.campuses[c].grid_region for c in _places(study, workload)}
    if copies > len(regions):
        return [
            (
                f"{at}.checkpoint_copies: {copies} copies need as many grid regions, "
                f"its campuses lie in {len(regions)}"
            )
        ]
    if workload.replica is None and copies > workload.max_peers:
        return [
            (
                f"{at}.checkpoint_copies: {copies} copies need as many campuses, max_peers is "
                f"{workload.max_peers} and there is no replica"
            )
        ]
    return []


def _blast_radius(study: Study, at: str, workload: Workload) -> list[str]:
    places = _places(study, workload)
    campuses = len(places)
    if workload.replica is None:
        campuses = min(campuses, workload.max_peers)
    regions = min(campuses, len({study.campuses[c].grid_region for c in places}))
    problems = []
    for key, share, count, noun in (
        ("max_share_per_campus", workload.max_share_per_campus, campuses, "campuses"),
        ("max_share_per_region", workload.max_share_per_region, regions, "grid regions"),
    ):
        if share is None or not count:
            continue
        least = math.ceil(1 / share - 1e-9)
        if least > count:
            problems.append(
                f"{at}.{key}: a share of {share:g} needs {least} {noun}, "
                f"the workload can use {count}"
            )
    return problems

"""Workloads of the instance and their operating modes."""

from __future__ import annotations

import itertools

from siting.catalog import Catalog
from siting.instance.records import Campus, Mode, Replica, Workload
from siting.study import Study
from siting.study import Workload as StudyWorkload
from siting.training import (
    Paradigm,
    checkpoint_gbps,
    collective_gbps,
    exposed_transfer,
    fabric_gbps_per_it_mw,
    fabric_peers,
    interruption_hours,
    is_finite_positive,
    it_demand_mw,
    link_rtt_limit_ms,
    overlap_fraction,
    paradigm,
    rtt_classes_ms,
    step_time_s,
)


def workloads(study: Study, catalog: Catalog, campuses: dict[str, Campus]) -> dict[str, Workload]:
    """Return the workloads with their modes."""
    found = {}
    charged = study.file.survivability.charge_interruptions
    for row in study.file.workloads:
        allowed = tuple(c for c in campuses if row.campuses is None or c in row.campuses)
        unserved, goodput = row.unserved_usd_per_mw_year, row.goodput_usd_per_mw_year
        idle = catalog.value("idle") * 1e6
        found[row.id] = Workload(
            id=row.id,
            demand_mw=it_demand_mw(catalog, row),
            unserved_usd_per_mw_year=idle if unserved is None else unserved,
            goodput_usd_per_mw_year=idle if goodput is None else goodput,
            campuses=allowed,
            hubs=allowed,
            max_peers=row.max_peers,
            min_peer_mw=row.min_peer_mw,
            survival_fraction=row.survival_fraction,
            modes=_modes(row, catalog, most_peers=len(allowed), charged=charged),
            hub_may_move=row.hub_may_move,
            replica=_replica(row, catalog),
            checkpoint_copies=row.checkpoint_copies,
            max_share_per_campus=_or_whole(row.max_share_per_campus),
            max_share_per_region=_or_whole(row.max_share_per_region),
            min_link_availability=row.min_link_availability or 0.0,
        )
    return found


def _or_whole(share: float | None) -> float:
    return 1.0 if share is None else share


def _replica(row: StudyWorkload, catalog: Catalog) -> Replica | None:
    rule = row.replica
    if rule is None:
        return None
    loss, limit = rule.goodput_loss_fraction, rule.rtt_limit_ms
    return Replica(
        max_share=rule.max_share,
        min_mw=rule.min_replica_mw or row.min_peer_mw,
        goodput_loss_fraction=catalog.value("ckpt.token_penalty") / 100 if loss is None else loss,
        rtt_limit_ms=catalog.value("ckpt.rtt_max") if limit is None else limit,
        survival_fraction=rule.survival_fraction,
        checkpoint_gbps=checkpoint_gbps(catalog, row),
    )


def _modes(
    row: StudyWorkload, catalog: Catalog, *, most_peers: int, charged: bool
) -> tuple[Mode, ...]:
    """Return the modes that ``most_peers`` campuses can run, in a fixed order."""
    modes = []
    for name, override in row.paradigms.items():
        chosen = paradigm(catalog, name, override)
        budget = chosen.rtt_budget_ms(step_time_s(catalog, row), row.allowed_goodput_loss)
        if not is_finite_positive(budget):
            continue
        hours = interruption_hours(catalog, name, override) if charged else 0.0
        classes = rtt_classes_ms(row.rtt_classes_ms, budget)
        for fabric in row.fabrics:
            for peers in fabric_peers(fabric, row.peer_buckets, row.max_peers):
                if fabric == "ring" and peers[0] > most_peers:
                    continue
                for class_ms, level in itertools.product(classes, row.bandwidth_levels):
                    mode = _mode(row, catalog, chosen, fabric, peers, class_ms, level, hours)
                    if mode.link_rtt_limit_ms > 0 and mode.goodput_loss_fraction <= 1:
                        modes.append(mode)
    return tuple(modes)


def _mode(
    row: StudyWorkload,
    catalog: Catalog,
    chosen: Paradigm,
    fabric: str,
    peers: tuple[int, int],
    class_ms: float,
    level: float,
    hours: float,
) -> Mode:
    floor = level * collective_gbps(catalog, row, chosen, fabric, peers[0])
    if row.checkpoint_copies > 1:
        floor = max(floor, checkpoint_gbps(catalog, row))
    share = "" if level == 1 else f"/{level:g}"
    return Mode(
        id=f"{chosen.name}/{fabric}/{peers[0]}-{peers[1]}/{class_ms:g}ms{share}",
        paradigm=chosen.name,
        fabric=fabric,
        peers_min=peers[0],
        peers_max=peers[1],
        rtt_class_ms=class_ms,
        link_rtt_limit_ms=link_rtt_limit_ms(
            class_ms, row.jitter_p99_ms, catalog.value("lat.switch"), fabric, peers[0]
        ),
        bandwidth_level=level,
        goodput_loss_fraction=chosen.goodput_loss(
            class_ms,
            step_time_s(catalog, row),
            exposed_transfer(overlap_fraction(catalog, row), level),
        ),
        floor_gbps=floor,
        gbps_per_it_mw=level * fabric_gbps_per_it_mw(catalog, row, chosen),
        frontend_gbps_per_it_mw=row.traffic.frontend_gbps_per_it_mw,
        interruption_hours=hours,
    )

"""Workloads of the instance and their operating modes."""

from __future__ import annotations

from siting.catalog import Catalog
from siting.instance.records import Campus, Mode, Workload
from siting.study import Study
from siting.study import Workload as StudyWorkload
from siting.training import (
    collective_gbps,
    fabric_gbps_per_it_mw,
    is_finite_positive,
    link_rtt_limit_ms,
    paradigm,
    peer_buckets,
    rtt_classes_ms,
    step_time_s,
)


def workloads(study: Study, catalog: Catalog, campuses: dict[str, Campus]) -> dict[str, Workload]:
    """Return the workloads with their modes."""
    found = {}
    for row in study.file.workloads:
        allowed = tuple(c for c in campuses if row.campuses is None or c in row.campuses)
        unserved, goodput = row.unserved_usd_per_mw_year, row.goodput_usd_per_mw_year
        idle = catalog.value("idle") * 1e6
        found[row.id] = Workload(
            id=row.id,
            demand_mw=row.it_demand_mw,
            unserved_usd_per_mw_year=idle if unserved is None else unserved,
            goodput_usd_per_mw_year=idle if goodput is None else goodput,
            campuses=allowed,
            hubs=allowed,
            max_peers=row.max_peers,
            min_peer_mw=row.min_peer_mw,
            survival_fraction=row.survival_fraction,
            modes=_modes(row, catalog),
        )
    return found


def _modes(row: StudyWorkload, catalog: Catalog) -> tuple[Mode, ...]:
    step_s = step_time_s(catalog, row)
    switch_us = catalog.value("lat.switch")
    modes = []
    for name, override in row.paradigms.items():
        chosen = paradigm(catalog, name, override)
        budget = chosen.rtt_budget_ms(step_s, row.allowed_goodput_loss)
        if not is_finite_positive(budget):
            continue
        for fabric in row.fabrics:
            for lo, hi in peer_buckets(row.peer_buckets, row.max_peers):
                for class_ms in rtt_classes_ms(row.rtt_classes_ms, budget):
                    limit = link_rtt_limit_ms(class_ms, row.jitter_p99_ms, switch_us, fabric)
                    if limit <= 0:
                        continue
                    modes.append(
                        Mode(
                            id=f"{name}/{fabric}/{lo}-{hi}/{class_ms:g}ms",
                            paradigm=name,
                            fabric=fabric,
                            peers_min=lo,
                            peers_max=hi,
                            rtt_class_ms=class_ms,
                            link_rtt_limit_ms=limit,
                            goodput_loss_fraction=chosen.goodput_loss(class_ms, step_s),
                            collective_gbps=collective_gbps(catalog, row, chosen, fabric, lo),
                            gbps_per_it_mw=fabric_gbps_per_it_mw(catalog, row, chosen),
                        )
                    )
    return tuple(modes)

"""Checks of section 4, training."""

from __future__ import annotations

import math

from siting.plan import OperatingMode, PlannedWorkload
from siting.study import Workload
from siting.verify import tolerances
from siting.verify.case import Case
from siting.verify.findings import Rule
from siting.verify.needs import all_needs, peers
from siting.verify.paradigms import (
    PREFIX,
    link_rtt_limit_ms,
    paradigm_of,
    peer_buckets,
    rtt_classes_ms,
)


def peer_minimum(case: Case, rule: Rule) -> None:
    """A campus that takes part serves at least the workload's minimum."""
    for planned in case.plan.workloads:
        least = case.workloads[planned.id].min_peer_mw
        for campus, values in planned.served_it_mw.items():
            for t, served in enumerate(values):
                if served > tolerances.MW:
                    where = case.at(f"workload {planned.id}, campus {campus}", t)
                    rule.at_least(where, "IT MW of a peer", served, least, "MW", tolerances.MW)


def single_mode(case: Case, rule: Rule) -> None:
    """One allowed operating mode with the numbers of section 2 exactly when there are two peers."""
    for planned in case.plan.workloads:
        workload = case.workloads[planned.id]
        for t, mode in enumerate(planned.modes):
            where = case.at(f"workload {planned.id}", t)
            count = len(peers(planned, t))
            rule.require(
                where,
                f"{count} peers and {'no' if mode is None else 'an'} operating mode; "
                "there is one exactly with two or more peers",
                ok=(mode is not None) == (count >= 2),
                value=count,
                limit=2,
                unit="peers",
            )
            if mode is not None and _allowed(where, workload, mode, rule):
                _numbers(case, where, workload, mode, rule)


def _allowed(where: str, workload: Workload, mode: OperatingMode, rule: Rule) -> bool:
    paradigms = [str(name) for name in workload.paradigms]
    paradigm = rule.require(
        where,
        f"paradigm {mode.paradigm} is not one of {', '.join(paradigms)}",
        ok=mode.paradigm in paradigms and mode.paradigm in PREFIX,
    )
    fabric = rule.require(
        where,
        f"fabric {mode.fabric} is not one of {', '.join(workload.fabrics)}",
        ok=mode.fabric in workload.fabrics,
    )
    return paradigm and fabric


def _numbers(case: Case, where: str, workload: Workload, mode: OperatingMode, rule: Rule) -> None:
    """Check bucket, RTT class, link limit and loss of a mode."""
    buckets = peer_buckets(workload)
    rule.require(
        where,
        f"peer bucket {mode.peers_min}-{mode.peers_max} is not one of "
        f"{', '.join(f'{low}-{high}' for low, high in buckets)}",
        ok=(mode.peers_min, mode.peers_max) in buckets,
        value=mode.peers_min,
        unit="peers",
    )
    paradigm = paradigm_of(workload, mode.paradigm, case.catalog)
    classes = rtt_classes_ms(workload, paradigm)
    rho = mode.rtt_class_ms
    rule.require(
        where,
        f"RTT class {rho:g} ms is not one of {', '.join(f'{c:g}' for c in classes)} ms",
        ok=any(math.isclose(rho, c, rel_tol=tolerances.STATED_RELATIVE) for c in classes),
        value=rho,
        limit=classes[-1],
        unit="ms",
    )
    limit = link_rtt_limit_ms(workload, mode.fabric, rho, case.catalog)
    slack = tolerances.STATED_RELATIVE * abs(limit)
    rule.equal(where, "RTT limit of a link", mode.link_rtt_limit_ms, limit, "ms", slack)
    rule.require(
        where,
        f"jitter and switching leave {limit:g} ms of the RTT class for a link",
        ok=limit > 0,
        value=limit,
        limit=0.0,
        unit="ms",
    )
    loss = paradigm.loss(rho)
    slack = tolerances.STATED_RELATIVE * abs(loss)
    rule.equal(where, "goodput loss", mode.goodput_loss_fraction, loss, "fraction", slack)


def peer_count(case: Case, rule: Rule) -> None:
    """The number of peers lies in the mode's bucket and is at most ``max_peers``."""
    for planned in case.plan.workloads:
        most = case.workloads[planned.id].max_peers
        for t, mode in enumerate(planned.modes):
            count = len(peers(planned, t))
            where = case.at(f"workload {planned.id}", t)
            if mode is not None and count >= 2:
                rule.at_least(where, "number of peers", count, mode.peers_min, "peers")
                rule.at_most(where, "number of peers", count, mode.peers_max, "peers")
            rule.at_most(where, "number of peers", count, most, "peers")


def same_paradigm(case: Case, rule: Rule) -> None:
    """Paradigm and fabric are the same in all periods that have a mode."""
    for planned in case.plan.workloads:
        used = [(t, mode) for t, mode in enumerate(planned.modes) if mode is not None]
        for t, mode in used:
            rule.require(
                case.at(f"workload {planned.id}", t),
                f"{mode.paradigm} on {mode.fabric}; the workload has {planned.paradigm} on "
                f"{planned.fabric} in all periods",
                ok=(mode.paradigm, mode.fabric) == (planned.paradigm, planned.fabric),
            )
        if not used:
            rule.require(
                f"workload {planned.id}",
                "names a paradigm or fabric and has no operating mode",
                ok=planned.paradigm is None and planned.fabric is None,
            )


def hub_is_peer(case: Case, rule: Rule) -> None:
    """A hub fabric names one hub, and it is a peer in every period that has a mode."""
    for planned in case.plan.workloads:
        for t, mode in enumerate(planned.modes):
            if mode is None or mode.fabric != "hub":
                continue
            rule.require(
                case.at(f"workload {planned.id}", t),
                f"hub {planned.hub} is not a peer ({', '.join(peers(planned, t)) or 'none'})",
                ok=planned.hub is not None and planned.hub in peers(planned, t),
                value=_hub_mw(planned, t),
                limit=case.workloads[planned.id].min_peer_mw,
                unit="MW",
            )


def _hub_mw(planned: PlannedWorkload, period: int) -> float:
    if planned.hub is None or planned.hub not in planned.served_it_mw:
        return 0.0
    return planned.served_it_mw[planned.hub][period]


def link_required(case: Case, rule: Rule) -> None:
    """The plan has a link with a demand exactly where the peers and the fabric require one."""
    stated = _stated(case)
    needed = {(need.campuses, need.workload, need.period): need.gbps for need in all_needs(case)}
    for (pair, workload, t), gbps in needed.items():
        where = case.at(f"link {pair[0]}-{pair[1]}, workload {workload}", t)
        rule.require(
            where,
            f"the link is required and the plan does not have it; it needs {gbps:,.10g} Gb/s",
            ok=(pair, workload, t) in stated,
            value=0.0,
            limit=gbps,
            unit="Gb/s",
        )
    for (pair, workload, t), gbps in stated.items():
        if (pair, workload, t) not in needed:
            where = case.at(f"link {pair[0]}-{pair[1]}, workload {workload}", t)
            what = "demand of a link that is not required"
            rule.equal(where, what, gbps, 0.0, "Gb/s", tolerances.GBPS)


def link_demand(case: Case, rule: Rule) -> None:
    """The demand of a required link is that of section 2."""
    stated = _stated(case)
    for need in all_needs(case):
        found = stated.get((need.campuses, need.workload, need.period))
        if found is not None:
            pair = need.campuses
            where = case.at(f"link {pair[0]}-{pair[1]}, workload {need.workload}", need.period)
            slack = tolerances.gbps_slack(need.gbps)
            rule.equal(where, "demand", found, need.gbps, "Gb/s", slack)


def _stated(case: Case) -> dict[tuple[tuple[str, str], str, int], float]:
    return {
        (link.campuses, demand.workload, t): gbps
        for link in case.plan.links
        for demand in link.demands
        for t, gbps in enumerate(demand.gbps)
    }

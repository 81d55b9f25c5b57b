"""Checks of section 4, training: the operating mode of each period."""

from __future__ import annotations

import math

from siting.plan import OperatingMode, PlannedWorkload
from siting.study import Workload
from siting.verify import tolerances
from siting.verify.case import Case
from siting.verify.findings import Rule
from siting.verify.needs import peers
from siting.verify.paradigms import (
    PREFIX,
    Paradigm,
    link_rtt_limit_ms,
    paradigm_of,
    peer_buckets,
    rtt_classes_ms,
)


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
                paradigm = paradigm_of(workload, mode.paradigm, case.catalog)
                _choices(where, workload, paradigm, mode, rule)
                if mode.peers_min >= 2:
                    _numbers(case, where, workload, paradigm, mode, rule)


def _allowed(where: str, workload: Workload, mode: OperatingMode, rule: Rule) -> bool:
    """Check that paradigm, fabric and bandwidth level are of those that the workload lists."""
    paradigms = [str(name) for name in workload.paradigms]
    allowed = rule.require(
        where,
        f"paradigm {mode.paradigm} is not one of {', '.join(paradigms)}",
        ok=mode.paradigm in paradigms and mode.paradigm in PREFIX,
    )
    allowed &= rule.require(
        where,
        f"fabric {mode.fabric} is not one of {', '.join(workload.fabrics)}",
        ok=mode.fabric in workload.fabrics,
    )
    levels = workload.bandwidth_levels
    level = mode.bandwidth_level
    allowed &= rule.require(
        where,
        f"bandwidth level {level:g} is not one of {', '.join(f'{b:g}' for b in levels)}",
        ok=_is_one_of(level, levels),
        value=level,
        unit="fraction",
    )
    return allowed


def _choices(
    where: str, workload: Workload, paradigm: Paradigm, mode: OperatingMode, rule: Rule
) -> None:
    """Check peer bucket and RTT class."""
    buckets = peer_buckets(workload, mode.fabric)
    rule.require(
        where,
        f"peer bucket {mode.peers_min}-{mode.peers_max} is not one of "
        f"{', '.join(f'{low}-{high}' for low, high in buckets)}",
        ok=(mode.peers_min, mode.peers_max) in buckets,
        value=mode.peers_min,
        unit="peers",
    )
    classes = rtt_classes_ms(workload, paradigm)
    rho = mode.rtt_class_ms
    rule.require(
        where,
        f"RTT class {rho:g} ms is not one of {', '.join(f'{c:g}' for c in classes)} ms",
        ok=_is_one_of(rho, classes),
        value=rho,
        limit=classes[-1],
        unit="ms",
    )


def _numbers(
    case: Case,
    where: str,
    workload: Workload,
    paradigm: Paradigm,
    mode: OperatingMode,
    rule: Rule,
) -> None:
    """Check link limit and loss."""
    rho = mode.rtt_class_ms
    limit = link_rtt_limit_ms(workload, mode.fabric, mode.peers_min, rho, case.catalog)
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
    loss = paradigm.loss(rho, mode.bandwidth_level)
    slack = tolerances.STATED_RELATIVE * abs(loss)
    rule.equal(where, "goodput loss", mode.goodput_loss_fraction, loss, "fraction", slack)
    rule.at_most(where, "goodput loss of a mode", loss, 1.0, "fraction", tolerances.ROUNDING)


def _is_one_of(value: float, values: tuple[float, ...]) -> bool:
    return any(math.isclose(value, v, rel_tol=tolerances.STATED_RELATIVE) for v in values)


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
    """Every mode of a hub fabric names a peer as hub, one for all periods unless it may move."""
    for planned in case.plan.workloads:
        workload = case.workloads[planned.id]
        hubs: list[str | None] = []
        for t, mode in enumerate(planned.modes):
            if mode is None:
                continue
            where = case.at(f"workload {planned.id}", t)
            if mode.fabric != "hub":
                rule.require(
                    where, f"fabric {mode.fabric} names hub {mode.hub}", ok=mode.hub is None
                )
                continue
            hubs.append(mode.hub)
            rule.require(
                where,
                f"hub {mode.hub} is not a peer ({', '.join(peers(planned, t)) or 'none'})",
                ok=mode.hub is not None and mode.hub in peers(planned, t),
                value=_hub_mw(planned, mode.hub, t),
                limit=workload.min_peer_mw,
                unit="MW",
            )
            rule.require(
                where,
                f"hub {mode.hub}, before {hubs[0]}; the hub of this workload may not move",
                ok=workload.hub_may_move or mode.hub == hubs[0],
            )
        common = hubs[0] if len(set(hubs)) == 1 else None
        rule.require(
            f"workload {planned.id}",
            f"names hub {planned.hub}; its modes have {_names(hubs)}",
            ok=planned.hub == common,
        )


def _names(hubs: list[str | None]) -> str:
    return ", ".join(str(hub) for hub in dict.fromkeys(hubs)) or "none"


def _hub_mw(planned: PlannedWorkload, hub: str | None, period: int) -> float:
    served = planned.served_it_mw.get(hub) if hub is not None else None
    return served[period] if served else 0.0

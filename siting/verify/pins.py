"""Checks of section 4, what the planner pins in the network: in use in the last period.

A route serves a pin when its link is required in some period and it carries a channel in the last
one, of an RTT that some workload could use.
"""

from __future__ import annotations

from siting.verify import tolerances
from siting.verify.case import Case, RouteCase
from siting.verify.findings import Rule
from siting.verify.needs import Pair, all_needs
from siting.verify.paradigms import link_rtt_limit_ms, paradigm_of, peer_buckets, rtt_classes_ms


def pinned_corridor(case: Case, rule: Rule) -> None:
    """A route that serves takes the corridor."""
    used = {name for route in _serving(case) for name in route.route.corridors}
    for name in case.study.file.rules.pin_corridors:
        message = "is pinned and no lit route of a required link takes it in the last period"
        rule.require(f"corridor {name}", message, ok=name in used)


def pinned_route(case: Case, rule: Rule) -> None:
    """A route that serves takes the path, from either end."""
    used = {tuple(route.route.corridors) for route in _serving(case)}
    for path in case.study.file.rules.pin_routes:
        message = "is pinned and no lit route of a required link takes it in the last period"
        ok = bool(used & {path, path[::-1]})
        rule.require(f"path {' - '.join(path)}", message, ok=ok)


def pinned_hut(case: Case, rule: Rule) -> None:
    """A route that serves is amplified or regenerated in the hut."""
    used = {hut for route in _serving(case) for hut in route.route.huts}
    for name in case.study.file.rules.pin_huts:
        message = "is pinned and no lit route of a required link uses it in the last period"
        rule.require(f"hut {name}", message, ok=name in used)


def _serving(case: Case) -> list[RouteCase]:
    """Return the fiber routes that can serve a pin."""
    required = {need.campuses for need in all_needs(case)}
    limits_ms = {pair: _widest_limit_ms(case, pair) for pair in required}
    return [
        route
        for route in case.fiber_routes
        if route.link.campuses in required
        and any(
            option.gbps[-1] > 0
            and option.rtt_ms <= limits_ms[route.link.campuses] + tolerances.RTT_MS
            for option in route.options
        )
    ]


def _widest_limit_ms(case: Case, pair: Pair) -> float:
    """Return the largest RTT of a link of two campuses that any mode or replica could use."""
    limits = [0.0]
    for workload in case.workloads.values():
        allowed = workload.campuses
        if allowed is not None and not set(pair) <= set(allowed):
            continue
        for name in workload.paradigms if workload.max_peers > 1 else ():
            paradigm = paradigm_of(workload, str(name), case.catalog)
            limits += [
                link_rtt_limit_ms(workload, fabric, low, rho, case.catalog)
                for fabric in workload.fabrics
                for low, _ in peer_buckets(workload, fabric)
                for rho in rtt_classes_ms(workload, paradigm)
                if paradigm.loss(rho, max(workload.bandwidth_levels)) <= 1
            ]
        if workload.replica is not None:
            own = workload.replica.rtt_limit_ms
            limits.append(case.catalog.value("ckpt.rtt_max") if own is None else own)
    return max(limits)

"""Checks of section 4 on links: RTT, capacity, survivability, entrances, availability."""

from __future__ import annotations

from collections import defaultdict

from siting.verify import tolerances
from siting.verify.case import Case
from siting.verify.findings import Rule
from siting.verify.interruptions import asked_availability, interrupted_links
from siting.verify.needs import Pair, all_needs
from siting.verify.services import Service, services
from siting.verify.transit import ring_failures, transit_rings


def rtt_limit(case: Case, rule: Rule) -> None:
    """The RTT stated is that of the path; where a link falls short, what is too slow is named."""
    for route in case.routes:
        lit = [option.rtt_ms for option in route.options if option.is_lit]
        if lit:
            slack = tolerances.STATED_RELATIVE * max(lit)
            rule.equal(route.where, "RTT", route.route.rtt_ms, max(lit), "ms", slack)
    rings, alone = _duties(case)
    short = [duty for duty in alone if duty.lacks_capacity or duty.fatal_failures]
    for ring in rings:
        short += ring if ring_failures(ring) else [duty for duty in ring if duty.lacks_capacity]
    for duty in short:
        for route in case.routes:
            for option in route.options if route.link.campuses == duty.campuses else ():
                if option.gbps[duty.period] > 0:
                    where = case.at(option.where, duty.period)
                    limit = duty.rtt_limit_ms
                    rule.at_most(where, "RTT", option.rtt_ms, limit, "ms", tolerances.RTT_MS)


def link_capacity(case: Case, rule: Rule) -> None:
    """Capacity within each RTT limit >= demand of the workloads with at most that limit."""
    for duty in services(case):
        need = duty.required_gbps
        rule.at_least(
            case.at(duty.where, duty.period),
            f"capacity with RTT up to {duty.rtt_limit_ms:,.6g} ms",
            duty.capacity_gbps,
            need,
            "Gb/s",
            tolerances.gbps_slack(need),
        )


def survivability(case: Case, rule: Rule) -> None:
    """The same after any single failure, for the surviving share of the demand."""
    rings, alone = _duties(case)
    for duty in alone:
        if duty.surviving_gbps:
            rule.count(len(duty.surviving_gbps) - 1)
            fatal = duty.fatal_failures
            others = f" (one of {len(fatal)} such failures)" if len(fatal) > 1 else ""
            _left(case, duty, duty.worst_failure or "", others, rule)
    for ring in rings:
        for failure in ring_failures(ring):
            least = max(ring, key=lambda duty: _missing_gbps(duty, failure))
            _left(case, least, failure, ", and the ring cannot carry it the other way", rule)
        rule.count(len({failure for duty in ring for failure in duty.surviving_gbps}))


def _left(case: Case, duty: Service, failure: str, more: str, rule: Rule) -> None:
    need, left = duty.required_surviving_gbps, duty.left_gbps(failure)
    rule.at_least(
        case.at(duty.where, duty.period),
        f"capacity left with RTT up to {duty.rtt_limit_ms:,.6g} ms after {failure}{more}",
        left,
        need,
        "Gb/s",
        tolerances.gbps_slack(need),
    )


def _missing_gbps(duty: Service, failure: str) -> float:
    return duty.required_surviving_gbps - duty.left_gbps(failure)


def _duties(case: Case) -> tuple[tuple[tuple[Service, ...], ...], list[Service]]:
    """Return the duties of rings with transit, and of all links that stand alone."""
    rings = transit_rings(case)
    around = {(duty.campuses, duty.period) for ring in rings for duty in ring}
    return rings, [d for d in services(case) if (d.campuses, d.period) not in around]


def diverse_entrances(case: Case, rule: Rule) -> None:
    """A link that must survive a failure joins campuses with two diverse entrances."""
    pairs: dict[Pair, set[str]] = defaultdict(set)
    for need in all_needs(case):
        if need.survival_fraction > 0:
            pairs[need.campuses].add(need.workload)
    for pair, workloads in pairs.items():
        for campus in pair:
            rule.require(
                f"link {pair[0]}-{pair[1]}",
                f"campus {campus} has no diverse entrances; workload "
                f"{', '.join(sorted(workloads))} asks the link to survive any single failure",
                ok=campus in case.network.diverse_campuses,
            )


def link_availability(case: Case, rule: Rule) -> None:
    """Single failures that interrupt a link last no more than the workload allows."""
    for item in interrupted_links(case):
        need = item.need
        asked = asked_availability(case, need)
        if asked is None:
            continue
        pair = need.campuses
        worst = max(item.singles, key=lambda g: item.singles[g].unavailability, default="none")
        rule.at_most(
            case.at(f"link {pair[0]}-{pair[1]}, workload {need.workload}", need.period),
            f"share of time in which one failure interrupts it ({len(item.singles)} failures, "
            f"{worst} above all)",
            item.single,
            1.0 - asked,
            "",
            tolerances.ROUNDING,
        )

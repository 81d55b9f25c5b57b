"""Checks of section 4, sites and power. Facility MW = IT MW x peak PUE."""

from __future__ import annotations

from siting.plan import PlannedCampus
from siting.verify import tolerances
from siting.verify.case import Case
from siting.verify.findings import Rule


def campus_limit(case: Case, rule: Rule) -> None:
    """``pue_peak_c k_ct <= limit_c x_ct``."""
    for campus in case.plan.campuses:
        largest = case.study.campuses[campus.id].limit_mw
        for t, built in enumerate(campus.built_it_mw):
            limit = largest if t >= campus.in_service_from else 0.0
            where = case.at(f"campus {campus.id}", t)
            facility = case.pue_peak(campus.id) * built
            rule.at_most(where, "facility MW built", facility, limit, "MW", tolerances.MW)


def campus_capacity(case: Case, rule: Rule) -> None:
    """``sum_w p_cwt <= k_ct``."""
    built = {campus.id: campus for campus in case.plan.campuses}
    for name in case.study.campuses:
        for t in range(case.periods):
            limit = _built_it_mw(built.get(name), t)
            served = case.it_mw(name, t)
            where = case.at(f"campus {name}", t)
            rule.at_most(where, "IT MW served", served, limit, "MW", tolerances.MW)


def _built_it_mw(campus: PlannedCampus | None, period: int) -> float:
    return campus.built_it_mw[period] if campus is not None else 0.0


def power_balance(case: Case, rule: Rule) -> None:
    """The flow on the campus's tie lines is its facility load."""
    for name in case.study.campuses:
        for t in range(case.periods):
            flow = sum(line.flow_mw[t] for line in case.plan.tie_lines if line.campus == name)
            load = case.pue_peak(name) * case.it_mw(name, t)
            where = case.at(f"campus {name}", t)
            rule.equal(where, "flow on its tie lines", flow, load, "MW", tolerances.MW)


def tie_line_limit(case: Case, rule: Rule) -> None:
    """``f_at <= capacity_a z_at``; a tie line needs an open campus and a connected substation."""
    campuses = {campus.id: campus.in_service_from for campus in case.plan.campuses}
    substations = {item.id: item.in_service_from for item in case.plan.substations}
    for line in case.plan.tie_lines:
        where = f"tie line {line.id}"
        capacity = case.network.tie_lines[line.id].capacity_mw
        for t, flow in enumerate(line.flow_mw):
            limit = capacity if t >= line.in_service_from else 0.0
            rule.at_most(case.at(where, t), "flow", flow, limit, "MW", tolerances.MW)
        for what, first in (
            (f"campus {line.campus}", campuses.get(line.campus)),
            (f"substation {line.substation}", substations.get(line.substation)),
        ):
            rule.require(
                where,
                f"in service from period index {line.in_service_from}; {what} is from {first}",
                ok=first is not None and first <= line.in_service_from,
                value=line.in_service_from,
                limit=first,
                unit="period",
            )


def substation_reservation(case: Case, rule: Rule) -> None:
    """Flow on the substation's tie lines <= MW reserved <= headroom at the start of the period."""
    planned = {item.id: item for item in case.plan.substations}
    for name in case.study.substations:
        item = planned.get(name)
        for t in range(case.periods):
            where = case.at(f"substation {name}", t)
            flow = sum(line.flow_mw[t] for line in case.plan.tie_lines if line.substation == name)
            reserved = item.reserved_mw[t] if item else 0.0
            rule.at_most(
                where, "flow on its tie lines", flow, reserved, "MW reserved", tolerances.MW
            )
            connected = item is not None and t >= item.in_service_from
            headroom = headroom_mw(case, name, t) if connected else 0.0
            rule.at_most(where, "MW reserved", reserved, headroom, "MW", tolerances.MW)


def headroom_mw(case: Case, substation: str, period: int) -> float:
    """Return the headroom of a substation at the start of a period, facility MW."""
    rows = case.study.timelines.get(substation, ())
    known = [row for row in rows if row.date <= case.starts[period]]
    return max(known, key=lambda row: row.date).headroom_mw if known else 0.0


def demand_balance(case: Case, rule: Rule) -> None:
    """``sum_c p_cwt + u_wt = demand_wt``."""
    for planned in case.plan.workloads:
        demand = case.workloads[planned.id].it_demand_mw
        for t, asked in enumerate(demand):
            served = sum(values[t] for values in planned.served_it_mw.values())
            total = served + planned.unserved_it_mw[t]
            where = case.at(f"workload {planned.id}", t)
            rule.equal(where, "IT MW served and unserved", total, asked, "MW", tolerances.MW)


def allowed_campus(case: Case, rule: Rule) -> None:
    """Workloads at their own campuses only; nothing at what the study forbids."""
    rules = case.study.file.rules
    for planned in case.plan.workloads:
        allowed = case.workloads[planned.id].campuses
        for campus, values in planned.served_it_mw.items():
            if max(values) > tolerances.MW:
                where = f"workload {planned.id}, campus {campus}"
                ok = allowed is None or campus in allowed
                for ok, message in (
                    (
                        allowed is None or campus in allowed,
                        "the campus is not in the workload's list",
                    ),
                    (campus not in rules.forbid_campuses, "the campus is forbidden"),
                ):
                    rule.require(where, message, ok=ok, value=max(values), limit=0.0, unit="MW")
    forbidden = (
        ("campus", [item.id for item in case.plan.campuses], rules.forbid_campuses),
        ("substation", [item.id for item in case.plan.substations], rules.forbid_substations),
        ("corridor", _fiber_corridors(case), rules.forbid_corridors),
    )
    for kind, used, names in forbidden:
        for name in used:
            rule.require(f"{kind} {name}", "is used and forbidden", ok=name not in names)


def _fiber_corridors(case: Case) -> list[str]:
    """Return the corridors that hold own or IRU fiber, or a fiber route."""
    held = {
        item.id
        for item in case.plan.corridors
        if any(item.iru_pairs) or any(any(counts) for counts in item.cables.values())
    }
    for route in case.fiber_routes:
        held.update(route.route.corridors)
    return sorted(held)


def pinned_campus(case: Case, rule: Rule) -> None:
    """A pinned campus is open in the last period."""
    opened = {campus.id: campus.in_service_from for campus in case.plan.campuses}
    for name in case.study.file.rules.pin_campuses:
        ok = opened.get(name, case.periods) < case.periods
        rule.require(f"campus {name}", "is pinned and not open in the last period", ok=ok)

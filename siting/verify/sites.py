"""Checks of section 4, campuses and the demand that they serve. Facility MW = IT MW x peak PUE."""

from __future__ import annotations

from siting.verify import tolerances
from siting.verify.case import Case
from siting.verify.demand import asked_it_mw
from siting.verify.findings import Rule
from siting.verify.standing import campus_in_service, existing_it_mw, substation_in_service


def campus_limit(case: Case, rule: Rule) -> None:
    """``pue_peak_c (k_ct + e_ct) <= limit_c``; nothing is built at a campus not in service."""
    for name, row in case.study.campuses.items():
        open_in = campus_in_service(case, name)
        for t in range(case.periods):
            limit = row.limit_mw if open_in[t] else 0.0
            where = case.at(f"campus {name}", t)
            facility = case.pue_peak(name) * it_capacity_mw(case, name, t)
            rule.at_most(where, "facility MW built", facility, limit, "MW", tolerances.MW)


def campus_capacity(case: Case, rule: Rule) -> None:
    """``sum_w (p_cwt + r_cwt) <= k_ct + e_ct``."""
    for name in case.study.campuses:
        for t in range(case.periods):
            limit = it_capacity_mw(case, name, t)
            served = case.it_mw(name, t)
            where = case.at(f"campus {name}", t)
            rule.at_most(where, "IT MW served", served, limit, "MW", tolerances.MW)


def it_capacity_mw(case: Case, campus: str, period: int) -> float:
    """Return the IT MW built and standing at a campus in a period."""
    planned = case.campuses.get(campus)
    built = planned.built_it_mw[period] if planned is not None else 0.0
    return built + existing_it_mw(case, campus, period)


def demand_balance(case: Case, rule: Rule) -> None:
    """``sum_c (p_cwt + r_cwt) + u_wt = demand_wt``."""
    for planned in case.plan.workloads:
        demand = asked_it_mw(case.workloads[planned.id], case.catalog)
        for t, asked in enumerate(demand):
            served = sum(
                mw[t]
                for served_mw in (planned.served_it_mw, planned.replica_it_mw)
                for mw in served_mw.values()
            )
            total = served + planned.unserved_it_mw[t]
            where = case.at(f"workload {planned.id}", t)
            rule.equal(where, "IT MW served and unserved", total, asked, "MW", tolerances.MW)


def allowed_campus(case: Case, rule: Rule) -> None:
    """Workloads at their own campuses only; nothing at what the study forbids."""
    rules = case.study.file.rules
    for planned in case.plan.workloads:
        allowed = case.workloads[planned.id].campuses
        for served_mw in (planned.served_it_mw, planned.replica_it_mw):
            for campus, values in served_mw.items():
                if max(values) <= tolerances.MW:
                    continue
                where = f"workload {planned.id}, campus {campus}"
                for ok, message in (
                    (
                        allowed is None or campus in allowed,
                        "the campus is not in the workload's list",
                    ),
                    (campus not in rules.forbid_campuses, "the campus is forbidden"),
                ):
                    rule.require(where, message, ok=ok, value=max(values), limit=0.0, unit="MW")
    forbidden = (
        ("campus", _campuses(case), rules.forbid_campuses),
        ("substation", _substations(case), rules.forbid_substations),
        ("corridor", _fiber_corridors(case), rules.forbid_corridors),
        ("hut", _huts(case), rules.forbid_huts),
    )
    for kind, used, names in forbidden:
        for name in sorted(used):
            rule.require(f"{kind} {name}", "is used and forbidden", ok=name not in names)
    barred = {way for path in rules.forbid_routes for way in (path, path[::-1])}
    for route in case.fiber_routes:
        path = tuple(route.route.corridors)
        rule.require(route.where, "takes a forbidden path", ok=path not in barred)


def _campuses(case: Case) -> set[str]:
    """Return the campuses opened or used, and those with power of their own."""
    lines = {line.campus for line in case.plan.tie_lines}
    return set(case.campuses) | lines | {item.campus for item in case.plan.bridging}


def _substations(case: Case) -> set[str]:
    return set(case.substations) | {line.substation for line in case.plan.tie_lines}


def _huts(case: Case) -> set[str]:
    """Return the huts taken into service or used."""
    used = {hut for route in case.fiber_routes for hut in route.route.huts}
    return {hut.id for hut in case.plan.huts} | used


def _fiber_corridors(case: Case) -> set[str]:
    """Return the corridors that hold own or IRU fiber, or a fiber route."""
    held = {
        item.id
        for item in case.plan.corridors
        if any(item.iru_pairs) or any(any(counts) for counts in item.cables.values())
    }
    for route in case.fiber_routes:
        held.update(route.route.corridors)
    return held


def pinned_substation(case: Case, rule: Rule) -> None:
    """A pinned substation is connected in the last period."""
    for name in case.study.file.rules.pin_substations:
        ok = substation_in_service(case, name)[-1]
        message = "is pinned and not connected in the last period"
        rule.require(f"substation {name}", message, ok=ok)


def pinned_campus(case: Case, rule: Rule) -> None:
    """A pinned campus is in service in the last period."""
    for name in case.study.file.rules.pin_campuses:
        ok = campus_in_service(case, name)[-1]
        rule.require(f"campus {name}", "is pinned and not open in the last period", ok=ok)

"""Checks of section 4, power from the grid and on site. All MW are facility MW."""

from __future__ import annotations

from siting.verify import tolerances
from siting.verify.case import Case
from siting.verify.findings import Rule
from siting.verify.standing import (
    campus_in_service,
    existing_mw,
    is_new,
    substation_in_service,
    tie_line_stands,
)


def power_balance(case: Case, rule: Rule) -> None:
    """Flow on the campus's tie lines and output on site are its facility load."""
    for name in case.study.campuses:
        for t in range(case.periods):
            supply = sum(line.flow_mw[t] for line in case.plan.tie_lines if line.campus == name)
            supply += sum(item.output_mw[t] for item in case.plan.bridging if item.campus == name)
            where = case.at(f"campus {name}", t)
            what = "flow on its tie lines and output on site"
            rule.equal(where, what, supply, facility_mw(case, name, t), "MW", tolerances.MW)


def facility_mw(case: Case, campus: str, period: int) -> float:
    """Return the facility load of a campus at peak, MW."""
    return case.pue_peak(campus) * case.it_mw(campus, period)


def bridging_limit(case: Case, rule: Rule) -> None:
    """``q_bt <= B_bt <= limit_b``, at a campus in service."""
    for item in case.plan.bridging:
        largest = case.study.bridging[item.id].limit_mw
        open_in = campus_in_service(case, item.campus)
        for t, (capacity, output) in enumerate(zip(item.capacity_mw, item.output_mw, strict=True)):
            where = case.at(f"bridging {item.id}", t)
            rule.at_most(where, "output", output, capacity, "MW", tolerances.MW)
            limit = largest if open_in[t] else 0.0
            rule.at_most(where, "capacity", capacity, limit, "MW", tolerances.MW)


def tie_line_limit(case: Case, rule: Rule) -> None:
    """``f_at <= phi_at <= capacity_a (z_at + E_at)``, z_at + E_at <= 1; both ends in service."""
    for line in case.plan.tie_lines:
        where = f"tie line {line.id}"
        stands = tie_line_stands(case, line.id)
        largest = case.network.tie_lines[line.id].capacity_mw
        for t, (flow, firm) in enumerate(zip(line.flow_mw, line.firm_mw, strict=True)):
            new = is_new(line.in_service_from, t)
            at = case.at(where, t)
            limit = largest if new or stands[t] else 0.0
            rule.at_most(at, "flow", flow, firm, "MW firm", tolerances.MW)
            rule.at_most(at, "firm MW", firm, limit, "MW", tolerances.MW)
            ends = (
                (f"campus {line.campus}", campus_in_service(case, line.campus)[t]),
                (
                    f"substation {line.substation}",
                    substation_in_service(case, line.substation)[t],
                ),
            )
            if new:
                rule.require(at, "is new and the standing line still serves", ok=not stands[t])
                for what, ok in ends:
                    rule.require(at, f"is in service and {what} is not", ok=ok)


def n_minus_1_feed(case: Case, rule: Rule) -> None:
    """The load holds with any one tie line (substation) out, where asked; else firm is flow."""
    for name, row in case.study.campuses.items():
        lines = [line for line in case.plan.tie_lines if line.campus == name]
        for t in range(case.periods):
            if row.feed_redundancy == "none":
                for line in lines:
                    where = case.at(f"tie line {line.id}", t)
                    firm, flow = line.firm_mw[t], line.flow_mw[t]
                    rule.equal(where, "firm MW", firm, flow, "MW", tolerances.MW)
                continue
            load = facility_mw(case, name, t)
            on_site = sum(item.capacity_mw[t] for item in case.plan.bridging if item.campus == name)
            by_line = row.feed_redundancy == "tie_line"
            feeds = [line.id if by_line else line.substation for line in lines]
            for out in dict.fromkeys(feeds):
                left = sum(
                    line.firm_mw[t] for line, feed in zip(lines, feeds, strict=True) if feed != out
                )
                what = f"MW left without {'tie line' if by_line else 'substation'} {out}"
                where = case.at(f"campus {name}", t)
                rule.at_least(where, what, left + on_site, load, "MW", tolerances.MW)


def substation_reservation(case: Case, rule: Rule) -> None:
    """Firm MW on its tie lines <= MW reserved and standing; reserved <= headroom and upgrades."""
    for name in case.study.substations:
        item = case.substations.get(name)
        open_in = substation_in_service(case, name)
        for t in range(case.periods):
            where = case.at(f"substation {name}", t)
            firm = sum(line.firm_mw[t] for line in case.plan.tie_lines if line.substation == name)
            reserved = item.reserved_mw[t] if item else 0.0
            held = reserved + existing_mw(case, name, t)
            rule.at_most(where, "firm MW on its tie lines", firm, held, "MW held", tolerances.MW)
            headroom = headroom_mw(case, name, t) if open_in[t] else 0.0
            rule.at_most(where, "MW reserved", reserved, headroom, "MW", tolerances.MW)


def headroom_mw(case: Case, substation: str, period: int) -> float:
    """Return the headroom of a substation at the start of a period, with upgrades, MW."""
    rows = case.study.timelines.get(substation, ())
    known = [row for row in rows if row.date <= case.starts[period]]
    headroom = max(known, key=lambda row: row.date).headroom_mw if known else 0.0
    for item in case.plan.network_upgrades:
        row = case.study.network_upgrades[item.id]
        if substation in row.substation_ids and is_new(item.in_service_from, period):
            headroom += row.added_mw
    return headroom

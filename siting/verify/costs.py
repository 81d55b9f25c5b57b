"""Checks of section 5: ``cost_lines`` and ``bounds_consistent``."""

from __future__ import annotations

import math

from siting.plan import COST_LINES, NETWORK_COST_LINES
from siting.verify import tolerances
from siting.verify.case import Case
from siting.verify.findings import Rule
from siting.verify.ledger import Ledger
from siting.verify.network_costs import network_costs
from siting.verify.site_costs import site_costs


def account(case: Case) -> Ledger:
    """Return the costs of a plan by plain arithmetic."""
    ledger = Ledger(case)
    site_costs(ledger)
    network_costs(ledger)
    return ledger


def cost_lines(case: Case, rule: Rule) -> None:
    """Each line, the objective and upfront cash are those recomputed, to the cent."""
    ledger = account(case)
    costs = ledger.present_values()
    stated = case.plan.costs_usd
    rule.require(
        "costs_usd",
        f"must have the lines {', '.join(COST_LINES)} and no others",
        ok=set(stated) == set(COST_LINES),
    )
    for line in COST_LINES:
        usd = costs[line]
        slack = tolerances.usd_slack(usd)
        rule.equal(f"costs_usd.{line}", "present value", stated.get(line, 0.0), usd, "USD", slack)
    total = math.fsum(costs.values())
    slack = tolerances.usd_slack(total)
    rule.equal("objective_usd", "present value", case.plan.objective_usd, total, "USD", slack)
    _upfront(case, ledger.upfront_cash(), rule)


def _upfront(case: Case, cash: dict[str, tuple[float, ...]], rule: Rule) -> None:
    stated = case.plan.upfront_cash_usd
    rule.require(
        "upfront_cash_usd",
        f"must have the lines {', '.join(cash)} and no others",
        ok=set(stated) == set(cash),
    )
    nothing = (0.0,) * case.periods
    for line in (*cash, *sorted(set(stated) - set(cash))):
        where = f"upfront_cash_usd.{line}"
        amounts = stated.get(line, nothing)
        if not rule.require(
            where,
            f"has {len(amounts)} entries; the study has {case.periods} periods",
            ok=len(amounts) == case.periods,
            value=len(amounts),
            limit=case.periods,
            unit="entries",
        ):
            continue
        for t, (found, usd) in enumerate(zip(amounts, cash.get(line, nothing), strict=True)):
            slack = tolerances.usd_slack(usd)
            rule.equal(case.at(where, t), "overnight capital", found, usd, "USD", slack)


def bounds_consistent(case: Case, rule: Rule) -> None:
    """Bounds do not exceed what they bound; gaps are the difference, absolute and relative."""
    bounds, plan = case.plan.bounds, case.plan
    network = math.fsum(plan.costs_usd.get(line, 0.0) for line in NETWORK_COST_LINES)
    for prefix, total, bound, gap, relative in (
        ("", plan.objective_usd, bounds.bound_usd, bounds.gap_usd, bounds.relative_gap),
        (
            "network_",
            network,
            bounds.network_bound_usd,
            bounds.network_gap_usd,
            bounds.network_relative_gap,
        ),
    ):
        slack = tolerances.usd_slack(total)
        where = f"bounds.{prefix}bound_usd"
        rule.at_most(where, "lower bound", bound, total, "USD", slack)
        where = f"bounds.{prefix}gap_usd"
        rule.equal(where, "gap", gap, total - bound, "USD", slack)
        share = (total - bound) / abs(total) if total else 0.0
        where = f"bounds.{prefix}relative_gap"
        near = tolerances.ROUNDING + tolerances.STATED_RELATIVE * abs(share)
        if total:
            near += slack / abs(total)
        rule.equal(where, "gap over cost", relative, share, "fraction", near)
    for prefix, total, bound, widest, scope in (
        (
            "",
            plan.objective_usd,
            bounds.bound_usd,
            bounds.all_routes_bound_usd,
            bounds.bound_scope,
        ),
        (
            "network_",
            network,
            bounds.network_bound_usd,
            bounds.network_all_routes_bound_usd,
            bounds.network_bound_scope,
        ),
    ):
        if widest is not None:
            slack = tolerances.usd_slack(total)
            where = f"bounds.{prefix}all_routes_bound_usd"
            # Whatever bounds it over every route bounds it over the candidates.
            rule.at_most(where, "lower bound", widest, bound, "USD", slack)
            if scope == "all_routes":
                rule.equal(where, "lower bound", widest, bound, "USD", slack)

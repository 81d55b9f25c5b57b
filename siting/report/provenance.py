"""Where the numbers come from: versions, hashes, options, bounds, and what is synthetic."""

from __future__ import annotations

from siting.plan import Plan
from siting.report.table import Column, Table
from siting.report.text import SCOPES
from siting.report.view import View

_SHARE = 100


def provenance_table(view: View) -> Table:
    """Return what is needed to make the plan again, and what is proven about it."""
    plan = view.plan
    source, bounds = plan.provenance, plan.bounds
    checks = sum(view.verification.rules_checked.values())
    rows = [
        ("Study", plan.study),
        ("Scenario", plan.scenario or "none"),
        ("Verification", "accepted" if view.verification.accepted else "REJECTED"),
        ("Checks made", f"{checks:,} of {len(view.verification.rules_checked)} rules"),
        ("Method", source.method),
        ("Termination", source.termination),
        ("Objective, USD", f"{plan.objective_usd:,.2f}"),
        ("Lower bound, USD", f"{bounds.bound_usd:,.2f}"),
        ("Gap, USD", f"{bounds.gap_usd:,.2f}"),
        ("Gap of the total", f"{_SHARE * bounds.relative_gap:.6f} %"),
        ("Gap over the network's cost", _of_network(plan)),
        ("Bound holds for", SCOPES[bounds.bound_scope]),
        ("Gap over all routes, USD", _gap_over_all_routes(plan)),
        ("Network cost, USD", f"{plan.network_cost_usd:,.2f}"),
        ("Network lower bound, USD", f"{bounds.network_bound_usd:,.2f}"),
        ("Network gap, USD", f"{bounds.network_gap_usd:,.2f}"),
        ("Network gap of its cost", f"{_SHARE * bounds.network_relative_gap:.6f} %"),
        ("Network bound holds for", SCOPES[bounds.network_bound_scope]),
        ("Network gap over all routes, USD", _over_all_routes(plan)),
        ("Study SHA-256", source.study_sha256),
        ("Network SHA-256", source.network_sha256),
        ("Instance SHA-256", source.instance_sha256),
        *((f"Version of {name}", version) for name, version in sorted(source.versions.items())),
        *((f"Option {name}", str(value)) for name, value in sorted(source.options.items())),
        *((f"Network: {name}", words) for name, words in sorted(view.network.definition.items())),
    ]
    return Table(
        id="provenance",
        title="Provenance",
        columns=(Column(name="What"), Column(name="Value")),
        rows=tuple(rows),
    )


def _of_network(plan: Plan) -> str:
    cost = plan.network_cost_usd
    return f"{_SHARE * plan.bounds.gap_usd / cost:.6f} %" if cost else "no network"


def _gap_over_all_routes(plan: Plan) -> str:
    most = plan.bounds.all_routes_bound_usd
    return "not looked for" if most is None else f"{plan.objective_usd - most:,.2f}"


def _over_all_routes(plan: Plan) -> str:
    most = plan.bounds.network_all_routes_bound_usd
    return "not looked for" if most is None else f"{plan.network_cost_usd - most:,.2f}"


def violation_table(view: View) -> Table:
    """Return the violations that the verifier found."""
    rows = [
        (item.rule, item.where, item.value, item.limit, item.unit, item.message)
        for item in view.verification.violations
    ]
    return Table(
        id="violations",
        title="Violations",
        columns=(
            Column(name="Rule"),
            Column(name="Where"),
            Column(name="Value", kind="text"),
            Column(name="Limit", kind="text"),
            Column(name="Unit"),
            Column(name="In words"),
        ),
        rows=tuple(rows),
    )


def notes_table(view: View) -> Table:
    """Return what a reader must know before using the numbers."""
    notes = [f"Synthetic: {words}" for words in view.synthetic]
    notes += [
        f"Money is {view.currency}; taxes and accounting depreciation are excluded.",
        "IT MW is the load of the computers; facility MW is IT MW times the peak PUE.",
        "Lengths are route kilometers along the ground with slack, never straight lines.",
        "RTT is the round trip through fiber, amplifiers, terminals and transponders.",
        "Positions and dates of sites are those of the study; check them before use.",
    ]
    if not view.verification.accepted:
        notes.insert(0, "REJECTED by the independent verifier: do not use this plan.")
    return Table(
        id="notes", title="Notes", columns=(Column(name="Note"),), rows=tuple((n,) for n in notes)
    )

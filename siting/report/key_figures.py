"""The figures that a planner asks for first, at the top of the page."""

from __future__ import annotations

from siting.plan import Plan
from siting.report.table import Column, Table, by_period, dollars, percent
from siting.report.view import View

CASH_WORDS = (
    "full price of what is built, when it comes into service, not discounted; present value "
    "charges it by the year, over its life, and only the years up to {last} count"
)
"""Why upfront cash may exceed present value."""


def cash_words(view: View) -> str:
    """Return why upfront cash differs from present value, as a phrase."""
    return CASH_WORDS.format(last=view.periods[-1])


def served_table(view: View) -> Table:
    """Return the IT MW asked and served in each period."""
    served = [d - u for d, u in zip(view.demand_mw, view.unserved_mw, strict=True)]
    shares = [
        percent(s / d) if d else "\N{EN DASH}" for s, d in zip(served, view.demand_mw, strict=True)
    ]
    return Table(
        id="served",
        title="Served against asked",
        columns=(
            Column(name="IT MW"),
            *by_period(view.periods, "", "", "mw", is_summed=False),
        ),
        rows=(
            ("Asked", *view.demand_mw),
            ("Served", *served),
            ("Served, share", *shares),
        ),
        strong=frozenset((1,)),
    )


def key_figures_table(view: View) -> Table:
    """Return cost, what is proven, and how much is built, each with what it means."""
    plan = view.plan
    cash = sum(map(sum, plan.upfront_cash_usd.values()))
    lengths = [route.length_km for _, route, _ in view.routes]
    rows = [
        (
            "Total cost",
            dollars(plan.objective_usd),
            f"present value, {view.currency}, with {_unserved_words(plan)}",
        ),
        ("Upfront cash", dollars(cash), cash_words(view)),
        (
            "Network",
            dollars(plan.network_cost_usd),
            f"present value, part of the total: {_share(plan.network_cost_usd, plan)}",
        ),
        *_gaps(view),
        ("Campuses", f"{len(plan.campuses):,}", f"of {len(view.campus_points):,} candidates"),
        ("Links", f"{len(plan.links):,}", f"over {len(lengths):,} routes"),
        ("Routes", f"{sum(lengths):,.0f} km", "each route in full, also where routes share a way"),
        ("Amplifier huts", f"{len(plan.huts):,}", "each once, whichever routes use it"),
    ]
    return Table(
        id="key-figures",
        title="Key figures",
        columns=(Column(name="Figure"), Column(name="Value"), Column(name="What it is")),
        rows=tuple(rows),
    )


def _unserved_words(plan: Plan) -> str:
    unserved = plan.costs_usd.get("unserved_demand", 0.0)
    return f"{dollars(unserved)} charged for demand not served" if unserved else "all demand served"


def _share(usd: float, plan: Plan) -> str:
    return percent(usd / plan.objective_usd if plan.objective_usd else 0.0)


def _gaps(view: View) -> list[tuple[str, str, str]]:
    """Return the most that a better plan could save: sites and network together, network alone."""
    plan, bounds = view.plan, view.plan.bounds
    if not view.verification.accepted:
        return [("Proven", "nothing", "the plan is rejected")]
    network = plan.network_cost_usd
    whole = "sites, timing, modes and network together: "
    fixed = "with sites, timing and modes fixed: "
    rows = [
        _gap(
            "Joint gap",
            whole,
            plan.objective_usd,
            bounds.bound_usd,
            bounds.all_routes_bound_usd,
            bounds.bound_scope,
        )
    ]
    if network:
        rows.append(
            _gap(
                "Network gap",
                fixed,
                network,
                bounds.network_bound_usd,
                bounds.network_all_routes_bound_usd,
                bounds.network_bound_scope,
            )
        )
    return rows


def _gap(
    name: str, what: str, cost: float, bound: float, wider: float | None, scope: str
) -> tuple[str, str, str]:
    gap = max(cost - bound, 0.0)
    where = "over every route" if scope == "all_routes" else "over the candidate routes"
    words = f"{what}the most a better plan could save {where}"
    value = f"{dollars(gap)} ({percent(gap / cost if cost else 0.0)})"
    if scope == "all_routes":
        return name, value, words
    if wider is None:
        return name, value, f"{words}; every route: not looked for"
    more = max(cost - wider, 0.0)
    share = percent(more / cost if cost else 0.0)
    return name, value, f"{words}; over every route {dollars(more)} ({share})"

"""The plan in a director's words."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from siting.network import CandidateNetwork
from siting.plan import COST_LINES, Plan, PlannedWorkload
from siting.report.costs import LINE_LABELS
from siting.report.exchange import exchanges
from siting.report.key_figures import cash_words
from siting.report.links import binding_service, link_limits_ms, supply_words
from siting.report.multisite import multisite_words
from siting.report.table import dollars, listed, megawatts, percent
from siting.report.view import View, add_up
from siting.study import Study

if TYPE_CHECKING:
    from siting.verify import Verification

SCOPES = {
    "all_routes": "every route in the saved corridor network",
    "candidate_routes": "the candidate routes only; a better route outside them is not excluded",
}
"""For which problem a bound holds."""
_BESIDE = "the candidate routes"
"""The scope of candidate routes where a bound over every route stands beside it."""

_LINES_MAX = 40
_CENTS = 0.5
"""Gaps below half a dollar are rounding."""
_TIMES = 2
_RUNS = 8
_WIDTH = 100
_SHOWN = 6
_LINKS_SHOWN = 4


def summary_text(
    plan: Plan,
    verification: Verification,
    network: CandidateNetwork,
    study: Study | None = None,
) -> str:
    """Return a summary for the terminal, at most 40 lines."""
    return summary(View(plan, verification, network, study))


def summary(view: View) -> str:
    """Return the summary of a view, at most 40 lines."""
    plan = view.plan
    scenario = f", scenario {plan.scenario}" if plan.scenario else ""
    lines = [_cut(f"{view.title}{scenario}"), *verdict_lines(view), ""]
    head = f"  {'IT MW':<30}" + "".join(f"{label:>9}" for label in view.periods[:_SHOWN])
    lines.append(head + (f"   ... {view.periods[-1]}" if len(view.periods) > _SHOWN else ""))
    campuses = view.campuses_serving
    lines += [_series(view.campus_name(c), view.served_mw(c)) for c in campuses[:_SHOWN]]
    if len(campuses) > _SHOWN:
        lines.append(f"  and {len(campuses) - _SHOWN} more campuses")
    lines += [_series("unserved", view.unserved_mw), _series("demand", view.demand_mw), ""]
    largest = sorted(COST_LINES, key=lambda line: -plan.costs_usd.get(line, 0.0))[:4]
    parts = listed(
        [
            f"{LINE_LABELS[line].lower()} {dollars(plan.costs_usd.get(line, 0.0))}"
            for line in largest
        ]
    )
    cash = dollars(sum(map(sum, plan.upfront_cash_usd.values())))
    for label, words in (
        ("Cost, present value", f"{dollars(plan.objective_usd)} ({view.currency})"),
        ("  largest lines", parts),
        ("  network", f"{dollars(plan.network_cost_usd)}, {_network_share(plan)} of the total"),
        ("Upfront cash", f"{cash}: {cash_words(view)}"),
        *([("One campus", multisite_words(view))] if multisite_words(view) else []),
        *([("Goodput", goodput_words(view))] if goodput_words(view) else []),
        *_proofs(view),
    ):
        lines += wrap(words, _WIDTH, initial_indent=f"{label:<22}", subsequent_indent=" " * 22)
    if plan.links:
        lines += ["", *_links(view)]
    if view.synthetic:
        lines += [
            "",
            *wrap(
                "Synthetic: " + "; ".join(text.rstrip(".") for text in view.synthetic),
                _WIDTH,
                max_lines=4,
            ),
        ]
    return "\n".join(lines[:_LINES_MAX]) + "\n"


def verdict_lines(view: View) -> list[str]:
    """Return the verdict of the independent verifier, with the first violations."""
    found = view.verification.violations
    if view.verification.accepted:
        return ["Verified: an independent program recomputed the plan and found no violation."]
    count = f"{len(found)} violation{'s' if len(found) != 1 else ''}"
    lines = [f"REJECTED by the independent verifier: {count}. Do not use this plan."]
    lines += [_cut(f"  {item.rule}: {item.message}") for item in found[:_SHOWN]]
    return lines


def answer(view: View) -> str:
    """Return the plan in one paragraph."""
    return " ".join(paragraphs(view))


def paragraphs(view: View) -> list[str]:
    """Return what the plan serves, how it trains, what it costs and what is proven."""
    plan = view.plan
    campuses = len(plan.campuses)
    served = [d - u for d, u in zip(view.demand_mw, view.unserved_mw, strict=True)]
    names = listed([view.campus_name(campus) for campus in view.campuses_serving])
    sites = f"{campuses} campus{'es' if campuses != 1 else ''} ({names})"
    serves = by_period_words(served, view.periods, "IT MW")
    energizes = (
        f"The plan energizes {sites} and serves {serves}."
        if campuses
        else "The plan energizes no campus."
    )
    modes = [_mode_words(view, workload) for workload in plan.workloads if workload.paradigm]
    if modes:
        fiber = _count(sum(len(link.routes) for link in plan.links), "route")
        huts = _count(len(plan.huts), "amplifier hut") if plan.huts else "no amplifier hut"
        run = "link runs" if len(plan.links) == 1 else "links run"
        trains = f"Workload {listed(modes)}; {len(plan.links)} {run} over {fiber} and {huts}."
    else:
        trains = "No workload trains across campuses, so no network is needed."
    network = f", of which {dollars(plan.network_cost_usd)} ({_network_share(plan)}) is the network"
    costs = (
        f"It costs {dollars(plan.objective_usd)} in present value ({view.currency})"
        f"{network if plan.network_cost_usd else ''}."
    )
    found = [
        _sentences(energizes, _unserved(view), _bridging(view)),
        trains,
        _sentences(costs, multisite_words(view)),
    ]
    if not view.verification.accepted:
        return [
            "This plan was rejected: what follows is its own claim, and nothing is proven.",
            *found,
        ]
    alone = f"For the network alone, {network_proof(plan)}" if plan.network_cost_usd else ""
    return [*found, _sentences(f"Proof: {proof(plan)}", alone)]


def _sentences(*words: str) -> str:
    return " ".join(word for word in words if word)


def proof(plan: Plan) -> str:
    """Return what is proven about the total."""
    bounds = plan.bounds
    if bounds.gap_usd < _CENTS:
        wider = _wider(plan)
        return f"no plan is cheaper over {_BESIDE if wider else SCOPES[bounds.bound_scope]}{wider}."
    of_network = ""
    if plan.network_cost_usd:
        share = bounds.gap_usd / plan.network_cost_usd
        size = percent(share) + " of" if share < _TIMES else f"{share:,.0f} times"
        of_network = f", {size} the network's cost"
    wider = _wider(plan)
    return (
        f"no plan is more than {dollars(max(bounds.gap_usd, 0.0))} cheaper "
        f"({percent(max(bounds.relative_gap, 0.0))} of the total{of_network}) "
        f"over {_BESIDE if wider else SCOPES[bounds.bound_scope]}{wider}."
    )


def _wider(plan: Plan) -> str:
    """Return what is proven about the total over every route, where the bound is not."""
    most = plan.bounds.all_routes_bound_usd
    if most is None or plan.bounds.bound_scope == "all_routes":
        return ""
    saved = max(plan.objective_usd - most, 0.0)
    share = percent(saved / plan.objective_usd) if plan.objective_usd else percent(0.0)
    return f", and none more than {dollars(saved)} ({share}) cheaper over {SCOPES['all_routes']}"


def network_proof(plan: Plan) -> str:
    """Return what is proven about the network's own cost."""
    bounds = plan.bounds
    scope, wider = SCOPES[bounds.network_bound_scope], ""
    most = bounds.network_all_routes_bound_usd
    if most is not None and bounds.network_bound_scope != "all_routes":
        saved = max(plan.network_cost_usd - most, 0.0)
        share = percent(saved / plan.network_cost_usd if plan.network_cost_usd else 0.0)
        scope, wider = _BESIDE, f", at most {dollars(saved)} ({share}) over {SCOPES['all_routes']}"
    if bounds.network_gap_usd < _CENTS:
        return f"with sites, timing and modes fixed, nothing can be saved over {scope}{wider}."
    return (
        f"with sites, timing and modes fixed, at most {dollars(max(bounds.network_gap_usd, 0.0))} "
        f"({percent(max(bounds.network_relative_gap, 0.0))}) can be saved over {scope}{wider}."
    )


def _mode_words(view: View, workload: PlannedWorkload) -> str:
    how = {
        "synchronous": "synchronously",
        "hierarchical": "hierarchically",
        "diloco": "by DiLoCo",
        "streaming": "by streaming DiLoCo",
        "compressed": "by compressed local steps",
    }
    at = f" at {view.campus_name(workload.hub)}" if workload.hub else ""
    fabric = {"hub": f"through a hub{at}", "mesh": "as a full mesh", "ring": "around a ring"}
    paradigm = str(workload.paradigm)
    words = fabric.get(str(workload.fabric), str(workload.fabric))
    return f"{workload.id} trains {how.get(paradigm, paradigm)} {words}"


def goodput_words(view: View) -> str:
    """Return goodput, utilization and blast radius of the last period with peers; else empty."""
    words = []
    for workload in view.plan.workloads:
        found = [e for e in exchanges(view) if e.workload == workload.id and e.mode is not None]
        if found and (last := found[-1]).goodput is not None:
            mfu = f", effective utilization {percent(last.mfu)}" if last.mfu is not None else ""
            share = last.blast.campus_share
            most = f", at most {percent(share)} at one campus" if share is not None else ""
            words.append(f"{workload.id} {percent(last.goodput)} in {last.label}{mfu}{most}")
    return "; ".join(words)


def _range(values: Sequence[float]) -> str:
    low, high = min(values, default=0.0), max(values, default=0.0)
    return f"{low:.3f}" if low == high else f"{low:.3f} to {high:.3f}"


def _proofs(view: View) -> tuple[tuple[str, str], ...]:
    if not view.verification.accepted:
        return (("Proof", "none: the plan is rejected."),)
    if not view.plan.network_cost_usd:
        return (("Proof", proof(view.plan)),)
    return (("Proof", proof(view.plan)), ("  network", network_proof(view.plan)))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number != 1 else ''}"


def _unserved(view: View) -> str:
    mw_years = view.period_years * sum(view.unserved_mw)
    if not mw_years:
        return "All demand is served."
    shortfall = by_period_words(view.unserved_mw, view.periods, "IT MW", with_zero=False)
    share = percent(mw_years / (view.period_years * sum(view.demand_mw)))
    cost = dollars(view.plan.costs_usd.get("unserved_demand", 0.0))
    return (
        f"Not served: {shortfall}; in all {megawatts(mw_years)} MW-years, {share} of the demand, "
        f"valued at {cost}."
    )


def _bridging(view: View) -> str:
    capacity = add_up((b.capacity_mw for b in view.plan.bridging), len(view.periods))
    if not any(capacity):
        return ""
    cost = dollars(view.plan.costs_usd.get("bridging", 0.0))
    return (
        f"Bridging power stands in for the grid with up to {megawatts(max(capacity))} facility MW "
        f"({cost} of plant or rent)."
    )


def by_period_words(
    values: Sequence[float], periods: Sequence[str], unit: str, *, with_zero: bool = True
) -> str:
    """Return amounts by period, neighboring periods of one amount, as shown, together.

    >>> by_period_words((50, 20, 20, 0), ("2027", "2028", "2029", "2030"), "MW")
    '50 MW in 2027, 20 MW in 2028 and 2029 and 0 MW in 2030'
    >>> by_period_words((50, 1e-13, 0, 0), ("2027", "2028", "2029", "2030"), "MW")
    '50 MW in 2027 and 0 MW in 2028 to 2030'
    >>> by_period_words((50, 1e-13, 0), ("2027", "2028", "2029"), "MW", with_zero=False)
    '50 MW in 2027'
    """
    runs: list[tuple[float, int, int]] = []
    for index, value in enumerate(values):
        if runs and megawatts(runs[-1][0]) == megawatts(value):
            runs[-1] = (value, runs[-1][1], index)
        else:
            runs.append((value, index, index))
    if len(runs) > _RUNS:
        low, high = min(values), max(values)
        ends = f"{megawatts(values[-1])} {unit} in {periods[-1]}"
        return f"between {megawatts(low)} and {megawatts(high)} {unit}, {ends}"
    return listed(
        [
            f"{megawatts(value)} {unit} in {periods[first]}"
            + ("" if last == first else f" {'and' if last == first + 1 else 'to'} {periods[last]}")
            for value, first, last in runs
            if with_zero or megawatts(value) != megawatts(0.0)
        ]
    )


def _network_share(plan: Plan) -> str:
    return percent(plan.network_cost_usd / plan.objective_usd if plan.objective_usd else 0.0)


def _series(name: str, values: list[float]) -> str:
    cells = "".join(f"{megawatts(value):>9}" for value in values[:_SHOWN])
    more = f"   ... {megawatts(values[-1])}" if len(values) > _SHOWN else ""
    return f"  {name[:30]:<30}{cells}{more}"


def _links(view: View) -> list[str]:
    lines = []
    for link in view.plan.links[:_LINKS_SHOWN]:
        service = binding_service(view, link)
        fibers = "; ".join(dict.fromkeys(supply_words(route) for route in link.routes))
        limits = link_limits_ms(view, link)
        within = f", limit {_range(limits)} ms" if limits else ""
        left = ", not protected"
        if service and service.required_surviving_gbps:
            left = f", {service.surviving_gbps / 1000:,.1f} Tb/s after the worst failure"
        rtts = _range([route.rtt_ms for route in link.routes])
        words = (
            f"{view.link_name(link)}: {_count(len(link.routes), 'route')}, "
            f"RTT {rtts} ms{within}{left}, {fibers}"
        )
        lines += wrap(words, _WIDTH, initial_indent="  ", subsequent_indent=" " * 6, max_lines=2)
    more = len(view.plan.links) - _LINKS_SHOWN
    return ["Links", *lines, *([f"  and {more} more"] if more > 0 else [])]


def _cut(text: str) -> str:
    return text if len(text) <= _WIDTH else text[: _WIDTH - 3] + "..."

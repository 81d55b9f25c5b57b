"""The outcome of a run as one JSON object: what ``siting solve --json`` prints (docs/cli.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from siting.economics import period_years

if TYPE_CHECKING:
    from siting.plan import Plan, PlannedLink, PlannedRoute, PlannedWorkload
    from siting.study import Study
    from siting.verify import Verification

TIMES = ("network", "instance", "build", "solve", "verify", "report", "total")
"""Stages that ``times_s`` names, seconds of wall time."""

EXIT_VERIFIED, EXIT_INPUT, EXIT_INFEASIBLE, EXIT_NO_PLAN, EXIT_REJECTED = range(5)


def exit_code(outcome: Mapping[str, Any]) -> int:
    """Return the exit code of ``siting`` for the outcome of a run."""
    if outcome["plan_path"] is not None:
        return EXIT_VERIFIED if outcome["verified"] else EXIT_REJECTED
    if outcome["termination"] == "infeasible":
        return EXIT_INFEASIBLE
    return EXIT_REJECTED if outcome["termination"] == "error" else EXIT_NO_PLAN


def outcome_without_plan(
    study: Study, termination: str, explanation: tuple[str, ...], bound_usd: float | None = None
) -> dict[str, Any]:
    """Return the outcome of a run that ended without a plan, and why."""
    empty = dict.fromkeys(
        (
            *("objective_usd", "bound_usd", "gap_usd", "relative_gap", "bound_scope"),
            *("network_cost_usd", "network_gap_usd", "network_relative_gap"),
            *("network_bound_scope", "unserved_mw_years"),
        )
    )
    return {
        "study": study.name,
        "scenario": study.scenario,
        "termination": termination,
        "verified": False,
        **empty,
        "bound_usd": bound_usd,
        "campuses": [],
        "substations": [],
        "modes": {},
        "links": [],
        "costs_usd": {},
        "times_s": {},
        "peak_memory_mb": None,
        "plan_path": None,
        "explanation": list(explanation),
    }


def outcome_of_plan(
    study: Study, plan: Plan, verification: Verification, termination: str
) -> dict[str, Any]:
    """Return the outcome of a run with a plan; times, memory and path are filled in later."""
    bounds = plan.bounds
    years = period_years(study.file.horizon.period)
    return {
        "study": plan.study,
        "scenario": plan.scenario,
        "termination": termination,
        "verified": verification.accepted,
        "objective_usd": plan.objective_usd,
        "bound_usd": bounds.bound_usd,
        "gap_usd": bounds.gap_usd,
        "relative_gap": bounds.relative_gap,
        "bound_scope": bounds.bound_scope,
        "network_cost_usd": plan.network_cost_usd,
        "network_gap_usd": bounds.network_gap_usd,
        "network_relative_gap": bounds.network_relative_gap,
        "network_bound_scope": bounds.network_bound_scope,
        "unserved_mw_years": years * sum(sum(job.unserved_it_mw) for job in plan.workloads),
        "campuses": [
            {
                "id": campus.id,
                "in_service_from": plan.periods[campus.in_service_from],
                "built_it_mw": list(campus.built_it_mw),
                "served_it_mw": {
                    job.id: list(job.served_it_mw[campus.id])
                    for job in plan.workloads
                    if campus.id in job.served_it_mw
                },
            }
            for campus in plan.campuses
        ],
        "substations": [
            {
                "id": substation.id,
                "in_service_from": plan.periods[substation.in_service_from],
                "reserved_mw": list(substation.reserved_mw),
            }
            for substation in plan.substations
        ],
        "modes": {job.id: _modes(plan, job) for job in plan.workloads},
        "links": [
            _link(study, plan, link, demand.workload, verification)
            for link in plan.links
            for demand in link.demands
        ],
        "costs_usd": dict(plan.costs_usd),
        "times_s": {},
        "peak_memory_mb": None,
        "plan_path": None,
    }


def _modes(plan: Plan, job: PlannedWorkload) -> list[dict[str, Any]]:
    return [
        {
            "period": label,
            "paradigm": mode.paradigm if mode else None,
            "fabric": mode.fabric if mode else None,
            "hub": job.hub if mode else None,
            "peers": [c for c, served in sorted(job.served_it_mw.items()) if served[index] > 0],
            "rtt_class_ms": mode.rtt_class_ms if mode else None,
            "link_rtt_limit_ms": mode.link_rtt_limit_ms if mode else None,
            "goodput_loss_fraction": mode.goodput_loss_fraction if mode else 0.0,
        }
        for index, (label, mode) in enumerate(zip(plan.periods, job.modes, strict=True))
    ]


def _link(
    study: Study, plan: Plan, link: PlannedLink, workload: str, verification: Verification
) -> dict[str, Any]:
    demand = next(demand for demand in link.demands if demand.workload == workload)
    job = next(job for job in plan.workloads if job.id == workload)
    limits = [
        mode.link_rtt_limit_ms
        for mode, gbps in zip(job.modes, demand.gbps, strict=True)
        if mode is not None and gbps > 0
    ]
    budget = min(limits) if limits else None
    rtts = [route.rtt_ms for route in link.routes if budget is None or route.rtt_ms <= budget]
    facts = {
        route.id: route.failures
        for found in verification.links
        if found.campuses == link.campuses
        for route in found.routes
    }
    return {
        "campuses": list(link.campuses),
        "workload": workload,
        "rtt_ms": max(rtts or [route.rtt_ms for route in link.routes], default=None),
        "rtt_budget_ms": budget,
        "demand_gbps": max(demand.gbps, default=0.0),
        "routes": [
            _route(study, route, facts.get(route.id, route.corridors)) for route in link.routes
        ],
    }


def _route(study: Study, route: PlannedRoute, srlgs: tuple[str, ...]) -> dict[str, Any]:
    lit = [mode for mode in route.modes if any(mode.pairs)]
    is_fiber = route.kind == "fiber"
    names = [m.module if m.terminal == "none" else f"{m.module}/{m.terminal}" for m in lit]
    return {
        "length_km": route.length_km,
        "fiber": study.file.transport.fiber_type if is_fiber else None,
        "transport": " + ".join(names) if is_fiber else f"leased wave {route.leased_wave}",
        "pairs": sum(mode.pairs[-1] for mode in lit),
        "channels": sum(m.channels[-1] for m in lit) if is_fiber else max(route.waves, default=0),
        "spans_km": list(route.spans_km) or [route.length_km],
        "huts": list(route.huts),
        "srlgs": list(srlgs),
    }

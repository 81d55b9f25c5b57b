"""The outcome of a run as one JSON object: what ``siting solve --json`` prints (docs/cli.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from siting.economics import period_years
from siting.outcome_links import link_outcome

if TYPE_CHECKING:
    from siting.network import CandidateNetwork
    from siting.plan import Plan, PlannedWorkload
    from siting.report.view import View
    from siting.study import Study
    from siting.verify import Verification

TIMES = ("network", "instance", "build", "solve", "verify", "why", "report", "total")
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
            "all_routes_gap_usd",
            *("network_cost_usd", "network_gap_usd", "network_relative_gap"),
            *("network_bound_scope", "network_all_routes_gap_usd", "gap_of_network_cost"),
            "unserved_mw_years",
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
        "upgrades": [],
        "bridging": [],
        "roles": {},
        "modes": {},
        "workloads": {},
        "links": [],
        "race": [],
        "single_site": None,
        "costs_usd": {},
        "times_s": {},
        "peak_memory_mb": None,
        "plan_path": None,
        "explanation": list(explanation),
    }


def outcome_of_plan(
    study: Study,
    plan: Plan,
    verification: Verification,
    network: CandidateNetwork,
    termination: str,
) -> dict[str, Any]:
    """Return the outcome of a run with a plan; times, memory and path are filled in later."""
    from siting.report.view import View

    bounds, cost_usd = plan.bounds, plan.network_cost_usd
    years = period_years(study.file.horizon.period)
    view = View(plan, verification, network, study)
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
        "all_routes_gap_usd": None
        if bounds.all_routes_bound_usd is None
        else plan.objective_usd - bounds.all_routes_bound_usd,
        "network_cost_usd": cost_usd,
        "network_gap_usd": bounds.network_gap_usd,
        "network_relative_gap": bounds.network_relative_gap,
        "network_bound_scope": bounds.network_bound_scope,
        "network_all_routes_gap_usd": None
        if bounds.network_all_routes_bound_usd is None
        else cost_usd - bounds.network_all_routes_bound_usd,
        "gap_of_network_cost": bounds.gap_usd / cost_usd if cost_usd else None,
        "unserved_mw_years": years * sum(sum(job.unserved_it_mw) for job in plan.workloads),
        **_sites(plan),
        "roles": {job.id: _roles(job) for job in plan.workloads},
        "modes": {job.id: _modes(plan, job) for job in plan.workloads},
        "workloads": _workloads(view),
        "links": [
            link_outcome(view, link, demand) for link in plan.links for demand in link.demands
        ],
        "race": _race(view),
        "single_site": _single_site(view),
        "costs_usd": dict(plan.costs_usd),
        "times_s": {},
        "peak_memory_mb": None,
        "plan_path": None,
    }


def _since(plan: Plan, index: int | None) -> str | None:
    return None if index is None else plan.periods[index]


def _sites(plan: Plan) -> dict[str, Any]:
    return {
        "campuses": [
            {
                "id": campus.id,
                "in_service_from": _since(plan, campus.in_service_from),
                "built_it_mw": list(campus.built_it_mw),
                "served_it_mw": _by_workload(plan, campus.id, "served_it_mw"),
                "replica_it_mw": _by_workload(plan, campus.id, "replica_it_mw"),
            }
            for campus in plan.campuses
        ],
        "substations": [
            {
                "id": substation.id,
                "in_service_from": _since(plan, substation.in_service_from),
                "reserved_mw": list(substation.reserved_mw),
            }
            for substation in plan.substations
        ],
        "upgrades": [
            {"id": upgrade.id, "in_service_from": _since(plan, upgrade.in_service_from)}
            for upgrade in plan.network_upgrades
        ],
        "bridging": [item.model_dump(mode="json") for item in plan.bridging],
    }


def _by_workload(plan: Plan, campus: str, name: str) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for job in plan.workloads:
        by_campus: dict[str, tuple[float, ...]] = getattr(job, name)
        if campus in by_campus:
            found[job.id] = list(by_campus[campus])
    return found


def _roles(job: PlannedWorkload) -> dict[str, list[str | None]]:
    """Return the role of each campus by period: hub, peer, replica, or none."""
    found: dict[str, list[str | None]] = {}
    for campus in sorted(job.served_it_mw.keys() | job.replica_it_mw.keys()):
        peer, replica = job.served_it_mw.get(campus), job.replica_it_mw.get(campus)
        roles: list[str | None] = []
        for index, mode in enumerate(job.modes):
            if peer is not None and peer[index] > 0:
                roles.append("hub" if mode is not None and mode.hub == campus else "peer")
            else:
                is_replica = replica is not None and replica[index] > 0
                roles.append("replica" if is_replica else None)
        found[campus] = roles
    return found


def _modes(plan: Plan, job: PlannedWorkload) -> list[dict[str, Any]]:
    return [
        {
            "period": label,
            "paradigm": mode.paradigm if mode else None,
            "fabric": mode.fabric if mode else None,
            "hub": mode.hub if mode else None,
            "peers": [c for c, served in sorted(job.served_it_mw.items()) if served[index] > 0],
            "replicas": {
                c: job.replica_homes[c][index]
                for c, served in sorted(job.replica_it_mw.items())
                if served[index] > 0 and c in job.replica_homes
            },
            "rtt_class_ms": mode.rtt_class_ms if mode else None,
            "link_rtt_limit_ms": mode.link_rtt_limit_ms if mode else None,
            "bandwidth_level": mode.bandwidth_level if mode else None,
            "goodput_loss_fraction": mode.goodput_loss_fraction if mode else 0.0,
        }
        for index, (label, mode) in enumerate(zip(plan.periods, job.modes, strict=True))
    ]


def _workloads(view: View) -> dict[str, list[dict[str, Any]]]:
    """Return goodput, utilization, blast radius and time to resume by workload and period."""
    from siting.report.availability import workload_availability
    from siting.report.exchange import exchanges

    held = {(i.workload, i.period): i for i in workload_availability(view.availability)}
    found: dict[str, list[dict[str, Any]]] = {job.id: [] for job in view.plan.workloads}
    for item in exchanges(view):
        whole = held.get((item.workload, item.period))
        loss = item.loss
        found[item.workload].append(
            {
                "period": item.label,
                "goodput": item.goodput,
                "mfu": item.mfu,
                "loss": {
                    "charged": item.charged,
                    "exact": item.exact,
                    "token_penalty": loss.token_penalty if loss else None,
                    "latency_class": loss.latency_class if loss else None,
                    "latency_exact": loss.latency_exact if loss else None,
                    "exposed_transfer": loss.transfer if loss else None,
                },
                "time_to_resume_hours": item.resume_hours,
                "largest_campus_share": item.blast.campus_share,
                "largest_region_share": item.blast.region_share,
                "grid_regions": item.blast.regions,
                "availability": whole.availability if whole else None,
                "interruptions_per_year": whole.interruptions_per_year if whole else None,
            }
        )
    return found


def _race(view: View) -> list[dict[str, Any]]:
    from dataclasses import asdict

    from siting.report.race import race

    return [asdict(lap) for lap in race(view)]


def _single_site(view: View) -> dict[str, Any] | None:
    """Return what every workload on one campus at a time would cost, beside this plan."""
    from siting.report.multisite import single_site, trades

    single = single_site(view)
    if single is None:
        return None
    return {
        "objective_usd": single.objective_usd,
        "bound_usd": single.bound_usd,
        "unserved_mw_years": single.unserved_mw_years,
        "campuses": {name: list(by) for name, by in single.campuses.items()},
        "costs_usd": dict(single.costs_usd),
        "saved_usd": {trade.id: trade.saved_usd for trade in trades(view, single)},
    }

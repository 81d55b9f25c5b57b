"""From choices to the plan that is saved, verified and reported."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from siting.instance import Instance
from siting.plan import NETWORK_COST_LINES, Alternative, Bounds, Plan, Provenance
from siting.solve.costing import ledger
from siting.solve.network_choice import NetworkChoice
from siting.solve.plan_network import planned_corridors, planned_huts, planned_links
from siting.solve.plan_sites import (
    planned_bridging,
    planned_campuses,
    planned_substations,
    planned_tie_lines,
    planned_upgrades,
    planned_workload,
)
from siting.solve.siting_choice import SitingChoice

Scope = Literal["all_routes", "candidate_routes"]
SAME_USD = 0.5
"""Bounds no farther apart are one."""
LIBRARIES = ("siting", "pyomo", "highspy", "pandas", "geopandas", "shapely", "numpy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """Lower bounds of the whole problem and of the network of its siting, USD."""

    bound_usd: float
    all_routes_bound_usd: float = -math.inf
    """Over every route of the map; minus infinite when it was not looked for."""
    network_bound_usd: float
    network_all_routes_bound_usd: float | None


def build_plan(
    instance: Instance,
    siting: SitingChoice,
    network: NetworkChoice,
    *,
    proven: Proven,
    provenance: Provenance,
    alternatives: tuple[Alternative, ...] = (),
) -> Plan:
    """Return the plan of a siting and its network, with honest gaps."""
    book = ledger(instance, siting, network)
    objective = sum(book.costs_usd.values())
    network_cost = sum(book.costs_usd[line] for line in NETWORK_COST_LINES)
    widest = min(proven.all_routes_bound_usd, objective)
    bound = min(max(proven.bound_usd, widest), objective)
    network_bound = min(proven.network_bound_usd, network_cost)
    scope: Scope = "all_routes" if instance.all_paths else "candidate_routes"
    network_scope: Scope = scope
    if instance.all_paths or bound - widest <= SAME_USD:
        scope, bound = "all_routes", bound if instance.all_paths else widest
        widest = bound
    network_widest = proven.network_all_routes_bound_usd
    if network_widest is not None:
        network_widest = min(network_widest, network_cost)
        if network_widest >= network_bound:
            network_scope = "all_routes"
        network_bound = max(network_bound, network_widest)
    return Plan(
        study=instance.study,
        scenario=instance.scenario,
        periods=tuple(period.label for period in instance.periods),
        objective_usd=objective,
        costs_usd=book.costs_usd,
        upfront_cash_usd=book.upfront_cash_usd,
        substations=planned_substations(siting.power),
        network_upgrades=planned_upgrades(siting.power),
        tie_lines=planned_tie_lines(instance, siting.power),
        bridging=planned_bridging(instance, siting.power),
        campuses=planned_campuses(siting.power),
        workloads=tuple(planned_workload(siting, w) for w in instance.workloads),
        links=planned_links(instance, siting, network),
        corridors=planned_corridors(instance, network),
        huts=planned_huts(network),
        bounds=Bounds(
            bound_usd=bound,
            gap_usd=objective - bound,
            relative_gap=(objective - bound) / objective if objective else 0.0,
            bound_scope=scope,
            all_routes_bound_usd=widest if math.isfinite(widest) else None,
            network_bound_usd=network_bound,
            network_gap_usd=network_cost - network_bound,
            network_relative_gap=(network_cost - network_bound) / network_cost
            if network_cost
            else 0.0,
            network_bound_scope=network_scope,
            network_all_routes_bound_usd=network_bound
            if network_scope == "all_routes"
            else network_widest,
        ),
        alternatives=alternatives,
        provenance=provenance,
    )


def make_provenance(
    instance: Instance,
    instance_sha256: str,
    options: dict[str, str | int | float | bool],
    termination: str,
    method: str,
) -> Provenance:
    """Return what produced a plan."""
    versions = {"python": ".".join(map(str, sys.version_info[:3]))}
    for library in LIBRARIES:
        try:
            versions[library] = version(library)
        except PackageNotFoundError:
            versions[library] = "not installed"
    return Provenance(
        versions=versions,
        options=options,
        study_sha256=instance.study_sha256,
        network_sha256=instance.network_sha256,
        instance_sha256=instance_sha256,
        termination=termination,
        method=method,
    )

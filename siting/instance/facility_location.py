"""Capacitated facility location, and what it is to the engine: substations that feed loads.

A site is a substation with a fixed cost and MW of headroom, a customer a campus that must serve its
whole demand, and between each two stands a tie line: one period, no fiber, no training.
"""

from __future__ import annotations

from dataclasses import dataclass

from siting.instance.records import Campus, Instance, Period, Substation, TieLine, Workload


@dataclass(frozen=True, slots=True)
class Facility:
    """A site that may be opened."""

    capacity: float
    fixed_cost: float


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer, and the cost of serving all of its demand from each site."""

    demand: float
    costs: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class FacilityLocation:
    """The whole problem; a customer may be split over sites."""

    name: str
    facilities: tuple[Facility, ...]
    customers: tuple[Customer, ...]


def line_id(site: int, customer: int) -> str:
    """Return the name of the tie line between a site and a customer."""
    return f"s{site}-c{customer}"


def facility_instance(problem: FacilityLocation) -> Instance:
    """Return the problem as an instance of the engine: one period, 1 MW a unit of demand."""
    campuses, workloads, lines = {}, {}, {}
    for j, customer in enumerate(problem.customers):
        name = f"c{j}"
        campuses[name] = _campus(name, customer.demand)
        workloads[name] = _workload(name, customer.demand)
        for i, facility in enumerate(problem.facilities):
            line = line_id(i, j)
            lines[line] = TieLine(
                id=line,
                campus=name,
                substation=f"s{i}",
                capacity_mw=min(customer.demand, facility.capacity),
                first_period=0,
                stands=(True,),
                usd_per_year=0.0,
                capital_usd=0.0,
            )
    substations = {
        f"s{i}": Substation(
            id=f"s{i}",
            headroom_mw=(facility.capacity,),
            existing_mw=(0.0,),
            stands=(False,),
            fixed_usd_per_year=facility.fixed_cost,
            fixed_capital_usd=0.0,
            usd_per_mw_year=0.0,
            capital_usd_per_mw=0.0,
        )
        for i, facility in enumerate(problem.facilities)
    }
    return Instance(
        study=problem.name,
        scenario=None,
        periods=(Period(index=0, label="one", weight=1.0),),
        campuses=campuses,
        substations=substations,
        tie_lines=lines,
        upgrades={},
        bridging={},
        workloads=workloads,
        corridors={},
        huts={},
        fiber_routes={},
        wave_routes={},
        options={},
        min_spacing_km=0.0,
        max_spacing_km=0.0,
        pairs_per_rack={},
        max_pairs_per_route=0,
        max_cables_per_size=0,
        all_paths=True,
        study_sha256="",
        network_sha256="",
        defaults={},
    )


def _campus(name: str, demand: float) -> Campus:
    return Campus(
        id=name,
        limit_mw=demand,
        pue_peak=1.0,
        pue_average=1.0,
        first_period=1,
        existing_it_mw=(demand,),
        stands=(True,),
        feed_redundancy="none",
        fixed_usd_per_year=0.0,
        fixed_capital_usd=0.0,
        shell_usd_per_it_mw_year=0.0,
        shell_capital_usd_per_it_mw=0.0,
        energy_usd_per_mwh=0.0,
        energy_usd_per_it_mw_year=0.0,
        pinned=False,
        diverse=False,
        grid_region="",
    )


def _workload(name: str, demand: float) -> Workload:
    return Workload(
        id=name,
        demand_mw=(demand,),
        unserved_usd_per_mw_year=0.0,
        goodput_usd_per_mw_year=0.0,
        campuses=(name,),
        hubs=(name,),
        max_peers=1,
        min_peer_mw=0.0,
        survival_fraction=0.0,
        modes=(),
    )

"""The plan: what to build, where and when, as it is saved in ``plan.json``.

A plan names only choices and the costs that follow from them. Every list over time has one entry
for each period of the study; ``in_service`` style data are integers or MW *in service during* the
period. No Pyomo here, nothing from the formulation: a plan can be read, verified and reported
alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from siting.errors import PlanError, problems_message

PLAN_SCHEMA_VERSION = 2

Count = Annotated[int, Field(ge=0)]
Megawatts = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Dollars = Annotated[float, Field(allow_inf_nan=False)]

COST_LINES: tuple[str, ...] = (
    "substations",
    "network_upgrades",
    "tie_lines",
    "bridging",
    "campuses",
    "energy",
    "unserved_demand",
    "goodput_loss",
    "corridors",
    "cables",
    "irus",
    "huts",
    "amplifiers",
    "terminals",
    "transponders",
    "regenerators",
    "leases",
    "maintenance",
    "transport_energy",
    "interruptions",
)
"""Every line of the objective, in report order. Present value, USD."""

NETWORK_COST_LINES: tuple[str, ...] = COST_LINES[COST_LINES.index("corridors") :]
"""The lines that are the network's own cost."""


class PlanModel(BaseModel):
    """Base of all parts of a plan: frozen, no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class PlannedSubstation(PlanModel):
    """A substation the plan connects to, or uses as it stands."""

    id: str
    in_service_from: Count | None
    """Index of the first period of the new connection; None: only the existing one is used."""
    reserved_mw: tuple[Megawatts, ...]
    """Facility MW reserved (and paid for) besides the existing ones, non-decreasing."""


class PlannedUpgrade(PlanModel):
    """A network upgrade the plan orders."""

    id: str
    in_service_from: Count


class PlannedBridging(PlanModel):
    """On-site generation at a campus."""

    id: str
    campus: str
    capacity_mw: tuple[Megawatts, ...]
    """Facility MW in service; non-decreasing unless rented."""
    output_mw: tuple[Megawatts, ...]
    """Facility MW at peak."""


class PlannedTieLine(PlanModel):
    """A tie line the plan builds."""

    id: str
    campus: str
    substation: str
    in_service_from: Count | None
    """First period of a new line in service; None: only the existing one is used."""
    flow_mw: tuple[Megawatts, ...]
    """Facility MW at peak."""
    firm_mw: tuple[Megawatts, ...]
    """Facility MW reserved on it; more than the flow only at a campus with N-1 feed."""


class PlannedCampus(PlanModel):
    """A campus the plan opens, or uses as it stands."""

    id: str
    in_service_from: Count | None
    """First period in which it is opened anew; None: only what exists is used or extended."""
    built_it_mw: tuple[Megawatts, ...]
    """IT MW built besides the existing ones, non-decreasing."""


class OperatingMode(PlanModel):
    """How a workload trains in one period with two or more peers."""

    paradigm: str
    fabric: str
    peers_min: Count
    peers_max: Count
    """The peer-count bucket."""
    rtt_class_ms: float
    """Class to which the latency of the exchange is rounded up."""
    link_rtt_limit_ms: float
    """Largest RTT of a link: class less jitter and switching."""
    bandwidth_level: float
    """Share of the full traffic that links are given."""
    hub: str | None
    """Hub campus of a hub fabric."""
    goodput_loss_fraction: float
    """Loss charged: token penalty, latency at the class, exposed transfer."""


class PlannedWorkload(PlanModel):
    """How a workload is served."""

    id: str
    paradigm: str | None
    """The same in all periods; None when no period has two peers."""
    fabric: str | None
    hub: str | None
    """Hub campus of a hub fabric when it is the same in all periods."""
    modes: tuple[OperatingMode | None, ...]
    """One per period; None with at most one peer."""
    served_it_mw: dict[str, tuple[Megawatts, ...]]
    """IT MW served at training peers; a campus with 0 MW in a period is not a peer in it."""
    replica_it_mw: dict[str, tuple[Megawatts, ...]]
    """IT MW served at checkpoint-and-burst replicas."""
    replica_homes: dict[str, tuple[str | None, ...]]
    """The peer that each replica is linked with, by period."""
    unserved_it_mw: tuple[Megawatts, ...]


class RouteMode(PlanModel):
    """Pairs of one transport mode on a route."""

    module: str
    """Transceiver, catalog prefix."""
    terminal: Literal["none", "fixed_c", "roadm_cl"]
    amplifier: Literal["none", "legacy", "conventional", "multi_rail"]
    """Amplifier equipment in the route's huts; none without an in-line amplifier."""
    pairs: tuple[Count, ...]
    """Fiber pairs lit, non-decreasing."""
    channels: tuple[Count, ...]
    """Channels lit, non-decreasing."""


class PlannedRoute(PlanModel):
    """A route of own or IRU fiber, or leased waves, between the two campuses of a link."""

    id: str
    kind: Literal["fiber", "leased_wave"]
    corridors: tuple[str, ...]
    """From the first campus of the link to the second."""
    supply: tuple[str, ...]
    """For each corridor ``own`` or the IRU provider; empty for leased waves."""
    fiber_type: str | None
    """The fiber of the whole route; None for leased waves."""
    length_km: float
    huts: tuple[str, ...]
    """Huts that amplify or regenerate this route, in order."""
    regenerators: tuple[str, ...]
    """Those of the huts where every channel is regenerated, in order."""
    spans_km: tuple[float, ...]
    """Spans between terminals and used huts, in order; they add up to the length."""
    rtt_ms: float
    """Largest RTT over the modes lit."""
    modes: tuple[RouteMode, ...] = ()
    leased_wave: str | None = None
    waves: tuple[Count, ...] = ()
    """Leased waves in service, non-decreasing."""


class LinkDemand(PlanModel):
    """What a workload needs of a link."""

    workload: str
    role: Literal["training", "checkpoint"]
    """Between peers, or from a peer to a replica."""
    gbps: tuple[Annotated[float, Field(ge=0)], ...]
    """Per direction; 0 where the link is not required."""


class PlannedLink(PlanModel):
    """A pair of campuses that exchange traffic."""

    campuses: tuple[str, str]
    """In sorted order."""
    demands: tuple[LinkDemand, ...]
    routes: tuple[PlannedRoute, ...]


class PlannedCorridor(PlanModel):
    """Fiber on one corridor."""

    id: str
    built_from: int | None
    """First period in which own cable is in service; None: never."""
    cables: dict[str, tuple[Count, ...]]
    """Own cables in service by ``<fiber type>/<fibers>``, non-decreasing; existing ones not."""
    iru_pairs: tuple[Count, ...]
    """IRU pairs held, non-decreasing."""


class PlannedHut(PlanModel):
    """An amplifier site in use."""

    id: str
    hut_class: Literal["small", "large", "leased", "provider", "existing"]
    """What it is built as; ``existing``: only what stands already is used."""
    in_service_from: Count | None
    """First period built, leased or taken; None when only the existing hut is used."""
    racks: dict[str, tuple[Count, ...]]
    """New racks in service by amplifier type, non-decreasing."""


class Bounds(PlanModel):
    """What is proven about the plan."""

    bound_usd: Dollars
    """Valid lower bound of the whole problem."""
    gap_usd: Dollars
    relative_gap: float
    bound_scope: Literal["all_routes", "candidate_routes"]
    all_routes_bound_usd: Dollars | None = None
    """Valid lower bound of the whole problem over every route of the saved network; None when it
    was not looked for."""
    network_bound_usd: Dollars
    """Valid lower bound of the network cost with sites, timing, roles and modes fixed."""
    network_gap_usd: Dollars
    network_relative_gap: float
    network_bound_scope: Literal["all_routes", "candidate_routes"]
    network_all_routes_bound_usd: Dollars | None = None
    """The same over every route of the saved network; None when it was not looked for."""


class Alternative(PlanModel):
    """What another way of planning would cost: shown beside the plan, never verified as one."""

    id: Literal["single_site"]
    """``single_site``: every workload on at most one campus in each period, no network."""
    objective_usd: Dollars
    bound_usd: Dollars
    costs_usd: dict[str, Dollars]
    unserved_mw_years: float
    campuses: dict[str, tuple[str | None, ...]]
    """The campus of each workload by period."""


class Provenance(PlanModel):
    """What produced the plan."""

    versions: dict[str, str]
    options: dict[str, str | int | float | bool]
    study_sha256: str
    network_sha256: str
    instance_sha256: str
    termination: str
    method: str


class Plan(PlanModel):
    """What to build: the content of ``plan.json``."""

    schema_version: Literal[2] = 2
    study: str
    scenario: str | None = None
    periods: tuple[str, ...]
    objective_usd: Dollars
    costs_usd: dict[str, Dollars]
    """Present value by line of :data:`COST_LINES`; they add up to the objective."""
    upfront_cash_usd: dict[str, tuple[Dollars, ...]]
    """Overnight capital spent by line and period, not discounted: shown beside the annuities."""
    substations: tuple[PlannedSubstation, ...]
    network_upgrades: tuple[PlannedUpgrade, ...]
    tie_lines: tuple[PlannedTieLine, ...]
    bridging: tuple[PlannedBridging, ...]
    campuses: tuple[PlannedCampus, ...]
    workloads: tuple[PlannedWorkload, ...]
    links: tuple[PlannedLink, ...]
    corridors: tuple[PlannedCorridor, ...]
    huts: tuple[PlannedHut, ...]
    bounds: Bounds
    alternatives: tuple[Alternative, ...] = ()
    provenance: Provenance

    @property
    def network_cost_usd(self) -> float:
        """Present value of the network's own lines, USD."""
        return sum(self.costs_usd[line] for line in NETWORK_COST_LINES)

    def save(self, path: Path) -> None:
        """Write the plan as JSON."""
        path.write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Plan:
        """Read a plan.

        Raises:
            PlanError: the file is absent, not JSON, or not a plan of this schema version.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            msg = f"{path}: cannot be read ({error.strerror})"
            raise PlanError(msg) from error
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            problems = [
                f"{'.'.join(str(part) for part in item['loc']) or 'file'}: {item['msg']}"
                for item in error.errors()
            ]
            raise PlanError(problems_message(str(path), problems)) from error

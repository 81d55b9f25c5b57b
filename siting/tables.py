"""The rows of every table of a study: the only place where a column name is written."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
EvenCount = Annotated[int, Field(ge=0, multiple_of=2)]
FiberType = Literal["G652D", "G652D_ULL", "G654E", "HCF"]
AmplifierType = Literal["legacy", "conventional", "multi_rail"]
Names = tuple[str, ...]
"""A cell with several names, separated by ``;``."""


class Row(BaseModel):
    """Base of all rows: frozen, no unknown columns; an empty cell is an absent value."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class CampusRow(Row):
    """One candidate campus (``campuses.csv``)."""

    id: Identifier
    name: str
    lon: Longitude
    lat: Latitude
    kind: Literal["announced", "existing", "greenfield", "synthetic"]
    limit_mw: Positive
    """Largest facility load, MW."""
    earliest_date: dt.date
    """Date from which the campus can be in service."""
    fixed_cost_usd: NonNegative = 0.0
    """Overnight cost of opening the campus at all, land included."""
    shell_cost_usd_per_it_mw: NonNegative | None = None
    """Overnight shell and MEP cost; None: catalog ``capex.shell``."""
    pue_peak: Annotated[float, Field(ge=1, le=3)] | None = None
    """Facility peak over IT; None: catalog ``pue.peak``."""
    pue_average: Annotated[float, Field(ge=1, le=3)] | None = None
    """Annual-average PUE; None: catalog ``pue.avg``."""
    energy_usd_per_mwh: NonNegative | None = None
    """Power price; None: catalog ``elec.<energy_region>`` (c/kWh x 10)."""
    energy_region: str | None = None
    """Suffix of the catalog row of the price, e.g. ``VA``; None: that of ``sites``."""
    grid_region: str
    feed_redundancy: Literal["none", "tie_line", "substation"] = "none"
    """N-1 feed: the load holds with any one tie line, or any one substation, out of service."""
    existing_it_mw: NonNegative = 0.0
    """IT MW that stand already: nothing to build."""
    existing_until: dt.date | None = None
    """Retirement date of what stands already; None: never."""
    area_km2: Positive | None = None
    """Area of the parcel, a circle around the site; None: 0.004 km2 per facility MW."""
    position_accuracy_km: NonNegative | None = None
    confidence: str = ""
    source: str = ""
    note: str = ""


class SubstationRow(Row):
    """One substation (``substations.csv``)."""

    id: Identifier
    name: str
    lon: Longitude
    lat: Latitude
    kv: Positive
    fixed_cost_usd: NonNegative | None = None
    """Overnight cost to connect; None: catalog ``grid.sub500`` from 500 kV, or ``grid.sub345``."""
    cost_usd_per_mw: NonNegative | None = None
    """Overnight cost per facility MW reserved; None: catalog ``grid.submw`` + ``grid.upgrade``."""
    grid_region: str
    existing_mw: NonNegative = 0.0
    """Facility MW connected and paid for already, besides the headroom of the timeline."""
    existing_until: dt.date | None = None
    """Retirement date of that connection; None: never."""
    synthetic: bool = False
    source: str = ""
    note: str = ""


class TimelineRow(Row):
    """Headroom of a substation from a date on (``power_timelines.csv``)."""

    substation_id: Identifier
    date: dt.date
    headroom_mw: NonNegative
    """Cumulative facility MW available from this date on; non-decreasing in time."""
    note: str = ""


class UpgradeRow(Row):
    """One network upgrade that raises the headroom of substations (``network_upgrades.csv``)."""

    id: Identifier
    substation_ids: Names
    """Substations that gain headroom, separated by ``;``."""
    added_mw: Positive
    """Facility MW that each of them gains."""
    cost_usd: NonNegative
    """Overnight cost of the whole upgrade, charged once."""
    lead_time_years: NonNegative
    synthetic: bool = False
    source: str = ""
    note: str = ""


class BridgingRow(Row):
    """On-site generation that one campus may use (``bridging.csv``)."""

    id: Identifier
    campus_id: Identifier
    technology: Literal["recip", "aero", "fc", "ccgt", "rental"]
    """Catalog rows ``br.<technology>`` and ``br.<technology>.lt``."""
    limit_mw: Positive
    """Largest generation, facility MW."""
    cost_usd_per_kw: NonNegative | None = None
    """Overnight cost, or rent per month of ``rental``; None: catalog."""
    energy_usd_per_mwh: NonNegative | None = None
    """Fuel and upkeep; None: catalog ``br.fuel``."""
    lead_time_years: NonNegative | None = None
    """None: catalog ``br.<technology>.lt`` (months)."""
    source: str = ""
    note: str = ""


class TieLineRow(Row):
    """One candidate tie line (``tie_lines.csv``)."""

    id: Identifier
    campus_id: Identifier
    substation_id: Identifier
    length_km: Positive
    capacity_mw: Positive
    cost_usd_per_km: NonNegative | None = None
    """Overnight cost; None: catalog ``grid.line345``, ``grid.line500`` from 500 kV."""
    existing: bool = False
    """It stands already: nothing to build."""
    existing_until: dt.date | None = None
    """Its retirement date; None: never."""


class NodeRow(Row):
    """One node of a tabled network (``nodes.csv``)."""

    id: Identifier
    lon: Longitude
    lat: Latitude
    campus_id: Identifier | None = None
    """The campus that stands here."""


class CorridorRow(Row):
    """One corridor of a tabled network (``corridors.csv``)."""

    id: Identifier
    node_a: Identifier
    node_b: Identifier
    length_km: Positive | None = None
    """Length with slack; None: geodesic length of the geometry times (1 + slack)."""
    kind: Literal["road", "rail", "power", "route", "transfer", "lateral"] = "route"
    buildable: bool = True
    method: Literal["aerial", "plow", "bore", "trench", "ug_median", "longhaul", "metro"] = (
        "longhaul"
    )
    """Catalog row ``build.<method>`` that prices new build."""
    build_cost_usd_per_km: NonNegative | None = None
    """Beats ``method``."""
    build_lead_time_years: NonNegative | None = None
    """None: that of the catalog row of ``method``."""
    iru_provider: Identifier | None = None
    iru_pairs: Annotated[int, Field(ge=0)] = 0
    iru_fiber_type: FiberType = "G652D"
    existing_fibers: EvenCount = 0
    """Fibers of own cable that lie here already: nothing to build."""
    existing_fiber_type: FiberType = "G652D"
    existing_until: dt.date | None = None
    """Retirement date of that cable; None: never."""
    cuts_per_1000km_year: NonNegative | None = None
    """Cable cuts; None: catalog ``cut.rate``."""
    srlgs: Names = ()
    name: str = ""


class HutRow(Row):
    """One amplifier site given by the planner (``huts.csv``), besides those made by rule."""

    id: Identifier
    corridor_id: Identifier | None = None
    """The corridor it lies inside; empty for a hut at a node."""
    node_id: Identifier | None = None
    position_km: NonNegative = 0.0
    """Route kilometers along the corridor from its ``node_a``."""
    operator: Identifier = "own"
    """``own``, or the IRU provider whose hut it is."""
    leasable: bool = False
    """Rack space can be leased here instead of building (own fiber)."""
    can_regenerate: bool = False
    """Signals may be regenerated here."""
    space_racks: Annotated[int, Field(ge=0)] | None = None
    """Racks that fit, existing ones included; None: that of the hut class."""
    power_kw: NonNegative | None = None
    """IT power; None: that of the hut class."""
    existing_racks: Annotated[int, Field(ge=0)] = 0
    """Racks in an own hut that stands already: nothing to build."""
    existing_amplifier_type: AmplifierType = "conventional"
    existing_until: dt.date | None = None
    """Retirement date of the existing hut; None: never."""


class SrlgRow(Row):
    """What is known of a shared risk that corridors name (``srlgs.csv``)."""

    id: str
    """As written in ``corridors.srlgs``, e.g. ``bridge:red-river-1``."""
    name: str = ""
    events_per_year: NonNegative = 0.0
    """Failures of the shared thing itself, besides cuts of its corridors."""
    repair_hours: NonNegative | None = None
    """None: catalog ``cut.mttr``."""
    lon: Longitude | None = None
    lat: Latitude | None = None


class LeasedWaveRow(Row):
    """One managed OTN wave on offer (``leased_waves.csv``)."""

    id: Identifier
    carrier: Identifier
    campus_a: Identifier
    campus_b: Identifier
    rate_gbps: Positive
    length_km: Positive
    """Length of the carrier's path."""
    corridors: Names = ()
    """Declared path; empty: undeclared, one SRLG per carrier."""
    max_waves: Annotated[int, Field(ge=1)]
    usd_per_month: NonNegative
    one_off_usd: NonNegative = 0.0
    """Per wave, charged as an annuity over ``term_years``."""
    term_years: Positive = 3.0
    lead_time_years: NonNegative = 0.25
    power_w: NonNegative | None = None
    """Power of one end; None: catalog ``otn.power`` x rate / 400."""

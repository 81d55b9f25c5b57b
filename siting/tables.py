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
    """Power price; None: catalog ``elec.TX`` (c/kWh x 10)."""
    grid_region: str
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


class TieLineRow(Row):
    """One candidate tie line (``tie_lines.csv``)."""

    id: Identifier
    campus_id: Identifier
    substation_id: Identifier
    length_km: Positive
    capacity_mw: Positive
    cost_usd_per_km: NonNegative | None = None
    """Overnight cost; None: catalog ``grid.line345``, ``grid.line500`` from 500 kV."""


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
    srlgs: Names = ()
    name: str = ""


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

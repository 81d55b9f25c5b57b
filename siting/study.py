"""The study: what a planner asks, as a validated, frozen object.

A study is a folder: ``study.yaml`` plus CSV tables, and optionally ``scenarios.yaml``.
:func:`load_study` reads it, applies a scenario, resolves nothing else: defaults that come from the
catalog stay ``None`` here and are read where they are used (:mod:`siting.catalog`).
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from siting.study_sites import Geography, Sites, TieLineRule
from siting.study_workload import (
    FabricName,
    Fraction,
    Identifier,
    NonNegative,
    ParadigmName,
    ParadigmOverride,
    Positive,
    StudyModel,
    Traffic,
    Workload,
)
from siting.tables import (
    AmplifierType,
    BridgingRow,
    CampusRow,
    CorridorRow,
    FiberType,
    HutRow,
    LeasedWaveRow,
    NodeRow,
    SrlgRow,
    SubstationRow,
    TieLineRow,
    TimelineRow,
    UpgradeRow,
)

SCHEMA_VERSION = 1

__all__ = [
    "SCHEMA_VERSION",
    "AmplifierRules",
    "CatalogChoice",
    "FabricName",
    "Fraction",
    "Geography",
    "Horizon",
    "Money",
    "ParadigmName",
    "ParadigmOverride",
    "Rules",
    "Sites",
    "SolveOptions",
    "Study",
    "StudyFile",
    "StudyModel",
    "Survivability",
    "TieLineRule",
    "Traffic",
    "Transport",
    "Workload",
]

Column = Literal["low", "base", "high"]


class Horizon(StudyModel):
    """When decisions are taken and which periods are planned."""

    decision_date: dt.date
    """Date from which lead times count."""
    start: dt.date
    """First day of the first period."""
    periods: Annotated[int, Field(ge=1, le=60)]
    """Number of periods."""
    period: Literal["year", "quarter"] = "year"
    """Length of a period."""


class Money(StudyModel):
    """How money is counted. Taxes and accounting depreciation are excluded."""

    currency_year: Annotated[int, Field(ge=2000, le=2100)] = 2026
    """Year of the US dollar in which every price is stated."""
    discount_rate: Annotated[float, Field(ge=0, lt=1)] = 0.08
    """Real discount rate per year; also the interest rate of annuities."""


class CatalogChoice(StudyModel):
    """Which equipment and cost catalog is used."""

    source: str = "bundled"
    """``bundled``, or a folder of catalog CSV files relative to the study."""
    column: Column = "base"
    """Which of the low, base and high values is used."""
    overrides: dict[str, float] = Field(default={})
    """Value by catalog id, in the unit of the row; beats the column."""


class AmplifierRules(StudyModel):
    """Spacing rules of in-line amplifiers."""

    min_spacing_km: NonNegative = 50.0
    """Least distance from amplifier to amplifier."""
    max_spacing_km: Positive = 100.0
    """Largest distance from amplifier to amplifier, and from a terminal to the first amplifier."""
    single_span_max_km: Positive = 120.0
    """Longest route without any in-line amplifier."""

    @model_validator(mode="after")
    def _ordered(self) -> AmplifierRules:
        if self.min_spacing_km > self.max_spacing_km:
            msg = (
                f"min_spacing_km {self.min_spacing_km:g} km is larger than "
                f"max_spacing_km {self.max_spacing_km:g} km"
            )
            raise ValueError(msg)
        return self


class Transport(StudyModel):
    """Fiber, optics and huts that the plan may use."""

    fiber_types: Annotated[tuple[FiberType, ...], Field(min_length=1)] = ("G652D",)
    """Fiber of own cables: each route takes one."""
    modules: tuple[str, ...] = (
        "grey800_2lr4",
        "zr800",
        "zrp800_131e",
        "zrp600",
        "zrp400_124",
    )
    """Transceivers by catalog prefix."""
    terminals: tuple[Literal["fixed_c", "roadm_cl"], ...] = ("fixed_c", "roadm_cl")
    """Line terminals: fixed filter in the C band, or ROADM in C+L."""
    margin_db: NonNegative = 2.0
    """System margin on required OSNR, facts row ``margin`` for explicit terminals."""
    cable_fibers: tuple[Annotated[int, Field(gt=0, multiple_of=2)], ...] = (144, 432, 864, 3456)
    """Cable sizes; each needs a catalog row ``cable.<n>``."""
    max_cables_per_size: Annotated[int, Field(ge=1)] = 4
    """Cables of one size that one corridor can hold."""
    module_dates: dict[str, dt.date] = Field(default={})
    """Date from which a module can be in service; none: catalog ``<module>.available`` (year)."""
    amplifier_types: Annotated[tuple[AmplifierType, ...], Field(min_length=1)] = ("conventional",)
    """Amplifier equipment: 4, 20 or 160 pairs a rack (``rack.legacy``, ``.conv``, ``.multi``)."""
    hut_classes: Annotated[tuple[Literal["small", "large"], ...], Field(min_length=1)] = ("small",)
    """What an own hut may be built as: racks and power by class."""
    max_racks_provider: Annotated[int, Field(ge=1)] = 4
    """Racks a provider leases in one of its huts, or a lessor in a leasable one."""
    provider_hut_power_kw: Positive = 20.0
    """Power of those racks together."""
    max_regenerators: Annotated[int, Field(ge=0, le=2)] = 0
    """Most regenerator sites on one route (own fiber, huts marked ``can_regenerate``)."""
    optical_circuit_switches: bool = False
    """Every lit pair ends on an OCS port (``ocs.port``) at both campuses."""
    media_converters: bool = False
    """Every grey channel ends on a media converter (``media.converter``) at both campuses."""
    amplifiers: AmplifierRules = AmplifierRules()
    routes_per_link: Annotated[int, Field(ge=1, le=200)] = 6
    """Candidate paths kept for each pair of campuses."""
    max_pairs_per_route: Annotated[int, Field(ge=1)] = 400
    """Largest number of pairs of one mode on one route."""


class Survivability(StudyModel):
    """What a single failure is."""

    provider_failures: bool = False
    """Also a whole provider may fail."""
    ring_transit: bool = False
    """After a failure a ring may carry a link's traffic the other way round (one workload only)."""
    charge_interruptions: bool = False
    """The expected cost of interruptions is a line of the objective."""


def _one_or_each(value: object) -> str:
    return "[each]" if isinstance(value, list | tuple) else "[one]"


PerPeriod = (
    Annotated[
        Annotated[NonNegative, Tag("[one]")] | Annotated[tuple[NonNegative, ...], Tag("[each]")],
        Discriminator(_one_or_each),
    ]
    | None
)
"""One limit for every period, one for each, or none."""


class Caps(StudyModel):
    """Limits on what comes into service in one period."""

    upfront_usd: PerPeriod = None
    """Upfront cash of all lines, overnight USD."""
    campus_openings: PerPeriod = None
    substation_connections: PerPeriod = None
    corridor_build_km: PerPeriod = None
    """Route kilometers of new own corridors."""
    hut_builds: PerPeriod = None
    """Own huts built."""


class Rules(StudyModel):
    """What the planner forbids, pins or caps."""

    caps: Caps = Caps()

    forbid_campuses: tuple[Identifier, ...] = ()
    forbid_substations: tuple[Identifier, ...] = ()
    forbid_corridors: tuple[str, ...] = ()
    forbid_routes: tuple[Annotated[tuple[str, ...], Field(min_length=1)], ...] = ()
    """Paths that no fiber route may take: corridors in order, from either end."""
    forbid_huts: tuple[str, ...] = ()
    """Huts where nothing is amplified or regenerated."""
    pin_campuses: tuple[Identifier, ...] = ()
    """Campuses open by the last period."""
    pin_substations: tuple[Identifier, ...] = ()
    """Substations connected by the last period."""
    pin_corridors: tuple[str, ...] = ()
    """Corridors that a lit route of a required link takes in the last period."""
    pin_routes: tuple[Annotated[tuple[str, ...], Field(min_length=1)], ...] = ()
    """Paths that a lit route of a required link takes in the last period: corridors in order, from
    either end."""
    pin_huts: tuple[str, ...] = ()
    """Huts where a lit route of a required link is amplified or regenerated in the last period."""


class SolveOptions(StudyModel):
    """How the study is solved unless the caller says otherwise."""

    method: Literal["auto", "monolithic", "decomposition"] = "auto"
    relative_gap: Annotated[float, Field(ge=0, lt=1)] = 1e-6
    """Stop at this gap on the total."""
    network_relative_gap: Annotated[float, Field(ge=0, lt=1)] = 0.005
    """Stop the network phase at this gap on the network's own cost."""
    time_limit_s: Positive = 240.0
    """Wall time for solving; a work limit for reproducible runs is ``max_rounds``."""
    max_rounds: Annotated[int, Field(ge=1)] = 40
    """Rounds between siting and network in the decomposition."""
    every_route: bool = False
    """Look for sitings that only other routes than the candidates serve, and bound the whole over
    every route of the map: a better plan and a stronger bound, in a multiple of the time. On the
    map of a continent a second search, after that over the candidates."""
    seed: Annotated[int, Field(ge=0)] = 1


class StudyFile(StudyModel):
    """The content of ``study.yaml``."""

    schema_version: Literal[1]
    name: Identifier
    title: str
    description: str = ""
    synthetic: tuple[str, ...] = ()
    """What in the study is synthetic or a scenario; shown on every report."""
    horizon: Horizon
    money: Money = Money()
    catalog: CatalogChoice = CatalogChoice()
    sites: Sites = Sites()
    geography: Geography = Geography()
    transport: Transport = Transport()
    survivability: Survivability = Survivability()
    workloads: Annotated[tuple[Workload, ...], Field(min_length=1)]
    rules: Rules = Rules()
    solve: SolveOptions = SolveOptions()

    @model_validator(mode="after")
    def _consistent(self) -> StudyFile:
        problems = []
        for index, workload in enumerate(self.workloads):
            key = "accelerators" if workload.it_demand_mw is None else "mw"
            if len(workload.demand_given) != self.horizon.periods:
                problems.append(
                    f"workloads[{index}].it_demand_{key}: has {len(workload.demand_given)} values, "
                    f"the horizon has {self.horizon.periods} periods"
                )
        ids = [workload.id for workload in self.workloads]
        problems += [
            f"workloads: id {i!r} is used twice" for i in sorted(set(ids)) if ids.count(i) > 1
        ]
        problems += [
            f"rules.caps.{name}: has {len(cap)} values, "
            f"the horizon has {self.horizon.periods} periods"
            for name, cap in self.rules.caps
            if isinstance(cap, tuple) and len(cap) != self.horizon.periods
        ]
        if self.survivability.ring_transit and len(self.workloads) > 1:
            problems.append("survivability.ring_transit: needs a study with one workload")
        if self.horizon.decision_date > self.horizon.start:
            problems.append(
                f"horizon.decision_date: {self.horizon.decision_date} is after the start "
                f"{self.horizon.start}"
            )
        if problems:
            raise ValueError("\n".join(problems))
        return self


class Study(StudyModel):
    """A study file together with its tables: all that a plan depends on besides the catalog."""

    folder: Path
    scenario: str | None
    file: StudyFile
    campuses: dict[str, CampusRow]
    substations: dict[str, SubstationRow]
    timelines: dict[str, tuple[TimelineRow, ...]]
    """Rows by substation, sorted by date."""
    tie_lines: dict[str, TieLineRow] | None
    nodes: dict[str, NodeRow]
    corridors: dict[str, CorridorRow]
    leased_waves: dict[str, LeasedWaveRow]
    network_upgrades: dict[str, UpgradeRow] = Field(default={})
    bridging: dict[str, BridgingRow] = Field(default={})
    huts: dict[str, HutRow] = Field(default={})
    srlgs: dict[str, SrlgRow] = Field(default={})

    @property
    def name(self) -> str:
        """Name of the study."""
        return self.file.name

"""The instance: the numeric decision problem, free of geography and tables.

All money is USD per year while in service (multiply by a period's ``weight``), capital beside it
for the cash report. Lists over time have one entry per period.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from siting.instance.records_graph import RouteGraph, RouteSource
from siting.instance.records_network import (
    Corridor,
    Design,
    FiberRoute,
    Hut,
    HutClass,
    RouteHut,
    WaveRoute,
)
from siting.instance.records_pins import NO_PINS, Pins
from siting.optics import TransportOption

__all__ = [
    "HOURS_PER_YEAR",
    "NO_CAPS",
    "NO_PINS",
    "Bridging",
    "Campus",
    "Caps",
    "Corridor",
    "Design",
    "FailureRate",
    "FiberRoute",
    "Hut",
    "HutClass",
    "Instance",
    "Mode",
    "Period",
    "Pins",
    "Replica",
    "RouteHut",
    "Substation",
    "TieLine",
    "Upgrade",
    "WaveRoute",
    "Workload",
]

HOURS_PER_YEAR = 8760


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One planning period."""

    index: int
    label: str
    weight: float
    """Present value of 1 USD a year during the period."""
    years: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Campus:
    """A candidate campus."""

    id: str
    limit_mw: float
    """Facility MW."""
    pue_peak: float
    pue_average: float
    first_period: int
    """First period it can be opened; number of periods when never."""
    existing_it_mw: tuple[float, ...]
    """IT MW that stand already, by period; 0 once retired."""
    stands: tuple[bool, ...]
    """Whether something stands already, by period (E_t)."""
    feed_redundancy: str
    """``none``, ``tie_line`` or ``substation``: what may fail while the load holds."""
    fixed_usd_per_year: float
    fixed_capital_usd: float
    shell_usd_per_it_mw_year: float
    shell_capital_usd_per_it_mw: float
    energy_usd_per_mwh: float
    energy_usd_per_it_mw_year: float
    pinned: bool
    diverse: bool
    grid_region: str

    @property
    def limit_it_mw(self) -> float:
        """Largest IT load, MW."""
        return self.limit_mw / self.pue_peak


@dataclass(frozen=True, slots=True, kw_only=True)
class Substation:
    """A substation."""

    id: str
    headroom_mw: tuple[float, ...]
    existing_mw: tuple[float, ...]
    """Facility MW connected already, by period; 0 once retired."""
    stands: tuple[bool, ...]
    """Whether the existing connection stands, by period."""
    fixed_usd_per_year: float
    fixed_capital_usd: float
    usd_per_mw_year: float
    capital_usd_per_mw: float
    pinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TieLine:
    """A candidate tie line."""

    id: str
    campus: str
    substation: str
    capacity_mw: float
    first_period: int
    """First period a new line can be in service."""
    stands: tuple[bool, ...]
    """Whether the line stands already, by period."""
    usd_per_year: float
    capital_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """A network upgrade: it raises the headroom of each of its substations, and is paid once."""

    id: str
    substations: tuple[str, ...]
    added_mw: float
    """Facility MW that each of them gains."""
    first_period: int
    usd_per_year: float
    capital_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridging:
    """On-site generation that one campus may use."""

    id: str
    campus: str
    technology: str
    owned: bool
    """Bought and kept; else rented year by year."""
    limit_mw: float
    """Facility MW."""
    first_period: int
    usd_per_mw_year: float
    """Annuity, or rent."""
    capital_usd_per_mw: float
    extra_energy_usd_per_mw_year: float
    """What one facility MW of output costs more (or less) than energy from the grid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """Limits on what comes into service, by period; infinite where there is none."""

    upfront_usd: tuple[float, ...] = ()
    campus_openings: tuple[float, ...] = ()
    substation_connections: tuple[float, ...] = ()
    corridor_build_km: tuple[float, ...] = ()
    hut_builds: tuple[float, ...] = ()

    def limits(self, name: str) -> dict[int, float]:
        """Return the finite limits of one kind by period."""
        series: tuple[float, ...] = getattr(self, name)
        return {t: value for t, value in enumerate(series) if math.isfinite(value)}

    @property
    def given(self) -> bool:
        """Whether anything is limited."""
        return any(self.limits(name) for name in self.__slots__)


NO_CAPS = Caps()


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureRate:
    """How often a shared risk fails, and for how long."""

    events_per_year: float
    repair_hours: float

    @property
    def unavailability(self) -> float:
        """Share of time in repair."""
        return self.events_per_year * self.repair_hours / HOURS_PER_YEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """An operating mode: paradigm, fabric, peer bucket, RTT class, bandwidth level."""

    id: str
    paradigm: str
    fabric: str
    peers_min: int
    peers_max: int
    """Equal to ``peers_min`` on a ring."""
    rtt_class_ms: float
    link_rtt_limit_ms: float
    bandwidth_level: float
    goodput_loss_fraction: float
    floor_gbps: float
    """Least demand of a link: collective traffic, or a checkpoint copy."""
    gbps_per_it_mw: float
    """Fabric extension per IT MW of the smaller end; 0 in the collective view."""
    frontend_gbps_per_it_mw: float
    """Front-end traffic per IT MW of the smaller end."""
    interruption_hours: float
    """Training time lost when a link is interrupted; 0 when not charged."""

    def demand_gbps(self, smaller_end_mw: float) -> float:
        """Return the demand of a required link, Gb/s per direction."""
        training = max(self.floor_gbps, self.gbps_per_it_mw * smaller_end_mw)
        return training + self.frontend_gbps_per_it_mw * smaller_end_mw


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """What a checkpoint-and-burst replica of a workload may be, and what its link carries."""

    max_share: float
    """Largest share of the served MW."""
    min_mw: float
    goodput_loss_fraction: float
    rtt_limit_ms: float
    survival_fraction: float
    checkpoint_gbps: float
    """Per direction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A training job."""

    id: str
    demand_mw: tuple[float, ...]
    unserved_usd_per_mw_year: float
    goodput_usd_per_mw_year: float
    campuses: tuple[str, ...]
    hubs: tuple[str, ...]
    """Campuses that may be the hub."""
    max_peers: int
    min_peer_mw: float
    survival_fraction: float
    modes: tuple[Mode, ...]
    hub_may_move: bool = False
    """Another hub in every period."""
    replica: Replica | None = None
    checkpoint_copies: int = 1
    """Grid regions that hold a copy whenever MW are served."""
    max_share_per_campus: float = 1.0
    max_share_per_region: float = 1.0
    """Largest share of the served MW at one campus, and in one grid region."""
    min_link_availability: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """The whole numeric problem; what the formulation reads, and nothing else."""

    study: str
    scenario: str | None
    periods: tuple[Period, ...]
    campuses: dict[str, Campus]
    substations: dict[str, Substation]
    tie_lines: dict[str, TieLine]
    upgrades: dict[str, Upgrade]
    bridging: dict[str, Bridging]
    workloads: dict[str, Workload]
    corridors: dict[str, Corridor]
    huts: dict[str, Hut]
    fiber_routes: dict[str, FiberRoute]
    wave_routes: dict[str, WaveRoute]
    options: dict[str, TransportOption]
    min_spacing_km: float
    max_spacing_km: float
    pairs_per_rack: dict[str, int]
    """By amplifier type."""
    max_pairs_per_route: int
    max_cables_per_size: int
    all_paths: bool
    """Every simple path of the network is a candidate: bounds hold for all routes."""
    study_sha256: str
    network_sha256: str
    defaults: dict[str, float | int | str]
    """Solver options of the study."""
    caps: Caps = NO_CAPS
    pins: Pins = NO_PINS
    failures: dict[str, FailureRate] = field(default_factory=dict)
    """By the name of the shared risk, as routes carry it; only those that fail at a known rate."""
    ring_transit: bool = False
    charge_interruptions: bool = False
    graph: RouteGraph | None = None
    """Every corridor that a route may take; None where the candidates are all routes."""
    every_route: bool = field(default=False, compare=False)
    """Masters of the decomposition look at every route of ``graph``, not at candidates alone."""
    more_routes: RouteSource | None = field(default=None, compare=False, repr=False)
    """Makes further candidate routes; None where the candidates are all routes."""
    excluded_routes: dict[str, int] = field(default_factory=dict)
    """Candidates that cannot comply, by the rule that excludes them: for the log, not the model."""

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """Pairs of campuses that have a candidate route, sorted."""
        links = {route.link for route in self.fiber_routes.values()}
        links |= {wave.link for wave in self.wave_routes.values()}
        return tuple(sorted(links))

"""The candidate network: where fiber, huts, campuses and tie lines could go.

Nouns only. :func:`siting.geography.build_network` makes one from a study; the plan, the verifier
and the reports read it. Every length is route kilometers along the ground **with slack included**;
coordinates are degrees, ``(lon, lat)``, WGS84. Positions along a corridor are kilometers with
slack, measured from ``node_a``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

OWN = "own"
"""Operator of a hut, or supply of a route's corridor: built and owned by the planner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A junction of corridors, or a campus."""

    id: str
    lon: float
    lat: float
    campus: str | None = None
    """Id of the campus that stands here; routes never pass through the node of a third campus."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corridor:
    """A right of way between two nodes: an edge of the candidate network."""

    id: str
    node_a: str
    node_b: str
    length_km: float
    """Length along the ground times (1 + slack): that of the geometry on the ellipsoid or, where
    the region's table states the length of a way, as much more as the table says."""
    kind: str
    """``road``, ``rail``, ``power``, ``route``, ``transfer`` or ``lateral``."""
    buildable: bool = True
    """Own cable may be built here."""
    build_cost_usd_per_km: float = 0.0
    """Civil works, excluding crossings, cable and huts, USD per km of ``length_km``."""
    crossings_usd: float = 0.0
    """Civil works of the crossings, USD."""
    urban_fraction: float | None = None
    """Share of the length in cores of towns; None: build is not priced by land."""
    suburban_fraction: float | None = None
    """Share of the length in the outer part of towns; the rest is rural."""
    river_crossings: float = 0.0
    """Rivers crossed; a crossing at an end counts half, as it does for the next corridor."""
    rail_crossings: float = 0.0
    road_crossings: float = 0.0
    cost_factor: float = 1.0
    """Civil works here are so many times as dear as usual: a zone of the planner."""
    build_lead_time_years: float = 0.0
    iru_provider: str | None = None
    """Provider that offers dark-fiber IRU here, if any."""
    iru_pairs: int = 0
    """Fiber pairs the provider can offer here."""
    iru_fiber_type: str = "G652D"
    existing_fibers: int = 0
    """Fibers of own cable that lie here already."""
    existing_fiber_type: str = "G652D"
    existing_until: str | None = None
    """ISO date on which that cable retires; None: never."""
    cuts_per_1000km_year: float | None = None
    """None: catalog ``cut.rate``."""
    srlgs: tuple[str, ...] = ()
    """Shared-risk groups besides the corridor itself, e.g. ``bridge:red-river-1``."""
    name: str = ""
    geometry: tuple[tuple[float, float], ...] = ()
    """Polyline from ``node_a`` to ``node_b``, (lon, lat) degrees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hut:
    """A candidate in-line amplifier site: inside one corridor, or at a node."""

    id: str
    corridor: str | None
    """Corridor that holds it; None for a hut at a node."""
    node: str | None
    """Node it stands at; None for a hut inside a corridor."""
    position_km: float
    """Position along ``corridor`` from its ``node_a``; 0 for a hut at a node."""
    operator: str
    """``own``, or the provider whose hut it is."""
    lon: float
    lat: float
    leasable: bool = False
    """Rack space can be leased here instead of building (own fiber)."""
    can_regenerate: bool = False
    space_racks: int | None = None
    """Racks that fit, existing ones included; None: that of the hut class."""
    power_kw: float | None = None
    """IT power; None: that of the hut class."""
    existing_racks: int = 0
    existing_amplifier_type: str = "conventional"
    existing_until: str | None = None
    """ISO date on which the existing hut retires; None: never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TieLine:
    """A candidate power line from a campus to a substation."""

    id: str
    campus: str
    substation: str
    length_km: float
    capacity_mw: float
    """Facility MW."""
    along_km: float = 0.0
    """Of its length, km along rights of way; the rest is straight ends times the route factor."""
    geometry: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """A shared risk of corridors: found in their geometry, or named by a table."""

    id: str
    """As in :attr:`Corridor.srlgs`."""
    kind: str
    """``parallel``, ``river``, ``crossing`` or ``entrance``; ``given`` where a table names it."""
    name: str
    """What a person calls it, with its place."""
    lon: float
    lat: float
    corridors: tuple[str, ...]
    """All that it takes out, forbidden ones included."""
    shared_km: float = 0.0
    """Longest stretch over which two of them run together, without slack; 0 at a point."""
    geometry: tuple[tuple[float, float], ...] = ()
    """That stretch; empty at a point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateNetwork:
    """Everything spatial that a plan may use."""

    name: str
    nodes: dict[str, Node]
    corridors: dict[str, Corridor]
    huts: dict[str, Hut]
    tie_lines: dict[str, TieLine]
    hazards: dict[str, Hazard] = field(default_factory=dict)
    """Shared risks with name and place; empty unless the study asks for ``geography.hazards``."""
    diverse_campuses: frozenset[str] = frozenset()
    """Campuses with two diverse entrances; the others cannot claim survivability."""
    definition: dict[str, str] = field(default_factory=dict)
    """How the network was made: merging, snapping, filters, counts. Part of its definition."""
    synthetic: tuple[str, ...] = ()
    """What in it is synthetic, in words; shown wherever it is drawn or listed."""

    def campus_node(self, campus: str) -> str:
        """Return the id of the node where ``campus`` stands."""
        for node in self.nodes.values():
            if node.campus == campus:
                return node.id
        raise KeyError(campus)

    def other_end(self, corridor: str, node: str) -> str:
        """Return the end of ``corridor`` that is not ``node``."""
        edge = self.corridors[corridor]
        if node == edge.node_a:
            return edge.node_b
        if node == edge.node_b:
            return edge.node_a
        msg = f"corridor {corridor!r} does not touch node {node!r}"
        raise KeyError(msg)

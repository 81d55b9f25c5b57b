"""The sections of a study file on sites, power and geography."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from siting.study_terrain import Terrain
from siting.study_workload import NonNegative, Positive, StudyModel
from siting.tables import Latitude, Longitude


class TieLineRule(StudyModel):
    """Tie lines made by rule where no table gives them."""

    max_length_km: Positive = 40.0
    """Longest tie line along the ground."""
    route_factor: Annotated[float, Field(ge=1)] = 1.3
    """Length of a tie line over the great circle."""
    capacity_mw: Positive = 600.0
    """Limit of one tie line, facility MW."""
    max_per_campus: Annotated[int, Field(ge=1)] = 4
    """Nearest substations kept for each campus."""
    along_ground: bool = False
    """Follow the rights of way of the region, with straight ends (regions only). Where no such way
    is within ``detour_max`` the line runs straight, as it does without this key."""
    detour_max: Annotated[float, Field(ge=1)] = 2.0
    """Longest way along the ground over the great circle."""
    end_max_km: Positive = 10.0
    """Longest straight end between a site and the right of way, great circle."""


class Sites(StudyModel):
    """Tables of campuses and power, file names relative to the study."""

    campuses: str = "campuses.csv"
    """Candidate campuses."""
    substations: str = "substations.csv"
    """Substations."""
    power_timelines: str = "power_timelines.csv"
    """Headroom of the substations by date: cumulative facility MW, non-decreasing."""
    tie_lines: str | None = None
    """Tie lines; when absent ``tie_line_rule`` makes them."""
    tie_line_rule: TieLineRule = TieLineRule()
    network_upgrades: str | None = None
    """Upgrades that raise the headroom of substations."""
    bridging: str | None = None
    """On-site generation that campuses may use."""
    energy_region: str = "TX"
    """Catalog row ``elec.<energy_region>``: price of campuses without one, and of transport."""


HazardKind = Literal["parallel", "river", "crossing", "entrance"]


class HazardRules(StudyModel):
    """Shared risks found in the geometry of the corridors, besides those that tables name.

    The defaults are judgement. The bundled maps tell lines apart to some hundred meters, and what
    takes out more than one trench or cable at once (flood, fire, storm, derailment) acts over a
    kilometer or so.
    """

    kinds: tuple[HazardKind, ...] = ("parallel", "river", "entrance")
    """``parallel``: beside each other for a while; ``river``: over one river close together;
    ``crossing``: across each other without a junction, one dig or one bridge; ``entrance``: into a
    campus by one side of its parcel. Crossings are left out unless asked for: they are points,
    practice allows them at different depths, and corridors that meet at a junction are none."""
    distance_km: Positive = 1.0
    """Corridors this close run beside each other."""
    min_shared_km: Positive = 5.0
    """For so long without a break; more than twice ``distance_km``, or any crossing would count."""
    junction_km: NonNegative = 2.0
    """Around a junction that two corridors share, and around campuses, nothing counts as near."""
    river_reach_km: Positive = 2.0
    """Crossings of one river within this distance are one risk."""

    @model_validator(mode="after")
    def _longer_than_a_crossing(self) -> HazardRules:
        if "parallel" in self.kinds and self.min_shared_km <= 2 * self.distance_km:
            msg = (
                f"min_shared_km {self.min_shared_km:g} km must be more than twice distance_km "
                f"{self.distance_km:g} km, else corridors that cross would run beside each other"
            )
            raise ValueError(msg)
        return self


class Geography(StudyModel):
    """Where corridors come from, and the rules that make the candidate network."""

    source: str = "tables"
    """``tables`` (``nodes``, ``corridors``), a bundled region such as ``bundled/us_tx``, or
    ``folder:<path>``: a region made by ``siting geography build``, relative to the study."""
    nodes: str = "nodes.csv"
    """Node table (source ``tables``)."""
    corridors: str = "corridors.csv"
    """Corridor table (source ``tables``)."""
    leased_waves: str | None = None
    """Managed OTN waves on offer."""
    huts: str | None = None
    """Given amplifier sites (source ``tables``), besides those made by rule."""
    srlgs: str | None = None
    """Names, places and failure rates of shared risks."""
    exclusions: str | None = None
    """Layer of polygons (GeoPackage, GeoJSON or GeoParquet, relative to the study) in
    which nothing may be built, or at ``cost_factor`` times the usual cost where the layer has that
    column (regions)."""
    build_cost: Literal["by_kind", "by_land"] = "by_kind"
    """What new build costs on ways without a method or cost of their own (regions): one catalog
    price by kind of corridor, or prices by land and crossings (``terrain``)."""
    terrain: Terrain = Terrain()
    slack_fraction: Annotated[float, Field(ge=0, le=0.5)] = 0.05
    """Cable slack over the length of the geometry; facts row ``slack``."""
    hut_spacing_km: Annotated[float, Field(gt=0, le=5)] = 5.0
    """Hut candidates along own corridors lie at most this far apart."""
    provider_hut_spacing_km: Positive = 40.0
    """Synthetic spacing of a provider's huts along corridors with IRU."""
    entrance_separation_km: NonNegative = 0.5
    """Two entrances of a campus are diverse only this far apart where they meet the parcel."""
    box: tuple[Longitude, Latitude, Longitude, Latitude] | None = None
    """West, south, east and north, degrees: ways of a region that leave the box are left out;
    None: the whole region."""
    transfer_max_km: NonNegative = 0.3
    """Ways of two kinds meet at transfer points where their lines are this close (regions)."""
    hazards: HazardRules | None = None
    """Also find shared risks in the geometry; none: only those that tables name."""
    snap_max_km: Positive = 60.0
    """Longest lateral from a campus to a corridor (regions)."""
    iru_provider: str | None = None
    """Provider that offers IRU on corridors of a region: a synthetic scenario; an offer that the
    region itself names beats it."""
    iru_pairs: Annotated[int, Field(ge=0)] = 0
    """Pairs that provider offers on each of them."""
    iru_kinds: tuple[Literal["rail", "road", "transfer", "power", "route"], ...] = ("rail",)
    """Kinds of corridor on which that provider offers IRU."""

    @model_validator(mode="after")
    def _box_spans(self) -> Geography:
        if self.box is not None:
            west, south, east, north = self.box
            if west >= east or south >= north:
                msg = f"box: west, south, east and north must span an area (got {list(self.box)})"
                raise ValueError(msg)
            if self.source == "tables":
                msg = "box: only a region is cut to a box, source 'tables' is taken whole"
                raise ValueError(msg)
        return self

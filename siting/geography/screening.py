"""Site screening: what lies near every campus and substation, and what is odd about its place.

Nothing is built: sites are screened even where a study has problems that forbid a network.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from siting.geography.bundled import read_region
from siting.geography.checks import DUPLICATE_KM, Box, map_problems
from siting.geography.geodesy import Point, distance_km, distances_km
from siting.geography.surveying import Distances, Surveyor, drawn_lines
from siting.geography.towns import Towns
from siting.tables import CampusRow, SubstationRow

if TYPE_CHECKING:
    from siting.study import Study

Site = CampusRow | SubstationRow
DUPLICATE_STATION_KM = 0.3
"""Two substations this close are one yard, or one row given twice (judgement)."""
FAR_FROM_ROAD_KM = 15.0
"""Sites farther from a road are rare: of the Texas sites none is (judgement)."""
FAR_STATION_KM = 100.0
"""A substation this far from every campus serves none (judgement)."""
COARSE_DECIMALS = 1
"""Coordinates with so few decimals are read off a map: a tenth of a degree is 11 km."""
TOWN_KM = 0.15
"""A site this close to the center of a town was probably found by the name of the town."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenedSite:
    """A site with its distances along the ground, km; None where there is nothing of a kind."""

    kind: str
    """``campus`` or ``substation``."""
    id: str
    name: str
    lon: float
    lat: float
    where: str
    """Near which town it lies."""
    substation: str | None
    """The nearest substation; of a substation the nearest other one."""
    substation_km: float | None
    road_km: float | None
    rail_km: float | None
    fiber_km: float | None
    """To the nearest corridor with own cable or an IRU on offer."""
    flags: tuple[str, ...]
    """What is odd, in words."""


@dataclass(frozen=True, slots=True)
class Screening:
    """All sites of a study, screened."""

    study: str
    sites: tuple[ScreenedSite, ...]
    notes: tuple[str, ...] = ()
    """What the distances do not say."""

    def as_dict(self) -> dict[str, object]:
        """Return the table for JSON."""
        return asdict(self)

    def lines(self) -> list[str]:
        """Return the table in words: distances in columns, below each site what is odd."""
        head = f"{'':<11}{'id':<22}{'substation':>11}{'road':>8}{'rail':>8}{'fiber':>8}  km"
        found = [head]
        for site in self.sites:
            cells = [site.substation_km, site.road_km, site.rail_km, site.fiber_km]
            widths = (11, 8, 8, 8)
            numbers = "".join(f"{_km(c):>{w}}" for c, w in zip(cells, widths, strict=True))
            found.append(f"{site.kind:<11}{site.id:<22}{numbers}  {site.where}")
            found += [f"{'':<11}! {flag}" for flag in site.flags]
        flagged = sum(bool(site.flags) for site in self.sites)
        found.append(f"{len(self.sites):,} sites screened, {flagged:,} with something odd")
        return [*found, *self.notes]


def _km(length_km: float | None) -> str:
    return "-" if length_km is None else f"{length_km:.1f}"


def screen_sites(study: Study) -> Screening:
    """Return every campus and substation with its distances and what is odd about its place.

    Args:
        study: the study; its network is not built.

    Raises:
        GeographyError: the region of the study cannot be read.
    """
    surveyor = Surveyor(drawn_lines(study))
    towns = Towns()
    stations = list(study.substations.values())
    zones = _zones(study)
    sites = []
    for campus in study.campuses.values():
        at = surveyor.nearest((campus.lon, campus.lat))
        station, away_km = _nearest(campus, stations)
        flags = [
            *_implausible(campus, surveyor.box),
            *_duplicates(campus, study.campuses.values(), DUPLICATE_KM, "are one campus"),
            *_grid(study, away_km),
            *_access(at, study.file.geography.snap_max_km),
            *_town_center(campus, towns),
            *(["lies in an exclusion zone"] if _is_inside(campus, zones) else []),
        ]
        sites.append(_site("campus", campus, towns, station, away_km, at, flags))
    for row in stations:
        at = surveyor.nearest((row.lon, row.lat))
        others = [other for other in stations if other.id != row.id]
        station, away_km = _nearest(row, others)
        flags = [
            *_implausible(row, surveyor.box),
            *_duplicates(row, stations, DUPLICATE_STATION_KM, "may be one"),
            *_useful(row, study.campuses.values()),
        ]
        if not row.synthetic:
            flags += _town_center(row, towns)
        sites.append(_site("substation", row, towns, station, away_km, at, flags))
    return Screening(study.name, tuple(sites), tuple(_notes(study)))


def _site(
    kind: str,
    row: Site,
    towns: Towns,
    station: str | None,
    away_km: float | None,
    at: Distances,
    flags: Sequence[str],
) -> ScreenedSite:
    return ScreenedSite(
        kind=kind,
        id=row.id,
        name=row.name,
        lon=row.lon,
        lat=row.lat,
        where=towns.about(row.lon, row.lat)[1],
        substation=station,
        substation_km=away_km,
        road_km=at["road"],
        rail_km=at["rail"],
        fiber_km=at["fiber"],
        flags=tuple(flags),
    )


def _implausible(row: Site, box: Box) -> Iterator[str]:
    """Yield what cannot be right about coordinates, or can hardly be."""
    if row.lon == 0.0 and row.lat == 0.0:
        yield "lies at (0, 0), which stands for coordinates that are missing"
    for text in map_problems({row.id: row}, box).values():
        yield text.partition(": ")[2]
    decimals = max(_decimals(row.lon), _decimals(row.lat))
    if decimals <= COARSE_DECIMALS:
        off_km = 0.5 * 10.0**-decimals * 111.0 * math.sqrt(2.0)
        yield f"coordinates have {decimals} decimal(s): the place may be off by {off_km:.0f} km"


def _decimals(degrees: float) -> int:
    """Return how many decimals a coordinate is given to.

    >>> _decimals(-97.5), _decimals(32.0), _decimals(31.6234)
    (1, 0, 4)
    """
    return len(f"{degrees:.7f}".rstrip("0").partition(".")[2])


def _nearest(row: Site, stations: Sequence[SubstationRow]) -> tuple[str | None, float | None]:
    if not stations:
        return None, None
    away = distances_km((row.lon, row.lat), [(s.lon, s.lat) for s in stations])
    best = int(np.argmin(away))
    return stations[best].id, away[best]


def _duplicates(row: Site, others: Iterable[Site], limit_km: float, what: str) -> Iterator[str]:
    """Yield the rows that may be the same place."""
    place: Point = (row.lon, row.lat)
    for other in others:
        if other.id == row.id or abs(other.lat - row.lat) > limit_km / 100.0:
            continue
        apart = distance_km(place, (other.lon, other.lat))
        if apart < limit_km:
            yield f"lies {apart:.2f} km from {other.id!r}: within {limit_km:g} km the two {what}"


def _grid(study: Study, away_km: float | None) -> Iterator[str]:
    """Yield what is odd about the way to the grid."""
    if study.tie_lines is not None or away_km is None:
        return
    rule = study.file.sites.tie_line_rule
    long_km = away_km * (1.0 if rule.along_ground else rule.route_factor)
    if long_km > rule.max_length_km:
        least = "at least " if rule.along_ground else ""
        yield (
            f"nearest substation {away_km:.1f} km away: a tie line of {least}{long_km:.1f} km, "
            f"sites.tie_line_rule.max_length_km allows {rule.max_length_km:g} km"
        )


def _access(at: Distances, snap_max_km: float) -> Iterator[str]:
    """Yield what is odd about the way to roads and corridors."""
    road_km = at["road"]
    known = [km for km in (road_km, at["rail"]) if km is not None]
    if known and min(known) > snap_max_km:
        yield (
            f"nearest road or railway {min(known):.1f} km away, "
            f"geography.snap_max_km allows {snap_max_km:g} km"
        )
    elif road_km is not None and road_km > FAR_FROM_ROAD_KM:
        yield f"nearest road of the map {road_km:.1f} km away"


def _town_center(row: Site, towns: Towns) -> Iterator[str]:
    center = towns.center_within(row.lon, row.lat, TOWN_KM)
    if center is not None:
        yield f"lies at the center of {center}: the place of the town, not of the site?"


def _useful(row: SubstationRow, campuses: Iterable[CampusRow]) -> Iterator[str]:
    places = [(campus.lon, campus.lat) for campus in campuses]
    if places and min(distances_km((row.lon, row.lat), places)) > FAR_STATION_KM:
        yield f"lies more than {FAR_STATION_KM:g} km from every campus"


def _zones(study: Study) -> Sequence[shapely.Geometry]:
    if study.file.geography.source == "tables":
        return ()
    return read_region(study.file.geography.source, study.folder).exclusions


def _is_inside(row: Site, zones: Sequence[shapely.Geometry]) -> bool:
    return any(zone.intersects(shapely.Point(row.lon, row.lat)) for zone in zones)


def _notes(study: Study) -> Iterator[str]:
    if study.file.geography.source == "tables":
        yield "corridors of the table are straight lines between nodes: distances are to those"
    else:
        yield "roads and rail are those of the region; its limits are in data/README.md"
    synthetic = sum(row.synthetic for row in study.substations.values())
    if synthetic:
        yield f"{synthetic:,} of {len(study.substations):,} substations are synthetic"

"""What new build costs on each way of a region: by its kind, or by land and crossings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.catalog import Catalog
from siting.geography.geodesy import Line
from siting.geography.layout import build_terms
from siting.geography.region.folder import Attributes
from siting.geography.terrain.crossings import (
    count_crossings,
    line_array,
    obstacles_of,
    river_lines,
)
from siting.geography.terrain.land import land_shares, read_towns
from siting.geography.ways import Way
from siting.study_terrain import CROSSINGS, LANDS, Terrain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.study import Geography

EDGE_DEG = 0.01
METHOD = {
    "road": "longhaul",
    "rail": "longhaul",
    "transfer": "bore",
    "lateral": "bore",
    "power": "longhaul",
    "route": "longhaul",
}
"""Catalog row ``build.<method>`` of new build by kind of corridor, unless the way names another.
Its lead time holds for build priced by land too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildCost:
    """Civil works along a way; the names are those of a corridor's fields."""

    build_cost_usd_per_km: float = 0.0
    build_lead_time_years: float = 0.0
    crossings_usd: float = 0.0
    urban_fraction: float | None = None
    suburban_fraction: float | None = None
    river_crossings: float = 0.0
    rail_crossings: float = 0.0
    road_crossings: float = 0.0
    cost_factor: float = 1.0


@dataclass(frozen=True, slots=True)
class LandFacts:
    """What lies under some lines, a row a line."""

    shares: NDArray[np.float64]
    """Urban, suburban."""
    crossings: NDArray[np.float64]
    """Rivers, railways, roads."""


def build_costs(
    ways: Sequence[Way], geography: Geography, catalog: Catalog, drawn: Sequence[Way]
) -> list[BuildCost]:
    """Return the build cost of each way; none where nothing may be built.

    Args:
        ways: corridors to be.
        geography: the rules of the study.
        catalog: prices.
        drawn: the ways of the region as drawn.
    """
    by_land = [
        index
        for index, way in enumerate(ways)
        if geography.build_cost == "by_land" and _is_buildable(way) and not _has_own_terms(way)
    ]
    costs = [_by_kind(way, catalog) for way in ways]
    if not by_land:
        return costs
    lines = [ways[index].line for index in by_land]
    kinds = [ways[index].kind for index in by_land]
    facts = land_facts(lines, kinds, drawn, catalog, geography.terrain.crossing_merge_km)
    rates = land_rates(geography.terrain, catalog)
    adders = np.asarray([catalog.value(f"crossing.{name}") for name in CROSSINGS])
    for index, shares, crossings in zip(by_land, facts.shares, facts.crossings, strict=True):
        urban, suburban = (float(share) for share in shares)
        rural = 1.0 - urban - suburban
        mean = rural * rates["rural"] + suburban * rates["suburban"] + urban * rates["urban"]
        factor = ways[index].cost_factor
        river, rail, road = (float(count) for count in crossings)
        costs[index] = BuildCost(
            build_cost_usd_per_km=factor * mean,
            build_lead_time_years=costs[index].build_lead_time_years,
            crossings_usd=factor * float(crossings @ adders),
            urban_fraction=urban,
            suburban_fraction=suburban,
            river_crossings=river,
            rail_crossings=rail,
            road_crossings=road,
            cost_factor=factor,
        )
    return costs


def land_facts(
    lines: Sequence[Line],
    kinds: Sequence[str],
    drawn: Sequence[Way],
    catalog: Catalog,
    merge_km: float,
) -> LandFacts:
    """Return land shares and crossings of lines of some kinds in a region of ways as drawn."""
    box = box_of(lines)
    obstacles = obstacles_of(drawn, line_array(river_lines(box)), box)
    return LandFacts(
        land_shares(lines, read_towns(catalog)),
        count_crossings(lines, kinds, obstacles, merge_km),
    )


def land_rates(terrain: Terrain, catalog: Catalog) -> dict[str, float]:
    """Return the cost of civil works on each class of land, USD per km."""
    return {
        land: catalog.value(f"land.{land}.allin")
        * sum(share * catalog.value(f"build.{name}") for name, share in terrain.mix(land).items())
        for land in LANDS
    }


def box_of(lines: Sequence[Line]) -> tuple[float, float, float, float]:
    """Return the box around lines, a little wider, degrees."""
    lon, lat = zip(*(point for line in lines for point in line), strict=True)
    return min(lon) - EDGE_DEG, min(lat) - EDGE_DEG, max(lon) + EDGE_DEG, max(lat) + EDGE_DEG


def definition_of(geography: Geography, catalog: Catalog) -> dict[str, str]:
    """Return the rules that price build by land; nothing when the kind prices it."""
    if geography.build_cost != "by_land":
        return {}
    terrain = geography.terrain
    rates = land_rates(terrain, catalog)
    return {
        "new_build": "by land: "
        + ", ".join(f"{land} {rate:,.0f} USD/km" for land, rate in rates.items())
        + "; ways with a method or cost of their own: that",
        "crossings": ", ".join(
            f"{name} {catalog.value(f'crossing.{name}'):,.0f} USD" for name in CROSSINGS
        ),
        "land_from": "towns: GeoNames (CC BY 4.0); rivers: Natural Earth (public domain)",
        "crossing_merge_km": f"{terrain.crossing_merge_km:g}",
        "town_m2_per_person": f"{catalog.value('land.suburban.area'):g} built up, "
        f"{catalog.value('land.urban.area'):g} in the core",
    }


def _by_kind(way: Way, catalog: Catalog) -> BuildCost:
    if not _is_buildable(way):
        return BuildCost(cost_factor=way.cost_factor)
    cost, lead_time = build_terms(catalog, _method(way))
    if way.about is not None and way.about.build_cost_usd_per_km is not None:
        cost = way.about.build_cost_usd_per_km
    return BuildCost(
        build_cost_usd_per_km=way.cost_factor * cost,
        build_lead_time_years=lead_time,
        cost_factor=way.cost_factor,
    )


def _method(way: Way) -> str:
    about = way.about or Attributes(way.kind)
    return about.method or METHOD[way.kind]


def _is_buildable(way: Way) -> bool:
    return way.about is None or way.about.buildable


def _has_own_terms(way: Way) -> bool:
    """Return whether the planner says what build along a way costs, crossings included."""
    about = way.about
    return about is not None and bool(about.method or about.build_cost_usd_per_km is not None)

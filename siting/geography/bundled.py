"""Corridors from the roads and railways of a bundled region.

What this module makes *is* the network of the study: merging, snapping and filters are reported in
its definition. Pruning and contraction, which come last, lose no route between campuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import shapely

from siting._paths import DATA
from siting.catalog import Catalog
from siting.errors import GeographyError
from siting.geography.checks import map_problems, reach_problem
from siting.geography.entrances import (
    KM2_PER_MW,
    campus_node,
    find_entrances,
    lateral_ways,
)
from siting.geography.geodesy import length_km
from siting.geography.layout import Layout, build_terms
from siting.geography.plane import plane_of
from siting.geography.tracks import Cuts, Track
from siting.geography.transfers import (
    TRANSFER_MERGE_KM,
    TRANSFER_MIN_KM,
    meetings,
    thin,
    transfer_ways,
)
from siting.geography.ways import Way, contract, places, prune
from siting.network import OWN, Corridor, Node

if TYPE_CHECKING:
    from siting.study import Geography, Study

FOLDER = DATA / "geography" / "osm"
PREFIX = {"road": ("r", "roads"), "rail": ("t", "rail")}
"""Node prefix and file of each kind of way."""
METHOD = {"road": "longhaul", "rail": "longhaul", "transfer": "bore", "lateral": "bore"}
"""Catalog row ``build.<method>`` of new build by kind of corridor."""


@dataclass(slots=True)
class Draft:
    """The working graph of a study while it is made."""

    ways: list[Way]
    counts: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def bundled_layout(study: Study, catalog: Catalog) -> Layout:
    """Return the nodes and corridors of the bundled region that ``study`` names."""
    geography = study.file.geography
    region = geography.source.removeprefix("bundled/")
    ways, stored_km = read_ways(geography.source)
    draft = join_sites(ways, study)
    draft.problems += _iru_problems(geography)
    definition = _definition(region, geography)
    drawn_km = sum(way.length_km for way in ways)
    definition["region_km"] = f"{drawn_km:.0f} as drawn, {stored_km:.0f} before simplification"
    if draft.problems:
        return Layout(nodes={}, corridors={}, definition=definition, problems=draft.problems)
    reduce(draft, [campus_node(campus) for campus in study.campuses])
    corridors = as_corridors(draft.ways, geography, catalog)
    where = places(draft.ways)
    where |= {campus_node(c.id): (c.lon, c.lat) for c in study.campuses.values()}
    campus_at = {campus_node(campus): campus for campus in study.campuses}
    nodes = {
        node: Node(id=node, lon=lon, lat=lat, campus=campus_at.get(node))
        for node, (lon, lat) in sorted(where.items())
    }
    definition |= {key: str(count) for key, count in draft.counts.items()}
    return Layout(
        nodes=nodes,
        corridors=corridors,
        definition=definition,
        synthetic=_synthetic(geography, corridors),
    )


def read_ways(source: str) -> tuple[list[Way], float]:
    """Read the planning networks of roads and rail of ``bundled/<region>``.

    Lengths are those of the lines as they are drawn, so that maps, exports and checks agree with
    them. The column ``length_km``, measured before the lines were simplified, is not used; the
    definition of the network reports both sums.

    Returns:
        The ways, and the sum of the column ``length_km``.
    """
    import geopandas as gpd

    region = source.removeprefix("bundled/")
    ways = []
    stored_km = 0.0
    for kind, (prefix, layer) in PREFIX.items():
        path = FOLDER / f"{region}_{layer}_planning.parquet"
        if not source.startswith("bundled/") or not path.is_file():
            raise GeographyError(_unknown_source(source))
        frame = gpd.read_parquet(path)
        stored_km += float(frame.length_km.sum())
        for u, v, shape in zip(frame.u, frame.v, frame.geometry, strict=True):
            line = tuple((float(x), float(y)) for x, y in shape.coords)
            ways.append(
                Way(
                    a=f"{prefix}{u}",
                    b=f"{prefix}{v}",
                    kind=kind,
                    length_km=length_km(line),
                    line=line,
                )
            )
    return ways, stored_km


def _unknown_source(source: str) -> str:
    found = sorted(FOLDER.glob("*_roads_planning.parquet"))
    known = (f"'bundled/{path.name.removesuffix('_roads_planning.parquet')}'" for path in found)
    return f"geography.source: must be 'tables' or one of {', '.join(known)} (got {source!r})"


def join_sites(ways: Sequence[Way], study: Study) -> Draft:
    """Join campuses by laterals, and roads and railways by transfers; cut the ways there."""
    geography = study.file.geography
    plane = plane_of(places(ways).values())
    tracks = [Track.of(way.line, plane) for way in ways]
    tree = shapely.STRtree([track.planar for track in tracks])
    cuts = Cuts(ways)
    found = meetings(ways, tracks, plane, geography.transfer_max_km)
    transfers = transfer_ways(thin(found), ways, cuts)
    laterals: list[Way] = []
    lon, lat = zip(*places(ways).values(), strict=True)
    outside = map_problems(study.campuses, (min(lon), min(lat), max(lon), max(lat)))
    problems = list(outside.values())
    for campus in study.campuses.values():
        if campus.id in outside:
            continue
        entrances = find_entrances(
            campus, tracks, tree, plane, geography.snap_max_km, geography.entrance_separation_km
        )
        laterals += lateral_ways(campus, entrances, ways, tracks, plane, cuts)
        if not entrances:
            (at,) = shapely.points(plane.meters([(campus.lon, campus.lat)]))
            nearest = float(tracks[int(tree.nearest(at))].planar.distance(at)) / 1000.0
            problems.append(reach_problem(campus.id, nearest, geography.snap_max_km))
    kinds = [way.kind for way in ways]
    counts = {
        "roads_read": kinds.count("road"),
        "rail_read": kinds.count("rail"),
        "road_rail_meetings": len(found),
        "transfers_made": len(transfers),
        "laterals": len(laterals),
    }
    return Draft([*cuts.pieces(), *transfers, *laterals], counts, problems)


def reduce(draft: Draft, campuses: Sequence[str]) -> None:
    """Drop what is on no simple path between campuses, and join chains. Loses no route."""
    draft.counts["corridors_before_pruning"] = len(draft.ways)
    draft.ways = prune(draft.ways, campuses)
    draft.counts["corridors_after_pruning"] = len(draft.ways)
    draft.ways = contract(draft.ways, campuses)
    draft.counts["corridors_after_contraction"] = len(draft.ways)


def as_corridors(
    ways: Sequence[Way], geography: Geography, catalog: Catalog
) -> dict[str, Corridor]:
    """Return the ways as corridors, named by their ends, in the order of their names."""
    terms = {kind: build_terms(catalog, method) for kind, method in METHOD.items()}
    corridors: dict[str, Corridor] = {}
    for way in sorted(ways, key=lambda w: (*sorted((w.a, w.b)), w.length_km, w.kind, w.line)):
        a, b = sorted((way.a, way.b))
        name, number = f"{a}--{b}", 1
        while name in corridors:
            number += 1
            name = f"{a}--{b}~{number}"
        offered = way.kind in geography.iru_kinds and geography.iru_provider is not None
        pairs = geography.iru_pairs if offered else 0
        cost, lead_time = terms[way.kind]
        corridors[name] = Corridor(
            id=name,
            node_a=a,
            node_b=b,
            length_km=way.length_km * (1.0 + geography.slack_fraction),
            kind=way.kind,
            build_cost_usd_per_km=cost,
            build_lead_time_years=lead_time,
            iru_provider=geography.iru_provider if pairs else None,
            iru_pairs=pairs,
            geometry=way.line_from(a),
        )
    return corridors


def _iru_problems(geography: Geography) -> list[str]:
    if geography.iru_provider == OWN:
        return ["geography.iru_provider: 'own' is a reserved name"]
    if geography.iru_pairs and geography.iru_provider is None:
        return [f"geography.iru_pairs: {geography.iru_pairs} pairs, but no geography.iru_provider"]
    return []


def _definition(region: str, geography: Geography) -> dict[str, str]:
    """Return the rules that make the corridors of a region."""
    return {
        "source": (
            f"{region}: roads and rail of OpenStreetMap, reduced for planning (data/README.md); "
            "(c) OpenStreetMap contributors (ODbL)"
        ),
        "transfer_max_km": f"{geography.transfer_max_km:g}",
        "transfer_merge_km": f"{TRANSFER_MERGE_KM:g}",
        "transfer_min_km": f"{TRANSFER_MIN_KM:g}",
        "snap_max_km": f"{geography.snap_max_km:g}",
        "entrance_separation_km": f"{geography.entrance_separation_km:g}",
        "parcel_km2_per_mw": f"{KM2_PER_MW:g}",
        "new_build": ", ".join(f"{kind}: build.{method}" for kind, method in METHOD.items()),
    }


def _synthetic(geography: Geography, corridors: dict[str, Corridor]) -> tuple[str, ...]:
    found = ["laterals run straight from the sites to roads and railways, by rule"]
    offered = [c.kind for c in corridors.values() if c.iru_provider is not None]
    if offered:
        kinds = ", ".join(f"{offered.count(kind)} {kind}" for kind in sorted(set(offered)))
        found.append(
            f"dark-fiber IRU of {geography.iru_provider!r}, {geography.iru_pairs} pairs on each of "
            f"{len(offered)} corridors ({kinds}), is a scenario, not an offer"
        )
    return tuple(found)

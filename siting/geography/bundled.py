"""Corridors from the ways of a region: a bundled one, or a folder that the planner made.

What this module makes *is* the network of the study: merging, snapping and filters are reported in
its definition. Pruning and contraction, which come last, lose no route between campuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from siting._paths import DATA
from siting.catalog import Catalog
from siting.errors import GeographyError
from siting.geography.checks import map_problems, reach_problem, zone_problem
from siting.geography.clip import in_box
from siting.geography.entrances import (
    KM2_PER_MW,
    campus_node,
    find_entrances,
    lateral_ways,
)
from siting.geography.geodesy import measured
from siting.geography.layout import Layout
from siting.geography.plane import plane_of
from siting.geography.region.folder import Attributes
from siting.geography.region.source import NODE_PREFIX, Region, crosses, folder_region
from siting.geography.terrain.pricing import METHOD, BuildCost, build_costs, definition_of
from siting.geography.terrain.zones import forbidden, links_dearer, study_zones, zoned
from siting.geography.tracks import Cuts, Track
from siting.geography.transfers import (
    TRANSFER_MERGE_KM,
    TRANSFER_MIN_KM,
    Meeting,
    meetings,
    thin,
    transfer_ways,
)
from siting.geography.ways import Way, contract, places, prune
from siting.network import OWN, Corridor, Node
from siting.study_region import PREFIX, region_path

if TYPE_CHECKING:
    from siting.study import Geography, Study

FOLDER = DATA / "geography" / "osm"
STATED = "ground_km"
"""Column of a table whose lengths are those of the source, not those of the drawn lines."""
COST_FIELDS = tuple(field.name for field in fields(BuildCost))
LAYERS = {"road": "roads", "rail": "rail"}
"""File of each kind of way of a bundled region."""
OWN_KINDS = ("power", "route")
"""Kinds of ways that no bundled region has."""


@dataclass(slots=True)
class Draft:
    """The working graph of a study while it is made."""

    ways: list[Way]
    counts: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def bundled_layout(study: Study, catalog: Catalog) -> Layout:
    """Return the nodes and corridors of the region that ``study`` names."""
    geography = study.file.geography
    region = read_region(geography.source, study.folder)
    zones = study_zones(study)
    cut, definition = zoned(region.ways, zones)
    usable = [way for way in cut if _is_usable(way, geography)]
    ways, box = in_box(usable, geography)
    draft = join_sites(ways, study, (*region.exclusions, *forbidden(zones)))
    draft.ways = links_dearer(draft.ways, zones)
    draft.problems += _iru_problems(geography, ways)
    definition = _definition(region, geography) | definition | box
    definition["region_km"] = region.km_words
    if len(usable) < len(cut):
        definition["ways_without_fiber"] = str(len(cut) - len(usable))
    if draft.problems:
        return Layout(nodes={}, corridors={}, definition=definition, problems=draft.problems)
    rights_of_way: list[Way] = []
    if study.file.sites.tie_line_rule.along_ground:
        rights_of_way = [
            way
            for way in draft.ways
            if way.kind != "lateral" and (way.about is None or way.about.buildable)
        ]
    reduce(draft, [campus_node(campus) for campus in study.campuses])
    corridors = as_corridors(draft.ways, geography, catalog, region.drawn)
    where = places(draft.ways)
    where |= {campus_node(c.id): (c.lon, c.lat) for c in study.campuses.values()}
    campus_at = {campus_node(campus): campus for campus in study.campuses}
    nodes = {
        node: Node(id=node, lon=lon, lat=lat, campus=campus_at.get(node))
        for node, (lon, lat) in sorted(where.items())
    }
    definition |= definition_of(geography, catalog)
    definition |= {key: str(count) for key, count in draft.counts.items()}
    return Layout(
        nodes=nodes,
        corridors=corridors,
        definition=definition,
        ways=rights_of_way,
        synthetic=_synthetic(geography, corridors),
    )


def read_region(source: str, study_folder: Path) -> Region:
    """Return the region that a study names: ``bundled/<name>`` or ``folder:<path>``.

    Args:
        source: ``geography.source`` of the study.
        study_folder: where relative paths start.
    """
    folder = region_path(source, study_folder)
    if folder is not None:
        return folder_region(folder)
    ways, km_words = read_ways(source)
    return Region(
        name=source.removeprefix("bundled/"),
        ways=ways,
        km_words=km_words,
        attribution="(c) OpenStreetMap contributors (ODbL)",
        drawn=ways,
    )


def read_ways(source: str) -> tuple[list[Way], str]:
    """Read the planning networks of roads and rail of ``bundled/<region>``.

    A way is as long as the column ``ground_km`` says; in a table without it, as its line is drawn.

    Returns:
        The ways, and the sums of their lengths in words.
    """
    import geopandas as gpd

    region = source.removeprefix("bundled/")
    ways = []
    stored_km = drawn_km = 0.0
    is_stated = False
    for kind, layer in LAYERS.items():
        prefix = NODE_PREFIX[kind]
        path = FOLDER / f"{region}_{layer}_planning.parquet"
        if not source.startswith("bundled/") or not path.is_file():
            raise GeographyError(_unknown_source(source))
        frame = gpd.read_parquet(path)
        is_stated = STATED in frame.columns
        lines = [tuple(zip(*line.coords.xy, strict=True)) for line in frame.geometry]
        drawn = [float(line.along_km[-1]) for line in measured(lines)]
        stated = frame[STATED].tolist() if is_stated else drawn
        drawn_km += sum(drawn)
        stored_km += float(frame[STATED if is_stated else "length_km"].sum())
        for u, v, km, line in zip(frame.u, frame.v, stated, lines, strict=True):
            ways.append(Way(a=f"{prefix}{u}", b=f"{prefix}{v}", kind=kind, length_km=km, line=line))
    before = "along the ground" if is_stated else "before simplification"
    return ways, f"{drawn_km:.0f} as drawn, {stored_km:.0f} {before}"


def _unknown_source(source: str) -> str:
    found = sorted(FOLDER.glob("*_roads_planning.parquet"))
    known = (f"'bundled/{path.name.removesuffix('_roads_planning.parquet')}'" for path in found)
    return (
        f"geography.source: must be 'tables' or one of {', '.join(known)} (got {source!r}); "
        "a region of your own is 'folder:<path>'"
    )


def join_sites(
    ways: Sequence[Way], study: Study, exclusions: Sequence[shapely.Geometry] = ()
) -> Draft:
    """Join campuses by laterals, and ways of two kinds by transfers; cut the ways there.

    Laterals and transfers through an exclusion zone are not made.
    """
    geography = study.file.geography
    plane = plane_of(places(ways).values())
    tracks = Track.all([way.line for way in ways], plane)
    tree = shapely.STRtree([track.planar for track in tracks])
    cuts = Cuts(ways)
    found = meetings(ways, tracks, plane, geography.transfer_max_km)
    transfers = transfer_ways(thin(found), ways, cuts)
    transfers = [way for way in transfers if not crosses(way.line, exclusions)]
    laterals: list[Way] = []
    points = np.concatenate([np.asarray(way.line) for way in ways])
    (west, south), (east, north) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    outside = map_problems(study.campuses, (west, south, east, north))
    problems = list(outside.values())
    for campus in study.campuses.values():
        if campus.id in outside:
            continue
        entrances = find_entrances(
            campus, tracks, tree, plane, geography.snap_max_km, geography.entrance_separation_km
        )
        made = lateral_ways(campus, entrances, ways, tracks, plane, cuts)
        allowed = [way for way in made if not crosses(way.line, exclusions)]
        laterals += allowed
        if made and not allowed:
            problems.append(zone_problem(campus.id, len(made)))
        if not entrances:
            (at,) = shapely.points(plane.meters([(campus.lon, campus.lat)]))
            nearest = float(tracks[int(tree.nearest(at))].planar.distance(at)) / 1000.0
            problems.append(reach_problem(campus.id, nearest, geography.snap_max_km))
    kinds = [way.kind for way in ways]
    counts = {
        "roads_read": kinds.count("road"),
        "rail_read": kinds.count("rail"),
        **{f"{kind}_read": kinds.count(kind) for kind in OWN_KINDS if kind in kinds},
        "road_rail_meetings": sum(_is_road_and_rail(meeting, ways) for meeting in found),
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
    ways: Sequence[Way], geography: Geography, catalog: Catalog, drawn: Sequence[Way]
) -> dict[str, Corridor]:
    """Return the ways as corridors, named by their ends, in the order of their names.

    Args:
        ways: the ways of the network.
        geography: the rules of the study.
        catalog: prices and lead times.
        drawn: the ways of the region as drawn.
    """
    turned = [way if way.a <= way.b else way.turned() for way in ways]
    turned.sort(key=lambda w: (w.a, w.b, w.length_km, w.kind, w.line))
    corridors: dict[str, Corridor] = {}
    costs = build_costs(turned, geography, catalog, drawn)
    for way, cost in zip(turned, costs, strict=True):
        a, b = way.a, way.b
        name, number = f"{a}--{b}", 1
        while name in corridors:
            number += 1
            name = f"{a}--{b}~{number}"
        about = way.about or Attributes(way.kind)
        provider, pairs = _offer(way, geography)
        corridors[name] = Corridor(
            id=name,
            node_a=a,
            node_b=b,
            length_km=way.length_km * (1.0 + geography.slack_fraction),
            kind=way.kind,
            buildable=about.buildable,
            **{name: getattr(cost, name) for name in COST_FIELDS},
            iru_provider=provider,
            iru_pairs=pairs,
            srlgs=tuple(filter(None, (risk.strip() for risk in about.srlgs.split(";")))),
            name=about.name,
            geometry=way.line,
        )
    return corridors


def _is_usable(way: Way, geography: Geography) -> bool:
    """Return whether any fiber can lie along a way."""
    return way.about is None or way.about.buildable or _offer(way, geography)[1] > 0


def _offer(way: Way, geography: Geography) -> tuple[str | None, int]:
    """Return provider and pairs of the IRU along a way: its own beats the rule of the study."""
    if way.about is not None and way.about.iru_provider and way.about.iru_pairs:
        return way.about.iru_provider, way.about.iru_pairs
    if way.kind in geography.iru_kinds and geography.iru_provider and geography.iru_pairs:
        return geography.iru_provider, geography.iru_pairs
    return None, 0


def _is_road_and_rail(meeting: Meeting, ways: Sequence[Way]) -> bool:
    return (ways[meeting.one].kind, ways[meeting.other].kind) == ("road", "rail")


def _iru_problems(geography: Geography, ways: Sequence[Way]) -> list[str]:
    if any(way.about is not None and way.about.iru_provider == OWN for way in ways):
        return [f"{geography.source}, iru_provider: 'own' is a reserved name"]
    if geography.iru_provider == OWN:
        return ["geography.iru_provider: 'own' is a reserved name"]
    if geography.iru_pairs and geography.iru_provider is None:
        return [f"geography.iru_pairs: {geography.iru_pairs} pairs, but no geography.iru_provider"]
    return []


def _definition(region: Region, geography: Geography) -> dict[str, str]:
    """Return the rules that make the corridors of a region."""
    made = "roads and rail of OpenStreetMap, reduced for planning (data/README.md)"
    if geography.source.startswith(PREFIX):
        made = "a region made by siting geography build"
    kinds = {way.kind for way in region.ways}
    methods = {k: m for k, m in METHOD.items() if k not in OWN_KINDS or k in kinds}
    return {
        "source": f"{region.name}: {made}; {region.attribution}",
        **region.definition,
        "transfer_max_km": f"{geography.transfer_max_km:g}",
        "transfer_merge_km": f"{TRANSFER_MERGE_KM:g}",
        "transfer_min_km": f"{TRANSFER_MIN_KM:g}",
        "snap_max_km": f"{geography.snap_max_km:g}",
        "entrance_separation_km": f"{geography.entrance_separation_km:g}",
        "parcel_km2_per_mw": f"{KM2_PER_MW:g}",
        "new_build": ", ".join(f"{kind}: build.{method}" for kind, method in methods.items()),
    }


def _synthetic(geography: Geography, corridors: dict[str, Corridor]) -> tuple[str, ...]:
    found = ["laterals run straight from the sites to roads and railways, by rule"]
    by_rule = (geography.iru_provider, geography.iru_pairs)
    offered = [
        c.kind
        for c in corridors.values()
        if c.iru_provider is not None and (c.iru_provider, c.iru_pairs) == by_rule
    ]
    if offered:
        kinds = ", ".join(f"{offered.count(kind):,} {kind}" for kind in sorted(set(offered)))
        found.append(
            f"dark-fiber IRU of {geography.iru_provider!r}, {geography.iru_pairs} pairs on each of "
            f"{len(offered):,} corridors ({kinds}), is a scenario, not an offer"
        )
    return tuple(found)

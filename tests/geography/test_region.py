"""From drawn lines to a region: noding, contraction, quality, the files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest
import rustworkx as rx
import shapely

from siting.errors import GeographyError
from siting.geography.geodesy import length_km
from siting.geography.plane import plane_of
from siting.geography.region import RegionRules, make_region, read_region_folder
from siting.geography.region.contraction import Edge, contract, snap_to_grid, thin_parallels
from siting.geography.region.noding import Drawn, noded
from siting.geography.region.quality import quality_of

METER = 1 / 111_320
"""A meter in degrees of latitude."""
WEST, MIDDLE, EAST = (-97.2, 32.0), (-97.0, 32.0), (-96.8, 32.0)
NORTH, SOUTH = (-97.0, 32.2), (-97.0, 31.8)
PLANE = plane_of([(-98.0, 31.0), (-96.0, 33.0)])


def drawn(*lines, tag=0):
    return [Drawn(tuple(line), tag) for line in lines]


def graph(edges):
    found = rx.PyGraph()
    number: dict[int, int] = {}
    for edge in edges:
        ends = [number.setdefault(n, len(number)) for n in (edge.u, edge.v)]
        found.extend_from_weighted_edge_list([(*ends, edge.length_km())])
    return found


def test_lines_are_cut_where_they_share_a_vertex():
    made = noded(drawn((WEST, MIDDLE, EAST), (MIDDLE, NORTH)), PLANE, 0)
    assert sorted(e.line for e in made.edges) == sorted(
        [(WEST, MIDDLE), (MIDDLE, EAST), (MIDDLE, NORTH)]
    )
    assert len({n for e in made.edges for n in (e.u, e.v)}) == 4


def test_a_crossing_is_no_junction_but_is_reported():
    made = noded(drawn((WEST, EAST), (SOUTH, NORTH)), PLANE, 20)
    assert len(made.edges) == 2
    report = quality_of(made.edges, PLANE)
    assert report.crossings == 1
    ((lon, lat),) = report.crossing_places
    assert (lon, lat) == pytest.approx(MIDDLE, abs=2e-3)
    joined = noded(drawn((WEST, MIDDLE, EAST), (SOUTH, MIDDLE, NORTH)), PLANE, 20)
    assert quality_of(joined.edges, PLANE).crossings == 0


@pytest.mark.parametrize(("gap_m", "tied"), [(5, True), (19, True), (60, False)])
def test_a_loose_end_near_a_line_is_tied(gap_m, tied):
    short = (MIDDLE[0], MIDDLE[1] + gap_m * METER)
    made = noded(drawn((WEST, EAST), (NORTH, short)), PLANE, 20)
    assert made.tied_ends == int(tied)
    assert rx.number_connected_components(graph(made.edges)) == (1 if tied else 2)
    report = quality_of(made.edges, PLANE)
    assert report.gaps == (0 if tied else 1)
    if tied:
        assert len(made.edges) == 3
        assert sum(e.length_km() for e in made.edges) == pytest.approx(
            length_km((WEST, EAST)) + length_km((NORTH, MIDDLE)), abs=0.03
        )


def test_two_loose_ends_meet_and_do_not_swap():
    one, other = (-97.0, 32.0), (-97.0 + 6 * METER, 32.0)
    made = noded(drawn((WEST, one), (other, EAST)), PLANE, 20)
    assert made.tied_ends == 1
    assert rx.number_connected_components(graph(made.edges)) == 1


def test_lines_drawn_twice_are_one():
    made = noded(drawn((WEST, EAST), (EAST, WEST), (WEST, EAST)), PLANE, 0)
    assert (len(made.edges), made.duplicates) == (1, 2)


def test_chains_are_joined_but_not_over_a_change_of_kind():
    lines = [*drawn((WEST, MIDDLE)), *drawn((MIDDLE, EAST), tag=1)]
    assert len(contract(noded(lines, PLANE, 0).edges)) == 2
    same = [replace(item, tag=0) for item in lines]
    (edge,) = contract(noded(same, PLANE, 0).edges)
    assert edge.line in {(WEST, MIDDLE, EAST), (EAST, MIDDLE, WEST)}


def test_contraction_keeps_shortest_lengths():
    lines = drawn((WEST, MIDDLE, EAST), (WEST, NORTH, EAST), (MIDDLE, SOUTH), (SOUTH, EAST))
    before = noded(lines, PLANE, 0).edges
    after = contract(before)
    assert len(after) < len(before)
    known = {n for e in after for n in (e.u, e.v)}
    for edges in (before, after):
        assert known <= {n for e in edges for n in (e.u, e.v)}
    for start in known:
        for end in known:
            assert shortest(before, start, end) == pytest.approx(shortest(after, start, end))


def shortest(edges, start, end):
    found = rx.PyGraph()
    nodes = sorted({n for e in edges for n in (e.u, e.v)})
    at = dict(zip(nodes, found.add_nodes_from(nodes), strict=True))
    for e in edges:
        found.add_edge(at[e.u], at[e.v], e.length_km())
    reached = rx.dijkstra_shortest_path_lengths(found, at[start], float, goal=at[end])
    return reached[at[end]] if start != end else 0.0


def test_grid_merges_nodes_and_keeps_what_lies_between():
    near = (MIDDLE[0] + 40 * METER, MIDDLE[1] + 40 * METER)
    lines = drawn((WEST, MIDDLE), (MIDDLE, near), (near, EAST), (near, NORTH))
    edges = noded(lines, PLANE, 0).edges
    snapped = snap_to_grid(edges, PLANE, 5000.0)
    assert len({n for e in snapped for n in (e.u, e.v)}) == 4
    assert len(snapped) == 3


def test_parallels_close_together_are_one():
    beside = tuple((lon, lat + 100 * METER) for lon, lat in (MIDDLE,))
    edges = [Edge(0, 1, (WEST, MIDDLE, EAST)), Edge(0, 1, (WEST, *beside, EAST))]
    assert len(thin_parallels(edges, PLANE, keep_one=False)) == 1
    apart = [Edge(0, 1, (WEST, MIDDLE, EAST)), Edge(0, 1, (WEST, NORTH, EAST))]
    assert len(thin_parallels(apart, PLANE, keep_one=False)) == 2
    assert len(thin_parallels(apart, PLANE, keep_one=True)) == 1


def layer(folder: Path, file: str, rows: list[tuple[object, ...]], **columns: list[object]) -> None:
    folder.mkdir(exist_ok=True)
    shapes = [shapely.LineString(line) for line in rows]
    gpd.GeoDataFrame(columns, geometry=shapes, crs=4326).to_parquet(folder / f"{file}.parquet")


def test_a_region_is_written_and_read(tmp_path):
    layer(tmp_path, "roads", [(WEST, MIDDLE, EAST), (MIDDLE, NORTH)])
    layer(tmp_path, "rail", [(WEST, SOUTH, EAST)])
    layer(
        tmp_path,
        "corridors",
        [(NORTH, EAST)],
        name=["Blue Conduit"],
        srlgs=["conduit:blue"],
        build_cost_usd_per_km=[90_000.0],
        buildable=[False],
    )
    report = make_region(tmp_path, RegionRules(simplify_deg=0.0))
    assert report.components == (4,)
    region = read_region_folder(tmp_path)
    kinds = sorted(way.about.kind for way in region.ways)
    assert kinds == ["rail", "road", "road", "road", "route"]
    (own,) = [way for way in region.ways if way.about.kind == "route"]
    assert (own.about.name, own.about.srlgs) == ("Blue Conduit", "conduit:blue")
    assert own.about.build_cost_usd_per_km == 90_000
    assert not own.about.buildable
    for way in region.ways:
        assert way.length_km == pytest.approx(length_km(way.line), rel=1e-6)
    assert region.attribution == ("(c) OpenStreetMap contributors (ODbL)", "the planner's own data")
    about = json.loads((tmp_path / "region.json").read_text())
    assert [s["file"] for s in about["sources"]] == [
        "roads.parquet", "rail.parquet", "corridors.parquet"
    ]  # fmt: skip
    assert about["quality"]["crossings"] == 0
    again = make_region(tmp_path, RegionRules(simplify_deg=0.0))
    assert again == report
    assert read_region_folder(tmp_path).ways == region.ways


def test_a_region_names_what_its_ways_share(tmp_path):
    layer(tmp_path, "roads", [((-99.0, 32.0), (-98.8, 32.0)), ((-99.0, 32.0), (-99.0, 32.1))])
    layer(tmp_path, "rail", [((-99.0, 32.005), (-98.8, 32.005))])
    report = make_region(tmp_path, RegionRules(least_component_share=0.0))
    assert report.hazards == 1
    (name,) = report.hazard_names
    assert name.startswith("road beside railway ")
    assert any(line.startswith("1 places where ways share a risk") for line in report.lines())


def test_small_pieces_are_left_out_and_counted(tmp_path):
    far = ((-96.0, 32.0), (-95.99, 32.0))
    ladder = [((-97.0 + k / 50, 32.0), (-97.0 + (k + 1) / 50, 32.0)) for k in range(30)]
    rungs = [((-97.0 + k / 50, 32.0), (-97.0 + k / 50, 32.1)) for k in range(30)]
    layer(tmp_path, "roads", [*ladder, *rungs, far])
    report = make_region(tmp_path)
    assert report.components[-1] == 2
    assert all(way.line[0][0] < -96.2 for way in read_region_folder(tmp_path).ways)


def test_what_is_no_region_is_named(tmp_path):
    with pytest.raises(GeographyError, match=r"is not a region \(no region.json\)"):
        read_region_folder(tmp_path)
    with pytest.raises(GeographyError, match=r"holds no lines; expected one of roads\.parquet"):
        make_region(tmp_path)
    layer(tmp_path, "roads", [(WEST, EAST)])
    make_region(tmp_path)
    head = tmp_path / "region.json"
    head.write_text(head.read_text().replace('"schema_version": 1', '"schema_version": 9'))
    with pytest.raises(GeographyError, match="schema_version is 9, this version reads 1"):
        read_region_folder(tmp_path)

"""Build costs by land and crossing in reports."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from siting.report.candidates import network_map
from siting.report.fiber_features import candidate_corridors, own_cable
from siting.report.materials import bill_of_materials
from siting.report.terrain import build_cost_table, land_words


@pytest.fixture
def priced(view):
    """The view with the first built corridor priced by land."""
    planned = next(c for c in view.plan.corridors if c.built_from is not None)
    edge = replace(
        view.network.corridors[planned.id],
        urban_fraction=0.1,
        suburban_fraction=0.3,
        river_crossings=1.0,
        rail_crossings=0.5,
        road_crossings=2.0,
        cost_factor=2.0,
        build_cost_usd_per_km=2.0 * (0.6 * 109_415.7 + 0.3 * 252_804.75 + 0.1 * 453_542.76),
        crossings_usd=2.0 * (400_000 + 50_000 + 150_000),
    )
    network = replace(view.network, corridors={**view.network.corridors, edge.id: edge})
    return replace(view, network=network), edge


def test_table_splits_the_cost_by_land_and_crossing(priced):
    view, edge = priced
    table = build_cost_table(view)
    (row,) = table.rows
    cells: dict[str, Any] = {
        f"{column.group} {column.name}".strip(): cell
        for column, cell in zip(table.columns, row, strict=True)
    }
    km = edge.length_km
    assert [cells[f"Length by land {n}"] for n in ("rural", "suburban", "urban")] == pytest.approx(
        [0.6 * km, 0.3 * km, 0.1 * km]
    )
    by_land = [cells[f"Civil works {n}"] for n in ("rural", "suburban", "urban")]
    assert sum(by_land) == pytest.approx(cells["Civil works All"], rel=1e-5)
    assert by_land[2] == pytest.approx(2.0 * 453_542.76 * 0.1 * km, rel=1e-5)
    assert (cells["Crossings rivers"], cells["Crossings railways"]) == (1.0, 0.5)
    assert cells["Crossings Cost"] == 1_200_000.0
    easement = cells["Easement"]
    assert cells["Together"] == pytest.approx(cells["Civil works All"] + 1_200_000.0 + easement)


def test_nothing_is_shown_where_land_prices_nothing(view):
    assert build_cost_table(view).rows == ()
    assert {land_words(edge) for edge in view.network.corridors.values()} == {""}


def test_crossings_are_items_of_the_bill(priced, view):
    after, _ = priced
    name = "Crossings of rivers, railways and roads"
    rows = [row for row in bill_of_materials(after).rows if str(row[1]).startswith(name)]
    assert [row[-1] for row in rows] == [1_200_000.0]
    assert not [row for row in bill_of_materials(view).rows if str(row[1]).startswith(name)]


def test_maps_say_what_is_crossed(priced):
    view, edge = priced
    words = land_words(edge)
    assert words.endswith("crosses 1 rivers, 0.5 railways, 2 roads; zone at 2 times the cost")
    assert words in {line for item in candidate_corridors(view) for line in item.lines}
    (built,) = [item for item in own_cable(view) if item.id == edge.id]
    assert words in built.lines
    assert built.values["river_crossings"] == 1.0
    assert built.values["urban_km"] == pytest.approx(0.1 * edge.length_km)
    assert built.values["crossings_usd"] == 1_200_000.0
    drawn = network_map(view.study, view.network)
    assert any(words in label for layer in drawn.layers for label, _ in layer.features)

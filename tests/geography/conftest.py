"""Maps of a toy region, written where bundled regions are read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from siting.geography import bundled
from tests.geography.small import Edges, write_layer


@pytest.fixture
def region(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Edges, Edges], str]:
    """Return a function that writes a map of roads and rail and gives its source name."""

    def write(roads: Edges, rail: Edges) -> str:
        write_layer(tmp_path / "toy_roads_planning.parquet", roads)
        write_layer(tmp_path / "toy_rail_planning.parquet", rail)
        monkeypatch.setattr(bundled, "FOLDER", tmp_path)
        return "bundled/toy"

    return write


@pytest.fixture
def ladder(region: Callable[[Edges, Edges], str]) -> str:
    """Two roads along the parallels 32.0 and 32.1, joined at both ends, and a railway between.

    ::

        0 --------------------- 1      32.10
        |   0 ---- rail ---- 1  |      32.05, with ends that cross both roads
        2 --------------------- 3      32.00, with a dead end 3-4 to the east
    """
    west, east = -99.0, -98.0
    roads: Edges = [
        (0, 1, [(west, 32.1), (east, 32.1)]),
        (2, 3, [(west, 32.0), (east, 32.0)]),
        (0, 2, [(west, 32.1), (west, 32.0)]),
        (1, 3, [(east, 32.1), (east, 32.0)]),
        (3, 4, [(east, 32.0), (east + 0.2, 32.0)]),
    ]
    rail: Edges = [(0, 1, [(-98.9, 32.15), (-98.9, 32.05), (-98.1, 32.05), (-98.1, 31.95)])]
    return region(roads, rail)

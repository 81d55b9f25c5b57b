"""Candidate routes that cannot comply are counted by the rule that excludes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from siting import build_instance, build_network
from siting.data_findings import EXCLUSIONS
from siting.instance.exclusions import REASONS
from siting.instance.routes import PathFinder
from tests.analytic.tiny import Draft, free_sites
from tests.instance.test_paths import _network
from tests.oracle.draft import write


def counted(draft: Draft, folder: Path) -> tuple[int, dict[str, int]]:
    """Return the number of candidate routes, and those excluded by reason."""
    study = write(draft, folder)
    instance = build_instance(study, build_network(study))
    return len(instance.fiber_routes), instance.excluded_routes


def road(length_km: float, **transport: Any) -> Draft:
    """Return a study of a direct road of 40 km, and another over a place halfway."""
    half_km = length_km / 2
    draft = free_sites([("a", "b", 40.0), ("a", "m", half_km), ("b", "m", half_km)], 1.0)
    draft["file"]["transport"] |= transport
    return draft


def test_nothing_is_excluded_where_every_route_complies(tmp_path: Path) -> None:
    assert counted(road(60.0), tmp_path) == (2, {})


def test_spacing_that_no_huts_have(tmp_path: Path) -> None:
    """Huts stand 5 km apart, amplifiers may be 4 km apart at most."""
    draft = road(180.0, amplifiers={"min_spacing_km": 1.0, "max_spacing_km": 4.0})
    assert counted(draft, tmp_path) == (1, {"spacing": 1})


def test_noise_that_no_module_bears(tmp_path: Path) -> None:
    """A module for a single span of 120 km at most, on 150 km of road."""
    draft = road(150.0, modules=["zr800"], margin_db=0.0)
    draft["file"]["catalog"]["overrides"]["zr800.osnr"] = 20.0
    assert counted(draft, tmp_path) == (1, {"noise": 1})


def test_equipment_that_makes_a_route_too_slow(tmp_path: Path) -> None:
    """Fiber of 0.392 and 0.588 ms, a limit of 0.65 ms, and 0.1 ms for the transponders."""
    draft = road(60.0)
    draft["file"]["catalog"]["overrides"]["zrp800_131e.latency"] = 50.0
    draft["file"]["workloads"][0]["paradigms"]["diloco"]["rtt_limit_ms"] = 0.65
    assert counted(draft, tmp_path) == (1, {"rtt": 1})


def test_paths_that_are_forbidden(tmp_path: Path) -> None:
    draft = road(60.0)
    draft["file"]["rules"] = {"forbid_routes": [["a-m", "b-m"]]}
    assert counted(draft, tmp_path) == (1, {"forbidden": 1})


def test_corridors_without_fiber(tmp_path: Path) -> None:
    draft = road(60.0)
    draft["tables"]["corridors"][1]["buildable"] = False
    assert counted(draft, tmp_path) == (1, {"no_fiber": 1})


def test_links_that_are_too_far_apart() -> None:
    found = PathFinder(_network(1), limit=4).paths(("c0", "c11"), max_length_km=5.0)
    assert (found.paths, found.too_long) == ((), 1)


def test_forbidden_and_long_paths_of_a_search() -> None:
    finder = PathFinder(_network(1), limit=4)
    link = ("c0", "c11")
    free = finder.paths(link, max_length_km=1e6)
    assert not free.complete
    barred = PathFinder(_network(1), 4, forbidden=free.paths[:1]).paths(link, max_length_km=1e6)
    assert free.paths[0] not in barred.paths
    assert barred.forbidden == 1


def test_every_reason_has_words() -> None:
    assert tuple(EXCLUSIONS) == REASONS

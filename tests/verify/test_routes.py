"""Paths, supply, huts and options of single routes."""

from __future__ import annotations

from typing import Any

import pytest

from siting.verify import Violation, verify
from tests.verify.edits import Edit, sets
from tests.verify.repricing import repriced
from tests.verify.test_links import check, of
from tests.verify.variants import make_variant
from tests.verify.world import World

WEST = "link A-B, route west"


def fiber(corridors: list[str], supply: list[str], **more: Any) -> dict[str, Any]:
    return {
        "id": "new", "kind": "fiber", "corridors": corridors, "supply": supply, "length_km": 150.0,
        "fiber_type": "G652D", "huts": [], "regenerators": [], "spans_km": [150.0], "rtt_ms": 1.0,
        "modes": [], **more,
    }  # fmt: skip


def unbuilt_pairs(pairs: int) -> list[tuple[str, Any]]:
    """Light pairs on the cable that lies in ab1, and lay none."""
    return [
        ("corridors.0.cables", {}),
        ("corridors.0.built_from", None),
        ("links.0.routes.0.modes.0.pairs", [pairs] * 3),
    ]


def repriced_rules(world: World, edit: Edit) -> set[str]:
    """Rules that break when a plan is changed and its costs follow."""
    found = verify(repriced(world, world.edited(edit)), world.study, world.network, world.catalog)
    return {violation.rule for violation in found.violations}


def found_for(world: World, rule: str, route: dict[str, Any]) -> list[Violation]:
    """Violations of a rule when a route is added to the link of A and C."""
    found = check(world, lambda data: data["links"][1]["routes"].append(route))
    return [v for v in of(found, rule) if "route new" in v.where]


def messages(world: World, rule: str, route: dict[str, Any]) -> str:
    return "\n".join(v.message for v in found_for(world, rule, route))


def test_a_route_passes_through_no_third_campus(world):
    text = messages(world, "route_path", fiber(["ab1", "bc"], ["own", "own"]))
    assert "it passes through node NB of campus B" in text


def test_a_route_joins_up_from_end_to_end(world):
    assert "do not join up from A to C" in messages(
        world, "route_path", fiber(["ac2b", "ac2a"], ["own", "own"])
    )
    assert "do not join up from A to C" in messages(world, "route_path", fiber(["ac2a"], ["own"]))


def test_a_route_visits_no_node_twice(world):
    there_and_back = fiber(["ac2a", "ac2a", "ac1"], ["own", "own", "longline"])
    assert "it passes through a node twice" in messages(world, "route_path", there_and_back)


@pytest.mark.parametrize(
    ("supply", "wrong"),
    [
        (["own", "own"], []),
        (["plains", "own"], []),
        (["plains", "plains"], ["ac2b"]),
        (["longline", "own"], ["ac2a"]),
        (["own", "plains"], ["ac2a", "ac2b"]),
    ],
)
def test_a_route_takes_iru_wherever_it_is_offered_or_nowhere(world, supply, wrong):
    found = found_for(world, "route_supply", fiber(["ac2a", "ac2b"], supply))
    assert [v.where.rpartition(" ")[2] for v in found] == wrong


def test_own_cable_needs_a_buildable_corridor(world):
    text = messages(world, "route_supply", fiber(["ac1"], ["own"]))
    assert "own cable of G652D may not be built here, and none lies here" in text


def test_existing_cable_serves_where_nothing_may_be_built(tmp_path):
    lies = {"buildable": False, "existing_until": None}
    world = make_variant("standing", tmp_path, cells={"corridors": {"ab1": lies}})
    unbuilt = sets(("corridors.0.cables", {}), ("corridors.0.built_from", None))
    assert repriced_rules(world, unbuilt) == set()
    two_pairs = sets(*unbuilt_pairs(2))
    assert repriced_rules(world, two_pairs) == {"corridor_pairs"}  # one pair of fibers lies there
    wrong = {"corridors": {"ab1": lies | {"existing_fiber_type": "G654E"}}}
    world = make_variant("standing", tmp_path, cells=wrong)
    assert repriced_rules(world, unbuilt) == {"route_supply", "corridor_pairs"}


def test_new_cable_lies_beside_existing_cable_without_civil_works(tmp_path):
    world = make_variant(
        "standing", tmp_path, cells={"corridors": {"ab1": {"existing_until": None}}}
    )
    pulled = sets(("corridors.0.cables.G652D/144", [1, 1, 1]), ("corridors.0.built_from", None))
    assert repriced_rules(world, pulled) == set()


def test_a_wave_is_on_the_carriers_path(world):
    edit = sets(("links.1.routes.1.corridors", ["ac2a"]), ("links.1.routes.1.length_km", 80.0))
    found = of(check(world, edit), "route_path")
    assert [v.where for v in found] == ["link A-C, route waves"] * 2
    assert (found[0].value, found[0].limit) == (80, 150)


@pytest.mark.parametrize(
    ("huts", "text"),
    [
        (["h2", "h1"], "its huts stand at 120 km, then 60 km"),
        (["h1", "h1"], "its huts stand at 60 km, then 60 km"),
        (["h1", "h_bc"], "the hut of own does not serve the route"),
        (["h1", "h_node"], "the route is lit from period index 0, the hut from None"),
        (["h1", "h_iru"], "(supply there: the route is elsewhere)"),
    ],
)
def test_huts_serve_the_route_in_order(world, huts, text):
    found = of(check(world, sets(("links.0.routes.1.huts", huts))), "hut_service")
    assert text in "\n".join(v.message for v in found)


@pytest.mark.parametrize(
    ("key", "mode", "text"),
    [
        ("0", ("grey800_2lr4", "none"), "length is 58.21787837 km; it must be at most 10 km"),
        ("0", ("grey800_2lr4", "fixed_c"), "grey modules take terminal none"),
        ("0", ("zr800", "none"), "coherent ones fixed_c or roadm_cl"),
        ("1", ("zr800", "fixed_c"), "in-line amplifiers on a grey or single-span option is 2 huts"),
        (
            "1",
            ("grey800_2lr4", "none"),
            "in-line amplifiers on a grey or single-span option is 2 huts",
        ),
    ],
)
def test_options_are_legal_on_their_route(world, key, mode, text):
    where = f"links.0.routes.{key}.modes.0"
    edit = sets((f"{where}.module", mode[0]), (f"{where}.terminal", mode[1]))
    found = of(check(world, edit), "span_noise")
    assert text in "\n".join(v.message for v in found)


def test_chromatic_dispersion_is_limited(tmp_path):
    from tests.verify.world import make_world

    world = make_world(tmp_path, {"catalog.overrides": {"cd.max.qam": 3000}})
    found = verify(world.edited(lambda _: None), world.study, world.network)
    first = of(found, "span_noise")[0]
    assert first.where.startswith(WEST)
    assert first.value == pytest.approx(180 * 16.7)
    assert (first.limit, first.unit) == (3000, "ps/nm")

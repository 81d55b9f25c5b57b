"""The saved network against tables, geometry and rules; lead times of what stands on it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from pyproj import Geod

from siting.network import CandidateNetwork, Corridor, Node
from siting.plan import Plan
from siting.study import Study
from siting.verify.entrances import entrances_shape
from siting.verify.findings import Findings
from siting.verify.geodesic import geodesic_km, point_at
from siting.verify.network_shape import network_shape
from tests.verify.repricing import check
from tests.verify.variants import make_variant
from tests.verify.world import World


def violations(world: World, network: CandidateNetwork) -> dict[str, str]:
    """Messages of ``plan_shape`` about a network, by place."""
    findings = Findings()
    network_shape(world.study, network, world.catalog, findings.rule("plan_shape"))
    return {v.where: v.message for v in findings.violations}


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"existing_racks": 2}, "existing_racks is 2; its row in the hut table has 1"),
        ({"existing_until": None}, "existing_until is None; its row in the hut table has 2031"),
        ({"existing_amplifier_type": "legacy"}, "existing_amplifier_type is legacy"),
        ({"space_racks": 40}, "space_racks is 40; its row in the hut table has 2"),
        ({"power_kw": None}, "power_kw is None; its row in the hut table has 1"),
        ({"leasable": True}, "leasable is True"),
        ({"can_regenerate": True}, "can_regenerate is True"),
        ({"operator": "longline"}, "differs in place or operator"),
        ({"position_km": 31.0}, "position along its corridor is 31 km; it must be 30 km"),
        ({"lat": 32.3}, "distance of its coordinates -99.400000, 32.300000"),
        ({"node": "J1"}, "or the hut is at node J1 too"),
    ],
)
def test_a_given_hut_is_as_its_row_says(tmp_path, changes, text):
    world = make_variant("standing", tmp_path)
    hut = replace(world.network.huts["h1"], **changes)
    found = violations(world, replace(world.network, huts=world.network.huts | {"h1": hut}))
    assert list(found) == ["hut h1"]
    assert violations(world, world.network) == {}
    findings = Findings()
    network = replace(world.network, huts={"h1": hut})
    network_shape(world.study, network, world.catalog, findings.rule("plan_shape"))
    assert any(text in v.message for v in findings.violations), findings.violations


def test_a_hut_made_by_rule_has_nothing_for_free(world):
    free: dict[str, dict[str, Any]] = {
        "h_bc": {"existing_racks": 1},
        "h_iru": {"power_kw": 99.0},
        "h_far": {"leasable": True},
    }
    huts = {name: replace(world.network.huts[name], **more) for name, more in free.items()}
    found = violations(world, replace(world.network, huts=world.network.huts | huts))
    assert set(found) == {"hut h_bc", "hut h_iru", "hut h_far"}
    assert "power_kw is 99.0; none made by rule has None" in found["hut h_iru"]


@pytest.mark.parametrize(
    ("name", "changes", "text"),
    [
        ("ab1", {"existing_fibers": 144}, "existing cable: (144, 'G652D', '2031-01-01')"),
        ("ab1", {"existing_fiber_type": "HCF"}, "existing cable: (2, 'HCF', '2031-01-01')"),
        ("ab1", {"existing_until": None}, "existing cable: (2, 'G652D', None)"),
        ("ac1", {"iru_fiber_type": "HCF"}, "IRU offer: ('longline', 4, 'HCF') in the network"),
        ("bc", {"cuts_per_1000km_year": 0.0}, "cuts per 1,000 km and year: 0.0 in the network"),
    ],
)
def test_a_corridor_is_as_its_row_says(tmp_path, name, changes, text):
    world = make_variant("standing", tmp_path)
    edge = replace(world.network.corridors[name], **changes)
    corridors = world.network.corridors | {name: edge}
    found = violations(world, replace(world.network, corridors=corridors))
    assert list(found) == [f"corridor {name}"]
    assert text in found[f"corridor {name}"]


def bundled(study: Study, **geography: Any) -> Study:
    """The study as if its corridors came from a bundled region."""
    changed = study.file.geography.model_copy(update={"source": "bundled/us_tx", **geography})
    file = study.file.model_copy(update={"geography": changed})
    return study.model_copy(update={"file": file, "corridors": {}, "nodes": {}})


def test_nothing_lies_in_a_bundled_region_and_iru_is_that_of_the_study(world):
    study = bundled(world.study, iru_provider="longline", iru_pairs=4, iru_kinds=("rail",))
    drawn = {
        name: replace(
            edge,
            length_km=geodesic_km(edge.geometry) * 1.05,
            iru_provider=None,
            buildable=True,
            build_cost_usd_per_km=world.catalog.value("build.longhaul"),
            build_lead_time_years=world.catalog.lead_time_years("build.longhaul"),
        )
        for name, edge in world.network.corridors.items()
    }
    rail = replace(drawn["ac1"], iru_provider="longline")
    network = replace(
        world.network, corridors=drawn | {"ac1": rail}, huts={}, diverse_campuses=frozenset()
    )
    regional = replace(world, study=study)
    assert violations(regional, network) == {}
    wrong = {
        "ac1": replace(rail, iru_pairs=5),
        "bc": replace(drawn["bc"], iru_provider="longline", iru_pairs=4),
        "ab1": replace(drawn["ab1"], existing_fibers=96),
        "ab2a": replace(drawn["ab2a"], cuts_per_1000km_year=0.1),
    }
    found = violations(regional, replace(network, corridors=network.corridors | wrong))
    assert set(found) == {f"corridor {name}" for name in wrong}
    assert "IRU offer: ('longline', 4, 'G652D') in the network, None" in found["corridor bc"]


def laterals(*bearings: float) -> CandidateNetwork:
    """Campus A with straight laterals of 2 km, each with a bend after 100 m or 1 km."""
    site = Node(id="c.A", lon=-99.0, lat=32.0, campus="A")
    corridors = {}
    for number, bearing in enumerate(bearings):
        line = [(site.lon, site.lat)]
        for meters in (100, 1000, 2000):
            lon, lat, _ = Geod(ellps="WGS84").fwd(site.lon, site.lat, bearing, meters)
            line.append((lon, lat))
        name = f"l{number}"
        ends: dict[str, Any] = {"node_a": "c.A", "node_b": f"n{number}"}
        if number % 2:  # drawn towards the campus
            line, ends = line[::-1], {"node_a": f"n{number}", "node_b": "c.A"}
        corridors[name] = Corridor(
            id=name, length_km=2.1, kind="lateral", geometry=tuple(line), **ends
        )
    return CandidateNetwork(
        name="x", nodes={"c.A": site}, corridors=corridors, huts={}, tie_lines={},
        diverse_campuses=frozenset("A"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("bearings", "apart_km"), [((0, 90), None), ((0, 60), 0.357), ((10, 20, 200), None)]
)
def test_entrances_of_a_bundled_region_lie_apart_on_the_parcel(world, bearings, apart_km):
    """The parcel has 0.4 km2 for 100 MW: a circle of 357 m; the study asks for 500 m."""
    findings = Findings()
    entrances_shape(bundled(world.study), laterals(*bearings), findings.rule("plan_shape"))
    if apart_km is None:
        assert findings.violations == []
        return
    (found,) = findings.violations
    assert (found.where, found.limit, found.unit) == ("campus A", 0.5, "km")
    assert found.value == pytest.approx(math.sqrt(0.4 / math.pi), rel=1e-3)  # a triangle of 60 deg


def test_one_lateral_is_no_pair_of_entrances(world):
    findings = Findings()
    entrances_shape(bundled(world.study), laterals(0), findings.rule("plan_shape"))
    assert [(v.value, v.limit) for v in findings.violations] == [(1, 2), (0, 0.5)]


def test_a_point_on_a_line_lies_where_it_is_drawn():
    line = ((0.0, 0.0), (0.0, 1.0), (0.0, 1.0), (2.0, 1.0))
    along = [geodesic_km(line[:2]), geodesic_km(line)]
    assert point_at(line, 0.0) == (0.0, 0.0)
    assert point_at(line, along[0] / along[1]) == pytest.approx((0.0, 1.0))
    assert point_at(line, (along[0] + (along[1] - along[0]) / 2) / along[1]) == pytest.approx(
        (1.0, 1.0)
    )
    assert point_at(line, 1.0) == pytest.approx((2.0, 1.0))


@pytest.mark.parametrize(
    ("name", "row", "where"),
    [
        ("racks", "hut.cost.new", {"hut h1", "hut h1, multi_rail racks", "hut h1, legacy racks"}),
        ("racks", "price.multi", {"amplifiers"}),
        ("standing", "hut.lease.rack", {"hut h2", "hut h2, conventional racks"}),
        ("standing", "hut.cost.legacy", {"hut h1"}),  # racks come into the hut that stands
        ("regenerated", "price.conv", {"amplifiers"}),
    ],
)
def test_network_assets_wait_for_their_lead_time(tmp_path, name, row, where):
    world = make_variant(name, tmp_path).with_lead_time(row, 6.0)
    found = check(world, Plan.model_validate(world.plan))
    assert {v.rule for v in found.violations} == {"lead_time"}
    assert {v.where.split(" amplifiers, ")[-1] for v in found.violations} == where

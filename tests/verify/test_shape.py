"""Plans and networks out of shape become violations, at the right place."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from siting.catalog import load_catalog
from siting.errors import PlanError
from siting.network import TieLine
from siting.plan import Plan
from siting.verify import Verification, verify
from siting.verify.findings import Findings
from siting.verify.network_shape import network_shape
from tests.verify.edits import ZRP, Edit, add, sets
from tests.verify.test_links import check, of
from tests.verify.variants import make_variant
from tests.verify.world import World, make_study


def doubled(name: str) -> Edit:
    return lambda data: data[name].append(data[name][0])


SHAPES: list[tuple[Edit, str, str]] = [
    (sets(("study", "other")), "plan", "is of study other, not three"),
    (sets(("scenario", "x")), "plan", "is of scenario x, not None"),
    (sets(("periods", ["2029"])), "plan", "periods has 1 entries; the study has 3 periods"),
    (sets(("campuses.0.id", "X")), "campus X", "is not in the campuses"),
    (sets(("substations.0.id", "X")), "substation X", "is not in the substations"),
    (sets(("tie_lines.0.id", "X")), "tie line X", "is not in the network"),
    (sets(("tie_lines.0.campus", "B")), "tie line tA", "joins B and S1 in the plan"),
    (sets(("tie_lines.0.in_service_from", 3)), "tie line tA", "the last one is 2"),
    (sets(("corridors.0.id", "X")), "corridor X", "is not in the network"),
    (sets(("corridors.0.built_from", 3)), "corridor ab1", "the last one is 2"),
    (sets(("corridors.0.built_from", -1)), "corridor ab1", "in service from period index -1"),
    (
        sets(("corridors.0.cables", {"G652D/288": [1, 1, 1]})),
        "corridor ab1",
        "cables of unknown G652D/288",
    ),
    (sets(("corridors.0.cables", {"144": [1, 1, 1]})), "corridor ab1", "cables of unknown 144"),
    (sets(("corridors.0.cables.G652D/144", [1])), "corridor ab1", "G652D/144 has 1 entries"),
    (sets(("huts.0.in_service_from", None)), "hut h1", "nothing stands there already"),
    (sets(("huts.0.hut_class", "existing")), "hut h1", "class existing with first period 0"),
    (sets(("huts.0.racks.modern", [1, 1, 1])), "hut h1", "racks of unknown modern"),
    (sets(("substations.0.in_service_from", None)), "substation S1", "nothing stands there"),
    (sets(("tie_lines.0.in_service_from", None)), "tie line tA", "nothing stands there"),
    (sets(("tie_lines.0.firm_mw", [56.25])), "tie line tA", "firm_mw has 1 entries"),
    (sets(("campuses.0.in_service_from", None)), "campus A", "nothing stands there"),
    (
        sets(("network_upgrades", [{"id": "u", "in_service_from": 0}])),
        "network upgrade u",
        "is not in the network upgrades",
    ),
    (
        sets(("bridging", [{"id": "g", "campus": "A", "capacity_mw": [], "output_mw": []}])),
        "bridging g",
        "is not in the bridging",
    ),
    (sets(("huts.0.id", "X")), "hut X", "is not in the network"),
    (sets(("workloads.0.id", "X")), "workload train", "is not in the plan"),
    (sets(("workloads.0.hub", "X")), "workload train", "hub X is not in the campuses"),
    (sets(("workloads.0.modes.1.hub", "X")), "workload train", "hub of a mode X is not in"),
    (sets(("workloads.0.served_it_mw.X", [0, 0, 0])), "workload train", "of unknown X"),
    (sets(("workloads.0.replica_it_mw.X", [0, 0, 0])), "workload train", "of unknown X"),
    (sets(("workloads.0.replica_it_mw.C", [0, 0, 0])), "workload train", "names no campus"),
    (sets(("workloads.0.replica_homes.C", [None] * 3)), "workload train", "replica_it_mw no"),
    (sets(("workloads.0.modes", [])), "workload train", "modes has 0 entries"),
    (sets(("links.0.campuses", ["A", "X"])), "link A-X", "not in the network"),
    (sets(("links.0.campuses", ["B", "A"])), "link B-A", "in sorted order"),
    (
        sets(("links.0.demands.0.workload", "X")),
        "link A-B, training demand of X",
        "unknown workload",
    ),
    (sets(("links.0.routes.0.corridors", ["X"])), "link A-B, route direct", "uses X, not in"),
    (sets(("links.0.routes.1.huts", ["X"])), "link A-B, route west", "uses X, not in"),
    (sets(("links.0.routes.1.supply", ["own"])), "link A-B, route west", "supply has 1 entries"),
    (sets(("links.0.routes.1.id", "direct")), "link A-B, route direct", "is listed twice"),
    (sets(("links.1.routes.1.leased_wave", "X")), "link A-C, route waves", "wave X is not in"),
    (sets(("links.1.routes.1.huts", ["h1"])), "link A-C, route waves", "huts or options"),
    (sets(("links.0.routes.0.waves", [1, 1, 1])), "link A-B, route direct", "holds leased waves"),
    (
        sets(("links.0.routes.0.modes.0.module", "zrp600")),
        "link A-B, route direct, zrp600 with terminal fixed_c",
        "is not an option of the study's transport section",
    ),
    (doubled("campuses"), "campus A", "is listed twice"),
    (doubled("workloads"), "workload train", "is listed twice"),
    (doubled("links"), "link A-B", "is listed twice"),
]


@pytest.mark.parametrize(("edit", "where", "text"), SHAPES, ids=[s[1] + s[2] for s in SHAPES])
def test_a_plan_out_of_shape_is_a_violation(world, edit, where, text):
    found = of(check(world, edit), "plan_shape")
    assert any(v.where == where and text in v.message for v in found), found


BROWN: list[tuple[Edit, str, str]] = [
    (sets(("network_upgrades.0.in_service_from", 3)), "network upgrade u1", "the last one is 2"),
    (doubled("network_upgrades"), "network upgrade u1", "is listed twice"),
    (sets(("bridging.0.campus", "B")), "bridging gA", "stands at campus B in the plan, at A in"),
    (sets(("bridging.0.capacity_mw", [10])), "bridging gA", "capacity_mw has 1 entries"),
    (sets(("bridging.0.output_mw", [])), "bridging gA", "output_mw has 0 entries"),
    (doubled("bridging"), "bridging gA", "is listed twice"),
    (lambda data: data["campuses"].pop(0), "campus A", "in use as it stands and not listed"),
    (lambda data: data["substations"].pop(0), "substation S1", "in use as it stands and not"),
    (doubled("alternatives"), "alternatives.single_site", "is listed twice"),
    (sets(("alternatives.0.objective_usd", 1e9)), "alternatives.single_site", "objective is"),
    (sets(("alternatives.0.bound_usd", 4e9)), "alternatives.single_site", "lower bound is"),
    (sets(("alternatives.0.unserved_mw_years", -1)), "alternatives.single_site", "not served"),
    (sets(("alternatives.0.costs_usd", {})), "alternatives.single_site", "objective is"),
    (
        sets(("alternatives.0.costs_usd.land", 0)),
        "alternatives.single_site",
        "costs_usd has the unknown lines land",
    ),
    (sets(("alternatives.0.campuses", {})), "alternatives.single_site", "of no workload"),
    (
        sets(("alternatives.0.campuses.eval", ["A"])),
        "alternatives.single_site",
        "campuses of eval has 1 entries",
    ),
    (
        sets(("alternatives.0.campuses.eval", ["A", "X", "A"])),
        "alternatives.single_site",
        "campus of eval X is not in the campuses",
    ),
]


@pytest.mark.parametrize(("edit", "where", "text"), BROWN, ids=[s[1] + s[2] for s in BROWN])
def test_upgrades_bridging_and_alternatives_out_of_shape(tmp_path, edit, where, text):
    found = of(check(make_variant("brownfield", tmp_path), edit), "plan_shape")
    assert any(v.where == where and text in v.message for v in found), found


def test_a_hut_in_use_as_it_stands_is_listed(tmp_path):
    found = check(make_variant("standing", tmp_path), lambda data: data["huts"].pop(0))
    assert "hut h1: is in use as it stands and not listed" in [v.message for v in found.violations]


def test_an_empty_plan_is_rejected(world):
    empty: dict[str, list[str]] = {
        name: []
        for name in ("substations", "network_upgrades", "tie_lines", "bridging", "campuses",
                     "workloads", "links", "corridors", "huts", "periods")
    }  # fmt: skip
    found = check(world, lambda data: data.update(empty, costs_usd={}, upfront_cash_usd={}))
    rules = {violation.rule for violation in found.violations}
    assert {"plan_shape", "demand_balance", "pinned_campus", "cost_lines"} <= rules


def test_hashes_are_compared_when_given(world):
    plan = Plan.model_validate(world.plan)
    good = verify(plan, world.study, world.network, study_sha256="s", network_sha256="n")
    assert good.accepted
    bad = verify(plan, world.study, world.network, study_sha256="s", network_sha256="m")
    assert [v.where for v in bad.violations] == ["provenance.network_sha256"]


def test_the_network_follows_from_tables_and_geometry(world):
    edges, huts, lines = world.network.corridors, world.network.huts, world.network.tie_lines
    nodes = world.network.nodes
    network = replace(
        world.network,
        corridors=edges
        | {
            "ab1": replace(edges["ab1"], length_km=edges["ab1"].length_km * 0.99),
            "ab2a": replace(edges["ab2a"], length_km=80.0, srlgs=()),
            "ac2b": replace(edges["ac2b"], build_cost_usd_per_km=1.0, build_lead_time_years=0.5),
            "bc": replace(edges["bc"], node_b="J1", iru_provider="x", iru_pairs=9),
            "new": replace(edges["bc"], id="new"),
        },
        huts=huts
        | {
            "h1": replace(huts["h1"], position_km=91.0),
            "h2": replace(huts["h2"], position_km=-1.0),
            "h_bc": replace(huts["h_bc"], corridor="nowhere"),
            "h_node": replace(huts["h_node"], node="nowhere"),
        },
        tie_lines=lines | {"tA": replace(lines["tA"], length_km=5.0, capacity_mw=500.0)},
        nodes=nodes | {"J2": replace(nodes["J2"], campus="C", lon=0.0)},
        diverse_campuses=frozenset({"A", "nowhere"}),
    )
    found = of(check(replace(world, network=network)), "plan_shape")
    assert sorted({v.where for v in found}) == [
        "campus C", "campus nowhere", "corridor ab1", "corridor ab2a", "corridor ac2b",
        "corridor bc", "corridor new", "hut h1", "hut h2", "hut h_bc", "hut h_early", "hut h_node",
        "node J2", "tie line tA",
    ]  # fmt: skip
    ab1 = next(v for v in found if v.where == "corridor ab1")
    assert ab1.limit == pytest.approx(edges["ab1"].length_km)


def test_tie_lines_made_by_rule(world, tmp_path):
    study = make_study(tmp_path, {"sites.tie_lines": None})
    # S1 lies 9.4 km west and 22.2 km north of A
    good = TieLine(
        id="t", campus="A", substation="S1", length_km=1.3 * math.hypot(9.43, 22.18),
        capacity_mw=600.0,
    )  # fmt: skip
    bad = replace(good, id="u", length_km=60.0, capacity_mw=700.0)
    network = replace(world.network, tie_lines={"t": good, "u": bad})
    findings = Findings()
    network_shape(study, network, load_catalog(), findings.rule("plan_shape"))
    assert [(v.where, v.value) for v in findings.violations] == [
        ("tie line u", 700.0), ("tie line u", 60.0), ("tie line u", 60.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "where", "found"),
    [
        ("grid.line345", "tie line tA", 0),
        ("hut.cost.legacy", "hut h1", 0),
        ("iru.lh", "corridor ac1, IRU", 1),
        ("zr800.price", "link A-C, route rail, zr800 with terminal fixed_c, transponders", 1),
        ("omd32.price", "link A-C, route rail, zr800 with terminal fixed_c, terminals", 1),
        (
            "rd66.price",
            f"link A-B, route west, {ZRP}, terminals",
            0,
        ),
        (
            "price.conv",
            f"link A-B, route west, {ZRP}, amplifiers",
            0,
        ),
        ("build.longhaul", "corridor ab1, own cable", 0),
    ],
)
def test_every_asset_waits_for_its_lead_time(world: World, row, where, found):
    late = world.with_lead_time(row, 5.0)
    if row == "build.longhaul":
        edge = replace(world.network.corridors["ab1"], build_lead_time_years=5.0)
        edges = world.network.corridors | {"ab1": edge}
        late = replace(world, network=replace(world.network, corridors=edges))
    violations = of(check(late), "lead_time")
    assert (where, found, 2) in [(v.where, v.value, v.limit) for v in violations]


def test_a_cost_line_changed_by_hand_is_caught_with_its_amount(world):
    found = check(world, add("costs_usd.terminals", 1.5))
    cost = of(found, "cost_lines")
    assert [v.where for v in cost] == ["costs_usd.terminals"]
    assert cost[0].value is not None
    assert cost[0].limit is not None
    assert cost[0].value - cost[0].limit == pytest.approx(1.5)
    assert cost[0].limit == pytest.approx(world.plan["costs_usd"]["terminals"])


def test_upfront_cash_is_checked_by_period(world):
    edit = sets(("upfront_cash_usd.huts", [0, 0, 0]), ("upfront_cash_usd.energy", [0, 7, 0]))
    found = of(check(world, edit), "cost_lines")
    assert [(v.where, v.value) for v in found] == [
        ("upfront_cash_usd", None),
        ("upfront_cash_usd.huts, period 2029", 0),
        ("upfront_cash_usd.energy, period 2030", 7),
    ]


def test_a_bound_above_the_objective_is_caught(world):
    edit = sets(("bounds.bound_usd", world.plan["objective_usd"] + 1e3), ("bounds.gap_usd", -1e3))
    found = of(check(world, edit), "bounds_consistent")
    assert "bounds.bound_usd" in [v.where for v in found]


def test_a_verification_is_saved_and_read(world, tmp_path: Path):
    found = check(world, sets(("links.0.routes.0.rtt_ms", float("nan"))))
    path = tmp_path / "verification.json"
    found.save(path)
    assert Verification.load(path) == found
    data = found.to_dict()
    assert data["accepted"] is False
    assert set(data["violations"][0]) == {"rule", "where", "value", "limit", "unit", "message"}
    path.write_text("{}")
    with pytest.raises(PlanError, match="accepted"):
        Verification.load(path)
    with pytest.raises(PlanError, match="cannot be read"):
        Verification.load(tmp_path / "nothing.json")

"""One id for each rule: in the text, the Pyomo components, the verifier's checks and the tests."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pyomo.environ as pyo
import pytest

from siting import build_instance, build_network, load_study
from siting.formulation import build_model
from siting.formulation.admissibility import Admissibility
from siting.instance import Instance
from siting.verify.checks import CHECKS
from tests.instance.plant import plant_draft
from tests.instance.trio import trio_draft
from tests.oracle.draft import write
from tests.small_study import write_small_study
from tests.verify.mutations import MUTATIONS

ROOT = Path(__file__).resolve().parents[2]

BY_CONSTRUCTION = {
    "lead_time": "no variable before the first period: bounds of counts, fixed in-service binaries",
    "allowed_campus": "the instance lists a workload's campuses; what is forbidden is not in it",
    "route_path": "candidate routes are enumerated as simple paths when the instance is built",
    "route_supply": "the supply of a candidate route is part of the route",
    "rtt_limit": "rows of link_capacity and survivability sum only what is within the limit",
    "diverse_entrances": "the set of links has no protected link without them (Admissibility)",
    "lease_limit": "upper bound of the number of waves",
    "retirement": "what stands is data by period: 0 MW, no line, no cable, no rack once retired",
    "module_date": "no channel before the first period of a design",
    "regenerator_site": "the regenerators of a candidate route are part of the route",
    "terminal_span": "first and last window of amplifier_spacing; designs of an unamplified route",
}
"""Rules that no component states, and why none is needed."""

EXTRA_CHECKS = {
    "spans_add_up": "spans of the plan follow from the huts; the model has no spans to state",
    "cost_lines": "the objective",
    "bounds_consistent": "made after the solve",
}
"""Checks of what a plan states beside the rules of section 4."""

PARTS = {
    "persistence": "built|cables|iru|holds|lines|reserved|amplified|channels|pairs|waves|racks"
    "|uses|upgrades|bridging",
    "peer_count": "least",
    "hub_is_peer": "now",
    "link_required": "hub|ring",
    "ring_order": "degree|end|flow|link|source|first",
    "link_demand": "first|second|floor_first|floor_second",
    "replica_link": "peer",
    "blast_radius": "region",
    "survivability": "hut",
}
"""Suffixes of components that state one part of the rule before them."""

HELPERS = {
    # placement, interconnection
    "peer_limit": "peer_minimum",
    "peer_open": "campus_limit",
    "substation_headroom": "substation_reservation",
    "substation_connected": "substation_reservation",
    "tie_line_firm": "tie_line_limit",
    "bridging_output": "bridging_limit",
    "tie_line_campus": "tie_line_limit",
    "tie_line_substation": "tie_line_limit",
    # training
    "one_family": "same_paradigm",
    "one_hub": "hub_is_peer",
    "one_hub_now": "hub_is_peer",
    "replica_limit": "replica_minimum",
    "replica_role": "replica_minimum",
    "copy_held": "checkpoint_copies",
    "required_in_mode": "link_required",
    "served_in_mode": "single_mode",
    "served_alone": "single_mode",
    "served_by_mode": "single_mode",
    # routes, fiber
    "amplified_once": "route_path",
    "amplified_pairs": "pair_channels",
    "kept_route": "link_capacity",
    "kept_pairs": "link_capacity",
    "kept_channels": "link_capacity",
    "lit_corridor": "corridor_pairs",
    "lit_iru": "iru_limit",
    "lit_cable": "corridor_pairs",
    "built_cable": "corridor_pairs",
    "iru_held": "iru_limit",
    "flow_balance": "survivability",
    "flow_in_use": "survivability",
    "wave_in_use": "survivability",
    # amplifiers
    "hut_count": "hut_service",
    "hut_opening": "hut_racks",
    "hut_service_regenerator": "hut_service",
    "rack_payment": "hut_class",
    "rack_if_regenerated": "hut_racks",
    "amplifier_power": "hut_power",
    "amplifier_power_least": "hut_power",
    "rack_if_used": "hut_racks",
    "amplified_if_used": "hut_racks",
    "amplified_at_most": "hut_racks",
    "amplified_in_all": "hut_racks",
    "lit_design": "span_noise",
    "span_flow": "span_noise",
    "span_flow_in": "span_noise",
    "interrupted_if_short": "link_availability",
    "spared_lit": "survivability",
    "spared_elsewhere": "survivability",
    # pins
    "pin_linked": "pinned_corridor",
    "pin_hub": "pinned_corridor",
    "pin_peer": "pinned_corridor",
    "pin_lit": "pinned_corridor",
    "pin_required": "pinned_corridor",
    "pin_served": "pinned_hut",
    "pin_used": "pinned_hut",
}
"""Components that define or strengthen what a rule needs."""


def rules_of_the_text() -> set[str]:
    text = (ROOT / "models" / "formulation.md").read_text("utf-8")
    section = text[text.index("## 4. Rules") : text.index("## 5. ")]
    ids = re.findall(r"^- `(\w+)`", section, flags=re.MULTILINE)
    assert len(ids) == len(set(ids)), "a rule id stands twice in section 4"
    return set(ids)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> pyo.ConcreteModel:
    folder = write_small_study(tmp_path_factory.mktemp("small"))
    study = load_study(str(folder / "study.yaml"))
    return build_model(build_instance(study, build_network(study)))


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    """Three campuses, one forbidden, with a wave and a corridor that is forbidden too."""
    draft = trio_draft()
    tables = draft["tables"]
    tables["campuses"].append(tables["campuses"][0] | {"id": "c", "lat": 32.1})
    tables["nodes"].append({"id": "n-c", "lon": -100.05, "lat": 32.1, "campus_id": "c"})
    tables["corridors"].append(tables["corridors"][0] | {"id": "e3", "node_a": "n-c"})
    draft["file"]["rules"] = {"forbid_campuses": ["c"], "forbid_corridors": ["e2"]}
    study = write(draft, tmp_path)
    return build_instance(study, build_network(study))


def components(model: pyo.ConcreteModel) -> set[str]:
    kinds = (pyo.Constraint, pyo.ConstraintList)
    return {c.local_name for kind in kinds for c in model.component_objects(kind)}


def rule_of(name: str) -> str | None:
    """Return the rule that a component states or serves."""
    if name in HELPERS:
        return HELPERS[name]
    for rule, suffixes in PARTS.items():
        if re.fullmatch(f"{rule}_({suffixes})", name):
            return rule
    return name if name in rules_of_the_text() else None


def test_every_rule_is_a_component_or_holds_by_construction(model):
    stated = components(model) & rules_of_the_text()
    assert stated.isdisjoint(BY_CONSTRUCTION)
    assert stated | set(BY_CONSTRUCTION) == rules_of_the_text()


def test_every_component_belongs_to_a_rule(model):
    unknown = {name for name in components(model) if rule_of(name) is None}
    assert unknown == set()
    assert set(HELPERS.values()) | set(PARTS) <= rules_of_the_text()


def test_no_documented_component_is_gone(model):
    names = components(model)
    parts = {f"{rule}_{s}" for rule, suffixes in PARTS.items() for s in suffixes.split("|")}
    assert (set(HELPERS) | parts) - names == set()


def test_every_rule_has_a_check_of_its_name():
    checks = [check.__name__ for check in CHECKS]
    assert len(checks) == len(set(checks))
    assert set(checks) == rules_of_the_text() | set(EXTRA_CHECKS)


def test_every_rule_has_a_mutation():
    tested = {mutation.rule for mutation in MUTATIONS}
    assert rules_of_the_text() | set(EXTRA_CHECKS) <= tested


# What holds by construction


def test_nothing_is_in_service_before_its_first_period(instance: Instance):
    late = len(instance.periods)
    model = build_model(_with_dates(instance, late))
    for variables in (model.routes.pairs, model.routes.channels, model.routes.waves):
        assert all(variables[key].ub == 0 for key in variables)
    for variables in (model.fiber.cables, model.fiber.iru_pairs, model.amplifiers.racks):
        assert all(variables[key].ub == 0 for key in variables)
    for variables in (model.placement.is_open, model.amplifiers.is_open):
        assert all(variables[key].fixed and variables[key].value == 0 for key in variables)
    lines = model.interconnection.is_built
    assert all(lines[key].fixed and lines[key].value == 0 for key in lines)


def test_power_waits_for_its_first_period(tmp_path: Path):
    study = write(plant_draft(), tmp_path)
    instance = build_instance(study, build_network(study))
    power = build_model(_with_dates(instance, len(instance.periods))).interconnection
    assert instance.upgrades
    assert instance.bridging
    for variables in (power.is_upgraded, power.bridging_mw, power.output_mw, power.is_built):
        assert all(variables[key].fixed and variables[key].value == 0 for key in variables)
    # Line t-a stands in the first period.
    assert not power.flow_mw["t-a", 0].fixed
    assert power.flow_mw["t-a", 1].fixed


def test_what_has_retired_brings_nothing(tmp_path: Path):
    study = write(plant_draft(), tmp_path)
    instance = build_instance(study, build_network(study))
    assert instance.campuses["a"].existing_it_mw == (50, 0)
    assert instance.substations["s-a"].existing_mw == (40, 0)
    assert instance.tie_lines["t-a"].stands == (True, False)
    power = build_model(instance).interconnection
    assert power.is_built["t-a", 0].fixed
    assert not power.is_built["t-a", 1].fixed


def test_waves_are_bounded_by_their_number(instance: Instance):
    model = build_model(instance)
    assert instance.wave_routes
    for v, t in model.routes.WAVE_PERIODS:
        assert model.routes.waves[v, t].ub <= instance.wave_routes[v].max_waves


def test_forbidden_assets_are_not_in_the_instance(instance: Instance):
    assert "c" not in instance.campuses
    assert all("c" not in job.campuses + job.hubs for job in instance.workloads.values())
    assert "e2" not in instance.corridors
    assert instance.fiber_routes
    assert all("e2" not in route.corridors for route in instance.fiber_routes.values())


def test_candidate_routes_are_simple_paths_with_one_contract(tmp_path):
    study = write(trio_draft(), tmp_path)
    instance = build_instance(study, build_network(study))
    assert any("own" not in route.supply for route in instance.fiber_routes.values())
    for route in instance.fiber_routes.values():
        assert (route.nodes[0], route.nodes[-1]) == route.link
        assert len(set(route.nodes)) == len(route.nodes) == len(route.corridors) + 1
        assert not set(route.nodes[1:-1]) & set(instance.campuses)
        lengths = [instance.corridors[e].length_km for e in route.corridors]
        assert route.length_km == pytest.approx(sum(lengths))
        offers = [instance.corridors[e].iru_pairs > 0 for e in route.corridors]
        leased = [supply != "own" for supply in route.supply]
        assert leased == offers or not any(leased)


def test_a_protected_link_without_diverse_entrances_is_not_admissible(instance: Instance):
    campuses = {c: replace(x, diverse=False) for c, x in instance.campuses.items()}
    plain = Admissibility(replace(instance, campuses=campuses))
    last = len(instance.periods) - 1
    assert plain(("a", "b"), last, 1e6, protected=False)
    assert not plain(("a", "b"), last, 1e6, protected=True)


def test_only_what_is_within_the_rtt_limit_counts(instance: Instance):
    admissible = Admissibility(instance)
    last = len(instance.periods) - 1
    designs = [d for r in instance.fiber_routes.values() for d in r.designs]
    times = [d.rtt_ms for d in designs] + [w.rtt_ms for w in instance.wave_routes.values()]
    least = min(times)
    assert admissible(("a", "b"), last, least, protected=False)
    assert not admissible(("a", "b"), last, least - 1e-6, protected=False)


def _with_dates(instance: Instance, first: int) -> Instance:
    return replace(
        instance,
        campuses={c: replace(x, first_period=first) for c, x in instance.campuses.items()},
        tie_lines={a: replace(x, first_period=first) for a, x in instance.tie_lines.items()},
        corridors={
            e: replace(x, build_first_period=first, iru_first_period=first)
            for e, x in instance.corridors.items()
        },
        upgrades={u: replace(x, first_period=first) for u, x in instance.upgrades.items()},
        bridging={u: replace(x, first_period=first) for u, x in instance.bridging.items()},
        huts={
            h: replace(x, classes={k: replace(y, first_period=first) for k, y in x.classes.items()})
            for h, x in instance.huts.items()
        },
        fiber_routes={
            r: replace(x, designs=tuple(replace(d, first_period=first) for d in x.designs))
            for r, x in instance.fiber_routes.items()
        },
        wave_routes={v: replace(x, first_period=first) for v, x in instance.wave_routes.items()},
    )

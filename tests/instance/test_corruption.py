"""A wrong number in the instance makes a plan that the verifier rejects, or one no worse for it.

The verifier never sees the instance: it computes every number from study, network and catalog.
"""

from __future__ import annotations

import dataclasses
import tempfile
import typing
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from siting import Plan, build_instance, build_network, solve, verify
from siting.catalog import Catalog, load_catalog
from siting.instance import Instance
from siting.instance.records import (
    Bridging,
    Campus,
    Caps,
    FailureRate,
    Mode,
    Period,
    Replica,
    Substation,
    TieLine,
    Upgrade,
    Workload,
)
from siting.instance.records_network import (
    Corridor,
    Design,
    FiberRoute,
    Hut,
    HutClass,
    RouteHut,
    WaveRoute,
)
from siting.network import CandidateNetwork
from siting.study import Study
from siting.verify import Verification
from tests.instance.plant import charged_draft, faults_draft, plant_draft
from tests.instance.studies import STUDIES
from tests.instance.trio import trio_draft
from tests.oracle.draft import write

Record = Any
Change = Callable[[Any], Any]
USD = 1.0

RECORDS = (
    Period, Campus, Substation, TieLine, Upgrade, Bridging, Caps, FailureRate, Replica, Mode,
    Workload, Corridor, HutClass, Hut, Design, RouteHut, FiberRoute, WaveRoute, Instance,
)  # fmt: skip
NUMERIC = {
    "int", "float", "bool", "tuple[float, ...]", "tuple[bool, ...]", "tuple[int, ...]",
    "dict[tuple[str, int], float]", "dict[str, int]", "dict[str, tuple[int, ...]]",
}  # fmt: skip
"""Types of fields that hold numbers."""


def numeric_fields() -> list[str]:
    """Return every field with numbers of every record, as ``Record.field``."""
    return [
        f"{record.__name__}.{field.name}"
        for record in RECORDS
        for field in dataclasses.fields(record)
        if str(field.type) in NUMERIC
    ]


def each(change: Change) -> Change:
    """Return ``change`` made to every number of a list or table."""

    def apply(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(apply(x) for x in value)
        if isinstance(value, dict):
            return {key: apply(x) for key, x in value.items()}
        return change(value)

    return apply


half, twice, nothing = each(lambda x: x / 2), each(lambda x: x * 2), each(lambda x: x * 0)
less, more = each(lambda x: max(x - 1, 0)), each(lambda x: x + 1)
shorter, longer = each(lambda x: x * 0.9), each(lambda x: x * 1.1)
flip, always, never = each(lambda x: not x), each(lambda _: True), each(lambda _: False)
many, full = each(lambda x: x * 4), each(lambda _: 1.0)


@dataclasses.dataclass(frozen=True)
class Case:
    """How a field is corrupted.

    ``loose`` only widens what is allowed or lowers what is paid: the plan must be rejected or cost
    the true optimum. ``tight`` may also make a plan that is right but dear. ``other`` is neither.
    """

    loose: tuple[Change, ...] = ()
    tight: tuple[Change, ...] = ()
    other: tuple[Change, ...] = ()
    caught: bool = True
    """Whether the study feels the field: every loose or other corruption is rejected."""
    study: str = "trio"


def price(**changes: Any) -> Case:
    return Case(loose=(half, nothing), tight=(twice,), **changes)


def cash(**changes: Any) -> Case:
    """Capital: stated in the plan, not charged."""
    return Case(other=(half, nothing, twice), **changes)


def limit(**changes: Any) -> Case:
    return Case(loose=(twice,), tight=(half,), **changes)


def date(**changes: Any) -> Case:
    return Case(loose=(nothing,), tight=(more,), **changes)


CASES: dict[str, Case] = {
    "Period.index": Case(other=(more,), caught=False),
    "Period.weight": Case(other=(half, twice)),
    "Period.years": Case(other=(half, twice), caught=False),
    "Campus.limit_mw": limit(),
    "Campus.pue_peak": Case(loose=(shorter,), tight=(longer,)),
    "Campus.pue_average": Case(other=(longer,), caught=False),
    "Campus.first_period": date(),
    "Campus.existing_it_mw": Case(loose=(twice,), tight=(half,), study="plant"),
    "Campus.stands": Case(loose=(always,), study="plant"),
    "Campus.fixed_usd_per_year": price(),
    "Campus.fixed_capital_usd": cash(),
    "Campus.shell_usd_per_it_mw_year": price(),
    "Campus.shell_capital_usd_per_it_mw": cash(),
    "Campus.energy_usd_per_mwh": Case(other=(half,), caught=False),
    "Campus.energy_usd_per_it_mw_year": price(),
    "Campus.pinned": Case(tight=(flip,), caught=False),
    "Campus.diverse": Case(tight=(flip,), caught=False),
    "Substation.headroom_mw": limit(),
    "Substation.pinned": Case(tight=(flip,), caught=False),
    "Substation.existing_mw": Case(loose=(twice,), tight=(half,), study="plant"),
    "Substation.stands": Case(loose=(always,), study="plant"),
    "Substation.fixed_usd_per_year": price(),
    "Substation.fixed_capital_usd": cash(),
    "Substation.usd_per_mw_year": price(),
    "Substation.capital_usd_per_mw": cash(),
    "TieLine.capacity_mw": limit(),
    "TieLine.first_period": date(caught=False),
    "TieLine.stands": Case(loose=(always,), study="plant"),
    "TieLine.usd_per_year": price(),
    "TieLine.capital_usd": cash(),
    "Upgrade.added_mw": limit(study="plant"),
    "Upgrade.first_period": date(study="plant", caught=False),
    "Upgrade.usd_per_year": price(study="plant"),
    "Upgrade.capital_usd": cash(study="plant"),
    "Bridging.owned": Case(other=(flip,), study="plant", caught=False),
    "Bridging.limit_mw": limit(study="plant"),
    "Bridging.first_period": date(study="plant", caught=False),
    "Bridging.usd_per_mw_year": price(study="plant"),
    "Bridging.capital_usd_per_mw": cash(study="plant"),
    "Bridging.extra_energy_usd_per_mw_year": price(study="plant"),
    "Caps.upfront_usd": limit(study="capped", caught=False),
    "Caps.campus_openings": limit(study="capped"),
    "Caps.substation_connections": limit(study="capped", caught=False),
    "Caps.corridor_build_km": Case(loose=(each(lambda _: 500.0),), study="built_late"),
    "Caps.hut_builds": Case(loose=(each(lambda _: 3.0),), study="built_late"),
    "FailureRate.events_per_year": price(study="faults"),
    "FailureRate.repair_hours": price(study="faults"),
    "Replica.max_share": limit(study="replica", caught=False),
    "Replica.min_mw": Case(loose=(nothing,), tight=(twice,), study="replica", caught=False),
    "Replica.goodput_loss_fraction": price(study="replica"),
    "Replica.rtt_limit_ms": Case(loose=(twice,), tight=(nothing,), study="replica", caught=False),
    "Replica.survival_fraction": Case(tight=(full,), study="replica", caught=False),
    "Replica.checkpoint_gbps": Case(loose=(half,), tight=(twice,), study="replica"),
    "Mode.peers_min": Case(other=(less,)),
    "Mode.peers_max": Case(other=(more,)),
    "Mode.rtt_class_ms": Case(other=(half, twice)),
    "Mode.link_rtt_limit_ms": Case(other=(longer,)),
    "Mode.goodput_loss_fraction": price(),
    "Mode.bandwidth_level": Case(other=(half, twice), study="narrow"),
    "Mode.floor_gbps": Case(loose=(half, shorter), tight=(longer,)),
    "Mode.gbps_per_it_mw": Case(tight=(each(lambda _: 40.0),), caught=False),
    "Mode.frontend_gbps_per_it_mw": Case(loose=(nothing,), tight=(twice,), study="narrow"),
    "Mode.interruption_hours": price(study="charged"),
    "Workload.demand_mw": Case(other=(half, twice)),
    "Workload.unserved_usd_per_mw_year": price(),
    "Workload.goodput_usd_per_mw_year": price(),
    "Workload.max_peers": Case(loose=(more,), tight=(less,), caught=False),
    "Workload.min_peer_mw": Case(loose=(nothing,), tight=(twice,), caught=False),
    "Workload.survival_fraction": Case(loose=(half, nothing)),
    "Workload.hub_may_move": Case(loose=(always,), study="hub_stays"),
    "Workload.checkpoint_copies": Case(loose=(less,), tight=(more,), study="copies"),
    "Workload.max_share_per_campus": Case(loose=(full,), tight=(half,), study="blast"),
    "Workload.max_share_per_region": Case(tight=(half,), study="blast", caught=False),
    "Workload.min_link_availability": Case(loose=(nothing,), study="faults"),
    "Corridor.length_km": Case(other=(half,), caught=False),
    "Corridor.buildable": Case(other=(flip,), caught=False),
    "Corridor.build_first_period": date(study="late"),
    "Corridor.build_usd_per_year": price(),
    "Corridor.build_capital_usd": cash(),
    "Corridor.own_maintenance_usd_per_year": price(),
    "Corridor.cable_usd_per_year": price(),
    "Corridor.cable_capital_usd": cash(),
    "Corridor.existing_pairs": Case(loose=(many,), tight=(nothing,), study="beside"),
    "Corridor.stands": Case(loose=(always,), tight=(never,), study="retiring"),
    "Corridor.iru_pairs": Case(loose=(more,), tight=(less,), caught=False),
    "Corridor.iru_first_period": date(caught=False),
    "Corridor.iru_usd_per_pair_year": price(),
    "Corridor.iru_capital_usd_per_pair": cash(),
    "Corridor.iru_maintenance_usd_per_year": price(),
    "HutClass.first_period": date(caught=False),
    "HutClass.usd_per_year": price(),
    "HutClass.capital_usd": cash(),
    "HutClass.rack_usd_per_year": price(),
    "HutClass.rack_capital_usd": cash(),
    "HutClass.maintenance_usd_per_year": price(),
    "HutClass.space_racks": Case(loose=(more,), tight=(less,), study="beside", caught=False),
    "HutClass.power_kw": limit(study="classes"),
    "Hut.stands": Case(loose=(always,), tight=(never,), study="retiring"),
    "Hut.existing_racks": Case(loose=(many,), tight=(nothing,), study="beside"),
    "Design.amplifiers": Case(tight=(more, less), caught=False),
    "Design.by_section": Case(tight=(more,), caught=False),
    "Design.amplifier_w_per_pair": Case(loose=(half,), tight=(twice,), study="classes"),
    "Design.regenerator_w_per_pair": Case(loose=(half,), tight=(twice,), study="regenerated"),
    "Design.regenerator_w_per_channel": Case(loose=(half,), tight=(twice,), study="regenerated"),
    "Design.rtt_ms": Case(other=(half, twice)),
    "Design.channels_per_pair": Case(loose=(twice,), caught=False),
    "Design.rate_gbps": Case(loose=(twice,), tight=(half,)),
    "Design.first_period": date(study="dated"),
    "Design.terminal_usd_per_pair_year": price(),
    "Design.amplifier_usd_per_pair_year": price(),
    "Design.energy_usd_per_pair_year": price(),
    "Design.transponder_usd_per_channel_year": price(),
    "Design.regenerator_usd_per_channel_year": price(study="regenerated"),
    "Design.energy_usd_per_channel_year": price(),
    "Design.terminal_capital_usd_per_pair": cash(),
    "Design.amplifier_capital_usd_per_pair": cash(),
    "Design.transponder_capital_usd_per_channel": cash(),
    "Design.regenerator_capital_usd_per_channel": cash(study="regenerated"),
    "Design.noise_budgets": Case(loose=(twice,), caught=False),
    "Design.always_legal": Case(other=(flip,), caught=False),
    "RouteHut.position_km": Case(other=(each(lambda x: x * 1.05),)),
    "FiberRoute.length_km": Case(other=(longer,)),
    "WaveRoute.length_km": Case(other=(half, twice)),
    "WaveRoute.rtt_ms": Case(other=(half,)),
    "WaveRoute.rate_gbps": Case(loose=(twice,), tight=(half,), caught=False),
    "WaveRoute.max_waves": Case(loose=(more,), tight=(less,), caught=False),
    "WaveRoute.first_period": date(caught=False),
    "WaveRoute.lease_usd_per_year": price(),
    "WaveRoute.capital_usd": cash(),
    "WaveRoute.energy_usd_per_year": price(),
    "Instance.min_spacing_km": Case(loose=(nothing,), tight=(twice,), caught=False),
    "Instance.max_spacing_km": limit(caught=False),
    "Instance.pairs_per_rack": Case(loose=(twice,), caught=False),
    "Instance.max_pairs_per_route": Case(loose=(twice,), caught=False),
    "Instance.max_cables_per_size": Case(loose=(twice,), caught=False),
    "Instance.all_paths": Case(other=(flip,), caught=False),
    "Instance.every_route": Case(other=(flip,), caught=False),
    "Instance.excluded_routes": Case(other=(nothing,), caught=False),
    "Instance.ring_transit": Case(loose=(always,), study="bypass"),
    "Instance.charge_interruptions": Case(other=(flip,), study="charged"),
}


DRAFTS: dict[str, Callable[[], dict[str, Any]]] = {
    "trio": trio_draft,
    "late": lambda: trio_draft(late_corridor=True),
    "plant": plant_draft,
    "faults": faults_draft,
    "charged": charged_draft,
    **STUDIES,
}
"""The studies of the cases."""


@dataclasses.dataclass(frozen=True)
class Truth:
    """A study with its instance and optimum."""

    study: Study
    network: CandidateNetwork
    catalog: Catalog
    instance: Instance
    optimum_usd: float

    def verified(self, plan: Plan) -> Verification:
        return verify(plan, self.study, self.network, self.catalog)


@cache
def truth(name: str) -> Truth:
    with tempfile.TemporaryDirectory() as folder:
        study = write(DRAFTS[name](), Path(folder))
        network = build_network(study)
        choice = study.file.catalog
        catalog = load_catalog(
            choice.source, column=choice.column, overrides=choice.overrides, folder=study.folder
        )
        instance = build_instance(study, network)
    plan = best_plan(instance)
    assert plan is not None
    found = Truth(study, network, catalog, instance, plan.objective_usd)
    assert found.verified(plan).accepted
    return found


def best_plan(instance: Instance) -> Plan | None:
    return solve(instance, method="monolithic", relative_gap=0).plan


def corrupted(instance: Instance, name: str, change: Change) -> Instance:
    """Return the instance with a field of every record of a kind changed."""
    kind, field = name.split(".")

    def walk(value: Any) -> Any:
        if isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]):
            return tuple(walk(x) for x in value)
        if isinstance(value, dict):
            return {key: walk(x) for key, x in value.items()}
        if not isinstance(value, RECORDS):
            return value
        parts = {f.name: walk(getattr(value, f.name)) for f in dataclasses.fields(value)}
        if type(value).__name__ == kind:
            parts[field] = change(parts[field])
        return type(value)(**parts)

    return typing.cast("Instance", walk(instance))


def changes() -> Iterator[tuple[str, str, int]]:
    for name, case in CASES.items():
        for way in ("loose", "tight", "other"):
            for index in range(len(getattr(case, way))):
                yield name, way, index


def test_every_numeric_field_is_covered():
    assert set(CASES) == set(numeric_fields())
    assert all(case.loose or case.tight or case.other for case in CASES.values())


def test_every_kind_of_asset_is_in_the_plan():
    plan = best_plan(truth("trio").instance)
    assert plan is not None
    routes = [route for link in plan.links for route in link.routes]
    assert {route.kind for route in routes} == {"fiber", "leased_wave"}
    assert {supply for route in routes for supply in route.supply} == {"own", "telco"}
    assert len(plan.huts) > 1
    assert len(plan.campuses) == 2


@pytest.mark.solver
@pytest.mark.parametrize(("name", "way", "index"), list(changes()))
def test_a_wrong_number_is_caught_or_does_no_harm(name: str, way: str, index: int):
    case = CASES[name]
    real = truth(case.study)
    wrong = corrupted(real.instance, name, getattr(case, way)[index])
    plan = best_plan(wrong)
    if plan is None:
        assert way == "tight"
        return
    found = real.verified(plan)
    if found.accepted:
        # Accepted plans are plans of the true problem: none is cheaper than its optimum.
        assert found.objective_usd >= real.optimum_usd - USD
        assert way == "tight" or found.objective_usd <= real.optimum_usd + USD
    if case.caught and way != "tight":
        assert not found.accepted


# Limits that are too loose break the rule they stand for


@pytest.mark.solver
@pytest.mark.parametrize(
    ("name", "change", "study", "rule"),
    [
        ("Instance.max_spacing_km", twice, "far_lessor", "terminal_span"),
        ("Instance.max_spacing_km", twice, "far_apart", "amplifier_spacing"),
        ("Instance.min_spacing_km", nothing, "too_close", "amplifier_minimum_spacing"),
        ("Instance.pairs_per_rack", twice, "beside", "hut_racks"),
        ("HutClass.space_racks", twice, "cramped", "hut_racks"),
        ("HutClass.power_kw", twice, "classes", "hut_power"),
        ("Corridor.iru_pairs", twice, "few_iru_pairs", "iru_limit"),
        ("Corridor.existing_pairs", many, "beside", "corridor_pairs"),
        ("Design.channels_per_pair", twice, "full_pair", "pair_channels"),
        ("Design.first_period", nothing, "dated", "module_date"),
        ("Hut.stands", always, "retiring", "hut_service"),
        ("Workload.min_peer_mw", nothing, "small_campus", "peer_minimum"),
        ("Instance.ring_transit", always, "bypass", "survivability"),
    ],
)
def test_a_limit_that_is_too_loose_is_caught(name: str, change: Change, study: str, rule: str):
    real = truth(study)
    plan = best_plan(corrupted(real.instance, name, change))
    assert plan is not None
    assert rule in {violation.rule for violation in real.verified(plan).violations}


# Noise


def noisy_truth(folder: Path) -> tuple[Study, CandidateNetwork, Instance]:
    """Return a trio whose own route needs the dear hut: the cheap one leaves a span of 13 km."""
    draft = trio_draft()
    draft["file"]["transport"]["margin_db"] = 15.0
    draft["file"]["transport"]["amplifiers"] |= {"max_spacing_km": 14.0, "min_spacing_km": 0.0}
    draft["tables"]["corridors"][1] |= {
        "iru_provider": "telco",
        "iru_pairs": 1,
        "buildable": "false",
    }
    study = write(draft, folder)
    network = build_network(study)
    instance = build_instance(study, network)
    # Without the provider's hut at the junction, which is as cheap and legal.
    routes = {
        r: dataclasses.replace(
            route, huts=tuple(x for x in route.huts if x.hut != "node:n-j@telco")
        )
        for r, route in instance.fiber_routes.items()
    }
    return study, network, dataclasses.replace(instance, fiber_routes=routes)


@pytest.mark.solver
@pytest.mark.parametrize("name", ["Design.noise_budgets", "Design.always_legal"])
def test_noise_that_is_let_through_is_caught(name: str, tmp_path: Path):
    study, network, instance = noisy_truth(tmp_path)
    right = best_plan(instance)
    assert right is not None
    assert verify(right, study, network).accepted
    change = twice if name == "Design.noise_budgets" else each(lambda _: True)
    wrong = best_plan(corrupted(instance, name, change))
    assert wrong is not None
    assert wrong.objective_usd < right.objective_usd - USD
    assert {v.rule for v in verify(wrong, study, network).violations} == {"span_noise"}

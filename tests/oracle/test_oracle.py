"""The engine against the brute-force oracle on random tiny studies, and the oracle by hand."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import pytest

from siting import build_network, load_study
from siting.network import CandidateNetwork
from siting.study import Study
from tests.oracle.aimed import aimed_study
from tests.oracle.assets import Assets
from tests.oracle.binding import measure, read_table, shares
from tests.oracle.brute import Oracle, is_beaten, optimum
from tests.oracle.compare import compare
from tests.oracle.fiber import Fiber
from tests.oracle.levels import sums_of
from tests.oracle.light import is_legal, noise_left, options, rtt_ms, span_noise
from tests.oracle.needs import Entry, Requirement
from tests.oracle.plain_network import plain_network
from tests.oracle.raw import Raw, add_months
from tests.oracle.training import bucket_edge, paradigm
from tests.oracle.ways import ways

SAME = (
    *("length_km", "buildable", "iru_provider", "iru_pairs", "iru_fiber_type", "srlgs"),
    *("existing_fibers", "existing_fiber_type", "existing_until", "cuts_per_1000km_year"),
)
"""Fields of a corridor that both networks must have alike."""
SEEDS = [(int(row["seed"]), int(row["draw"])) for row in read_table()]
"""Random studies whose networks can be enumerated in seconds, with their draws."""
SHARE_UNSERVED_MOST = 0.20


def bundled(name: str, scenario: str | None = None) -> tuple[Study, CandidateNetwork]:
    study = load_study(name, scenario)
    return study, plain_network(study)


# The engine


@pytest.mark.solver
@pytest.mark.slow
@pytest.mark.parametrize(("seed", "draw"), SEEDS)
def test_engine_finds_the_optimum(seed: int, draw: int, tmp_path: Path) -> None:
    assert compare(aimed_study(seed, tmp_path, draw)).problems == ()


@pytest.mark.parametrize(("seed", "draw"), SEEDS[::10])
def test_both_networks_of_a_tabled_study_are_equal(seed: int, draw: int, tmp_path: Path) -> None:
    study = aimed_study(seed, tmp_path, draw)
    built, plain = build_network(study), plain_network(study)
    assert built.diverse_campuses == plain.diverse_campuses
    assert set(built.tie_lines) == set(plain.tie_lines)
    assert set(built.corridors) == set(plain.corridors)
    for name, edge in plain.corridors.items():
        other = built.corridors[name]
        for field in SAME:
            assert getattr(edge, field) == getattr(other, field)
        for field in ("build_cost_usd_per_km", "build_lead_time_years"):
            assert not edge.buildable or getattr(edge, field) == getattr(other, field)
    assert _stands(built) == _stands(plain)


def _stands(network: CandidateNetwork) -> list[tuple[object, ...]]:
    return sorted(
        (
            *(h.corridor or "", h.node or "", round(h.position_km, 9), h.operator),
            *(h.leasable, h.can_regenerate, h.existing_racks, h.existing_amplifier_type),
            *(str(h.space_racks), str(h.power_kw), str(h.existing_until)),
        )
        for h in network.huts.values()
    )


# The studies


def test_features_bind() -> None:
    found = shares(read_table())
    unserved = sum(row["serves_nothing"] == "1" for row in read_table()) / len(SEEDS)
    for family, share in found.items():
        print(f"{family:28s}{share:7.1%}")
    print(f"{'nothing served':28s}{unserved:7.1%}")
    assert [f for f, share in found.items() if share == 0] == []
    assert unserved <= SHARE_UNSERVED_MOST


@pytest.mark.slow
@pytest.mark.parametrize("row", read_table()[::33], ids=lambda row: str(row["seed"]))
def test_binding_table_is_measured(row: dict[str, str], tmp_path: Path) -> None:
    assert measure(int(row["seed"]), tmp_path) == row


# The oracle, by hand


@pytest.mark.parametrize(
    ("model", "scenario", "usd"),
    [
        ("triangle", None, 208_408_047.50),
        ("ring", None, 149_270_824.95),
        ("ring", "unprotected", 140_311_547.50),
    ],
)
def test_oracle_agrees_with_the_calculator(model: str, scenario: str | None, usd: float) -> None:
    study, network = bundled(model, scenario)
    assert optimum(study, network).objective_usd == pytest.approx(usd, abs=0.005)
    assert not is_beaten(study, network, usd - 0.01)
    assert is_beaten(study, network, usd + 0.01)


def test_months_are_clipped_and_years_turn() -> None:
    assert add_months(dt.date(2024, 1, 31), 1) == dt.date(2024, 2, 29)
    assert add_months(dt.date(2024, 11, 30), 3) == dt.date(2025, 2, 28)
    assert add_months(dt.date(2024, 12, 1), 0) == dt.date(2024, 12, 1)


def test_weights_annuity_and_first_periods() -> None:
    raw = Raw(*bundled("triangle"))
    assert raw.weights == [1.0, 1.0]
    assert raw.annuity(900.0, 30) == pytest.approx(30.0)
    assert raw.tail(1) == 1.0
    # Decided on 2024-01-01: 4 years are ready for 2028, 4 years and a month for 2029, 6 never.
    assert [raw.first_after(y) for y in (4.0, 4 + 1 / 12, 6.0)] == [0, 1, 2]


def test_annuity_repays_the_capital() -> None:
    study, network = bundled("triangle")
    money = study.file.money.model_copy(update={"discount_rate": 0.08})
    raw = Raw(
        study.model_copy(update={"file": study.file.model_copy(update={"money": money})}), network
    )
    yearly = raw.annuity(1000.0, 20)
    assert yearly == pytest.approx(101.852, abs=5e-4)
    assert sum(yearly / 1.08**k for k in range(1, 21)) == pytest.approx(1000.0)
    assert raw.weights[0] == pytest.approx(1 / 1.08)


def test_light_and_noise_of_the_triangle() -> None:
    raw = Raw(*bundled("triangle"))
    (option,) = options(raw)
    assert option.channels_per_pair == 29
    assert rtt_ms(raw, option, 90.0, 0) == pytest.approx(0.906)
    assert span_noise(raw, option, 90.0) == pytest.approx(2.27e-4, rel=2e-3)
    limit = 10 ** (-(25.1 + 2) / 10)
    used = 10**-3.7 + 10 ** (-(57.95 - 5.5 - 5.5) / 10) + span_noise(raw, option, 90.0)
    assert noise_left(raw, option, [90.0]) == pytest.approx(limit - used)
    assert is_legal(raw, option, [90.0])
    assert not is_legal(raw, option, [100.0] * 12)


def test_best_launch_splits_noise_two_to_one() -> None:
    # At the optimum of A / P + e P^2 the amplifier makes two thirds: n = 1.5 A / P, A = 2 e P^3.
    raw = Raw(*bundled("triangle"))
    (option,) = options(raw)
    loss_db = 0.2 * 60 + 1.0
    ase = 10 ** (-(57.95 - loss_db - 5.5) / 10)
    power_mw = 1.5 * ase / span_noise(raw, option, 60.0)
    assert 0.1 < power_mw < 10 ** ((22.0 - 10 * math.log10(29)) / 10)


def test_ways_of_the_ring() -> None:
    raw = Raw(*bundled("ring"))
    south, north = sorted(ways(raw, ("east", "west")), key=lambda way: way.length_km)
    assert (south.length_km, north.length_km) == (80.0, 150.0)
    assert [v.name for v in south.variants] == [""]
    # 150 km: one hut 50 to 100 km from each end: at hill, or 5 candidates on each side of it.
    assert len([v for v in north.variants if "+" not in v.name]) == 11


def test_cables_are_enumerated_over_time() -> None:
    raw = Raw(*bundled("triangle"))
    assets = Assets(raw)
    km = 90.0
    once = 9000 * km

    def cost(*pairs: float) -> float:
        return assets.cost(("own", "north-west"), (("G652D", pairs),))

    assert cost(0, 1) == pytest.approx(once)
    assert cost(1, 72) == pytest.approx(2 * once)
    assert cost(1, 73) == pytest.approx(2 * once + 1000 * km)
    assert cost(0, 0) == 0.0
    assert cost(0, 4 * 72 + 1) == math.inf


def test_sums_of_rates_reach_the_demand_once() -> None:
    assert sums_of({800.0}, 1700.0) == [800.0, 1600.0, 2400.0]
    assert sums_of({400.0, 600.0}, 1000.0) == [400.0, 600.0, 800.0, 1000.0]
    assert sums_of(set(), 10.0) == []


def test_training_numbers_of_the_ring() -> None:
    raw = Raw(*bundled("ring"))
    synchronous = paradigm(raw, 0, "synchronous")
    assert synchronous.classes == (1.0, 2.0)
    assert [synchronous.loss(rho) for rho in (1.0, 2.0)] == pytest.approx([0.025, 0.05])
    assert [bucket_edge(raw, 0, n) for n in (2, 3, 4)] == [2, 2, None]


def test_network_cost_never_falls_with_the_need() -> None:
    oracle = Oracle(Raw(*bundled("ring")))
    link = ("east", "west")
    costs = [
        oracle.fiber.least(Requirement(((link, ((Entry(2.0, 800.0 * n, failed * n),),)),)))[0]
        for failed in (0.0, 800.0)
        for n in (1, 2, 5)
    ]
    assert costs == sorted(costs)
    assert isinstance(oracle.fiber, Fiber)

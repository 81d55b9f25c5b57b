"""The trade that each hand-made model shows, from both sides of its break-evens.

``tests/test_models.py`` holds the costs; here it is the answer itself: who bridges, who waits, who
is a replica, which fiber is laid, how many huts are built.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from siting import Plan, build_instance, build_network, load_study, solve, verify

MODELS = Path(__file__).resolve().parent.parent / "models"

pytestmark = pytest.mark.solver


@cache
def solved(model: str, scenario: str | None) -> Plan:
    """Solve a scenario of a model once, and verify the plan."""
    study = load_study(MODELS / model, scenario)
    network = build_network(study)
    result = solve(build_instance(study, network))
    assert result.plan is not None, result.explanation
    verification = verify(result.plan, study, network)
    assert verification.accepted, verification.violations
    return result.plan


def answer_to_late_grid(plan: Plan) -> str:
    """Tell how a plan of ``late-grid`` meets the gap in the first year."""
    if plan.workloads[0].unserved_it_mw[0] > 1:
        return "wait"
    if any(bridging.output_mw[0] > 1 for bridging in plan.bridging):
        return "bridge"
    return "second campus" if len(plan.campuses) > 1 else "nothing"


@pytest.mark.parametrize(
    ("scenario", "answer"),
    [
        (None, "bridge"),
        ("grid-on-time", "nothing"),
        ("grid-2030", "second campus"),
        ("rent-40", "bridge"),
        ("rent-41", "second campus"),
        ("engines", "bridge"),
        ("fuel-cells", "second campus"),
        ("idle-1.15", "wait"),
        ("idle-1.18", "bridge"),
    ],
)
def test_late_grid(scenario: str | None, answer: str) -> None:
    assert answer_to_late_grid(solved("late-grid", scenario)) == answer


@pytest.mark.parametrize(
    ("scenario", "third", "role", "served_mw"),
    [
        (None, "west", "replica", 90.0),
        ("share-19.5", "west", "replica", 0.195 / 0.805 * 360),
        ("share-19", "west", "peer", 90.0),
        ("loss-16", "west", "replica", 90.0),
        ("loss-17", "west", "peer", 90.0),
        ("near", "near", "peer", 90.0),
        ("near-detour", "near", "replica", 90.0),
        ("near-waves-100k", "near", "peer", 90.0),
        ("near-waves-110k", "near", "replica", 90.0),
        ("remote", "remote", "replica", 90.0),
    ],
)
def test_replica(scenario: str | None, third: str, role: str, served_mw: float) -> None:
    plan = solved("replica", scenario)
    job = plan.workloads[0]
    served = job.replica_it_mw if role == "replica" else job.served_it_mw
    assert served[third][0] == pytest.approx(served_mw, abs=1e-4)
    waves = {route.waves[0] for link in plan.links for route in link.routes if route.leased_wave}
    assert waves == {1 if role == "replica" else 5}
    if role == "replica":
        assert job.replica_homes[third] == ("north",)


@pytest.mark.parametrize(
    ("scenario", "second", "fiber_type", "rtt_ms"),
    [
        (None, "valley", "HCF", 0.738),
        ("multiple-20", "valley", "HCF", 0.738),
        ("multiple-86", "valley", "HCF", 0.738),
        ("multiple-87", "hill", "G652D", 0.612),
        ("multiple-300", "hill", "G652D", 0.612),
        ("looser-limit", "valley", "G652D", 1.053),
    ],
)
def test_corridor(scenario: str | None, second: str, fiber_type: str, rtt_ms: float) -> None:
    plan = solved("corridor", scenario)
    (link,) = plan.links
    (route,) = link.routes
    assert set(link.campuses) == {"gate", second}
    assert route.fiber_type == fiber_type
    assert route.rtt_ms == pytest.approx(rtt_ms, abs=1e-9)


@pytest.mark.parametrize(
    ("model", "just_beyond", "far_beyond"),
    [
        ("late-grid", "rent-41", "grid-2030"),
        ("corridor", "multiple-87", "multiple-300"),
        ("replica", "share-19", "loss-17"),
    ],
)
def test_beyond_the_break_even_the_cost_no_longer_moves(
    model: str, just_beyond: str, far_beyond: str
) -> None:
    """The other answer does not use what has become dear."""
    beyond = [solved(model, scenario).objective_usd for scenario in (just_beyond, far_beyond)]
    assert beyond[0] == pytest.approx(beyond[1], rel=1e-9)


def huts_of(plan: Plan) -> list[str]:
    """Return the classes of the huts of a plan, sorted."""
    return sorted(hut.hut_class for hut in plan.huts)


def amplifiers_of(plan: Plan) -> set[str]:
    """Return the types of in-line amplifiers that a plan lights."""
    modes = [mode for link in plan.links for route in link.routes for mode in route.modes]
    lit: set[str] = {mode.amplifier for mode in modes if mode.pairs[-1]}
    return lit - {"none"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scenario", "huts", "amplifiers"),
    [
        (None, ["small"] * 2, {"conventional", "multi_rail"}),
        ("free-hut-power", ["small"] * 2, {"conventional"}),
        ("conventional", ["small"] * 4, {"conventional"}),
        ("large-huts", ["large"] * 2, {"conventional"}),
    ],
)
def test_metro_huts(scenario: str | None, huts: list[str], amplifiers: set[str]) -> None:
    plan = solved("metro", scenario)
    assert huts_of(plan) == huts
    assert amplifiers_of(plan) == amplifiers


@pytest.mark.slow
def test_metro_hut_power_binds() -> None:
    """Without ``hut_power`` the same siting has a network cheaper than any with it."""
    limited, free = solved("metro", None), solved("metro", "free-hut-power")
    assert limited.workloads[0].served_it_mw.keys() == free.workloads[0].served_it_mw.keys()
    assert free.network_cost_usd < limited.bounds.network_bound_usd
    # Five pairs of multi-rail in place of ten conventional ones on both ways: README.md.
    assert limited.objective_usd - free.objective_usd == pytest.approx(215_769.83, abs=1.0)


@pytest.mark.slow
def test_metro_optics_follow_length() -> None:
    """Grey below 10 km, 800ZR in one span, ZR+ with an amplifier beyond 80 km."""
    plan = solved("metro", None)
    for route in (route for link in plan.links for route in link.routes):
        lit = {mode.module for mode in route.modes if mode.pairs[-1]}
        if route.length_km <= 10:
            assert lit == {"grey800_2lr4"}
        elif route.length_km <= 80:
            assert lit == {"zr800"}
        else:
            assert lit == {"zrp800_124"}
            assert len(route.huts) == 1

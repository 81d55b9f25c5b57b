"""The naive model and the path model state the engine's problem; a moment of the growth suite."""

from __future__ import annotations

import pytest

from siting import build_instance, build_network, solve, verify
from siting.geography.ways import Way
from siting.solve.highs import CompiledModel
from tests.benchmarks.baselines import RTT_MS, disagreements, size_of
from tests.benchmarks.densified import ranked
from tests.benchmarks.growth import exponent
from tests.benchmarks.naive import naive_model, path_model
from tests.benchmarks.sparse_maps import Size, sparse_study

pytestmark = pytest.mark.solver


@pytest.mark.parametrize("is_thick", [False, True])
def test_arc_flow_has_the_optimum_of_the_engine(tmp_path, is_thick):
    study = sparse_study(Size(4, 2, 10.0, is_thick=is_thick), 3, tmp_path)
    network = build_network(study)
    instance = build_instance(study, network)
    found = solve(instance, method="monolithic", relative_gap=1e-7)
    assert found.plan is not None
    assert found.plan.links
    assert verify(found.plan, study, network).accepted
    for model in (naive_model(instance, network), path_model(instance)):
        other = CompiledModel(model).run(time_limit_s=60, relative_gap=1e-7)
        assert other.objective == pytest.approx(found.objective_usd / 1e6, rel=1e-6)


def test_arc_flow_refuses_what_it_cannot_state(tmp_path):
    study = sparse_study(Size(3, 1), 1, tmp_path)
    network = build_network(study)
    instance = build_instance(study, network)
    job = instance.workloads["pretrain"]
    object.__setattr__(job, "survival_fraction", 0.5)
    with pytest.raises(ValueError, match="arc flow needs one transport option"):
        naive_model(instance, network)


def test_disagreements_are_told():
    close = {"method": "engine", "objective": 100.0, "bound": 99.999, "gap": 1e-5}
    assert disagreements([close, {**close, "method": "naive"}], 1e-4) == []
    above = {"method": "naive", "objective": 90.0, "bound": 89.999, "gap": 1e-5}
    assert disagreements([close, above], 1e-4) == [
        "bound of engine is above the cost of naive",
        "costs of engine and naive",
    ]
    assert size_of("8x2thick") == Size(8, 2, RTT_MS, is_thick=True)


def test_more_places_have_more_ways():
    grid = [(f"{x}", f"{x + 1}") for x in range(12)] + [("0", "12"), ("3", "9")]
    ways = [
        Way(a=a, b=b, kind="road", length_km=1.0, line=((0.0, 0.0), (0.0, 0.01))) for a, b in grid
    ]
    rank = ranked(ways, 13)
    assert (rank <= 13).sum() == len(ways)
    assert 0 < (rank <= 3).sum() < len(ways)
    assert all(2 <= value <= 13 for value in rank)


def test_exponent_is_the_slope():
    assert exponent([1000, 10_000, 100_000], [1.0, 10**1.2, 10**2.4]) == pytest.approx(1.2)

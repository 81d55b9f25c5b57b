"""Public problems beside the checkout: the quick ones. The rest: tests.benchmarks.known_answers."""

from __future__ import annotations

import pytest

from siting.benchmarks.run import Asked, run_benchmark
from tests.known.files import SHARED

pytestmark = [
    pytest.mark.solver,
    pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/bench is not there"),
]
CASES = [
    ("cfl/cap41.cap", None),
    ("cfl/cap74.cap", None),
    *((f"steiner/instance{i}.gr", None) for i in ("001", "006", "009", "027", "068", "115")),
    ("sndlib/abilene.xml", "D-B-M"),
    ("sndlib/abilene.xml", "U-U-M"),
]


@pytest.mark.parametrize(("file", "model"), CASES)
def test_known_optimum_is_proven(file, model):
    result = run_benchmark(SHARED / file, Asked(model=model, time_limit_s=60))
    assert result.known is not None
    assert result.problems == ()
    assert result.objective == pytest.approx(result.known.value, rel=1e-6)
    assert result.gap <= 1e-6


def test_disjoint_routes_by_linear_capacity():
    asked = Asked(model="U-U-L-N-C-A-N-P", time_limit_s=60)
    result = run_benchmark(SHARED / "sndlib/polska.xml", asked)
    assert result.problems == ()
    assert result.objective == pytest.approx(57877.27, abs=0.01)

"""What a bound is expected to reach, from how it rose."""

from __future__ import annotations

import math

import pytest

from siting.solve.capacity_design.pace import Pace


def test_each_doubling_is_expected_to_bring_half_as_much():
    pace = Pace()
    assert pace.expected(1.0, 1.0) == -math.inf
    for spent_s, bound in ((1.0, 100.0), (2.0, 140.0), (3.0, 130.0), (4.0, 160.0)):
        pace.hear(spent_s, bound)
    assert [pace.at(t) for t in (0.5, 1.0, 3.5, 4.0)] == [-math.inf, 100.0, 140.0, 160.0]
    assert pace.expected(4.0, 4.0) == pytest.approx(170.0)
    assert pace.expected(4.0, 12.0) == pytest.approx(175.0)
    assert pace.expected(4.0, 1e9) == pytest.approx(180.0)
    assert pace.expected(4.0, 0.0) == 160.0


def test_a_bound_that_stands_still_is_expected_to_stay():
    pace = Pace()
    pace.hear(1.0, 50.0)
    assert pace.expected(10.0, 100.0) == 50.0

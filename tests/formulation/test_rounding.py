"""Rows that round capacity up to whole units: no whole solution is cut off, fractions are."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siting.formulation.survivability import rounding

SIZES = st.lists(st.integers(1, 60), min_size=1, max_size=4)


@given(sizes=SIZES, divisor=st.integers(1, 60), demand=st.integers(1, 150))
def test_every_whole_solution_stays(sizes, divisor, demand):
    weights = rounding(np.array(sizes) / divisor, demand / divisor)
    most = [-(-demand // size) for size in sizes]
    for counts in itertools.islice(itertools.product(*(range(m + 1) for m in most)), 4000):
        if np.dot(counts, sizes) >= demand:
            assert np.dot(counts, weights) >= 1 - 1e-9


def test_units_that_hold_less_than_the_demand_count_half():
    assert rounding(np.array([25.0, 50.0, 24.0]) / 25, 30 / 25) == pytest.approx([0.5, 1, 0.5])


def test_a_part_that_the_rest_cannot_fill_counts_by_its_share():
    # 40 = 25 + 15: a unit of 10 fills two thirds of what one of 25 leaves.
    assert rounding(np.array([10.0]) / 25, 40 / 25) == pytest.approx([1 / 3])


def test_a_demand_of_whole_units_asks_for_no_more():
    assert rounding(np.array([1.0]), 3 + 1e-8) == pytest.approx([1 / 3])


def test_hardly_any_demand_takes_a_unit():
    assert rounding(np.array([1.0, 2.5]), 1e-12) == pytest.approx([1.0, 1.0])

"""Rows of two sizes: valid for all covers, tight, and all that there are."""

from __future__ import annotations

import itertools
import math
import random

import numpy as np
import pytest

from siting.solve.capacity_design.covers import coefficients, facets, least_price, sizes_in_turn
from siting.solve.highs_model import Rows, pass_rows, silent_highs


def covers_of(need: float, small: float, large: float) -> list[tuple[int, int]]:
    """Return the least number of small modules for each number of large ones."""
    last = math.ceil(need / large)
    return [(max(0, math.ceil((need - large * y) / small)), y) for y in range(last + 1)]


def least_over_facets(lines, prices: tuple[float, float]) -> float:
    """Return the least cost of X, Y >= 0 above all lines, as a linear problem."""
    highs = silent_highs()
    pass_rows(
        highs,
        Rows(
            costs=np.array(prices),
            columns=(np.zeros(2), np.full(2, np.inf)),
            bounds=(np.array([c for *_, c in lines]), np.full(len(lines), np.inf)),
            start=np.arange(0, 2 * len(lines) + 1, 2),
            index=np.tile([0, 1], len(lines)),
            value=np.array([x for a, b, _ in lines for x in (a, b)]),
        ),
    )
    highs.run()
    return float(highs.getInfo().objective_function_value)


@pytest.mark.solver
@pytest.mark.parametrize("seed", range(30))
def test_facets_are_the_hull_of_all_covers(seed):
    rng = random.Random(seed)
    small, large = float(rng.randint(1, 20)), float(rng.randint(21, 90))
    need = rng.uniform(1, 400)
    points = covers_of(need, small, large)
    lines = facets(need, small, large)
    for a, b, c in lines:
        worth = [a * x + b * y for x, y in points]
        assert min(worth) == pytest.approx(c, abs=1e-9)
        assert sum(w == pytest.approx(c, abs=1e-9) for w in worth) >= 2
    for prices in ((1.0, 1.0), (1.0, large / small), (1.0, rng.uniform(1, 8))):
        least = min(prices[0] * x + prices[1] * y for x, y in points)
        assert least_over_facets(lines, prices) == pytest.approx(least, abs=1e-6)


def test_two_sizes_have_a_row_that_no_rounding_gives():
    """Needing 7 of sizes 2 and 5: (4, 0), (1, 1), (0, 2); rounding cuts off none of the middle."""
    assert facets(7.0, 2.0, 5.0) == ((1.0, 3.0, 4.0), (1.0, 1.0, 2.0))


@pytest.mark.parametrize("seed", range(20))
def test_other_sizes_count_for_what_they_replace(seed):
    """Any whole numbers of four sizes that cover the need keep the row of two of them."""
    rng = random.Random(seed)
    tops = np.array(sorted(rng.sample(range(3, 60), 4)), dtype=float)
    need = float(rng.randint(20, 120))
    pairs = sizes_in_turn(tops.tolist(), 12)
    assert len(pairs) == 5
    for sizes in pairs:
        for facet in facets(need, *sizes):
            row, least = coefficients(facet, sizes, np.zeros(4), tops)
            for numbers in itertools.product(range(5), repeat=4):
                if np.dot(numbers, tops) >= need:
                    assert np.dot(numbers, row) >= least - 1e-9
            stairs = np.concatenate([[0.0], tops[:-1]])
            steps, _ = coefficients(facet, sizes, stairs, tops)
            assert np.cumsum(steps) == pytest.approx(row)


def test_a_size_costs_the_cheapest_of_its_covers():
    assert least_price(7.0, (1.0, 3.0), (2.0, 5.0)) == 4.0
    assert least_price(5.0, (1.0, 3.0), (2.0, 5.0)) == 3.0
    assert least_price(5.0, (1.0, 1.0), (2.0, 5.0)) == 1.0

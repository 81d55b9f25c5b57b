"""Rounded covering rows hold for every covering and cut off the solution they are made for."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from siting.solve.rounding import Rounding, Switched, cover_roundings


def covered(
    rounding: Rounding, most: list[float], switches: tuple[int, ...], demand: float
) -> float:
    """Return the least left side of a row over all that these switches allow."""
    limits = np.array(most) * np.array(switches)
    kept = np.array(rounding.kept)
    # What is replaced serves all it can: only what is missing then counts, in flows kept or rest.
    missing = max(demand - float(limits[~kept].sum()), 0.0)
    on = float(np.dot(rounding.switch, switches))
    return on + rounding.rest * missing


def test_two_halves_of_one_source_are_cut_off():
    # 100 MW from one of two sources of 150 MW: two thirds of one do not serve it.
    rows = list(cover_roundings(100.0, [Switched(150.0, 2 / 3, 100.0), Switched(150.0, 0, 0)], 0.0))
    assert rows
    for row in rows:
        assert row.switch[0] * 2 / 3 < row.least - 0.1
        assert covered(row, [150.0, 150.0], (1, 0), 100.0) >= row.least


@pytest.mark.parametrize("seed", range(40))
def test_rows_hold_for_every_covering_and_not_for_the_solution(seed: int):
    random = np.random.default_rng(seed)
    count = int(random.integers(2, 6))
    most = [float(10 * x) for x in random.integers(1, 40, count)]
    demand = float(random.integers(20, max(21, int(sum(most)))))
    is_on = random.random(count)
    flows = np.array(most) * is_on * random.choice([1.0, 1.0, 0.6], count)
    rest = max(demand - float(flows.sum()), 0.0)
    sources = [Switched(*x) for x in zip(most, map(float, is_on), map(float, flows), strict=True)]
    for row in cover_roundings(demand, sources, rest):
        kept = float(flows[np.array(row.kept)].sum())
        assert float(np.dot(row.switch, is_on)) + row.rest * (kept + rest) < row.least
        for switches in itertools.product((0, 1), repeat=count):
            assert covered(row, most, switches, demand) >= row.least - 1e-7


def test_a_solution_in_whole_numbers_is_left_alone():
    assert not list(cover_roundings(100.0, [Switched(150.0, 1.0, 100.0)], 0.0))

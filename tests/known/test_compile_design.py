"""Nothing is compiled in the middle of a solve."""

from __future__ import annotations

import dataclasses

import pytest

from siting.solve.capacity_design import (
    disjoint,
    fares,
    flow_climb,
    packing,
    price_climb,
    route_moves,
)
from siting.solve.capacity_design.compile_design import compile_design
from siting.solve.capacity_design.limits import Limits
from siting.solve.capacity_design.method import solve_capacity_design
from tests.known.test_rows import random_design

pytestmark = pytest.mark.solver
FUNCTIONS = (
    price_climb.climbed,
    fares.total_of,
    fares.pay_all,
    price_climb.worth,
    flow_climb.climbed,
    packing.lift,
)
MOVES = (route_moves.put_all_anew, route_moves.improved, disjoint.cheapest_pair)


@pytest.mark.parametrize(
    ("code", "share"),
    [
        ("U-U-M", 0.0),
        ("D-B-E-Y", 0.0),
        ("U-U-L-Y", 0.0),
        ("U-U-M-N-S", 0.0),
        ("U-U-M", 0.5),
        ("U-U-M-N-C-A-N-P", 0.0),
    ],
)
def test_what_is_compiled_is_compiled_before_the_time_counts(code: str, share: float) -> None:
    compile_design()
    before = [list(getattr(function, "signatures", ())) for function in (*FUNCTIONS, *MOVES)]
    assert all(before[:1])
    design = dataclasses.replace(random_design(code, 1), survival_fraction=share)
    solve_capacity_design(design, Limits(20.0))
    assert [list(getattr(f, "signatures", ())) for f in (*FUNCTIONS, *MOVES)] == before

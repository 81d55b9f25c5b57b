"""The row of least prices of a unit: no design breaks it, and it is the relaxation where it can."""

from __future__ import annotations

import dataclasses
import random
import time

import numpy as np
import pytest

from siting.formulation.capacity_design import capacity_design_model
from siting.formulation.menus import compact_menu
from siting.solve.capacity_design.module_columns import columns_of
from siting.solve.capacity_design.root import Root
from siting.solve.capacity_design.unit_prices import unit_row
from siting.solve.highs import CompiledModel, Status
from tests.known.test_rounded_metric import cheapest_designs
from tests.known.test_rows import random_design

pytestmark = pytest.mark.solver
CASES = [
    *((code, 0.0) for code in ("U-U-M", "D-B-M-Y", "D-B-E", "D-D-M", "U-U-S-Y", "U-U-M-N-S")),
    *((code, 0.0) for code in ("U-U-M-N-I", "U-U-L-Y", "U-U-M-N-C-A-N-P", "D-B-E-Y-C-A-N-P")),
    *((code, share) for code in ("U-U-M", "D-B-E-Y") for share in (0.4, 1.0)),
]


def free(design, share: float, existing: float):
    """Return a design routed for nothing, with a part of its existing capacity."""
    links = tuple(
        dataclasses.replace(
            link, routing_cost=0.0, existing_capacity=existing * link.existing_capacity
        )
        for link in design.links
    )
    return dataclasses.replace(design, links=links, survival_fraction=share)


@pytest.mark.parametrize(("code", "share"), CASES)
@pytest.mark.parametrize("existing", [0.0, 0.2])
@pytest.mark.parametrize("seed", range(3))
def test_every_design_keeps_the_row(code, share, existing, seed):
    design = free(random_design(code, seed), share, existing)
    menus = tuple(compact_menu(link, design.code.capacity) for link in design.links)
    for bought in cheapest_designs(design, 8, random.Random(seed)):
        row = unit_row(design, menus, bought)
        assert row is None or row.violation <= 1e-6


@pytest.mark.parametrize(
    ("code", "share"), [("U-U-M", 0.0), ("U-U-M-N-C-A-N-P", 0.0), ("U-U-M", 0.4), ("U-U-M", 1.0)]
)
@pytest.mark.parametrize("seed", range(3))
def test_it_is_the_bound_of_the_relaxation_without_existing_capacity(code, share, seed):
    design = free(random_design(code, seed), share, 0.0)
    menus = tuple(compact_menu(link, design.code.capacity) for link in design.links)
    model = capacity_design_model(design, menus)
    relaxed = CompiledModel(model).run(time_limit_s=30, relaxed=True)
    alone = capacity_design_model(design, menus, is_routed=False)
    row = unit_row(design, menus, np.zeros(len(columns_of(alone))))
    assert relaxed.status is Status.OPTIMAL
    assert row is not None
    compiled, columns = CompiledModel(alone), columns_of(alone)
    pairs = zip(row.columns, row.coefficients, strict=True)
    compiled.add_row([(columns[i], value) for i, value in pairs], row.least, np.inf)
    found = compiled.run(time_limit_s=30, relaxed=True)
    assert found.objective == pytest.approx(relaxed.objective, rel=1e-6)


def test_the_modules_alone_are_bounded_by_it():
    """Cuts of single nodes ask for a hop of each demand, however far it goes."""
    design = free(random_design("U-U-M", 1), 0.0, 0.0)
    menus = tuple(compact_menu(link, design.code.capacity) for link in design.links)
    root = Root(design, menus, 1)
    root.cut_modules(time.monotonic() + 5, lambda _: None)
    relaxed = CompiledModel(capacity_design_model(design, menus)).run(time_limit_s=30, relaxed=True)
    assert root.bound >= relaxed.objective * (1 - 1e-6)

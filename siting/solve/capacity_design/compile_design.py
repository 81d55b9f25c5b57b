"""Compiling what the method for capacity design runs, before the time of a solve counts."""

from __future__ import annotations

import time
from functools import cache

import numpy as np

from siting.formulation.capacity_design import capacity_design_model
from siting.formulation.menus import compact_menu
from siting.instance.capacity_design import CapacityDesign, Demand, DesignLink, ModelCode, Module
from siting.solve.capacity_design.designs import frontiers_of
from siting.solve.capacity_design.fares import fares_of, pay_all, pay_each
from siting.solve.capacity_design.flow_columns import FlowColumns
from siting.solve.capacity_design.flow_cutsets import FlowCutsets
from siting.solve.capacity_design.link_hulls import LinkHulls
from siting.solve.capacity_design.rounded_metric import RoundedMetrics
from siting.solve.capacity_design.routing import Router
from siting.solve.highs import CompiledModel

TIME_S = 1.0
"""Time for routes of a triangle, s, once they are compiled: it takes hardly any."""
LITTLE = 0.1
"""Part of a module that does not carry whole demands."""


@cache
def compile_design() -> None:
    """Compile routes and prices, or read them from disk: some seconds after a change."""
    design = _triangle()
    menus = tuple(compact_menu(link, design.code.capacity) for link in design.links)
    fares = fares_of(design)
    arcs, demands = len(fares.graph.tails), len(design.demands)
    pays, parts = np.zeros(demands), np.zeros((demands, arcs))
    pay_all(fares, np.ones(arcs), pays, parts)
    pay_each(fares, np.ones((demands, arcs)), pays, parts)
    RoundedMetrics(design, menus, 0).violated(np.zeros(len(menus)), is_quick=True)
    model = capacity_design_model(design, menus)
    compiled = CompiledModel(model)
    columns = FlowColumns(design, model, compiled)
    sizes = [menus[0].blocks[0].capacity]
    cutsets = FlowCutsets(columns, sizes, 0, is_undirected=True)
    cutsets.violated(np.zeros(compiled.size[1]), 1, np.eye(3, dtype=np.bool_))
    some = np.where(np.isin(np.arange(compiled.size[1]), columns.block), LITTLE, 1.0)
    LinkHulls(design, model, compiled, columns).violated(some, 1)
    router = Router(design, frontiers_of(design, menus), model.commodities, 0)
    for _ in range(2):  # the first time its time is up once the first routes are compiled
        router.improve(time.monotonic() + TIME_S, 1)


def _triangle() -> CapacityDesign:
    """Return three nodes with a demand between each two."""
    ends = [("a", "b"), ("b", "c"), ("a", "c")]
    modules = (Module(capacity=2.0, cost=1.0),)
    return CapacityDesign(
        name="triangle",
        code=ModelCode("U", "U", "M"),
        nodes=("a", "b", "c"),
        links=tuple(DesignLink(id=a + b, source=a, target=b, modules=modules) for a, b in ends),
        demands=tuple(Demand(id=a + b, source=a, target=b, value=1.0) for a, b in ends),
    )

"""A design whose flows are solved anew pays for nothing that they leave unused."""

from __future__ import annotations

import pytest

from siting.benchmarks.check_design import check_design
from siting.formulation.capacity_design import capacity_design_model
from siting.formulation.menus import compact_menu
from siting.instance.capacity_design import CapacityDesign, Demand, DesignLink, ModelCode, Module
from siting.solve.capacity_design.designs import Rounder, frontiers_of, polished, solution_of
from siting.solve.highs import CompiledModel

pytestmark = pytest.mark.solver
ENDS = {"ab": ("a", "b"), "ac": ("a", "c"), "cb": ("c", "b")}


def design(routing_cost: float) -> CapacityDesign:
    """Return a triangle with room for all demands over *c*, and a dear link beside it."""
    links = tuple(
        DesignLink(
            id=name,
            source=source,
            target=target,
            setup_cost=30.0,
            routing_cost=routing_cost if name == "ab" else 1.0,
            modules=(Module(capacity=10.0, cost=5.0),),
        )
        for name, (source, target) in ENDS.items()
    )
    demands = (("a", "b", 2.0), ("a", "c", 3.0), ("c", "b", 3.0))
    return CapacityDesign(
        name="triangle",
        code=ModelCode("U", "U", "M", "Y"),
        nodes=("a", "b", "c"),
        links=links,
        demands=tuple(Demand(id=s + t, source=s, target=t, value=v) for s, t, v in demands),
    )


@pytest.mark.parametrize(("routing_cost", "is_used"), [(9.0, False), (0.5, True)])
def test_a_link_that_flows_leave_is_not_paid_for(routing_cost, is_used):
    problem = design(routing_cost)
    menus = tuple(compact_menu(link, "M") for link in problem.links)
    model = capacity_design_model(problem, menus)
    compiled = CompiledModel(model)
    rounder = Rounder(problem, model, compiled, frontiers_of(problem, menus))
    pairs = [(model.modules[e, 0], 1.0) for e in range(3)]
    pairs += [(model.is_used[e], 1.0) for e in range(3)]
    found = solution_of(
        model,
        compiled,
        problem,
        polished(compiled, rounder, compiled.columns_of(pairs), 10.0),
    )
    assert check_design(problem, found) == []
    assert any(bought.link == "ab" for bought in found.bought) == is_used

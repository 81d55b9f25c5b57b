"""A capacity design eased: its demands split freely, and nothing must survive.

Every design of the problem is one of the eased problem with the same modules, so its bound holds:
whole flows and single paths are flows, under 1+1 protection twice a demand is sent, and the routes
of a demand of which a share survives carry at least all of it. Demands of a source are one
commodity again, so that the routing stays small where each demand for itself is too much.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from siting.formulation.capacity_design import capacity_design_model, largest_load, most_of_block
from siting.formulation.menus import Menu
from siting.instance.capacity_design import CapacityDesign

if TYPE_CHECKING:
    import pyomo.environ as pyo


def eased_design(design: CapacityDesign) -> CapacityDesign:
    """Return the design without whole routing and survivability; itself where it has none."""
    times = 2.0 if design.code.survivability == "P" else 1.0
    return dataclasses.replace(
        design,
        code=dataclasses.replace(design.code, routing="C", survivability="N"),
        demands=tuple(dataclasses.replace(d, value=times * d.value) for d in design.demands),
        survival_fraction=0.0,
    )


def eased_model(design: CapacityDesign, menus: tuple[Menu, ...]) -> pyo.ConcreteModel:
    """Return the eased model; modules as many as the design itself may have."""
    m = capacity_design_model(eased_design(design), menus)
    load = largest_load(design)
    for e, i in m.BLOCKS:
        m.modules[e, i].setub(most_of_block(m.menus[e].blocks[i], load))
    return m

"""The mathematics as Pyomo Blocks: one short file for each family of rules.

:func:`build_model` is the table of contents. The formulas stand in ``models/formulation.md``.

While a model is built, its records come by the hundred thousand and none is garbage: Python does
not look for any meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyomo.environ as pyo
from pyomo.common.gc_manager import PauseGC

from siting.formulation.admissibility import Admissibility
from siting.formulation.amplifiers import amplifiers_block
from siting.formulation.caps import Units, network_caps_block, site_capital, site_caps_block
from siting.formulation.connectivity import connectivity_block
from siting.formulation.cost_lines import total
from siting.formulation.fiber import fiber_block
from siting.formulation.hut_failures import hut_failures_block
from siting.formulation.interconnection import interconnection_block
from siting.formulation.interruptions import interruptions_block
from siting.formulation.network_cost import network_cost_block
from siting.formulation.noise import noise_block
from siting.formulation.pins import pin_links_block, pins_block
from siting.formulation.placement import placement_block
from siting.formulation.requirements import Requirements, variable_requirements
from siting.formulation.resilience import resilience_block
from siting.formulation.routes import routes_block
from siting.formulation.site_cost import site_cost_block
from siting.formulation.training import modes_block, training_block
from siting.instance import Instance

__all__ = ["build_model", "build_modes_model", "build_network_model", "build_siting_model"]


def build_model(instance: Instance) -> pyo.ConcreteModel:
    """Return the whole mixed-integer model of an instance, objective in M USD."""
    with PauseGC():
        m = build_siting_model(instance)
        requirements = variable_requirements(instance, m.training)
        capital = site_capital(instance, m.placement, m.interconnection)
        _add_network(m, instance, requirements, exact=True, capital=capital)
        m.objective.set_value(total(m.site_cost) + total(m.network_cost))
    return m


def build_siting_model(
    instance: Instance, admissible: Admissibility | None = None
) -> pyo.ConcreteModel:
    """Return the model of sites, power and modes alone: a relaxation with a free network.

    Args:
        instance: the instance.
        admissible: which links can be required, when known from an instance with the same routes.
    """
    with PauseGC():
        m = _sites(instance)
        m.training = training_block(instance, m.placement, admissible or Admissibility(instance))
        m.pin_links = pin_links_block(instance, m.placement, m.training)
        _add_site_cost(m, instance)
    return m


def build_modes_model(instance: Instance) -> pyo.ConcreteModel:
    """Return the model of sites, power and modes without links: a relaxation of it."""
    with PauseGC():
        m = _sites(instance)
        m.training = modes_block(instance, m.placement)
        _add_site_cost(m, instance)
    return m


def _sites(instance: Instance) -> pyo.ConcreteModel:
    m = pyo.ConcreteModel(name="siting")
    m.placement = placement_block(instance)
    m.interconnection = interconnection_block(instance, m.placement)
    m.resilience = resilience_block(instance, m.placement)
    return m


def _add_site_cost(m: pyo.ConcreteModel, instance: Instance) -> None:
    m.site_caps = site_caps_block(instance, m.placement, m.interconnection)
    m.site_cost = site_cost_block(instance, m.placement, m.interconnection, m.training)
    m.objective = pyo.Objective(expr=total(m.site_cost))


def build_network_model(
    instance: Instance, requirements: Requirements, *, exact: bool
) -> pyo.ConcreteModel:
    """Return the model of the network for given requirements, objective in M USD.

    Args:
        instance: the instance; only routes of required links take part.
        requirements: what each link must carry in each period.
        exact: with the noise block, the rows of minimum spacing, and power of huts by option;
            without them the model is a relaxation, to which violated rows are added as cuts.
    """
    with PauseGC():
        m = pyo.ConcreteModel(name="network")
        _add_network(m, instance, requirements, exact=exact)
        m.objective = pyo.Objective(expr=total(m.network_cost))
    return m


def _add_network(
    m: pyo.ConcreteModel,
    instance: Instance,
    requirements: Requirements,
    *,
    exact: bool,
    strong: bool = True,
    capital: Iterable[Units] = (),
) -> None:
    m.routes = routes_block(instance, requirements)
    m.fiber = fiber_block(instance, requirements, m.routes)
    if strong:
        m.connectivity = connectivity_block(instance, requirements, m.routes, m.fiber)
    m.amplifiers = amplifiers_block(instance, requirements, m.routes, exact=exact)
    if exact:
        m.noise = noise_block(instance, m.routes, m.amplifiers)
    m.pins = pins_block(instance, requirements, m.routes, m.amplifiers)
    m.hut_failures = hut_failures_block(instance, requirements, m.routes, m.amplifiers)
    m.interruptions = interruptions_block(instance, requirements, m.routes, m.amplifiers)
    m.network_caps = network_caps_block(instance, m.routes, m.fiber, m.amplifiers, capital)
    m.network_cost = network_cost_block(instance, m.routes, m.fiber, m.amplifiers, m.interruptions)

"""Demands of links above which they cost more at once: what a master knows of them.

A binary ``above`` is 1 where a link is asked for more than a demand g: with d the demand of the
link, D the most that it can be, ``d - g rho <= (D - g) above``. Where the link is not required both
sides are 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyomo.environ as pyo

from siting.formulation.requirements import largest_demand_gbps, variable_requirements
from siting.instance import Instance
from siting.solve.link_bounds import CapacityShare
from siting.solve.set_cuts import Link

MILLION = 1e6


class DemandSteps:
    """The binaries of one master."""

    def __init__(
        self,
        model: pyo.ConcreteModel,
        instance: Instance,
        prices: Iterable[Mapping[Link, CapacityShare]],
    ) -> None:
        """Add them for every demand at which one of some prices rises.

        Args:
            model: the master, with what is required of links.
            instance: the instance of the configuration.
            prices: known prices of links.
        """
        known: dict[Link, set[float]] = {}
        for row in prices:
            for link, price in row.items():
                known.setdefault(link, set()).update(price.steps_usd)
        self._numbers = {
            link: {gbps: number for number, gbps in enumerate(sorted(some))}
            for link, some in known.items()
        }
        self._model = model
        keys = [
            (i, j, t, number)
            for i, j, t in model.RHO
            for number in self._numbers.get((i, j), {}).values()
        ]
        model.DEMAND_STEPS = pyo.Set(initialize=keys, dimen=4)
        model.above = pyo.Var(model.DEMAND_STEPS, domain=pyo.Binary)
        model.demand_steps = pyo.ConstraintList()
        for (link, t), items in variable_requirements(instance, model.training).items():
            most = largest_demand_gbps(instance, link)
            for gbps, number in self._numbers.get(link, {}).items():
                asked = sum(item.gbps for item in items) - gbps * model.rho[(*link, t)]
                model.demand_steps.add(
                    max(most - gbps, 0.0) * model.above[(*link, t, number)] >= asked
                )

    def terms(self, link: Link, period: int, price: CapacityShare) -> list[tuple[pyo.Var, float]]:
        """Return what a link causes at the steps of its price, M USD a year; known ones count."""
        numbers = self._numbers.get(link, {})
        return [
            (self._model.above[(*link, period, numbers[gbps])], usd / MILLION)
            for gbps, usd in price.steps_usd.items()
            if gbps in numbers
        ]

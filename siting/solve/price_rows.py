"""Rows of a master that price links (C1), and those that a relaxation of it breaks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from siting.formulation.requirements import variable_requirements
from siting.instance import Instance
from siting.solve.demand_steps import DemandSteps
from siting.solve.highs import CompiledModel, Status
from siting.solve.link_bounds import CapacityShare, Link
from siting.solve.master_outcome import Relaxed
from siting.solve.master_rows import linear, slope_musd, tighter_terms

if TYPE_CHECKING:
    import numpy as np
    import pyomo.environ as pyo
    from numpy.typing import NDArray

MILLION = 1e6
RELAXED_S = 60.0
"""Time for a relaxation, s."""
SHARPENINGS, LEAST_GAIN = 12, 1e-6
"""Rounds of prices for a relaxation, at most, and the share of the bound that one must bring."""
SHORT, LEAST_USD = 1e-3, 1e3
"""Share, and amount, USD a year, by which a network is paid too little for a price to be worth its
row."""

Pricing = Callable[[Mapping[Link, float], Mapping[Link, float]], Mapping[Link, CapacityShare]]
"""Returns prices of links that are required so much, for demands in Gb/s."""


class PriceRows:
    """The rows of one master."""

    def __init__(
        self,
        instance: Instance,
        model: pyo.ConcreteModel,
        compiled: CompiledModel,
        steps: DemandSteps,
    ) -> None:
        """Prepare; nothing is added.

        Args:
            instance: the instance of the configuration.
            model: its master.
            compiled: the same, compiled.
            steps: demands of its links above which they cost more.
        """
        self._steps = steps
        self._instance, self._model, self._compiled = instance, model, compiled
        self._pricing: Pricing | None = None
        self._asked: dict[tuple[Link, int], list[tuple[pyo.Var, float]]] | None = None
        """Terms of the demand of a link in a period."""

    def add(self, prices: Mapping[Link, CapacityShare]) -> None:
        """Add rows in every period: what links cause, and what their demand adds."""
        rows: dict[int, list[tuple[pyo.Var, float]]] = {}
        for i, j, t in self._model.RHO:
            if (i, j) in prices:
                fixed = prices[i, j].fixed_usd / MILLION
                rows.setdefault(t, []).append((self._model.rho[i, j, t], -fixed))
                more = self._steps.terms((i, j), t, prices[i, j])
                rows[t] += [(var, -usd) for var, usd in more]
        for (link, t), terms in self._demands().items():
            if link in prices:
                price = slope_musd(prices[link], self._instance.periods[t].weight)
                rows.setdefault(t, []).extend((var, -price * by) for var, by in terms)
        for within in tighter_terms(self._model, self._instance, prices):
            for t, terms in sorted(rows.items()):
                tighter = [(var, -usd) for var, usd in within.get(t, ())]
                self._compiled.add_row(
                    [(self._model.theta[t], 1.0), *terms, *tighter], 0.0, math.inf
                )

    def _relaxed(self) -> Relaxed | None:
        """Return the continuous relaxation of the master; None when there is none."""
        outcome = self._compiled.run(time_limit_s=RELAXED_S, relaxed=True)
        values = outcome.values
        if outcome.status is not Status.OPTIMAL or values is None:
            return None
        return self._read(outcome.bound, values)

    def sharpen(self, pricing: Pricing, enough_usd: float) -> float:
        """Price links as relaxations require them; return the bound then, USD.

        Args:
            pricing: returns prices; used from now on.
            enough_usd: a bound that is good enough.
        """
        self._pricing, best_usd = pricing, -math.inf
        for _ in range(SHARPENINGS):
            relaxed = self._relaxed()
            if relaxed is None:
                break
            gain_usd = relaxed.bound_usd - best_usd
            best_usd = max(best_usd, relaxed.bound_usd)
            if best_usd >= enough_usd or gain_usd <= LEAST_GAIN * best_usd:
                break
            if not self._add_broken(relaxed):
                break
        return best_usd

    def price(self, values: NDArray[np.float64]) -> bool:
        """Price links where a relaxation has these values; return whether rows were added."""
        return self._add_broken(self._read(0.0, values))

    def _read(self, bound: float, values: NDArray[np.float64]) -> Relaxed:
        """Return what a relaxation with these values of all columns says of links."""
        model, compiled = self._model, self._compiled
        periods = range(len(self._instance.periods))
        required: list[dict[Link, float]] = [{} for _ in periods]
        demands: list[dict[Link, float]] = [{} for _ in periods]
        for i, j, t in model.RHO:
            required[t][i, j] = compiled.value(model.rho[i, j, t], values)
        for (link, t), terms in self._demands().items():
            demands[t][link] = sum(by * compiled.value(var, values) for var, by in terms)
        network = [compiled.value(model.theta[t], values) * MILLION for t in periods]
        return Relaxed(bound * MILLION, network, required, demands)

    def _add_broken(self, relaxed: Relaxed) -> bool:
        """Add the prices that a relaxation pays too little of; return whether there were any."""
        pricing = self._pricing
        if pricing is None:
            return False
        added = False
        for paid, required, demands in zip(
            relaxed.network_usd, relaxed.required, relaxed.demands_gbps, strict=True
        ):
            prices = pricing(required, demands)
            usd = sum(
                price.fixed_usd * required.get(link, 0.0)
                + price.usd_per_gbps * demands.get(link, 0.0)
                for link, price in prices.items()
            )
            if usd > paid * (1 + SHORT) + LEAST_USD:
                self.add(prices)
                added = True
        return added

    def _demands(self) -> dict[tuple[Link, int], list[tuple[pyo.Var, float]]]:
        if self._asked is None:
            asked = variable_requirements(self._instance, self._model.training)
            self._asked = {
                key: [term for item in items for term in linear(item.gbps)]
                for key, items in asked.items()
            }
        return self._asked

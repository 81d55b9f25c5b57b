"""A bound of a network over time: each link alone pays its huts, corridors are paid once.

What links share of the huts is split between those that can use them: in period t link l pays the
share mu_lht of hut h, all shares together at most its cost. At any shares the least that the links
pay for options (:mod:`siting.solve.link_options`), huts and corridors together is a bound: a small
problem, since huts are then a matter of each route alone (the cheapest legal sequence, by dynamic
programming). A subgradient method looks for good shares with the continuous relaxation of that
problem; at the end it is solved in whole numbers.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np

from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.instance.route_graph import least_hut_usd
from siting.solve.cable_costs import CableCosts
from siting.solve.hut_shares import HutShares
from siting.solve.link_options import LinkOptions, Option, link_options
from siting.solve.options_problem import OptionsProblem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ABOVE = 0.03
"""Steps aim this much above the best bound at first."""
LESS = 0.6
"""The aim comes nearer by this factor after ``PATIENCE`` steps without a better bound."""
PATIENCE = 8
KEPT = 0.5
"""Share of the last direction in the next one."""
LEAST_ABOVE = 1e-4
"""An aim this near ends the search."""
PAIR = 2


class LinksBound:
    """The bound of a network by its links."""

    def __init__(self, instance: Instance, requirements: Requirements, *, seed: int = 1) -> None:
        """Prepare the options of each link and even shares.

        Args:
            instance: the instance with the routes of the required links.
            requirements: what each link must carry in each period.
            seed: random seed of the solver.
        """
        found = [
            link_options(instance, requirements, link)
            for link in sorted({link for link, _ in requirements})
        ]
        self._links: list[LinkOptions] = [item for item in found if item is not None]
        """Without those that have too many ways: they count nothing."""
        weights = [period.weight for period in instance.periods]
        huts = {h: least_hut_usd(hut) for h, hut in instance.huts.items()}
        self._huts = HutShares(huts, weights)
        self._known: dict[tuple[int, str, frozenset[str]], list[int]] = {}
        self._rows = {
            (number, o): self._sections(number, item, option)
            for number, item in enumerate(self._links)
            for o, option in enumerate(item.options)
        }
        self._huts.close()
        self._problem = OptionsProblem(self._links, weights, CableCosts(instance), seed=seed)
        self.shares: Floats = self._huts.even()
        self._direction: Floats = np.zeros_like(self.shares)
        self._go_to(self.shares)
        self.best_usd = self._usd
        self._above, self._idle = ABOVE, 0

    def _sections(self, number: int, item: LinkOptions, option: Option) -> list[int]:
        """Add the sections that an option pays huts for, and return their numbers.

        The routes of a way of two, alone, share no hut: its failure would leave neither. Of a hut
        that the routes of any other way of two may share each pays half. Of a larger way, which may
        share with itself, the first route pays.
        """
        way = option.way if len(option.way) <= PAIR else option.way[:1]
        halved = frozenset() if option.exactly else item.common_huts(way)
        rows = []
        for r in way:
            key = number, r, halved
            if key not in self._known:
                self._known[key] = [
                    self._huts.add(item.link, item.first, section, halved)
                    for section in item.sections(r)
                ]
            rows += self._known[key]
        return rows

    def improve(self, stop: float, steps: int, enough_usd: float = math.inf) -> float:
        """Look for better shares; return the best bound, USD present value.

        Args:
            stop: end of the search, by the monotonic clock.
            steps: steps at most.
            enough_usd: a bound that is good enough.
        """
        for _ in range(steps):
            if self.best_usd >= enough_usd or self._above < LEAST_ABOVE:
                break
            if time.monotonic() > stop or not self._step():
                break
        return self.best_usd

    def _step(self) -> bool:
        """Take a step; return whether it led anywhere."""
        direction = self._huts.tangent(self._paid) + KEPT * self._direction
        length = float((direction * direction).sum())
        if length <= 0 or math.isinf(self.best_usd):
            return False
        step = (self.best_usd * (1 + self._above) - self._usd) / length
        self._go_to(self._huts.projected(self._shares + step * direction))
        self._direction = direction
        if self._usd > self.best_usd:
            self._idle = (
                0 if self._usd > self.best_usd * (1 + self._above / 100) else self._idle + 1
            )
            self.best_usd, self.shares = self._usd, self._shares
        else:
            self._idle += 1
        if self._idle >= PATIENCE:
            self._above, self._idle = LESS * self._above, 0
            self._go_to(self.shares)
        return True

    def _go_to(self, shares: Floats) -> None:
        self._shares = shares
        self._usd, self._paid = self._value(shares)
        self._direction = np.zeros_like(shares)

    def whole(self, time_limit_s: float) -> float:
        """Return the bound at the best shares with every option taken or not."""
        if math.isinf(self.best_usd):
            return self.best_usd
        charges = self._charges(self._huts.least(self.shares)[0])
        return max(self.best_usd, self._problem.whole(charges, time_limit_s)[0])

    def _charges(self, costs: Floats) -> dict[tuple[int, int], float]:
        return {key: sum(float(costs[row]) for row in rows) for key, rows in self._rows.items()}

    def _value(self, shares: Floats) -> tuple[float, Floats]:
        """Return the bound at these shares, and how much of each is paid there."""
        if not all(item.options for item in self._links):
            return math.inf, np.zeros_like(shares)
        costs, came = self._huts.least(shares)
        usd, values = self._problem.relaxed(self._charges(costs))
        paid = np.zeros(len(shares))
        for key, taken in self._problem.taken_first(values).items():
            for row in self._rows[key]:
                for user, part in self._huts.along(row, came):
                    paid[user] += taken * part
        return usd, paid[:, None] * np.ones(shares.shape[1])

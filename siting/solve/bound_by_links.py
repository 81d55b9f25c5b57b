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
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.solve.cable_costs import CableCosts
from siting.solve.hut_loads import LEVELS, LIGHT, Equipment, HutCosts
from siting.solve.hut_shares import HutShares
from siting.solve.link_options import LinkOptions, Option, link_options
from siting.solve.options_problem import Charges, OptionsProblem

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
ENLARGED_ABOVE, ABOVE_AGAIN = 2e-3, 4e-3
"""Larger cables count from an aim this near on; after that steps aim that much above the bound."""
PAIR = 2


@dataclass(frozen=True, slots=True)
class _Payment:
    """The sections that a route pays huts for."""

    light: list[int]
    equipped: list[list[tuple[float, list[int]]]] = field(default_factory=list)
    """By last period in which its way is alone, and way to equip one that is heavy by then: what it
    costs besides, present value, and sections."""

    def least(self, costs: Floats, last: int = -1) -> tuple[float, list[int]]:
        """Return the least that it pays where its way is alone until then, and the sections."""
        ways = [
            (usd + sum(float(costs[row]) for row in rows), rows)
            for usd, rows in (self.equipped[last] if self.equipped else ())
        ]
        light_usd = sum(float(costs[row]) for row in self.light)
        return min(ways, key=lambda x: x[0], default=(light_usd, self.light))


class LinksBound:
    """The bound of a network by its links."""

    def __init__(self, instance: Instance, requirements: Requirements, *, seed: int = 1) -> None:
        """Prepare the options of each link and even shares.

        Args:
            instance: the instance with the routes of the required links.
            requirements: what each link must carry in each period.
            seed: random seed of the solver.
        """
        costs = HutCosts.of(instance.huts)
        found = [
            link_options(instance, requirements, link, costs.most_kw)
            for link in sorted({link for link, _ in requirements})
        ]
        self._links: list[LinkOptions] = [item for item in found if item is not None]
        """Without those that have too many ways: they count nothing."""
        weights = [period.weight for period in instance.periods]
        self._weights = weights
        self._huts = HutShares(costs, weights)
        self._known: dict[tuple[object, ...], list[int]] = {}
        self._payments = {
            (number, o): self._payment(number, item, option)
            for number, item in enumerate(self._links)
            for o, option in enumerate(item.options)
        }
        self._backs = [
            (number, o, t, item.first)
            for number, item in enumerate(self._links)
            for o, option in enumerate(item.options)
            if option.equipments
            for t in range(item.first + 1, len(weights))
        ]
        """Links, options and periods in which a heavy way need not be alone any more."""
        self._huts.close()
        self._problem = OptionsProblem(self._links, weights, CableCosts(instance), seed=seed)
        self._direction: Floats
        starts = self._huts.starts()
        values = [self._value(shares) for shares in starts]
        best = max(range(len(starts)), key=lambda x: values[x][0])
        self.shares: Floats = starts[best]
        self._take(self.shares, values[best])
        self.best_usd = self._usd
        self._above, self._idle = ABOVE, 0
        self._least_above = ENLARGED_ABOVE

    def _payment(self, number: int, item: LinkOptions, option: Option) -> list[_Payment]:
        """Add the sections that an option pays huts for; return those of each route.

        The routes of a way of two, alone, share no hut: its failure would leave neither. Of a hut
        that the routes of any other way of two may share each pays half. Of a larger way, which may
        share with itself, the first route pays.
        """
        way = option.way if len(option.way) <= PAIR else option.way[:1]
        halved = frozenset() if option.exactly else item.common_huts(way)
        found = []
        for r in way:
            payment = _Payment(self._sections(number, item, r, halved))
            for equipments in option.equipments.get(r, ()):
                ways = []
                for equipment in equipments:
                    # Until the last period in which its way is alone.
                    more = zip(equipment.more_usd, self._weights[item.first :], strict=False)
                    rows = self._sections(number, item, r, halved, equipment)
                    ways.append((sum(usd * weight for usd, weight in more), rows))
                payment.equipped.append(ways)
            found.append(payment)
        return found

    def _sections(
        self,
        number: int,
        item: LinkOptions,
        r: str,
        halved: frozenset[str],
        equipment: Equipment | None = None,
    ) -> list[int]:
        level = LIGHT if equipment is None else equipment.level
        counts = None if equipment is None else equipment.counts
        key = number, r, halved, level, counts
        if key not in self._known:
            amplified = len(item.tracks[r].sections)
            self._known[key] = [
                self._huts.add(
                    item.link,
                    item.first,
                    section,
                    halved,
                    level=level if s < amplified else LIGHT,
                    count=None if counts is None or s >= amplified else counts[s],
                )
                for s, section in enumerate(item.sections(r))
            ]
        return self._known[key]

    def improve(self, stop: float, steps: int, enough_usd: float = math.inf) -> float:
        """Look for better shares; return the best bound, USD present value.

        Args:
            stop: end of the search, by the monotonic clock.
            steps: steps at most.
            enough_usd: a bound that is good enough.
        """
        for _ in range(steps):
            if self.best_usd >= enough_usd or not self._may_go_on(stop):
                break
            if time.monotonic() > stop or not self._step():
                break
        return self.best_usd

    def _may_go_on(self, stop: float) -> bool:
        """Return whether the aim is not too near yet, or larger cables make the bound better."""
        if self._above >= self._least_above:
            return True
        is_first, self._least_above = self._least_above > LEAST_ABOVE, LEAST_ABOVE
        usd = self._problem.tighten(self._charges(self._huts.least(self.shares)[0]), stop)
        if not self.best_usd * (1 + LEAST_ABOVE) < usd < math.inf:
            return is_first
        self._go_to(self.shares)
        self.best_usd = max(self.best_usd, self._usd)
        self._above, self._idle = ABOVE_AGAIN, 0
        return True

    def _step(self) -> bool:
        """Take a step; return whether it led anywhere."""
        direction = self._huts.tangent(self._shares, self._paid) + KEPT * self._direction
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
        self._take(shares, self._value(shares))

    def _take(self, shares: Floats, value: tuple[float, Floats]) -> None:
        self._shares = shares
        self._usd, self._paid = value
        self._direction = np.zeros_like(shares)

    def whole(self, time_limit_s: float) -> float:
        """Return the bound at the best shares with every option taken or not."""
        if math.isinf(self.best_usd):
            return self.best_usd
        charges = self._charges(self._huts.least(self.shares)[0])
        return max(self.best_usd, self._problem.whole(charges, time_limit_s)[0])

    def _charges(self, costs: Floats) -> Charges:
        """Return what options pay for huts, and what they get back where a route is added."""
        paid = {
            key: sum(payment.least(costs)[0] for payment in payments)
            for key, payments in self._payments.items()
        }
        back = {
            (number, o, t): sum(
                payment.least(costs, t - first)[0] - payment.least(costs, t - first - 1)[0]
                for payment in self._payments[number, o]
            )
            for number, o, t, first in self._backs
        }
        return Charges(paid, back)

    def _value(self, shares: Floats) -> tuple[float, Floats]:
        """Return the bound at these shares, and how much of each is paid there, by level."""
        paid = np.zeros(LEVELS * len(shares))
        if not all(item.options for item in self._links):
            return math.inf, paid
        costs, came = self._huts.least(shares)
        usd, values = self._problem.relaxed(self._charges(costs))

        def pay(rows: Sequence[int], taken: float) -> None:
            for row in rows:
                for user, part in self._huts.along(row, came):
                    paid[user] += taken * part

        for key, taken in self._problem.taken_first(values).items():
            for payment in self._payments[key]:
                pay(payment.least(costs)[1], taken)
        for (number, o, t), taken in self._problem.given_back(values).items():
            until = t - self._links[number].first
            for payment in self._payments[number, o]:
                pay(payment.least(costs, until)[1], -taken)
                pay(payment.least(costs, until - 1)[1], taken)
        return usd, paid

"""Cuts from what is pinned in the network: pins make a network dearer, or impossible.

Let P be the links with a route that can satisfy a pin, S the links that a siting requires in some
period, F(S) a bound of the yearly cost of the static network of S with what is pinned.

* ``theta_T >= F(S) - sum_{l in S} alone_l (1 - rho_lT) - F(S) x sum of what is required of P minus
  S`` for the last period T. Valid because, where nothing of P outside S is required, the network of
  T satisfies the pins by routes of S: with a stand-alone network of each link of S that T does not
  require laid over it, it serves S and has what is pinned.
* If S has no such static network, some link of P outside S is required.
* A siting whose links, with the least that anyone asks of each, have no network with what is pinned
  is forbidden as it is: neither more links nor fewer are known to fail.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.solve.network_parts import without_pins
from siting.solve.network_phase import NetworkOutcome, solve_network
from siting.solve.set_cuts import STATIC_GAP, Link, least_demands, static_instance

CUT_TIME_S = 20.0


@dataclass(frozen=True, slots=True)
class PinCut:
    """A valid cut, USD a year; an infinite cost: the links alone do not satisfy the pins."""

    cost_usd: float
    alone_usd: Mapping[Link, float]
    """By link of S."""
    others: frozenset[Link]
    """Links of P outside S."""
    exactly: frozenset[tuple[Link, int]] = frozenset()
    """When given nothing else holds: these (link, period) are not what a siting requires."""


class PinCuts:
    """Makes the cuts; remembers the link sets that it was asked for. Without pins it makes none."""

    def __init__(self, instance: Instance, *, seed: int) -> None:
        """Remember the problem; nothing is built before the first cut."""
        self._instance, self.seed = instance, seed
        self._made: dict[frozenset[Link], PinCut | None] = {}

    def of(self, requirements: Requirements, left_s: float) -> list[PinCut]:
        """Return the cut of the links that a siting requires, when it is new.

        Args:
            requirements: what the siting asks of links.
            left_s: wall time left, s.
        """
        links = frozenset(link for link, _ in requirements)
        if not self._instance.pins.given or links in self._made or left_s <= 0:
            return []
        cut = self._made[links] = self._cut(links, min(CUT_TIME_S, left_s))
        return [] if cut is None else [cut]

    def no_good(self, requirements: Requirements, left_s: float) -> list[PinCut]:
        """Return the proof that the links of a siting cannot have what is pinned, if any."""
        if not self._instance.pins.given:
            return []
        new = self.of(requirements, left_s)
        if new and math.isinf(new[0].cost_usd):
            return new
        floors = least_demands(self._instance)
        least: Requirements = {(link, t): (floors[link],) for link, t in requirements}
        outcome = solve_network(
            self._instance,
            least,
            relative_gap=1.0,
            time_limit_s=min(CUT_TIME_S, max(left_s, 1.0)),
            seed=self.seed,
        )
        if not outcome.is_infeasible:
            return []
        return [*new, PinCut(0.0, {}, frozenset(), exactly=frozenset(requirements))]

    def _cut(self, links: frozenset[Link], time_limit_s: float) -> PinCut | None:
        static, routes = static_instance(self._instance), self._instance.fiber_routes
        able = {routes[r].link for r in self._instance.pins.satisfiers(routes)}
        rest = frozenset(able - links)
        outcome = self._static(static, links, time_limit_s)
        if outcome.is_infeasible:
            return PinCut(math.inf, {}, rest)
        bare = without_pins(static)
        alone = {
            link: self._static(bare, frozenset({link}), time_limit_s).cost_usd
            for link in sorted(links)
        }
        if outcome.bound_usd <= 0 or any(math.isinf(usd) for usd in alone.values()):
            return None
        return PinCut(outcome.bound_usd, alone, rest)

    def _static(
        self, static: Instance, links: frozenset[Link], time_limit_s: float
    ) -> NetworkOutcome:
        floors = least_demands(self._instance)
        return solve_network(
            static,
            {(link, 0): (floors[link],) for link in links},
            relative_gap=STATIC_GAP,
            time_limit_s=time_limit_s,
            seed=self.seed,
        )

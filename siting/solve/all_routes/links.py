"""The bound of one link over all its routes, for given shares of what links share.

Let f be the flow of pairs on the lit routes of a protected link, in units of a demand that a route
carries alone (lines, :mod:`~siting.solve.all_routes.needs`), F its amount. After a failure of
corridor e one unit is left: ``f_e <= F - 1``. Where the ends have k corridors, F >= k / (k - 1).

* F <= 2: what a corridor or hut costs the link is at least ``share x f_e`` because ``f_e <= 1``. So
  the cost is at least the least over path flows; with any tolls pi >= 0 on edges,
  ``F m - (F - 1) sum pi`` with m the cheapest single route under cost + pi.
* F > 2: there is a flow y of two units with ``y_e <= min(1, f_e)``, since after any edge of a cut
  with ``f_e >= 1`` the others still carry one unit. So corridors and pairs cost at least two units
  of y under one line below all lines, huts left out, and the flow above two units comes on top.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.all_routes.disjoint import SplitGraph
from siting.solve.all_routes.needs import Line

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ROUNDING_USD = 1e-3
"""Taken off the bound of a link for what sums of many small weights may be off."""


@dataclass(frozen=True, slots=True)
class LinkBound:
    """Bound of a link, USD a year, and which shared items its cheapest routes use."""

    usd: float
    uses: NDArray[np.bool_]
    """Shape (2, edges): IRU and own cable."""


@dataclass(slots=True)
class LinkProblem:
    """A link with the edges of its neighborhood; costs in USD a year."""

    graph: SplitGraph
    edges: Ints
    """Numbers of its edges among those of all links."""
    pair_usd: Floats
    """One pair on each edge, shape (2, edges): IRU and own cable; infinite where not on offer."""
    tolls_usd: Floats
    """What huts cost at least on each edge."""
    lines: list[Line]
    under_all: tuple[float, float]
    """A line (fixed, pairs) below all lines on every route within reach."""
    channels_usd: float
    least_flow: float
    """1 when unprotected, else the least amount F."""
    least_excess: float
    """What F above two is at least more than two."""
    preferred: int = 0
    """Line that the tolls between routes are made with."""

    def bound(self, shares_usd: Floats) -> LinkBound:
        """Return the bound when the link pays ``shares_usd``, shape (2, edges)."""
        line = self.lines[self.preferred]
        cost, uses_own = self._cost(shares_usd, line.pairs)
        uses = np.zeros((2, len(self.edges)), dtype=bool)
        if self.least_flow <= 1:
            cheapest = [
                x.fixed_usd + self.graph.shortest(self._cost(shares_usd, x.pairs)[0])
                for x in self.lines
            ]
            self.preferred = int(np.argmin(cheapest))
            return LinkBound(min(cheapest) + self.channels_usd - ROUNDING_USD, uses)
        pair = self.graph.pair(cost)
        if pair is None:
            return LinkBound(0.0, uses)
        toll = pair.toll
        paid = float(toll.sum())
        cheapest = [
            x.fixed_usd + self.graph.shortest(self._cost(shares_usd, x.pairs)[0] + toll)
            for x in self.lines
        ]
        self.preferred = int(np.argmin(cheapest))
        route = min(cheapest)
        bounds = [2 * route - paid, self.least_flow * route - (self.least_flow - 1) * paid]
        bounds.append(self._beyond_two(shares_usd, toll, paid))
        uses[0] = pair.used & ~uses_own
        uses[1] = pair.used & uses_own
        return LinkBound(max(min(bounds) + self.channels_usd - ROUNDING_USD, 0.0), uses)

    def _cost(self, shares_usd: Floats, pairs: float) -> tuple[Floats, NDArray[np.bool_]]:
        """Return the cost of each edge for so many pairs, and where it is own cable."""
        both = shares_usd + pairs * self.pair_usd
        return both.min(axis=0) + self.tolls_usd, both[1] < both[0]

    def _beyond_two(self, shares_usd: Floats, toll: Floats, paid: float) -> float:
        fixed, pairs = self.under_all
        cost = self._cost(shares_usd, pairs)[0] - self.tolls_usd
        two = 2 * (fixed + self.graph.shortest(cost + toll)) - paid
        more = fixed + pairs * self.graph.shortest(self.pair_usd.min(axis=0))
        return two + self.least_excess * max(more, 0.0)


def line_under_all(lines: list[Line], least: float, most: float) -> tuple[float, float]:
    """Return the chord of the least of all lines between two lengths: it is concave, so above."""

    def lowest(size: float) -> float:
        return min(line.fixed_usd + line.pairs * size for line in lines)

    if not math.isfinite(most) or most <= least:
        slope = min(line.pairs for line in lines)
    else:
        slope = (lowest(most) - lowest(least)) / (most - least)
    return lowest(least) - slope * least, slope

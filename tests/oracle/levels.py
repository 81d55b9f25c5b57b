"""How the megawatts meet the network: the capacities that a link may be given.

The capacity of a link, whole or after a failure, is a sum of channel rates, so the megawatts see
only which sums are bought. Each period and link gets a *level*: the sums N (whole) and F (after any
failure), at most the least sums that carry the largest demand. For a level the network cost is its
least cost (:mod:`tests.oracle.fiber`), and the demands of the megawatts are bounded by N and F.
The least over all levels is the optimum, since the optimal network has some level.

A failure interrupts when it leaves less than the demand: no sum of rates lies between the demand
and N when N is the least sum that carries it, so less than the demand is less than N. A larger N
only counts more interruptions.

The demand max(base, slope x m) + frontend x m with m = min(p_i, p_j) does not fall with m, so it is
at most a number when the same expression in one of the ends is: the linear program of the megawatts
branches over which end that is, and only where its solution violates a level.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from tests.oracle.fiber import Fiber
from tests.oracle.needs import Entry
from tests.oracle.power import Megawatts, Power
from tests.oracle.program import Row
from tests.oracle.training import Talk
from tests.oracle.ways import TINY, Link

Cell = tuple[int, Link]
Caps = tuple[Entry, ...]


class Levels:
    """The levels of a study."""

    def __init__(self, fiber: Fiber, power: Power) -> None:
        self.fiber, self.power = fiber, power

    def of(self, cell: Cell, talks: tuple[Talk, ...]) -> Iterator[Caps]:
        """Yield every level of a link in a period: an entry for each theta."""
        groups = [list(self._group(cell, theta, talks)) for theta in thetas(talks)]
        yield from itertools.product(*groups)

    def _group(self, cell: Cell, theta: float, talks: tuple[Talk, ...]) -> Iterator[Entry]:
        t, link = cell
        inside = [k for k in talks if k.theta_ms <= theta]
        low = high = low_failed = high_failed = 0.0
        for k in inside:
            least = self.power.raw.study.file.workloads[k.workload].min_peer_mw
            most = min(self.power.most_mw(c, k.workload, t) for c in link)
            low += k.gbps(least)
            high += k.gbps(most)
            low_failed += k.phi * k.gbps(least)
            high_failed += k.phi * k.gbps(most)
        sums = sums_of(self.fiber.rates(link, theta), high)
        if not sums or sums[-1] < low - TINY:
            return
        mine = [k for k in inside if k.theta_ms == theta]
        downtime = min(k.downtime for k in mine)
        price = sum(k.usd_per_event for k in mine)
        for normal, failed in sorted(
            self._pairs(inside, sums, (low, high, low_failed, high_failed))
        ):
            yield Entry(theta, normal, failed, downtime, price)

    def _pairs(
        self,
        talks: list[Talk],
        sums: list[float],
        range_gbps: tuple[float, float, float, float],
    ) -> set[tuple[float, float]]:
        low, high, low_failed, high_failed = range_gbps
        phis = {0.0 if k.around else k.phi for k in talks}
        if len(phis) > 1:
            failed = between([0.0, *sums], low_failed, high_failed)
            return set(itertools.product(between(sums, low, high), failed))
        # One phi: the sum of demands is at most min(N, F / phi), so N and F follow from that.
        phi = phis.pop()
        levels = {*sums, *(s / phi for s in sums if phi)}
        return {
            (ceiling(sums, level), ceiling(sums, phi * level))
            for level in levels
            if low - TINY <= level and ceiling(sums, level) < math.inf
        }


def thetas(talks: tuple[Talk, ...]) -> list[float]:
    """Return the RTT limits of a link, the tightest first."""
    return sorted({talk.theta_ms for talk in talks})


def sums_of(rates: set[float], most: float) -> list[float]:
    """Return all sums of rates up to the first that reaches ``most``."""
    found, edge = {0.0}, {0.0}
    while edge:
        edge = {a + r for a in edge if a < most - TINY for r in rates} - found
        found |= edge
    ordered = sorted(found - {0.0})
    enough = next((i for i, s in enumerate(ordered) if s >= most - TINY), len(ordered) - 1)
    return ordered[: enough + 1]


def ceiling(sums: list[float], value: float) -> float:
    """Return the least sum that is at least ``value``; infinite if none is."""
    if value <= TINY:
        return 0.0
    return next((s for s in sums if s >= value - TINY), math.inf)


def between(sums: list[float], low: float, high: float) -> list[float]:
    """Return the sums that a demand between ``low`` and ``high`` may need."""
    first, last = ceiling(sums, low), ceiling(sums, high)
    return [s for s in {0.0, *sums} if first <= s <= last]


def within(cell: Cell, talks: tuple[Talk, ...], caps: Caps, megawatts: Megawatts) -> bool:
    """Whether the demands of the megawatts are at most a level."""
    t, (a, b) = cell
    for entry in caps:
        whole = lost = 0.0
        for k in talks:
            if k.theta_ms <= entry.theta_ms:
                ends = (megawatts.get(("p", str(k.workload), c, str(t)), 0.0) for c in (a, b))
                demand = k.gbps(min(ends))
                whole += demand
                lost += 0.0 if k.around else k.phi * demand
        if whole > entry.normal_gbps * (1 + 1e-9) + 1e-7:
            return False
        if lost > entry.failed_gbps * (1 + 1e-9) + 1e-7:
            return False
    return True


def branches(cell: Cell, talks: tuple[Talk, ...], caps: Caps) -> Iterator[tuple[Row, ...]]:
    """Yield rows that bound the demand of a link, for each choice of ends and of active terms."""
    t, link = cell
    # Each demand is the base (True), or slope times one end; the maximum is at most a number when
    # every one of them is, so all combinations of base and end are rows of the same branch.
    for ends in itertools.product(link, repeat=len(talks)):
        rows: list[Row] = []
        for entry in caps:
            inside = [
                (k, c) for k, c in zip(talks, ends, strict=True) if k.theta_ms <= entry.theta_ms
            ]
            for on_base in itertools.product((True, False), repeat=len(inside)):
                rows.append(_row(inside, on_base, entry.normal_gbps, t, failed=False))
                rows.append(_row(inside, on_base, entry.failed_gbps, t, failed=True))
        yield tuple(row for row in rows if row[0])


def _row(
    inside: list[tuple[Talk, str]], on_base: tuple[bool, ...], cap: float, t: int, *, failed: bool
) -> Row:
    terms, right = [], cap
    for (k, c), base in zip(inside, on_base, strict=True):
        factor = (0.0 if k.around else k.phi) if failed else 1.0
        slope = k.frontend_per_mw
        if base:
            right -= factor * k.base_gbps
        else:
            slope += k.gbps_per_mw
        if factor * slope > 0:
            terms.append((("p", str(k.workload), c, str(t)), factor * slope))
    return tuple(terms), right

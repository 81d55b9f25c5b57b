"""What options of links pay for huts, the more a link is required the more of each.

All routes of a link are priced at once: the cheapest legal sequence of huts of each section by
dynamic programming (:mod:`siting.solve.hut_shares`), the cheapest way to equip each route, and the
sum over the routes of an option.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix

from siting.solve.demand_options import DemandOption, DemandOptions
from siting.solve.hut_loads import HutCosts
from siting.solve.hut_shares import HutShares
from siting.solve.link_bounds import Link
from siting.solve.link_options import PAIR, LinkOptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Payment = tuple[tuple[float, tuple[int, ...]], ...]
"""Ways to equip a route: what each costs besides, USD a year, and the sections that it pays."""


class HutPayments:
    """The payments of all options of some links."""

    def __init__(self, links: Sequence[DemandOptions], costs: HutCosts) -> None:
        """Prepare.

        Args:
            links: the links, with their options.
            costs: what huts cost.
        """
        self._huts = HutShares(costs, [1.0])
        self._sections: dict[tuple[object, ...], int] = {}
        self._numbers: dict[Payment, int] = {}
        by_option = [
            [self._number(payment) for payment in self._payments(item.tracks, option)]
            for item in links
            for option in item.options
        ]
        self._huts.close()
        ways = [way for payment in self._numbers for way in payment]
        self._more = np.array([usd for usd, _ in ways])
        self._rows = _counts([rows for _, rows in ways], len(self._sections))
        ends = np.cumsum([0, *(len(payment) for payment in self._numbers)])
        self._starts = ends[:-1]
        self._options = _counts(by_option, len(self._numbers))

    def usd(self, required: Mapping[Link, float]) -> Floats:
        """Return what each option pays when links are required so much, USD a year.

        Infinite where no huts make its routes legal.

        Args:
            required: by link, more than nothing.
        """
        if not self._numbers:
            return np.zeros(self._options.shape[0])
        sections = self._huts.by_requirement(required)
        known = np.where(np.isfinite(sections), sections, 0.0)
        barred = self._rows @ (~np.isfinite(sections)).astype(float) > 0
        ways = np.where(barred, math.inf, self._more + self._rows @ known)
        payments = np.minimum.reduceat(ways, self._starts)
        known = np.where(np.isfinite(payments), payments, 0.0)
        barred = self._options @ (~np.isfinite(payments)).astype(float) > 0
        found: Floats = np.where(barred, math.inf, self._options @ known)
        return found

    def _number(self, payment: Payment) -> int:
        return self._numbers.setdefault(payment, len(self._numbers))

    def _payments(self, item: LinkOptions, option: DemandOption) -> list[Payment]:
        """Return what each route pays; as in the bound by links (:class:`LinksBound`)."""
        way = option.way if len(option.way) <= PAIR else option.way[:1]
        halved = frozenset[str]() if option.exactly else item.common_huts(way)
        found: list[Payment] = []
        for r in way:
            equipped = option.equipments.get(r)
            if equipped is None:
                found.append(((0.0, self._rows_of(item, r, halved)),))
                continue
            rows = [(x.more_usd[0], self._rows_of(item, r, halved, x.counts)) for x in equipped]
            found.append(tuple(rows))
        return found

    def _rows_of(
        self,
        item: LinkOptions,
        r: str,
        halved: frozenset[str],
        counts: tuple[int, ...] | None = None,
    ) -> tuple[int, ...]:
        amplified = len(item.tracks[r].sections)
        rows = []
        for s, section in enumerate(item.sections(r)):
            count = None if counts is None or s >= amplified else counts[s]
            key = item.link, r, s, halved, count
            if key not in self._sections:
                self._sections[key] = self._huts.add(item.link, 0, section, halved, count=count)
            rows.append(self._sections[key])
        return tuple(rows)


def _counts(entries: Sequence[Sequence[int]], width: int) -> csr_matrix:
    """Return, by row, how often each column is among its entries."""
    start = np.cumsum([0, *map(len, entries)])
    index = np.array([i for entry in entries for i in entry], dtype=np.int64)
    return csr_matrix((np.ones(len(index)), index, start), shape=(len(entries), width))

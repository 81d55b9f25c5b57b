"""What each link of a configuration costs at least, by its demand: fixed part and slope (C1).

A linear problem takes, for each link, options of its routes as far as the link is required, so that
they carry its demand; corridors, cables and IRU upkeep are paid by the link that uses each most.
What it costs is convex and grows in proportion to what is required: its duals are prices that no
network undercuts, and those with the largest sum for what was asked.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np
from scipy.sparse import csr_matrix

from siting.formulation.admissibility import Admissibility
from siting.formulation.requirements import largest_demand_gbps
from siting.formulation.training import possible_links, possible_peers
from siting.instance import Instance
from siting.solve.alone_prices import AlonePrices
from siting.solve.demand_options import DemandOptions, demand_options
from siting.solve.highs_model import Rows, pass_rows, silent_highs
from siting.solve.hut_loads import HutCosts
from siting.solve.hut_payments import HutPayments
from siting.solve.link_bounds import CapacityShare, Link
from siting.solve.route_tracks import Asset
from siting.solve.set_cuts import least_demands

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MILLION = 1e6
LEAST = 1e-3
"""How much of a link is required at least: those not required get prices, too."""
ABOVE = 1.001
"""Just above the least demand prices that grow with it are as high as others, and better above."""
TIME_S = 5.0


class LinkPrices:
    """Prices of the links of one configuration."""

    def __init__(self, part: Instance, links: Iterable[Link], sharers: int, *, seed: int) -> None:
        """Prepare; the problem is built when prices are first asked for.

        Args:
            part: the instance of the configuration.
            links: those that it may require.
            sharers: links that may be required at once.
            seed: random seed of the solver.
        """
        self._part, self._sharers, self._seed = part, sharers, seed
        self._alone: AlonePrices | None = None
        self._floors = least_demands(part)
        self._links = sorted(link for link in links if link in self._floors)
        self._problem: _Problem | None = None

    def evenly(self) -> dict[Link, CapacityShare]:
        """Return prices where every link is required as much."""
        return self.of_flows(dict.fromkeys(self._links, 1.0), {})

    def of_set(
        self,
        chosen: frozenset[Link],
        demands_gbps: Mapping[Link, float],
        _limits_ms: Mapping[Link, float] | None = None,
    ) -> dict[Link, CapacityShare]:
        """Return prices where the links of a set are required, and hardly any other.

        Those of each link alone where they are looked at and the set pays more.
        """
        found = self.of_flows(dict.fromkeys(chosen, 1.0), demands_gbps)
        if self._alone is None:
            return found

        def paid(prices: Mapping[Link, CapacityShare]) -> float:
            return sum(
                prices[link].fixed_usd + prices[link].usd_per_gbps * demands_gbps.get(link, 0.0)
                for link in chosen & prices.keys()
            )

        return max(found, self._alone.of_set(chosen), key=paid)

    def alone(self) -> dict[Link, CapacityShare]:
        """Return prices of links alone, pairs in whole numbers; from now on these count, too."""
        floors = {link: self._floors[link] for link in self._links}
        self._alone = AlonePrices(self._part, floors, self._sharers, seed=self._seed)
        return self._alone.evenly()

    def of_flows(
        self, required: Mapping[Link, float], demands_gbps: Mapping[Link, float]
    ) -> dict[Link, CapacityShare]:
        """Return the prices with the largest sum where links are required in part.

        Args:
            required: how much of each link is required.
            demands_gbps: what is asked of each; at least as much of the least demand.
        """
        if self._problem is None:
            self._problem = self._build()
        return self._problem.prices(required, demands_gbps)

    @staticmethod
    def generated(
        _chosen: frozenset[Link],
        _demands_gbps: Mapping[Link, float],
        _limits_ms: Mapping[Link, float],
        _stop: float,
    ) -> None:
        """Look for no better prices of a set."""

    def _build(self) -> _Problem:
        costs = HutCosts.of(self._part.huts)
        items = []
        for link in self._links:
            asked = self._floors[link]
            least = float(asked.gbps)
            gbps = least, max(least, largest_demand_gbps(self._part, link))
            item = demand_options(self._part, link, asked, gbps)
            if item is not None and item.options:
                items.append(item)
        return _Problem(items, HutPayments(items, costs), seed=self._seed)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Options at the corners of their costs, one column each."""

    link: Ints
    option: Ints
    gbps: Floats
    own_usd: Floats

    @classmethod
    def of(cls, items: list[DemandOptions]) -> _Columns:
        found: list[tuple[int, int, float, float]] = []
        number = 0
        for n, item in enumerate(items):
            for option in item.options:
                found += [(n, number, gbps, usd) for gbps, usd in option.corners]
                number += 1
        table = np.array(found, dtype=float).reshape(-1, 4)
        link, option = table[:, :2].T.astype(np.int64)
        return cls(link, option, table[:, 2], table[:, 3])


class _Problem:
    """The linear problem, built once; what is required and what huts cost changes."""

    def __init__(self, items: list[DemandOptions], huts: HutPayments, *, seed: int) -> None:
        self._items, self._huts = items, huts
        self._columns = _Columns.of(items)
        self._scale = max((item.gbps[1] for item in items), default=1.0)
        self._usd: list[float] = []
        """What links share, by entry of the same users, USD a year."""
        self._entry: list[int] = []
        """By row of what a link uses of an entry: the entry."""
        uses: list[tuple[int, int]] = []
        for users, usd in _shared(items):
            for numbers in users:
                uses += [(option, len(self._entry)) for option in numbers]
                self._entry.append(len(self._usd))
            self._usd.append(usd)
        options = sum(len(item.options) for item in items)
        index = np.array(uses, dtype=np.int64).reshape(-1, 2)
        self._uses = csr_matrix(
            (np.ones(len(index)), (index[:, 0], index[:, 1])),
            shape=(options, max(len(self._entry), 1)),
        )
        """By option and row of what a link uses: whether it is used."""
        self._highs = silent_highs(random_seed=seed, time_limit=TIME_S)
        self._pass()

    def _pass(self) -> None:
        columns, links = self._columns, len(self._items)
        count, entries = len(columns.link), len(self._usd)
        uses = self._uses.tocsc()
        at = [np.flatnonzero(columns.option == o) for o in range(self._uses.shape[0])]
        rows: list[tuple[Ints, Floats]] = []
        mine = [np.flatnonzero(columns.link == n) for n in range(links)]
        rows += [(own, np.ones(len(own))) for own in mine]
        rows += [(own, columns.gbps[own] / self._scale) for own in mine]
        for row, entry in enumerate(self._entry):
            options = uses.indices[uses.indptr[row] : uses.indptr[row + 1]]
            own = np.concatenate([at[o] for o in options])
            ones = np.append(-np.ones(len(own)), 1.0)
            rows.append((np.append(own, count + entry), ones))
        usd = np.append(columns.own_usd, np.array(self._usd)) / MILLION
        pass_rows(
            self._highs,
            Rows(
                costs=usd,
                columns=(np.zeros(count + entries), np.full(count + entries, math.inf)),
                bounds=(np.zeros(len(rows)), np.full(len(rows), math.inf)),
                start=np.cumsum([0, *(len(index) for index, _ in rows)]),
                index=np.concatenate([index for index, _ in rows] or [np.zeros(0, int)]),
                value=np.concatenate([value for _, value in rows] or [np.zeros(0)]),
            ),
        )

    def prices(
        self, required: Mapping[Link, float], demands_gbps: Mapping[Link, float]
    ) -> dict[Link, CapacityShare]:
        """Return prices of every link."""
        if not self._items:
            return {}
        part = {
            item.tracks.link: max(required.get(item.tracks.link, 0.0), LEAST)
            for item in self._items
        }
        own_usd = self._columns.own_usd + self._huts.usd(part)[self._columns.option]
        self._ask(part, demands_gbps, own_usd)
        self._highs.run()  # too short to give the turn to the other thread
        duals = np.array(self._highs.getSolution().row_dual)
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self._highs.clearSolver()
            duals = np.zeros(len(duals))
        return self._priced(np.maximum(duals, 0.0), own_usd)

    def _ask(
        self, part: Mapping[Link, float], demands_gbps: Mapping[Link, float], own_usd: Floats
    ) -> None:
        highs = self._highs
        known = np.flatnonzero(np.isfinite(own_usd)).astype(np.int32)
        highs.changeColsCost(len(known), known, own_usd[known] / MILLION)
        for column in np.flatnonzero(~np.isfinite(own_usd)):
            highs.changeColBounds(int(column), 0.0, 0.0)
        for n, item in enumerate(self._items):
            some = part[item.tracks.link]
            least, most = (gbps * some for gbps in item.gbps)
            gbps = min(max(demands_gbps.get(item.tracks.link, 0.0), least * ABOVE), most)
            highs.changeRowBounds(n, some, math.inf)
            highs.changeRowBounds(len(self._items) + n, gbps / self._scale, math.inf)

    def _priced(self, duals: Floats, own_usd: Floats) -> dict[Link, CapacityShare]:
        """Return the prices that duals lead to; whatever they are, these hold."""
        links, columns = len(self._items), self._columns
        slopes = duals[links : 2 * links] * MILLION / self._scale
        tolls = duals[2 * links :] * MILLION
        # No entry is paid more than it costs.
        entry = np.array(self._entry, dtype=np.int64)
        paid = np.bincount(entry, tolls, len(self._usd))
        tolls *= np.minimum(1.0, np.array(self._usd) / np.maximum(paid, LEAST))[entry]
        if len(tolls):
            own_usd = own_usd + (self._uses @ tolls)[columns.option]
        fixed = np.full(links, math.inf)
        np.minimum.at(fixed, columns.link, own_usd - slopes[columns.link] * columns.gbps)
        return {
            item.tracks.link: CapacityShare(float(usd), float(slope))
            for item, usd, slope in zip(self._items, fixed, slopes, strict=True)
            if math.isfinite(usd)
        }


def _shared(items: list[DemandOptions]) -> list[tuple[list[list[int]], float]]:
    """Return what links share but huts: options that use it, by link, and its cost.

    What the same options use counts as one.
    """
    users: dict[Asset, list[tuple[int, int]]] = {}
    costs: dict[Asset, float] = {}
    number = 0
    for n, item in enumerate(items):
        for option in item.options:
            for asset, usd in item.tracks.assets(option.routes).items():
                if usd > 0:
                    users.setdefault(asset, []).append((n, number))
                    costs[asset] = usd
            number += 1
    alike: dict[tuple[tuple[int, int], ...], float] = {}
    for asset, found in users.items():
        alike[tuple(found)] = alike.get(tuple(found), 0.0) + costs[asset]
    grouped = []
    for together, usd in alike.items():
        by_link: dict[int, list[int]] = {}
        for n, o in together:
            by_link.setdefault(n, []).append(o)
        grouped.append((list(by_link.values()), usd))
    return grouped


def required_links(part: Instance, admissible: Admissibility) -> set[Link]:
    """Return the links that a configuration may require, for training or for replicas."""
    found = {
        link
        for job in part.workloads.values()
        for t in range(len(part.periods))
        for peers in [possible_peers(part, job, t)]
        for mode in job.modes
        for link in possible_links(part, admissible, job, mode, t, peers)
    }
    for job in part.workloads.values():
        if job.replica is not None:
            found |= {link for link in part.links if set(link) <= set(job.campuses)}
    return found

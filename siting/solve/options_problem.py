"""Which option each link takes in each period: corridors are paid once, whoever shares them.

A linear problem, or one in whole numbers, over the options of :mod:`siting.solve.link_options`:

* each link takes one option in every period from its first on;
* a route that an option names stays named;
* what is in use at a corridor (civil works, cable, IRU upkeep) is paid once by all that use it.
  What the same routes use counts as one.

What an option pays for huts is given, and paid with the option of the first period.

Larger cables are added where they are missing: when some links together take options whose pairs on
a corridor do not fit into its cheapest cable, what the least cables for them cost besides.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np

from siting.solve.cable_costs import CableCosts
from siting.solve.highs_model import Rows, pass_rows, silent_highs
from siting.solve.larger_cables import Larger, LargerCables
from siting.solve.link_options import LinkOptions
from siting.solve.route_tracks import Asset

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MILLION = 1e6
ROUNDS = 30
"""How often rows for larger cables are looked for."""
Row = tuple[dict[int, float], float, float]
"""Coefficients by column, and the bounds of the row."""


@dataclass(frozen=True, slots=True)
class Charges:
    """What options of links pay for huts, USD present value, by link and option."""

    paid_usd: Mapping[tuple[int, int], float]
    """By one that is taken in the first period of its link."""
    back_usd: Mapping[tuple[int, int, int], float]
    """What a way alone gets back that is not alone in a period, by that."""


class OptionsProblem:
    """The choice of options, built once; what they pay for huts may change."""

    def __init__(
        self,
        links: Sequence[LinkOptions],
        weights: Sequence[float],
        cables: CableCosts,
        *,
        seed: int,
    ) -> None:
        """Build the problem.

        Args:
            links: links with their options.
            weights: what a dollar a year is worth in each period.
            cables: what larger cables cost.
            seed: random seed of the solver.
        """
        self._links, self._weights = links, weights
        self._larger: dict[tuple[int, int], int] = {}
        """By entry of own cable that several links may use and period: column of what larger ones
        cost."""
        self._costs: list[float] = []
        self._rows: list[Row] = []
        self._columns: dict[tuple[int, int, int], int] = {}
        """By link, option and period."""
        for number in range(len(links)):
            self._take_options(number)
        self.integers = len(self._costs)
        self._cables = LargerCables(links, weights, cables, self._columns)
        self._pay_corridors()
        self._first = {
            (number, o): column
            for (number, o, t), column in self._columns.items()
            if t == links[number].first
        }
        self._back = self._give_back()
        self._highs = silent_highs(random_seed=seed)
        self._pass()
        self._whole = False

    def _take_options(self, number: int) -> None:
        link = self._links[number]
        for t in range(link.first, len(self._weights)):
            here: dict[int, float] = {}
            for o, option in enumerate(link.options):
                usd = option.own_usd[t - link.first]
                if math.isfinite(usd):
                    column = self._column(usd * self._weights[t])
                    self._columns[number, o, t] = column
                    here[column] = 1.0
            self._rows.append((here, 1.0, 1.0))
            if t > link.first:
                self._keep_routes(number, t)

    def _keep_routes(self, number: int, t: int) -> None:
        for r in sorted({r for option in self._links[number].options for r in option.routes}):
            row: dict[int, float] = {}
            for o, option in enumerate(self._links[number].options):
                if r in option.routes:
                    for period, sign in ((t, 1.0), (t - 1, -1.0)):
                        if (number, o, period) in self._columns:
                            row[self._columns[number, o, period]] = sign
            self._rows.append((row, 0.0, math.inf))

    def _give_back(self) -> dict[tuple[int, int, int], int]:
        """Add, by link, way alone and period: it is taken first, with another route by then."""
        back = {}
        for number, link in enumerate(self._links):
            for alone, option in enumerate(link.options):
                first = self._columns.get((number, alone, link.first))
                if not option.equipments or first is None:
                    continue
                for t in range(link.first + 1, len(self._weights)):
                    later = [
                        self._columns[number, o, t]
                        for o, other in enumerate(link.options)
                        if other.way == option.way
                        and not other.exactly
                        and (number, o, t) in self._columns
                    ]
                    column = back[number, alone, t] = self._column(0.0)
                    self._rows.append(({first: 1.0, column: -1.0}, 0.0, math.inf))
                    self._rows.append(({**dict.fromkeys(later, 1.0), column: -1.0}, 0.0, math.inf))
        return back

    def _pay_corridors(self) -> None:
        users: dict[Asset, set[tuple[int, int]]] = {}
        costs: dict[Asset, float] = {}
        for number, link in enumerate(self._links):
            for o, option in enumerate(link.options):
                for asset, usd in link.assets(option.routes).items():
                    if usd > 0:
                        users.setdefault(asset, set()).add((number, o))
                        costs[asset] = usd
        alike: dict[frozenset[tuple[int, int]], list[Asset]] = {}
        for asset, found in users.items():
            alike.setdefault(frozenset(found), []).append(asset)
        for together, assets in alike.items():
            self._pay(together, sum(costs[asset] for asset in assets))
            self._cables.add(together, assets)

    def _pay(self, users: frozenset[tuple[int, int]], usd: float) -> None:
        by_link: dict[int, list[int]] = {}
        for number, o in sorted(users):
            by_link.setdefault(number, []).append(o)
        before: int | None = None
        first = min(self._links[number].first for number in by_link)
        for t in range(first, len(self._weights)):
            used = self._column(usd * self._weights[t])
            for number, options in by_link.items():
                row = {
                    self._columns[number, o, t]: -1.0
                    for o in options
                    if (number, o, t) in self._columns
                }
                if row:
                    self._rows.append(({used: 1.0, **row}, 0.0, math.inf))
            if before is not None:
                self._rows.append(({used: 1.0, before: -1.0}, 0.0, math.inf))
            before = used

    def _column(self, usd: float) -> int:
        self._costs.append(usd / MILLION)
        return len(self._costs) - 1

    def _pass(self) -> None:
        rows = [row for row, _, _ in self._rows]
        pass_rows(
            self._highs,
            Rows(
                costs=np.array(self._costs),
                columns=(np.zeros(len(self._costs)), np.ones(len(self._costs))),
                bounds=(
                    np.array([low for _, low, _ in self._rows]),
                    np.array([high for _, _, high in self._rows]),
                ),
                start=np.cumsum([0, *map(len, rows)]),
                index=np.array([c for row in rows for c in row], dtype=int),
                value=np.array([x for row in rows for x in row.values()]),
            ),
        )

    def relaxed(self, huts: Charges) -> tuple[float, Floats]:
        """Return the bound of the linear problem, USD, and how much of each column it takes.

        Args:
            huts: what options of links pay for huts.
        """
        self._price(huts)
        self._set_whole(whole=False)
        self._highs.run()
        statuses = highspy.HighsModelStatus
        if self._highs.getModelStatus() not in {statuses.kOptimal, statuses.kInfeasible}:
            # From the last basis it may end just short of its tolerances.
            self._highs.clearSolver()
            self._highs.run()
        nothing = np.zeros(len(self._costs))
        if self._highs.getModelStatus() == statuses.kInfeasible:
            return math.inf, nothing
        if self._highs.getModelStatus() != statuses.kOptimal:
            return 0.0, nothing
        values = np.array(self._highs.getSolution().col_value)
        return float(self._highs.getInfo().objective_function_value) * MILLION, values

    def whole(self, huts: Charges, time_limit_s: float) -> tuple[float, Floats | None]:
        """Return the bound of the problem in whole numbers, USD, and the best choice found."""
        stop = time.monotonic() + time_limit_s
        best_usd = self.tighten(huts, stop)
        best: Floats | None = None
        for _ in range(ROUNDS):
            usd, values = self._chosen(huts, stop - time.monotonic())
            if usd == math.inf:
                return math.inf, None
            best_usd, best = max(best_usd, usd), best if values is None else values
            if values is None or time.monotonic() > stop or not self._enlarge(values):
                break
        return best_usd, best

    def _chosen(self, huts: Charges, time_limit_s: float) -> tuple[float, Floats | None]:
        """Return the same with the rows for larger cables known by now."""
        self._price(huts)
        self._set_whole(whole=True)
        self._highs.setOptionValue("time_limit", max(time_limit_s, 0.05))
        self._highs.setOptionValue("mip_rel_gap", 1e-5)
        self._highs.run()
        self._highs.setOptionValue("time_limit", math.inf)
        info = self._highs.getInfo()
        if self._highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return math.inf, None
        found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        values = np.array(self._highs.getSolution().col_value) if found else None
        return float(info.mip_dual_bound) * MILLION, values

    def tighten(self, huts: Charges, stop: float) -> float:
        """Add rows for larger cables until the linear problem breaks none; return its bound, USD.

        Args:
            huts: what options of links pay for huts.
            stop: end of it, by the monotonic clock.
        """
        usd = 0.0
        for _ in range(ROUNDS):
            bound, values = self.relaxed(huts)
            usd = max(usd, bound)
            if math.isinf(bound) or time.monotonic() > stop or not self._enlarge(values):
                break
        return usd

    def _enlarge(self, values: Floats) -> bool:
        """Add the rows for larger cables that a solution breaks; return whether there were any."""
        paid = {key: float(values[column]) for key, column in self._larger.items()}
        found = list(self._cables.missing(values, paid))
        for row in found:
            self._add_larger(row)
        return bool(found)

    def _add_larger(self, row: Larger) -> None:
        larger = []
        for key in ((row.corridors, t) for t in row.periods):
            if key not in self._larger:
                self._larger[key] = self._column(MILLION)
                self._highs.addCol(1.0, 0.0, math.inf, 0, np.array([]), np.array([]))
            larger.append(self._larger[key])
        options = [c for columns in row.columns for c in columns]
        index = np.array([*larger, *options], dtype=np.int32)
        value = np.array([*(1.0 for _ in larger), *(-row.usd for _ in options)])
        low = -row.usd * (len(row.columns) - 1)
        self._highs.addRow(low, math.inf, len(index), index, value)

    def _price(self, huts: Charges) -> None:
        usd = {column: huts.paid_usd[key] for key, column in self._first.items()}
        usd |= {column: -huts.back_usd[key] for key, column in self._back.items()}
        for column, more in usd.items():
            self._highs.changeColCost(column, self._costs[column] + more / MILLION)

    def _set_whole(self, *, whole: bool) -> None:
        if whole != self._whole:
            kinds = highspy.HighsVarType
            kind = kinds.kInteger if whole else kinds.kContinuous
            for column in range(self.integers):
                self._highs.changeColIntegrality(column, kind)
            self._whole = whole

    def taken_first(self, values: Floats) -> dict[tuple[int, int], float]:
        """Return how much of each option each link takes in its first period."""
        return {key: float(values[c]) for key, c in self._first.items() if values[c] > 0}

    def given_back(self, values: Floats) -> dict[tuple[int, int, int], float]:
        """Return how much of each way alone is not alone in a period."""
        return {key: float(values[c]) for key, c in self._back.items() if values[c] > 0}

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
from siting.solve.link_options import LinkOptions
from siting.solve.route_tracks import Asset

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MILLION = 1e6
ROUNDS = 30
"""How often rows for larger cables are looked for."""
TAKEN = 0.5
MISSING = 1e-4
"""Rows for cables are added where this much is missing, M USD."""
Row = tuple[dict[int, float], float, float]
"""Coefficients by column, and the bounds of the row."""


@dataclass(frozen=True, slots=True)
class _Shared:
    """Own cable in corridors that the same routes of several links use."""

    cables: list[Asset]
    pairs: dict[int, dict[int, tuple[int, ...]]]
    """By link and option that lights one of them alone: pairs in each at least, by period."""

    @classmethod
    def of(
        cls, links: Sequence[LinkOptions], users: frozenset[tuple[int, int]], cables: list[Asset]
    ) -> _Shared:
        pairs: dict[int, dict[int, tuple[int, ...]]] = {}
        for number, o in sorted(users):
            option = links[number].options[o]
            through = [
                option.pairs[r] for r in option.pairs if cables[0] in links[number].tracks[r].shared
            ]
            if through:
                pairs.setdefault(number, {})[o] = through[0]
        return cls(cables, pairs)


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
        self._links, self._weights, self._cables = links, weights, cables
        self._shared: list[_Shared] = []
        """Own cable that several links may use."""
        self._larger: dict[tuple[int, int], int] = {}
        """By entry of these and period: column of what larger cables cost."""
        self._costs: list[float] = []
        self._rows: list[Row] = []
        self._columns: dict[tuple[int, int, int], int] = {}
        """By link, option and period."""
        for number in range(len(links)):
            self._take_options(number)
        self.integers = len(self._costs)
        self._pay_corridors()
        self._first = {
            (number, o): column
            for (number, o, t), column in self._columns.items()
            if t == links[number].first
        }
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
            cables = [asset for asset in assets if asset[0] == "cable"]
            if cables and len({number for number, _ in together}) > 1:
                self._shared.append(_Shared.of(self._links, together, cables))

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

    def relaxed(self, huts_usd: Mapping[tuple[int, int], float]) -> tuple[float, Floats]:
        """Return the bound of the linear problem, USD, and how much of each column it takes.

        Args:
            huts_usd: what each option of a link pays for huts.
        """
        self._price(huts_usd)
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

    def whole(
        self, huts_usd: Mapping[tuple[int, int], float], time_limit_s: float
    ) -> tuple[float, Floats | None]:
        """Return the bound of the problem in whole numbers, USD, and the best choice found."""
        stop = time.monotonic() + time_limit_s
        tight_usd = self.tighten(huts_usd, stop)
        self._price(huts_usd)
        self._set_whole(whole=True)
        time_limit_s = stop - time.monotonic()
        self._highs.setOptionValue("time_limit", max(time_limit_s, 0.05))
        self._highs.setOptionValue("mip_rel_gap", 1e-5)
        self._highs.run()
        self._highs.setOptionValue("time_limit", math.inf)
        info = self._highs.getInfo()
        if self._highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return math.inf, None
        found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        values = np.array(self._highs.getSolution().col_value) if found else None
        return max(float(info.mip_dual_bound) * MILLION, tight_usd), values

    def tighten(self, huts_usd: Mapping[tuple[int, int], float], stop: float) -> float:
        """Add rows for larger cables until the linear problem breaks none; return its bound, USD.

        Args:
            huts_usd: what each option of a link pays for huts.
            stop: end of it, by the monotonic clock.
        """
        usd = 0.0
        for _ in range(ROUNDS):
            bound, values = self.relaxed(huts_usd)
            usd = max(usd, bound)
            if math.isinf(bound) or time.monotonic() > stop or not self._enlarge(values):
                break
        return usd

    def _enlarge(self, values: Floats) -> bool:
        """Add the rows for larger cables that a solution breaks; return whether there were any."""
        found = False
        for number, shared in enumerate(self._shared):
            for t in range(len(self._weights)):
                found |= self._enlarge_at(number, shared, t, values)
        return found

    def _enlarge_at(self, number: int, shared: _Shared, t: int, values: Floats) -> bool:
        taken = []
        for link, options in shared.pairs.items():
            here = {
                o: pairs[t - self._links[link].first]
                for o, pairs in options.items()
                if (link, o, t) in self._columns
            }
            least = min((n for o, n in here.items() if self._value(link, o, t, values)), default=0)
            columns = [self._columns[link, o, t] for o, n in here.items() if n >= least > 0]
            share = float(values[columns].sum()) if columns else 0.0
            if share > TAKEN:
                taken.append((share, least, columns))
        taken.sort(key=lambda x: -x[0])
        column = self._larger.get((number, t))
        paid = 0.0 if column is None else float(values[column])
        best, chosen = paid + MISSING, 0
        larger = [0.0]
        shares, pairs = 0.0, 0
        for count, (share, least, _) in enumerate(taken, start=1):
            shares, pairs = shares + share, pairs + least
            larger.append(self._larger_usd(shared, pairs) * self._weights[t] / MILLION)
            if larger[count] * (shares - count + 1) > best:
                best, chosen = larger[count] * (shares - count + 1), count
        if not chosen:
            return False
        if column is None:
            column = self._larger[number, t] = self._column(MILLION)
            self._highs.addCol(1.0, 0.0, math.inf, 0, np.array([]), np.array([]))
        index = [column, *(c for _, _, columns in taken[:chosen] for c in columns)]
        usd = larger[chosen]
        row = np.array([1.0, *(-usd for _ in index[1:])])
        low = -usd * (chosen - 1)
        self._highs.addRow(low, math.inf, len(index), np.array(index, dtype=np.int32), row)
        return True

    def _value(self, link: int, option: int, t: int, values: Floats) -> bool:
        return bool(values[self._columns[link, option, t]] > MISSING)

    def _larger_usd(self, shared: _Shared, pairs: int) -> float:
        """Return what cables for so many pairs cost beside the cheapest ones, USD a year."""
        least = self._cables.least_usd
        return sum(least(asset, pairs) - least(asset, 1) for asset in shared.cables)

    def _price(self, huts_usd: Mapping[tuple[int, int], float]) -> None:
        for key, column in self._first.items():
            self._highs.changeColCost(column, self._costs[column] + huts_usd[key] / MILLION)

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

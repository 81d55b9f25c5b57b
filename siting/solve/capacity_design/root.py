"""Rows that cut the relaxation, of the modules alone and with their routing.

1. The modules alone, which is small whatever the traffic, are cut by rounded cutset rows.
2. So is the model with its routing; each of its solutions gives a metric row too, which carries
   its bound over to the modules alone, and a flow to be rounded up to a design.
3. The final model is cut by rows of flows besides (:mod:`dicuts`, :mod:`flow_cutsets`).
Then it is branched on (:mod:`trees`).
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.formulation.capacity_design import capacity_design_model
from siting.formulation.capacity_design_eased import eased_design
from siting.formulation.menus import Menu
from siting.instance.capacity_design import CapacityDesign
from siting.solve.capacity_design.candidate_sets import CandidateSets
from siting.solve.capacity_design.cutsets import Cutsets, Row
from siting.solve.capacity_design.dicuts import Dicuts
from siting.solve.capacity_design.flow_columns import FlowColumns, FlowRow
from siting.solve.capacity_design.flow_cutsets import FlowCutsets
from siting.solve.capacity_design.flow_rows import Find, FlowRows, add_flow_rows
from siting.solve.capacity_design.link_hulls import LinkHulls, has_hulls
from siting.solve.capacity_design.metric import Metrics, least_routing_cost
from siting.solve.capacity_design.module_columns import (
    add_rows,
    add_use,
    columns_of,
    modules_of,
    tolls_of,
)
from siting.solve.capacity_design.node_sets import Borders
from siting.solve.capacity_design.partitions import Partitions
from siting.solve.capacity_design.rounded_metric import RoundedMetrics
from siting.solve.capacity_design.tree import QUICK_ROWS
from siting.solve.capacity_design.unit_prices import unit_row
from siting.solve.highs import CompiledModel, Status

if TYPE_CHECKING:
    import pyomo.environ as pyo

IDLE_ROUNDS = 4
ROWS_PER_ROUND = 300
NEARLY_TIGHT = 1e-6
LITTLE, LITTLE_BEFORE = 1e-5, 2e-4
"""Gain of the bound, relative, below which rounds count as idle; where rows of flows follow."""
HULLS_LITTLE = 5e-5
"""The same, for rows of single links: the tree has them too."""
FEW_ROWS = 30
"""Where cuts give fewer, whole prices are looked for."""
VIOLATION = 1e-6
FLOWS_PAY = 0.05
"""Part of the gap that rows of flows close, at least, where they stay."""
CUTSETS_NODES = 20
"""Rows of several commodities through a cut are looked for in networks of so many nodes, where
links have fixed charges: in larger ones those of one commodity raise the bound faster."""

Array = NDArray[np.float64]
Say = Callable[[str], None]
Offer = Callable[[Array], None]
"""Takes a solution of the relaxation with its routing."""


class Root:
    """The rows of one design, and the best bound so far.

    Attributes:
        rows: of cuts and partitions.
        metric_rows: of what relaxations with their routing pay.
        flow_rows: rows of flows that hold the final relaxation.
        find: finds rows of flows; None where traffic is whole, but not on single paths.
        splits: whether demands split freely.
        constant: what routing costs at least.
        bound: what any design costs at least.
        kept: number of rows in the final model.
        is_whole: whether all that is bought is whole.
    """

    def __init__(self, design: CapacityDesign, menus: tuple[Menu, ...], seed: int) -> None:
        """Begin without rows."""
        self.design, self._menus, self.seed = design, menus, seed
        self._borders = Borders(design)
        self._cutsets = Cutsets(design, menus, self._borders)
        self._partitions = Partitions(design, menus, self._borders)
        self._rounded = RoundedMetrics(design, menus, seed)
        self._metrics = Metrics(eased_design(design), menus)
        self._rng = random.Random(seed)  # noqa: S311  # a seed, not a secret
        self._sets = CandidateSets(self._borders, self._cutsets, self._rng)
        self.rows: dict[tuple[tuple[int, ...], tuple[float, ...]], Row] = {}
        self.metric_rows: list[Row] = []
        self.flow_rows: list[FlowRow] = []
        self._values: Array | None = None
        self.constant = least_routing_cost(design)
        self.splits = design.code.routing == "C"
        self.find: Find | None = (lambda _values, _most: []) if self.splits else None
        self.bound = -math.inf
        self.kept = 0
        self.is_whole = all(block.is_whole for menu in menus for block in menu.blocks)

    def cut_modules(self, until: float, say: Say) -> None:
        """Cut the modules alone: a bound in moments, however large the routing."""
        model, compiled = self.alone()
        if any(model.BLOCKS):
            self._add_unit_row(model, compiled)
            self._cut(model, compiled, until, say, self.constant, lambda _: None)

    def _add_unit_row(self, model: pyo.ConcreteModel, compiled: CompiledModel) -> None:
        """Add the row that carries what all demands pay at the least prices of a unit."""
        row = unit_row(self.design, self._menus, np.zeros(len(columns_of(model))))
        if row is not None:
            self.metric_rows.append(row)
            add_rows(model, compiled, [row])

    def cut_routed(
        self,
        model: pyo.ConcreteModel,
        compiled: CompiledModel,
        until: float,
        say: Say,
        offer: Offer,
    ) -> bool:
        """Cut the model with its routing; return whether it is feasible."""
        add_rows(model, compiled, self.tight_rows())
        add_use(self.design, model, compiled)

        def look(values: Array) -> None:
            offer(values)
            self.add_metric(model, compiled)

        flows_follow = self.design.survival_fraction == 0 and not self._rounded.is_of_use
        little = LITTLE_BEFORE if flows_follow else LITTLE
        return self._cut(model, compiled, until, say, 0.0, look, little=little)

    def alone(self) -> tuple[pyo.ConcreteModel, CompiledModel]:
        """Return the modules alone; nobody buys for a link that is not used, or the reverse."""
        model = capacity_design_model(self.design, self._menus, is_routed=False)
        compiled = CompiledModel(model, seed=self.seed)
        charged = set(getattr(model, "CHARGED", ()))
        for e, i in model.BLOCKS:
            if e in charged:
                var = model.modules[e, i]
                compiled.add_row([(var, 1.0), (model.is_used[e], -float(var.ub))], -math.inf, 0.0)
        add_use(self.design, model, compiled)
        return model, compiled

    def modules_alone(self) -> tuple[pyo.ConcreteModel, CompiledModel]:
        """Return the modules alone with the rows of cuts that are nearly tight."""
        model, compiled = self.alone()
        add_rows(model, compiled, self.tight_rows())
        return model, compiled

    def _cut(
        self,
        model: pyo.ConcreteModel,
        compiled: CompiledModel,
        until: float,
        say: Say,
        constant: float,
        look: Offer,
        more: Callable[[Array], int] | None = None,
        little: float = LITTLE,
    ) -> bool:
        """Add rows, round by round; ``more`` adds others, returns how many, and comes first."""
        last, idle = -math.inf, 0
        while True:
            left = max(until - time.monotonic(), 1.0)
            outcome = compiled.run(time_limit_s=left, relaxed=True)
            if outcome.status is Status.INFEASIBLE:
                return False
            if outcome.status is not Status.OPTIMAL or outcome.values is None:
                return True
            gain, last = outcome.objective - last, outcome.objective
            self.bound = max(self.bound, last + constant)
            say(f"root bound {self.bound:,.2f}, {len(self.rows):,} rows")
            idle = idle + 1 if gain <= little * max(abs(last), 1.0) else 0
            self._values = modules_of(model, compiled, outcome)
            look(outcome.values)
            if idle >= IDLE_ROUNDS or time.monotonic() > until:
                return True
            others = 0 if more is None else more(outcome.values)
            fresh = []
            if self._cutsets.divisors:
                fresh = self.fresh_rows(self._values, is_quick=more is not None)
            if not fresh and not others:
                return True
            add_rows(model, compiled, fresh)

    def raise_to(self, bound: float) -> None:
        """Take a bound of any design."""
        self.bound = max(self.bound, bound)

    def look_at(self, values: Array) -> None:
        """Take the modules of a relaxation, which say what rows are tight."""
        self._values = values

    def fresh_rows(self, values: Array, *, is_quick: bool = False) -> list[Row]:
        """Return the deepest rows that are not there yet; quickly: of few sets, none of pairs."""
        most = QUICK_ROWS if is_quick else ROWS_PER_ROUND
        sets = self._sets.few(values) if is_quick else self._sets.all(values)
        rows = self._cutsets.violated(sets, values, most, is_paired=not is_quick)
        rows += self._partitions.violated(values, self._rng)
        if len(rows) < FEW_ROWS:
            rows += self._rounded.violated(values, is_quick=is_quick)
        new = {(r.columns, r.coefficients): r for r in rows}
        fresh = [r for key, r in new.items() if key not in self.rows]
        fresh.sort(key=lambda row: -row.depth)
        for row in fresh[:most]:
            self.rows[row.columns, row.coefficients] = row
        return fresh[:most]

    def add_metric(
        self, model: pyo.ConcreteModel, compiled: CompiledModel, values: Array | None = None
    ) -> Row | None:
        """Keep the row of the prices of the last relaxation with its routing."""
        prices = np.maximum(-compiled.duals(model.link_capacity.values()), 0.0)
        at = self._values if values is None else values
        prices = prices.reshape(len(self.design.links), -1)
        has_tolls = hasattr(model, "fixed_charge")
        if has_tolls and tuple(model.commodities) == self._metrics.commodities:
            row = self._metrics.row_with_tolls(prices, tolls_of(model, compiled), np.asarray(at))
        else:
            row = self._metrics.row(prices, np.asarray(at))
        if row is not None:
            self.metric_rows.append(row)
        return row

    def tight_rows(self) -> list[Row]:
        """Return the cutset rows that are nearly tight in the last relaxation."""
        if (values := self._values) is None:
            return []
        return [
            row
            for row in self.rows.values()
            if float(np.dot(row.coefficients, values[list(row.columns)]))
            <= row.least + NEARLY_TIGHT * max(1.0, abs(row.least))
        ]

    def cut_flows(
        self,
        model: pyo.ConcreteModel,
        compiled: CompiledModel,
        until: float,
        say: Say,
        offer: Offer,
        known: float = math.inf,
    ) -> None:
        """Cut the final model by rows of flows too, and keep those that hold its relaxation.

        None where they close next to nothing of the gap: nodes would take longer for it.

        Args:
            model: the model of the design.
            compiled: the final model.
            until: end of it, by the monotonic clock.
            say: hears of progress.
            offer: takes solutions of relaxations.
            known: cost of a design; infinite when there is none.
        """
        if self.design.survival_fraction > 0:
            return
        columns = FlowColumns(self.design, model, compiled)
        dicuts = Dicuts(columns).violated
        rows = FlowRows(dicuts, compiled)
        last: list[Array] = []

        def look(values: Array) -> None:
            offer(values)
            last[:] = [values]

        before = self.bound
        self._cut(model, compiled, until, say, 0.0, look, rows.add)
        if self._borders.nodes <= CUTSETS_NODES and hasattr(model, "fixed_charge"):
            is_shared = self.design.code.link == "U"
            cutsets = FlowCutsets(
                columns, self._cutsets.divisors, self.seed, is_undirected=is_shared
            )
            places = compiled.positions(columns_of(model))
            rows.find = lambda values, most: cutsets.violated(
                values, most, self._sets.for_flows(values[places])
            )
            self._cut(model, compiled, until, say, 0.0, look, rows.add)
        if has_hulls(self.design, model, compiled):
            self.find = rows.find = LinkHulls(self.design, model, compiled, columns).violated
            self._cut(model, compiled, until, say, 0.0, look, rows.add, HULLS_LITTLE)
        if self.splits:
            self.find = lambda values, most: dicuts(values, most) or rows.find(values, most)
        if last:
            gap = known - before if math.isfinite(known) else 0.0
            pays = self.bound - before >= FLOWS_PAY * gap
            self.flow_rows = rows.keep_tight(last[0] if pays else None)
            self.kept += len(self.flow_rows)

    def final(self, model: pyo.ConcreteModel) -> CompiledModel:
        """Return the model with the rows that are nearly tight at the root."""
        compiled = CompiledModel(model, seed=self.seed)
        rows = self.tight_rows()
        add_rows(model, compiled, rows)
        add_use(self.design, model, compiled)
        add_flow_rows(compiled, self.flow_rows)
        self.kept = len(rows) + len(self.flow_rows)
        return compiled

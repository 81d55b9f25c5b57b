"""Rows that cut the relaxation, of the modules alone and with their routing.

1. The modules alone, which is small whatever the traffic, are cut by rounded cutset rows.
2. So is the model with its routing; each of its solutions gives a metric row too, which carries
   its bound over to the modules alone, and a flow to be rounded up to a design.
3. The final model is cut by rows of flows besides (:mod:`dicuts`, :mod:`flow_cutsets`).
4. The modules alone are branched on (:mod:`tree`). What a node cannot route gives the next row and
   the next design.
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
from siting.solve.capacity_design.flow_rows import FlowRows, add_flow_rows
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
from siting.solve.capacity_design.path_tree import tree_of_paths
from siting.solve.capacity_design.projection import Projection
from siting.solve.capacity_design.relaxation import Relaxation
from siting.solve.capacity_design.rounded_metric import RoundedMetrics
from siting.solve.capacity_design.tree import RowsOf, Tree
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
QUICK_ROWS = 60
"""New rows in a node of a tree, at most."""
VIOLATION = 1e-6
FLOWS_PAY = 0.05
"""Part of the gap that rows of flows close, at least, where they stay."""
CUTSETS_NODES = 20
"""Rows of several commodities through a cut are looked for in networks of so many nodes, where
links have fixed charges: in larger ones those of one commodity raise the bound faster."""
ROUTING_S = 60.0

Array = NDArray[np.float64]
Say = Callable[[str], None]
Offer = Callable[[Array], None]
"""Takes a solution of the relaxation with its routing."""


class Root:
    """The rows of one design, and the best bound so far."""

    def __init__(self, design: CapacityDesign, menus: tuple[Menu, ...], seed: int) -> None:
        """Begin without rows."""
        self._design, self._menus, self._seed = design, menus, seed
        self._borders = Borders(design)
        self._cutsets = Cutsets(design, menus, self._borders)
        self._partitions = Partitions(design, menus, self._borders)
        self._rounded = RoundedMetrics(design, menus, seed)
        self._metrics = Metrics(eased_design(design), menus)
        self._rng = random.Random(seed)  # noqa: S311  # a seed, not a secret
        self._sets = CandidateSets(self._borders, self._cutsets, self._rng)
        self._rows: dict[tuple[tuple[int, ...], tuple[float, ...]], Row] = {}
        self._metric_rows: list[Row] = []
        self._flow_rows: list[FlowRow] = []
        self._values: Array | None = None
        self._constant = least_routing_cost(design)
        self._hulls: LinkHulls | None = None
        self.bound = -math.inf
        self.kept = 0
        self.is_whole = all(block.is_whole for menu in menus for block in menu.blocks)

    def cut_modules(self, until: float, say: Say) -> None:
        """Cut the modules alone: a bound in moments, however large the routing."""
        model, compiled = self._alone()
        if any(model.BLOCKS):
            self._add_unit_row(model, compiled)
            self._cut(model, compiled, until, say, self._constant, lambda _: None)

    def _add_unit_row(self, model: pyo.ConcreteModel, compiled: CompiledModel) -> None:
        """Add the row that carries what all demands pay at the least prices of a unit."""
        row = unit_row(self._design, self._menus, np.zeros(len(columns_of(model))))
        if row is not None:
            self._metric_rows.append(row)
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
        add_use(self._design, model, compiled)

        def look(values: Array) -> None:
            offer(values)
            self._add_metric(model, compiled)

        flows_follow = self._design.survival_fraction == 0 and not self._rounded.is_of_use
        little = LITTLE_BEFORE if flows_follow else LITTLE
        return self._cut(model, compiled, until, say, 0.0, look, little=little)

    def _alone(self) -> tuple[pyo.ConcreteModel, CompiledModel]:
        """Return the modules alone; nobody buys for a link that is not used, or the reverse."""
        model = capacity_design_model(self._design, self._menus, is_routed=False)
        compiled = CompiledModel(model, seed=self._seed)
        charged = set(getattr(model, "CHARGED", ()))
        for e, i in model.BLOCKS:
            if e in charged:
                var = model.modules[e, i]
                compiled.add_row([(var, 1.0), (model.is_used[e], -float(var.ub))], -math.inf, 0.0)
        add_use(self._design, model, compiled)
        return model, compiled

    def modules_alone(self) -> tuple[pyo.ConcreteModel, CompiledModel]:
        """Return the modules alone with the rows of cuts that are nearly tight."""
        model, compiled = self._alone()
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
            say(f"root bound {self.bound:,.2f}, {len(self._rows)} rows")
            idle = idle + 1 if gain <= little * max(abs(last), 1.0) else 0
            self._values = modules_of(model, compiled, outcome)
            look(outcome.values)
            if idle >= IDLE_ROUNDS or time.monotonic() > until:
                return True
            others = 0 if more is None else more(outcome.values)
            fresh = []
            if self._cutsets.divisors:
                fresh = self._fresh_rows(self._values, is_quick=more is not None)
            if not fresh and not others:
                return True
            add_rows(model, compiled, fresh)

    def _fresh_rows(self, values: Array, *, is_quick: bool = False) -> list[Row]:
        """Return the deepest rows that are not there yet; quickly: of few sets, none of pairs."""
        most = QUICK_ROWS if is_quick else ROWS_PER_ROUND
        sets = self._sets.few(values) if is_quick else self._sets.all(values)
        rows = self._cutsets.violated(sets, values, most, is_paired=not is_quick)
        rows += self._partitions.violated(values, self._rng)
        if len(rows) < FEW_ROWS:
            rows += self._rounded.violated(values, is_quick=is_quick)
        new = {(r.columns, r.coefficients): r for r in rows}
        fresh = [r for key, r in new.items() if key not in self._rows]
        fresh.sort(key=lambda row: -row.depth)
        for row in fresh[:most]:
            self._rows[row.columns, row.coefficients] = row
        return fresh[:most]

    def tree(self, model: pyo.ConcreteModel | None, offer: Offer) -> Tree | None:
        """Return the tree of the modules alone; None where they are no whole problem of their own.

        Args:
            model: the design with its routing, or eased; none when that is too large.
            offer: takes the flows that come of routing what nodes buy.
        """
        alone, whole = self._alone()
        places = whole.positions(columns_of(alone))
        route = None if model is None else self._route(model, offer)
        if (places < 0).any() or (model is not None and route is None):
            return None
        relaxation = Relaxation(whole, places)
        relaxation.keep([*self._rows.values(), *self._metric_rows])
        return Tree(
            relaxation,
            whole.integer,
            whole.offset + self._constant,
            lambda values: self._fresh_rows(values[places], is_quick=True),
            lambda values: [] if route is None else route(values[places]),
        )

    def tree_of_paths(self, model: pyo.ConcreteModel, offer: Offer) -> Tree | None:
        """Return the tree of all columns, where each demand keeps to one path; None where not."""
        if self._hulls is None:
            return None
        return tree_of_paths(self.final(model), self._hulls, offer)

    def _route(self, model: pyo.ConcreteModel, offer: Offer) -> RowsOf | None:
        """Return what finds the row of modules that cannot be routed; None if some are no columns.

        It offers what they need besides. Where routing costs nothing its row is that of all rows,
        with those of flows, else a metric row.
        """
        compiled = CompiledModel(model, seed=self._seed)
        where = compiled.positions(columns_of(model)).astype(np.int32)
        most = np.array([float(var.ub) for var in columns_of(model)])
        if (where < 0).any():
            return None
        add_flow_rows(compiled, self._flow_rows)
        is_free = not any(link.routing_cost for link in self._design.links)
        projection = Projection(compiled, where) if is_free else None

        def route(values: Array) -> list[Row]:
            least = np.clip(values, 0.0, most)
            compiled.solver.changeColsBounds(len(where), where, least, most)
            found = compiled.run(time_limit_s=ROUTING_S, relaxed=True)
            if found.status is not Status.OPTIMAL or found.values is None:
                return []
            offer(found.values)
            if projection is None:
                row = self._add_metric(model, compiled, values)
            else:
                row = projection.row(np.array(compiled.solver.getSolution().row_dual), values)
            return [] if row is None or row.violation <= VIOLATION else [row]

        return route

    def _add_metric(
        self, model: pyo.ConcreteModel, compiled: CompiledModel, values: Array | None = None
    ) -> Row | None:
        """Keep the row of the prices of the last relaxation with its routing."""
        prices = np.maximum(-compiled.duals(model.link_capacity.values()), 0.0)
        at = self._values if values is None else values
        prices = prices.reshape(len(self._design.links), -1)
        has_tolls = hasattr(model, "fixed_charge")
        if has_tolls and tuple(model.commodities) == self._metrics.commodities:
            row = self._metrics.row_with_tolls(prices, tolls_of(model, compiled), np.asarray(at))
        else:
            row = self._metrics.row(prices, np.asarray(at))
        if row is not None:
            self._metric_rows.append(row)
        return row

    def tight_rows(self) -> list[Row]:
        """Return the cutset rows that are nearly tight in the last relaxation."""
        if (values := self._values) is None:
            return []
        return [
            row
            for row in self._rows.values()
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
        if self._design.survival_fraction > 0:
            return
        columns = FlowColumns(self._design, model, compiled)
        rows = FlowRows(Dicuts(columns).violated, compiled)
        last: list[Array] = []

        def look(values: Array) -> None:
            offer(values)
            last[:] = [values]

        before = self.bound
        self._cut(model, compiled, until, say, 0.0, look, rows.add)
        if self._borders.nodes <= CUTSETS_NODES and hasattr(model, "fixed_charge"):
            is_shared = self._design.code.link == "U"
            cutsets = FlowCutsets(
                columns, self._cutsets.divisors, self._seed, is_undirected=is_shared
            )
            rows.find = lambda values, most: cutsets.violated(
                values, most, self._sets.for_flows(np.asarray(self._values))
            )
            self._cut(model, compiled, until, say, 0.0, look, rows.add)
        if has_hulls(self._design, model, compiled):
            self._hulls = LinkHulls(self._design, model, compiled, columns)
            rows.find = self._hulls.violated
            self._cut(model, compiled, until, say, 0.0, look, rows.add, HULLS_LITTLE)
        if last:
            gap = known - before if math.isfinite(known) else 0.0
            pays = self.bound - before >= FLOWS_PAY * gap
            self._flow_rows = rows.keep_tight(last[0] if pays else None)
            self.kept += len(self._flow_rows)

    def final(self, model: pyo.ConcreteModel) -> CompiledModel:
        """Return the model with the rows that are nearly tight at the root."""
        compiled = CompiledModel(model, seed=self._seed)
        rows = self.tight_rows()
        add_rows(model, compiled, rows)
        add_use(self._design, model, compiled)
        add_flow_rows(compiled, self._flow_rows)
        self.kept = len(rows) + len(self._flow_rows)
        return compiled

"""The trees of one design, made of the rows that were found at its root.

That of the modules alone (:mod:`tree`) has small problems; what a node cannot route gives the next
row and the next design. That of the whole model (:mod:`whole_tree`) has the routing in each node.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.solve.capacity_design.cutsets import Row
from siting.solve.capacity_design.flow_rows import add_flow_rows
from siting.solve.capacity_design.module_columns import columns_of
from siting.solve.capacity_design.projection import Projection
from siting.solve.capacity_design.relaxation import Relaxation
from siting.solve.capacity_design.root import VIOLATION, Offer, Root
from siting.solve.capacity_design.route_columns import RouteColumns
from siting.solve.capacity_design.route_mix import TakesRoutes
from siting.solve.capacity_design.route_relaxation import RouteModules
from siting.solve.capacity_design.route_traffic import has_route_traffic
from siting.solve.capacity_design.tree import Effort, RowsOf, Tree
from siting.solve.capacity_design.whole_tree import whole_tree
from siting.solve.highs import CompiledModel, Status

if TYPE_CHECKING:
    import pyomo.environ as pyo

MOST_COLUMNS, COLUMNS_A_SECOND = 12_000, 200
"""Of models that are branched on as a whole; where traffic splits, for each second of the time."""
ROUTING_S = 60.0
ROUTES = Effort(tried=12, without_gain=4, reliable=2, dives_share=0.1)
"""Most dives are made beside the tree (:mod:`route_dives`)."""

Array = NDArray[np.float64]


def modules_tree(root: Root, model: pyo.ConcreteModel | None, offer: Offer) -> Tree | None:
    """Return the tree of the modules alone; None where they are no whole problem of their own.

    Args:
        root: of the design, cut.
        model: the design with its routing, or eased; none when that is too large.
        offer: takes the flows that come of routing what nodes buy.
    """
    alone, whole = root.alone()
    places = whole.positions(columns_of(alone))
    route = None if model is None else _route(root, model, offer)
    if (places < 0).any() or (model is not None and route is None):
        return None
    relaxation = Relaxation(whole, places)
    relaxation.keep([*root.rows.values(), *root.metric_rows])
    find = news(root)
    return Tree(
        relaxation,
        whole.offset + root.constant,
        lambda values: find(values[places]),
        lambda values: [] if route is None else route(values[places]),
    )


def tree_of_all(
    root: Root, model: pyo.ConcreteModel, offer: Offer, left_s: float = math.inf
) -> Tree | None:
    """Return the tree of all columns; None where they are too many, or flows whole but no paths.

    Args:
        root: of the design, cut.
        model: the design with its routing.
        offer: takes solutions.
        left_s: time that is left.
    """
    if root.find is None:
        return None
    compiled = root.final(model)
    places = compiled.positions(columns_of(model))
    most = min(MOST_COLUMNS, COLUMNS_A_SECOND * left_s) if root.splits else MOST_COLUMNS
    if compiled.size[1] > most or (places < 0).any() or not compiled.integer.any():
        return None
    if not root.splits:
        return whole_tree(compiled, root.find, None, offer)
    find = news(root, 0)

    def modules(values: Array) -> list[Row]:
        return [
            Row(tuple(places[list(row.columns)].tolist()), row.coefficients, row.least, 0.0)
            for row in find(values[places])
        ]

    return whole_tree(compiled, root.find, modules, offer)


def routes_survive(root: Root) -> bool:
    """Return whether demands split into routes that survive and cost nothing, and all is whole."""
    return root.is_whole and has_route_traffic(root.design)


def routes_tree(root: Root, made: RouteModules, offer: TakesRoutes) -> Tree:
    """Return the tree of modules and routes.

    Args:
        root: of the design, cut, that has routes.
        made: its modules with routes.
        offer: takes the routes of whole solutions.
    """
    _, whole, places, relaxation = made
    relaxation.keep([*root.rows.values(), *root.metric_rows])
    find = news(root)

    def design(_: Array) -> list[Row]:
        offer(relaxation.mix)
        return []

    find_rows = lambda values: find(values[places])  # noqa: E731
    return Tree(relaxation, whole.offset + root.constant, find_rows, design, ROUTES)


def in_flows(
    root: Root, model: pyo.ConcreteModel, compiled: CompiledModel, offer: Offer
) -> TakesRoutes:
    """Return what takes routes, and offers their flows as values of all columns of a model."""
    columns = RouteColumns(root.design, model, compiled)
    return lambda mix: offer(columns.values(mix.by_arc()))


def news(root: Root, known: int | None = None) -> RowsOf:
    """Return what looks for rows about modules, and gives all that were found since.

    Other trees of the design look for such rows too.

    Args:
        root: of the design.
        known: how many are known at the beginning; all when not given.
    """
    seen = [len(root.rows) if known is None else known]

    def find(values: Array) -> list[Row]:
        root.fresh_rows(values, is_quick=True)
        rows = list(root.rows.values())[seen[0] :]
        seen[0] += len(rows)
        return rows

    return find


def _route(root: Root, model: pyo.ConcreteModel, offer: Offer) -> RowsOf | None:
    """Return what finds the row of modules that cannot be routed; None if some are no columns.

    It offers what they need besides. Where routing costs nothing its row is that of all rows,
    with those of flows, else a metric row.
    """
    compiled = CompiledModel(model, seed=root.seed)
    where = compiled.positions(columns_of(model)).astype(np.int32)
    most = np.array([float(var.ub) for var in columns_of(model)])
    if (where < 0).any():
        return None
    add_flow_rows(compiled, root.flow_rows)
    is_free = not any(link.routing_cost for link in root.design.links)
    projection = Projection(compiled, where) if is_free else None

    def route(values: Array) -> list[Row]:
        least = np.clip(values, 0.0, most)
        compiled.solver.changeColsBounds(len(where), where, least, most)
        found = compiled.run(time_limit_s=ROUTING_S, relaxed=True)
        if found.status is not Status.OPTIMAL or found.values is None:
            return []
        offer(found.values)
        if projection is None:
            row = root.add_metric(model, compiled, values)
        else:
            row = projection.row(np.array(compiled.solver.getSolution().row_dual), values)
        return [] if row is None or row.violation <= VIOLATION else [row]

    return route

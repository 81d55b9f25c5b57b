"""Cheapest tree that connects given sites, grown from one of them (directed cuts).

| symbol | component | unit | meaning |
|---|---|---|---|
| y_a | uses | - | arc a is in the tree, away from the root |

For every node set W without the root that holds a terminal: ``sum_{a into W} y_a >= 1``. There
are too many such rows to write; the solver is given those that a solution violates. Static: one arc
into a terminal, at most one into any other node, none without one out, and an edge at most one
way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import pyomo.environ as pyo

Arc = tuple[int, int]


def steiner_model(
    costs: Mapping[Arc, float], root: int, terminals: Iterable[int]
) -> pyo.ConcreteModel:
    """Return the model without cut rows.

    Args:
        costs: cost of every arc that may be used.
        root: the terminal from which the tree grows.
        terminals: the other nodes to reach.
    """
    m = pyo.ConcreteModel()
    wanted = set(terminals) - {root}
    m.ARCS = pyo.Set(initialize=sorted(a for a in costs if a[1] != root), dimen=2)
    m.uses = pyo.Var(m.ARCS, domain=pyo.Binary)
    into: dict[int, list[Arc]] = defaultdict(list)
    out: dict[int, list[Arc]] = defaultdict(list)
    for a in m.ARCS:
        into[a[1]].append(a)
        out[a[0]].append(a)
    m.entering = pyo.ConstraintList()
    m.leaving = pyo.ConstraintList()
    m.one_way = pyo.ConstraintList()
    for node, arcs in sorted(into.items()):
        entering = pyo.quicksum(m.uses[a] for a in arcs)
        if node in wanted:
            m.entering.add(entering == 1)
            continue
        m.entering.add(entering <= 1)
        m.leaving.add(entering <= pyo.quicksum(m.uses[a] for a in out[node]))
        for a in out[node]:
            back = [m.uses[b] for b in arcs if b != (a[1], a[0])]
            m.one_way.add(m.uses[a] <= pyo.quicksum(back))
    for u, v in m.ARCS:
        if u < v and (v, u) in m.ARCS and u in wanted and v in wanted:
            m.one_way.add(m.uses[u, v] + m.uses[v, u] <= 1)
    m.total_cost = pyo.Objective(expr=pyo.quicksum(costs[a] * m.uses[a] for a in m.ARCS))
    return m

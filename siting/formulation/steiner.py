"""Cheapest tree that connects given sites, grown from one of them (flows to each of the others).

| symbol | component | unit | meaning |
|---|---|---|---|
| y_a | uses | - | arc a is in the tree, away from the root |
| f_ka | flow | - | arc a is on the way from the root to terminal k |

One unit runs from the root to every other terminal, ``0 <= f_ka <= y_a``. Its relaxation is as good
as that of the cuts that the method uses: ``sum_{a into W} y_a >= 1`` for every node set W without
the root that holds a terminal (max-flow, min-cut).
"""

from __future__ import annotations

from collections import defaultdict

import pyomo.environ as pyo

from siting.instance.steiner import SteinerProblem

Arc = tuple[int, int]
MOST_FLOWS = 2_000_000
"""Flows, of arcs times terminals, that are still written."""


def flows_of(problem: SteinerProblem) -> int:
    """Return how many flows the model has."""
    return 2 * len(problem.edges) * (len(set(problem.terminals)) - 1)


def steiner_model(problem: SteinerProblem) -> pyo.ConcreteModel:
    """Return the model; the root is the first terminal, of parallel edges the cheapest counts."""
    m = pyo.ConcreteModel()
    root, *others = dict.fromkeys(problem.terminals)
    costs: dict[Arc, float] = {}
    for u, v, weight in problem.edges:
        for arc in ((u, v), (v, u)):
            if u != v and arc[1] != root and weight < costs.get(arc, float("inf")):
                costs[arc] = weight
    m.ARCS = pyo.Set(initialize=sorted(costs), dimen=2)
    m.TERMINALS = pyo.Set(initialize=sorted(others))
    m.uses = pyo.Var(m.ARCS, domain=pyo.Binary)
    m.flow = pyo.Var(m.TERMINALS, m.ARCS, bounds=(0, 1))
    into: dict[int, list[Arc]] = defaultdict(list)
    out: dict[int, list[Arc]] = defaultdict(list)
    for a in m.ARCS:
        into[a[1]].append(a)
        out[a[0]].append(a)
    nodes = sorted({*into, *out, *others} - {root})
    m.NODES = pyo.Set(initialize=nodes)

    def conserved(m: pyo.ConcreteModel, k: int, node: int) -> object:
        come = pyo.quicksum(m.flow[k, a] for a in into[node])
        go = pyo.quicksum(m.flow[k, a] for a in out[node])
        if not into[node] and not out[node]:
            return pyo.Constraint.Infeasible if node == k else pyo.Constraint.Skip
        return come - go == (1 if node == k else 0)

    m.conserved = pyo.Constraint(m.TERMINALS, m.NODES, rule=conserved)
    m.carried = pyo.Constraint(
        m.TERMINALS, m.ARCS, rule=lambda m, k, u, v: m.flow[k, u, v] <= m.uses[u, v]
    )
    m.total_cost = pyo.Objective(expr=pyo.quicksum(costs[a] * m.uses[a] for a in m.ARCS))
    return m

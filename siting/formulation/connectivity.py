"""Strengthening: a required link is connected twice, so two units of flow cross its corridors.

Every corridor may fail. If the lit routes of a link survive each such failure, no corridor
separates its campuses in the union of their corridors, so that union holds two corridor-disjoint
paths (Menger). A flow of two units (one unit without protection), at most one on each corridor in
use, therefore exists: it cuts off points in which many routes are each lit a little. A link whose
traffic may go the other way round a ring has one unit. Removing the block changes no optimum.

| symbol | component | unit | meaning |
|---|---|---|---|
| f_ltea | flow | - | flow of link l on corridor e in direction a |
| f_ltv | wave_flow | - | flow of link l on leased waves v |
"""

from __future__ import annotations

from dataclasses import dataclass

import pyomo.environ as pyo

from siting.formulation.fiber import own_in_use
from siting.formulation.requirements import Requirement, Requirements
from siting.formulation.sides import on_the_way_round
from siting.formulation.sums import sum_of, weighted_sum
from siting.formulation.training import Link
from siting.instance import Instance

OWN = "own"


@dataclass(frozen=True, slots=True)
class _LinkGraph:
    """Corridors of the candidate routes of a link, with ends by position along a route."""

    corridors: dict[str, tuple[str, str]]
    supplies: dict[str, frozenset[str]]
    source: str
    target: str


def connectivity_block(
    instance: Instance, requirements: Requirements, routes: pyo.Block, fiber: pyo.Block
) -> pyo.Block:
    """Return the block of connectivity flows."""
    b = pyo.Block(concrete=True)
    graphs = {link: _graph(instance, routes, link) for link in {k for k, _ in requirements}}
    waves: dict[Link, list[str]] = {}
    for v in routes.WAVES:
        waves.setdefault(instance.wave_routes[v].link, []).append(v)
    keys = sorted(requirements)
    b.FLOWS = pyo.Set(
        initialize=[
            (*link, t, e, way) for link, t in keys for e in graphs[link].corridors for way in (0, 1)
        ],
        dimen=5,
    )
    b.WAVE_FLOWS = pyo.Set(
        initialize=[(*link, t, v) for link, t in keys for v in waves.get(link, [])], dimen=4
    )
    b.flow = pyo.Var(b.FLOWS, bounds=(0, 1))
    b.wave_flow = pyo.Var(b.WAVE_FLOWS, bounds=(0, 1))
    b.EDGES = pyo.Set(
        initialize=[(*link, t, e) for link, t in keys for e in graphs[link].corridors], dimen=4
    )

    @b.Constraint(b.EDGES)
    def flow_in_use(b: pyo.Block, i: str, j: str, t: int, e: str) -> pyo.Expression:
        used = sum(
            own_in_use(instance, fiber, e, t) if supply == OWN else fiber.holds_iru[e, t]
            for supply in sorted(graphs[i, j].supplies[e])
        )
        return sum_of(b.flow[i, j, t, e, way] for way in (0, 1)) <= used

    @b.Constraint(b.WAVE_FLOWS)
    def wave_in_use(b: pyo.Block, i: str, j: str, t: int, v: str) -> pyo.Expression:
        return b.wave_flow[i, j, t, v] <= routes.waves[v, t]

    b.flow_balance = pyo.ConstraintList()
    for link, t in keys:
        _balance(b, instance, graphs[link], requirements[link, t], link, t, waves.get(link, []))
    return b


def _balance(
    b: pyo.Block,
    instance: Instance,
    graph: _LinkGraph,
    items: tuple[Requirement, ...],
    link: Link,
    t: int,
    waves: list[str],
) -> None:
    """Flow leaves the first campus and is conserved; of several workloads each asks alone."""
    out: dict[str, list[tuple[float, pyo.Var]]] = {}
    for e, (u, v) in graph.corridors.items():
        for way, (tail, head) in enumerate(((u, v), (v, u))):
            var = b.flow[(*link, t, e, way)]
            out.setdefault(tail, []).append((1.0, var))
            out.setdefault(head, []).append((-1.0, var))
    for v in waves:
        var = b.wave_flow[(*link, t, v)]
        out.setdefault(graph.source, []).append((1.0, var))
        out.setdefault(graph.target, []).append((-1.0, var))
    for node, terms in sorted(out.items()):
        total = weighted_sum(terms)
        if node == graph.source:
            for item in items:
                alone = item.survival_fraction > 0 and not on_the_way_round(instance, item)
                b.flow_balance.add(total >= (2.0 if alone else 1.0) * item.is_required)
        elif node != graph.target:
            b.flow_balance.add(total == 0)


def _graph(instance: Instance, routes: pyo.Block, link: Link) -> _LinkGraph:
    """Return the corridors of a link's routes; nodes are named by the corridors that meet there."""
    corridors: dict[str, tuple[str, str]] = {}
    supplies: dict[str, set[str]] = {}
    for r in routes.ROUTES:
        route = instance.fiber_routes[r]
        if route.link != link:
            continue
        for index, (e, supply) in enumerate(zip(route.corridors, route.supply, strict=True)):
            corridors[e] = (route.nodes[index], route.nodes[index + 1])
            supplies.setdefault(e, set()).add(OWN if supply == OWN else "iru")
    return _LinkGraph(corridors, {e: frozenset(s) for e, s in supplies.items()}, link[0], link[1])

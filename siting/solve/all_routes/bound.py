"""The bound over all routes, and promising ones: the sum over periods apart."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from siting.formulation.requirements import Requirement, Requirements
from siting.instance import Instance
from siting.instance.records_graph import Proposal, RouteGraph
from siting.solve.all_routes.generation import Generated, generate
from siting.solve.all_routes.period import period_problem

Link = tuple[str, str]


@dataclass(frozen=True, slots=True)
class AllRoutes:
    """What is known of the network over every route of the map."""

    bound_usd: float
    """Lower bound of its present value."""
    proposals: Mapping[Link, list[Proposal]] = field(default_factory=dict)
    """Promising paths of links, the best first."""


def all_routes(instance: Instance, requirements: Requirements, *, time_limit_s: float) -> AllRoutes:
    """Bound the network over every route, and find promising ones.

    Args:
        instance: the instance, with its route graph.
        requirements: what each link must carry in each period.
        time_limit_s: wall time, s; every period gets one round at least.
    """
    graph = instance.graph
    if graph is None or not requirements:
        return AllRoutes(0.0)
    deadline = time.monotonic() + time_limit_s
    asked: dict[int, dict[Link, tuple[Requirement, ...]]] = {}
    for (link, t), items in requirements.items():
        asked.setdefault(t, {})[link] = items
    weights: dict[object, float] = {}
    first: dict[object, int] = {}
    for t in sorted(asked, reverse=True):
        key: object = (frozenset(asked[t].items()), _in_service(graph, t))
        weights[key] = weights.get(key, 0.0) + instance.periods[t].weight
        first.setdefault(key, t)
    total = 0.0
    paths: dict[Link, dict[Proposal, None]] = {}
    # The fullest first: it may take most of the time.
    order = sorted(weights, key=lambda key: (-len(asked[first[key]]), -weights[key], -first[key]))
    earlier: Generated | None = None
    for done, key in enumerate(order):
        t = first[key]
        left_s = max(deadline - time.monotonic(), 0.0)
        sizes = [len(asked[first[k]]) * weights[k] for k in order[done:]]
        stop = time.monotonic() + left_s * sizes[0] / sum(sizes)
        problem = period_problem(instance, graph, asked[t], t)
        if problem is None:
            continue
        earlier = found = generate(problem, stop, earlier)
        total += weights[key] * found.bound_usd
        for number, route in found.promising:
            edges = problem.links[number].edges[list(route.way.edges)]
            path = tuple(graph.edges[edge].corridor.id for edge in edges)
            proposal = Proposal(path, is_own=all(route.own))
            paths.setdefault(problem.names[number], {})[proposal] = None
    return AllRoutes(total, {link: list(known) for link, known in paths.items()})


def _in_service(graph: RouteGraph, t: int) -> object:
    """Return what makes two periods alike: dates passed, and what stands."""
    dates = {
        d for e in graph.edges for d in (e.corridor.build_first_period, e.corridor.iru_first_period)
    }
    dates |= {kind.first_period for kind in graph.kinds}
    retired = frozenset(
        e.corridor.id for e in graph.edges if e.corridor.stands and e.corridor.stands[t]
    )
    return frozenset(d for d in dates if d <= t), retired

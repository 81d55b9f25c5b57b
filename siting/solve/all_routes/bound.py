"""The bound of a network over all routes, and promising ones."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.instance.records_graph import Proposal, RouteGraph
from siting.solve.all_routes.ascent import Ascent
from siting.solve.all_routes.generation import Generated, generate
from siting.solve.all_routes.horizon import horizon_problem
from siting.solve.all_routes.network_problem import NetworkProblem
from siting.solve.all_routes.wide import can_be_wide

Link = tuple[str, str]
ASCENT_SHARE, WIDE_ASCENT_SHARE = 0.6, 0.85
"""Shares of the time for steps without a linear problem; on the map of a continent."""


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
    search = RouteGeneration(instance, requirements)
    search.go_on(time_limit_s)
    return search.found()


class RouteGeneration:
    """Routes generated for the links of all periods together."""

    def __init__(self, instance: Instance, requirements: Requirements) -> None:
        """Take the network; nothing is generated yet.

        Args:
            instance: the instance, with its route graph.
            requirements: what each link must carry in each period.
        """
        self._instance, self._requirements = instance, requirements
        self._problem: NetworkProblem | None = None
        self._ascent: Ascent | None = None
        self._generated: Generated | None = None
        self._bound_usd = 0.0
        self._paths: dict[Link, dict[Proposal, None]] = {}

    def found(self) -> AllRoutes:
        """Return what is known by now."""
        return AllRoutes(self._bound_usd, {link: list(x) for link, x in self._paths.items()})

    def go_on(self, time_limit_s: float) -> None:
        """Bound the network, from where it stands, and look for routes on the way.

        The first time the linear problem begins at once, except on the map of a continent: it finds
        more routes.

        Args:
            time_limit_s: wall time, s; there is one round at least.
        """
        stop = time.monotonic() + time_limit_s
        if self._problem is None:
            self._problem = horizon_problem(self._instance, self._requirements, stop)
        graph = self._instance.graph
        if self._problem is None or graph is None:
            return
        is_wide = not can_be_wide(self._instance)
        if is_wide or self._generated is not None:
            share = WIDE_ASCENT_SHARE if is_wide else ASCENT_SHARE
            self._ascend(self._problem, time.monotonic() + share * (stop - time.monotonic()))
        self._generated = generate(self._problem, stop, self._generated)
        self._bound_usd = max(self._bound_usd, self._generated.bound_usd)
        self._propose(graph, self._generated)

    def prepare(self, stop: float, is_wanted: Callable[[], bool]) -> None:
        """Look for better shares as long as that is wanted; the bound stays that of before."""
        if self._ascent is not None:
            self._ascent.go_on(stop, is_wanted)

    def _ascend(self, problem: NetworkProblem, stop: float) -> None:
        """Improve shares by steps; what is generated then begins where they are best."""
        if self._ascent is None:
            self._ascent = Ascent(problem)
        ascent, known = self._ascent, self._generated
        ascent.go_on(stop)
        if math.isfinite(ascent.best_usd):
            routes = [*ascent.routes, *([] if known is None else known.known)]
            if known is None or ascent.best_usd > known.bound_usd:
                usd, best = ascent.best_usd, ascent.best
            else:
                usd, best = known.bound_usd, known.multipliers
            self._generated = Generated(problem, usd, best, routes, [], is_cut=False)

    def _propose(self, graph: RouteGraph, generated: Generated) -> None:
        problem = generated.problem
        for number, route in generated.promising:
            edges = problem.links[number].edges[list(route.way.edges)]
            path = tuple(graph.edges[edge].corridor.id for edge in edges)
            proposal = Proposal(path, is_own=all(route.own))
            self._paths.setdefault(problem.names[number], {})[proposal] = None

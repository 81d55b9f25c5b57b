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
    search = RouteGeneration(instance, requirements)
    search.go_on(time_limit_s)
    return search.found()


class RouteGeneration:
    """Routes generated period by period, the fullest period first."""

    def __init__(self, instance: Instance, requirements: Requirements) -> None:
        """Order the periods; nothing is generated yet.

        Args:
            instance: the instance, with its route graph.
            requirements: what each link must carry in each period.
        """
        self._instance = instance
        self._asked: dict[int, dict[Link, tuple[Requirement, ...]]] = {}
        self._periods: list[tuple[int, float]] = []
        """Each with its weight, or that of all alike."""
        self._bounds_usd: dict[int, float] = {}
        self._paths: dict[Link, dict[Proposal, None]] = {}
        self._fullest: Generated | None = None
        if instance.graph is None:
            return
        for (link, t), items in requirements.items():
            self._asked.setdefault(t, {})[link] = items
        alike: dict[object, tuple[int, float]] = {}
        for t in sorted(self._asked, reverse=True):
            key: object = (frozenset(self._asked[t].items()), _in_service(instance.graph, t))
            last, weight = alike.get(key, (t, 0.0))
            alike[key] = last, weight + instance.periods[t].weight
        # The fullest first: it may take most of the time.
        self._periods = sorted(
            alike.values(), key=lambda x: (-len(self._asked[x[0]]), -x[1], -x[0])
        )

    def found(self) -> AllRoutes:
        """Return what the periods done give; those to come may cost nothing."""
        total = sum(weight * self._bounds_usd.get(t, 0.0) for t, weight in self._periods)
        return AllRoutes(total, {link: list(some) for link, some in self._paths.items()})

    def begin(self, time_limit_s: float) -> None:
        """Look for routes of the fullest period alone, for a network soon."""
        for t, _ in self._periods[:1]:
            self._fullest = self._generate(t, time.monotonic() + time_limit_s, None)

    def go_on(self, time_limit_s: float) -> None:
        """Bound every period, the fullest from where it stands.

        Not where a round is too long, for demands of dozens of pairs on a continent: the periods
        that are left count nothing.

        Args:
            time_limit_s: wall time, s; every period gets one round at least.
        """
        deadline = time.monotonic() + time_limit_s
        earlier = self._fullest
        for done, (t, _) in enumerate(self._periods):
            if earlier is not None and earlier.is_cut:
                return
            left_s = max(deadline - time.monotonic(), 0.0)
            sizes = [len(self._asked[s]) * weight for s, weight in self._periods[done:]]
            stop = time.monotonic() + left_s * sizes[0] / sum(sizes)
            earlier = self._generate(t, stop, earlier) or earlier

    def _generate(self, t: int, stop: float, earlier: Generated | None) -> Generated | None:
        graph = self._instance.graph
        problem = None
        if graph is not None:
            problem = period_problem(self._instance, graph, self._asked[t], t, stop)
        if graph is None or problem is None:
            return None
        found = generate(problem, stop, earlier)
        self._bounds_usd[t] = max(found.bound_usd, self._bounds_usd.get(t, 0.0))
        self._propose(graph, found)
        return found

    def _propose(self, graph: RouteGraph, generated: Generated) -> None:
        problem = generated.problem
        for number, route in generated.promising:
            edges = problem.links[number].edges[list(route.way.edges)]
            path = tuple(graph.edges[edge].corridor.id for edge in edges)
            proposal = Proposal(path, is_own=all(route.own))
            self._paths.setdefault(problem.names[number], {})[proposal] = None


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

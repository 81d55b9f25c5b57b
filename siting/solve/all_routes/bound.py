"""The bound of a network over all routes, and promising ones."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.instance.records_graph import Proposal
from siting.solve.all_routes.generation import Generated
from siting.solve.all_routes.map_costs import sizes_of
from siting.solve.all_routes.map_search import MapSearch
from siting.solve.all_routes.over_time import over_time
from siting.solve.all_routes.part import Part
from siting.solve.all_routes.wide import is_wide
from siting.solve.turns import in_threads, threads_here

Link = tuple[str, str]
ALONE_SHARE, MOST_ALONE_S = 0.6, 4.0
"""Share of the time for periods alone at first, and time for one of them at most, s."""


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
    """Routes generated for the links of all periods together.

    Such as share are searched for first, for a network soon. Steps towards better shares follow.
    On the map of a region, where flows above two units undercut what steps find, every period in
    which more is asked for is bounded alone then: the network over time begins with their
    multipliers.
    """

    def __init__(
        self,
        instance: Instance,
        requirements: Requirements,
        threads: int | None = None,
        seed: int = 1,
    ) -> None:
        """Take the network; nothing is generated yet.

        Args:
            instance: the instance, with its route graph.
            requirements: what each link must carry in each period.
            threads: most threads; as many as there may be when None.
            seed: random seed of the search for routes that share.
        """
        self._seed = seed
        self._search: MapSearch | None = None
        self._is_given_up = False
        self._lock = threading.Lock()
        """Of what goes on over the network over time."""
        self._paths: dict[Link, dict[Proposal, None]] = {}
        graph = instance.graph
        self._corridors = [] if graph is None else [edge.corridor.id for edge in graph.edges]
        self.is_wide = graph is not None and is_wide(graph)
        """Whether the map is that of a continent."""
        periods = sorted({t for _, t in requirements})
        self._alone = {t: Part(instance, requirements, t, threads) for t in periods}
        self._weights = [period.weight for period in instance.periods]
        self._whole = Part(instance, requirements, None, threads, begins_with_steps=self.is_wide)

    def found(self) -> AllRoutes:
        """Return what is known by now."""
        paths = {link: list(x) for link, x in self._paths.items()}
        return AllRoutes(self._whole.bound_usd, paths)

    def search(self, time_limit_s: float) -> None:
        """Look for routes that share over the whole map; they are the best ones then.

        Args:
            time_limit_s: wall time, s, once links are at hand.
        """
        if self._search is None:
            problem = self._whole.drawn()
            if problem is None:
                return
            sizes = sizes_of(self._whole.instance, problem)
            self._search = MapSearch(problem, seed=self._seed, sizes=sizes)
            self._search.is_given_up = self._is_given_up
        self._search.run(time.monotonic() + time_limit_s)
        for link, courses in self._search.courses.items():
            self._put_first(link, [self._proposal(edges, own) for edges, own in courses])

    def go_on(self, time_limit_s: float, enough_usd: float = math.inf) -> None:
        """Bound the network, from where it stands, and look for routes on the way.

        Not where a round is too long, for demands of dozens of pairs on a continent: what is left
        counts nothing.

        Args:
            time_limit_s: wall time, s; there is one round at least.
            enough_usd: end at a bound as large.
        """
        stop = time.monotonic() + time_limit_s
        if not self.is_wide and self._whole.generated is None:
            if not self._whole.climb(stop, enough_usd):
                self._begin_over_time(stop)
            if self._whole.bound_usd >= enough_usd or self._whole.is_climbing:
                if self._whole.generated is not None:
                    self._propose(self._whole.generated)
                return
        with self._lock:
            found = self._whole.go_on(stop, enough_usd=enough_usd)
        if found is not None:
            self._propose(found)

    def prepare(self, time_limit_s: float) -> None:
        """Look for shares to begin with on the map of a continent, and price them.

        While something else is done: :meth:`go_on` waits for it.

        Args:
            time_limit_s: wall time, s.
        """
        stop = time.monotonic() + time_limit_s
        if self.is_wide and not self._is_given_up:
            with self._lock:
                self._whole.prepare(stop)

    def _begin_over_time(self, stop: float) -> None:
        """Bound every period in which more is asked for alone; begin over time with that."""
        problem = self._whole.made(stop)
        starts = sorted({first for first, _ in problem.spans}) if problem is not None else []
        if problem is None or len(starts) < 2:
            return
        time_limit_s = stop - time.monotonic()
        threads = problem.threads or threads_here()
        each_s = min(ALONE_SHARE * time_limit_s * threads / len(starts), MOST_ALONE_S)
        latest = time.monotonic() + ALONE_SHARE * time_limit_s

        def alone(t: int) -> Generated | None:
            if time.monotonic() > latest or problem.is_given_up:
                return None  # it is taken for like the last one before
            part = self._alone[t]
            part.take_threads(1)  # periods side by side, not the links of each
            part.made(time.monotonic() + each_s)
            return part.begin(time.monotonic() + each_s)

        found = zip(starts, in_threads(alone, starts, threads), strict=True)
        known = {t: x for t, x in found if x is not None}
        for generated in known.values():
            self._propose(generated)
        self._whole.generated = over_time(problem, known, self._weights)

    def take_threads(self, threads: int | None) -> None:
        """Work in so many threads from the next round on, as many as there may be when None."""
        for part in (self._whole, *self._alone.values()):
            part.take_threads(threads)

    def give_up(self) -> None:
        """End what may go on in another thread: nobody wants it any more."""
        self._is_given_up = True
        if self._search is not None:
            self._search.is_given_up = True
        self._whole.give_up()

    def _propose(self, found: Generated) -> None:
        """Take the routes in use: what was chosen at better multipliers comes first."""
        newest: dict[Link, list[Proposal]] = {}
        for number, route in [*found.chosen, *found.in_use]:
            edges = found.problem.links[number].edges[list(route.way.edges)]
            proposal = self._proposal(edges.tolist(), route.own)
            newest.setdefault(found.problem.names[number], []).append(proposal)
        for link, paths in newest.items():
            self._put_first(link, paths)

    def _proposal(self, edges: Sequence[int], own: Sequence[bool]) -> Proposal:
        """Return a path over some edges of the graph."""
        path = tuple(self._corridors[edge] for edge in edges)
        return Proposal(path, is_own=all(own))

    def _put_first(self, link: Link, paths: Sequence[Proposal]) -> None:
        """Take paths of a link as the best ones."""
        self._paths[link] = dict.fromkeys(paths) | self._paths.get(link, {})

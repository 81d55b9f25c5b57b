"""The bound of a network over all routes, and promising ones."""

from __future__ import annotations

import dataclasses
import math
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.instance.records_graph import Proposal
from siting.solve.all_routes.ascent import Ascent, begun
from siting.solve.all_routes.generation import Generated, generate
from siting.solve.all_routes.horizon import horizon_problem
from siting.solve.all_routes.map_search import MapSearch
from siting.solve.all_routes.network_problem import LEAST_S, NetworkProblem
from siting.solve.all_routes.over_time import over_time
from siting.solve.all_routes.wide import is_wide
from siting.solve.turns import in_threads, threads_here

Link = tuple[str, str]
ALONE_SHARE, MOST_ALONE_S = 0.6, 4.0
"""Share of the time for periods alone at first, and time for one of them at most, s."""
AGAIN_S = 10.0
"""Time for another search for routes that share, s, on the map of a continent."""
ASCENT_SHARE = 0.85
"""Share of the time for steps without a linear problem, on the map of a continent."""


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

    The fullest period alone comes first, for routes soon; on the map of a region then every period
    in which more is asked for, alone: the network over time begins with their multipliers.
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
        self._paths: dict[Link, dict[Proposal, None]] = {}
        links = Counter(t for _, t in requirements)
        sizes = {t: n * instance.periods[t].weight for t, n in links.items()}
        fullest = sorted(links, key=lambda t: (-links[t], -sizes[t], -t))
        graph = instance.graph
        self._corridors = [] if graph is None else [edge.corridor.id for edge in graph.edges]
        self.is_wide = graph is not None and is_wide(graph)
        """Whether the map is that of a continent."""
        self._fullest = fullest[0] if fullest else None
        self._alone = {t: _Part(instance, requirements, t, threads) for t in fullest}
        self._weights = [period.weight for period in instance.periods]
        self._whole = _Part(instance, requirements, None, threads, begins_with_steps=self.is_wide)

    def found(self) -> AllRoutes:
        """Return what is known by now."""
        paths = {link: list(x) for link, x in self._paths.items()}
        return AllRoutes(self._whole.bound_usd, paths)

    def begin(self, time_limit_s: float) -> None:
        """Look for routes for a network soon: of the fullest period alone.

        On the map of a continent such as share.

        Args:
            time_limit_s: wall time for either, s, once links are at hand.
        """
        if self.is_wide:
            self.search(time_limit_s)
        elif self._fullest is not None:
            part = self._alone[self._fullest]
            part.made(time.monotonic() + time_limit_s)
            self._take(part, time.monotonic() + time_limit_s, None, prove=False)

    def search(self, time_limit_s: float) -> None:
        """Look for routes that share over the whole map; they are the best ones then.

        Args:
            time_limit_s: wall time, s, once links are at hand.
        """
        if self._search is None:
            problem = self._whole.drawn()
            if problem is None:
                return
            self._search = MapSearch(problem, seed=self._seed)
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
        first = None
        if self._fullest is not None and not self.is_wide:
            first = self._alone[self._fullest].generated
            if self._whole.generated is None:
                self._begin_over_time(time_limit_s, stop)
        self._take(self._whole, stop, first, enough_usd=enough_usd)
        if self.is_wide:
            self.search(AGAIN_S)

    def _begin_over_time(self, time_limit_s: float, stop: float) -> None:
        """Bound every period in which more is asked for alone; begin over time with that."""
        problem = self._whole.made(stop)
        starts = sorted({first for first, _ in problem.spans}) if problem is not None else []
        if problem is None or len(starts) < 2:
            return
        threads = problem.threads or threads_here()
        each_s = min(ALONE_SHARE * time_limit_s * threads / len(starts), MOST_ALONE_S)
        latest = time.monotonic() + ALONE_SHARE * time_limit_s
        earlier = None if self._fullest is None else self._alone[self._fullest].generated

        def alone(t: int) -> Generated | None:
            if time.monotonic() > latest or problem.is_given_up:
                return None  # it is taken for like the last one before
            part = self._alone[t]
            part.take_threads(1)  # periods side by side, not the links of each
            part.made(time.monotonic() + each_s)
            return part.begin(time.monotonic() + each_s, earlier)

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

    def _take(
        self,
        part: _Part,
        stop: float,
        earlier: Generated | None,
        *,
        enough_usd: float = math.inf,
        prove: bool = True,
    ) -> None:
        found = part.go_on(stop, earlier, enough_usd=enough_usd, prove=prove)
        if found is not None:
            self._propose(found)

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


class _Part:
    """A network over time, or what one period of it costs alone."""

    def __init__(
        self,
        instance: Instance,
        requirements: Requirements,
        alone: int | None,
        threads: int | None,
        *,
        begins_with_steps: bool = False,
    ) -> None:
        self.instance, self._requirements, self._alone = instance, requirements, alone
        if alone is not None:  # in USD a year
            yearly = [dataclasses.replace(period, weight=1.0) for period in instance.periods]
            self.instance = dataclasses.replace(instance, periods=tuple(yearly))
        self._threads, self._begins_with_steps = threads, begins_with_steps
        self.bound_usd = 0.0
        self._problem: NetworkProblem | None = None
        self._is_drawn = self._is_chosen = False
        self._ascent: Ascent | None = None
        self._is_given_up = False
        self.generated: Generated | None = None
        """What is known of it."""

    def take_threads(self, threads: int | None) -> None:
        """Work in so many threads from the next round on, as many as there may be when None."""
        self._threads = threads
        if self._problem is not None:
            self._problem.threads = threads

    def give_up(self) -> None:
        """End its steps and rounds, if it takes some."""
        if self._ascent is not None:
            self._ascent.is_over = True
        self._is_given_up = True
        if self._problem is not None:
            self._problem.is_given_up = True

    def made(self, stop: float) -> NetworkProblem | None:
        """Return its problem, menus compared by now; None where no link is bounded."""
        problem = self.drawn()
        if problem is not None and not self._is_chosen:
            problem.choose(problem.first(), stop)
            self._is_chosen = True
        return problem

    def drawn(self) -> NetworkProblem | None:
        """Return its problem, whose menus need not have been compared."""
        if not self._is_drawn:
            self._problem = horizon_problem(
                self.instance, self._requirements, None, alone=self._alone
            )
            self._is_drawn = True
            if self._problem is not None:
                self._problem.threads = self._threads
                self._problem.is_given_up = self._is_given_up
        return self._problem

    def begin(self, stop: float, earlier: Generated | None) -> Generated | None:
        """Take rounds for multipliers and routes alone; None where no link is bounded.

        Args:
            stop: clock time to end at, or soon after.
            earlier: what is known of another part.
        """
        problem = self.made(stop)
        if problem is not None:
            known = self.generated or earlier
            self.generated = generate(problem, stop, known, choose=False, prove=False)
        return self.generated

    def go_on(
        self, stop: float, earlier: Generated | None, *, enough_usd: float, prove: bool
    ) -> Generated | None:
        """Bound it from where it stands; None where no link is bounded.

        Args:
            stop: clock time to end at, or soon after.
            earlier: what is known of another part.
            enough_usd: end at a bound as large.
            prove: bound flows above two units, too; without it only routes are of use.
        """
        problem = self.made(stop)
        if problem is None:
            return None
        if self._begins_with_steps:
            known = self._ascended(problem, stop, enough_usd, prove=prove)
            if known is not None and stop - time.monotonic() < LEAST_S:
                return known
        self.generated = generate(
            problem, stop, self.generated or earlier, enough_usd=enough_usd, prove=prove
        )
        if prove:
            self.bound_usd = max(self.bound_usd, self.generated.bound_usd)
        return self.generated

    def _ascended(
        self, problem: NetworkProblem, stop: float, enough_usd: float, *, prove: bool
    ) -> Generated | None:
        """Improve shares by steps; return what is known then, if anything.

        What is generated afterwards begins where shares are best.
        """
        if self._ascent is None:
            now = time.monotonic()
            self._ascent = begun(problem, now + ASCENT_SHARE * (stop - now))
        ascent, known = self._ascent, self.generated
        ascent.go_on_while_it_grows(ASCENT_SHARE * (stop - time.monotonic()), enough_usd)
        if not math.isfinite(ascent.best_usd):
            return known
        if prove:
            until = max(stop, time.monotonic() + LEAST_S)
            self.bound_usd = max(self.bound_usd, ascent.proven(until))
        if known is None or ascent.best_usd > known.bound_usd:
            usd, best = ascent.best_usd, ascent.best
        else:
            usd, best = known.bound_usd, known.multipliers
        latest = ascent.routes[::-1]
        routes = [*ascent.routes, *([] if known is None else known.known)]
        self.generated = Generated(problem, usd, best, routes, [], latest, is_cut=False)
        return self.generated

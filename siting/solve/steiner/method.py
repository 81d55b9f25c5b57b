"""The method for Steiner trees: reduce, bound by dual ascent, cut by max-flow, branch on nodes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from siting.errors import InfeasibleError
from siting.instance.steiner import SteinerProblem
from siting.solve.steiner.arrays import Bools, Ints, Net, net_of
from siting.solve.steiner.ascent import Ascent, ascend, needed_arcs
from siting.solve.steiner.branching import BranchAndCut, edges_needed
from siting.solve.steiner.compile_trees import compile_trees
from siting.solve.steiner.distances import drop_branchings, drop_long_edges
from siting.solve.steiner.graph import Shrunk, graph_of, reachable, remove_node, simplify
from siting.solve.steiner.improve import TreeSearch

ROOTS = 12
FEWER = 0.97
"""Share of the edges that must be left for reductions to end."""
FEWER_CUT = 0.7
"""Share of the edges that must be left after the root for the graph not to be begun anew."""
NOISE = 0.3
DESCENTS = 4
TREE_SHARE = 0.04
"""Of the time, for trees, each time that the graph is bounded."""
NOISY_TREES = 12
ROUNDING = 1e-6
"""A relative gap that small is asked for reals: whole numbers are proven to the last one."""
LARGEST_WHOLE = 2.0**50
"""Above it a float is not a whole number for sure."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class TreeResult:
    """A tree as positions of edges in the file, and a bound."""

    edges: tuple[int, ...]
    objective: float
    bound: float
    cuts: int
    seconds: float


def solve_steiner(
    problem: SteinerProblem,
    *,
    time_limit_s: float,
    relative_gap: float = 0.0,
    seed: int = 1,
    say: Say = lambda _: None,
) -> TreeResult:
    """Solve a Steiner tree problem."""
    compile_trees()  # like imports, before the time counts
    begin = time.monotonic()
    terminals = set(problem.terminals)
    graph = graph_of(problem)
    seen = reachable(graph, min(terminals))
    cut_off = sorted(terminals - seen)
    if cut_off:
        raise InfeasibleError(
            f"{problem.name}: terminal {cut_off[0]} is not connected with terminal {min(terminals)}"
        )
    for node in [n for n in graph if n not in seen]:
        remove_node(graph, node)
    solve = _Solve(problem, Shrunk(graph, terminals), seed, begin + time_limit_s, relative_gap, say)
    solve.run()
    edges = tuple(sorted(solve.edges))
    bound = min(solve.bound, solve.cost)
    return TreeResult(edges, solve.cost, bound, solve.cuts, time.monotonic() - begin)


def step_of(weights: list[float]) -> float:
    """Return the step of which all sums of weights are multiples; zero when there is none."""
    if any(w != round(w) or w > LARGEST_WHOLE for w in weights):
        return 0.0
    return float(math.gcd(*(int(w) for w in weights)))


class _Solve:
    """One run: the graph gets smaller, tree and bound better."""

    def __init__(
        self,
        problem: SteinerProblem,
        shrunk: Shrunk,
        seed: int,
        until: float,
        gap: float,
        say: Say,
    ) -> None:
        self._problem, self._shrunk, self._seed, self._until = problem, shrunk, seed, until
        self._time_limit_s = until - time.monotonic()
        self._gap, self._say = gap, say
        self._step = step_of([w for _, _, w in problem.edges])
        self.edges: set[int] = set()
        self.cost = math.inf
        self._least = 0.0
        self.cuts = 0

    @property
    def bound(self) -> float:
        """What is proven, rounded up to what a tree can cost."""
        if self._step == 0 or math.isinf(self._least):
            return self._least
        return self._step * math.ceil(self._least / self._step - 1e-6)

    def run(self) -> None:
        """Reduce, bound, cut and branch until the end."""
        while True:
            self._reduce()
            if len(self._shrunk.terminals) <= 1:
                self._offer(self._shrunk.fixed)
                self._least = self.cost
                return
            net, nodes = net_of(self._shrunk.graph, self._shrunk.terminals)
            search = TreeSearch(net, self._seed, self._until)
            before = self._shrunk.edges
            ascent, arcs = self._ascend(net, search)
            self._keep_tree(search, nodes)
            if self._is_closed():
                return
            if arcs.sum() < 2 * FEWER * before:
                self._keep(net, nodes, arcs)
                if self._is_apart():
                    return
                continue
            if not self._cut(net, nodes, search, ascent):
                return

    def _limit(self, search: TreeSearch) -> float:
        """Return from which cost on trees of the graph left are of no use."""
        best = min(self.cost - self._shrunk.cost, search.cost)
        return best - self._step / 2

    def _reduce(self) -> None:
        """Apply the tests that need no bound."""
        shrunk = self._shrunk
        edges = math.inf
        while shrunk.edges < FEWER * edges and time.monotonic() < self._until:
            edges = shrunk.edges
            for test in (drop_long_edges, drop_branchings):
                simplify(shrunk)
                if len(shrunk.terminals) <= 1:
                    return
                net, nodes = net_of(shrunk.graph, shrunk.terminals)
                test(shrunk, net, nodes)
        simplify(shrunk)
        self._say(
            f"{len(shrunk.graph):,} nodes, {shrunk.edges:,} edges, "
            f"{len(shrunk.terminals):,} terminals"
        )

    def _ascend(self, net: Net, search: TreeSearch) -> tuple[Ascent, Bools]:
        """Bound from several roots; return the best bound, and arcs whose edges are needed."""
        rng = np.random.default_rng(self._seed)
        terminals = np.flatnonzero(net.is_terminal)
        roots = rng.permutation(terminals)[:ROOTS]
        ascents: list[Ascent] = []
        trees = []
        end = time.monotonic() + TREE_SHARE * self._time_limit_s
        for root in roots.tolist():
            ascent = ascend(net, root)
            ascents.append(ascent)
            trees += search.grown(net.weight, root) + search.grown(_both(net, ascent), root)
            if time.monotonic() > self._until:
                break
        search.descend_best(trees, DESCENTS, end)
        for _ in range(NOISY_TREES):
            most = max(a.bound for a in ascents)
            if most >= self._limit(search) or time.monotonic() > end:
                break
            ascent = ascents[int(rng.integers(len(ascents)))]
            search.grow(search.noisy(_both(net, ascent) + 0.1 * net.weight, NOISE))
        best = max(ascents, key=lambda a: a.bound)
        self._raise(best.bound, search)
        needed = np.ones(len(net.weight), dtype=bool)
        for ascent in ascents:
            needed &= edges_needed(net, needed_arcs(net, ascent, self._limit(search)))
        self._say(
            f"tree {self.cost_with(search):,.2f}, bound {self.bound:,.2f}, "
            f"{int(needed.sum()) // 2} edges needed"
        )
        return best, needed

    def cost_with(self, search: TreeSearch) -> float:
        """Return the cost of the best tree."""
        return min(self.cost, search.cost + self._shrunk.cost)

    def _raise(self, bound: float, search: TreeSearch) -> None:
        """Take a bound of the graph left."""
        if bound >= self._limit(search):
            self._least = self.cost_with(search)
        else:
            self._least = max(self._least, self._shrunk.cost + bound)

    def _is_closed(self) -> bool:
        gap = self._gap if self._gap > ROUNDING or self._step == 0 else 0.0
        allowed = max(gap * abs(self.cost), 1e-9 * max(1.0, self.cost))
        return self.cost - self.bound <= allowed or time.monotonic() > self._until

    def _keep(self, net: Net, nodes: list[int], arcs: Bools) -> None:
        kept: Ints = np.flatnonzero(arcs)
        self._shrunk.keep((nodes[net.tail[a]], nodes[net.head[a]]) for a in kept.tolist())

    def _is_apart(self) -> bool:
        """Return whether terminals are apart: no better tree is left."""
        shrunk = self._shrunk
        if shrunk.terminals <= reachable(shrunk.graph, min(shrunk.terminals)):
            return False
        self._least = self.cost
        return True

    def _cut(self, net: Net, nodes: list[int], search: TreeSearch, ascent: Ascent) -> bool:
        """Cut and branch; return whether the graph has become so small that all begins anew."""
        tree = BranchAndCut(net, ascent, search, lambda: self._limit(search), self._until)
        before = int(edges_needed(net, tree.relaxation.is_kept).sum())
        tree.cut_root(self._say)
        needed = edges_needed(net, tree.relaxation.is_kept)
        self._raise(tree.bound, search)
        self._keep_tree(search, nodes)
        is_new = not self._is_closed() and needed.sum() < FEWER_CUT * before
        if not self._is_closed() and not is_new:
            tree.branch(self._say)
            self._raise(tree.bound, search)
            self._keep_tree(search, nodes)
        self.cuts += tree.relaxation.cuts
        if is_new:
            self._keep(net, nodes, needed)
            return not self._is_apart()
        return False

    def _keep_tree(self, search: TreeSearch, nodes: list[int]) -> None:
        net, graph = search.net, self._shrunk.graph
        if search.cost + self._shrunk.cost < self.cost:
            edges = list(self._shrunk.fixed)
            for arc in search.best[search.best >= 0].tolist():
                edges += graph[nodes[net.tail[arc]]][nodes[net.head[arc]]][1]
            self._offer(edges)

    def _offer(self, edges: list[int]) -> None:
        cost = sum(self._problem.edges[i][2] for i in edges)
        if cost < self.cost:
            self.edges, self.cost = set(edges), cost


def _both(net: Net, ascent: Ascent) -> np.ndarray:
    """Return lengths for trees: what is left of the cheaper way of each edge."""
    return np.minimum(ascent.left, ascent.left[net.reverse])

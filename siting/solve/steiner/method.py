"""The method for Steiner trees: reduce, bound by dual ascent, cut by max-flow, close with HiGHS."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from siting.errors import InfeasibleError
from siting.formulation.steiner import steiner_model
from siting.instance.steiner import SteinerProblem
from siting.solve.highs import CompiledModel, Status
from siting.solve.steiner.ascent import Arc, Ascent, ascend, needed_arcs
from siting.solve.steiner.graph import Adjacency, edges_of, graph_of, reachable, reduce
from siting.solve.steiner.trees import Pair, grown_tree, improved_tree, tree_cost

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROOTS = 12
SCALE = 1_000_000
"""Units of a whole arc in the integer max-flow."""
VIOLATION = 1e-4
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
    begin = time.monotonic()
    terminals = set(problem.terminals)
    graph = graph_of(problem)
    cut_off = sorted(terminals - reachable(graph, min(terminals)))
    if cut_off:
        raise InfeasibleError(
            f"{problem.name}: terminal {cut_off[0]} is not connected with terminal {min(terminals)}"
        )
    reduce(graph, terminals)
    search = _Search(graph, terminals, seed, begin + time_limit_s, relative_gap, say)
    if len(terminals) > 1:
        search.run()
    edges = sorted(edges_of(graph, search.tree))
    cost = sum(problem.edges[i][2] for i in edges)
    bound = min(search.bound, cost)
    return TreeResult(tuple(edges), cost, bound, search.cuts, time.monotonic() - begin)


class _Search:
    """Best tree and bound on one reduced graph."""

    def __init__(
        self,
        graph: Adjacency,
        terminals: set[int],
        seed: int,
        end: float,
        gap: float,
        say: Say,
    ) -> None:
        self._graph, self._terminals, self._end, self._gap = graph, terminals, end, gap
        self._seed = seed
        self._rng = random.Random(seed)  # noqa: S311  # a seed, not a secret
        self._say = say
        self.tree: set[Pair] = set()
        self._cost = math.inf if len(terminals) > 1 else 0.0
        self.bound = 0.0
        self.cuts = 0

    def run(self) -> None:
        roots = self._rng.sample(sorted(self._terminals), min(ROOTS, len(self._terminals)))
        best: tuple[int, Ascent] | None = None
        for root in roots:
            self._offer(grown_tree(self._graph, self._terminals, root))
            ascent = ascend(self._graph, root, self._terminals)
            self._offer(grown_tree(self._graph, self._terminals, root, ascent.left))
            if best is None or ascent.bound > best[1].bound:
                best = root, ascent
            if time.monotonic() > self._end:
                break
        if best is None:
            return
        root, ascent = best
        self.tree = improved_tree(self._graph, self.tree, self._terminals, 400, self._rng)
        self._cost = tree_cost(self._graph, self.tree)
        self.bound = min(ascent.bound, self._cost)
        self._say(f"tree {self._cost:,.2f}, bound {self.bound:,.2f}")
        if not self._is_closed():
            self._branch(root, ascent)

    def _offer(self, tree: set[Pair] | None) -> None:
        if tree is not None and tree_cost(self._graph, tree) < self._cost - 1e-9:
            self.tree, self._cost = tree, tree_cost(self._graph, tree)

    def _is_closed(self) -> bool:
        allowed = max(self._gap * abs(self._cost), 1e-9 * max(1.0, self._cost))
        return self._cost - self.bound <= allowed or time.monotonic() > self._end

    def _branch(self, root: int, ascent: Ascent) -> None:
        """Cut the relaxation until it holds no violated cut, then solve whole, cutting again."""
        arcs = needed_arcs(self._graph, root, self._terminals, ascent, self._cost)
        costs = {(a, b): self._graph[a][b][0] for a, b in arcs}
        self._say(f"{len(costs)} arcs are left")
        model = steiner_model(costs, root, self._terminals)
        compiled = CompiledModel(model, seed=self._seed)
        rows = _CutRows(model, compiled, sorted(arcs), root, self._terminals - {root})
        for cut in ascent.cuts:
            rows.add(cut)
        is_relaxed = True
        while not self._is_closed():
            outcome = compiled.run(
                time_limit_s=self._end - time.monotonic(),
                relative_gap=min(self._gap, 1e-9),
                absolute_gap=1e-9,
                relaxed=is_relaxed,
            )
            if outcome.status is Status.INFEASIBLE or outcome.values is None:
                if outcome.status is Status.INFEASIBLE:
                    self.bound = self._cost  # no tree at most as dear is left
                elif not is_relaxed:
                    self.bound = max(self.bound, min(outcome.bound, self._cost))
                return
            self.bound = max(self.bound, min(outcome.bound, self._cost))
            values = {a: compiled.value(model.uses[a], outcome.values) for a in model.ARCS}
            weights = {a: (1.0 - min(v, 1.0)) * costs[a] for a, v in values.items()}
            self._offer(grown_tree(self._graph, self._terminals, root, weights))
            added = rows.separate(values)
            self.cuts = rows.count
            self._say(f"tree {self._cost:,.2f}, bound {self.bound:,.2f}, {rows.count} cuts")
            if not added and not is_relaxed:
                return
            is_relaxed = is_relaxed and added > 0


class _CutRows:
    """Rows of cuts, found by max-flow from the root to each terminal."""

    def __init__(
        self, model: object, compiled: CompiledModel, arcs: list[Arc], root: int, wanted: set[int]
    ) -> None:
        self._model, self._compiled, self._arcs = model, compiled, arcs
        nodes = sorted({n for a in arcs for n in a} | wanted | {root})
        self._index = {n: i for i, n in enumerate(nodes)}
        self._nodes = nodes
        self._root, self._wanted = root, sorted(wanted)
        self._done: set[frozenset[int]] = set()
        self.count = 0

    def add(self, inside: Iterable[int]) -> bool:
        """Add the row of a node set, once."""
        key = frozenset(inside)
        if key in self._done:
            return False
        self._done.add(key)
        uses = self._model.uses  # type: ignore[attr-defined]
        terms = [(uses[a], 1.0) for a in self._arcs if a[1] in key and a[0] not in key]
        self._compiled.add_row(terms, 1.0, math.inf)
        self.count += 1
        return True

    def separate(self, values: dict[Arc, float]) -> int:
        """Add the cuts that the values violate: near each terminal, and near the root."""
        capacity: dict[Arc, int] = {}
        for arc in self._arcs:
            # A trifle on every arc makes the cut found the one with the fewest arcs.
            capacity[arc] = round(SCALE * max(values[arc], 0.0)) + 1
        rows = np.array([self._index[a] for a, _ in self._arcs], dtype=np.int32)
        columns = np.array([self._index[b] for _, b in self._arcs], dtype=np.int32)
        size = (len(self._nodes), len(self._nodes))
        added = 0
        for terminal in self._wanted:
            data = np.array([capacity[a] for a in self._arcs], dtype=np.int32)
            network = csr_array((data, (rows, columns)), shape=size)
            source, target = self._index[self._root], self._index[terminal]
            flow = maximum_flow(network, source, target)
            if flow.flow_value >= SCALE * (1.0 - VIOLATION):
                continue
            for side in self._sides(network, flow.flow, source, target):
                inside = {self._nodes[i] for i in side}
                if self.add(inside):
                    added += 1
                    for arc in self._arcs:
                        if arc[1] in inside and arc[0] not in inside:
                            capacity[arc] = SCALE  # other terminals look for other cuts
        return added

    @staticmethod
    def _sides(
        network: csr_array, flow: csr_array, source: int, target: int
    ) -> list[NDArray[np.int32]]:
        residual = csr_array(network - flow)
        residual.data[residual.data < 0] = 0
        residual.eliminate_zeros()
        reached = breadth_first_order(residual, source, return_predecessors=False)
        back = breadth_first_order(csr_array(residual.T), target, return_predecessors=False)
        outside = np.setdiff1d(np.arange(network.shape[0], dtype=np.int32), reached)
        return [outside, back]

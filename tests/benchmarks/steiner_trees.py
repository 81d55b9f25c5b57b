"""Steiner trees of the families of SteinLib and PACE, made at random, to the proof.

Sparse random graphs (B, C, D, E), rectangular grids with holes (VLSI), complete or sparse graphs
whose weights depend on how many ends are terminals (incidence), grids whose terminals are groups of
pins joined by heavy edges (wire routing), and points in a square joined with their neighbors::

    python -m tests.benchmarks.steiner_trees [--time-limit 60] [--seeds 1] [--only random]
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator

from siting.benchmarks.check_tree import check_tree
from siting.instance.steiner import SteinerProblem
from siting.solve.steiner.method import solve_steiner

Edges = list[tuple[int, int, float]]
RANDOM = [
    (500, 625, 83), (500, 1000, 250), (500, 2500, 5), (500, 2500, 83), (500, 6000, 83),
    (500, 12500, 83), (500, 12500, 250), (1000, 2000, 100), (1000, 5000, 10), (1000, 5000, 167),
    (1000, 12500, 167), (1000, 12500, 500), (2500, 3125, 417), (2500, 5000, 1250),
    (2500, 12500, 10), (2500, 12500, 417),
]  # fmt: skip
"""Nodes, edges, terminals: weights are 1 to 10."""
GRIDS = [(20, 30, 24), (40, 40, 40), (50, 60, 34), (60, 70, 62), (70, 100, 90)]
"""Rows, columns, terminals."""
INCIDENCE = [(80, 350, 16), (80, 3160, 8), (160, 812, 24), (320, 1845, 17), (320, 640, 34)]
WIRES = [(12, 12, 16), (20, 22, 30), (25, 30, 50)]
"""Rows, columns, groups of pins."""
POINTS = [(1000, 60), (2500, 100)]
"""Points, terminals."""


def random_graph(nodes: int, edges: int, terminals: int, seed: int) -> SteinerProblem:
    """Return a connected random graph with weights from 1 to 10."""
    rng = random.Random(seed)
    order = list(range(1, nodes + 1))
    rng.shuffle(order)
    pairs = {tuple(sorted((order[i], order[rng.randrange(i)]))) for i in range(1, nodes)}
    while len(pairs) < edges:
        a, b = rng.sample(order, 2)
        pairs.add((min(a, b), max(a, b)))
    made = tuple((a, b, float(rng.randint(1, 10))) for a, b in sorted(pairs))
    name = f"random {nodes}, {edges}, {terminals}"
    return SteinerProblem(name, nodes, made, tuple(rng.sample(order, terminals)))


def _grid(rows: int, columns: int, rng: random.Random) -> Edges:
    """Return a grid of uneven spacing with rectangular holes, in one piece or more."""
    down = [rng.randint(1, 20) for _ in range(rows)]
    right = [rng.randint(1, 20) for _ in range(columns)]
    is_in = {(r, c) for r in range(rows) for c in range(columns)}
    for _ in range(rows * columns // 150):
        r, c = rng.randrange(rows), rng.randrange(columns)
        high, wide = rng.randint(2, 6), rng.randint(2, 6)
        is_in -= {(r + i, c + j) for i in range(high) for j in range(wide)}
    edges: Edges = []
    for r, c in sorted(is_in):
        here = r * columns + c + 1
        if (r + 1, c) in is_in:
            edges.append((here, here + columns, float(down[r])))
        if (r, c + 1) in is_in:
            edges.append((here, here + 1, float(right[c])))
    return edges


def _largest_piece(edges: Edges) -> list[int]:
    around: dict[int, list[int]] = {}
    for a, b, _ in edges:
        around.setdefault(a, []).append(b)
        around.setdefault(b, []).append(a)
    best: list[int] = []
    left = set(around)
    while left:
        stack = [left.pop()]
        piece = []
        while stack:
            node = stack.pop()
            piece.append(node)
            new = [b for b in around[node] if b in left]
            left.difference_update(new)
            stack += new
        best = max(best, piece, key=len)
    return sorted(best)


def grid(rows: int, columns: int, terminals: int, seed: int) -> SteinerProblem:
    """Return a grid with holes."""
    rng = random.Random(seed)
    edges = _grid(rows, columns, rng)
    chosen = tuple(rng.sample(_largest_piece(edges), terminals))
    name = f"grid {rows} x {columns}, {terminals}"
    return SteinerProblem(name, rows * columns, tuple(edges), chosen)


def incidence(nodes: int, edges: int, terminals: int, seed: int) -> SteinerProblem:
    """Return a graph whose edges cost some 100 for each end that is a terminal, and 100 more."""
    rng = random.Random(seed)
    plain = random_graph(nodes, edges, terminals, seed)
    wanted = set(plain.terminals)
    made = tuple(
        (a, b, float(max(1, round(rng.gauss(100, 5) + 100 * ((a in wanted) + (b in wanted))))))
        for a, b, _ in plain.edges
    )
    return SteinerProblem(f"incidence {nodes}, {edges}, {terminals}", nodes, made, plain.terminals)


def wires(rows: int, columns: int, groups: int, seed: int) -> SteinerProblem:
    """Return a grid whose terminals are groups of pins, joined with them by heavy edges."""
    rng = random.Random(seed)
    edges = _grid(rows, columns, rng)
    piece = _largest_piece(edges)
    first = rows * columns
    for i in range(1, groups + 1):
        edges += [(first + i, pin, 100_000.0) for pin in rng.sample(piece, rng.randint(2, 4))]
    terminals = tuple(range(first + 1, first + groups + 1))
    return SteinerProblem(
        f"wires {rows} x {columns}, {groups}", first + groups, tuple(edges), terminals
    )


def points(count: int, terminals: int, seed: int) -> SteinerProblem:
    """Return points in a square, each joined with its six nearest."""
    rng = random.Random(seed)
    places = [(rng.random() * 10_000, rng.random() * 10_000) for _ in range(count)]
    edges = {}
    for i, (x, y) in enumerate(places):
        near = sorted(((u - x) ** 2 + (v - y) ** 2, j) for j, (u, v) in enumerate(places) if j != i)
        for square, j in near[:6]:
            edges[min(i, j) + 1, max(i, j) + 1] = float(round(square**0.5))
    made = [(a, b, w) for (a, b), w in sorted(edges.items())]
    chosen = tuple(rng.sample(_largest_piece(made), terminals))
    return SteinerProblem(f"points {count}, {terminals}", count, tuple(made), chosen)


def problems(seed: int) -> Iterator[SteinerProblem]:
    """Yield one problem of each size."""
    yield from (random_graph(*size, seed) for size in RANDOM)
    yield from (grid(*size, seed) for size in GRIDS)
    yield from (incidence(*size, seed) for size in INCIDENCE)
    yield from (wires(*size, seed) for size in WIRES)
    yield from (points(*size, seed) for size in POINTS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--time-limit", type=float, default=60.0)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--only", default="", help="a part of the names")
    parser.add_argument("--talk", action="store_true")
    given = parser.parse_args()
    print("| problem | objective | bound | gap | seconds | CPU seconds | check |")
    print("|---|---|---|---|---|---|---|")
    for seed in range(1, given.seeds + 1):
        for problem in problems(seed):
            if given.only not in problem.name:
                continue
            began, wall = time.process_time(), time.monotonic()

            def say(text: str, wall: float = wall) -> None:
                if given.talk:
                    print(f"{time.monotonic() - wall:6.1f} {text}", flush=True)

            found = solve_steiner(
                problem, time_limit_s=given.time_limit, relative_gap=1e-6, say=say
            )
            wrong = check_tree(problem, found.edges, found.objective)
            gap = max(found.objective - found.bound, 0.0) / max(found.objective, 1e-9)
            print(
                f"| {problem.name} ({seed}) | {found.objective:,.0f} | {found.bound:,.2f} "
                f"| {100 * gap:.2f} % | {found.seconds:.1f} | {time.process_time() - began:.1f} "
                f"| {'; '.join(wrong) or 'right'} |",
                flush=True,
            )


if __name__ == "__main__":
    main()

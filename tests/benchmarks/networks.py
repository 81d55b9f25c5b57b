"""Random networks with the shapes of SNDlib families, by the engine and by plain HiGHS.

Nodes in a square, the shortest links of a triangulation, demands between random pairs, prices that
grow with length. Plain HiGHS gets the model as it is stated, on one thread, for the same time,
after the engine. The ratio of gaps is what counts::

    python -m tests.benchmarks.networks [NAME ...] [--time-limit 120] [--seeds 1] [--without-plain]
"""

from __future__ import annotations

import argparse
import math
import random
import time
from dataclasses import dataclass

import networkx as nx
import numpy as np
from scipy.spatial import Delaunay

from siting.benchmarks.check_design import check_design
from siting.benchmarks.sndlib import parse_code
from siting.formulation.capacity_design import capacity_design_model
from siting.instance.capacity_design import CapacityDesign, Demand, DesignLink, Module
from siting.solve.capacity_design.limits import Limits
from siting.solve.capacity_design.method import solve_capacity_design
from tests.benchmarks.plain_highs import plain_highs

EXISTING = 0.8
"""Share of links with existing capacity, where there is any."""


@dataclass(frozen=True, slots=True)
class Family:
    """A shape of network."""

    name: str
    nodes: int
    links: int
    demands: int
    code: str
    menu: str
    """``one``, ``two`` or ``three`` modules, ``only`` a large one, ``forty`` sizes that repeat,
    ``nine`` of falling price."""
    most: int = 20
    """Largest demand."""
    existing: float = 0.0
    """Capacity that most links have already; routing costs something where there is any."""


FAMILIES = [
    Family("two-modules", 30, 55, 242, "D-B-M", "two", 200),
    Family("forty-sizes", 30, 55, 242, "U-U-E", "forty"),
    Family("falling-prices", 30, 55, 242, "U-U-E", "nine"),
    Family("germany", 50, 88, 662, "U-U-M", "one"),
    Family("france", 25, 45, 300, "U-U-M", "one"),
    Family("norway", 27, 51, 702, "D-B-M", "two", 60),
    Family("cost", 37, 57, 1332, "D-B-E", "nine"),
    Family("nobel", 28, 41, 378, "U-U-E", "forty", 4),
    Family("janos", 26, 84, 650, "D-D-M", "one"),
    Family("newyork", 16, 49, 240, "U-U-M-Y", "two", 60),
    Family("dfn", 10, 45, 90, "D-B-E", "nine"),
    Family("zib", 54, 81, 1400, "U-U-E", "only"),
    Family("gwin", 11, 47, 110, "U-U-M", "two", 60),
    Family("ta2", 65, 108, 1869, "U-U-E", "nine"),
    Family("pioro", 40, 89, 780, "U-U-L-Y", "one"),
    Family("ta", 24, 55, 396, "U-U-S", "two", 60),
    Family("india", 35, 80, 595, "U-U-M-Y", "two", 60),
    Family("protected", 14, 24, 40, "U-U-M-N-C-A-N-P", "two", 60),
    Family("whole-units", 15, 26, 60, "U-U-M-N-I", "two", 60),
    Family("one-path", 14, 24, 60, "U-U-M-N-S", "two", 60),
    Family("pdh", 11, 34, 24, "U-U-M", "three", 300),
    Family("di-yuan", 11, 42, 22, "U-U-E", "nine", 60),
    Family("geant", 22, 36, 462, "D-B-E", "nine"),
    Family("giul", 39, 172, 1471, "D-D-M", "one"),
    Family("sun", 27, 102, 67, "D-D-M-Y", "three", 100),
    Family("janos-ca", 39, 122, 1482, "D-D-E", "nine"),
    Family("existing", 25, 45, 300, "D-B-M", "two", 120, 600.0),
    Family("charged-existing", 25, 45, 300, "U-U-M-Y", "one", 20, 100.0),
    Family("newyork-protected", 16, 49, 240, "U-U-M-N-C-A-N-P", "two", 60),
    Family("germany-charged", 50, 88, 662, "U-U-M-Y", "one"),
    Family("whole-large", 25, 45, 300, "U-U-M-N-I", "two", 60),
    Family("linear-charged", 27, 51, 351, "U-U-L-Y", "one"),
    Family("single-modular", 27, 51, 351, "U-U-S", "three", 60),
]


def random_design(family: Family, seed: int) -> CapacityDesign:
    """Return a network of a family."""
    rng = random.Random(seed)
    code = parse_code(family.code)
    places = np.array([[rng.random(), rng.random()] for _ in range(family.nodes)])
    names = tuple(f"n{i}" for i in range(family.nodes))
    links: list[DesignLink] = []
    for a, b in _ends(places, family, directed=code.link == "D"):
        length = float(np.hypot(*(places[a] - places[b])))
        links.append(
            DesignLink(
                id=f"l{len(links)}",
                source=names[a],
                target=names[b],
                setup_cost=float(round(100 + 3000 * length)),
                existing_capacity=family.existing * (rng.random() < EXISTING)
                if family.existing
                else 0.0,
                routing_cost=round(length, 2) if family.existing else 0.0,
                modules=tuple(Module(capacity=c, cost=w) for c, w in _menu(family.menu, length)),
            )
        )
    pairs = [
        (a, b)
        for a in range(family.nodes)
        for b in range(family.nodes)
        if a != b and (code.demand == "D" or a < b)
    ]
    demands = tuple(
        Demand(
            id=f"d{k}", source=names[a], target=names[b], value=float(rng.randint(1, family.most))
        )
        for k, (a, b) in enumerate(rng.sample(pairs, min(family.demands, len(pairs))))
    )
    return CapacityDesign(
        name=f"{family.name}-{seed}", code=code, nodes=names, links=tuple(links), demands=demands
    )


def _ends(places: np.ndarray, family: Family, *, directed: bool) -> list[tuple[int, int]]:
    """Return the shortest links of a triangulation, without bridges where there are enough."""
    graph = nx.Graph()
    for triangle in Delaunay(places).simplices:
        for a, b in ((0, 1), (1, 2), (0, 2)):
            u, v = int(triangle[a]), int(triangle[b])
            graph.add_edge(u, v, length=float(np.hypot(*(places[u] - places[v]))))
    graph.add_edges_from(_more_ends(graph, places, family.links))
    count = family.links // 2 if directed and family.links > 3 * family.nodes else family.links
    for u, v in sorted(graph.edges, key=lambda e: -graph.edges[e]["length"]):
        if graph.number_of_edges() <= count:
            break
        data = graph.edges[u, v]
        graph.remove_edge(u, v)
        if not nx.is_connected(graph) or nx.has_bridges(graph):
            graph.add_edge(u, v, **data)
    ends = sorted(tuple(sorted(e)) for e in graph.edges)
    return [*ends, *((b, a) for a, b in ends)] if directed else ends


def _more_ends(
    graph: nx.Graph, places: np.ndarray, links: int
) -> list[tuple[int, int, dict[str, float]]]:
    """Return the shortest links that a triangulation has not, for a network of so many."""
    others = [
        (u, v, {"length": float(np.hypot(*(places[u] - places[v])))})
        for u, v in nx.non_edges(graph)
    ]
    others.sort(key=lambda item: (item[2]["length"], item[:2]))
    return others[: max(links - graph.number_of_edges(), 0)]


def _menu(menu: str, length: float) -> list[tuple[float, float]]:
    if menu == "one":
        return [(40.0, float(round(200 + 2000 * length)))]
    if menu == "only":
        return [(20000.0, float(round(3000 + 20000 * length)))]
    if menu == "two":
        small, large = 100 + 500 * length, 300 + 1500 * length
        return [(155.0, float(round(small))), (622.0, float(round(large)))]
    if menu == "three":
        return [(float(c), float(round(100 + 40 * length * c**0.75))) for c in (30, 120, 480)]
    if menu == "forty":
        whole, first = round(1000 + 7000 * length), round(900 + 5500 * length)
        return [(20.0 * i, float((i // 2) * whole + (i % 2) * first)) for i in range(1, 41)]
    sizes = (10, 25, 60, 100, 250, 400, 1000, 2500, 6000)
    return [(float(c), float(round(100 * length * c**0.6 + 50 * c**0.5))) for c in sizes]


def plain(design: CapacityDesign, time_limit_s: float) -> tuple[float, float]:
    """Return objective and bound of plain HiGHS on the model as it is stated."""
    found = plain_highs(capacity_design_model(design)).run(
        time_limit_s=time_limit_s, relative_gap=1e-6
    )
    return found.objective, found.bound


def gap_of(objective: float, bound: float) -> float:
    """Return the relative gap; infinite when there is no objective."""
    return max(objective - bound, 0.0) / abs(objective) if math.isfinite(objective) else math.inf


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--time-limit", type=float, default=120.0)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--without-plain", action="store_true")
    parser.add_argument("--without-engine", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    given = parser.parse_args()
    print("| network | model | design | bound | gap | CPU s | check | plain HiGHS |")
    print("|---|---|---|---|---|---|---|---|")
    for family in FAMILIES:
        if given.names and family.name not in given.names:
            continue
        for seed in range(1, given.seeds + 1):
            design = random_design(family, seed)
            began, line = time.process_time(), f"| {design.name} | {family.code} "
            if not given.without_engine:
                say = print if given.verbose else lambda _: None
                found = solve_capacity_design(design, Limits(given.time_limit), say)
                wrong = check_design(design, found.solution) if found.solution else ["no design"]
                gap = gap_of(found.objective, found.bound)
                line += f"| {found.objective:,.0f} | {found.bound:,.0f} | {100 * gap:.2f} % "
                line += f"| {time.process_time() - began:.0f} | {'; '.join(wrong) or 'right'} |"
            if not given.without_plain:
                began = time.process_time()
                objective, bound = plain(design, given.time_limit)
                line += f" {objective:,.0f}, {bound:,.0f}, {100 * gap_of(objective, bound):.2f} %"
                line += f" ({time.process_time() - began:.0f} CPU s) |"
            print(line, flush=True)


if __name__ == "__main__":
    main()

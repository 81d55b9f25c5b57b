"""Noise of the actual spans: which options a route may carry with the huts it uses.

Only designs that some allowed spacing would make illegal need rows. For their routes the used huts
of each section are written as a path of spans from end to end; the noise of the spans is additive.

| symbol | component | unit | meaning |
|---|---|---|---|
| s_rcij | is_span | - | section c of route r has the span from position i to position j |
| e_rd | uses_design | - | design d is lit on route r in some period |
"""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from siting.formulation.sides import patterns
from siting.instance import Instance
from siting.instance.records_network import FiberRoute
from siting.instance.spans import Section, noise_matrix, noise_range, sections_of, span_graph

NOISE_TOLERANCE = 1e-12

Place = tuple[str, int]
"""A route and the number of one of its sections."""


def critical_designs(route: FiberRoute) -> list[int]:
    """Return the designs whose legality depends on which huts are used."""
    return [d for d, design in enumerate(route.designs) if not design.always_legal]


def noise_block(instance: Instance, routes: pyo.Block, amplifiers: pyo.Block) -> pyo.Block:
    """Return the block that keeps the noise of every lit option within its limit."""
    b = pyo.Block(concrete=True)
    last = len(instance.periods) - 1
    critical = {
        r: critical_designs(instance.fiber_routes[r])
        for r in routes.ROUTES
        if critical_designs(instance.fiber_routes[r])
    }
    graphs = {
        (r, c): _graph(instance, section)
        for r in critical
        for c, section in enumerate(sections_of(instance.fiber_routes[r]))
        if any(instance.fiber_routes[r].designs[d].by_section[c] for d in critical[r])
    }
    b.CRITICAL = pyo.Set(initialize=[(r, d) for r, ds in critical.items() for d in ds], dimen=2)
    b.SPANS = pyo.Set(
        initialize=[(*place, i, j) for place, spans in graphs.items() for i, j in spans], dimen=4
    )
    b.uses_design = pyo.Var(b.CRITICAL, domain=pyo.Binary)
    b.is_span = pyo.Var(b.SPANS, domain=pyo.Binary)

    @b.Constraint(b.CRITICAL)
    def lit_design(b: pyo.Block, r: str, d: int) -> pyo.Expression:
        return routes.pairs[r, d, last] <= (routes.pairs[r, d, last].ub or 0) * b.uses_design[r, d]

    positions = [
        (*place, i) for place, graph in graphs.items() for i in range(len(graph.section.huts) + 1)
    ]
    b.POSITIONS = pyo.Set(initialize=positions, dimen=3)

    @b.Constraint(b.POSITIONS)
    def span_flow(b: pyo.Block, r: str, c: int, i: int) -> pyo.Expression:
        out = sum(b.is_span[r, c, i, j] for j in graphs[r, c].get_out(i))
        if i == 0:
            return out == _amplified(instance, routes, (r, c), last)
        return out == amplifiers.is_used[r, graphs[r, c].section.huts[i - 1].hut, last]

    @b.Constraint(b.POSITIONS)
    def span_flow_in(b: pyo.Block, r: str, c: int, i: int) -> pyo.Expression:
        # The far end takes the row of the first: what leaves must arrive.
        graph = graphs[r, c]
        if i == 0:
            end = len(graph.section.huts) + 1
            into = sum(b.is_span[r, c, k, end] for k in graph.get_in(end))
            return into == _amplified(instance, routes, (r, c), last)
        into = sum(b.is_span[r, c, k, i] for k in graph.get_in(i))
        return into == amplifiers.is_used[r, graph.section.huts[i - 1].hut, last]

    _noise(b, instance, graphs)
    return b


class _Spans(dict[tuple[int, int], float]):
    """Spans (i, j) of a section with their length, and neighbors by position."""

    def __init__(self, section: Section, lengths: dict[tuple[int, int], float]) -> None:
        super().__init__(lengths)
        self.section = section

    def get_out(self, i: int) -> list[int]:
        return [j for (a, j) in self if a == i]

    def get_in(self, j: int) -> list[int]:
        return [i for (i, c) in self if c == j]


def _graph(instance: Instance, section: Section) -> _Spans:
    graph = span_graph(
        section.length_km, section.huts, instance.min_spacing_km, instance.max_spacing_km
    )
    where = np.argwhere(graph.allowed)
    return _Spans(
        section,
        {(int(i), int(j)): float(graph.positions_km[j] - graph.positions_km[i]) for i, j in where},
    )


def _amplified(instance: Instance, routes: pyo.Block, place: Place, t: int) -> pyo.Expression:
    r, c = place
    ways = patterns(instance.fiber_routes[r])
    return sum(routes.is_amplified[r, k, t] for k, way in enumerate(ways) if way[c])


def _noise(b: pyo.Block, instance: Instance, graphs: dict[Place, _Spans]) -> None:
    noise: dict[tuple[str, int, int], dict[tuple[int, int], float]] = {}
    largest: dict[tuple[str, int, int], float] = {}
    for r, d in b.CRITICAL:
        route = instance.fiber_routes[r]
        option = instance.options[route.designs[d].option]
        if option.span_noise is None:
            continue
        for c, amplifiers in enumerate(route.designs[d].by_section):
            if not amplifiers:
                continue
            spans = list(graphs[r, c])
            values = option.span_noise(np.array([graphs[r, c][s] for s in spans]))
            noise[r, d, c] = {s: float(v) for s, v in zip(spans, values, strict=True)}
            section = graphs[r, c].section
            graph = span_graph(
                section.length_km, section.huts, instance.min_spacing_km, instance.max_spacing_km
            )
            matrix = noise_matrix(graph, option.span_noise)
            counts = tuple(sorted({x.by_section[c] for x in route.designs if x.by_section[c]}))
            spread = noise_range(matrix, counts)
            largest[r, d, c] = max(high for _, high in spread.values())
    b.NOISY = pyo.Set(initialize=list(noise), dimen=3)

    @b.Constraint(b.NOISY)
    def span_noise(b: pyo.Block, r: str, d: int, c: int) -> pyo.Expression:
        budget = instance.fiber_routes[r].designs[d].noise_budgets[c] + NOISE_TOLERANCE
        total = sum(value * b.is_span[r, c, i, j] for (i, j), value in noise[r, d, c].items())
        excess = largest[r, d, c] - budget
        # Divided by the budget: the noise itself is of the order of 1e-3.
        return total / budget <= 1 + excess / budget * (1 - b.uses_design[r, d])

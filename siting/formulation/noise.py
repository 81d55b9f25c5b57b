"""Noise of the actual spans: which options a route may carry with the huts it uses.

Only designs that some allowed spacing would make illegal need rows. For their routes the used huts
are written as a path of spans from terminal to terminal; the noise of the spans is additive.

| symbol | component | unit | meaning |
|---|---|---|---|
| s_rij | is_span | - | route r has the span from position i to position j |
| e_rd | uses_design | - | design d is lit on route r in some period |
"""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from siting.instance import Instance
from siting.instance.records import FiberRoute
from siting.instance.spans import noise_matrix, noise_range, span_graph

NOISE_TOLERANCE = 1e-12


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
    graphs = {r: _graph(instance, instance.fiber_routes[r]) for r in critical}
    b.CRITICAL = pyo.Set(initialize=[(r, d) for r, ds in critical.items() for d in ds], dimen=2)
    b.SPANS = pyo.Set(
        initialize=[(r, i, j) for r, spans in graphs.items() for i, j in spans], dimen=3
    )
    b.uses_design = pyo.Var(b.CRITICAL, domain=pyo.Binary)
    b.is_span = pyo.Var(b.SPANS, domain=pyo.Binary)

    @b.Constraint(b.CRITICAL)
    def lit_design(b: pyo.Block, r: str, d: int) -> pyo.Expression:
        return routes.pairs[r, d, last] <= (routes.pairs[r, d, last].ub or 0) * b.uses_design[r, d]

    positions = [(r, i) for r in critical for i in range(len(instance.fiber_routes[r].huts) + 1)]
    b.POSITIONS = pyo.Set(initialize=positions, dimen=2)

    @b.Constraint(b.POSITIONS)
    def span_flow(b: pyo.Block, r: str, i: int) -> pyo.Expression:
        out = sum(b.is_span[r, i, j] for j in graphs[r].get_out(i))
        if i == 0:
            return out == _amplified(instance, routes, r, last)
        hut = instance.fiber_routes[r].huts[i - 1].hut
        return out == amplifiers.is_used[r, hut, last]

    @b.Constraint(b.POSITIONS)
    def span_flow_in(b: pyo.Block, r: str, i: int) -> pyo.Expression:
        # The end terminal takes the row of the start terminal: what leaves must arrive.
        if i == 0:
            end = len(instance.fiber_routes[r].huts) + 1
            into = sum(b.is_span[r, k, end] for k in graphs[r].get_in(end))
            return into == _amplified(instance, routes, r, last)
        into = sum(b.is_span[r, k, i] for k in graphs[r].get_in(i))
        hut = instance.fiber_routes[r].huts[i - 1].hut
        return into == amplifiers.is_used[r, hut, last]

    _noise(b, instance, graphs)
    return b


class _Spans(dict[tuple[int, int], float]):
    """Spans (i, j) with their length, and neighbors by position."""

    def get_out(self, i: int) -> list[int]:
        return [j for (a, j) in self if a == i]

    def get_in(self, j: int) -> list[int]:
        return [i for (i, c) in self if c == j]


def _graph(instance: Instance, route: FiberRoute) -> _Spans:
    graph = span_graph(
        route.length_km, route.huts, instance.min_spacing_km, instance.max_spacing_km
    )
    where = np.argwhere(graph.allowed)
    return _Spans(
        {(int(i), int(j)): float(graph.positions_km[j] - graph.positions_km[i]) for i, j in where}
    )


def _amplified(instance: Instance, routes: pyo.Block, r: str, t: int) -> pyo.Expression:
    counts = sorted({d.amplifiers for d in instance.fiber_routes[r].designs})
    return sum(routes.is_amplified[r, k, t] for k in counts if k)


def _noise(b: pyo.Block, instance: Instance, graphs: dict[str, _Spans]) -> None:
    noise: dict[tuple[str, int], dict[tuple[int, int], float]] = {}
    largest: dict[tuple[str, int], float] = {}
    for r, d in b.CRITICAL:
        route = instance.fiber_routes[r]
        option = instance.options[route.designs[d].option]
        if option.span_noise is None:
            continue
        spans = list(graphs[r])
        values = option.span_noise(np.array([graphs[r][s] for s in spans]))
        noise[r, d] = {s: float(v) for s, v in zip(spans, values, strict=True)}
        graph = span_graph(
            route.length_km, route.huts, instance.min_spacing_km, instance.max_spacing_km
        )
        matrix = noise_matrix(graph, option.span_noise)
        counts = tuple(sorted({x.amplifiers for x in route.designs if x.amplifiers}))
        spread = noise_range(matrix, counts)
        largest[r, d] = max(high for _, high in spread.values())

    @b.Constraint(b.CRITICAL)
    def span_noise(b: pyo.Block, r: str, d: int) -> pyo.Expression:
        budget = instance.fiber_routes[r].designs[d].noise_budget + NOISE_TOLERANCE
        total = sum(value * b.is_span[r, i, j] for (i, j), value in noise[r, d].items())
        excess = largest[r, d] - budget
        # Divided by the budget: the noise itself is of the order of 1e-3.
        return total / budget <= 1 + excess / budget * (1 - b.uses_design[r, d])

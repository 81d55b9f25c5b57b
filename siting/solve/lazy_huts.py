"""Hut rules added as cuts: minimum spacing, and noise of the spans that the used huts make.

A lit option that its huts make illegal is cut off by a largest set of huts that is still illegal:
the option needs a hut outside it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from siting.formulation.amplifiers import crowds
from siting.instance import Instance
from siting.instance.records import FiberRoute
from siting.instance.spans import noise_matrix, span_graph
from siting.solve.highs import CompiledModel
from siting.solve.network_choice import NetworkChoice

if TYPE_CHECKING:
    import pyomo.environ as pyo

NOISE_TOLERANCE = 1e-12


def add_hut_cuts(
    instance: Instance, model: pyo.ConcreteModel, compiled: CompiledModel, choice: NetworkChoice
) -> bool:
    """Add the hut rules that ``choice`` breaks; return whether there were any."""
    last = len(instance.periods) - 1
    crowded = [
        (r, group)
        for r, used in choice.huts_used.items()
        for group in crowds(instance.fiber_routes[r], instance.min_spacing_km)
        if len(set(group) & set(used)) > 1
    ]
    for r, group in crowded:
        for t in range(len(instance.periods)):
            compiled.add_row(
                [(model.amplifiers.is_used[r, h, t], 1.0) for h in group], -math.inf, 1.0
            )
    if crowded:
        return True
    violated = noise_violations(instance, choice)
    for r, d, outside in violated:
        most = model.routes.pairs[r, d, last].ub or 0
        compiled.add_row(
            [
                *((model.amplifiers.is_used[r, h, last], float(most)) for h in outside),
                (model.routes.pairs[r, d, last], -1.0),
            ],
            0.0,
            math.inf,
        )
    return bool(violated)


def noise_violations(instance: Instance, choice: NetworkChoice) -> list[tuple[str, int, list[str]]]:
    """Return (route, design, huts outside a largest illegal set) for each lit, illegal option."""
    found = []
    for r, d in sorted(choice.pairs):
        route = instance.fiber_routes[r]
        design = route.designs[d]
        if design.always_legal or not design.amplifiers:
            continue
        used = set(choice.huts_used[r])
        if least_noise(instance, route, d, used) <= design.noise_budget + NOISE_TOLERANCE:
            continue
        illegal = set(used)
        for hut in _by_distance_to(route, used):
            if (
                least_noise(instance, route, d, illegal | {hut})
                > design.noise_budget + NOISE_TOLERANCE
            ):
                illegal.add(hut)
        found.append((r, d, [x.hut for x in route.huts if x.hut not in illegal]))
    return found


def _by_distance_to(route: FiberRoute, used: set[str]) -> list[str]:
    """Return the unused huts of a route, first those near a used hut: they change spans least."""
    at = [x.position_km for x in route.huts if x.hut in used]
    rest = [x for x in route.huts if x.hut not in used]
    rest.sort(key=lambda x: (min((abs(x.position_km - p) for p in at), default=0.0), x.hut))
    return [x.hut for x in rest]


def least_noise(instance: Instance, route: FiberRoute, d: int, huts: set[str]) -> float:
    """Return the least noise of a design over span sequences that amplify in ``huts`` only."""
    design = route.designs[d]
    noise = instance.options[design.option].span_noise
    if noise is None:
        return 0.0
    kept = tuple(x for x in route.huts if x.hut in huts)
    graph = span_graph(route.length_km, kept, instance.min_spacing_km, instance.max_spacing_km)
    matrix = noise_matrix(graph, noise)
    least = np.full(len(matrix), math.inf)
    least[0] = 0.0
    for _ in range(design.amplifiers + 1):
        least = (least[:, None] + matrix).min(axis=0)
    return float(least[-1])

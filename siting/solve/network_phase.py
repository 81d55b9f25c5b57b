"""The network for a fixed siting: least-cost routes, fiber and huts for given requirements, with a bound.

Spacing rows place the huts; noise is kept by cuts. A lit option that the huts used by its route make
illegal is cut off by the largest set of huts that is still illegal: the option needs a hut outside it.
"""

from __future__ import annotations

import dataclasses
import math
import time
from dataclasses import dataclass

import numpy as np

from siting.formulation import build_network_model
from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.instance.records import FiberRoute
from siting.instance.spans import noise_matrix, span_graph
from siting.solve.choices import NO_NETWORK, NetworkChoice, read_network
from siting.solve.highs import CompiledModel, Status

MILLION = 1e6
NOISE_TOLERANCE = 1e-12
ROUNDS = 30


@dataclass(frozen=True, slots=True)
class NetworkOutcome:
    """The best network found, USD, and a valid lower bound for the same requirements."""

    choice: NetworkChoice | None
    cost_usd: float
    bound_usd: float
    is_infeasible: bool = False


def solve_network(
    instance: Instance,
    requirements: Requirements,
    *,
    relative_gap: float,
    time_limit_s: float,
    seed: int,
) -> NetworkOutcome:
    """Return the network for ``requirements``."""
    if not requirements:
        return NetworkOutcome(NO_NETWORK, 0.0, 0.0)
    deadline = time.monotonic() + time_limit_s
    part = restrict(instance, requirements)
    model = build_network_model(part, requirements, with_noise=False)
    compiled = CompiledModel(model, seed=seed)
    bound = 0.0
    for _ in range(ROUNDS):
        outcome = compiled.run(
            time_limit_s=deadline - time.monotonic(), relative_gap=relative_gap
        )
        if outcome.status is Status.INFEASIBLE:
            return NetworkOutcome(None, math.inf, math.inf, is_infeasible=True)
        bound = max(bound, outcome.bound)
        if outcome.values is None:
            break
        values = outcome.values
        choice = read_network(part, model, lambda var, v=values: compiled.value(var, v))
        violated = noise_violations(part, choice)
        if not violated:
            return NetworkOutcome(choice, outcome.objective * MILLION, bound * MILLION)
        last = len(part.periods) - 1
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
        if time.monotonic() > deadline:
            break
    return _exact(part, requirements, bound, relative_gap, seed)


def _exact(
    part: Instance, requirements: Requirements, bound: float, relative_gap: float, seed: int
) -> NetworkOutcome:
    """Fall back on the model with explicit spans when the cuts did not settle in time."""
    model = build_network_model(part, requirements, with_noise=True)
    compiled = CompiledModel(model, seed=seed)
    outcome = compiled.run(time_limit_s=60.0, relative_gap=relative_gap)
    bound = max(bound, outcome.bound)
    if outcome.values is None:
        return NetworkOutcome(None, math.inf, bound * MILLION)
    values = outcome.values
    choice = read_network(part, model, lambda var: compiled.value(var, values))
    return NetworkOutcome(choice, outcome.objective * MILLION, bound * MILLION)


def restrict(instance: Instance, requirements: Requirements) -> Instance:
    """Return the instance with the routes of required links only."""
    links = {link for link, _ in requirements}
    limits = {
        link: max(item.rtt_limit_ms for (k, _), items in requirements.items() if k == link for item in items)
        for link in links
    }
    fiber = {}
    for r, route in instance.fiber_routes.items():
        if route.link not in links:
            continue
        designs = tuple(d for d in route.designs if d.rtt_ms <= limits[route.link] + 1e-9)
        if designs:
            fiber[r] = dataclasses.replace(route, designs=designs)
    return dataclasses.replace(
        instance,
        fiber_routes=fiber,
        wave_routes={v: w for v, w in instance.wave_routes.items() if w.link in links},
    )


def noise_violations(
    instance: Instance, choice: NetworkChoice
) -> list[tuple[str, int, list[str]]]:
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
    """Return the unused huts of a route, those near a used hut first: they change the spans least."""
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

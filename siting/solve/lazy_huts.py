"""Hut rules added as cuts: minimum spacing, noise of the spans that the used huts make, power.

A lit option that its huts make illegal is cut off by a largest set of huts that is still illegal:
the option needs a hut outside it. In a hut without enough power the routes whose options differ in
power count with what they have lit.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from pyomo.repn import generate_standard_repn

from siting.formulation.amplifiers import crowds
from siting.formulation.hut_power import power_excess_kw
from siting.formulation.requirements import Requirements
from siting.formulation.sites import W_PER_KW, Sites
from siting.instance import Instance
from siting.instance.spans import Section, noise_matrix, sections_of, span_graph
from siting.optics import SpanNoise
from siting.solve.highs import CompiledModel
from siting.solve.network_choice import NetworkChoice

if TYPE_CHECKING:
    import pyomo.environ as pyo

NOISE_TOLERANCE = 1e-12
POWER_TOLERANCE_KW = 1e-6


def add_hut_cuts(
    instance: Instance,
    requirements: Requirements,
    model: pyo.ConcreteModel,
    compiled: CompiledModel,
    choice: NetworkChoice,
) -> bool:
    """Add the hut rules that ``choice`` breaks; return whether there were any."""
    last = len(instance.periods) - 1
    crowded = [
        (r, group)
        for r, used in choice.huts_used.items()
        for section in sections_of(instance.fiber_routes[r])
        for group in crowds(section, instance.min_spacing_km)
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
    if violated:
        return True
    powerless = power_violations(instance, choice)
    if powerless:
        sites = Sites.of(instance, requirements, model.routes)
        for h, t in powerless:
            using = {r for r, huts in choice.huts_used.items() if h in huts}
            excess = power_excess_kw(model.amplifiers, instance, sites, model.routes, (h, t), using)
            row = generate_standard_repn(excess)
            terms = zip(row.linear_vars, row.linear_coefs, strict=True)
            compiled.add_row(terms, -math.inf, -row.constant)
    return bool(powerless)


def power_violations(instance: Instance, choice: NetworkChoice) -> list[tuple[str, int]]:
    """Return the huts and periods whose equipment draws more than their power."""
    drawn: dict[tuple[str, int], float] = {}
    for (r, d), lit in choice.pairs.items():
        route = instance.fiber_routes[r]
        design = route.designs[d]
        for t, pairs in enumerate(lit):
            at_huts = pairs * design.amplifier_w_per_pair
            at_sites = pairs * design.regenerator_w_per_pair
            at_sites += choice.channels[r, d][t] * design.regenerator_w_per_channel
            for h in choice.huts_used[r]:
                drawn[h, t] = drawn.get((h, t), 0.0) + at_huts / W_PER_KW
            for x in route.regenerators:
                drawn[x.hut, t] = drawn.get((x.hut, t), 0.0) + at_sites / W_PER_KW
    return [
        (h, t)
        for (h, t), kw in sorted(drawn.items())
        if kw > _power_kw(instance, choice, h, t) + POWER_TOLERANCE_KW
    ]


def _power_kw(instance: Instance, choice: NetworkChoice, h: str, t: int) -> float:
    hut = instance.huts[h]
    power = hut.existing.power_kw if hut.existing is not None and hut.stands[t] else 0.0
    if h in choice.hut_from and choice.hut_from[h] <= t:
        power += hut.classes[choice.hut_class[h]].power_kw
    return power


def noise_violations(instance: Instance, choice: NetworkChoice) -> list[tuple[str, int, list[str]]]:
    """Return (route, design, huts outside a largest illegal set) for each lit, illegal option.

    The huts outside are those of the section whose spans are too noisy.
    """
    found = []
    for r, d in sorted(choice.pairs):
        route = instance.fiber_routes[r]
        design = route.designs[d]
        if design.always_legal or not design.amplifiers:
            continue
        for c, section in enumerate(sections_of(route)):
            count = design.by_section[c]
            if not count:
                continue
            used = {x.hut for x in section.huts} & set(choice.huts_used[r])
            limit = design.noise_budgets[c] + NOISE_TOLERANCE
            noise = instance.options[design.option].span_noise
            if least_noise(instance, section, noise, count, used) <= limit:
                continue
            illegal = set(used)
            for hut in _by_distance_to(section, used):
                if least_noise(instance, section, noise, count, illegal | {hut}) > limit:
                    illegal.add(hut)
            found.append((r, d, [x.hut for x in section.huts if x.hut not in illegal]))
    return found


def _by_distance_to(section: Section, used: set[str]) -> list[str]:
    """Return the unused huts of a section, first those near a used hut: they change spans least."""
    at = [x.position_km for x in section.huts if x.hut in used]
    rest = [x for x in section.huts if x.hut not in used]
    rest.sort(key=lambda x: (min((abs(x.position_km - p) for p in at), default=0.0), x.hut))
    return [x.hut for x in rest]


def least_noise(
    instance: Instance, section: Section, noise: SpanNoise | None, amplifiers: int, huts: set[str]
) -> float:
    """Return the least noise of a section over span sequences that amplify in ``huts`` only."""
    if noise is None:
        return 0.0
    kept = tuple(x for x in section.huts if x.hut in huts)
    graph = span_graph(section.length_km, kept, instance.min_spacing_km, instance.max_spacing_km)
    matrix = noise_matrix(graph, noise)
    least = np.full(len(matrix), math.inf)
    least[0] = 0.0
    for _ in range(amplifiers + 1):
        least = (least[:, None] + matrix).min(axis=0)
    return float(least[-1])

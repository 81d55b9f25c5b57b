"""The links of one period: neighborhoods, menus, and first shares of what links share."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from siting.formulation.requirements import Requirement
from siting.instance import Instance
from siting.instance.records_graph import RouteGraph, TransportKind
from siting.solve.all_routes.edge_costs import edge_costs, expected_pairs
from siting.solve.all_routes.frames import MOST_PROTECTED, Frame, carried_by
from siting.solve.all_routes.hut_routes import OutOfTimeError
from siting.solve.all_routes.links import LinkProblem
from siting.solve.all_routes.multipliers import Items, Multipliers
from siting.solve.all_routes.needs import (
    Menu,
    Need,
    least_huts,
    legal_kinds,
    menus_of,
    need_of,
)
from siting.solve.all_routes.neighborhoods import Fields, Place, neighborhood

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

Link = tuple[str, str]
NEARNESS = 0.05
"""Share of the shortest length added to a detour, so that no link has all of its own way."""
HUT_NEARNESS = 0.25
"""The same for huts, whose cheapest in a wide surrounding counts."""
SMALL_EDGES = 6000
"""Above so many corridors around a link menus are compared without huts alone."""
LEAST_S = 15.0
"""Time for the bound of all links at least, s, however little is left."""
FEW_MENUS = 3
"""Menus of a link that are compared with huts."""


@dataclass(slots=True)
class PeriodProblem:
    """The links of a period, and what they share; costs in USD a year."""

    names: list[Link]
    links: list[LinkProblem]
    items: Items
    costs_usd: Floats
    """Of each shared item; 0 where there is none."""
    weights: Floats
    """First shares of the links, shape (links, items): those of an item add up to 1."""
    offered: Floats
    """IRU pairs on offer on each edge."""
    choices: list[list[LinkProblem]] = field(default_factory=list)
    """Of each link, by menu, where there are several: any of them bounds it."""
    slow: set[int] = field(default_factory=set)
    """Links whose bound alone takes too long: not tried again."""

    def first(self) -> Multipliers:
        """Return multipliers by the first shares, with the tolls of two routes of each link."""
        links, edges = len(self.links), self.items.edges
        found = Multipliers(
            self.costs_usd * self.weights, np.zeros((links, edges)), np.zeros(edges)
        )
        for number, link in enumerate(self.links):
            _, tolls, _ = link.two_routes(link.prices(found, number, self.items))
            found.tolls_usd[number, link.edges] = tolls
        return found

    def choose(self, multipliers: Multipliers, stop: float) -> bool:
        """Take the choice of each link that bounds it best; return whether that changed one.

        Args:
            multipliers: where they are compared.
            stop: clock time to end at, or ``LEAST_S`` from now: the links left keep theirs.
        """
        before = list(self.links)
        stop = max(stop, time.monotonic() + LEAST_S)
        for number, choices in enumerate(self.choices):
            if len(choices) > 1:
                begun = time.monotonic()
                prices = choices[0].prices(multipliers, number, self.items)
                try:
                    found = [choice.in_time(prices, stop) for choice in choices]
                except OutOfTimeError:
                    if time.monotonic() - begun > LEAST_S / 2:
                        self.slow.add(number)
                    break
                self.links[number] = choices[int(np.argmax(found))]
        return any(x is not y for x, y in zip(before, self.links, strict=True))


def period_problem(
    instance: Instance,
    graph: RouteGraph,
    asked: Mapping[Link, tuple[Requirement, ...]],
    t: int,
    stop: float = math.inf,
) -> PeriodProblem | None:
    """Return the problem of a period; None when no link of it is bounded.

    Args:
        instance: the instance.
        graph: its route graph.
        asked: what each link must carry.
        t: the period.
        stop: clock time (``time.monotonic``) after which menus are not compared any more.
    """
    waved = {wave.link for wave in instance.wave_routes.values()}
    fields = Fields.of(graph)
    needs: list[tuple[Need, Place, list[TransportKind]]] = []
    for link, requirements in sorted(asked.items()):
        need = need_of(instance, graph, link, requirements)
        place = None if link in waved or need.gbps <= 0 else neighborhood(graph, fields, need)
        if place is None or (need.kept_gbps > 0 and place.corridors < MOST_PROTECTED):
            continue
        kinds = legal_kinds(graph, place.shortest_km, t)
        if kinds:
            needs.append((need, place, kinds))
    if not needs:
        return None
    pairs = [expected_pairs(graph, need) for need, _, _ in needs]
    fixed, per_pair = edge_costs(graph, t, float(np.mean(pairs)))
    costs = np.concatenate([fixed.ravel(), fields.inside_usd, fields.at_node_usd])
    items = Items(len(graph.edges), len(fields.index))
    problem = PeriodProblem(
        names=[],
        links=[],
        items=items,
        costs_usd=np.where(np.isfinite(costs), costs, 0.0),
        weights=first_weights([place for _, place, _ in needs], items),
        offered=np.array([float(edge.corridor.iru_pairs) for edge in graph.edges]),
    )
    for need, place, kinds in needs:
        frame = Frame.of(instance, graph, fields, place, per_pair)
        menus = _menus(instance, graph, need, frame, kinds)
        problem.names.append(need.link)
        made = [frame.problem(menu, need) for menu in menus]
        few = 1 if len(place.edges) > SMALL_EDGES else FEW_MENUS
        problem.choices.append(_promising(problem, made)[:few])
        problem.links.append(problem.choices[-1][0])
    problem.choose(problem.first(), stop)
    return problem


def _promising(problem: PeriodProblem, choices: list[LinkProblem]) -> list[LinkProblem]:
    """Return the choices of the next link, by what they bound at the first shares without huts."""
    number, items = len(problem.links), problem.items
    supplies = items.supplies(choices[0].edges)
    supply = (problem.costs_usd * problem.weights)[number][supplies]
    return sorted(choices, key=lambda x: -(x.ways_usd(supply) + x.channels_usd))


def first_weights(places: list[Place], items: Items) -> Floats:
    """Return first shares: most for the least detour."""
    weights = np.zeros((len(places), items.count))
    for weight, place in zip(weights, places, strict=True):
        detour_km = place.through_km - place.shortest_km
        at_node = place.to_ends_km.sum(axis=0) - place.shortest_km
        weight[items.supplies(place.edges)] = _weight(detour_km, place, NEARNESS)
        weight[items.inside(place.edges)] = _weight(detour_km, place, HUT_NEARNESS)
        weight[items.at(place.nodes)] = _weight(at_node, place, HUT_NEARNESS)
    total = weights.sum(axis=0)
    return weights / np.where(total > 0, total, 1.0)


def _weight(detour_km: Floats, place: Place, nearness: float) -> Floats:
    weight: Floats = (np.maximum(detour_km, 0.0) + nearness * place.shortest_km + 1.0) ** -2.0
    return weight


def _menus(
    instance: Instance, graph: RouteGraph, need: Need, frame: Frame, kinds: list[TransportKind]
) -> list[Menu]:
    protected = need.kept_gbps > 0
    huts = 0 if graph.regenerates else least_huts(instance, frame.place.shortest_km)
    return menus_of(
        kinds,
        need.kept_gbps if protected else need.gbps,
        carried_by(need, frame.place.corridors),
        huts,
        frame.supplied_usd,
        regenerates=graph.regenerates,
    )

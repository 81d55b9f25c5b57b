"""The links of one period: neighborhoods, menus, and first shares of what links share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.formulation.requirements import Requirement
from siting.instance import Instance
from siting.instance.records_graph import RouteGraph
from siting.solve.all_routes.edge_costs import edge_costs, expected_pairs
from siting.solve.all_routes.frames import MOST_PROTECTED, Frame, carried_by
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
"""Above so many corridors around a link only its first menu is tried."""


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


def period_problem(
    instance: Instance,
    graph: RouteGraph,
    asked: Mapping[Link, tuple[Requirement, ...]],
    t: int,
) -> PeriodProblem | None:
    """Return the problem of a period; None when no link of it is bounded."""
    waved = {wave.link for wave in instance.wave_routes.values()}
    fields = Fields.of(graph)
    needs: list[tuple[Need, Place, list[Menu]]] = []
    for link, requirements in sorted(asked.items()):
        need = need_of(instance, graph, link, requirements)
        place = None if link in waved or need.gbps <= 0 else neighborhood(graph, fields, need)
        menus = [] if place is None else menus_at(instance, graph, need, place, t)
        if place is not None and menus:
            needs.append((need, place, menus))
    if not needs:
        return None
    pairs = [expected_pairs(graph, need) for need, _, _ in needs]
    fixed, per_pair = edge_costs(graph, t, float(np.mean(pairs)))
    costs = np.concatenate([fixed.ravel(), fields.inside_usd, fields.at_node_usd])
    items = Items(len(graph.edges), len(fields.index))
    problem = PeriodProblem(
        names=[need.link for need, _, _ in needs],
        links=[],
        items=items,
        costs_usd=np.where(np.isfinite(costs), costs, 0.0),
        weights=first_weights([place for _, place, _ in needs], items),
        offered=np.array([float(edge.corridor.iru_pairs) for edge in graph.edges]),
    )
    for need, place, menus in needs:
        frame = Frame.of(instance, graph, fields, place, per_pair)
        choices = [frame.problem(menu, need) for menu in menus]
        problem.links.append(choices[0])
        if len(place.edges) <= SMALL_EDGES:
            problem.links[-1] = _best(problem, choices)
    return problem


def _best(problem: PeriodProblem, choices: list[LinkProblem]) -> LinkProblem:
    """Return the choice, by menu, that bounds the last link best at the first shares."""
    number, items = len(problem.links) - 1, problem.items
    shares = problem.costs_usd * problem.weights
    found = []
    for choice in choices:
        first = Multipliers(shares, np.zeros((number + 1, items.edges)), np.zeros(items.edges))
        _, tolls, _ = choice.two_routes(choice.prices(first, number, items))
        first.tolls_usd[number, choice.edges] = tolls
        found.append(choice.bound(choice.prices(first, number, items)).usd)
    return choices[int(np.argmax(found))]


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


def menus_at(instance: Instance, graph: RouteGraph, need: Need, place: Place, t: int) -> list[Menu]:
    """Return the menus of a link; none where it is not bounded."""
    kinds = legal_kinds(graph, place.shortest_km, t)
    corridors = place.corridors
    protected = need.kept_gbps > 0
    if not kinds or (protected and corridors < MOST_PROTECTED):
        return []
    demand = need.kept_gbps if protected else need.gbps
    huts = 0 if graph.regenerates else least_huts(instance, place.shortest_km)
    return menus_of(kinds, demand, carried_by(need, corridors), huts, regenerates=graph.regenerates)

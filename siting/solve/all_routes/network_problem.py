"""The links of a network, and what they share: first shares, and the menu of each link."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.all_routes.label_setting import OutOfTimeError
from siting.solve.all_routes.links import LinkProblem
from siting.solve.all_routes.multipliers import Items, LinkPrices, Multipliers, SharedCosts
from siting.solve.all_routes.needs import Line
from siting.solve.all_routes.neighborhoods import Place
from siting.solve.all_routes.routes_apart import apart

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Link = tuple[str, str]
NEARNESS = 0.05
"""Share of the shortest length added to a detour, so that no link has all of its own way."""
LEAST_S = 15.0
"""Time for the bound of all links at least, s, however little is left."""


@dataclass(slots=True)
class NetworkProblem:
    """Links, and what they share, at one time or over time."""

    names: list[Link]
    links: list[LinkProblem]
    items: Items
    shared: SharedCosts
    weights: Floats
    """First shares of the links, shape (links, items): those of an item add up to 1."""
    offered: Floats
    """IRU pairs on offer on each edge."""
    choices: list[list[LinkProblem]] = field(default_factory=list)
    """Of each link, by menu, where there are several: any of them bounds it."""
    slow: set[int] = field(default_factory=set)
    """Links whose bound alone takes too long: not tried again."""
    spans: list[tuple[int, int]] = field(default_factory=list)
    """First period of each link, and the one after its last, where it is known over time."""
    whole_lines: list[list[Line]] = field(default_factory=list)
    """Of each link, what a route costs on one kind alone, where that is known."""
    threads: int | None = None
    """How many bound links at once; as many as there may be when None."""
    is_given_up: bool = False
    """Nobody wants to know more: rounds end, from whatever thread that is said."""

    def prices(self, multipliers: Multipliers, number: int) -> LinkPrices:
        """Return what a link pays. IRU pairs are scarce for those lit to the end."""
        prices = self.links[number].prices(multipliers, number, self.items)
        if not self.shared.is_last[number]:
            nothing = np.zeros_like(prices.scarcity_usd)
            prices = dataclasses.replace(prices, scarcity_usd=nothing)
        return prices

    def alike(self, number: int, other: NetworkProblem) -> int | None:
        """Return the number of a link, or of its side, in another problem; None if it has none."""
        name, edges = self.names[number], self.links[number].edges
        found = (
            at
            for at, (known, link) in enumerate(zip(other.names, other.links, strict=True))
            if known == name and np.array_equal(link.edges, edges)
        )
        return next(found, None)

    def first(self) -> Multipliers:
        """Return multipliers by the first shares, with the tolls of two routes of each link."""
        links, edges = len(self.links), self.items.edges
        found = Multipliers(
            self.shared.split(self.weights), np.zeros((links, edges)), np.zeros(edges)
        )
        for number, link in enumerate(self.links):
            if link.least_flow > 1:
                usual = apart(link, self.prices(found, number))
                if usual is not None:
                    found.tolls_usd[number, link.edges] = usual[1]
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
                prices = self.prices(multipliers, number)
                try:
                    found = [choice.in_time(prices, stop) for choice in choices]
                except OutOfTimeError:
                    if time.monotonic() - begun > LEAST_S / 2:
                        self.slow.add(number)
                    break
                self.links[number] = choices[int(np.argmax(found))]
        return any(x is not y for x, y in zip(before, self.links, strict=True))


def first_weights(places: list[Place], items: Items) -> Floats:
    """Return first shares: most for the least detour."""
    weights = np.zeros((len(places), items.count))
    for weight, place in zip(weights, places, strict=True):
        detour_km = place.through_km - place.shortest_km
        at_node = place.to_ends_km.sum(axis=0) - place.shortest_km
        weight[items.supplies(place.edges)] = _weight(detour_km, place)
        weight[items.inside(place.edges)] = _weight(detour_km, place)
        weight[items.at(place.nodes)] = _weight(at_node, place)
    total = weights.sum(axis=0)
    return weights / np.where(total > 0, total, 1.0)


def _weight(detour_km: Floats, place: Place) -> Floats:
    weight: Floats = (np.maximum(detour_km, 0.0) + NEARNESS * place.shortest_km + 1.0) ** -2.0
    return weight

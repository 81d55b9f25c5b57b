"""Corridors in series that the same routes use become one: smaller network problems, exact.

Two corridors that follow each other on a route are alike when the same routes use both, with the
same supply, and when they differ in length alone: same dates, same cable and IRU on offer, prices
of cables in the same proportion. Then what lies in the one lies in the other in some cheapest
network: both need the same pairs at any time, and the same cables are cheapest for them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from siting.instance import Instance
from siting.instance.records_network import Corridor, FiberRoute
from siting.solve.network_choice import NetworkChoice

PROPORTION = 1e-9
"""Prices of cables may differ from a proportion by this share."""


@dataclass(frozen=True, slots=True)
class Contracted:
    """An instance with corridors in series as one, and what each stands for."""

    instance: Instance
    members: Mapping[str, tuple[str, ...]]
    """By corridor that stands for several: these, itself among them."""

    def expanded(self, choice: NetworkChoice) -> NetworkChoice:
        """Return a network with every corridor by itself."""
        if not self.members:
            return choice
        return dataclasses.replace(
            choice,
            built_from={k: t for e, t in choice.built_from.items() for k in self._of(e)},
            cables={(k, f, s): n for (e, f, s), n in choice.cables.items() for k in self._of(e)},
            iru_pairs={k: n for e, n in choice.iru_pairs.items() for k in self._of(e)},
        )

    def _of(self, corridor: str) -> tuple[str, ...]:
        return self.members.get(corridor, (corridor,))


def contracted(instance: Instance) -> Contracted:
    """Return an instance with corridors in series as one.

    Nothing is done with caps, which may make it pay to build a part early, or with pins.
    """
    if instance.caps.given or instance.pins.given:
        return Contracted(instance, {})
    users: dict[str, set[tuple[str, str]]] = {}
    for r, route in instance.fiber_routes.items():
        for e, supply in zip(route.corridors, route.supply, strict=True):
            users.setdefault(e, set()).add((r, supply))
    head: dict[str, str] = {}
    """By corridor: the one that stands for it."""
    for route in instance.fiber_routes.values():
        for before, e in zip(route.corridors, route.corridors[1:], strict=False):
            if e in head or before == e:
                continue
            first = head.setdefault(before, before)
            alike = users[before] == users[e] and _alike(
                instance.corridors[first], instance.corridors[e]
            )
            head[e] = first if alike else e
    members: dict[str, list[str]] = {}
    for e, first in head.items():
        members.setdefault(first, []).append(e)
    several = {e: tuple(found) for e, found in members.items() if len(found) > 1}
    if not several:
        return Contracted(instance, {})
    stands_for = {k: e for e, found in several.items() for k in found}
    corridors = {
        e: _together([instance.corridors[k] for k in several[e]]) if e in several else corridor
        for e, corridor in instance.corridors.items()
        if stands_for.get(e, e) == e
    }
    fiber = {r: _shorter(route, stands_for) for r, route in instance.fiber_routes.items()}
    part = dataclasses.replace(instance, corridors=corridors, fiber_routes=fiber)
    return Contracted(part, several)


def _alike(one: Corridor, other: Corridor) -> bool:
    """Return whether two corridors differ in length alone."""
    same = all(
        getattr(one, name) == getattr(other, name)
        for name in (
            "buildable",
            "build_first_period",
            "existing_pairs",
            "stands",
            "iru_fiber_type",
            "iru_pairs",
            "iru_first_period",
        )
    )
    if not same or one.cable_usd_per_year.keys() != other.cable_usd_per_year.keys():
        return False
    least = sum(one.cable_usd_per_year.values()), sum(other.cable_usd_per_year.values())
    return all(
        abs(usd * least[1] - other.cable_usd_per_year[key] * least[0])
        <= PROPORTION * least[0] * least[1]
        for key, usd in one.cable_usd_per_year.items()
    )


def _together(corridors: list[Corridor]) -> Corridor:
    """Return corridors in series as one: lengths and amounts add up."""

    def added(name: str) -> float:
        return float(sum(getattr(x, name) for x in corridors))

    def by_cable(name: str) -> dict[tuple[str, int], float]:
        amounts = [getattr(x, name) for x in corridors]
        return {key: float(sum(usd[key] for usd in amounts)) for key in amounts[0]}

    return dataclasses.replace(
        corridors[0],
        length_km=added("length_km"),
        build_usd_per_year=added("build_usd_per_year"),
        build_capital_usd=added("build_capital_usd"),
        own_maintenance_usd_per_year=added("own_maintenance_usd_per_year"),
        cable_usd_per_year=by_cable("cable_usd_per_year"),
        cable_capital_usd=by_cable("cable_capital_usd"),
        iru_usd_per_pair_year=added("iru_usd_per_pair_year"),
        iru_capital_usd_per_pair=added("iru_capital_usd_per_pair"),
        iru_maintenance_usd_per_year=added("iru_maintenance_usd_per_year"),
    )


def _shorter(route: FiberRoute, stands_for: Mapping[str, str]) -> FiberRoute:
    """Return a route with corridors in series as one, from the node where the first begins."""
    names = [stands_for.get(e, e) for e in route.corridors]
    kept = [i for i, e in enumerate(names) if i == 0 or e != names[i - 1]]
    if len(kept) == len(names):
        return route
    return dataclasses.replace(
        route,
        corridors=tuple(names[i] for i in kept),
        supply=tuple(route.supply[i] for i in kept),
        nodes=(*(route.nodes[i] for i in kept), route.nodes[-1]),
    )

"""Candidate routes on paths that are found while an instance is solved."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from siting.instance.failures import failure_rates
from siting.instance.fiber_routes import Link, RouteMaker
from siting.instance.paths import Path
from siting.instance.plant import Plant
from siting.instance.records import Instance
from siting.instance.records_graph import Proposal
from siting.instance.records_network import FiberRoute
from siting.instance.transport import DesignFactory
from siting.instance.variants import variants

MARK = "g"
"""Their ids have ``#g<number>`` where those of the others have ``#<number>``."""
_NUMBER = re.compile(rf"#{MARK}(\d+)")


class MoreRoutes:
    """Makes the candidate routes of further paths."""

    def __init__(
        self, plant: Plant, factory: DesignFactory, limits_ms: Mapping[Link, float]
    ) -> None:
        """Take what the candidate routes of the instance are made with.

        Args:
            plant: makes the records of corridors and huts.
            factory: makes the designs of routes.
            limits_ms: largest RTT of use by link.
        """
        self._plant, self._factory, self._limits_ms = plant, factory, limits_ms

    @cached_property
    def _maker(self) -> RouteMaker:
        return RouteMaker.of(self._plant.study, self._plant.network, self._factory)

    @cached_property
    def _forbidden(self) -> set[Path]:
        forbidden = self._plant.study.file.rules.forbid_routes
        return {way for path in forbidden for way in (path, path[::-1])}

    def extended(
        self, instance: Instance, proposals: Mapping[Link, Iterable[Proposal]]
    ) -> Instance:
        """Return the instance with the routes of further paths.

        Proposals that are candidates already, that are forbidden or no simple paths between their
        campuses, give nothing.
        """
        found: dict[str, FiberRoute] = {}
        for link, proposed in proposals.items():
            known = {
                Proposal.of(route.corridors, route.supply)
                for route in instance.fiber_routes.values()
                if route.link == link
            }
            number = 1 + max(_numbers(instance, link), default=-1)
            for proposal in dict.fromkeys(proposed):
                if proposal not in known and self._possible(link, proposal.path):
                    routes = self._routes(link, f"{MARK}{number}", proposal)
                    found |= {route.id: route for route in routes}
                    number += 1
        made, plant = list(found.values()), self._plant
        rates = failure_rates(plant.study, plant.network, plant.catalog, made, ())
        return dataclasses.replace(
            instance,
            fiber_routes={**instance.fiber_routes, **found},
            corridors={**plant.corridors(made), **instance.corridors},
            huts={**plant.huts(made), **instance.huts},
            failures={**rates, **instance.failures},
        )

    def _possible(self, link: Link, path: Path) -> bool:
        """Return whether a path is allowed, and simple from the first campus to the second."""
        network = self._plant.network
        if path in self._forbidden or link not in self._limits_ms:
            return False
        stands = self._maker.stands
        node, target = stands[link[0]], stands[link[1]]
        seen = {node}
        for edge in path:
            corridor = network.corridors.get(edge)
            if corridor is None or node not in {corridor.node_a, corridor.node_b}:
                return False
            if node == target:
                return False
            node = network.other_end(edge, node)
            if node in seen or (node != target and network.nodes[node].campus is not None):
                return False
            seen.add(node)
        return node == target

    def _routes(self, link: Link, number: str, proposal: Proposal) -> Iterator[FiberRoute]:
        types = self._plant.study.file.transport.fiber_types
        for variant in variants(self._plant.network, proposal.path, types):
            if Proposal.of(proposal.path, variant.supply) == proposal:
                yield from self._maker.routes(
                    link, number, proposal.path, variant, self._limits_ms[link], every=False
                )


def _numbers(instance: Instance, link: Link) -> Iterator[int]:
    """Return the numbers that routes of further paths have; some may have been left out since."""
    for route in instance.fiber_routes.values():
        if route.link == link and (found := _NUMBER.search(route.id)):
            yield int(found[1])

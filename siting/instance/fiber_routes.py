"""Candidate fiber routes of every link: path, supply, fiber type, regenerators, designs."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

from siting.catalog import Catalog
from siting.instance.exclusions import Tally, reason_without_design
from siting.instance.paths import Path
from siting.instance.records import Workload
from siting.instance.records_network import FiberRoute, RouteHut
from siting.instance.records_pins import Pins
from siting.instance.routes import PathFinder, route_srlgs
from siting.instance.serving_huts import HutFinder
from siting.instance.transport import DesignFactory
from siting.instance.variants import Variant, all_types, regenerator_sets, variants
from siting.network import CandidateNetwork
from siting.study import Study

Link = tuple[str, str]
EXTRA_AMPLIFIERS = 1
"""On generated paths a route has at most this many amplifiers more than an option needs."""


def fiber_routes(
    study: Study,
    network: CandidateNetwork,
    catalog: Catalog,
    jobs: dict[str, Workload],
    factory: DesignFactory,
) -> tuple[dict[str, FiberRoute], bool, Tally]:
    """Return the candidate routes by id, whether they are all routes, and how many are excluded."""
    transport = study.file.transport
    rules = study.file.rules
    finder = PathFinder(network, transport.routes_per_link, rules.forbid_routes, pins_of(study))
    maker = RouteMaker.of(study, network, factory)
    delay_us = min(
        catalog.value(f"{fiber_type}.delay")
        for fiber_type in all_types(network, transport.fiber_types)
    )
    routes: dict[str, FiberRoute] = {}
    complete = True
    tally = maker.tally
    for link, limit_ms in linkable(jobs).items():
        max_length = limit_ms * 1000 / 2 / delay_us if delay_us else math.inf
        found = finder.paths(link, max_length)
        complete &= found.complete
        tally.add("forbidden", found.forbidden)
        tally.add("too_long", found.too_long)
        for number, path in enumerate(found.paths):
            ways = variants(network, path, transport.fiber_types)
            tally.add("no_fiber", not ways)
            for variant in ways:
                for route in maker.routes(
                    link, str(number), path, variant, limit_ms, every=found.complete
                ):
                    routes[route.id] = route
    return routes, complete, tally


def pins_of(study: Study) -> Pins:
    """Return what the planner pins in the network."""
    rules = study.file.rules
    return Pins(corridors=rules.pin_corridors, routes=rules.pin_routes, huts=rules.pin_huts)


def linkable(jobs: dict[str, Workload]) -> dict[Link, float]:
    """Return the pairs of campuses that some workload may link, with the largest RTT limit, ms."""
    limits: dict[Link, float] = {}
    for job in jobs.values():
        asked = [mode.link_rtt_limit_ms for mode in job.modes] if job.max_peers > 1 else []
        if job.replica is not None:
            asked.append(job.replica.rtt_limit_ms)
        if not asked:
            continue
        for link in itertools.combinations(sorted(job.campuses), 2):
            limits[link] = max(*asked, limits.get(link, 0.0))
    return limits


@dataclass(frozen=True, slots=True)
class RouteMaker:
    """Makes the candidate routes of a path and supply: one for each set of regenerator sites."""

    study: Study
    network: CandidateNetwork
    factory: DesignFactory
    stands: dict[str, str]
    """Node by campus."""
    finder: HutFinder
    tally: Tally
    """Counts the routes without a design."""

    @classmethod
    def of(cls, study: Study, network: CandidateNetwork, factory: DesignFactory) -> RouteMaker:
        """Return the maker of a study's routes on its network."""
        stands = {n.campus: n.id for n in network.nodes.values() if n.campus is not None}
        return cls(study, network, factory, stands, HutFinder(network), Tally())

    def routes(
        self,
        link: Link,
        number: str,
        path: Path,
        variant: Variant,
        limit_ms: float,
        *,
        every: bool,
    ) -> Iterator[FiberRoute]:
        """Yield the routes with a design within the RTT limit.

        Args:
            link: the two campuses.
            number: number of the path among those of the link.
            path: its corridors.
            variant: supply and fiber type.
            limit_ms: largest RTT of use.
            every: every set of regenerator sites and number of amplifiers; else a few.
        """
        transport = self.study.file.transport
        length_km = sum(self.network.corridors[edge].length_km for edge in path)
        if not transport.max_regenerators and not self.factory.reaches(
            length_km, variant.fiber_type
        ):
            self.tally.add("noise")
            return
        huts = self.finder.along(self.stands[link[0]], path, variant.supply)
        sites = self.finder.regenerators(huts)
        for regenerators in regenerator_sets(
            length_km, sites, transport.max_regenerators, every=every
        ):
            taken_km = [x.position_km for x in regenerators]
            left = huts.without(taken_km) if taken_km else huts
            designs = self.factory.designs(
                length_km,
                variant.fiber_type,
                left.positions_km,
                taken_km,
                None if every else EXTRA_AMPLIFIERS,
            )
            if not designs:
                rules = transport.amplifiers
                self.tally.add(reason_without_design(length_km, left.positions_km, taken_km, rules))
                continue
            designs = tuple(d for d in designs if d.rtt_ms <= limit_ms)
            if not designs:
                self.tally.add("rtt")
                continue
            yield FiberRoute(
                id=self._id(link, number, variant, regenerators),
                link=link,
                corridors=path,
                supply=variant.supply,
                fiber_type=variant.fiber_type,
                nodes=self._nodes(link, path),
                length_km=length_km,
                srlgs=route_srlgs(
                    self.network,
                    path,
                    variant.supply,
                    regenerators,
                    provider_failures=self.study.file.survivability.provider_failures,
                ),
                regenerators=regenerators,
                huts=left.records(),
                designs=designs,
            )

    def _id(
        self, link: Link, number: str, variant: Variant, regenerators: tuple[RouteHut, ...]
    ) -> str:
        """Return the id; a fiber type other than the study's first, and regenerators, follow."""
        usual = variant.fiber_type == self.study.file.transport.fiber_types[0]
        marks = [] if usual else [variant.fiber_type]
        marks += [x.hut for x in regenerators]
        return f"{link[0]}~{link[1]}#{number}{variant.name}" + "".join(f"+{m}" for m in marks)

    def _nodes(self, link: Link, path: Path) -> tuple[str, ...]:
        """Return the nodes of a path, the campuses by their own ids."""
        node = self.stands[link[0]]
        inner = []
        for edge in path[:-1]:
            node = self.network.other_end(edge, node)
            inner.append(f"node {node}")
        return (link[0], *inner, link[1])

"""Candidate routes of every link: paths, supply, huts that serve them, shared risks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.instance.paths import (
    Graph,
    Path,
    distance_km,
    path_over,
    shortest_path,
    simple_paths,
    suurballe,
)
from siting.instance.records_network import RouteHut
from siting.instance.records_pins import NO_PINS, Pins
from siting.network import OWN, CandidateNetwork, Hut

if TYPE_CHECKING:
    from numpy.typing import NDArray

PENALTY = 2.0
"""Weight of a corridor already used by a candidate of the link, against an unused one."""
POSITION_DECIMALS = 9
TOLERANCE_KM = 1e-9


@dataclass(frozen=True, slots=True)
class PathSet:
    """Candidate paths of one link."""

    paths: tuple[Path, ...]
    complete: bool
    """They are all simple paths within the length limit."""
    forbidden: int = 0
    """Further paths that the study forbids."""
    too_long: int = 0
    """Further paths that were met and are longer than the limit; those not met are not counted."""


class PathFinder:
    """Finds the candidate paths of every link of a network."""

    def __init__(
        self,
        network: CandidateNetwork,
        limit: int,
        forbidden: Iterable[Path] = (),
        pins: Pins = NO_PINS,
    ) -> None:
        """Index the network.

        Args:
            network: the candidate network.
            limit: candidate paths kept for each link.
            forbidden: paths that are no candidates, from either end.
            pins: what paths should take, beyond the limit.
        """
        self._pins, self._network = pins, network
        self._forbidden = {way for path in forbidden for way in (path, path[::-1])}
        self._graph = Graph.of(network)
        self._limit = limit
        self._stands = {n.campus: n.id for n in network.nodes.values() if n.campus is not None}
        self._nodes = sorted(network.nodes)
        self._groups = _groups(network, self._graph)
        self._lengths_km = np.array(self._graph.lengths_km)
        offered = np.array([network.corridors[e].iru_pairs > 0 for e in self._graph.edges])
        self._iru_factor = np.where(offered, 0.5, 1.0)

    def paths(self, link: tuple[str, str], max_length_km: float) -> PathSet:
        """Return the candidate paths of ``link``: all when at most the limit, else generated.

        Generated: Suurballe pairs by length, then again with used corridors and their shared risks
        dearer, and with IRU corridors cheaper, until the limit is reached or nothing new comes.
        """
        graph = self._graph
        source, target = (graph.node_index[self._stands[c]] for c in link)
        every = simple_paths(graph, source, target, max_length_km, self._limit)
        if every is not None:
            every.sort(key=lambda p: (graph.length_km(p), p))
            named = (_names(graph, path) for path in every)
            allowed = tuple(path for path in named if path not in self._forbidden)
            too_long = not every and math.isfinite(distance_km(graph, source, target))
            forbidden = len(every) - len(allowed)
            return PathSet(allowed, complete=True, forbidden=forbidden, too_long=too_long)
        if distance_km(graph, source, target) > max_length_km + TOLERANCE_KM:
            return PathSet((), complete=True, too_long=1)
        found: dict[Path, None] = {}
        refused: dict[Path, str] = {}
        used = np.zeros(len(graph.edges))
        for attempt in range(2 + 2 * self._limit):
            before = len(found)
            weight = self._weights(used, attempt)
            pair = suurballe(graph, source, target, weight)
            for path in pair or (shortest_path(graph, source, target, weight),):
                self._add(path, max_length_km, found, refused, used)
            if len(found) >= self._limit or (attempt > 1 and len(found) == before > 0):
                break
        for name in self._pinned(source, target):
            length_km = sum(self._network.corridors[e].length_km for e in name)
            if name not in self._forbidden and length_km <= max_length_km + TOLERANCE_KM:
                found[name] = None
        reasons = list(refused.values())
        return PathSet(
            tuple(found),
            complete=False,
            forbidden=reasons.count("forbidden"),
            too_long=reasons.count("too_long"),
        )

    def _pinned(self, source: int, target: int) -> Iterator[Path]:
        """Yield the pinned routes of a link, and a path over each pinned corridor and hut."""
        graph = self._graph
        for path in self._pins.routes:
            for way in (path, path[::-1]):
                if self._leads(way, source, target):
                    yield way
        corridors: list[Path] = [(e,) for e in self._pins.corridors]
        corridors += [self._at(self._network.huts[h]) for h in self._pins.huts]
        for choice in corridors:
            ways = [
                path_over(graph, source, target, graph.edges.index(e), self._lengths_km)
                for e in choice
            ]
            short = (way for way in ways if way is not None)
            best = min(short, key=lambda way: (graph.length_km(way), way), default=None)
            if best is not None:
                yield _names(graph, best)

    def _leads(self, path: Path, source: int, target: int) -> bool:
        """Return whether a path leads from one node to another."""
        node = self._nodes[source]
        for e in path:
            if node not in {self._network.corridors[e].node_a, self._network.corridors[e].node_b}:
                return False
            node = self._network.other_end(e, node)
        return node == self._nodes[target]

    def _at(self, hut: Hut) -> Path:
        """Return the corridors that a route to a hut may take: its own, or those at its node."""
        if hut.corridor is not None:
            return (hut.corridor,)
        corridors = self._network.corridors.values()
        return tuple(e.id for e in corridors if hut.node in {e.node_a, e.node_b})

    def _weights(self, used: NDArray[np.float64], attempt: int) -> NDArray[np.float64]:
        """Return the corridor weights of an attempt: plain length first, then penalized in turn."""
        if attempt == 0:
            return self._lengths_km
        often = np.minimum(used, 6)
        if attempt % 2:
            return self._lengths_km * self._iru_factor * PENALTY ** (often / 2)
        return self._lengths_km * PENALTY**often

    def _add(
        self,
        path: list[int] | None,
        max_length_km: float,
        found: dict[Path, None],
        refused: dict[Path, str],
        used: NDArray[np.float64],
    ) -> None:
        if path is None:
            return
        name = _names(self._graph, path)
        if self._graph.length_km(path) > max_length_km + TOLERANCE_KM:
            refused[name] = "too_long"
            return
        if name in self._forbidden:
            refused[name] = "forbidden"
        elif name not in found and len(found) < self._limit:
            found[name] = None
        for edge in path:
            used[self._groups[edge]] += 1


def _names(graph: Graph, path: list[int]) -> Path:
    return tuple(graph.edges[edge] for edge in path)


def _groups(network: CandidateNetwork, graph: Graph) -> list[list[int]]:
    """For each edge, the edges that share a listed risk with it (itself included)."""
    members: dict[str, list[int]] = {}
    for number, edge in enumerate(graph.edges):
        for group in network.corridors[edge].srlgs:
            members.setdefault(group, []).append(number)
    return [
        sorted({number, *(m for g in network.corridors[edge].srlgs for m in members[g])})
        for number, edge in enumerate(graph.edges)
    ]


def serving_huts(
    network: CandidateNetwork,
    by_place: dict[str, list[Hut]],
    start: str,
    path: Path,
    supply: tuple[str, ...],
) -> tuple[RouteHut, ...]:
    """Return the huts that serve a route, in order from its ``start`` node.

    Rule ``hut_service``: inside a corridor with the operator of its supply, or at an intermediate
    node with the operator of one of the two corridors that meet there.
    """
    offset_km = 0.0
    huts: list[RouteHut] = []
    node = start
    for number, (edge, operator) in enumerate(zip(path, supply, strict=True)):
        corridor = network.corridors[edge]
        if number > 0:
            operators = {supply[number - 1], operator}
            huts += [
                RouteHut(hut=h.id, position_km=round(offset_km, POSITION_DECIMALS))
                for h in by_place.get(f"node {node}", [])
                if h.operator in operators
            ]
        forward = corridor.node_a == node
        inside = [h for h in by_place.get(edge, []) if h.operator == operator]
        positions = [
            (offset_km + (h.position_km if forward else corridor.length_km - h.position_km), h.id)
            for h in inside
        ]
        huts += [
            RouteHut(hut=hut, position_km=round(position, POSITION_DECIMALS))
            for position, hut in sorted(positions)
        ]
        offset_km += corridor.length_km
        node = network.other_end(edge, node)
    return tuple(huts)


def huts_by_place(huts: Iterable[Hut]) -> dict[str, list[Hut]]:
    """Return huts by corridor id, and by ``node <id>`` for huts at nodes."""
    places: dict[str, list[Hut]] = {}
    for hut in sorted(huts, key=lambda h: h.id):
        places.setdefault(hut.corridor or f"node {hut.node}", []).append(hut)
    return places


def route_srlgs(
    network: CandidateNetwork,
    path: Path,
    supply: tuple[str, ...],
    regenerators: Iterable[RouteHut] = (),
    *,
    provider_failures: bool,
) -> frozenset[str]:
    """Return the shared risks of a route that do not depend on where it is amplified."""
    risks = {f"corridor:{edge}" for edge in path}
    risks.update(f"hut:{site.hut}" for site in regenerators)
    for edge in path:
        risks.update(network.corridors[edge].srlgs)
    if provider_failures:
        risks.update(f"provider:{s}" for s in supply if s != OWN)
    return frozenset(risks)

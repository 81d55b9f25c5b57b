"""Candidate paths of every link, and the shared risks of the routes on them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.instance.nearby import Nearby
from siting.instance.paths import Graph, Path, simple_paths
from siting.instance.pinned_paths import PinnedPaths
from siting.instance.records_network import RouteHut
from siting.instance.records_pins import NO_PINS, Pins
from siting.network import OWN, CandidateNetwork

if TYPE_CHECKING:
    from numpy.typing import NDArray

PENALTY = 2.0
"""Weight of a corridor already used by a candidate of the link, against an unused one."""
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
        self._forbidden = {way for path in forbidden for way in (path, path[::-1])}
        self._graph = Graph.of(network)
        self._limit = limit
        self._stands = {n.campus: n.id for n in network.nodes.values() if n.campus is not None}
        self._pinned = PinnedPaths(network, self._graph, pins)
        self._groups = _groups(network, self._graph)
        self._lengths_km = np.array(self._graph.lengths_km)
        offered = np.array([network.corridors[e].iru_pairs > 0 for e in self._graph.edges])
        self._iru_km = self._lengths_km * np.where(offered, 0.5, 1.0)
        self._by_length = Nearby(self._graph, self._lengths_km)
        self._by_iru = Nearby(self._graph, self._iru_km)

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
            too_long = not every and math.isfinite(self._by_length.distance(source, target))
            forbidden = len(every) - len(allowed)
            return PathSet(allowed, complete=True, forbidden=forbidden, too_long=too_long)
        if self._by_length.distance(source, target) > max_length_km + TOLERANCE_KM:
            return PathSet((), complete=True, too_long=1)
        found: dict[Path, None] = {}
        refused: dict[Path, str] = {}
        used = np.zeros(len(graph.edges))
        for attempt in range(2 + 2 * self._limit):
            before = len(found)
            nearby = self._by_iru if attempt % 2 else self._by_length
            best = nearby.search(source, target, self._weights(used, attempt))
            for path in best.pair or (best.path,):
                self._add(path, max_length_km, found, refused, used)
            if len(found) >= self._limit or (attempt > 1 and len(found) == before > 0):
                break
        for name in self._pinned.between(source, target):
            length_km = graph.length_km([graph.edge_index[e] for e in name])
            if name not in self._forbidden and length_km <= max_length_km + TOLERANCE_KM:
                found[name] = None
        reasons = list(refused.values())
        return PathSet(
            tuple(found),
            complete=False,
            forbidden=reasons.count("forbidden"),
            too_long=reasons.count("too_long"),
        )

    def _weights(self, used: NDArray[np.float64], attempt: int) -> NDArray[np.float64]:
        """Return the corridor weights of an attempt: plain length first, then penalized in turn."""
        taken = np.flatnonzero(used)
        often = np.minimum(used[taken], 6)
        weight = (self._iru_km if attempt % 2 else self._lengths_km).copy()
        weight[taken] *= PENALTY ** (often / 2 if attempt % 2 else often)
        return weight

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
        np.add.at(used, [member for edge in path for member in self._groups[edge]], 1)


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

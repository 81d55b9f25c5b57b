"""Candidate routes of every link: paths, supply, huts that serve them, shared risks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from siting.instance.paths import Graph, Path, shortest_path, simple_paths, suurballe
from siting.instance.records import RouteHut
from siting.network import OWN, CandidateNetwork, Hut

PENALTY = 2.0
"""Weight of a corridor already used by a candidate of the link, against an unused one."""
POSITION_DECIMALS = 9


@dataclass(frozen=True, slots=True)
class PathSet:
    """Candidate paths of one link."""

    paths: tuple[Path, ...]
    complete: bool
    """They are all simple paths within the length limit."""


def candidate_paths(
    network: CandidateNetwork,
    graph: Graph,
    link: tuple[str, str],
    max_length_km: float,
    limit: int,
) -> PathSet:
    """Return the candidate paths of ``link``: all of them when at most ``limit``, else generated.

    Generated: Suurballe pairs by length, then again with used corridors and their shared risks
    dearer, then with IRU corridors cheaper, until ``limit`` paths are found or nothing new comes.
    """
    source, target = (graph.node_index[network.campus_node(c)] for c in link)
    every = simple_paths(graph, source, target, max_length_km, limit)
    if every is not None:
        every.sort(key=lambda p: (graph.length_km(p), p))
        return PathSet(tuple(_names(graph, path) for path in every), complete=True)
    found: dict[Path, None] = {}
    groups = _groups(network, graph)
    used: dict[int, int] = {}

    def add(path: list[int] | None) -> None:
        if path is None or graph.length_km(path) > max_length_km + 1e-9:
            return
        name = _names(graph, path)
        if name not in found and len(found) < limit:
            found[name] = None
        for edge in path:
            for member in groups[edge]:
                used[member] = used.get(member, 0) + 1

    def length(edge: int) -> float:
        return graph.lengths_km[edge]

    def penalized(edge: int) -> float:
        return graph.lengths_km[edge] * PENALTY ** min(used.get(edge, 0), 6)

    def cheap(edge: int) -> float:
        factor = 0.5 if network.corridors[graph.edges[edge]].iru_pairs else 1.0
        return graph.lengths_km[edge] * factor * PENALTY ** (min(used.get(edge, 0), 6) / 2)

    weights: list[Callable[[int], float]] = [length, cheap]
    weights += [penalized, cheap] * limit
    for weight in weights:
        before = len(found)
        for path in suurballe(graph, source, target, weight) or (
            shortest_path(graph, source, target, weight),
        ):
            add(path)
        if len(found) >= limit or (len(found) == before and weight is not length and before > 1):
            break
    return PathSet(tuple(found), complete=False)


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


def supplies(network: CandidateNetwork, path: Path) -> list[tuple[str, ...]]:
    """Return the supplies a path may take: IRU wherever offered, or own cable everywhere."""
    corridors = [network.corridors[edge] for edge in path]
    choices = []
    iru = tuple(
        c.iru_provider if c.iru_provider is not None and c.iru_pairs > 0 else OWN
        for c in corridors
    )
    for supply in dict.fromkeys((iru, (OWN,) * len(path))):
        if all(s != OWN or c.buildable for s, c in zip(supply, corridors, strict=True)):
            choices.append(supply)
    return choices


def serving_huts(
    network: CandidateNetwork,
    by_place: dict[str, list[Hut]],
    link: tuple[str, str],
    path: Path,
    supply: tuple[str, ...],
) -> tuple[RouteHut, ...]:
    """Return the huts that serve a route, in order from the first campus of the link.

    Rule ``hut_service``: inside a corridor with the operator of its supply, or at an intermediate
    node with the operator of one of the two corridors that meet there.
    """
    node = network.campus_node(link[0])
    offset_km = 0.0
    huts: list[RouteHut] = []
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
    network: CandidateNetwork, path: Path, supply: tuple[str, ...], *, provider_failures: bool
) -> frozenset[str]:
    """Return the shared risks of a route that do not depend on its huts."""
    risks = {f"corridor:{edge}" for edge in path}
    for edge in path:
        risks.update(network.corridors[edge].srlgs)
    if provider_failures:
        risks.update(f"provider:{s}" for s in supply if s != OWN)
    return frozenset(risks)

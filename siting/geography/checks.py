"""What a planner may have got wrong about places, in words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import TYPE_CHECKING

import rustworkx as rx

from siting.geography.geodesy import distance_km
from siting.messages import unknown
from siting.network import Corridor, Node
from siting.tables import CampusRow, SubstationRow

if TYPE_CHECKING:
    from siting.study import Study

DUPLICATE_KM = 5.0
"""Candidates closer than this are one campus."""

Box = tuple[float, float, float, float]
"""West, south, east, north, degrees."""


def map_problems(campuses: Mapping[str, CampusRow | SubstationRow], box: Box) -> dict[str, str]:
    """Return the sites that lie outside the map, each with a message."""
    found = {}
    for campus in campuses.values():
        if _inside(campus.lon, campus.lat, box):
            continue
        text = (
            f"campus {campus.id!r}: (lon {campus.lon:g}, lat {campus.lat:g}) lies outside the map"
        )
        if _inside(campus.lat, campus.lon, box):
            text += f"; swapped? ({campus.lat:g}, {campus.lon:g}) lies inside"
        else:
            west, south, east, north = box
            text += f", which is lon {west:g} to {east:g}, lat {south:g} to {north:g}"
        found[campus.id] = text
    return found


def _inside(lon: float, lat: float, box: Box) -> bool:
    return box[0] <= lon <= box[2] and box[1] <= lat <= box[3]


def reach_problem(campus: str, nearest_km: float, snap_max_km: float) -> str:
    """Return the message for a campus too far from every corridor."""
    return (
        f"campus {campus!r}: lies {nearest_km:.1f} km from the nearest corridor, "
        f"geography.snap_max_km allows {snap_max_km:g} km"
    )


def zone_problem(campus: str, count: int) -> str:
    """Return the message for a campus whose every lateral runs through an exclusion zone."""
    return (
        f"campus {campus!r}: each of its {count} lateral(s) to the nearest ways runs through an "
        "exclusion zone; move the site, or draw the way to it as a corridor"
    )


def stand_problems(
    campuses: Mapping[str, CampusRow], nodes: Mapping[str, Node], snap_max_km: float
) -> list[str]:
    """Return a message for each campus far from the node at which it stands."""
    problems = []
    for node in nodes.values():
        if node.campus is None:
            continue
        campus = campuses[node.campus]
        away = distance_km((campus.lon, campus.lat), (node.lon, node.lat))
        if away <= snap_max_km:
            continue
        text = (
            f"campus {campus.id!r}: (lon {campus.lon:g}, lat {campus.lat:g}) lies {away:.1f} km "
            f"from its node {node.id!r}, geography.snap_max_km allows {snap_max_km:g} km"
        )
        if abs(campus.lon) <= 90 and distance_km(
            (campus.lat, campus.lon), (node.lon, node.lat)
        ) <= (snap_max_km):
            text += f"; swapped? ({campus.lat:g}, {campus.lon:g}) lies there"
        problems.append(text)
    return problems


def duplicate_problems(campuses: Mapping[str, CampusRow]) -> Iterator[str]:
    """Yield a message for every two campuses that are one."""
    for one, two in combinations(campuses.values(), 2):
        apart = distance_km((one.lon, one.lat), (two.lon, two.lat))
        if apart < DUPLICATE_KM:
            yield (
                f"campuses {one.id!r} and {two.id!r}: lie {apart:.1f} km apart; candidates within "
                f"{DUPLICATE_KM:g} km are one campus, keep one row and add up the limits"
            )


def connection_problems(
    standing: Mapping[str, str], edges: Iterable[tuple[str, str]]
) -> Iterator[str]:
    """Yield a message for every campus from which no corridors lead to another campus.

    Args:
        standing: node by campus.
        edges: the two nodes of each corridor.
    """
    if len(standing) < 2:
        return
    graph: rx.PyGraph[str, None] = rx.PyGraph()
    index: dict[str, int] = {}
    pairs = [*edges, *((node, node) for node in standing.values())]
    for node in dict.fromkeys(node for pair in pairs for node in pair):
        index[node] = graph.add_node(node)
    graph.add_edges_from_no_data([(index[a], index[b]) for a, b in pairs])
    of = {node: k for k, part in enumerate(rx.connected_components(graph)) for node in part}
    part = {campus: of[index[node]] for campus, node in standing.items()}
    counts = list(part.values())
    for campus, number in part.items():
        if counts.count(number) == 1:
            yield f"campus {campus!r}: no corridors lead from it to any other campus"


def hut_problems(study: Study, corridors: Mapping[str, Corridor]) -> Iterator[str]:
    """Yield a message for every given hut that lies beyond the end of its corridor."""
    for hut in study.huts.values():
        corridor = None if hut.corridor_id is None else corridors.get(hut.corridor_id)
        if corridor is not None and hut.position_km >= corridor.length_km:
            yield (
                f"{study.file.geography.huts}, hut {hut.id!r}: position_km {hut.position_km:g} km "
                f"is not inside corridor {corridor.id!r}, which is {corridor.length_km:.3f} km long"
            )


def name_problems(study: Study, corridors: Mapping[str, Corridor]) -> Iterator[str]:
    """Yield a message for everything that the study names and the network lacks."""
    known = list(corridors)
    risks = list({risk for corridor in corridors.values() for risk in corridor.srlgs})
    where = f"{study.file.geography.srlgs}"
    for risk in study.srlgs:
        yield from unknown(where, risk, "the shared risks of the network", risks)
    rules = study.file.rules
    named = [("rules.forbid_corridors", c) for c in rules.forbid_corridors]
    named += [("rules.pin_corridors", c) for c in rules.pin_corridors]
    named += [
        (f"{study.file.geography.leased_waves}, wave {wave.id!r}, corridors", c)
        for wave in study.leased_waves.values()
        for c in wave.corridors
    ]
    for where, corridor in named:
        if corridor not in known:
            near = difflib.get_close_matches(corridor, known, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            yield f"{where}: no corridor {corridor!r} in the network.{hint}"


def ruled_hut_problems(study: Study, known: Iterable[str]) -> Iterator[str]:
    """Yield a message for every forbidden or pinned hut that no corridor or node has."""
    names, rules = sorted(known), study.file.rules
    for key, huts in (("forbid_huts", rules.forbid_huts), ("pin_huts", rules.pin_huts)):
        for hut in huts:
            yield from unknown(f"rules.{key}", hut, "the huts of the network", names)


def ruled_route_problems(
    study: Study, nodes: Mapping[str, Node], corridors: Mapping[str, Corridor]
) -> Iterator[str]:
    """Yield a message for every forbidden or pinned route that is no path between two campuses.

    A pinned one must be a route that a plan may take, too: simple, through no third campus, and
    between campuses that are not forbidden.
    """
    rules = study.file.rules
    paths = [("forbid_routes", index, path) for index, path in enumerate(rules.forbid_routes)]
    paths += [("pin_routes", index, path) for index, path in enumerate(rules.pin_routes)]
    for key, index, path in paths:
        where = f"rules.{key}[{index}]"
        wrong = [
            text
            for corridor in path
            for text in unknown(where, corridor, "the corridors of the network", corridors)
        ]
        yield from wrong
        if wrong:
            continue
        walk = _walk([corridors[corridor] for corridor in path])
        if walk is None:
            yield f"{where}: {' - '.join(path)} do not join up in this order"
            continue
        for end in (walk[0], walk[-1]):
            campus = nodes[end].campus
            if campus is None:
                yield f"{where}: ends at node {end!r}, a route runs from campus to campus"
            elif key == "pin_routes" and campus in rules.forbid_campuses:
                yield f"{where}: ends at campus {campus!r}, which rules.forbid_campuses forbids"
        if key == "pin_routes":
            yield from (f"{where}: {text}" for text in _crooked(walk, nodes))


def _crooked(walk: list[str], nodes: Mapping[str, Node]) -> Iterator[str]:
    """Yield why the nodes of a walk are not those of a route."""
    for node in dict.fromkeys(walk):
        if walk.count(node) > 1:
            yield f"passes node {node!r} more than once, a route is a simple path"
    for node in walk[1:-1]:
        if nodes[node].campus is not None:
            yield f"passes through campus {nodes[node].campus!r}, a route runs through no third one"


def _walk(path: list[Corridor]) -> list[str] | None:
    """Return the nodes of corridors in order, None when they do not join up."""
    first = path[0]
    for start, node in ((first.node_a, first.node_b), (first.node_b, first.node_a)):
        walk = [start, node]
        for corridor in path[1:]:
            if walk[-1] not in {corridor.node_a, corridor.node_b}:
                break
            walk.append(corridor.node_b if walk[-1] == corridor.node_a else corridor.node_a)
        else:
            return walk
    return None

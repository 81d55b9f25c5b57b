"""The working multigraph of rights of way: contraction, and pruning that loses no route."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import rustworkx as rx

from siting.geography.geodesy import Line, Point, length_km
from siting.geography.region.folder import Attributes


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """An undirected right of way between two nodes; parallel ones may exist."""

    a: str
    b: str
    kind: str
    """As in :class:`siting.network.Corridor`."""
    length_km: float
    """Length along the ground, without slack: of ``line`` or, where the source states it, more."""
    line: Line
    """From ``a`` to ``b``."""
    about: Attributes | None = None
    """What is known of it besides; None: nothing."""
    cost_factor: float = 1.0
    """Building along it is so many times as dear as usual: a zone of the planner."""

    def part(self, a: str, b: str, line: Line) -> Way:
        """Return a piece of it between two nodes, as long as its share of the line."""
        stretch = self.length_km / length_km(self.line)
        return replace(self, a=a, b=b, length_km=stretch * length_km(line), line=line)

    def other(self, node: str) -> str:
        """Return the end that is not ``node``."""
        return self.b if node == self.a else self.a

    def turned(self) -> Way:
        """Return the same way from ``b`` to ``a``."""
        return replace(self, a=self.b, b=self.a, line=self.line[::-1])

    def line_from(self, node: str) -> Line:
        """Return the line as traveled from the end ``node``."""
        return self.line if node == self.a else self.line[::-1]


def places(ways: Iterable[Way]) -> dict[str, Point]:
    """Return the position of every node."""
    found: dict[str, Point] = {}
    for way in ways:
        found[way.a] = way.line[0]
        found[way.b] = way.line[-1]
    return found


def incidence(ways: Sequence[Way]) -> dict[str, list[int]]:
    """Return the indices of the ways at every node; a loop counts twice."""
    at: dict[str, list[int]] = defaultdict(list)
    for index, way in enumerate(ways):
        at[way.a].append(index)
        at[way.b].append(index)
    return dict(at)


def prune(ways: Sequence[Way], campuses: Collection[str]) -> list[Way]:
    """Keep exactly the ways that lie on a simple path between two campuses.

    Join a further vertex to every campus. A simple path between two campuses, closed over that
    vertex, is a cycle through it, and back. Two edges of a graph lie on a common cycle if and only
    if they lie in the same biconnected component. So a way is on a simple path between two
    campuses if and only if its component holds an edge of the further vertex and another edge.
    (Hopcroft and Tarjan, Communications of the ACM 16(6), 1973.) Dead ends, and what hangs on the
    rest by one node, fall away; every simple path between campuses stays.

    Args:
        ways: the multigraph.
        campuses: nodes where campuses stand.

    Returns:
        The ways kept, in the given order.
    """
    index: dict[str, int] = {}
    graph: rx.PyGraph[str, None] = rx.PyGraph(multigraph=False)
    for node in dict.fromkeys((*(n for way in ways for n in (way.a, way.b)), *campuses)):
        index[node] = graph.add_node(node)
    outside = graph.add_node("")
    for way in ways:
        if way.a != way.b:
            graph.add_edge(index[way.a], index[way.b], None)
    for campus in campuses:
        graph.add_edge(outside, index[campus], None)
    component: Mapping[tuple[int, int], int] = rx.biconnected_components(graph)
    of = {frozenset(edge): number for edge, number in component.items()}
    kept = {of[frozenset((outside, index[campus]))] for campus in campuses}
    return [
        way
        for way in ways
        if way.a != way.b and of[frozenset((index[way.a], index[way.b]))] in kept
    ]


def contract(ways: Sequence[Way], keep: Collection[str]) -> list[Way]:
    """Join chains of ways through nodes of degree 2 into one way.

    A node stays when it is in ``keep``, or when its two ways differ in kind or in what is known of
    them, so transfer points and the ends of laterals stay. Ways between the same two nodes stay
    side by side; loops and pure cycles, which are on no simple path, are dropped. Path lengths
    between the nodes that stay do not change.

    Args:
        ways: the multigraph.
        keep: nodes that stay whatever their degree.
    """
    at = incidence(ways)
    joints = {
        node
        for node, indices in at.items()
        if len(indices) != 2 or node in keep or _differ(ways[indices[0]], ways[indices[1]])
    }
    used = [False] * len(ways)
    result: list[Way] = []
    for start in at:
        if start not in joints:
            continue
        for first in at[start]:
            if used[first]:
                continue
            chain = _walk(ways, at, joints, start, first)
            for index in chain:
                used[index] = True
            joined = _join(ways, chain, start)
            if joined.a != joined.b:
                result.append(joined)
    return result


def _differ(one: Way, other: Way) -> bool:
    """Return whether a node between two ways stays."""
    return (one.kind, one.about, one.cost_factor) != (other.kind, other.about, other.cost_factor)


def _walk(
    ways: Sequence[Way], at: Mapping[str, list[int]], joints: set[str], start: str, first: int
) -> list[int]:
    """Return the indices of the ways from ``start`` over ``first`` to the next joint."""
    chain = [first]
    node = ways[first].other(start)
    while node not in joints:
        one, two = at[node]
        chain.append(two if one == chain[-1] else one)
        node = ways[chain[-1]].other(node)
    return chain


def _join(ways: Sequence[Way], chain: Sequence[int], start: str) -> Way:
    """Return the ways of ``chain``, which leads away from ``start``, as one."""
    if len(chain) == 1:
        return ways[chain[0]]
    line: list[Point] = [ways[chain[0]].line_from(start)[0]]
    node = start
    for index in chain:
        line += ways[index].line_from(node)[1:]
        node = ways[index].other(node)
    return replace(
        ways[chain[0]],
        a=start,
        b=node,
        length_km=sum(ways[index].length_km for index in chain),
        line=tuple(line),
    )

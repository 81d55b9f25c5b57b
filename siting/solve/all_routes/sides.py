"""Sides of a link whose fast routes overlap: corridors of which every route takes all but one.

Where no two disjoint routes of a protected link are fast enough, there may be K corridors, three or
more, of which no fast route leaves out two. When one of them fails, the routes that leave it out
carry all that must be left: they are a *side*. A route belongs to one side at most, so what the
routes of the sides have of their own adds up, and each side is a link by itself that nothing
protects, without its corridor. What the sides share is paid once, as by any links.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.solve.all_routes.detours import Detours
from siting.solve.all_routes.disjoint import SplitGraph
from siting.solve.all_routes.least_mix import TOLERANCE
from siting.solve.all_routes.needs import legal_kinds
from siting.solve.all_routes.neighborhoods import neighborhood
from siting.solve.all_routes.ways import walks

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from siting.instance import Instance
    from siting.instance.records_graph import RouteGraph
    from siting.solve.all_routes.needs import LegalKind, Need
    from siting.solve.all_routes.neighborhoods import Fields, Place

    Floats = NDArray[np.float64]

LEAST_SIDES = 3
MOST_EDGES = 3000
"""Around so many corridors the shortest ways without two of them take too long."""


@dataclass(frozen=True, slots=True)
class Side:
    """The routes that leave out one of the corridors: where they run, and on what."""

    place: Place
    kinds: list[LegalKind]
    without: int
    """The corridor, by its number in the graph."""


def sides_of(
    instance: Instance,
    graph: RouteGraph,
    fields: Fields,
    need: Need,
    place: Place,
    kinds: Sequence[LegalKind],
    limit_ms: float,
    period: int,
) -> list[Side]:
    """Return the sides of a protected link; none where it has no three, or they take long.

    Each is a link that nothing protects, of what must be left.

    Args:
        instance: its options count.
        graph: every corridor.
        fields: the same as arrays.
        need: what the link must carry.
        place: the corridors around it.
        kinds: those that may be legal there.
        limit_ms: its widest RTT limit.
        period: what is in service by then counts.
    """
    if len(place.edges) > MOST_EDGES:
        return []
    lengths = fields.lengths_km[place.edges]
    longest_km = max(kind.reach_km for kind in kinds) * (1 + TOLERANCE)
    found = []
    for edge in overlapping(place, lengths, longest_km):
        number = int(place.edges[edge])
        around = neighborhood(graph, fields, need, without=number)
        if around is None:
            return []
        legal = legal_kinds(instance, graph, around.shortest_km, limit_ms, period)
        if not legal:
            return []
        found.append(Side(around, legal, number))
    return found


def overlapping(place: Place, lengths_km: Floats, longest_km: float) -> list[int]:
    """Return corridors of which every way that is short enough takes all but one at least.

    None where there are no three, or no way without some corridor. Of several such sets one counts
    whose sides are longest.

    Args:
        place: the corridors around a link.
        lengths_km: length of each.
        longest_km: no longer way is legal.
    """
    pair = SplitGraph(place.ends, 0, 1).pair(lengths_km)
    if pair is not None:
        ways = [[edge for edge, _ in way] for way in walks(place.ends, pair.direction, 2)]
        if max(lengths_km[way].sum() for way in ways) <= longest_km:
            return []
    detours = Detours(place.ends, lengths_km)
    shortest = detours.without()
    path = [int(edge) for edge in shortest.edges]
    others: dict[int, set[int]] = {}
    """Of a corridor of the shortest way: those that no way leaves out beside it."""
    side_km: dict[int, float] = {}
    for edge in path:
        side = detours.without([edge])
        if side.km > longest_km:
            return []
        side_km[edge] = side.km
        others[edge] = {int(other) for other in side.edges[side.spare_km > longest_km]}
    best: list[int] = []
    most_km = 0.0
    # No two of the corridors miss the shortest way.
    for first, second in itertools.combinations(path, 2):
        if second not in others[first]:
            continue
        chosen = [first, second]
        left = others[first] & others[second]
        while left:
            last = max(left, key=lambda edge: (side_km.get(edge, shortest.km), -edge))
            chosen.append(last)
            left = {e for e in left if e in others.get(last, ()) or last in others.get(e, ())}
        km = sum(side_km.get(edge, shortest.km) for edge in chosen)
        if len(chosen) >= LEAST_SIDES and km > most_km:
            best, most_km = chosen, km
    return sorted(best)

"""What links share on each corridor, and what every pair costs there, at least, in a period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.instance.records_graph import RouteGraph
from siting.instance.records_network import Corridor
from siting.solve.all_routes.needs import Need

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def expected_pairs(graph: RouteGraph, need: Need) -> float:
    """Return about how many pairs a link lights: any number gives a bound."""
    sizes = [kind.rate_gbps * kind.channels_per_pair for kind in graph.kinds]
    return max(need.gbps / max(sizes), 1.0) if sizes else 1.0


def edge_costs(graph: RouteGraph, t: int, pairs: float) -> tuple[Floats, Floats]:
    """Return what is shared and what each pair costs on each edge, USD a year, shape (2, edges).

    IRU contracts, then own cable. A lit corridor has at least the cheapest cable, and n pairs cost
    at least n times the cheapest price per pair: of both any mean is a bound, weighed by how many
    pairs are expected.
    """
    shape = (2, len(graph.edges))
    fixed, per_pair = np.full(shape, np.inf), np.full(shape, np.inf)
    for number, edge in enumerate(graph.edges):
        corridor = edge.corridor
        if corridor.iru_pairs > 0 and corridor.iru_first_period <= t:
            fixed[0, number] = corridor.iru_maintenance_usd_per_year
            per_pair[0, number] = corridor.iru_usd_per_pair_year
        own = _own_costs(corridor, t, pairs)
        if own is not None:
            fixed[1, number], per_pair[1, number] = own
    return fixed, per_pair


def _own_costs(corridor: Corridor, t: int, pairs: float) -> tuple[float, float] | None:
    if any(n[t] > 0 for n in corridor.existing_pairs.values()):
        return 0.0, 0.0
    cables = corridor.cable_usd_per_year
    if not corridor.buildable or corridor.build_first_period > t or not cables:
        return None
    least = min(cables.values())
    each = min(usd / (fibers / 2) for (_, fibers), usd in cables.items())
    # Cable that costs nothing costs nothing by the pair either.
    weight = min(1.0, pairs * each / least) if least > 0 else 1.0
    civil = 0.0
    if not corridor.stands[t]:
        civil = corridor.build_usd_per_year + corridor.own_maintenance_usd_per_year
    return civil + (1 - weight) * least, weight * each

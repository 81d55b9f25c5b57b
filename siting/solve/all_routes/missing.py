"""Candidate routes for links that the candidates cannot serve, where other routes may.

The generated candidates of a link hold the two disjoint ways of least total length. The longer of
them may be too slow where three ways or more, of which no corridor is on all, are fast enough.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from siting.formulation.admissibility import Admissibility
from siting.instance import Instance
from siting.instance.fiber_routes import linkable
from siting.instance.records_graph import Proposal, RouteGraph
from siting.solve.all_routes.admissible import WideAdmissibility, longest_legal_km, may_hold
from siting.solve.all_routes.hut_routes import WaySearch
from siting.solve.all_routes.needs import Need
from siting.solve.all_routes.neighborhoods import Fields, neighborhood
from siting.solve.all_routes.wide import wide_graph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Link = tuple[str, str]
MOST_WAYS = 8
"""Ways of a link that become candidates for an RTT limit, at most."""
DEARER = (1e3, 0.5, 0.05)
"""By so much of their length corridors on all ways so far are dearer: the most that still leads to
a way that is short enough."""


def with_missing_routes(instance: Instance) -> Instance:
    """Return the instance with ways of links that only other routes can serve."""
    graph = wide_graph(instance)
    if graph is None or instance.more_routes is None:
        return instance
    narrow, wide = Admissibility(instance), WideAdmissibility(instance, graph)
    fields = Fields.of(graph)
    last = len(instance.periods) - 1
    found: dict[Link, dict[Proposal, None]] = {}
    for link, limit_ms, protected in sorted(_asked(instance)):
        if narrow(link, last, limit_ms, protected=protected):
            continue
        if wide(link, last, limit_ms, protected=protected):
            known = found.setdefault(link, {})
            most_km = longest_legal_km(instance, graph, last, limit_ms)
            for way in _ways(graph, fields, link, last, most_km):
                known |= {Proposal(tuple(way), is_own=own): None for own in (False, True)}
    return instance.more_routes.extended(instance, found) if found else instance


def _ways(
    graph: RouteGraph, fields: Fields, link: Link, period: int, most_km: float
) -> list[list[str]]:
    """Return the shortest way of a link, then ways that leave fewer and fewer corridors on all."""
    place = neighborhood(graph, fields, Need(link, most_km, 1.0, 1.0))
    if place is None:
        return []
    corridors = [graph.edges[k].corridor for k in place.edges]
    lengths = np.array([c.length_km for c in corridors])
    search = WaySearch(place.ends, lengths, place.to_ends_km[1], most_km)
    gone = np.array([not may_hold(c, period) for c in corridors])
    common = np.zeros(len(lengths), dtype=bool)
    found: list[list[str]] = []
    while len(found) < MOST_WAYS:
        tries = [np.where(gone, np.inf, lengths * (1 + dearer * common)) for dearer in DEARER]
        # Without one of them some way is short enough, or the link may not be required.
        one = np.flatnonzero(common)[:1]
        tries.append(np.where(gone | np.isin(np.arange(len(gone)), one), np.inf, lengths))
        taken = next(
            (
                edges
                for edges in map(partial(_edges, search), tries)
                if edges
                and lengths[edges].sum() <= most_km
                and (not found or common[edges].sum() < common.sum())
            ),
            None,
        )
        if taken is None:
            return found
        found.append([corridors[k].id for k in taken])
        left = np.zeros_like(common)
        left[taken] = True
        common = common & left if len(found) > 1 else left
        if not common.any():
            return found
    return found


def _edges(search: WaySearch, usd: Floats) -> list[int]:
    way = search.without_huts(usd)
    return [] if way is None else list(way.edges)


def _asked(instance: Instance) -> set[tuple[Link, float, bool]]:
    """Return what may be asked of links: RTT limit and whether it must survive failures."""
    found = set()
    for link in linkable(instance.workloads):
        for job in instance.workloads.values():
            if not set(link) <= set(job.campuses):
                continue
            safe = job.survival_fraction > 0
            found |= {(link, mode.link_rtt_limit_ms, safe) for mode in job.modes}
            if job.replica is not None:
                rule = job.replica
                found.add((link, rule.rtt_limit_ms, rule.survival_fraction > 0))
    return found

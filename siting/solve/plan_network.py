"""The network part of the plan: links, routes, corridors, huts."""

from __future__ import annotations

import itertools

from siting.instance import Instance
from siting.plan import (
    LinkDemand,
    PlannedCorridor,
    PlannedHut,
    PlannedLink,
    PlannedRoute,
    RouteMode,
)
from siting.solve.network_choice import NetworkChoice
from siting.solve.siting_choice import SitingChoice


def planned_links(
    instance: Instance, siting: SitingChoice, network: NetworkChoice
) -> tuple[PlannedLink, ...]:
    """Return every link with its demands and routes."""
    periods = range(len(instance.periods))
    demands: dict[tuple[str, str], dict[str, list[float]]] = {}
    for w in instance.workloads:
        for t in periods:
            for link in siting.required_links(w, t):
                row = demands.setdefault(link, {}).setdefault(w, [0.0] * len(periods))
                row[t] = siting.demand_gbps(w, t, link)
    routes: dict[tuple[str, str], list[PlannedRoute]] = {}
    for r in sorted({r for r, _ in network.pairs}):
        routes.setdefault(instance.fiber_routes[r].link, []).append(
            _fiber_route(instance, network, r)
        )
    for v in sorted(network.waves):
        routes.setdefault(instance.wave_routes[v].link, []).append(
            _wave_route(instance, network, v)
        )
    return tuple(
        PlannedLink(
            campuses=link,
            demands=tuple(
                LinkDemand(workload=w, gbps=tuple(gbps))
                for w, gbps in sorted(demands.get(link, {}).items())
            ),
            routes=tuple(sorted(routes.get(link, []), key=lambda x: (x.length_km, x.id))),
        )
        for link in sorted({*demands, *routes})
    )


def planned_corridors(instance: Instance, network: NetworkChoice) -> tuple[PlannedCorridor, ...]:
    """Return every corridor with fiber of the plan."""
    nothing = (0,) * len(instance.periods)
    names = sorted({*network.built_from, *network.iru_pairs})
    return tuple(
        PlannedCorridor(
            id=e,
            built_from=network.built_from.get(e),
            cables={n: laid for (c, n), laid in sorted(network.cables.items()) if c == e},
            iru_pairs=network.iru_pairs.get(e, nothing),
        )
        for e in names
    )


def planned_huts(network: NetworkChoice) -> tuple[PlannedHut, ...]:
    """Return every amplifier site in use."""
    return tuple(
        PlannedHut(id=h, in_service_from=network.hut_from[h], racks=racks)
        for h, racks in sorted(network.racks.items())
    )


def _fiber_route(instance: Instance, network: NetworkChoice, r: str) -> PlannedRoute:
    route = instance.fiber_routes[r]
    used = set(network.huts_used[r])
    huts = [x for x in route.huts if x.hut in used]
    ends = [0.0, *(x.position_km for x in huts), route.length_km]
    lit = [d for q, d in sorted(network.pairs) if q == r]
    return PlannedRoute(
        id=r,
        kind="fiber",
        corridors=route.corridors,
        supply=route.supply,
        length_km=route.length_km,
        huts=tuple(x.hut for x in huts),
        spans_km=tuple(b - a for a, b in itertools.pairwise(ends)),
        rtt_ms=max(route.designs[d].rtt_ms for d in lit),
        modes=tuple(
            RouteMode(
                module=instance.options[route.designs[d].option].module,
                terminal=instance.options[route.designs[d].option].terminal,
                pairs=network.pairs[r, d],
                channels=network.channels[r, d],
            )
            for d in lit
        ),
    )


def _wave_route(instance: Instance, network: NetworkChoice, v: str) -> PlannedRoute:
    wave = instance.wave_routes[v]
    return PlannedRoute(
        id=v,
        kind="leased_wave",
        corridors=wave.corridors,
        supply=(),
        length_km=wave.length_km,
        huts=(),
        spans_km=(),
        rtt_ms=wave.rtt_ms,
        leased_wave=v,
        waves=network.waves[v],
    )

"""The network part of the plan: links, routes, corridors, huts."""

from __future__ import annotations

import itertools
from typing import Literal

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

Role = Literal["training", "checkpoint"]


def planned_links(
    instance: Instance, siting: SitingChoice, network: NetworkChoice
) -> tuple[PlannedLink, ...]:
    """Return every link with its demands and routes."""
    demands = _demands(instance, siting)
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
                LinkDemand(workload=w, role=role, gbps=tuple(gbps))
                for (w, role), gbps in sorted(demands.get(link, {}).items())
            ),
            routes=tuple(sorted(routes.get(link, []), key=lambda x: (x.length_km, x.id))),
        )
        for link in sorted({*demands, *routes})
    )


def _demands(
    instance: Instance, siting: SitingChoice
) -> dict[tuple[str, str], dict[tuple[str, Role], list[float]]]:
    """Return what each workload needs of each link, by role, Gb/s by period."""
    periods = range(len(instance.periods))
    found: dict[tuple[str, str], dict[tuple[str, Role], list[float]]] = {}

    def add(link: tuple[str, str], w: str, role: Role, t: int, gbps: float) -> None:
        row = found.setdefault(link, {}).setdefault((w, role), [0.0] * len(periods))
        row[t] = gbps

    for w, job in instance.workloads.items():
        for t in periods:
            for link in siting.required_links(w, t):
                add(link, w, "training", t, siting.demand_gbps(w, t, link))
            if job.replica is not None:
                for link in siting.checkpoint_links(w, t):
                    add(link, w, "checkpoint", t, job.replica.checkpoint_gbps)
    return found


def planned_corridors(instance: Instance, network: NetworkChoice) -> tuple[PlannedCorridor, ...]:
    """Return every corridor with new cable or IRU."""
    nothing = (0,) * len(instance.periods)
    names = sorted({*(e for e, _, _ in network.cables), *network.built_from, *network.iru_pairs})
    return tuple(
        PlannedCorridor(
            id=e,
            built_from=network.built_from.get(e),
            cables={
                f"{fiber_type}/{fibers}": laid
                for (c, fiber_type, fibers), laid in sorted(network.cables.items())
                if c == e
            },
            iru_pairs=network.iru_pairs.get(e, nothing),
        )
        for e in names
    )


def planned_huts(network: NetworkChoice) -> tuple[PlannedHut, ...]:
    """Return every site in use."""
    return tuple(
        PlannedHut(
            id=h,
            hut_class=kind,  # type: ignore[arg-type]
            in_service_from=network.hut_from.get(h),
            racks={a: new for (k, a), new in sorted(network.racks.items()) if k == h},
        )
        for h, kind in sorted(network.hut_class.items())
    )


def _fiber_route(instance: Instance, network: NetworkChoice, r: str) -> PlannedRoute:
    route = instance.fiber_routes[r]
    used = set(network.huts_used[r])
    places = [x for x in route.huts if x.hut in used]
    huts = sorted((*places, *route.regenerators), key=lambda x: x.position_km)
    ends = [0.0, *(x.position_km for x in huts), route.length_km]
    lit = [d for q, d in sorted(network.pairs) if q == r]
    return PlannedRoute(
        id=r,
        kind="fiber",
        corridors=route.corridors,
        supply=route.supply,
        fiber_type=route.fiber_type,
        length_km=route.length_km,
        huts=tuple(x.hut for x in huts),
        regenerators=tuple(x.hut for x in route.regenerators),
        spans_km=tuple(b - a for a, b in itertools.pairwise(ends)),
        rtt_ms=max(route.designs[d].rtt_ms for d in lit),
        modes=tuple(
            RouteMode(
                module=instance.options[route.designs[d].option].module,
                terminal=instance.options[route.designs[d].option].terminal,
                amplifier=route.designs[d].amplifier,  # type: ignore[arg-type]
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
        fiber_type=None,
        length_km=wave.length_km,
        huts=(),
        regenerators=(),
        spans_km=(),
        rtt_ms=wave.rtt_ms,
        leased_wave=v,
        waves=network.waves[v],
    )

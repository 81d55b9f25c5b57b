"""From choices to the plan that is saved, verified and reported."""

from __future__ import annotations

import itertools
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from siting.instance import Instance
from siting.plan import (
    NETWORK_COST_LINES,
    Bounds,
    LinkDemand,
    OperatingMode,
    Plan,
    PlannedCampus,
    PlannedCorridor,
    PlannedHut,
    PlannedLink,
    PlannedRoute,
    PlannedSubstation,
    PlannedTieLine,
    PlannedWorkload,
    Provenance,
    RouteMode,
)
from siting.solve.choices import NetworkChoice, SitingChoice
from siting.solve.costing import ledger

LIBRARIES = ("siting", "pyomo", "highspy", "pandas", "geopandas", "shapely", "numpy")


def build_plan(
    instance: Instance,
    siting: SitingChoice,
    network: NetworkChoice,
    *,
    bound_usd: float,
    network_bound_usd: float,
    provenance: Provenance,
) -> Plan:
    """Return the plan of a siting and its network, with honest gaps."""
    book = ledger(instance, siting, network)
    objective = sum(book.costs_usd.values())
    network_cost = sum(book.costs_usd[line] for line in NETWORK_COST_LINES)
    bound = min(bound_usd, objective)
    network_bound = min(network_bound_usd, network_cost)
    scope: Literal["all_routes", "candidate_routes"]
    scope = "all_routes" if instance.all_paths else "candidate_routes"
    return Plan(
        study=instance.study,
        scenario=instance.scenario,
        periods=tuple(period.label for period in instance.periods),
        objective_usd=objective,
        costs_usd=book.costs_usd,
        upfront_cash_usd=book.upfront_cash_usd,
        substations=tuple(
            PlannedSubstation(id=s, in_service_from=siting.connected_from[s], reserved_mw=mw)
            for s, mw in sorted(siting.reserved_mw.items())
        ),
        tie_lines=tuple(
            PlannedTieLine(
                id=a,
                campus=instance.tie_lines[a].campus,
                substation=instance.tie_lines[a].substation,
                in_service_from=first,
                flow_mw=siting.flow_mw[a],
            )
            for a, first in sorted(siting.tie_from.items())
        ),
        campuses=tuple(
            PlannedCampus(id=c, in_service_from=first, built_it_mw=siting.built_mw[c])
            for c, first in sorted(siting.open_from.items())
        ),
        workloads=tuple(_workload(siting, w) for w in instance.workloads),
        links=_links(instance, siting, network),
        corridors=_corridors(instance, network),
        huts=tuple(
            PlannedHut(id=h, in_service_from=network.hut_from[h], racks=racks)
            for h, racks in sorted(network.racks.items())
        ),
        bounds=Bounds(
            bound_usd=bound,
            gap_usd=objective - bound,
            relative_gap=(objective - bound) / objective if objective else 0.0,
            bound_scope=scope,
            network_bound_usd=network_bound,
            network_gap_usd=network_cost - network_bound,
            network_relative_gap=(network_cost - network_bound) / network_cost
            if network_cost
            else 0.0,
            network_bound_scope=scope,
        ),
        provenance=provenance,
    )


def make_provenance(
    instance: Instance,
    instance_sha256: str,
    options: dict[str, str | int | float | bool],
    termination: str,
    method: str,
) -> Provenance:
    """Return what produced a plan."""
    versions = {"python": ".".join(map(str, sys.version_info[:3]))}
    for library in LIBRARIES:
        try:
            versions[library] = version(library)
        except PackageNotFoundError:
            versions[library] = "not installed"
    return Provenance(
        versions=versions,
        options=options,
        study_sha256=instance.study_sha256,
        network_sha256=instance.network_sha256,
        instance_sha256=instance_sha256,
        termination=termination,
        method=method,
    )


def _workload(siting: SitingChoice, w: str) -> PlannedWorkload:
    used = [mode for mode in siting.modes[w] if mode is not None]
    return PlannedWorkload(
        id=w,
        paradigm=used[0].paradigm if used else None,
        fabric=used[0].fabric if used else None,
        hub=siting.hub[w],
        modes=tuple(
            None
            if mode is None
            else OperatingMode(
                paradigm=mode.paradigm,
                fabric=mode.fabric,
                peers_min=mode.peers_min,
                peers_max=mode.peers_max,
                rtt_class_ms=mode.rtt_class_ms,
                link_rtt_limit_ms=mode.link_rtt_limit_ms,
                goodput_loss_fraction=mode.goodput_loss_fraction,
            )
            for mode in siting.modes[w]
        ),
        served_it_mw={c: mw for (c, v), mw in sorted(siting.served_mw.items()) if v == w},
        unserved_it_mw=siting.unserved_mw[w],
    )


def _links(
    instance: Instance, siting: SitingChoice, network: NetworkChoice
) -> tuple[PlannedLink, ...]:
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


def _corridors(instance: Instance, network: NetworkChoice) -> tuple[PlannedCorridor, ...]:
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

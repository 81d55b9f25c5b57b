"""From study and candidate network to the numeric instance: the last step that knows geography."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

from siting.catalog import Catalog, load_catalog
from siting.economics import (
    annuity,
    lead_date,
    period_label,
    period_start,
    period_weight,
    period_years,
)
from siting.fingerprint import study_sha256
from siting.geography.storage import network_sha256
from siting.instance import power
from siting.instance.failures import failure_rates
from siting.instance.records import (
    Corridor,
    FiberRoute,
    Hut,
    Instance,
    Period,
    WaveRoute,
    Workload,
)
from siting.instance.routes import (
    PathFinder,
    huts_by_place,
    route_srlgs,
    serving_huts,
    supplies,
)
from siting.instance.transport import HOURS_PER_YEAR, DesignFactory
from siting.instance.workloads import workloads
from siting.network import OWN, CandidateNetwork
from siting.study import Study
from siting.tables import LeasedWaveRow

Link = tuple[str, str]
EXTRA_AMPLIFIERS = 1
"""On generated paths a route has at most this many amplifiers more than an option needs."""


def build_instance(
    study: Study, network: CandidateNetwork, catalog: Catalog | None = None
) -> Instance:
    """Return the numeric problem of ``study`` on ``network``.

    Args:
        study: a validated study.
        network: its candidate network.
        catalog: the catalog; read by the study's choice when None.

    Raises:
        CatalogError: the catalog lacks a row that the study needs.
    """
    catalog = catalog or study_catalog(study)
    horizon = study.file.horizon
    starts = tuple(period_start(horizon.start, horizon.period, i) for i in range(horizon.periods))

    def first_period(lead_time_years: float) -> int:
        ready = lead_date(horizon.decision_date, lead_time_years)
        return next((i for i, start in enumerate(starts) if start >= ready), len(starts))

    length = period_years(horizon.period)
    rate = study.file.money.discount_rate
    all_campuses = power.campuses(study, network, catalog, starts)
    jobs = workloads(study, catalog, all_campuses)
    factory = DesignFactory.of(catalog, study.file.transport, rate, first_period)
    routes, complete = _fiber_routes(study, network, catalog, jobs, factory)
    waves = _wave_routes(study, network, catalog, first_period)
    used_corridors = {edge for route in routes.values() for edge in route.corridors}
    used_huts = {hut.hut for route in routes.values() for hut in route.huts}
    transport = study.file.transport
    return Instance(
        study=study.name,
        scenario=study.scenario,
        periods=tuple(
            Period(
                index=i,
                label=period_label(horizon.start, horizon.period, i),
                weight=period_weight(i, length, rate),
            )
            for i in range(horizon.periods)
        ),
        campuses=all_campuses,
        substations=power.substations(study, catalog, starts),
        tie_lines=power.tie_lines(study, network, catalog, starts, first_period),
        upgrades=power.upgrades(study, catalog, first_period),
        bridging=power.bridging(study, catalog, all_campuses, first_period),
        caps=power.caps(study),
        failures=failure_rates(study, network, catalog, routes.values(), waves.values()),
        ring_transit=study.file.survivability.ring_transit,
        charge_interruptions=study.file.survivability.charge_interruptions,
        workloads=jobs,
        corridors={
            edge: _corridor(study, network, catalog, edge, first_period)
            for edge in sorted(used_corridors)
        },
        huts={hut: _hut(study, network, catalog, hut, first_period) for hut in sorted(used_huts)},
        fiber_routes=routes,
        wave_routes=waves,
        options=factory.options,
        min_spacing_km=transport.amplifiers.min_spacing_km,
        max_spacing_km=transport.amplifiers.max_spacing_km,
        pairs_per_rack=transport.pairs_per_rack,
        max_pairs_per_route=transport.max_pairs_per_route,
        max_cables_per_size=transport.max_cables_per_size,
        all_paths=complete,
        study_sha256=study_sha256(study, catalog),
        network_sha256=network_sha256(network),
        defaults=study.file.solve.model_dump(),
    )


def study_catalog(study: Study) -> Catalog:
    """Return the catalog that the study chooses."""
    choice = study.file.catalog
    return load_catalog(
        choice.source, column=choice.column, overrides=choice.overrides, folder=study.folder
    )


def _linkable(jobs: dict[str, Workload]) -> dict[Link, float]:
    """Return the pairs of campuses that some mode may link, with the largest RTT limit, ms."""
    limits: dict[Link, float] = {}
    for job in jobs.values():
        if not job.modes or job.max_peers < 2:
            continue
        limit = max(mode.link_rtt_limit_ms for mode in job.modes)
        for link in itertools.combinations(sorted(job.campuses), 2):
            limits[link] = max(limit, limits.get(link, 0.0))
    return limits


def _fiber_routes(
    study: Study,
    network: CandidateNetwork,
    catalog: Catalog,
    jobs: dict[str, Workload],
    factory: DesignFactory,
) -> tuple[dict[str, FiberRoute], bool]:
    finder = PathFinder(network, study.file.transport.routes_per_link)
    stands = {n.campus: n.id for n in network.nodes.values() if n.campus is not None}
    places = huts_by_place(network.huts.values())
    delay_us = catalog.value(f"{study.file.transport.fiber_type}.delay")
    routes: dict[str, FiberRoute] = {}
    complete = True
    for link, limit_ms in _linkable(jobs).items():
        max_length = limit_ms * 1000 / 2 / delay_us if delay_us else math.inf
        found = finder.paths(link, max_length)
        complete &= found.complete
        for number, path in enumerate(found.paths):
            for supply in supplies(network, path):
                variant = "own" if all(s == OWN for s in supply) else "iru"
                length = sum(network.corridors[edge].length_km for edge in path)
                huts = serving_huts(network, places, stands[link[0]], path, supply)
                extra = None if found.complete else EXTRA_AMPLIFIERS
                designs = tuple(
                    d for d in factory.designs(length, huts, extra) if d.rtt_ms <= limit_ms
                )
                if not designs:
                    continue
                route = FiberRoute(
                    id=f"{link[0]}~{link[1]}#{number}{variant}",
                    link=link,
                    corridors=path,
                    supply=supply,
                    nodes=_nodes(network, stands, link, path),
                    length_km=length,
                    srlgs=route_srlgs(
                        network,
                        path,
                        supply,
                        provider_failures=study.file.survivability.provider_failures,
                    ),
                    huts=huts,
                    designs=designs,
                )
                routes[route.id] = route
    return routes, complete


def _nodes(
    network: CandidateNetwork, stands: dict[str, str], link: Link, path: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the nodes of a path, the campuses by their own ids."""
    node = stands[link[0]]
    inner = []
    for edge in path[:-1]:
        node = network.other_end(edge, node)
        inner.append(f"node {node}")
    return (link[0], *inner, link[1])


def _wave_routes(
    study: Study,
    network: CandidateNetwork,
    catalog: Catalog,
    first_period: Callable[[float], int],
) -> dict[str, WaveRoute]:
    rate = study.file.money.discount_rate
    found = {}
    forbidden = study.file.rules.forbid_campuses
    for row in sorted(study.leased_waves.values(), key=lambda r: r.id):
        if row.campus_a in forbidden or row.campus_b in forbidden:
            continue
        power_w = row.power_w
        if power_w is None:
            power_w = catalog.value("otn.power") * row.rate_gbps / 400
        energy = 2 * power_w / 1e6 * HOURS_PER_YEAR * catalog.value("elec.TX") * 10
        link = (row.campus_a, row.campus_b)
        forward = link[0] <= link[1]
        found[row.id] = WaveRoute(
            id=row.id,
            link=link if forward else (link[1], link[0]),
            corridors=row.corridors if forward else row.corridors[::-1],
            length_km=row.length_km,
            srlgs=_wave_srlgs(study, network, row),
            rtt_ms=2
            * (row.length_km * catalog.value("lat.fiber") + catalog.value("otn.latency"))
            / 1000,
            rate_gbps=row.rate_gbps,
            max_waves=row.max_waves,
            first_period=first_period(row.lead_time_years),
            lease_usd_per_year=12 * row.usd_per_month
            + annuity(row.one_off_usd, row.term_years, rate),
            capital_usd=row.one_off_usd,
            energy_usd_per_year=energy,
        )
    return found


def _wave_srlgs(study: Study, network: CandidateNetwork, row: LeasedWaveRow) -> frozenset[str]:
    """Return the shared risks of a leased wave; a forbidden corridor still fails."""
    risks = {f"corridor:{edge}" for edge in row.corridors}
    for edge in row.corridors:
        if edge in network.corridors:
            risks.update(network.corridors[edge].srlgs)
        elif edge in study.corridors:
            risks.update(study.corridors[edge].srlgs)
    if not row.corridors or study.file.survivability.provider_failures:
        risks.add(f"carrier:{row.carrier}")
    if study.file.survivability.provider_failures:
        # A carrier that also sells IRU is one company.
        risks.add(f"provider:{row.carrier}")
    return frozenset(risks)


def _corridor(
    study: Study,
    network: CandidateNetwork,
    catalog: Catalog,
    edge: str,
    first_period: Callable[[float], int],
) -> Corridor:
    source = network.corridors[edge]
    rate = study.file.money.discount_rate
    value = catalog.value
    fiber_life = value("life.fiber")
    transport = study.file.transport
    fiber_factor = 1 + value("cable.fiber_share") * (
        value(f"{transport.fiber_type}.price_mult") - 1
    )
    build = (source.build_cost_usd_per_km + value("row.oneoff")) * source.length_km
    cable = {
        fibers: (value(f"cable.{fibers}") * fiber_factor + value("build.pull")) * source.length_km
        for fibers in transport.cable_fibers
    }
    iru = value("iru.lh") * source.length_km
    return Corridor(
        id=edge,
        length_km=source.length_km,
        buildable=source.buildable,
        build_first_period=first_period(source.build_lead_time_years),
        build_usd_per_year=annuity(build, fiber_life, rate),
        build_capital_usd=build,
        own_maintenance_usd_per_year=(value("om.owned") + value("row.fee")) * source.length_km,
        cable_usd_per_year={n: annuity(cost, fiber_life, rate) for n, cost in cable.items()},
        cable_capital_usd=cable,
        iru_pairs=source.iru_pairs if source.iru_provider is not None else 0,
        iru_first_period=first_period(catalog.lead_time_years("iru.lh")),
        iru_usd_per_pair_year=annuity(iru, catalog.life_years("iru.lh"), rate),
        iru_capital_usd_per_pair=iru,
        iru_maintenance_usd_per_year=value("om.iru") * source.length_km,
    )


def _hut(
    study: Study,
    network: CandidateNetwork,
    catalog: Catalog,
    hut: str,
    first_period: Callable[[float], int],
) -> Hut:
    rate = study.file.money.discount_rate
    value = catalog.value
    source = network.huts[hut]
    if source.operator != OWN:
        return Hut(
            id=hut,
            operator=source.operator,
            first_period=first_period(catalog.lead_time_years("hut.lease.rack")),
            usd_per_year=0.0,
            capital_usd=0.0,
            rack_usd_per_year=value("hut.lease.rack"),
            rack_capital_usd=0.0,
            maintenance_usd_per_year=0.0,
            max_racks=study.file.transport.max_racks_provider,
        )
    capital = value("hut.cost.legacy") + value("hut.land")
    rack = value("hut.rack.own")
    return Hut(
        id=hut,
        operator=OWN,
        first_period=first_period(catalog.lead_time_years("hut.cost.legacy")),
        usd_per_year=annuity(capital, catalog.life_years("hut.cost.legacy"), rate),
        capital_usd=capital,
        rack_usd_per_year=annuity(rack, catalog.life_years("hut.rack.own"), rate),
        rack_capital_usd=rack,
        maintenance_usd_per_year=value("hut.om"),
        max_racks=study.file.transport.max_racks_own,
    )

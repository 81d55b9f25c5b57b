"""From study and candidate network to the numeric instance: the last step that knows geography."""

from __future__ import annotations

from siting.catalog import Catalog
from siting.economics import period_label, period_weight, period_years
from siting.fingerprint import study_sha256
from siting.geography.storage import network_sha256
from siting.instance import power
from siting.instance.calendar import Calendar
from siting.instance.failures import failure_rates
from siting.instance.fiber_routes import fiber_routes, linkable, pins_of
from siting.instance.more_routes import MoreRoutes
from siting.instance.plant import Plant
from siting.instance.records import Instance, Period
from siting.instance.route_graph import route_graph
from siting.instance.transport import DesignFactory
from siting.instance.variants import all_types
from siting.instance.waves import wave_routes
from siting.instance.workloads import workloads
from siting.network import CandidateNetwork
from siting.optics import AMPLIFIERS
from siting.study import Study
from siting.study_copy import study_catalog


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
    calendar = Calendar.of(horizon)
    starts, first_period = calendar.starts, calendar.after
    length = period_years(horizon.period)
    rate = study.file.money.discount_rate
    all_campuses = power.campuses(study, network, catalog, starts)
    jobs = workloads(study, catalog, all_campuses)
    transport = study.file.transport
    types = all_types(network, transport.fiber_types)
    factory = DesignFactory.of(catalog, study, calendar, types)
    routes, complete, tally = fiber_routes(study, network, catalog, jobs, factory)
    plant = Plant(study, network, catalog, calendar)
    waves = wave_routes(study, network, catalog, calendar)
    return Instance(
        study=study.name,
        scenario=study.scenario,
        periods=tuple(
            Period(
                index=i,
                label=period_label(horizon.start, horizon.period, i),
                weight=period_weight(i, length, rate),
                years=length,
            )
            for i in range(horizon.periods)
        ),
        campuses=all_campuses,
        substations=power.substations(study, catalog, starts),
        tie_lines=power.tie_lines(study, network, catalog, starts, first_period),
        upgrades=power.upgrades(study, catalog, first_period),
        bridging=power.bridging(study, catalog, all_campuses, first_period),
        caps=power.caps(study),
        pins=pins_of(study),
        failures=failure_rates(study, network, catalog, routes.values(), waves.values()),
        ring_transit=study.file.survivability.ring_transit,
        charge_interruptions=study.file.survivability.charge_interruptions,
        workloads=jobs,
        corridors=plant.corridors(routes.values()),
        huts=plant.huts(routes.values()),
        fiber_routes=routes,
        wave_routes=waves,
        options=factory.options,
        graph=None if complete else route_graph(plant, linkable(jobs), factory.options.values()),
        more_routes=None if complete else MoreRoutes(plant, factory, linkable(jobs)),
        min_spacing_km=transport.amplifiers.min_spacing_km,
        max_spacing_km=transport.amplifiers.max_spacing_km,
        pairs_per_rack={name: round(catalog.value(kind.rack)) for name, kind in AMPLIFIERS.items()},
        max_pairs_per_route=transport.max_pairs_per_route,
        max_cables_per_size=transport.max_cables_per_size,
        all_paths=complete,
        excluded_routes=tally.by_reason(),
        study_sha256=study_sha256(study, catalog),
        network_sha256=network_sha256(network),
        defaults=study.file.solve.model_dump(),
    )

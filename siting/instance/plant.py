"""Corridors and huts of the instance, with prices, and what stands already."""

from __future__ import annotations

from collections.abc import Iterable

from siting.catalog import Catalog
from siting.economics import annuity
from siting.instance.calendar import Calendar
from siting.instance.power import standing
from siting.instance.records_network import Corridor, FiberRoute, Hut, HutClass
from siting.network import OWN, CandidateNetwork
from siting.network import Hut as HutSite
from siting.study import Study

HUT_ROWS = {
    "small": ("hut.cost.legacy", "hut.racks.legacy", "hut.power.legacy"),
    "large": ("hut.cost.new", "hut.racks.new", "hut.power.new"),
}
"""Catalog rows of cost, racks and power of the classes of an own hut."""


def corridors(
    study: Study,
    network: CandidateNetwork,
    catalog: Catalog,
    calendar: Calendar,
    routes: Iterable[FiberRoute],
) -> dict[str, Corridor]:
    """Return the corridors of the candidate routes."""
    used = {edge for route in routes for edge in route.corridors}
    return {edge: corridor_record(study, network, catalog, calendar, edge) for edge in sorted(used)}


def huts(
    study: Study,
    network: CandidateNetwork,
    catalog: Catalog,
    calendar: Calendar,
    routes: Iterable[FiberRoute],
) -> dict[str, Hut]:
    """Return the huts where candidate routes may be amplified or regenerated."""
    used = {hut.hut for route in routes for hut in (*route.huts, *route.regenerators)}
    return {hut: hut_record(study, catalog, calendar, network.huts[hut]) for hut in sorted(used)}


def corridor_record(
    study: Study, network: CandidateNetwork, catalog: Catalog, calendar: Calendar, edge: str
) -> Corridor:
    """Return a corridor with its prices."""
    source = network.corridors[edge]
    rate = study.file.money.discount_rate
    value = catalog.value
    fiber_life = value("life.fiber")
    transport = study.file.transport
    build = (source.build_cost_usd_per_km + value("row.oneoff")) * source.length_km
    build += source.crossings_usd
    cable: dict[tuple[str, int], float] = {
        (fiber_type, fibers): _cable_usd(catalog, fiber_type, fibers, source.length_km)
        for fiber_type in transport.fiber_types
        for fibers in transport.cable_fibers
        if source.buildable
    }
    iru = value("iru.lh") * source.length_km
    stands = standing(source.existing_fibers > 0, source.existing_until, calendar.starts)
    existing = {
        source.existing_fiber_type: tuple(source.existing_fibers // 2 if up else 0 for up in stands)
    }
    return Corridor(
        id=edge,
        length_km=source.length_km,
        buildable=source.buildable,
        build_first_period=calendar.after(source.build_lead_time_years),
        build_usd_per_year=annuity(build, fiber_life, rate),
        build_capital_usd=build,
        own_maintenance_usd_per_year=(value("om.owned") + value("row.fee")) * source.length_km,
        cable_usd_per_year={key: annuity(cost, fiber_life, rate) for key, cost in cable.items()},
        cable_capital_usd=cable,
        existing_pairs=existing if any(stands) else {},
        stands=stands,
        iru_fiber_type=source.iru_fiber_type,
        iru_pairs=source.iru_pairs if source.iru_provider is not None else 0,
        iru_first_period=calendar.after(catalog.lead_time_years("iru.lh")),
        iru_usd_per_pair_year=annuity(iru, catalog.life_years("iru.lh"), rate),
        iru_capital_usd_per_pair=iru,
        iru_maintenance_usd_per_year=value("om.iru") * source.length_km,
    )


def _cable_usd(catalog: Catalog, fiber_type: str, fibers: int, length_km: float) -> float:
    """Return the overnight cost of a cable, pulled and spliced; its fiber share by type."""
    value = catalog.value
    factor = 1 + value("cable.fiber_share") * (value(f"{fiber_type}.price_mult") - 1)
    return (value(f"cable.{fibers}") * factor + value("build.pull")) * length_km


def hut_record(study: Study, catalog: Catalog, calendar: Calendar, site: HutSite) -> Hut:
    """Return a hut with its classes."""
    stands = standing(site.existing_racks > 0, site.existing_until, calendar.starts)
    racks = {site.existing_amplifier_type: tuple(site.existing_racks if up else 0 for up in stands)}
    transport = study.file.transport
    names: list[str] = ["provider"]
    if site.operator == OWN:
        names = [*transport.hut_classes, *(["leased"] if site.leasable else [])]
    return Hut(
        id=site.id,
        operator=site.operator,
        classes={name: _class(study, catalog, calendar, site, name) for name in names},
        existing=_existing(study, catalog, site) if any(stands) else None,
        stands=stands,
        existing_racks=racks if any(stands) else {},
    )


def _class(
    study: Study, catalog: Catalog, calendar: Calendar, site: HutSite, name: str
) -> HutClass:
    value = catalog.value
    rate = study.file.money.discount_rate
    transport = study.file.transport
    if name not in HUT_ROWS:
        return HutClass(
            first_period=calendar.after(catalog.lead_time_years("hut.lease.rack")),
            usd_per_year=0.0,
            capital_usd=0.0,
            rack_usd_per_year=value("hut.lease.rack"),
            rack_capital_usd=0.0,
            maintenance_usd_per_year=0.0,
            space_racks=_racks(site.space_racks, transport.max_racks_provider),
            power_kw=_given(site.power_kw, transport.provider_hut_power_kw),
        )
    cost_row, racks_row, power_row = HUT_ROWS[name]
    capital = value(cost_row) + value("hut.land")
    rack = value("hut.rack.own")
    return HutClass(
        first_period=calendar.after(catalog.lead_time_years(cost_row)),
        usd_per_year=annuity(capital, catalog.life_years(cost_row), rate),
        capital_usd=capital,
        rack_usd_per_year=annuity(rack, catalog.life_years("hut.rack.own"), rate),
        rack_capital_usd=rack,
        maintenance_usd_per_year=value("hut.om"),
        space_racks=_racks(site.space_racks, value(racks_row)),
        power_kw=_given(site.power_kw, value(power_row)),
    )


def _existing(study: Study, catalog: Catalog, site: HutSite) -> HutClass:
    """Return the hut that stands: free, with room for further racks."""
    rack = catalog.value("hut.rack.own")
    rate = study.file.money.discount_rate
    return HutClass(
        first_period=0,
        usd_per_year=0.0,
        capital_usd=0.0,
        rack_usd_per_year=annuity(rack, catalog.life_years("hut.rack.own"), rate),
        rack_capital_usd=rack,
        maintenance_usd_per_year=0.0,
        space_racks=_racks(site.space_racks, site.existing_racks),
        power_kw=_given(site.power_kw, catalog.value("hut.power.legacy")),
    )


def _given(given: float | None, default: float) -> float:
    """Return the value of the row, else the default."""
    return default if given is None else given


def _racks(given: int | None, default: float) -> int:
    """Return how many racks fit."""
    return round(_given(given, default))

"""Corridors and huts of the instance, with prices, and what stands already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

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


class Plant:
    """Makes the records of corridors and huts; what many have in common is worked out once."""

    def __init__(
        self, study: Study, network: CandidateNetwork, catalog: Catalog, calendar: Calendar
    ) -> None:
        """Take the study, its network and catalog, and the first days of the periods."""
        self.study, self.network, self.catalog, self.calendar = study, network, catalog, calendar
        self._corridors: dict[str, Corridor] = {}
        self._huts: dict[tuple[object, ...], Hut] = {}

    def corridors(self, routes: Iterable[FiberRoute]) -> dict[str, Corridor]:
        """Return the corridors of the candidate routes."""
        used = {edge for route in routes for edge in route.corridors}
        return {edge: self.corridor(edge) for edge in sorted(used)}

    def huts(self, routes: Iterable[FiberRoute]) -> dict[str, Hut]:
        """Return the huts where candidate routes may be amplified or regenerated."""
        used = {hut.hut for route in routes for hut in (*route.huts, *route.regenerators)}
        return {hut: self.hut(self.network.huts[hut]) for hut in sorted(used)}

    def corridor(self, edge: str) -> Corridor:
        """Return a corridor with its prices."""
        if edge not in self._corridors:
            self._corridors[edge] = self._corridor(edge)
        return self._corridors[edge]

    def hut(self, site: HutSite) -> Hut:
        """Return a hut with its classes."""
        like = self.hut_like(site)
        return Hut(
            id=site.id,
            operator=like.operator,
            classes=like.classes,
            existing=like.existing,
            stands=like.stands,
            existing_racks=like.existing_racks,
        )

    def hut_like(self, site: HutSite) -> Hut:
        """Return the record of a hut that differs from ``site`` in no more than its id."""
        kind = (
            *(site.operator, site.leasable, site.space_racks, site.power_kw, site.existing_racks),
            *(site.existing_amplifier_type, site.existing_until),
        )
        if kind not in self._huts:
            self._huts[kind] = _hut(self.study, self.catalog, self.calendar, site)
        return self._huts[kind]

    @cached_property
    def _terms(self) -> _CorridorTerms:
        return _CorridorTerms.of(self.catalog, self.calendar)

    @cached_property
    def _cable_usd_per_km(self) -> dict[tuple[str, int], float]:
        """Overnight cost of cables, pulled and spliced, by (fiber type, fibers)."""
        transport = self.study.file.transport
        return {
            (fiber_type, fibers): _cable_usd_per_km(self.catalog, fiber_type, fibers)
            for fiber_type in transport.fiber_types
            for fibers in transport.cable_fibers
        }

    def _corridor(self, edge: str) -> Corridor:
        source, terms = self.network.corridors[edge], self._terms
        length_km, life = source.length_km, terms.fiber_life_years
        rate = self.study.file.money.discount_rate
        build = (source.build_cost_usd_per_km + terms.oneoff_usd_per_km) * length_km
        build += source.crossings_usd
        cable: dict[tuple[str, int], float] = {}
        if source.buildable:
            cable = {key: usd * length_km for key, usd in self._cable_usd_per_km.items()}
        iru = terms.iru_usd_per_pair_km * length_km
        stands = standing(source.existing_fibers > 0, source.existing_until, self.calendar.starts)
        pairs = tuple(source.existing_fibers // 2 if up else 0 for up in stands)
        return Corridor(
            id=edge,
            length_km=length_km,
            buildable=source.buildable,
            build_first_period=self.calendar.after(source.build_lead_time_years),
            build_usd_per_year=annuity(build, life, rate),
            build_capital_usd=build,
            own_maintenance_usd_per_year=terms.own_usd_per_km_year * length_km,
            cable_usd_per_year={key: annuity(cost, life, rate) for key, cost in cable.items()},
            cable_capital_usd=cable,
            existing_pairs={source.existing_fiber_type: pairs} if any(stands) else {},
            stands=stands,
            iru_fiber_type=source.iru_fiber_type,
            iru_pairs=source.iru_pairs if source.iru_provider is not None else 0,
            iru_first_period=terms.iru_first_period,
            iru_usd_per_pair_year=annuity(iru, terms.iru_life_years, rate),
            iru_capital_usd_per_pair=iru,
            iru_maintenance_usd_per_year=terms.iru_maintenance_usd_per_km_year * length_km,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _CorridorTerms:
    """Values of the catalog that every corridor has."""

    fiber_life_years: float
    oneoff_usd_per_km: float
    own_usd_per_km_year: float
    iru_usd_per_pair_km: float
    iru_life_years: float
    iru_first_period: int
    iru_maintenance_usd_per_km_year: float

    @classmethod
    def of(cls, catalog: Catalog, calendar: Calendar) -> _CorridorTerms:
        value = catalog.value
        return cls(
            fiber_life_years=value("life.fiber"),
            oneoff_usd_per_km=value("row.oneoff"),
            own_usd_per_km_year=value("om.owned") + value("row.fee"),
            iru_usd_per_pair_km=value("iru.lh"),
            iru_life_years=catalog.life_years("iru.lh"),
            iru_first_period=calendar.after(catalog.lead_time_years("iru.lh")),
            iru_maintenance_usd_per_km_year=value("om.iru"),
        )


def _cable_usd_per_km(catalog: Catalog, fiber_type: str, fibers: int) -> float:
    """Return the overnight cost of a cable, pulled and spliced; its fiber share by type."""
    value = catalog.value
    factor = 1 + value("cable.fiber_share") * (value(f"{fiber_type}.price_mult") - 1)
    return value(f"cable.{fibers}") * factor + value("build.pull")


def _hut(study: Study, catalog: Catalog, calendar: Calendar, site: HutSite) -> Hut:
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

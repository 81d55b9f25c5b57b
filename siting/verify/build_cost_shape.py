"""``plan_shape`` of build costs: civil works of every corridor of a region, from the catalog."""

from __future__ import annotations

from dataclasses import dataclass

from siting.catalog import Catalog
from siting.network import CandidateNetwork, Corridor
from siting.study import Study
from siting.study_terrain import LANDS
from siting.verify import tolerances
from siting.verify.crossing_shape import crossing_shape
from siting.verify.findings import Rule
from siting.verify.land_shape import land_shape
from siting.verify.region_ways import WayFacts, matching

SHORT = ("transfer", "lateral")
"""Kinds of corridors that are bored where the kind prices them."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the planner says that build along a way costs."""

    method: str
    usd_per_km: float | None


def build_cost_shape(
    study: Study,
    network: CandidateNetwork,
    ways: frozenset[WayFacts] | None,
    catalog: Catalog,
    rule: Rule,
) -> None:
    """Check cost and lead time of new build on every corridor of a region."""
    by_land = []
    for corridor in network.corridors.values():
        if not corridor.buildable:
            _nothing(corridor, rule)
            continue
        own = _own_terms(corridor, ways)
        stated = [terms for terms in own if terms is not None]
        if any(_is(corridor, terms, catalog) for terms in stated):
            rule.count(1)
        elif rule.require(
            f"corridor {corridor.id}",
            f"build cost {corridor.build_cost_usd_per_km:,.2f} USD/km is not what the region says "
            "of any such way",
            ok=None in own,
        ):
            _by_rule(corridor, study, catalog, rule)
            if corridor.urban_fraction is not None:
                by_land.append(corridor)
    if by_land:
        land_shape(by_land, catalog, rule)
        crossing_shape(study, by_land, rule)


def _own_terms(corridor: Corridor, ways: frozenset[WayFacts] | None) -> set[Terms | None]:
    """Return the terms that ways like this one have; None among them: no terms of its own."""
    if ways is None or corridor.kind in SHORT:
        return {None}
    return {
        Terms(way.method, way.usd_per_km) if way.method or way.usd_per_km is not None else None
        for way in matching(corridor, ways)
    } or {None}


def _is(corridor: Corridor, terms: Terms, catalog: Catalog) -> bool:
    """Return whether a corridor is priced by the terms of its way, crossings included."""
    row = f"build.{terms.method}" if terms.method else _usual(corridor)
    usd = catalog.value(row) if terms.usd_per_km is None else terms.usd_per_km
    facts = (corridor.urban_fraction, corridor.crossings_usd, corridor.build_lead_time_years)
    close = abs(corridor.build_cost_usd_per_km - usd * corridor.cost_factor) <= tolerances.USD
    return close and facts == (None, 0.0, catalog.lead_time_years(row))


def _usual(corridor: Corridor) -> str:
    return "build.bore" if corridor.kind in SHORT else "build.longhaul"


def _nothing(corridor: Corridor, rule: Rule) -> None:
    where = f"corridor {corridor.id}"
    cost = corridor.build_cost_usd_per_km + corridor.crossings_usd
    rule.equal(where, "build cost where nothing may be built", cost, 0.0, "USD")


def _by_rule(corridor: Corridor, study: Study, catalog: Catalog, rule: Rule) -> None:
    where, geography = f"corridor {corridor.id}", study.file.geography
    lead = catalog.lead_time_years(_usual(corridor))
    rule.equal(where, "lead time", corridor.build_lead_time_years, lead, "years", 1e-9)
    by_land = geography.build_cost == "by_land"
    if not rule.require(
        where,
        f"has {'no ' if by_land else ''}land shares, the study prices build by "
        f"{'land' if by_land else 'kind'}",
        ok=by_land == (corridor.urban_fraction is not None),
    ):
        return
    asked, crossings = catalog.value(_usual(corridor)), 0.0
    if by_land:
        urban, suburban = corridor.urban_fraction or 0.0, corridor.suburban_fraction or 0.0
        shares = {"rural": 1.0 - urban - suburban, "suburban": suburban, "urban": urban}
        asked = sum(shares[land] * _usd_per_km(land, study, catalog) for land in LANDS)
        crossings = (
            corridor.river_crossings * catalog.value("crossing.river")
            + corridor.rail_crossings * catalog.value("crossing.rail")
            + corridor.road_crossings * catalog.value("crossing.road")
        )
    asked *= corridor.cost_factor
    crossings *= corridor.cost_factor
    rule.equal(
        where, "build cost", corridor.build_cost_usd_per_km, asked, "USD/km", 1e-6 + 1e-9 * asked
    )
    rule.equal(where, "cost of crossings", corridor.crossings_usd, crossings, "USD", tolerances.USD)


def _usd_per_km(land: str, study: Study, catalog: Catalog) -> float:
    """Return the cost of civil works on a class of land."""
    mix: dict[str, float] = getattr(study.file.geography.terrain, land)
    build = sum(share * catalog.value(f"build.{method}") for method, share in mix.items())
    return build * catalog.value(f"land.{land}.allin")

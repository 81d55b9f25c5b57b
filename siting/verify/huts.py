"""Checks of section 4, amplifiers: huts, what they may be, what they hold, what they serve."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

from siting.network import OWN
from siting.tables import AmplifierType
from siting.verify.case import Case
from siting.verify.findings import Rule
from siting.verify.hut_loads import hut_loads, in_service, power_kw, racks, space_racks
from siting.verify.options import PAIRS_PER_RACK


def hut_class(case: Case, rule: Rule) -> None:
    """One class per hut, of those allowed: those of the study, leased, provider or existing."""
    for planned in case.plan.huts:
        hut = case.network.huts[planned.id]
        if hut.operator != OWN:
            allowed = {"provider"}
        else:
            allowed = set(case.study.file.transport.hut_classes)
            allowed |= {"leased"} if hut.leasable else set()
            allowed |= {"existing"} if hut.existing_racks else set()
        rule.require(
            f"hut {hut.id}",
            f"is of class {planned.hut_class}; it may be {', '.join(sorted(allowed))}",
            ok=planned.hut_class in allowed,
        )


def hut_service(case: Case, rule: Rule) -> None:
    """Every used hut serves the route, in order, and is in service whenever the route is lit."""
    for route in case.fiber_routes:
        for hut in route.huts:
            where = f"{route.where}, hut {hut.id}"
            owners = route.trace.supplies_at(hut, route.route.supply) if route.trace else ()
            rule.require(
                where,
                f"the hut of {hut.operator} does not serve the route "
                f"(supply there: {', '.join(owners) or 'the route is elsewhere'})",
                ok=hut.operator in owners,
            )
            if route.lit_from is None:
                continue
            planned = case.huts.get(hut.id)
            first = planned.in_service_from if planned else None
            dark = [
                t for t in range(route.lit_from, case.periods) if not in_service(case, hut.id, t)
            ]
            rule.require(
                where,
                f"the route is lit from period index {route.lit_from}, the hut from {first}"
                + (f" and does not stand in {case.plan.periods[dark[0]]}" if dark else ""),
                ok=not dark,
                value=first,
                limit=route.lit_from,
                unit="period",
            )
        for before, after in pairwise(route.positions_km or ()):
            rule.require(
                route.where,
                f"its huts stand at {before:,.6g} km, then {after:,.6g} km; order is along it",
                ok=after > before,
                value=after,
                limit=before,
                unit="km",
            )


def regenerator_site(case: Case, rule: Rule) -> None:
    """Regenerators stand only at own huts that can regenerate, so many per route at most.

    That such a hut serves the route is checked as of every used hut.
    """
    most = case.study.file.transport.max_regenerators
    for route in case.fiber_routes:
        named = route.route.regenerators
        rule.at_most(route.where, "regenerators", len(named), most, "huts")
        rule.require(
            route.where,
            f"its regenerators {', '.join(named)} are not among its huts, in order",
            ok=named == tuple(hut.id for hut in route.regenerated_at),
        )
        for hut in route.regenerated_at:
            rule.require(
                f"{route.where}, hut {hut.id}",
                f"signals may not be regenerated here (operator {hut.operator})",
                ok=hut.can_regenerate and hut.operator == OWN,
            )


def hut_racks(case: Case, rule: Rule) -> None:
    """Pairs amplified <= pairs per rack x racks, by amplifier type; all racks <= space."""
    for name, loads in hut_loads(case).items():
        for t, load in enumerate(loads):
            where = case.at(f"hut {name}", t)
            total = 0
            for kind in get_args(AmplifierType):
                count = racks(case, name, kind, t)
                total += count
                room = count * round(case.catalog.value(PAIRS_PER_RACK[kind]))
                what = f"pairs amplified by {kind} amplifiers"
                rule.at_most(where, what, load.pairs.get(kind, 0), room, "pairs")
            rule.at_most(where, "racks", total, space_racks(case, name, t), "racks")


def hut_power(case: Case, rule: Rule) -> None:
    """Power of amplifiers and regenerators <= power of the hut."""
    for name, loads in hut_loads(case).items():
        for t, load in enumerate(loads):
            if not in_service(case, name, t):  # Rule hut_service says so.
                rule.count(1)
                continue
            where = case.at(f"hut {name}", t)
            limit = power_kw(case, name, t)
            rule.at_most(where, "power", load.watts / 1000, limit, "kW", 1e-9 * limit)

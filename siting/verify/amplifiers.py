"""Checks of section 4, amplifiers. Distances in km along the route."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

from siting.network import OWN
from siting.verify import tolerances
from siting.verify.case import Case, LitOption, RouteCase
from siting.verify.findings import Rule
from siting.verify.noise import largest_dispersion_ps_nm, received_osnr_db, required_osnr_db
from siting.verify.options import optical_class, terminal_fits


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
            rule.require(
                where,
                f"the route is lit from period index {route.lit_from}, the hut from {first}",
                ok=first is not None and first <= route.lit_from,
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


def spans_add_up(case: Case, rule: Rule) -> None:
    """The spans stated are those between the terminals and the used huts."""
    for route in case.routes:
        stated = route.route.spans_km
        if route.wave is not None:
            if stated:
                slack = tolerances.KM + tolerances.STATED_RELATIVE * route.wave.length_km
                total = sum(stated)
                rule.equal(route.where, "sum of spans", total, route.wave.length_km, "km", slack)
            continue
        spans = route.spans_km
        if spans is None:
            rule.require(
                route.where, "its spans cannot be measured: a hut is off the route", ok=False
            )
            continue
        count = len(spans)
        if rule.equal(route.where, "number of spans", len(stated), count, "spans"):
            for index, (found, span) in enumerate(zip(stated, spans, strict=True), start=1):
                slack = tolerances.KM + tolerances.STATED_RELATIVE * abs(span)
                rule.equal(f"{route.where}, span {index}", "length", found, span, "km", slack)


def terminal_span(case: Case, rule: Rule) -> None:
    """First and last span <= max_spacing_km; without a hut the route <= single_span_max_km."""
    rules = case.study.file.transport.amplifiers
    for route in case.fiber_routes:
        spans = route.spans_km
        if spans is None:
            continue
        if len(spans) == 1:
            limit = rules.single_span_max_km
            rule.at_most(route.where, "length without a hut", spans[0], limit, "km", tolerances.KM)
            continue
        for which, span in (("first", spans[0]), ("last", spans[-1])):
            limit = rules.max_spacing_km
            rule.at_most(route.where, f"{which} span", span, limit, "km", tolerances.KM)


def amplifier_spacing(case: Case, rule: Rule) -> None:
    """Hut to hut at most max_spacing_km."""
    limit = case.study.file.transport.amplifiers.max_spacing_km
    for where, span in _inner_spans(case):
        rule.at_most(where, "distance from hut to hut", span, limit, "km", tolerances.KM)


def amplifier_minimum_spacing(case: Case, rule: Rule) -> None:
    """Hut to hut at least min_spacing_km."""
    limit = case.study.file.transport.amplifiers.min_spacing_km
    for where, span in _inner_spans(case):
        rule.at_least(where, "distance from hut to hut", span, limit, "km", tolerances.KM)


def _inner_spans(case: Case) -> list[tuple[str, float]]:
    return [
        (f"{route.where}, {before.id} to {after.id}", span)
        for route in case.fiber_routes
        if route.spans_km is not None
        for (before, after), span in zip(pairwise(route.huts), route.spans_km[1:-1], strict=True)
    ]


def span_noise(case: Case, rule: Rule) -> None:
    """Every lit option is legal on the route's spans."""
    for route in case.fiber_routes:
        for option in route.options:
            if option.is_lit:
                _legal(case, route, option, rule)


def _legal(case: Case, route: RouteCase, option: LitOption, rule: Rule) -> None:
    mode = option.mode
    if mode is None or not rule.require(
        option.where,
        "grey modules take terminal none, coherent ones fixed_c or roadm_cl",
        ok=terminal_fits(mode.module, mode.terminal),
    ):
        return
    kind = optical_class(mode.module)
    if kind != "multi_span":
        what = "huts on a grey or single-span option"
        rule.at_most(option.where, what, len(route.huts), 0, "huts")
    if route.spans_km is None:
        return
    length = sum(route.spans_km)
    if kind == "grey":
        reach = case.catalog.value(f"{mode.module}.reach")
        rule.at_most(option.where, "length", length, reach, "km", tolerances.KM)
        return
    fiber = case.study.file.transport.fiber_type
    dispersion = case.catalog.value(f"{fiber}.D") * length
    limit = largest_dispersion_ps_nm(mode.module, case.catalog)
    slack = tolerances.ROUNDING * limit
    rule.at_most(option.where, "chromatic dispersion", dispersion, limit, "ps/nm", slack)
    found, needed = osnr_db(case, route, option)
    what = "OSNR at the receiver"
    rule.at_least(option.where, what, found, needed, "dB", tolerances.OSNR_DB)


def osnr_db(case: Case, route: RouteCase, option: LitOption) -> tuple[float, float]:
    """Return received and required OSNR of a coherent option on measured spans, dB in 0.1 nm."""
    mode = option.mode
    if mode is None or route.spans_km is None:
        msg = f"{option.where}: no spans"
        raise ValueError(msg)
    transport = case.study.file.transport
    fiber = transport.fiber_type
    dispersion = case.catalog.value(f"{fiber}.D") * sum(route.spans_km)
    spans = [max(span, 0.0) for span in route.spans_km]
    found = received_osnr_db(spans, mode.module, mode.terminal, fiber, case.catalog)
    needed = required_osnr_db(
        dispersion, mode.module, mode.terminal, transport.margin_db, case.catalog
    )
    return found, needed


def hut_racks(case: Case, rule: Rule) -> None:
    """Pairs amplified in a hut <= pairs per rack x racks; racks <= what the hut holds."""
    transport = case.study.file.transport
    amplified: dict[str, list[int]] = defaultdict(lambda: [0] * case.periods)
    for route in case.fiber_routes:
        for hut in route.route.huts:
            for t, pairs in enumerate(route.pairs):
                amplified[hut][t] += pairs
    for name in sorted({*amplified, *case.huts}):
        planned = case.huts.get(name)
        own = case.network.huts[name].operator == OWN
        most = transport.max_racks_own if own else transport.max_racks_provider
        for t in range(case.periods):
            where = case.at(f"hut {name}", t)
            racks = planned.racks[t] if planned else 0
            room = transport.pairs_per_rack * racks
            rule.at_most(where, "pairs amplified", amplified[name][t], room, "pairs")
            served = planned is not None and t >= planned.in_service_from
            rule.at_most(where, "racks", racks, most if served else 0, "racks")

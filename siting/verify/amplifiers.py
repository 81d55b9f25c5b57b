"""Checks of section 4, amplifiers: spans. Distances in km along the route."""

from __future__ import annotations

from siting.verify import tolerances
from siting.verify.case import Case, RouteCase
from siting.verify.findings import Rule
from siting.verify.sections import Section


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
    for where, section in _sections(case):
        spans = section.spans_km
        if not section.huts:
            limit = rules.single_span_max_km
            rule.at_most(where, "length without a hut", spans[0], limit, "km", tolerances.KM)
            continue
        for which, span in (("first", spans[0]), ("last", spans[-1])):
            limit = rules.max_spacing_km
            rule.at_most(where, f"{which} span", span, limit, "km", tolerances.KM)


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
        for section in route.sections
        for before, after, span in section.inner_spans
    ]


def _sections(case: Case) -> list[tuple[str, Section]]:
    """Return every section with its place; a route without regenerators is one."""
    return [
        (section_name(route, index), section)
        for route in case.fiber_routes
        for index, section in enumerate(route.sections)
    ]


def section_name(route: RouteCase, index: int) -> str:
    """Return the place of a section of a route."""
    if len(route.sections) == 1:
        return route.where
    return f"{route.where}, section {index + 1}"

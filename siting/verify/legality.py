"""Check of section 4, amplifiers: every lit option is legal on the spans of its route."""

from __future__ import annotations

from siting.verify import tolerances
from siting.verify.amplifiers import section_name
from siting.verify.case import Case, LitOption, RouteCase
from siting.verify.findings import Rule
from siting.verify.noise import largest_dispersion_ps_nm, received_osnr_db, required_osnr_db
from siting.verify.options import AMPLIFIER_PRICE, optical_class, option_name, terminal_fits
from siting.verify.sections import Section


def span_noise(case: Case, rule: Rule) -> None:
    """Every lit option is legal on every section of its route.

    Grey and single-span options have no in-line amplifier, grey ones no regenerator either.
    """
    for route in case.fiber_routes:
        for option in route.options:
            if option.is_lit and _equipment_fits(route, option, rule):
                for index, section in enumerate(route.sections):
                    _legal(case, route, section_name(route, index), section, option, rule)


def _equipment_fits(route: RouteCase, option: LitOption, rule: Rule) -> bool:
    """Check terminal and amplifier type of an option, and the huts it may have."""
    mode = option.mode
    if mode is None or not rule.require(
        option.where,
        "grey modules take terminal none, coherent ones fixed_c or roadm_cl",
        ok=terminal_fits(mode.module, mode.terminal),
    ):
        return False
    amplified = len(route.amplified_at)
    if amplified:
        text = f"its huts amplify with {mode.amplifier}, which does not exist for its terminal"
        ok = (mode.amplifier, mode.terminal) in AMPLIFIER_PRICE
    else:
        text = f"has {mode.amplifier} amplifiers and no in-line amplifier"
        ok = mode.amplifier == "none"
    kind = optical_class(mode.module)
    if kind == "multi_span":
        rule.require(option.where, text, ok=ok)
        return True
    rule.require(option.where, text, ok=ok or amplified > 0)
    what = "in-line amplifiers on a grey or single-span option"
    rule.at_most(option.where, what, amplified, 0, "huts")
    if kind == "grey":
        what = "regenerators on a grey option"
        rule.at_most(option.where, what, len(route.regenerated_at), 0, "huts")
    return True


def _legal(
    case: Case, route: RouteCase, place: str, section: Section, option: LitOption, rule: Rule
) -> None:
    mode = option.mode
    if mode is None:
        return
    where = f"{place}, {option_name(mode)}"
    length = section.length_km
    if optical_class(mode.module) == "grey":
        reach = case.catalog.value(f"{mode.module}.reach")
        rule.at_most(where, "length", length, reach, "km", tolerances.KM)
        return
    dispersion = case.catalog.value(f"{route.fiber}.D") * length
    limit = largest_dispersion_ps_nm(mode.module, case.catalog)
    slack = tolerances.ROUNDING * limit
    rule.at_most(where, "chromatic dispersion", dispersion, limit, "ps/nm", slack)
    found, needed = osnr_db(case, route, section, option)
    what = "OSNR at the receiver"
    rule.at_least(where, what, found, needed, "dB", tolerances.OSNR_DB)


def osnr_db(
    case: Case, route: RouteCase, section: Section, option: LitOption
) -> tuple[float, float]:
    """Return received and required OSNR of a coherent option on a section, dB in 0.1 nm."""
    mode = option.mode
    if mode is None:
        msg = f"{option.where}: no optical option"
        raise ValueError(msg)
    dispersion = case.catalog.value(f"{route.fiber}.D") * section.length_km
    spans = [max(span, 0.0) for span in section.spans_km]
    found = received_osnr_db(spans, mode.module, mode.terminal, route.fiber, case.catalog)
    margin = case.study.file.transport.margin_db
    needed = required_osnr_db(dispersion, mode.module, mode.terminal, margin, case.catalog)
    return found, needed

"""Facts of a plan that the verifier computes on the way, for reports."""

from __future__ import annotations

from siting.plan import PlannedWorkload
from siting.verify.case import Case, LitOption, RouteCase
from siting.verify.legality import osnr_db
from siting.verify.needs import all_needs, known_mode, peers, required_links
from siting.verify.options import channels_per_pair, optical_class, terminal_fits
from siting.verify.paradigms import exchange_ms, link_rtt_limit_ms, paradigm_of
from siting.verify.services import Service, failures, services
from siting.verify.tolerances import RTT_MS
from siting.verify.verification import (
    ExchangeFacts,
    LinkFacts,
    LinkService,
    OptionFacts,
    RouteFacts,
)


def link_facts(case: Case) -> tuple[LinkFacts, ...]:
    """Return what every link of the plan is and offers."""
    duties = services(case)
    demands = {(need.campuses, need.period, need.workload): need.gbps for need in all_needs(case)}
    found = []
    for link in case.plan.links:
        routes = [route for route in case.routes if route.link.campuses == link.campuses]
        found.append(
            LinkFacts(
                campuses=link.campuses,
                routes=tuple(_route(case, route) for route in routes),
                services=tuple(
                    _service(duty, workload, demands[duty.campuses, duty.period, workload])
                    for duty in duties
                    if duty.campuses == link.campuses
                    for workload in duty.workloads
                ),
                failures_checked=failures(link.campuses, routes),
            )
        )
    return tuple(found)


def _service(duty: Service, workload: str, gbps: float) -> LinkService:
    worst = duty.worst_failure
    return LinkService(
        period=duty.period,
        workload=workload,
        demand_gbps=gbps,
        rtt_limit_ms=duty.rtt_limit_ms,
        required_gbps=duty.required_gbps,
        capacity_gbps=duty.capacity_gbps,
        worst_failure=worst,
        surviving_gbps=duty.capacity_gbps if worst is None else duty.surviving_gbps[worst],
        required_surviving_gbps=duty.required_surviving_gbps,
    )


def _route(case: Case, route: RouteCase) -> RouteFacts:
    lit = [option for option in route.options if option.is_lit]
    if route.wave is not None:
        length = route.wave.length_km
    else:
        length = sum(case.network.corridors[name].length_km for name in route.route.corridors)
    return RouteFacts(
        id=route.route.id,
        kind=route.route.kind,
        length_km=length,
        spans_km=route.spans_km or (),
        rtt_ms=max((option.rtt_ms for option in lit), default=None),
        options=tuple(_option(case, route, option) for option in lit if option.mode is not None),
        failures=tuple(sorted(route.failures)),
    )


def _option(case: Case, route: RouteCase, option: LitOption) -> OptionFacts:
    module = option.mode.module if option.mode else ""
    terminal = option.mode.terminal if option.mode else "none"
    margins = []
    if optical_class(module) != "grey" and terminal_fits(module, terminal):
        for section in route.sections:
            found, needed = osnr_db(case, route, section, option)
            margins.append(found - needed)
    return OptionFacts(
        module=module,
        terminal=terminal,
        rtt_ms=option.rtt_ms,
        channels_per_pair=channels_per_pair(module, terminal, case.catalog),
        noise_margin_db=min(margins, default=None),
    )


def exchange_facts(case: Case) -> tuple[ExchangeFacts, ...]:
    """Return latency and loss of every workload and period with a mode."""
    found = (
        _exchange(case, planned, period)
        for planned in case.plan.workloads
        for period in range(case.periods)
    )
    return tuple(facts for facts in found if facts is not None)


def _exchange(case: Case, planned: PlannedWorkload, period: int) -> ExchangeFacts | None:
    mode = known_mode(planned, period)
    if mode is None:
        return None
    workload = case.workloads[planned.id]
    paradigm = paradigm_of(workload, mode.paradigm, case.catalog)
    fabric, count, catalog = mode.fabric, mode.peers_min, case.catalog
    limit = link_rtt_limit_ms(workload, fabric, count, mode.rtt_class_ms, catalog)
    pairs = required_links(case, planned, period)
    slowest = [_link_rtt_ms(case, pair, period, limit) for pair in pairs]
    rtts = [rtt for rtt in slowest if rtt is not None]
    latency = None
    if rtts and len(rtts) == len(slowest):
        latency = exchange_ms(workload, fabric, count, max(rtts), catalog)
    level = mode.bandwidth_level
    return ExchangeFacts(
        workload=planned.id,
        period=period,
        peers=peers(planned, period),
        rtt_budget_ms=paradigm.budget_ms(workload.allowed_goodput_loss),
        rtt_class_ms=mode.rtt_class_ms,
        latency_ms=latency,
        goodput_loss_charged=paradigm.loss(mode.rtt_class_ms, level),
        goodput_loss_exact=None if latency is None else paradigm.loss(latency, level),
    )


def _link_rtt_ms(case: Case, pair: tuple[str, str], period: int, limit_ms: float) -> float | None:
    """Return the largest RTT of the routes in use within the limit; None when there is none."""
    return max(
        (
            option.rtt_ms
            for route in case.routes
            if route.link.campuses == pair
            for option in route.options
            if option.gbps[period] > 0 and option.rtt_ms <= limit_ms + RTT_MS
        ),
        default=None,
    )

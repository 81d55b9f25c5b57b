"""Tables of links, routes and spans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.network import OWN
from siting.plan import PlannedLink, PlannedRoute, PlannedWorkload
from siting.report.equipment import AMPLIFIER_NAMES
from siting.report.table import Cell, Column, Table, by_period
from siting.report.view import View, add_up

if TYPE_CHECKING:
    from siting.verify.verification import LinkService


def link_table(view: View) -> Table:
    """Return each link: RTT against its limit, demand, capacity, whole and after a failure."""
    rows = []
    for link in view.plan.links:
        demand = add_up((d.gbps for d in link.demands), len(view.periods))
        rtts = [route.rtt_ms for route in link.routes if view.route_from(route) is not None]
        limits = link_limits_ms(view, link)
        service = binding_service(view, link)
        rows.append(
            (
                view.link_name(link),
                link_mode(view, link),
                link_roles(link),
                min(rtts, default=None),
                max(rtts, default=None),
                min(limits, default=None),
                max(limits, default=None),
                len(link.routes),
                *demand,
                service.capacity_gbps if service else None,
                service.required_gbps if service else None,
                service.surviving_gbps if service else None,
                service.required_surviving_gbps if service else None,
                service.worst_failure if service else None,
            )
        )
    whole, failed = f"Capacity {view.periods[-1]}", f"Worst failure {view.periods[-1]}"
    return Table(
        id="links",
        title="Links",
        columns=(
            Column(name="Campuses"),
            Column(name="Operating mode"),
            Column(name="Traffic"),
            Column(name="Least", unit="ms", kind="ms", group="RTT of the routes"),
            Column(name="Largest", unit="ms", kind="ms", group="RTT of the routes"),
            Column(name="Strictest", unit="ms", kind="ms", group="RTT limit"),
            Column(name="Loosest", unit="ms", kind="ms", group="RTT limit"),
            Column(name="Routes", kind="count", is_summed=True),
            *by_period(view.periods, "Demand per direction", "Gb/s", "gbps"),
            Column(name="Offered", unit="Gb/s", kind="gbps", group=whole),
            Column(name="Needed", unit="Gb/s", kind="gbps", group=whole),
            Column(name="Left", unit="Gb/s", kind="gbps", group=failed),
            Column(name="Needed", unit="Gb/s", kind="gbps", group=failed),
            Column(name="Failure", group=failed),
        ),
        rows=tuple(rows),
        note=(
            "Capacity per direction within the RTT limit, recomputed by the verifier, for the "
            "workload with the least to spare in the last period that needs the link. A route "
            "counts for a workload only while its RTT is within the limit of its operating mode."
        ),
    )


def route_table(view: View) -> Table:
    """Return each route with its way, its spans and how much noise it could bear."""
    rows = []
    huts = {hut for _, route, _ in view.routes for hut in route.huts}
    for link, route, role in view.routes:
        rows.append(
            (
                route.id,
                view.link_name(link),
                role,
                supply_words(route),
                route.fiber_type,
                route.length_km,
                route.rtt_ms,
                len(route.huts),
                " + ".join(f"{span:.1f}" for span in route.spans_km),
                ", ".join(route.regenerators),
                noise_margin_db(view, route),
            )
        )
    return Table(
        id="routes",
        title="Routes",
        columns=(
            Column(name="Id"),
            Column(name="Link"),
            Column(name="Role"),
            Column(name="Fiber"),
            Column(name="Type"),
            Column(name="Length", unit="km", kind="km", is_summed=True),
            Column(name="RTT", unit="ms", kind="ms"),
            Column(name="Huts", kind="count", is_summed=True, total=len(huts)),
            Column(name="Spans", unit="km"),
            Column(name="Regenerated at"),
            Column(name="Noise margin", unit="dB", kind="db"),
        ),
        rows=tuple(rows),
        totals=(("Total", 0, len(rows)),) if rows else (),
        note=(
            "Spans run from the first campus on. A hut that several routes use counts once in the "
            "total."
        ),
    )


def lit_table(view: View) -> Table:
    """Return what each route is lit with, over time."""
    rows: list[tuple[Cell, ...]] = [
        (
            route.id,
            option_words(route),
            amplifier_words(route),
            view.period(view.route_from(route)),
            *lit(view, route),
            *channels(view, route),
            view.route_gbps(route)[-1],
        )
        for _, route, _ in view.routes
    ]
    return Table(
        id="lit",
        title="Light on the routes",
        columns=(
            Column(name="Id"),
            Column(name="Transport"),
            Column(name="Amplifiers"),
            Column(name="Lit from"),
            *by_period(view.periods, "Pairs or waves", "", "count"),
            *by_period(view.periods, "Channels", "", "count"),
            Column(name="Capacity", unit="Gb/s", kind="gbps", is_summed=True),
        ),
        rows=tuple(rows),
        totals=(("Total", 0, len(rows)),) if rows else (),
        note="Capacity per direction in the last period.",
    )


def span_table(view: View) -> Table:
    """Return every span of every route, with the amplifier sites at its ends."""
    rows = []
    for link, route, _ in view.routes:
        stops = (link.campuses[0], *route.huts, link.campuses[1])
        for number, (a, b, span) in enumerate(
            zip(stops, stops[1:], route.spans_km, strict=False), start=1
        ):
            rows.append((route.id, number, a, b, span))
    return Table(
        id="spans",
        title="Spans",
        columns=(
            Column(name="Route"),
            Column(name="Span", kind="count"),
            Column(name="From"),
            Column(name="To"),
            Column(name="Length", unit="km", kind="km", is_summed=True),
        ),
        rows=tuple(rows),
        totals=(("Total", 0, len(rows)),) if rows else (),
    )


def link_mode(view: View, link: PlannedLink) -> str:
    """Return how the workloads of a link train, in words."""
    needed = {(d.workload, d.role) for d in link.demands if any(d.gbps)}
    words = []
    for workload in view.plan.workloads:
        if (workload.id, "training") in needed:
            words.append(f"{workload.id}: {workload_mode(workload)}")
        elif (workload.id, "checkpoint") in needed:
            words.append(f"{workload.id}: replica")
    return "; ".join(words)


def link_roles(link: PlannedLink) -> str:
    """Return what a link carries: traffic between peers, checkpoints to a replica, or both."""
    names = {"training": "between peers", "checkpoint": "checkpoints to a replica"}
    return ", ".join(dict.fromkeys(names[d.role] for d in link.demands if any(d.gbps)))


def workload_mode(workload: PlannedWorkload) -> str:
    """Return paradigm and fabric in words."""
    if workload.paradigm is None:
        return "one campus"
    return f"{workload.paradigm}, {workload.fabric}"


def binding_service(view: View, link: PlannedLink) -> LinkService | None:
    """Return what the verifier found for the workload with the least to spare, last period."""
    services = [
        service
        for facts in view.verification.links
        if facts.campuses == link.campuses
        for service in facts.services
    ]
    return min(
        services,
        key=lambda s: (-s.period, s.surviving_gbps - s.required_surviving_gbps, s.workload),
        default=None,
    )


def noise_margin_db(view: View, route: PlannedRoute) -> float | None:
    """Return the least noise margin of the options of a route, as the verifier found it."""
    margins = [
        option.noise_margin_db
        for facts in view.verification.links
        for found in facts.routes
        if found.id == route.id
        for option in found.options
        if option.noise_margin_db is not None
    ]
    return min(margins, default=None)


def link_limits_ms(view: View, link: PlannedLink) -> list[float]:
    """Return the RTT limits of the workloads that need a link, in the periods they need it."""
    found = []
    for workload in view.plan.workloads:
        for demand in link.demands:
            if demand.workload == workload.id and demand.role == "training":
                found += [
                    mode.link_rtt_limit_ms
                    for mode, gbps in zip(workload.modes, demand.gbps, strict=True)
                    if mode is not None and gbps
                ]
            elif demand.workload == workload.id and any(demand.gbps):
                limit = replica_rtt_limit_ms(view, workload.id)
                found += [] if limit is None else [limit]
    return found


def replica_rtt_limit_ms(view: View, workload: str) -> float | None:
    """Return the RTT limit of the links to replicas: the study's, else catalog ``ckpt.rtt_max``."""
    rows = view.study.file.workloads if view.study else ()
    rule = next((w.replica for w in rows if w.id == workload), None)
    explicit = rule.rtt_limit_ms if rule else None
    return view.price("ckpt.rtt_max") if explicit is None else explicit


def lit(view: View, route: PlannedRoute) -> list[float]:
    """Return the pairs, or leased waves, in service in each period."""
    series = [route.waves] if route.kind == "leased_wave" else [m.pairs for m in route.modes]
    return add_up(series, len(view.periods))


def channels(view: View, route: PlannedRoute) -> list[float]:
    """Return the channels in service in each period."""
    return add_up((mode.channels for mode in route.modes), len(view.periods))


def supply_words(route: PlannedRoute) -> str:
    """Return whose fiber a route uses."""
    if route.kind == "leased_wave":
        return "leased wave"
    kinds = dict.fromkeys("own cable" if s == OWN else f"IRU of {s}" for s in route.supply)
    return ", ".join(kinds)


def amplifier_words(route: PlannedRoute) -> str:
    """Return the amplifier types lit on a route in the last period."""
    kinds = dict.fromkeys(
        AMPLIFIER_NAMES[m.amplifier] for m in route.modes if m.pairs[-1] and m.amplifier != "none"
    )
    return ", ".join(kinds)


def option_words(route: PlannedRoute) -> str:
    """Return what a route is lit with in the last period, with pairs where there are several."""
    if route.kind == "leased_wave":
        return str(route.leased_wave)
    names = {"none": "", "fixed_c": " fixed filter C", "roadm_cl": " ROADM C+L"}
    lit_modes = [mode for mode in route.modes if mode.pairs[-1]]
    if len(lit_modes) == 1:
        return lit_modes[0].module + names[lit_modes[0].terminal]
    return ", ".join(
        f"{mode.pairs[-1]} pair{'s' if mode.pairs[-1] > 1 else ''} of {mode.module}"
        f"{names[mode.terminal]}"
        for mode in lit_modes
    )

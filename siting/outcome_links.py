"""The links of an outcome: distance, routes, energy and availability of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from siting.plan import LinkDemand, PlannedLink, PlannedRoute
    from siting.report.view import View


def link_outcome(view: View, link: PlannedLink, demand: LinkDemand) -> dict[str, Any]:
    """Return a link as one workload needs it (``docs/cli.md``)."""
    from siting.report.links import replica_rtt_limit_ms
    from siting.report.radius import link_energy_pj_per_bit, link_radius_class

    if demand.role == "training":
        job = next(job for job in view.plan.workloads if job.id == demand.workload)
        limits = [
            mode.link_rtt_limit_ms
            for mode, gbps in zip(job.modes, demand.gbps, strict=True)
            if mode is not None and gbps > 0
        ]
        budget = min(limits, default=None)
    else:
        budget = replica_rtt_limit_ms(view, demand.workload)
    rtts = [route.rtt_ms for route in link.routes if budget is None or route.rtt_ms <= budget]
    facts = {
        route.id: route.failures
        for found in view.verification.links
        if found.campuses == link.campuses
        for route in found.routes
    }
    return {
        "campuses": list(link.campuses),
        "workload": demand.workload,
        "role": demand.role,
        "rtt_ms": max(rtts or [route.rtt_ms for route in link.routes], default=None),
        "rtt_budget_ms": budget,
        "demand_gbps": max(demand.gbps, default=0.0),
        "radius_class": link_radius_class(view, link),
        "energy_pj_per_bit": link_energy_pj_per_bit(view, link),
        "availability": _availability(view, link, demand),
        "routes": [_route(route, facts.get(route.id, route.corridors)) for route in link.routes],
    }


def _availability(view: View, link: PlannedLink, demand: LinkDemand) -> dict[str, Any] | None:
    """Return the availability of a link in the last period that the workload needs it."""
    found = [
        item
        for item in view.availability
        if (item.campuses, item.workload, item.role)
        == (link.campuses, demand.workload, demand.role)
    ]
    if not found:
        return None
    last = max(found, key=lambda item: item.period)
    return {
        "single": 1 - last.unavailability_single,
        "double": last.availability,
        "interruptions_per_year": sum(i.events_per_year for i in last.interruptions),
    }


def _route(route: PlannedRoute, srlgs: tuple[str, ...]) -> dict[str, Any]:
    lit = [mode for mode in route.modes if any(mode.pairs)]
    is_fiber = route.kind == "fiber"
    names = [m.module if m.terminal == "none" else f"{m.module}/{m.terminal}" for m in lit]
    return {
        "length_km": route.length_km,
        "fiber": route.fiber_type,
        "transport": " + ".join(names) if is_fiber else f"leased wave {route.leased_wave}",
        "amplifiers": sorted({m.amplifier for m in lit if m.amplifier != "none"}),
        "pairs": sum(mode.pairs[-1] for mode in lit),
        "channels": sum(m.channels[-1] for m in lit) if is_fiber else max(route.waves, default=0),
        "spans_km": list(route.spans_km) or [route.length_km],
        "huts": list(route.huts),
        "regenerators": list(route.regenerators),
        "srlgs": list(srlgs),
    }

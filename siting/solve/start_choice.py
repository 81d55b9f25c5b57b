"""An earlier plan in the words of a present instance: sites, roles, modes and routes by name."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from siting.instance import Instance
from siting.instance.records import Mode
from siting.plan import OperatingMode, Plan, PlannedRoute, PlannedWorkload
from siting.solve.network_parts import only
from siting.solve.power_choice import PowerChoice
from siting.solve.siting_choice import SitingChoice
from siting.solve.training_choice import Link

if TYPE_CHECKING:
    import pyomo.environ as pyo

    from siting.solve.network_choice import NetworkChoice

Values = list[tuple["pyo.Var", float]]
LEAST_MW = 1e-6


def siting_of(instance: Instance, plan: Plan) -> SitingChoice:
    """Return the siting of a plan; a mode that the instance does not have is left out.

    Dates and MW are those of the plan; what brings power has dates only.
    """
    jobs = {planned.id: planned for planned in plan.workloads}
    modes = {
        w: tuple(_mode(instance, w, mode) for mode in jobs[w].modes) if w in jobs else ()
        for w in instance.workloads
    }
    return SitingChoice(
        served_mw={(c, w): mw for w, job in jobs.items() for c, mw in job.served_it_mw.items()},
        replica_mw={(c, w): mw for w, job in jobs.items() for c, mw in job.replica_it_mw.items()},
        homes={(c, w): x for w, job in jobs.items() for c, x in job.replica_homes.items()},
        unserved_mw={w: job.unserved_it_mw for w, job in jobs.items()},
        modes=modes,
        hub_of={
            (w, t): mode.hub
            for w, job in jobs.items()
            for t, mode in enumerate(job.modes)
            if mode is not None
        },
        links={
            (w, t): tuple(_links(plan, job, t)) for w, job in jobs.items() for t in _periods(plan)
        },
        power=PowerChoice(
            open_from=_dates((x.id, x.in_service_from) for x in plan.campuses),
            built_mw={},
            connected_from=_dates((x.id, x.in_service_from) for x in plan.substations),
            reserved_mw={},
            upgraded_from={x.id: x.in_service_from for x in plan.network_upgrades},
            tie_from=_dates((x.id, x.in_service_from) for x in plan.tie_lines),
            flow_mw={},
            firm_mw={},
            bridging_mw={},
            output_mw={},
        ),
    )


def _dates(items: Iterator[tuple[str, int | None]]) -> dict[str, int]:
    return {name: first for name, first in items if first is not None}


def _periods(plan: Plan) -> range:
    return range(len(plan.periods))


def _mode(instance: Instance, workload: str, mode: OperatingMode | None) -> Mode | None:
    """Return the mode of a workload with the same name and the nearest class not below."""
    if mode is None:
        return None
    same = [
        m
        for m in instance.workloads[workload].modes
        if (m.paradigm, m.fabric, m.peers_min, m.peers_max, m.bandwidth_level)
        == (mode.paradigm, mode.fabric, mode.peers_min, mode.peers_max, mode.bandwidth_level)
    ]
    wide = [m for m in same if m.rtt_class_ms >= mode.rtt_class_ms - LEAST_MW]
    if wide:
        return min(wide, key=lambda m: m.rtt_class_ms)
    return max(same, key=lambda m: m.rtt_class_ms, default=None)


def _links(plan: Plan, job: PlannedWorkload, t: int) -> Iterator[Link]:
    for link in plan.links:
        for demand in link.demands:
            if (demand.workload, demand.role) == (job.id, "training") and demand.gbps[t] > 0:
                yield link.campuses


def site_values(model: pyo.ConcreteModel, instance: Instance, choice: SitingChoice) -> Values:
    """Return the dates of sites and power as values of their variables."""
    dates = (
        (model.placement.is_open, choice.power.open_from),
        (model.interconnection.is_connected, choice.power.connected_from),
        (model.interconnection.is_upgraded, choice.power.upgraded_from),
        (model.interconnection.is_built, choice.power.tie_from),
    )
    never = len(instance.periods)
    return [
        (var[name, t], float(t >= firsts.get(name, never)))
        for var, firsts in dates
        for name, t in var
    ]


def role_values(model: pyo.ConcreteModel, choice: SitingChoice) -> Values:
    """Return who is a peer and who a replica."""
    placement = model.placement
    return [
        (var[c, w, t], float((c, w) in served and served[c, w][t] > LEAST_MW))
        for var, served in (
            (placement.is_peer, choice.served_mw),
            (placement.is_replica, choice.replica_mw),
        )
        for c, w, t in var
    ]


def idle_values(model: pyo.ConcreteModel, choice: SitingChoice) -> Values:
    """Return that campuses which never serve a workload have no role in it."""
    placement = model.placement
    serving = {
        key
        for served in (choice.served_mw, choice.replica_mw)
        for key, mw in served.items()
        if max(mw, default=0.0) > LEAST_MW
    }
    return [
        (var[c, w, t], 0.0)
        for var in (placement.is_peer, placement.is_replica)
        for c, w, t in var
        if (c, w) not in serving
    ]


def mode_values(model: pyo.ConcreteModel, instance: Instance, choice: SitingChoice) -> Values:
    """Return modes, hubs, orders of rings and homes."""
    training = model.training
    values: Values = [
        (training.uses_mode[w, t, m], float(choice.modes[w][t] == instance.workloads[w].modes[m]))
        for w, t, m in training.MODES
        if choice.modes[w]
    ]
    hubs = {(w, hub) for (w, _), hub in choice.hub_of.items()}
    values += [(training.is_hub[w, c], float((w, c) in hubs)) for w, c in training.HUBS]
    values += [
        (training.is_hub_now[w, c, t], float(choice.hub_of.get((w, t)) == c))
        for w, c, t in training.MOVING_HUBS
    ]
    values += [
        (training.in_ring[w, t, i, j], float((i, j) in choice.links.get((w, t), ())))
        for w, t, i, j in training.RING_LINKS
    ]
    values += [
        (training.is_home[w, t, c, o], float(_home(choice, c, w, t) == o))
        for w, t, c, o in training.HOMES
    ]
    return values


def _home(choice: SitingChoice, campus: str, workload: str, t: int) -> str | None:
    homes = choice.homes.get((campus, workload))
    return homes[t] if homes else None


def served_values(model: pyo.ConcreteModel, choice: SitingChoice) -> Values:
    """Return the MW served."""
    placement = model.placement
    return [
        (var[c, w, t], served[c, w][t] if (c, w) in served else 0.0)
        for var, served in (
            (placement.served_mw, choice.served_mw),
            (placement.replica_mw, choice.replica_mw),
        )
        for c, w, t in var
    ]


def network_values(model: pyo.ConcreteModel, choice: NetworkChoice) -> Values:
    """Return pairs, channels, waves, and the huts that no route uses, as values."""
    routes, used = model.routes, model.amplifiers.is_used
    values: Values = []
    for var, counts in ((routes.pairs, choice.pairs), (routes.channels, choice.channels)):
        values += [
            (var[r, d, t], float(counts[r, d][t] if (r, d) in counts else 0)) for r, d, t in var
        ]
    values += [
        (routes.waves[v, t], float(choice.waves[v][t] if v in choice.waves else 0))
        for v, t in routes.waves
    ]
    values += [(used[r, h, t], 0.0) for r, h, t in used if h not in choice.huts_used.get(r, ())]
    return values


def routes_of(instance: Instance, plan: Plan) -> tuple[Instance, list[str]]:
    """Return the instance with the routes of a plan, in the huts used there, and what is gone.

    What is gone: the routes of the plan, in words, that are no candidates now.
    """
    known = {
        (x.link, x.corridors, x.supply, x.fiber_type, tuple(s.hut for s in x.regenerators)): r
        for r, x in instance.fiber_routes.items()
    }
    fiber, gone = {}, []
    lit = ((link.campuses, route) for link in plan.links for route in link.routes)
    for link, route in lit:
        if route.kind == "leased_wave":
            if route.leased_wave not in instance.wave_routes:
                gone.append(_words(link, route))
            continue
        key = (link, route.corridors, route.supply, route.fiber_type or "", route.regenerators)
        r = known.get(key)
        if r is None:
            gone.append(_words(link, route))
            continue
        whole, places = instance.fiber_routes[r], set(route.huts) - set(route.regenerators)
        fiber[r] = dataclasses.replace(
            whole,
            huts=tuple(x for x in whole.huts if x.hut in places),
            designs=tuple(d for d in whole.designs if d.amplifiers <= len(places)),
        )
    kept = {r: x for r, x in fiber.items() if x.designs}
    part = only(instance, set())
    return dataclasses.replace(part, fiber_routes=kept), gone


def _words(link: Link, route: PlannedRoute) -> str:
    way = route.leased_wave or " - ".join(route.corridors)
    return f"{link[0]}-{link[1]} over {way}"


def strangers(instance: Instance, plan: Plan) -> list[str]:
    """Return the sites of a plan, in words, that the instance does not have."""
    kinds = (
        ("campus", plan.campuses, instance.campuses),
        ("substation", plan.substations, instance.substations),
        ("tie line", plan.tie_lines, instance.tie_lines),
        ("network upgrade", plan.network_upgrades, instance.upgrades),
        ("workload", plan.workloads, instance.workloads),
    )
    named = ([(kind, x.id) for x in items if x.id not in known] for kind, items, known in kinds)
    return [f"{kind} {name!r}" for kind, name in itertools.chain(*named)]

"""Parts of a network problem: its required links, one period of it, some of its routes."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from typing import TypeVar

from siting.formulation.requirements import Requirements
from siting.formulation.sides import on_the_way_round, survives_alone, waives
from siting.instance import Instance
from siting.instance.records import NO_CAPS, NO_PINS, Period
from siting.instance.records_network import Design, HutClass, WaveRoute
from siting.solve.link_bounds import Link
from siting.solve.network_choice import NO_NETWORK, NetworkChoice

Dated = TypeVar("Dated", Design, HutClass, WaveRoute)
"""What is in service from some period on."""


def restrict(instance: Instance, requirements: Requirements) -> Instance:
    """Return the instance with the routes of required links and designs in their RTT limits.

    Routes that can satisfy a pin keep all their designs.
    """
    pinned = instance.pins.satisfiers(instance.fiber_routes)
    limits: dict[tuple[str, str], float] = {}
    for (link, _), items in requirements.items():
        limits[link] = max(limits.get(link, 0.0), *(item.rtt_limit_ms for item in items))
    fiber = {}
    for r, route in instance.fiber_routes.items():
        if route.link not in limits:
            continue
        limit_ms = math.inf if r in pinned else limits[route.link]
        designs = tuple(d for d in route.designs if d.rtt_ms <= limit_ms + 1e-9)
        if designs:
            fiber[r] = dataclasses.replace(route, designs=designs)
    return dataclasses.replace(
        instance,
        fiber_routes=fiber,
        wave_routes={v: w for v, w in instance.wave_routes.items() if w.link in limits},
    )


def lacks_way(instance: Instance, requirements: Requirements) -> bool:
    """Return whether the routes of some link cannot serve it, whatever they carry.

    None is fast enough, or one failure touches all that are where some must be left. What may go
    round a ring is not looked at.
    """
    links: dict[Link, list[tuple[float, frozenset[str]]]] = {}
    for route in instance.fiber_routes.values():
        rtt_ms = min(design.rtt_ms for design in route.designs)
        links.setdefault(route.link, []).append((rtt_ms, route.srlgs))
    for wave in instance.wave_routes.values():
        links.setdefault(wave.link, []).append((wave.rtt_ms, wave.srlgs))
    asked = {
        (link, item.rtt_limit_ms + 1e-9, survives_alone(instance, item))
        for (link, _), items in requirements.items()
        for item in items
        if float(item.gbps) > 0 and not on_the_way_round(instance, item)
    }
    for link, limit_ms, must_survive in asked:
        fast = [srlgs for rtt_ms, srlgs in links.get(link, []) if rtt_ms <= limit_ms]
        common = frozenset.intersection(*fast) - waives(link) if fast else frozenset()
        if not fast or (must_survive and common):
            return True
    return False


def without_pins(instance: Instance) -> Instance:
    """Return the instance with nothing pinned in the network: a relaxation."""
    return dataclasses.replace(instance, pins=NO_PINS)


def period_alone(instance: Instance, period: int, *, pinned: bool = False) -> Instance:
    """Return the problem of one period alone: yearly costs, and what can be in service by then.

    Of corridors and huts it holds those of its routes: a map has thousands more.

    Args:
        instance: the problem over time.
        period: index of the period.
        pinned: keep what is pinned in the network: valid for the last period, when it requires
            every link that any period does.
    """

    def by_then(first: int) -> int:
        return 0 if first <= period else 1

    def begun(record: Dated) -> Dated:
        first = by_then(record.first_period)
        if record.first_period == first:
            return record
        return dataclasses.replace(record, first_period=first)

    routes = instance.fiber_routes.values()
    corridors = {e for route in routes for e in route.corridors}
    huts = {x.hut for route in routes for x in (*route.huts, *route.regenerators)}
    return dataclasses.replace(
        instance,
        periods=(Period(index=0, label=instance.periods[period].label, weight=1.0),),
        caps=NO_CAPS,
        pins=instance.pins if pinned else NO_PINS,
        corridors={
            e: dataclasses.replace(
                c,
                build_first_period=by_then(c.build_first_period),
                iru_first_period=by_then(c.iru_first_period),
                existing_pairs={f: (n[period],) for f, n in c.existing_pairs.items()},
                stands=(c.stands[period],),
            )
            for e, c in instance.corridors.items()
            if e in corridors
        },
        huts={
            h: dataclasses.replace(
                x,
                classes={k: begun(kind) for k, kind in x.classes.items()},
                existing_racks={a: (n[period],) for a, n in x.existing_racks.items()},
                stands=(x.stands[period],),
            )
            for h, x in instance.huts.items()
            if h in huts
        },
        fiber_routes={
            r: dataclasses.replace(
                route,
                designs=tuple(begun(d) for d in route.designs),
            )
            for r, route in instance.fiber_routes.items()
        },
        wave_routes={v: begun(w) for v, w in instance.wave_routes.items()},
    )


def lit_in(choice: NetworkChoice, period: int) -> NetworkChoice:
    """Return what a network has in one period, as a network of that period alone: where to start.

    Only pairs, channels, waves and the huts that routes use.
    """
    pairs: dict[tuple[str, int], tuple[int, ...]] = {
        key: (lit[period],) for key, lit in choice.pairs.items() if lit[period]
    }
    return dataclasses.replace(
        NO_NETWORK,
        pairs=pairs,
        channels={key: (n[period],) for key, n in choice.channels.items() if key in pairs},
        waves={v: (n[period],) for v, n in choice.waves.items()},
        huts_used={r: choice.huts_used[r] for r, _ in pairs},
    )


def still_there(instance: Instance, period: int, later: int) -> bool:
    """Return whether nothing that stands in a period has retired by a later one."""
    stands = [
        *(c.stands for c in instance.corridors.values()),
        *(h.stands for h in instance.huts.values()),
    ]
    return not any(up[period] and not up[later] for up in stands)


def only(part: Instance, routes: set[str]) -> Instance:
    """Return the instance with some of its fiber routes."""
    return dataclasses.replace(
        part, fiber_routes={r: x for r, x in part.fiber_routes.items() if r in routes}
    )


def unsatisfied(part: Instance, routes: set[str]) -> set[str]:
    """Return all routes that can satisfy a pin that none of some routes can."""
    holders = (set(found) for _, found in part.pins.holders(part.fiber_routes))
    return {r for found in holders if not found & routes for r in found}


def as_used(part: Instance, choices: Iterable[NetworkChoice]) -> Instance:
    """Return the instance with the routes lit in some choice, amplified where they are there."""
    patterns: dict[str, set[tuple[int, ...]]] = {}
    huts: dict[str, set[str]] = {}
    for choice in choices:
        for r, d in choice.pairs:
            patterns.setdefault(r, set()).add(part.fiber_routes[r].designs[d].by_section)
            huts.setdefault(r, set()).update(choice.huts_used[r])
    fiber = {
        r: dataclasses.replace(
            part.fiber_routes[r],
            huts=tuple(x for x in part.fiber_routes[r].huts if x.hut in huts[r]),
            designs=tuple(d for d in part.fiber_routes[r].designs if d.by_section in known),
        )
        for r, known in patterns.items()
    }
    return dataclasses.replace(part, fiber_routes=fiber)


def renumbered(choice: NetworkChoice, part: Instance, whole: Instance) -> NetworkChoice:
    """Return a choice made on a part with the numbers that designs have in the whole."""
    number = {
        (r, d): (r, whole.fiber_routes[r].designs.index(part.fiber_routes[r].designs[d]))
        for r, d in choice.pairs
    }
    return dataclasses.replace(
        choice,
        pairs={number[key]: lit for key, lit in choice.pairs.items()},
        channels={number[key]: lit for key, lit in choice.channels.items() if key in number},
    )

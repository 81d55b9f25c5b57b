"""Bounds on the yearly network cost of single links, for cuts between siting and network.

All look at one period and a demand of at least one channel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from siting.instance import Instance
from siting.instance.records_network import Corridor, FiberRoute
from siting.instance.route_graph import least_hut_usd

Link = tuple[str, str]
OWN = "own"


def link_share_usd(instance: Instance, sharers: int, *, protected: bool) -> dict[Link, float]:
    """Return, by link, a yearly cost that the link alone is sure to cause (cut C1).

    What links can share (civil works, cable, IRU upkeep, huts) is divided by the number of links
    that can be required at once, so the shares of all links never add up to more than the cost. A
    protected link lights at least two routes; of each only the cheapest design with one channel
    counts, and of what the two may share with each other only half.
    """
    share = 1.0 / sharers / (2 if protected else 1)
    routes: dict[Link, list[float]] = {}
    for route in instance.fiber_routes.values():
        routes.setdefault(route.link, []).append(_least_usd(instance, route, share))
    for wave in instance.wave_routes.values():
        routes.setdefault(wave.link, []).append(wave.lease_usd_per_year + wave.energy_usd_per_year)
    return {link: _of_routes(costs, protected=protected) for link, costs in routes.items()}


@dataclass(frozen=True, slots=True)
class CapacityShare:
    """What a required link is sure to cause, and what each Gb/s of its demand adds; USD a year."""

    fixed_usd: float
    usd_per_gbps: float
    tighter_usd: Mapping[float, float] = field(default_factory=dict)
    """By RTT limit, ms: what it causes beyond that where it is required within the limit."""
    steps_usd: Mapping[float, float] = field(default_factory=dict)
    """By demand, Gb/s: what it causes besides where more is asked of it than that."""

    def more_usd(self, limit_ms: float) -> float:
        """Return what the link causes beyond ``fixed_usd`` where it is required within a limit."""
        return max((usd for ms, usd in self.tighter_usd.items() if ms >= limit_ms), default=0.0)

    def at_usd(self, gbps: float, limit_ms: float) -> float:
        """Return what the link causes where so much is asked of it within a limit, USD a year."""
        steps = sum(usd for least, usd in self.steps_usd.items() if gbps > least)
        return self.fixed_usd + self.more_usd(limit_ms) + steps + self.usd_per_gbps * gbps


def capacity_share_usd(
    instance: Instance, sharers: int, *, protected: bool, pairs_by_gbps: bool
) -> dict[Link, CapacityShare]:
    """Return, by link, yearly costs that grow with its demand (cut C3).

    What can be shared counts as in C1. Channels count by what they carry, at the cheapest price of
    a Gb/s; the capacity of a link then never costs less than its demand does.

    Args:
        instance: the instance.
        sharers: links that may be required at once.
        protected: every link lights at least two routes.
        pairs_by_gbps: pairs count by what full ones carry; else one pair on each route counts.
    """
    share = 1.0 / sharers / (2 if protected else 1)
    fixed: dict[Link, list[float]] = {}
    rates: dict[Link, list[float]] = {}
    for route in instance.fiber_routes.values():
        iru = iru_usd(instance, route)
        huts = _amplified_usd(instance, route)
        once = [0.0 if pairs_by_gbps else d.pair_usd_per_year + iru for d in route.designs]
        least = min(usd + share * hut for usd, hut in zip(once, huts, strict=True))
        fixed.setdefault(route.link, []).append(share * _shared_usd(instance, route) + least)
        rates.setdefault(route.link, []).extend(
            (
                d.channel_usd_per_year
                + ((d.pair_usd_per_year + iru) / d.channels_per_pair if pairs_by_gbps else 0.0)
            )
            / d.rate_gbps
            for d in route.designs
        )
    for wave in instance.wave_routes.values():
        fixed.setdefault(wave.link, []).append(0.0)
        yearly = wave.lease_usd_per_year + wave.energy_usd_per_year
        rates.setdefault(wave.link, []).append(yearly / wave.rate_gbps)
    return {
        link: CapacityShare(_of_routes(costs, protected=protected), min(rates[link]))
        for link, costs in fixed.items()
    }


def _of_routes(costs: list[float], *, protected: bool) -> float:
    """Return the cheapest route, or two of a protected link."""
    costs = sorted(costs)
    # One route may carry several options, never stand for two routes.
    return sum(costs[:2]) if protected and len(costs) > 1 else costs[0]


def _least_usd(instance: Instance, route: FiberRoute, share: float) -> float:
    designs = zip(route.designs, _amplified_usd(instance, route), strict=True)
    least = min(d.pair_usd_per_year + d.channel_usd_per_year + share * huts for d, huts in designs)
    return iru_usd(instance, route) + share * _shared_usd(instance, route) + least


def iru_usd(instance: Instance, route: FiberRoute) -> float:
    """Return the yearly cost of one IRU pair on all corridors of a route that take IRU."""
    return sum(
        instance.corridors[e].iru_usd_per_pair_year
        for e, supply in zip(route.corridors, route.supply, strict=True)
        if supply != OWN
    )


def _shared_usd(instance: Instance, route: FiberRoute) -> float:
    """Return what a lit route causes and other links may share, without its amplifiers' huts."""
    fiber = sum(
        _own_usd(instance.corridors[e], route.fiber_type)
        if supply == OWN
        else instance.corridors[e].iru_maintenance_usd_per_year
        for e, supply in zip(route.corridors, route.supply, strict=True)
    )
    return fiber + sum(least_hut_usd(instance.huts[x.hut]) for x in route.regenerators)


def _amplified_usd(instance: Instance, route: FiberRoute) -> list[float]:
    """Return the least cost of the huts that each design of a route needs."""
    hut = min((least_hut_usd(instance.huts[x.hut]) for x in route.huts), default=0.0)
    return [d.amplifiers * hut for d in route.designs]


def _own_usd(corridor: Corridor, fiber_type: str) -> float:
    """Return the least that own fiber of a type costs in any period: nothing while some stands."""
    return sum(own_parts_usd(corridor, fiber_type))


def own_parts_usd(corridor: Corridor, fiber_type: str) -> tuple[float, float]:
    """Return the least cost of civil works with their upkeep, and of a cable, in any period."""
    cables = [usd for (f, _), usd in corridor.cable_usd_per_year.items() if f == fiber_type]
    if any(corridor.existing_pairs.get(fiber_type, ())) or not cables:
        return 0.0, 0.0
    if any(corridor.stands):
        return 0.0, min(cables)
    return corridor.build_usd_per_year + corridor.own_maintenance_usd_per_year, min(cables)

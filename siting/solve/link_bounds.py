"""Bounds on the yearly network cost of single links, for cuts between siting and network.

Both look at one period and a demand of at least one channel.
"""

from __future__ import annotations

from siting.instance import Instance
from siting.instance.records_network import Corridor, Design, FiberRoute, Hut

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
    shares = {}
    for link, costs in routes.items():
        costs.sort()
        # One route may carry several options, never stand for two routes.
        shares[link] = sum(costs[:2]) if protected and len(costs) > 1 else costs[0]
    return shares


def _least_usd(instance: Instance, route: FiberRoute, share: float) -> float:
    pair = sum(
        instance.corridors[e].iru_usd_per_pair_year
        for e, supply in zip(route.corridors, route.supply, strict=True)
        if supply != OWN
    )
    shared = sum(
        _own_usd(instance.corridors[e], route.fiber_type)
        if supply == OWN
        else instance.corridors[e].iru_maintenance_usd_per_year
        for e, supply in zip(route.corridors, route.supply, strict=True)
    )
    shared += sum(_hut_usd(instance.huts[x.hut]) for x in route.regenerators)
    hut = min((_hut_usd(instance.huts[x.hut]) for x in route.huts), default=0.0)
    least = min(_design_usd(d) + share * d.amplifiers * hut for d in route.designs)
    return pair + share * shared + least


def _own_usd(corridor: Corridor, fiber_type: str) -> float:
    """Return the least that own fiber of a type costs in any period: nothing while some stands."""
    cables = [usd for (f, _), usd in corridor.cable_usd_per_year.items() if f == fiber_type]
    if any(corridor.existing_pairs.get(fiber_type, ())) or not cables:
        return 0.0
    if any(corridor.stands):
        return min(cables)
    return corridor.build_usd_per_year + corridor.own_maintenance_usd_per_year + min(cables)


def _hut_usd(hut: Hut) -> float:
    """Return the least that a hut with a rack costs in any period: nothing while it stands."""
    if any(hut.stands):
        return 0.0
    return min(
        kind.usd_per_year + kind.maintenance_usd_per_year + kind.rack_usd_per_year
        for kind in hut.classes.values()
    )


def _design_usd(design: Design) -> float:
    """Return the yearly cost of one pair with one channel."""
    return (
        design.terminal_usd_per_pair_year
        + design.amplifier_usd_per_pair_year
        + design.energy_usd_per_pair_year
        + design.transponder_usd_per_channel_year
        + design.regenerator_usd_per_channel_year
        + design.energy_usd_per_channel_year
    )

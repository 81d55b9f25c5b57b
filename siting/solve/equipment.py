"""Pairs and channels on routes that are chosen: a network to start from.

Every route of a link carries what must be left after a failure, with the option that is cheapest
for that over time of those that are legal in its huts. Cables, racks and classes of huts are left
to the model.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence

from siting.formulation.requirements import Requirement, Requirements
from siting.formulation.sides import survives_alone
from siting.formulation.sites import W_PER_KW
from siting.instance import Instance
from siting.instance.records_network import Design, FiberRoute
from siting.instance.spans import sections_of
from siting.solve.lazy_huts import NOISE_TOLERANCE, least_noise
from siting.solve.link_bounds import Link, iru_usd
from siting.solve.network_choice import NO_NETWORK, NetworkChoice, Series

TOLERANCE = 1e-9


def equipped(
    instance: Instance,
    requirements: Requirements,
    ways: dict[Link, tuple[str, ...]],
    hut_usd_per_kw: float = 0.0,
    options: Mapping[str, str] | None = None,
) -> NetworkChoice | None:
    """Return pairs, channels and waves of the routes of each link; None where none will do.

    Args:
        instance: the instance with these routes, amplified in all their huts.
        requirements: what each link must carry in each period.
        ways: routes of each link, a set that no failure touches as a whole where that is asked.
        hut_usd_per_kw: what power in a hut counts a year besides its cost: more of it asks for
            larger huts.
        options: by route the one to take; any where not given.
    """
    pairs: dict[tuple[str, int], Series] = {}
    channels: dict[tuple[str, int], Series] = {}
    waves: dict[str, Series] = {}
    for link, way in ways.items():
        asked = {t: items for (key, t), items in requirements.items() if key == link}
        limit_ms = min(x.rtt_limit_ms for items in asked.values() for x in items) + TOLERANCE
        needs: list[float] = []
        for t in range(len(instance.periods)):
            gbps = _each_gbps(instance, asked.get(t, ()), len(way))
            needs.append(max(gbps, needs[-1] if needs else 0.0))
        for r in way:
            if r in instance.wave_routes:
                wave = instance.wave_routes[r]
                count = tuple(math.ceil(gbps / wave.rate_gbps - TOLERANCE) for gbps in needs)
                if wave.rtt_ms > limit_ms or max(count) > wave.max_waves:
                    return None
                waves[r] = count
                continue
            only = None if options is None else options.get(r)
            best = _cheapest(instance, r, limit_ms, needs, hut_usd_per_kw, only)
            if best is None:
                return None
            number, lit = best
            channels[r, number] = lit
            most = instance.fiber_routes[r].designs[number].channels_per_pair
            pairs[r, number] = tuple(-(-n // most) for n in lit)
    return dataclasses.replace(
        NO_NETWORK,
        pairs=pairs,
        channels=channels,
        waves=waves,
        huts_used={r: tuple(x.hut for x in instance.fiber_routes[r].huts) for r, _ in pairs},
    )


def _each_gbps(instance: Instance, items: Sequence[Requirement], routes: int) -> float:
    """Return what each route of a link carries in a period."""
    whole = sum(float(x.gbps) for x in items)
    left = [x.survival_fraction * float(x.gbps) for x in items if survives_alone(instance, x)]
    return max(sum(left), whole / routes)


def _cheapest(
    instance: Instance,
    r: str,
    limit_ms: float,
    needs: Sequence[float],
    hut_usd_per_kw: float,
    only: str | None,
) -> tuple[int, Series] | None:
    """Return the option of a route that carries this at the least cost, and its channels."""
    route = instance.fiber_routes[r]
    rented = iru_usd(instance, route)
    per_watt = hut_usd_per_kw / W_PER_KW
    first = next(t for t, gbps in enumerate(needs) if gbps > 0)
    found: list[tuple[bool, float, int, Series]] = []
    for number, design in enumerate(route.designs):
        if design.rtt_ms > limit_ms or design.first_period > first:
            continue
        if only is not None and design.option != only:
            continue
        lit = tuple(math.ceil(gbps / design.rate_gbps - TOLERANCE) for gbps in needs)
        usd = sum(
            period.weight * _usd(design, rented, n, per_watt)
            for period, n in zip(instance.periods, lit, strict=True)
        )
        if lit[-1] <= design.channels_per_pair * instance.max_pairs_per_route:
            found.append((not _is_legal(instance, route, design), usd, number, lit))
    return min(found)[2:] if found else None


def _is_legal(instance: Instance, route: FiberRoute, design: Design) -> bool:
    """Return whether an option is not too noisy on a route amplified in all its huts."""
    if design.always_legal or not design.amplifiers:
        return design.always_legal
    noise = instance.options[design.option].span_noise
    return all(
        least_noise(instance, section, noise, count, {x.hut for x in section.huts})
        <= design.noise_budgets[c] + NOISE_TOLERANCE
        for c, section in enumerate(sections_of(route))
        if (count := design.by_section[c])
    )


def _usd(design: Design, rented_usd: float, channels: int, usd_per_watt: float) -> float:
    pairs = -(-channels // design.channels_per_pair)
    hut_usd = usd_per_watt * design.amplifiers * design.amplifier_w_per_pair
    each = design.pair_usd_per_year + rented_usd + hut_usd
    return pairs * each + channels * design.channel_usd_per_year

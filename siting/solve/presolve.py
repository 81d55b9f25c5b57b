"""Reductions proven to keep an optimum, applied before either method."""

from __future__ import annotations

import dataclasses

from siting.instance import Instance
from siting.instance.records_network import Design, FiberRoute


def presolve(instance: Instance) -> Instance:
    """Return the instance without dominated designs."""
    return dataclasses.replace(
        instance,
        fiber_routes={
            r: dataclasses.replace(
                route, designs=undominated(route, with_capital=instance.caps.given)
            )
            for r, route in instance.fiber_routes.items()
        },
    )


def undominated(route: FiberRoute, *, with_capital: bool = False) -> tuple[Design, ...]:
    """Return the designs of a route that no other design replaces at no more cost.

    Proof: let d replace d' (:func:`replaces`). Every pair of d' becomes a pair of d, amplified in
    the same huts by the same type of equipment, and the c' channels of d' become
    ceil(c' rate' / rate) <= c' channels of d, which fit the pairs because
    c' rate' <= M' rate' n' <= M rate n'. Capacity, RTT, dates, legality, racks and power of huts
    hold, and no yearly amount grows. Of equal designs the first is kept.

    Args:
        route: the route.
        with_capital: spending is capped, so that no capital may grow either.
    """
    kept: list[Design] = []
    for index, design in enumerate(route.designs):
        others = (o for i, o in enumerate(route.designs) if i != index)
        if any(
            replaces(other, design, with_capital=with_capital)
            and (
                not replaces(design, other, with_capital=with_capital)
                or other in route.designs[:index]
            )
            for other in others
        ):
            continue
        kept.append(design)
    return tuple(kept)


def replaces(d: Design, other: Design, *, with_capital: bool = False) -> bool:
    """Return whether design ``d`` can stand in for ``other`` on the same route."""
    return (
        (d.by_section, d.amplifier) == (other.by_section, other.amplifier)
        and d.always_legal
        and d.rate_gbps >= other.rate_gbps
        and d.gbps_per_pair >= other.gbps_per_pair
        and d.rtt_ms <= other.rtt_ms
        and d.first_period <= other.first_period
        and d.pair_usd_per_year <= other.pair_usd_per_year
        and d.channel_usd_per_year <= other.channel_usd_per_year
        and _no_more(_power_w(d), _power_w(other))
        and (not with_capital or _no_more(_capital_usd(d), _capital_usd(other)))
    )


def _no_more(first: tuple[float, ...], second: tuple[float, ...]) -> bool:
    return all(a <= b for a, b in zip(first, second, strict=True))


def _power_w(d: Design) -> tuple[float, ...]:
    """Return the power in a hut of an amplified pair, of a regenerated pair, and of a channel."""
    return d.amplifier_w_per_pair, d.regenerator_w_per_pair, d.regenerator_w_per_channel


def _capital_usd(d: Design) -> tuple[float, ...]:
    """Return the upfront capital of a pair, and of a channel."""
    return (
        d.terminal_capital_usd_per_pair + d.amplifier_capital_usd_per_pair,
        d.transponder_capital_usd_per_channel + d.regenerator_capital_usd_per_channel,
    )

"""Reductions proven to keep an optimum, applied before either method."""

from __future__ import annotations

import dataclasses

from siting.instance import Instance
from siting.instance.records import Design, FiberRoute


def presolve(instance: Instance) -> Instance:
    """Return the instance without dominated designs."""
    return dataclasses.replace(
        instance,
        fiber_routes={
            r: dataclasses.replace(route, designs=undominated(route))
            for r, route in instance.fiber_routes.items()
        },
    )


def undominated(route: FiberRoute) -> tuple[Design, ...]:
    """Return the designs of a route that no other design replaces at no more cost.

    Proof: let d replace d' (:func:`replaces`). Every pair of d' becomes a pair of d, amplified in
    the same huts, and the c' channels of d' become ceil(c' rate' / rate) <= c' channels of d, which
    fit the pairs because c' rate' <= M' rate' n' <= M rate n'. Capacity, RTT, dates and legality
    hold, and no yearly amount grows. Of equal designs the first is kept.
    """
    kept: list[Design] = []
    for index, design in enumerate(route.designs):
        others = (o for i, o in enumerate(route.designs) if i != index)
        if any(
            replaces(other, design)
            and (not replaces(design, other) or other in route.designs[:index])
            for other in others
        ):
            continue
        kept.append(design)
    return tuple(kept)


def replaces(d: Design, other: Design) -> bool:
    """Return whether design ``d`` can stand in for ``other`` on the same route."""
    return (
        d.amplifiers == other.amplifiers
        and d.always_legal
        and d.rate_gbps >= other.rate_gbps
        and d.rate_gbps * d.channels_per_pair >= other.rate_gbps * other.channels_per_pair
        and d.rtt_ms <= other.rtt_ms
        and d.first_period <= other.first_period
        and _pair_usd(d) <= _pair_usd(other)
        and _channel_usd(d) <= _channel_usd(other)
    )


def _pair_usd(d: Design) -> float:
    return d.terminal_usd_per_pair_year + d.amplifier_usd_per_pair_year + d.energy_usd_per_pair_year


def _channel_usd(d: Design) -> float:
    return d.transponder_usd_per_channel_year + d.energy_usd_per_channel_year

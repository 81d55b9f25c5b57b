"""What interrupts the links of a network, by plain arithmetic."""

from __future__ import annotations

from collections.abc import Iterable

from siting.formulation.requirements import Requirement
from siting.formulation.sides import TOLERANCE, waives
from siting.instance import Instance
from siting.instance.failures import HUT
from siting.instance.records import FailureRate
from siting.solve.ledger import Ledger
from siting.solve.network_choice import NetworkChoice
from siting.solve.siting_choice import SitingChoice, fixed_requirements
from siting.solve.training_choice import Link

SHORT_GBPS = 1e-4
SHORT_FRACTION = 1e-7
"""A capacity may fall short of a demand by the first, Gb/s, plus this share of it."""


def charge_interruptions(
    book: Ledger, instance: Instance, siting: SitingChoice, network: NetworkChoice
) -> None:
    """Charge the training lost when failures take links below their demand."""
    if not instance.charge_interruptions:
        return
    yearly = [0.0] * len(instance.periods)
    for (link, t), items in fixed_requirements(instance, siting).items():
        for item in items:
            if item.interruption_usd_per_event:
                rates = interrupting(instance, network, link, t, item, items).values()
                events = sum(rate.events_per_year for rate in rates)
                yearly[t] += item.interruption_usd_per_event * events
    book.series("interruptions", 1.0, yearly)


def interrupting(
    instance: Instance,
    network: NetworkChoice,
    link: Link,
    period: int,
    item: Requirement,
    items: Iterable[Requirement],
) -> dict[str, FailureRate]:
    """Return the failures that take a link below the full demand of those within an RTT limit."""
    limit = item.rtt_limit_ms
    demand = sum(float(x.gbps) for x in items if x.rtt_limit_ms <= limit)
    routes = _capacities(instance, network, link, period, limit)
    risks = {name for _, names in routes for name in names}
    found = {}
    for name in sorted(risks & instance.failures.keys() - waives(link)):
        left = sum(gbps for gbps, names in routes if name not in names)
        if left < demand - SHORT_GBPS - SHORT_FRACTION * demand:
            found[name] = instance.failures[name]
    return found


def _capacities(
    instance: Instance, network: NetworkChoice, link: Link, period: int, limit_ms: float
) -> list[tuple[float, frozenset[str]]]:
    """Return capacity within an RTT limit, and shared risks, of the routes and waves of a link."""
    gbps: dict[str, float] = {}
    for (r, d), channels in network.channels.items():
        route = instance.fiber_routes[r]
        design = route.designs[d]
        if route.link == link and design.rtt_ms <= limit_ms + TOLERANCE:
            gbps[r] = gbps.get(r, 0.0) + design.rate_gbps * channels[period]
    found = [
        (
            capacity,
            instance.fiber_routes[r].srlgs | {f"{HUT}{hut}" for hut in network.huts_used[r]},
        )
        for r, capacity in gbps.items()
    ]
    for v, waves in network.waves.items():
        wave = instance.wave_routes[v]
        if wave.link == link and wave.rtt_ms <= limit_ms + TOLERANCE:
            found.append((wave.rate_gbps * waves[period], wave.srlgs))
    return found

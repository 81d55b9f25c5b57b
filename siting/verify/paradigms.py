"""Latency, loss and operating modes of training (models/formulation.md, section 2)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from siting.catalog import Catalog
from siting.study import ParadigmOverride, Workload

PREFIX: Final = {
    "synchronous": "sync",
    "hierarchical": "hier",
    "diloco": "diloco",
    "streaming": "sdiloco",
    "compressed": "sparse",
}
"""Catalog prefix of each paradigm."""
EXPOSED_MS: Final = 500.0
"""Exposed latency per step at the RTT limit: 5 % of a step of 10 s, ms."""


@dataclass(frozen=True, slots=True)
class Paradigm:
    """What a paradigm costs a workload."""

    rtt_limit_ms: float
    exposed_round_trips: float
    traffic_reduction: float
    token_penalty_fraction: float
    step_time_s: float
    overlap_fraction: float

    def loss(self, latency_ms: float, bandwidth_level: float = 1.0) -> float:
        """Return the goodput loss at an exchange latency and bandwidth level, fraction.

        What a level below 1 leaves of the transfer outside the overlap of a step is exposed.
        """
        latency_loss = self.exposed_round_trips * latency_ms / (1000 * self.step_time_s)
        exposed_transfer = self.overlap_fraction * (1.0 / bandwidth_level - 1.0)
        return self.token_penalty_fraction + latency_loss + exposed_transfer

    def budget_ms(self, allowed_loss: float) -> float:
        """Return the largest exchange latency when its loss may be ``allowed_loss``, ms."""
        if self.exposed_round_trips == 0:
            return self.rtt_limit_ms
        by_loss = 1000 * self.step_time_s * allowed_loss / self.exposed_round_trips
        return min(self.rtt_limit_ms, by_loss)


def paradigm_of(workload: Workload, name: str, catalog: Catalog) -> Paradigm:
    """Return the numbers of the paradigm ``name``: the workload's own, else the catalog's."""
    overrides = {str(key): value for key, value in workload.paradigms.items()}
    own = overrides.get(name, ParadigmOverride())
    prefix = PREFIX[name]
    catalog_limit = catalog.value(f"{prefix}.rtt_max")
    return Paradigm(
        rtt_limit_ms=_first(own.rtt_limit_ms, catalog_limit),
        exposed_round_trips=_first(own.exposed_round_trips, EXPOSED_MS / catalog_limit),
        traffic_reduction=_reduction(own, catalog.value(f"{prefix}.traffic_red")),
        token_penalty_fraction=_first(
            own.token_penalty_fraction, catalog.value(f"{prefix}.token_penalty") / 100
        ),
        step_time_s=_first(workload.step_time_s, catalog.value("step.time")),
        overlap_fraction=_first(workload.traffic.overlap_fraction, catalog.value("overlap")),
    )


def _reduction(own: ParadigmOverride, of_catalog: float) -> float:
    """Return the traffic reduction: explicit, by steps and compression, or the catalog's."""
    by_steps = None
    if own.inner_steps is not None:
        by_steps = own.inner_steps * _first(own.compression_ratio, 1.0)
    return _first(own.traffic_reduction, _first(by_steps, of_catalog))


def rtt_classes_ms(workload: Workload, paradigm: Paradigm) -> tuple[float, ...]:
    """Return the classes below the budget, and the budget itself, ms."""
    budget = paradigm.budget_ms(workload.allowed_goodput_loss)
    return (*(rho for rho in workload.rtt_classes_ms if rho < budget), budget)


def peer_buckets(workload: Workload, fabric: str) -> tuple[tuple[int, int], ...]:
    """Return the peer buckets [lo, hi] that are not void, cut at ``max_peers``.

    On a ring every number of peers is a bucket.
    """
    if fabric == "ring":
        return tuple((count, count) for count in range(2, workload.max_peers + 1))
    edges = workload.peer_buckets
    tops = (*(edge - 1 for edge in edges[1:]), workload.max_peers)
    return tuple(
        (low, min(high, workload.max_peers))
        for low, high in zip(edges, tops, strict=True)
        if low <= workload.max_peers
    )


def exchange_steps(fabric: str, peers: int) -> int:
    """Return how many exchanges of the largest link RTT follow each other."""
    return peers - 1 if fabric == "ring" else 1


def switching_ms(fabric: str, catalog: Catalog) -> float:
    """Return the switching latency that a fabric adds to an exchange, ms."""
    return catalog.value("lat.switch") / 1000 if fabric == "hub" else 0.0


def link_rtt_limit_ms(
    workload: Workload, fabric: str, peers: int, rtt_class_ms: float, catalog: Catalog
) -> float:
    """Return the largest RTT of a link under an RTT class, ms; ``peers`` of the bucket."""
    left = rtt_class_ms - workload.jitter_p99_ms - switching_ms(fabric, catalog)
    return left / exchange_steps(fabric, peers)


def exchange_ms(
    workload: Workload, fabric: str, peers: int, largest_rtt_ms: float, catalog: Catalog
) -> float:
    """Return the latency of an exchange over links of this largest RTT, ms."""
    travel = exchange_steps(fabric, peers) * largest_rtt_ms
    return travel + workload.jitter_p99_ms + switching_ms(fabric, catalog)


def _first(own: float | None, other: float) -> float:
    return other if own is None or math.isnan(own) else own

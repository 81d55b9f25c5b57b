"""Latency, loss and operating modes of training (models/formulation.md, section 2)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from siting.catalog import Catalog
from siting.study import ParadigmOverride, Workload

PREFIX: Final = {"synchronous": "sync", "hierarchical": "hier", "diloco": "diloco"}
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

    def loss(self, latency_ms: float) -> float:
        """Return the goodput loss at an exchange latency, fraction."""
        latency_loss = self.exposed_round_trips * latency_ms / (1000 * self.step_time_s)
        return self.token_penalty_fraction + latency_loss

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
    step = workload.step_time_s
    return Paradigm(
        rtt_limit_ms=_first(own.rtt_limit_ms, catalog_limit),
        exposed_round_trips=_first(own.exposed_round_trips, EXPOSED_MS / catalog_limit),
        traffic_reduction=_first(own.traffic_reduction, catalog.value(f"{prefix}.traffic_red")),
        token_penalty_fraction=_first(
            own.token_penalty_fraction, catalog.value(f"{prefix}.token_penalty") / 100
        ),
        step_time_s=_first(step, catalog.value("step.time")),
    )


def rtt_classes_ms(workload: Workload, paradigm: Paradigm) -> tuple[float, ...]:
    """Return the classes below the budget, and the budget itself, ms."""
    budget = paradigm.budget_ms(workload.allowed_goodput_loss)
    return (*(rho for rho in workload.rtt_classes_ms if rho < budget), budget)


def peer_buckets(workload: Workload) -> tuple[tuple[int, int], ...]:
    """Return the peer buckets [lo, hi] that are not void, cut at ``max_peers``."""
    edges = workload.peer_buckets
    tops = (*(edge - 1 for edge in edges[1:]), workload.max_peers)
    return tuple(
        (low, min(high, workload.max_peers))
        for low, high in zip(edges, tops, strict=True)
        if low <= workload.max_peers
    )


def switching_ms(fabric: str, catalog: Catalog) -> float:
    """Return the switching latency that a fabric adds to an exchange, ms."""
    return catalog.value("lat.switch") / 1000 if fabric == "hub" else 0.0


def link_rtt_limit_ms(
    workload: Workload, fabric: str, rtt_class_ms: float, catalog: Catalog
) -> float:
    """Return the largest RTT of a link under an RTT class, ms."""
    return rtt_class_ms - workload.jitter_p99_ms - switching_ms(fabric, catalog)


def _first(own: float | None, other: float) -> float:
    return other if own is None or math.isnan(own) else own

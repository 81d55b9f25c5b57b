"""Training physics: RTT budget, goodput loss and traffic (``models/formulation.md`` section 2)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from siting.catalog import Catalog
    from siting.study import ParadigmOverride, Workload

PREFIXES = {
    "synchronous": "sync",
    "hierarchical": "hier",
    "diloco": "diloco",
    "streaming": "sdiloco",
    "compressed": "sparse",
}
"""Catalog prefix of each paradigm."""
CALIBRATION_S = 0.5
"""Exposed round trips x RTT limit: 5 % of a step of 10 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paradigm:
    """Parameters of one training paradigm."""

    name: str
    rtt_limit_ms: float
    exposed_round_trips: float
    traffic_reduction: float
    token_penalty_fraction: float

    def latency_loss(self, latency_ms: float, step_time_s: float) -> float:
        """Return the share of a step lost to exchanges of ``latency_ms``."""
        return self.exposed_round_trips * latency_ms / (1000 * step_time_s)

    def goodput_loss(
        self, latency_ms: float, step_time_s: float, exposed_transfer: float = 0.0
    ) -> float:
        """Return token penalty, latency loss and exposed transfer together."""
        latency = self.latency_loss(latency_ms, step_time_s)
        return self.token_penalty_fraction + latency + exposed_transfer

    def rtt_budget_ms(self, step_time_s: float, allowed_loss: float) -> float:
        """Return the largest latency of an exchange, ms."""
        if self.exposed_round_trips == 0:
            return self.rtt_limit_ms
        return min(self.rtt_limit_ms, 1000 * step_time_s * allowed_loss / self.exposed_round_trips)


def paradigm(catalog: Catalog, name: str, override: ParadigmOverride) -> Paradigm:
    """Return paradigm ``name`` from the catalog, explicit values first."""
    prefix = PREFIXES[name]
    table_limit_ms = catalog.value(f"{prefix}.rtt_max")

    def pick(explicit: float | None, default: float) -> float:
        return default if explicit is None else explicit

    return Paradigm(
        name=name,
        rtt_limit_ms=pick(override.rtt_limit_ms, table_limit_ms),
        exposed_round_trips=pick(
            override.exposed_round_trips, 1000 * CALIBRATION_S / table_limit_ms
        ),
        traffic_reduction=pick(override.traffic_reduction, _reduction(catalog, prefix, override)),
        token_penalty_fraction=pick(
            override.token_penalty_fraction, catalog.value(f"{prefix}.token_penalty") / 100
        ),
    )


def _reduction(catalog: Catalog, prefix: str, override: ParadigmOverride) -> float:
    """Return how many times less traffic than synchronous training the paradigm sends.

    One exchange of a compressed gradient every H inner steps.
    """
    if override.inner_steps is None:
        return catalog.value(f"{prefix}.traffic_red")
    return override.inner_steps * (override.compression_ratio or 1.0)


def interruption_hours(catalog: Catalog, name: str, override: ParadigmOverride) -> float:
    """Return the training time that one interruption of a link costs, hours."""
    if override.interruption_hours is not None:
        return override.interruption_hours
    return catalog.value(f"interruption.{PREFIXES[name]}")


def rtt_classes_ms(classes: tuple[float, ...], budget_ms: float) -> tuple[float, ...]:
    """Return the classes below the budget, and the budget itself."""
    return (*(c for c in classes if c < budget_ms), budget_ms)


def peer_buckets(edges: tuple[int, ...], max_peers: int) -> tuple[tuple[int, int], ...]:
    """Return the peer-count buckets ``(lo, hi)``.

    >>> peer_buckets((2, 4), 8)
    ((2, 3), (4, 8))
    """
    uppers = [*(edge - 1 for edge in edges[1:]), max_peers]
    return tuple(
        (lo, min(hi, max_peers)) for lo, hi in zip(edges, uppers, strict=True) if lo <= max_peers
    )


def fabric_peers(
    fabric: str, edges: tuple[int, ...], max_peers: int
) -> tuple[tuple[int, int], ...]:
    """Return the peer-count buckets of a fabric; a ring has one for each number of peers.

    >>> fabric_peers("ring", (2,), 4)
    ((2, 2), (3, 3), (4, 4))
    """
    if fabric == "ring":
        return tuple((peers, peers) for peers in range(2, max_peers + 1))
    return peer_buckets(edges, max_peers)


def exchange_share(fabric: str, peers: int) -> float:
    """Return the bytes that an exchange sends over a link, per byte of the gradient (facts D.1)."""
    if fabric == "hub":
        return 1.0
    return 2.0 / peers if fabric == "mesh" else 2.0 * (peers - 1) / peers


def collective_gbps(
    catalog: Catalog, workload: Workload, chosen: Paradigm, fabric: str, peers: int
) -> float:
    """Return the traffic of a link per direction when the exchange hides in its overlap, Gb/s."""
    traffic = workload.traffic
    bytes_each = traffic.bytes_per_parameter or catalog.value("bytes.grad")
    sent = parameters(catalog, workload) * bytes_each * exchange_share(fabric, peers)
    seconds = overlap_fraction(catalog, workload) * step_time_s(catalog, workload)
    return 8 * sent / seconds / 1e9 / chosen.traffic_reduction


def checkpoint_gbps(catalog: Catalog, workload: Workload) -> float:
    """Return what a full training state needs to arrive within its interval, Gb/s."""
    bytes_each = workload.checkpoint_bytes_per_parameter or catalog.value("ckpt.bytes")
    minutes = workload.checkpoint_interval_min or catalog.value("ckpt.interval")
    return 8 * parameters(catalog, workload) * bytes_each / (60 * minutes) / 1e9


def fabric_gbps_per_it_mw(catalog: Catalog, workload: Workload, chosen: Paradigm) -> float:
    """Return the traffic of a link, Gb/s per IT MW of its smaller end; 0 in collective view."""
    traffic = workload.traffic
    if traffic.view == "collective":
        return 0.0
    kw = it_kw_per_accelerator(catalog, workload)
    nic = traffic.nic_gbps or catalog.value("fabric.gpu")
    ratio = catalog.value("fabric.ratio") if traffic.fabric_ratio is None else traffic.fabric_ratio
    return 1000 / kw * nic * ratio / chosen.traffic_reduction


def it_kw_per_accelerator(catalog: Catalog, workload: Workload) -> float:
    """Return the all-in IT power of an accelerator, kW."""
    return workload.traffic.it_kw_per_accelerator or catalog.value("gpu.b200.it")


def it_demand_mw(catalog: Catalog, workload: Workload) -> tuple[float, ...]:
    """Return the IT MW that a workload asks for in each period, whatever it asks in."""
    if workload.it_demand_mw is not None:
        return workload.it_demand_mw
    kw = it_kw_per_accelerator(catalog, workload)
    return tuple(count * kw / 1000 for count in workload.it_demand_accelerators or ())


def parameters(catalog: Catalog, workload: Workload) -> float:
    """Return the number of parameters of the model."""
    return workload.traffic.parameters or catalog.value("params.sync") * 1e12


def overlap_fraction(catalog: Catalog, workload: Workload) -> float:
    """Return the share of a step that hides the exchange."""
    return workload.traffic.overlap_fraction or catalog.value("overlap")


def exposed_transfer(overlap: float, level: float) -> float:
    """Return the share of a step lost when a link has only ``level`` of the full traffic.

    What takes ``overlap`` of a step at the full rate takes ``overlap / level``.
    """
    return overlap * (1 / level - 1)


def step_time_s(catalog: Catalog, workload: Workload) -> float:
    """Return the time of one optimizer step, s."""
    return workload.step_time_s or catalog.value("step.time")


def link_rtt_limit_ms(
    class_ms: float, jitter_ms: float, switch_us: float, fabric: str, peers: int
) -> float:
    """Return the largest RTT of a link so that the exchange stays within its class, ms.

    On a ring of ``peers`` one exchange is ``peers - 1`` round trips in a row.
    """
    left_ms = class_ms - jitter_ms
    if fabric == "hub":
        return left_ms - switch_us / 1000
    return left_ms / (peers - 1) if fabric == "ring" else left_ms


def is_finite_positive(value: float) -> bool:
    """Return whether ``value`` is a usable limit."""
    return math.isfinite(value) and value > 0

"""Operating modes of a workload, and what its links then need."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from tests.oracle.raw import Raw
from tests.oracle.ways import Link

PREFIX = {"synchronous": "sync", "hierarchical": "hier", "diloco": "diloco"}


@dataclass(frozen=True)
class Talk:
    """What one workload needs of a link in one period: max(base, slope x smaller end's IT MW)."""

    workload: int
    theta_ms: float
    base_gbps: float
    gbps_per_mw: float
    phi: float


@dataclass(frozen=True)
class Mode:
    """Paradigm, fabric, hub and RTT class by period of a workload, with loss and links."""

    label: str
    losses: tuple[float, ...]
    links: tuple[tuple[tuple[Link, Talk], ...], ...]
    """By period."""


@dataclass(frozen=True)
class Paradigm:
    """The numbers of a paradigm for one workload."""

    reduction: float
    penalty: float
    trips: float
    step_s: float
    classes: tuple[float, ...]

    def loss(self, rho: float) -> float:
        """Return the share of the compute lost at class ``rho``."""
        return self.penalty + self.trips * rho / (1000 * self.step_s)


def paradigm(raw: Raw, w: int, name: str) -> Paradigm:
    """Return the numbers of a paradigm."""
    load = raw.study.file.workloads[w]
    beats, prefix = load.paradigms[name], PREFIX[name]  # type: ignore[index]
    table_limit = raw.v(f"{prefix}.rtt_max")
    limit = _given(beats.rtt_limit_ms, table_limit)
    trips = _given(beats.exposed_round_trips, 500 / table_limit)
    step = _given(load.step_time_s, raw.v("step.time"))
    budget = limit
    if trips > 0:
        budget = min(limit, 1000 * step * load.allowed_goodput_loss / trips)
    return Paradigm(
        _given(beats.traffic_reduction, raw.v(f"{prefix}.traffic_red")),
        _given(beats.token_penalty_fraction, raw.v(f"{prefix}.token_penalty") / 100),
        trips,
        step,
        (*(c for c in load.rtt_classes_ms if c < budget), budget),
    )


def _given(value: float | None, default: float) -> float:
    return default if value is None else value


def bucket_edge(raw: Raw, w: int, peers: int) -> int | None:
    """Return the lower edge of the bucket that holds ``peers``; None: no such bucket."""
    load = raw.study.file.workloads[w]
    edges = [e for e in load.peer_buckets if e <= peers]
    return edges[-1] if edges and peers <= load.max_peers else None


def modes(raw: Raw, w: int, peers: tuple[frozenset[str], ...]) -> Iterator[Mode]:
    """Yield every mode of a workload with these peers by period; none if it is illegal."""
    active = [t for t, names in enumerate(peers) if len(names) >= 2]
    if not active:
        quiet: tuple[tuple[tuple[Link, Talk], ...], ...] = tuple(() for _ in peers)
        yield Mode("-", (0.0,) * len(peers), quiet)
        return
    if any(bucket_edge(raw, w, len(peers[t])) is None for t in active):
        return
    load = raw.study.file.workloads[w]
    common = frozenset.intersection(*(peers[t] for t in active))
    for name, fabric in itertools.product(load.paradigms, load.fabrics):
        numbers = paradigm(raw, w, name)
        delay = load.jitter_p99_ms + (raw.v("lat.switch") / 1000 if fabric == "hub" else 0.0)
        classes = [c for c in numbers.classes if c - delay > 0]
        for hub in sorted(common) if fabric == "hub" else [None]:
            for rhos in itertools.product(classes, repeat=len(active)):
                at = dict(zip(active, rhos, strict=True))
                losses = tuple(numbers.loss(at[t]) if t in at else 0.0 for t in range(len(peers)))
                links = tuple(
                    _links(raw, w, numbers, names, hub, at[t] - delay) if t in at else ()
                    for t, names in enumerate(peers)
                )
                yield Mode(f"{name} {fabric} {hub} {rhos}", losses, links)


def _links(
    raw: Raw, w: int, numbers: Paradigm, peers: frozenset[str], hub: str | None, theta: float
) -> tuple[tuple[Link, Talk], ...]:
    load = raw.study.file.workloads[w]
    traffic = load.traffic
    edge = bucket_edge(raw, w, len(peers))
    share = 1.0 if hub is not None else 2 / (edge or 1)
    parameters = _given(traffic.parameters, raw.v("params.sync") * 1e12)
    width = _given(traffic.bytes_per_parameter, raw.v("bytes.grad"))
    overlap = _given(traffic.overlap_fraction, raw.v("overlap"))
    base = 8 * parameters * width * share / (overlap * numbers.step_s * 1e9) / numbers.reduction
    slope = 0.0
    if traffic.view == "fabric_extension":
        chips = 1000 / _given(traffic.it_kw_per_accelerator, raw.v("gpu.b200.it"))
        nic = _given(traffic.nic_gbps, raw.v("fabric.gpu"))
        slope = chips * nic * _given(traffic.fabric_ratio, raw.v("fabric.ratio"))
        slope /= numbers.reduction
    talk = Talk(w, theta, base, slope, load.survival_fraction)
    pairs = itertools.combinations(sorted(peers), 2)
    return tuple((pair, talk) for pair in pairs if hub is None or hub in pair)

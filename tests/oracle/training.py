"""Operating modes of a workload, and what its links then need."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

from tests.oracle.raw import Raw
from tests.oracle.roles import Role
from tests.oracle.ways import Link

PREFIX = {
    "synchronous": "sync",
    "hierarchical": "hier",
    "diloco": "diloco",
    "streaming": "sdiloco",
    "compressed": "sparse",
}


@dataclass(frozen=True)
class Talk:
    """What one workload needs of a link in one period.

    Gb/s: max(base, slope x m) + frontend x m, m the IT MW of the smaller end.
    """

    workload: int
    theta_ms: float
    base_gbps: float
    gbps_per_mw: float
    phi: float
    frontend_per_mw: float = 0.0
    downtime: float = math.inf
    """Largest share of time that single failures may interrupt it."""
    usd_per_event: float = 0.0
    """A year, for one interruption a year."""
    around: bool = False
    """Whether the rest of its ring may stand in after a failure."""

    def gbps(self, smaller_mw: float) -> float:
        """Return the demand when the smaller end serves so much."""
        return max(self.base_gbps, self.gbps_per_mw * smaller_mw) + (
            self.frontend_per_mw * smaller_mw
        )


Links = tuple[tuple[Link, Talk], ...]


@dataclass(frozen=True)
class Mode:
    """How a workload trains in every period, with loss and links."""

    label: str
    losses: tuple[float, ...]
    links: tuple[Links, ...]
    """By period."""


@dataclass(frozen=True)
class Paradigm:
    """The numbers of a paradigm for one workload."""

    reduction: float
    penalty: float
    trips: float
    step_s: float
    overlap: float
    hours: float
    """Of training lost in an interruption."""
    classes: tuple[float, ...]

    def loss(self, rho: float, level: float = 1.0) -> float:
        """Return the share of the compute lost at class ``rho`` and a bandwidth level."""
        exposed = self.overlap * (1 / level - 1)
        return self.penalty + self.trips * rho / (1000 * self.step_s) + exposed


def paradigm(raw: Raw, w: int, name: str) -> Paradigm:
    """Return the numbers of a paradigm."""
    load = raw.study.file.workloads[w]
    beats, prefix = load.paradigms[name], PREFIX[name]  # type: ignore[index]
    table_limit = raw.v(f"{prefix}.rtt_max")
    limit = _given(beats.rtt_limit_ms, table_limit)
    trips = _given(beats.exposed_round_trips, 500 / table_limit)
    step = raw.given(load.step_time_s, "step.time")
    budget = limit
    if trips > 0:
        budget = min(limit, 1000 * step * load.allowed_goodput_loss / trips)
    reduction = raw.v(f"{prefix}.traffic_red")
    if beats.inner_steps is not None:
        reduction = beats.inner_steps * _given(beats.compression_ratio, 1.0)
    return Paradigm(
        _given(beats.traffic_reduction, reduction),
        raw.given(beats.token_penalty_fraction, f"{prefix}.token_penalty", 0.01),
        trips,
        step,
        raw.given(load.traffic.overlap_fraction, "overlap"),
        raw.given(beats.interruption_hours, f"interruption.{prefix}"),
        (*(c for c in load.rtt_classes_ms if c < budget), budget),
    )


def _given(value: float | None, default: float) -> float:
    return default if value is None else value


def bucket_edge(raw: Raw, w: int, peers: int) -> int | None:
    """Return the lower edge of the bucket that holds ``peers``; None: no such bucket."""
    load = raw.study.file.workloads[w]
    edges = [e for e in load.peer_buckets if e <= peers]
    return edges[-1] if edges and peers <= load.max_peers else None


def modes(raw: Raw, w: int, roles: tuple[Role, ...]) -> Iterator[Mode]:
    """Yield every mode of a workload with these roles by period; none if it is illegal."""
    homes = [list(_homes(raw, w, role)) for role in roles]
    active = [t for t, role in enumerate(roles) if len(role.peers) >= 2]
    if not active:
        for links in itertools.product(*homes):
            yield Mode("-", (0.0,) * len(roles), links)
        return
    load = raw.study.file.workloads[w]
    common = frozenset.intersection(*(roles[t].peers for t in active))
    for name, fabric in itertools.product(load.paradigms, load.fabrics):
        # A hub that stays: one choice for all periods; one that may move: chosen in each.
        stays = fabric == "hub" and not load.hub_may_move
        for hub in sorted(common) if stays else [None]:
            per_period = [
                [
                    (text, loss, (*links, *copies))
                    for text, loss, links in _choices(raw, w, t, role, name, fabric, hub)
                    for copies in homes[t]
                ]
                for t, role in enumerate(roles)
            ]
            for chosen in itertools.product(*per_period):
                texts, losses, linked = zip(*chosen, strict=True)
                yield Mode(f"{name} {fabric} {' '.join(texts)}", losses, linked)


def _choices(
    raw: Raw, w: int, t: int, role: Role, name: str, fabric: str, hub: str | None
) -> Iterator[tuple[str, float, Links]]:
    """Yield label, loss and training links of every way to train in one period."""
    count = len(role.peers)
    if count < 2:
        yield "-", 0.0, ()
        return
    load = raw.study.file.workloads[w]
    edge = count if fabric == "ring" else bucket_edge(raw, w, count)
    if edge is None or count > load.max_peers:
        return
    numbers = paradigm(raw, w, name)
    delay = load.jitter_p99_ms + (raw.v("lat.switch") / 1000 if fabric == "hub" else 0.0)
    exchanges = count - 1 if fabric == "ring" else 1
    graphs = list(_graphs(role.peers, fabric, hub))
    for rho, level in itertools.product(numbers.classes, load.bandwidth_levels):
        theta = (rho - delay) / exchanges
        loss = numbers.loss(rho, level)
        if theta <= 0 or loss > 1:
            continue
        talk = _talk(raw, w, t, numbers, fabric, edge, level, theta)
        for text, graph in graphs:
            yield f"{text}@{rho}/{level}", loss, tuple((link, talk) for link in graph)


def _graphs(
    peers: frozenset[str], fabric: str, hub: str | None
) -> Iterator[tuple[str, tuple[Link, ...]]]:
    """Yield name and required links of every choice of hub or order."""
    names = sorted(peers)
    pairs = list(itertools.combinations(names, 2))
    if fabric == "mesh" or (fabric == "ring" and len(names) <= 3):
        yield fabric, tuple(pairs)
    elif fabric == "hub":
        for center in names if hub is None else [hub]:
            yield center, tuple(p for p in pairs if center in p)
    else:
        for rest in itertools.permutations(names[1:]):
            if rest[0] < rest[-1]:
                order = (names[0], *rest)
                steps = itertools.pairwise((*order, order[0]))
                yield "-".join(order), tuple((min(s), max(s)) for s in steps)


def _talk(
    raw: Raw,
    w: int,
    t: int,
    numbers: Paradigm,
    fabric: str,
    edge: int,
    level: float,
    theta: float,
) -> Talk:
    load = raw.study.file.workloads[w]
    traffic = load.traffic
    share = {"hub": 1.0, "mesh": 2 / edge, "ring": 2 * (edge - 1) / edge}[fabric]
    width = raw.given(traffic.bytes_per_parameter, "bytes.grad")
    moved = 8 * _parameters(raw, w) * width * share
    base = level * moved / (numbers.overlap * numbers.step_s * 1e9) / numbers.reduction
    if load.checkpoint_copies > 1:
        base = max(base, checkpoint_gbps(raw, w))
    slope = 0.0
    if traffic.view == "fabric_extension":
        chips = 1000 / raw.given(traffic.it_kw_per_accelerator, "gpu.b200.it")
        nic = raw.given(traffic.nic_gbps, "fabric.gpu")
        slope = chips * nic * raw.given(traffic.fabric_ratio, "fabric.ratio")
        slope *= level / numbers.reduction
    charged = raw.study.file.survivability.charge_interruptions
    value = raw.given(load.goodput_usd_per_mw_year, "idle", 1e6) * raw.asked_mw(w)[t]
    return Talk(
        w,
        theta,
        base,
        slope,
        load.survival_fraction,
        traffic.frontend_gbps_per_it_mw,
        _downtime(raw, w),
        numbers.hours / 8760 * value if charged else 0.0,
        around=raw.study.file.survivability.ring_transit and fabric == "ring" and edge >= 3,
    )


def _downtime(raw: Raw, w: int) -> float:
    least = raw.study.file.workloads[w].min_link_availability
    return math.inf if least is None else 1 - least


def _parameters(raw: Raw, w: int) -> float:
    return raw.given(raw.study.file.workloads[w].traffic.parameters, "params.sync", 1e12)


def checkpoint_gbps(raw: Raw, w: int) -> float:
    """Return the rate that moves a full training state within the interval."""
    load = raw.study.file.workloads[w]
    width = raw.given(load.checkpoint_bytes_per_parameter, "ckpt.bytes")
    minutes = raw.given(load.checkpoint_interval_min, "ckpt.interval")
    return 8 * _parameters(raw, w) * width / (60 * minutes * 1e9)


def _homes(raw: Raw, w: int, role: Role) -> Iterator[Links]:
    """Yield the links of replicas for every choice of their homes."""
    rule = raw.study.file.workloads[w].replica
    replicas = sorted(role.replicas)
    if rule is None or not replicas:
        yield ()
        return
    theta = raw.given(rule.rtt_limit_ms, "ckpt.rtt_max")
    rate = checkpoint_gbps(raw, w)
    talk = Talk(w, theta, rate, 0.0, rule.survival_fraction)
    for homes in itertools.product(sorted(role.peers), repeat=len(replicas)):
        ends = zip(replicas, homes, strict=True)
        yield tuple(((min(e), max(e)), talk) for e in ends)

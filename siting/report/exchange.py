"""Goodput, its losses, blast radius and time to resume of each workload and period.

Plain arithmetic of ``models/formulation.md`` section 2 on what the plan says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.plan import OperatingMode, PlannedWorkload
from siting.report.view import View
from siting.training import (
    exposed_transfer,
    overlap_fraction,
    paradigm,
    parameters,
    step_time_s,
)

if TYPE_CHECKING:
    from siting.study import Workload
    from siting.verify.verification import ExchangeFacts

BLOCKING = ("synchronous", "hierarchical")
"""Paradigms that stop when a site is lost; the others go on with the peers left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LossSplit:
    """Goodput lost at the peers by cause, shares of a step."""

    token_penalty: float
    latency_class: float
    """At the RTT class, which is charged."""
    latency_exact: float | None
    """At the latency that the verifier found."""
    transfer: float
    """Exchange that the overlap does not hide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blast:
    """The largest share of a workload in one place."""

    campus: str | None
    campus_share: float | None
    region: str | None
    region_share: float | None
    regions: int
    """Grid regions that hold MW, and so a copy of the checkpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A workload in one period."""

    workload: str
    period: int
    label: str
    peers: tuple[str, ...]
    replicas: tuple[str, ...]
    mode: OperatingMode | None
    facts: ExchangeFacts | None
    loss: LossSplit | None
    replica_loss: float | None
    goodput: float | None
    mfu: float | None
    blast: Blast
    resume_hours: float | None

    @property
    def charged(self) -> float | None:
        """Goodput lost at the peers as the plan charges it."""
        if self.mode is not None:
            return self.mode.goodput_loss_fraction
        return 0.0 if self.peers else None

    @property
    def exact(self) -> float | None:
        """Goodput lost at the peers at the exact latency."""
        if self.mode is None:
            return 0.0 if self.peers else None
        return self.facts.goodput_loss_exact if self.facts else None


def exchanges(view: View) -> tuple[Exchange, ...]:
    """Return every workload and period."""
    return tuple(
        _exchange(view, workload, index)
        for workload in view.plan.workloads
        for index in range(len(view.periods))
    )


def goodput(loss_fraction: float) -> float:
    """Return the share of the compute that trains: one less the loss.

    >>> goodput(0.25)
    0.75
    """
    return 1.0 - loss_fraction


def shared_goodput(
    peer_mw: float, loss_fraction: float, replica_mw: float, replica_loss: float
) -> float | None:
    """Return the goodput over peers and replicas by their MW, None when nothing is served.

    >>> shared_goodput(75.0, 0.0, 25.0, 0.5)
    0.875
    """
    total = peer_mw + replica_mw
    if total <= 0:
        return None
    useful = peer_mw * goodput(loss_fraction) + replica_mw * goodput(replica_loss)
    return useful / total


def time_to_resume_hours(
    paradigm_name: str, interval_min: float, restart_min: float, state_bytes: float, gbps: float
) -> float:
    """Return the time until training goes on after the loss of a site, hours.

    Synchronous and hierarchical training lose half a checkpoint interval, restart and read the
    training state over a link of ``gbps``; the other paradigms restart with the peers left.

    >>> time_to_resume_hours("synchronous", 30.0, 15.0, 4.5e12, 100.0)
    0.6
    >>> time_to_resume_hours("diloco", 30.0, 15.0, 4.5e12, 100.0)
    0.25
    """
    if paradigm_name not in BLOCKING:
        return restart_min / 60
    read_h = 8 * state_bytes / (3600 * 1e9 * gbps) if gbps > 0 else 0.0
    return interval_min / 120 + restart_min / 60 + read_h


def blast_radius(view: View, served: dict[str, float]) -> Blast:
    """Return the largest share of the served MW at one campus and in one grid region."""
    total = sum(served.values())
    if total <= 0:
        return Blast(campus=None, campus_share=None, region=None, region_share=None, regions=0)
    regions: dict[str, float] = {}
    for campus, mw in served.items():
        row = view.study.campuses.get(campus) if view.study else None
        if row is not None:
            regions[row.grid_region] = regions.get(row.grid_region, 0.0) + mw
    campus = max(served, key=lambda name: (served[name], name))
    region = max(regions, key=lambda name: (regions[name], name), default=None)
    return Blast(
        campus=campus,
        campus_share=served[campus] / total,
        region=region,
        region_share=regions[region] / total if region is not None else None,
        regions=sum(mw > 0 for mw in regions.values()),
    )


def _exchange(view: View, planned: PlannedWorkload, index: int) -> Exchange:
    mode = planned.modes[index]
    peers = {c: mw[index] for c, mw in sorted(planned.served_it_mw.items()) if mw[index] > 0}
    replicas = {c: mw[index] for c, mw in sorted(planned.replica_it_mw.items()) if mw[index] > 0}
    facts = next(
        (f for f in view.verification.exchanges if (f.workload, f.period) == (planned.id, index)),
        None,
    )
    given = next(
        (w for w in view.study.file.workloads if w.id == planned.id) if view.study else iter(()),
        None,
    )
    charged = mode.goodput_loss_fraction if mode else 0.0
    beside = _replica_loss(view, given)
    useful = shared_goodput(sum(peers.values()), charged, sum(replicas.values()), beside)
    mfu = view.price("mfu")
    return Exchange(
        workload=planned.id,
        period=index,
        label=view.periods[index],
        peers=tuple(peers),
        replicas=tuple(replicas),
        mode=mode,
        facts=facts,
        loss=_split(view, given, mode, facts) if mode and given else None,
        replica_loss=beside if replicas else None,
        goodput=useful,
        mfu=None if mfu is None or useful is None else mfu * useful,
        blast=blast_radius(view, _joined(peers, replicas)),
        resume_hours=_resume_hours(view, planned, given, mode, index),
    )


def _joined(peers: dict[str, float], replicas: dict[str, float]) -> dict[str, float]:
    return {c: peers.get(c, 0.0) + replicas.get(c, 0.0) for c in sorted(peers | replicas)}


def _replica_loss(view: View, given: Workload | None) -> float:
    if given is not None and given.replica is not None:
        explicit = given.replica.goodput_loss_fraction
        if explicit is not None:
            return explicit
    return (view.price("ckpt.token_penalty") or 0.0) / 100


def _split(
    view: View, given: Workload, mode: OperatingMode, facts: ExchangeFacts | None
) -> LossSplit | None:
    override = next((o for name, o in given.paradigms.items() if name == mode.paradigm), None)
    if view.catalog is None or override is None:
        return None
    chosen = paradigm(view.catalog, mode.paradigm, override)
    step_s = step_time_s(view.catalog, given)
    exact_ms = facts.latency_ms if facts else None
    return LossSplit(
        token_penalty=chosen.token_penalty_fraction,
        latency_class=chosen.latency_loss(mode.rtt_class_ms, step_s),
        latency_exact=None if exact_ms is None else chosen.latency_loss(exact_ms, step_s),
        transfer=exposed_transfer(overlap_fraction(view.catalog, given), mode.bandwidth_level),
    )


def _resume_hours(
    view: View,
    planned: PlannedWorkload,
    given: Workload | None,
    mode: OperatingMode | None,
    index: int,
) -> float | None:
    restart = view.price("restart")
    if mode is None or given is None or view.catalog is None or restart is None:
        return None
    least = min(
        (
            demand.gbps[index]
            for link in view.plan.links
            for demand in link.demands
            if demand.workload == planned.id and demand.role == "training" and demand.gbps[index]
        ),
        default=0.0,
    )
    interval = given.checkpoint_interval_min or view.catalog.value("ckpt.interval")
    each = given.checkpoint_bytes_per_parameter or view.catalog.value("ckpt.bytes")
    state = parameters(view.catalog, given) * each
    return time_to_resume_hours(mode.paradigm, interval, restart, state, least)

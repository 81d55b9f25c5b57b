"""How the workloads train: roles, operating modes, goodput, and what a lost site would mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from siting.report.exchange import Exchange, exchanges
from siting.report.table import Cell, Column, Table, by_period
from siting.report.view import View


def training_table(view: View) -> Table:
    """Return the operating mode of each workload by period, with the latency of an exchange."""
    rows = [_mode_row(view, item) for item in exchanges(view)]
    latency = "Latency of an exchange"
    return Table(
        id="training",
        title="Training",
        columns=(
            Column(name="Workload"),
            Column(name="Period"),
            Column(name="Peers"),
            Column(name="Replicas"),
            Column(name="Paradigm"),
            Column(name="Fabric"),
            Column(name="Hub"),
            Column(name="Bandwidth level", kind="share"),
            Column(name="Exact", unit="ms", kind="ms", group=latency),
            Column(name="Class", unit="ms", kind="ms", group=latency),
            Column(name="Budget", unit="ms", kind="ms", group=latency),
        ),
        rows=tuple(rows),
        note=(
            "Peers train together; a replica keeps checkpoints and serves bursts. The latency of "
            "an exchange is rounded up to its class, which is charged."
        ),
    )


def training_changes_table(view: View) -> Table:
    """Return the training table with peers and replicas only where they change, for a page."""
    table = training_table(view)
    rows: list[tuple[Cell, ...]] = []
    items = exchanges(view)
    for index, (item, row) in enumerate(zip(items, table.rows, strict=True)):
        before = items[index - 1] if index else None
        if before is not None and before.workload == item.workload:
            peers = _changes(view, before.peers, item.peers)
            replicas = _changes(view, before.replicas, item.replicas)
            rows.append((*row[:2], peers, replicas, *row[4:]))
        else:
            rows.append(row)
    note = f"{table.note} Peers and replicas: what changed since the period before."
    return replace(table, rows=tuple(rows), note=note)


def _changes(view: View, before: Sequence[str], now: Sequence[str]) -> str:
    """Return who serves now, or who was added and who left where some stay."""
    if not now:
        return "none"
    if set(before) == set(now):
        return f"the same {len(now):,}"
    if not set(before) & set(now):
        return ", ".join(map(view.campus_name, now))
    added = [view.campus_name(c) for c in now if c not in before]
    gone = [view.campus_name(c) for c in before if c not in now]
    words = [f"added: {', '.join(added)}"] if added else []
    words += [f"left: {', '.join(gone)}"] if gone else []
    return f"{len(now):,} in all; {'; '.join(words)}"


def goodput_table(view: View) -> Table:
    """Return goodput, its losses by cause, and effective utilization by workload and period.

    ``models/formulation.md`` section 2: loss = token penalty + latency loss + exposed transfer;
    goodput = 1 - loss; effective utilization = utilization of one site x goodput.
    """
    rows: list[tuple[Cell, ...]] = []
    for item in exchanges(view):
        loss = item.loss
        rows.append(
            (
                item.workload,
                item.label,
                loss.token_penalty if loss else None,
                loss.latency_class if loss else None,
                loss.latency_exact if loss else None,
                loss.transfer if loss else None,
                item.charged,
                item.exact,
                item.replica_loss,
                item.goodput,
                item.mfu,
            )
        )
    lost = "Goodput lost at peers"
    return Table(
        id="goodput",
        title="Goodput",
        columns=(
            Column(name="Workload"),
            Column(name="Period"),
            Column(name="Token penalty", kind="share", group=lost),
            Column(name="Latency, class", kind="share", group=lost),
            Column(name="Latency, exact", kind="share", group=lost),
            Column(name="Transfer", kind="share", group=lost),
            Column(name="Charged", kind="share", group=lost),
            Column(name="Exact", kind="share", group=lost),
            Column(name="At replicas", kind="share"),
            Column(name="Goodput", kind="share"),
            Column(name="Effective MFU", kind="share"),
        ),
        rows=tuple(rows),
        note=(
            "Charged = token penalty + latency at the class + transfer that no overlap hides; the "
            "exact loss has the latency of the fiber lit. Goodput is one less what is charged, "
            "over peers and replicas by their MW. Effective MFU (model FLOP utilization) is that "
            "of one site, catalog row mfu, times goodput."
        ),
    )


def resilience_table(view: View) -> Table:
    """Return the blast radius reached, copies of the checkpoint, and the time to resume.

    ``models/formulation.md`` sections 2 (time to resume) and 4 (``blast_radius``,
    ``checkpoint_copies``).
    """
    limits = {w.id: w for w in view.study.file.workloads} if view.study else {}
    rows: list[tuple[Cell, ...]] = []
    for item in exchanges(view):
        given = limits.get(item.workload)
        rows.append(
            (
                item.workload,
                item.label,
                item.blast.campus and view.campus_name(item.blast.campus),
                item.blast.campus_share,
                given.max_share_per_campus if given else None,
                item.blast.region,
                item.blast.region_share,
                given.max_share_per_region if given else None,
                item.blast.regions,
                given.checkpoint_copies if given else None,
                item.resume_hours,
            )
        )
    return Table(
        id="resilience",
        title="If a site is lost",
        columns=(
            Column(name="Workload"),
            Column(name="Period"),
            Column(name="Name", group="Largest campus"),
            Column(name="Share", kind="share", group="Largest campus"),
            Column(name="Limit", kind="share", group="Largest campus"),
            Column(name="Name", group="Largest grid region"),
            Column(name="Share", kind="share", group="Largest grid region"),
            Column(name="Limit", kind="share", group="Largest grid region"),
            Column(name="Hold it", kind="count", group="Checkpoint: grid regions that"),
            Column(name="Must", kind="count", group="Checkpoint: grid regions that"),
            Column(name="Time to resume", unit="h", kind="hours"),
        ),
        rows=tuple(rows),
        note=(
            "Share of the served IT MW of the workload that goes down with the campus or grid "
            "region. Time to resume: synchronous and hierarchical training lose half a checkpoint "
            "interval, restart, and read the checkpoint over the least link; the others go on "
            "with the peers left after a restart."
        ),
    )


def role_table(view: View) -> Table:
    """Return the IT MW of each campus and workload by role and period."""
    rows: list[tuple[Cell, ...]] = []
    for workload in view.plan.workloads:
        for campus, mw in sorted(workload.served_it_mw.items()):
            hub = "hub" if campus == workload.hub else ""
            rows.append((workload.id, view.campus_name(campus), "peer", hub, *mw))
        for campus, mw in sorted(workload.replica_it_mw.items()):
            homes = [home for home in workload.replica_homes.get(campus, ()) if home]
            names = ", ".join(view.campus_name(home) for home in dict.fromkeys(homes))
            words = f"home {names}" if names else ""
            rows.append((workload.id, view.campus_name(campus), "replica", words, *mw))
    return Table(
        id="roles",
        title="Who serves what",
        columns=(
            Column(name="Workload"),
            Column(name="Campus"),
            Column(name="Role"),
            Column(name="Place in the fabric"),
            *by_period(view.periods, "Served", "IT MW", "mw"),
        ),
        rows=tuple(rows),
        totals=(("Total", 0, len(rows)),) if rows else (),
    )


def _mode_row(view: View, item: Exchange) -> tuple[Cell, ...]:
    mode, found = item.mode, item.facts
    how = mode.paradigm if mode else "one campus" if item.peers else "not served"
    return (
        item.workload,
        item.label,
        ", ".join(map(view.campus_name, item.peers)) or "none",
        ", ".join(map(view.campus_name, item.replicas)) or "none",
        how,
        mode.fabric if mode else None,
        view.campus_name(mode.hub) if mode and mode.hub else None,
        mode.bandwidth_level if mode else None,
        found.latency_ms if found else None,
        mode.rtt_class_ms if mode else None,
        found.rtt_budget_ms if found else None,
    )

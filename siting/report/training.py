"""How the workloads train, and what the distance costs them."""

from __future__ import annotations

from siting.report.table import Column, Table
from siting.report.view import View


def training_table(view: View) -> Table:
    """Return the operating mode of each workload by period, with charged and exact loss."""
    facts = {(item.workload, item.period): item for item in view.verification.exchanges}
    rows = []
    for workload in view.plan.workloads:
        for index, mode in enumerate(workload.modes):
            peers = [c for c, mw in workload.served_it_mw.items() if mw[index] > 0]
            found = facts.get((workload.id, index))
            rows.append(
                (
                    workload.id,
                    view.periods[index],
                    ", ".join(map(view.campus_name, sorted(peers))) or "none",
                    mode.paradigm if mode else "one campus" if peers else "not served",
                    mode.fabric if mode else None,
                    view.campus_name(workload.hub) if mode and workload.hub else None,
                    found.latency_ms if found else None,
                    mode.rtt_class_ms if mode else None,
                    found.rtt_budget_ms if found else None,
                    mode.goodput_loss_fraction if mode else None,
                    found.goodput_loss_exact if found else None,
                )
            )
    return Table(
        id="training",
        title="Training",
        columns=(
            Column(name="Workload"),
            Column(name="Period"),
            Column(name="Peers"),
            Column(name="Paradigm"),
            Column(name="Fabric"),
            Column(name="Hub"),
            Column(name="Exact", unit="ms", kind="ms", group="Latency of an exchange"),
            Column(name="Class", unit="ms", kind="ms", group="Latency of an exchange"),
            Column(name="Budget", unit="ms", kind="ms", group="Latency of an exchange"),
            Column(name="Charged", kind="share", group="Goodput lost"),
            Column(name="Exact", kind="share", group="Goodput lost"),
        ),
        rows=tuple(rows),
        note="The loss charged is that of the RTT class; the exact one follows from the fiber lit.",
    )

"""Why the plan is as it is: what bound each choice, the next best, what stays unserved."""

from __future__ import annotations

from siting.report.table import Cell, Column, Table, megawatts
from siting.report.view import View
from siting.why import PROOFS

_KINDS = {
    "mode": "training",
    "campus": "campus",
    "substation": "substation",
    "route": "route",
    "transport": "transport",
    "hut": "amplifier hut",
}


def why_table(view: View) -> Table:
    """Return a row for each choice."""
    rows: list[tuple[Cell, ...]] = [
        (
            reason.id,
            _KINDS[reason.kind],
            reason.chosen,
            "; ".join(reason.bound_by),
            reason.instead,
            reason.more_usd,
            PROOFS[reason.proof] if reason.instead else "",
            reason.problem,
        )
        for reason in (view.why.reasons if view.why is not None else ())
    ]
    return Table(
        id="why",
        title="Why: what bound each choice, and what the next best costs",
        columns=(
            Column(name="What"),
            Column(name="Choice"),
            Column(name="Chosen"),
            Column(name="Bound by"),
            Column(name="Next best"),
            Column(name="Costs more", unit="USD", kind="usd"),
            Column(name="That is"),
            Column(name="For the problem"),
        ),
        rows=tuple(rows),
        note=_note(view),
    )


def _note(view: View) -> str:
    if view.why is None:
        return "Not explained: solve the study with its report, or with --why-time."
    words = (
        "Exactly: both problems solved to the end. At most: a plan was found that costs so much "
        "more. At least: proven, none is cheaper. No plan: without this choice there is none."
    )
    if view.why.complete:
        return words
    return (
        f"{words} Not known: the {view.why.time_s:.0f} s given ended before; "
        "more time by siting solve --why-time."
    )


def shortfall_table(view: View) -> Table:
    """Return what stays unserved, which limits hold it, and what would serve it."""
    rows: list[tuple[Cell, ...]] = [
        (
            item.workload,
            ", ".join(item.periods),
            ", ".join(megawatts(mw) for mw in item.unserved_it_mw),
            item.words,
            "; or ".join(item.remedies),
        )
        for item in (view.why.shortfalls if view.why is not None else ())
    ]
    return Table(
        id="shortfalls",
        title="What stays unserved, and what would serve it",
        columns=(
            Column(name="Workload"),
            Column(name="Periods"),
            Column(name="Unserved", unit="IT MW"),
            Column(name="Why"),
            Column(name="Any of these alone would serve it"),
        ),
        rows=tuple(rows),
        note=(
            "Each change is the smallest of its kind, found for the period alone: sites, power, "
            "dates and RTT count; capacity of the network, caps and cost do not. RTT beyond the "
            "candidate routes is that of the shortest ways, whether fiber can be had there or not."
        ),
    )

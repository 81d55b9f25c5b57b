"""Why the plan is as it is: what bound each choice, the next best, what stays unserved."""

from __future__ import annotations

import re

from siting.report.table import Cell, Column, Table, megawatts
from siting.report.view import View
from siting.why import PROOFS, Reason

_KINDS = {
    "mode": "training",
    "campus": "campus",
    "substation": "substation",
    "route": "route",
    "transport": "transport",
    "hut": "amplifier hut",
}

_QUOTED = re.compile(r"'([^']+)'")
_MODE = re.compile(r"(\w+/\w+/)(\S+)")
"""Paradigm, fabric and hub."""
_PAIR = re.compile(r"(?<!\S)(\S+) - (\S+)(?!\S)")


def why_table(view: View) -> Table:
    """Return a row for each choice."""
    reasons = view.why.reasons if view.why is not None else ()
    known = sum(_is_known(reason) for reason in reasons)
    rows: list[tuple[Cell, ...]] = [
        (
            _what(view, reason),
            _KINDS[reason.kind],
            named(view, reason.chosen),
            named(view, "; ".join(reason.bound_by)),
            named(view, reason.instead),
            reason.more_usd,
            _proof(view, reason),
            reason.problem,
        )
        for reason in sorted(reasons, key=lambda r: not _is_known(r))
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
        count=f"{len(rows):,} choices, the next best of {known:,} priced" if rows else "",
        note=_note(view),
    )


def named(view: View, words: str) -> str:
    """Return words with the names of campuses and substations before their quoted ids."""
    words = _PAIR.sub(lambda match: _pair(view, match), words)
    words = _MODE.sub(lambda match: match[1] + (_name(view, match[2]) or match[2]), words)
    return _QUOTED.sub(lambda match: _name(view, match[1]) or match[0], words)


def _name(view: View, known: str) -> str:
    """Return name and id of a campus or substation; empty for anything else."""
    for name in (view.campus_name(known), view.substation_name(known)):
        if name != known:
            return f"{name} ({known})"
    return ""


def _pair(view: View, match: re.Match[str]) -> str:
    names = [_name(view, match[1]), _name(view, match[2])]
    if not all(names):
        return match[0]
    return f"{names[0]} \N{EN DASH} {names[1]}"


def _what(view: View, reason: Reason) -> str:
    """Return what is chosen by name, with its id; a date of a campus keeps its word."""
    if reason.kind in {"route", "transport"}:
        links = {route.id: view.link_name(link) for link, route, _ in view.routes}
        return f"{links[reason.id]} ({reason.id})" if reason.id in links else reason.id
    if reason.kind not in {"campus", "substation"}:
        return reason.id
    known, colon, rest = reason.id.partition(": ")
    return (_name(view, known) or known) + colon + rest


def _is_known(reason: Reason) -> bool:
    """Whether the next best is priced, or proven impossible."""
    return bool(reason.instead) and reason.proof != "open"


def _proof(view: View, reason: Reason) -> str:
    if not reason.instead:
        return ""
    if reason.proof == "open" and view.why is not None and not view.why.complete:
        return "not known: the time ran out"
    return PROOFS[reason.proof]


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
        f"{words} Not known: the {view.why.time_s:.0f} s given ended before. To have more of them "
        "priced, solve again with more time for explanations: "
        f"siting solve --why-time {_more_time_s(view.why.time_s)}."
    )


def _more_time_s(time_s: float) -> int:
    """Return ten times the time given, in whole minutes."""
    return max(60, 60 * round(time_s / 6))


def shortfall_table(view: View) -> Table:
    """Return what stays unserved, which limits hold it, and what would serve it."""
    rows: list[tuple[Cell, ...]] = [
        (
            item.workload,
            ", ".join(item.periods),
            ", ".join(megawatts(mw) for mw in item.unserved_it_mw),
            named(view, item.words),
            named(view, "; or ".join(item.remedies)),
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

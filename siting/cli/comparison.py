"""Outcomes side by side for a terminal: one column for each run, with a plan or without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from siting.plan import COST_LINES

Cell = str | float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A table: a row for each quantity, a column for each run."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]

    def records(self) -> list[dict[str, Any]]:
        """Return one mapping for each run."""
        return [
            {"name": name, **{label: cells[index] for label, cells in self.rows}}
            for index, name in enumerate(self.names)
        ]

    def text(self) -> str:
        """Return the table for a terminal."""
        lines = [
            ("", self.names),
            *((label, tuple(map(_shown, cells))) for label, cells in self.rows),
        ]
        first = max(len(label) for label, _ in lines)
        widths = [max(len(cells[i]) for _, cells in lines) for i in range(len(self.names))]
        return "\n".join(
            f"{label:<{first}}  "
            + "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
            for label, cells in lines
        )


def compare_outcomes(outcomes: Sequence[tuple[str, dict[str, Any]]]) -> Comparison:
    """Return the comparison of outcomes, by name."""
    found = [outcome for _, outcome in outcomes]
    rows: list[tuple[str, tuple[Cell, ...]]] = [
        (key, tuple(outcome[key] for outcome in found))
        for key in (
            *("termination", "objective_usd", "bound_usd", "gap_usd", "network_cost_usd"),
            *("network_gap_usd", "unserved_mw_years"),
        )
    ]
    rows.append(("single_site_usd", tuple(_single(outcome) for outcome in found)))
    rows.insert(1, ("verified", tuple("yes" if o["verified"] else "no" for o in found)))
    rows.append(("campuses", tuple(_joined(c["id"] for c in o["campuses"]) for o in found)))
    rows += [
        (f"{key}s", tuple(_joined(_modes(outcome, key)) for outcome in found))
        for key in ("paradigm", "fabric")
    ]
    rows.append(("bridging_mw", tuple(_bridging_mw(outcome) for outcome in found)))
    rows += [
        (label, tuple(_last(outcome, key) for outcome in found))
        for label, key in (
            ("goodput", "goodput"),
            ("availability", "availability"),
            ("time_to_resume_hours", "time_to_resume_hours"),
            ("largest_campus_share", "largest_campus_share"),
        )
    ]
    rows += [
        (f"{line}_usd", tuple(outcome["costs_usd"].get(line) for outcome in found))
        for line in COST_LINES
    ]
    return Comparison(tuple(name for name, _ in outcomes), tuple(rows))


def _joined(names: Any) -> str:  # noqa: ANN401
    return ", ".join(dict.fromkeys(names))


def _modes(outcome: dict[str, Any], key: str) -> list[str]:
    return [mode[key] for modes in outcome["modes"].values() for mode in modes if mode[key]]


def _single(outcome: dict[str, Any]) -> float | None:
    single = outcome.get("single_site")
    return single["objective_usd"] if single else None


def _bridging_mw(outcome: dict[str, Any]) -> float:
    """Return the largest bridging capacity of a period, facility MW."""
    series = [item["capacity_mw"] for item in outcome.get("bridging", ())]
    return max(map(sum, zip(*series, strict=True)), default=0.0)


def _last(outcome: dict[str, Any], key: str) -> str | None:
    """Return a figure of every workload in the last period that has one."""
    words = []
    for job, items in outcome.get("workloads", {}).items():
        values = [item[key] for item in items if item[key] is not None]
        words += [f"{job} {values[-1]:.9g}"] if values else []
    return ", ".join(words) or None


def _shown(cell: Cell) -> str:
    if cell is None:
        return "-"
    return cell if isinstance(cell, str) else f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:,.2f}"

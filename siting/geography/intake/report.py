"""What an import found in a file, and what it did about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

SHOWN = 5
"""Places named for each finding; the counts are of all."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in several rows."""

    what: str
    count: int
    where: tuple[str, ...] = ()
    """The first rows."""


@dataclass(slots=True)
class IntakeReport:
    """Filled step by step while a file is imported."""

    source: str
    kind: str
    target: str = ""
    layers: list[str] = field(default_factory=list)
    """Layers read, with their coordinate systems."""
    rows_read: int = 0
    rows_written: int = 0
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """Why the file is refused, in words; empty when it is not."""

    def found(self, what: str, where: Iterable[str]) -> None:
        """Note a finding, unless there is nothing."""
        rows = list(where)
        if rows:
            self.findings.append(Finding(what, len(rows), tuple(rows[:SHOWN])))

    def refuse(self, what: str, where: Iterable[str]) -> None:
        """Note a problem of several rows, unless there is none."""
        rows = list(where)
        if rows:
            self.problems.append(f"{places(rows)}: {what}")

    def as_dict(self) -> dict[str, object]:
        """Return the report for JSON."""
        return asdict(self)

    def lines(self) -> list[str]:
        """Return the report in words, one finding a line."""
        return [
            (
                f"{self.kind}: {self.rows_read:,} rows read of {self.source} "
                f"({'; '.join(self.layers)}), {self.rows_written:,} written to {self.target}"
            ),
            *(f"  {f.count:,} {f.what}: {places(f.where, f.count)}" for f in self.findings),
            *(f"  {note}" for note in self.notes),
        ]


def places(rows: Iterable[str], count: int | None = None) -> str:
    """Return the first of ``rows`` in words."""
    named = list(rows)
    more = (len(named) if count is None else count) - min(len(named), SHOWN)
    text = "; ".join(named[:SHOWN])
    return f"{text} and {more:,} more" if more > 0 else text

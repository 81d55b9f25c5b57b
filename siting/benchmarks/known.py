"""Answers known to the world: ``optima.csv`` beside a benchmark file."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from siting.benchmarks.problems import BenchmarkError

FILE = "optima.csv"


@dataclass(frozen=True, slots=True)
class Known:
    """A value from elsewhere, and how far it is proven."""

    value: float
    status: str

    @property
    def is_optimum(self) -> bool:
        """Whether nothing better can exist."""
        return self.status == "optimal"


def known_answer(path: Path, model: str = "") -> Known | None:
    """Return the known answer of a file, of one model code where there are several."""
    table = path.parent / FILE
    if not table.is_file():
        return None
    with table.open(encoding="utf-8", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream), start=2):
            name = row.get("instance") or row.get("network")
            if name != path.stem or (row.get("model") or model) != model:
                continue
            text = row.get("optimum") or row.get("value") or ""
            try:
                return Known(float(text), row.get("status") or "optimal")
            except ValueError:
                raise BenchmarkError(f"{table}, row {number}: {text!r} must be a number") from None
    return None

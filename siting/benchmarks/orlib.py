"""OR-Library capacitated facility location: ``m n``, capacities and fixed costs, demands and costs.

Numbers stand one after the other, line breaks mean nothing. The large files of the library say
``capacity`` where a number is to be filled in.
"""

from __future__ import annotations

import math
from pathlib import Path

from siting.benchmarks.problems import BenchmarkError, Problems
from siting.instance.facility_location import Customer, Facility, FacilityLocation

BLANK = "capacity"


def is_orlib(text: str) -> bool:
    """Return whether the beginning of a file looks like one of these: two whole numbers first."""
    words = text.split(maxsplit=2)[:2]
    return len(words) == 2 and all(w.isascii() and w.isdigit() for w in words)


def read_facility_location(path: Path, capacity: float | None = None) -> FacilityLocation:
    """Read a file; every problem of it comes in one error.

    Args:
        path: the file.
        capacity: what the word ``capacity`` in the file stands for.
    """
    words = path.read_text("utf-8", "replace").split()
    if not is_orlib(" ".join(words[:2])):
        raise BenchmarkError(
            f"{path.name}: must begin with the whole numbers of sites and customers"
        )
    sites, count = int(words[0]), int(words[1])
    wanted = 2 + 2 * sites + count * (1 + sites)
    problems = Problems(path.name)
    if not sites or not count:
        problems.add(f"{sites} sites and {count} customers: must be at least 1 each")
    if len(words) != wanted:
        problems.add(
            f"holds {len(words)} numbers: {sites} sites and {count} customers need {wanted}"
        )
    problems.stop()
    reader = _Reader(words[2:], capacity, problems)
    facilities = []
    for i in range(1, sites + 1):
        size = reader.take(f"site {i}, capacity", allow_blank=True)
        facilities.append(Facility(size, reader.take(f"site {i}, fixed cost")))
    customers = []
    for j in range(1, count + 1):
        demand = reader.take(f"customer {j}, demand")
        if demand == 0:
            problems.add(f"customer {j}, demand: must be greater than 0")
        costs = (reader.take(f"customer {j}, cost from site {i}") for i in range(1, sites + 1))
        customers.append(Customer(demand, tuple(costs)))
    problems.stop()
    return FacilityLocation(path.stem, tuple(facilities), tuple(customers))


class _Reader:
    """Takes numbers one after the other."""

    def __init__(self, words: list[str], capacity: float | None, problems: Problems) -> None:
        self._words = iter(words)
        self._capacity = capacity
        self._problems = problems

    def take(self, where: str, *, allow_blank: bool = False) -> float:
        word = next(self._words)
        if allow_blank and word.lower() == BLANK:
            if self._capacity is None:
                self._problems.add(f"{BLANK!r} is left to fill in: say --capacity NUMBER")
            return self._capacity or 0.0
        try:
            value = float(word)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or value < 0:
            self._problems.add(f"{where}: {word!r} must be a finite number, at least 0")
            return 0.0
        return value

"""Which features and rules bind in which random study: the table ``binding.csv``.

A row names the parts of its study (:mod:`tests.oracle.aimed`), its draw and which features bind.
The table has the first seeds; ``python -m tests.oracle.binding`` measures them again (minutes).
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from pathlib import Path

from siting.study import Study
from tests.oracle.aimed import visited
from tests.oracle.brute import is_beaten, optimum
from tests.oracle.draft import Draft
from tests.oracle.families import FAMILIES, RELAXATIONS, drop_family, reference_family
from tests.oracle.plain_network import plain_network
from tests.oracle.search import TooManyDesignsError

TABLE = Path(__file__).with_name("binding.csv")
LEAST_USD = 1.0
"""A feature or rule binds when the optimum without it differs by more than this."""


def measure(seed: int, folder: Path) -> dict[str, str]:
    """Return the row of a seed: parts, optimum, which features bind."""

    def visit(study: Study, draft: Draft) -> dict[str, str]:
        best = optimum(study, plain_network(study))
        return {
            "parts": " ".join(draft["parts"]),
            "objective_usd": f"{best.objective_usd:.2f}",
            "serves_nothing": str(int(best.serves_nothing)),
            "peers_most": str(max(len(role.peers) for by in best.roles for role in by)),
            "binding": " ".join(binding_of(study, draft, best.objective_usd)),
        }

    draw, row = visited(seed, folder, visit)
    return {"seed": str(seed), "draw": str(draw), **row}


def binding_of(study: Study, draft: Draft, objective_usd: float) -> tuple[str, ...]:
    """Return which of the features that a study is aimed at bind; others are not looked at.

    ``feature?`` is one that was not measured: the study without it is too large to enumerate.
    """
    found = []
    for family in FAMILIES:
        if family in draft["features"]:
            try:
                found += [family] * binds(study, family, objective_usd)
            except TooManyDesignsError:
                found.append(f"{family}?")
    return tuple(found)


def binds(study: Study, family: str, objective_usd: float) -> bool:
    """Whether the optimum without a family differs."""
    dropped = drop_family(study, family)
    if dropped == study:
        return False
    base, reference = objective_usd, reference_family(family)
    if reference is not None:
        relaxed = drop_family(study, reference)
        base = optimum(relaxed, plain_network(relaxed)).objective_usd
    network = plain_network(dropped)
    if is_beaten(dropped, network, base - LEAST_USD):
        return True
    return family not in RELAXATIONS and not is_beaten(dropped, network, base + LEAST_USD)


def read_table() -> list[dict[str, str]]:
    """Return the committed rows."""
    with TABLE.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def shares(rows: list[dict[str, str]]) -> dict[str, float]:
    """Return the share of studies in which each feature binds."""
    return {f: sum(f in row["binding"].split() for row in rows) / len(rows) for f in FAMILIES}


def main() -> None:
    """Measure every seed and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=45, help="seeds, from 0 on")
    parser.add_argument("--out", type=Path, default=TABLE)
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(options.count):
            rows.append(measure(seed, Path(folder) / str(seed)))
            print(seed, rows[-1]["parts"], rows[-1]["binding"], flush=True)
    with options.out.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    for family, share in shares(rows).items():
        print(f"{family:28s}{share:7.1%}")


if __name__ == "__main__":
    main()

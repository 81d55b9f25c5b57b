"""Which rule families bind in which random study: the table ``binding.csv``.

``python -m tests.oracle.binding`` measures it again (minutes); with names of themes, their seeds
only.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from pathlib import Path

from tests.oracle.brute import is_beaten, optimum
from tests.oracle.families import drop_family, reference_family
from tests.oracle.instances import FAMILIES, THEME_CYCLE, random_study
from tests.oracle.plain_network import plain_network

TABLE = Path(__file__).with_name("binding.csv")
SEEDS = 200
LEAST_USD = 1.0
"""A family binds when the optimum without it is cheaper by more than this."""


def measure(seed: int, folder: Path) -> dict[str, str]:
    """Return the row of a seed: theme, optimum, whether nothing is served, 1 by binding family."""
    study = random_study(seed, folder)
    best = optimum(study, plain_network(study))
    row = {
        "seed": str(seed),
        "theme": THEME_CYCLE[seed % len(THEME_CYCLE)],
        "objective_usd": f"{best.objective_usd:.2f}",
        "serves_nothing": str(int(best.serves_nothing)),
        "peers_most": str(max(len(names) for by in best.peers for names in by)),
    }
    for family in FAMILIES:
        base, reference = best.objective_usd, reference_family(family)
        if reference is not None:
            relaxed = drop_family(study, reference)
            base = optimum(relaxed, plain_network(relaxed)).objective_usd
        dropped = drop_family(study, family)
        binds = is_beaten(dropped, plain_network(dropped), base - LEAST_USD)
        row[family] = str(int(binds))
    return row


def read_table() -> list[dict[str, str]]:
    """Return the committed rows."""
    with TABLE.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def shares(rows: list[dict[str, str]]) -> dict[str, float]:
    """Return the share of studies in which each family binds."""
    return {f: sum(row[f] == "1" for row in rows) / len(rows) for f in FAMILIES}


def main() -> None:
    """Measure every seed and write the table."""
    themes = set(sys.argv[1:])
    rows = read_table() if themes else []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(SEEDS):
            if themes and THEME_CYCLE[seed % len(THEME_CYCLE)] not in themes:
                continue
            rows[seed : seed + 1] = [measure(seed, Path(folder) / str(seed))]
            print(
                seed,
                rows[seed]["theme"],
                *(f for f in FAMILIES if rows[seed][f] == "1"),
                flush=True,
            )
    with TABLE.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    for family, share in shares(rows).items():
        print(f"{family:28s}{share:7.1%}")


if __name__ == "__main__":
    main()

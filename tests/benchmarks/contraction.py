"""Do the engine's reductions of a continent keep shortest paths and disjoint pairs?

``python -m tests.benchmarks.contraction``: pairs of campuses are sampled; for each the length of
the shortest path, and of the two shortest paths that share no corridor, before and after ways are
pruned and chains joined.
"""

from __future__ import annotations

import argparse
import random
import time
from itertools import combinations
from math import inf, isclose

from siting.geography.bundled import join_sites, read_region, reduce
from siting.geography.entrances import campus_node
from tests.benchmarks.continent import PLACES, continental_study
from tests.geography.disjoint import Disjoint


def main() -> None:
    """Print one row of a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("region", choices=PLACES, nargs="?", default="us")
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    study = continental_study(arguments.region)
    region = read_region(study.file.geography.source, study.folder)
    draft = join_sites(region.ways, study)
    campuses = [campus_node(campus) for campus in study.campuses]
    before = Disjoint(draft.ways, campuses)
    reduce(draft, campuses)
    after = Disjoint(draft.ways, campuses)
    every = list(combinations(campuses, 2))
    pairs = random.Random(arguments.seed).sample(every, min(arguments.pairs, len(every)))
    start = time.perf_counter()
    worst, equal, with_two = 0.0, 0, 0
    for pair in pairs:
        old, new = before.lengths(*pair), after.lengths(*pair)
        changes = [_change(old.one_km, new.one_km), _change(old.two_km, new.two_km)]
        worst = max(worst, *changes)
        equal += max(changes) <= 0.001
        with_two += old.two_km < inf
    counts = {key: n for key, n in draft.counts.items() if key.startswith("corridors")}
    print(f"region {arguments.region}: {counts}")
    print(f"  {len(pairs)} pairs, {with_two} with two disjoint paths: {equal} equal to 0.1 %,")
    print(f"  largest change {worst:.1e} ({time.perf_counter() - start:.0f} s)")


def _change(old: float, new: float) -> float:
    return 0.0 if old == new or isclose(old, new, rel_tol=1e-15) else abs(new - old) / min(old, new)


if __name__ == "__main__":
    main()

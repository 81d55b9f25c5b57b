"""What the verifier catches: plans broken by hand for each rule, and every single changed entry.

    python -m tests.benchmarks.mutants

Prints a table by rule: plans broken on purpose (caught by that very rule), and single changes of
the plans made by hand in which the rule was among those broken.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

from siting.verify import verify
from tests.verify.mutations import MUTATIONS
from tests.verify.repricing import check, repriced
from tests.verify.test_any_change import FREE, plans
from tests.verify.variants import VARIANTS, make_variant


def broken_by_hand() -> tuple[Counter[str], Counter[str]]:
    """Return plans broken for each rule, and how many of them the rule itself catches."""
    made: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    for mutation in MUTATIONS:
        with tempfile.TemporaryDirectory() as folder:
            world = make_variant(mutation.world, Path(folder), mutation.study, mutation.cells)
            world = replace(world, network=mutation.network(world.network))
            plan = world.edited(mutation.edit)
            found = check(world, repriced(world, plan) if mutation.reprice else plan)
        made[mutation.rule] += 1
        caught[mutation.rule] += mutation.rule in {v.rule for v in found.violations}
    return made, caught


def changed_entries() -> tuple[int, int, Counter[str]]:
    """Return single changes tried, those caught, and in how many each rule is broken."""
    tried = caught = 0
    rules: Counter[str] = Counter()
    for name in VARIANTS:
        with tempfile.TemporaryDirectory() as folder:
            world = make_variant(name, Path(folder))
            for key, _, plan in plans(world):
                if FREE.match(key):
                    continue
                found = verify(plan, world.study, world.network, world.catalog)
                tried += 1
                caught += not found.accepted
                rules.update({v.rule for v in found.violations})
    return tried, caught, rules


def main() -> None:
    """Print both."""
    made, caught = broken_by_hand()
    tried, killed, rules = changed_entries()
    print(f"Plans broken by hand: {sum(made.values())}, caught by the rule meant: ", end="")
    print(f"{sum(caught.values())} ({sum(caught.values()) / sum(made.values()):.1%})")
    print(f"Single changes of plans made by hand: {tried}, caught: {killed} ({killed / tried:.1%})")
    print("\n| rule | broken by hand | caught | broken among single changes |\n|---|---|---|---|")
    for rule in sorted(made):
        print(f"| `{rule}` | {made[rule]} | {caught[rule]} | {rules[rule]} |")


if __name__ == "__main__":
    main()

"""Engine against brute force on random tiny studies aimed at all features.

    python -m tests.benchmarks.oracle --first 0 --count 1000 --out oracle.csv

Same objective within 1 USD, no bound above the optimum, no objective below it, a plan that the
verifier accepts. With ``--binding`` the table also says which features bind; with
``--without-presolve`` the engine keeps what its presolve would drop, with ``--split`` the
decomposition searches every master in parts. A study too large for brute
force is drawn again, with the same parts (column ``draw``). One line a study, appended as it is
done; a second run goes on where the first stopped.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import importlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from unittest import mock

from siting.instance import Instance
from siting.solve.branches import Branch
from siting.study import Study
from tests.benchmarks.agreement import append_row, seeds_done
from tests.oracle.aimed import visited
from tests.oracle.binding import binding_of, shares
from tests.oracle.brute import optimum
from tests.oracle.compare import compare
from tests.oracle.draft import Draft
from tests.oracle.plain_network import plain_network

COLUMNS = (
    "seed",
    "draw",
    "parts",
    "oracle_usd",
    "engine_usd",
    "bound_usd",
    "oracle_seconds",
    "engine_seconds",
    "binding",
    "problems",
)


def main() -> None:
    """Compare and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--method", default="monolithic", help="of the engine; none: do without")
    parser.add_argument("--binding", action="store_true")
    parser.add_argument("--without-presolve", action="store_true")
    parser.add_argument("--split", action="store_true")
    options = parser.parse_args()
    done = seeds_done(options.out)
    with contextlib.ExitStack() as changes:
        if options.without_presolve:
            changes.enter_context(whole_design_space())
        if options.split:
            changes.enter_context(masters_in_parts())
        for seed in range(options.first, options.first + options.count):
            if seed not in done:
                row = compared(seed, options.method, with_binding=options.binding)
                append_row(options.out, COLUMNS, row)
    summarize(options.out)


@contextlib.contextmanager
def whole_design_space() -> Iterator[None]:
    """Let the engine solve without its presolve."""

    def unchanged(instance: Instance) -> Instance:
        return instance

    with mock.patch.object(importlib.import_module("siting.solve"), "presolve", unchanged):
        yield


def masters_in_parts() -> contextlib.AbstractContextManager[object]:
    """Let the decomposition search every master in parts, not only those out of time."""
    search = importlib.import_module("siting.solve.configuration_search")
    make = search.make_branches

    def split(instance: Instance, *, seed: int) -> list[Branch]:
        branches: list[Branch] = make(instance, seed=seed)
        for branch in branches:
            branch.is_split = True
        return branches

    return mock.patch.object(search, "make_branches", split)


def compared(seed: int, method: str, *, with_binding: bool) -> Mapping[str, object]:
    """Return the row of a seed."""

    def visit(study: Study, draft: Draft) -> dict[str, object]:
        row: dict[str, object] = {"parts": " ".join(draft["parts"])}
        if method == "none":
            usd = optimum(study, plain_network(study)).objective_usd
        else:
            found = compare(study, method)
            usd = found.best.objective_usd
            row |= {
                "engine_usd": f"{found.engine_usd:.2f}",
                "bound_usd": f"{found.bound_usd:.2f}",
                "oracle_seconds": f"{found.oracle_seconds:.2f}",
                "engine_seconds": f"{found.engine_seconds:.2f}",
                "problems": "; ".join(found.problems),
            }
        binding = binding_of(study, draft, usd) if with_binding else ()
        return {
            **row,
            "oracle_usd": f"{usd:.2f}",
            "binding": " ".join(binding) or "-" * with_binding,
        }

    with tempfile.TemporaryDirectory() as folder:
        draw, row = visited(seed, Path(folder), visit)
    return {"seed": seed, "draw": draw, **row}


def summarize(path: Path) -> None:
    """Print how many studies agree, what differs, and how often each feature binds."""
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    both = [row for row in rows if row["engine_usd"]]
    wrong = [row for row in both if row["problems"]]
    equal = len(both) - len(wrong)
    print(f"{len(rows)} studies, {len(both)} compared, {equal} equal within 1 USD and verified")
    for row in wrong:
        print(f"  {row['seed']} ({row['parts']}): {row['problems']}")
    again = [row for row in rows if row["draw"] != "0"]
    print(f"{len(again)} drawn again, because brute force refused the draw before as too large:")
    print("  " + ", ".join(f"{row['seed']} ({row['draw']})" for row in again))
    measured = [row for row in rows if row["binding"]]
    if measured:
        skipped = sum(row["binding"].count("?") for row in measured)
        print(f"{skipped} features not measured, too large without them; counted as not binding")
        for family, share in shares(measured).items():
            print(f"{family:28s}{share:7.1%}")


if __name__ == "__main__":
    main()

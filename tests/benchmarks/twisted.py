"""Every bound and plan of the engine on twisted random studies.

    python -m tests.benchmarks.twisted --first 0 --count 300 --out twisted.csv

Each study (:mod:`tests.oracle.twists`) is solved whole, by the decomposition, and by the
decomposition with every threshold of size at zero, as if it were a continent, over every route.
The optimum is that of brute force, or of the whole model where there is too much to enumerate. No
objective may be below it, no bound above it, the whole model must reach it, and the verifier must
accept every plan. For the siting of the optimum the bound by links and that over every route are
compared with what its network costs, and a whole solve over six in ten routes with the optimum.
One line a study, appended as it is done; a second run goes on where the first stopped.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import importlib
import math
import random
import signal
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from siting import build_instance, build_network, solve, verify
from siting.errors import SitingError
from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.network import CandidateNetwork
from siting.plan import NETWORK_COST_LINES
from siting.solve.all_routes import all_routes
from siting.solve.bound_by_links import LinksBound
from siting.solve.costing import ledger
from siting.solve.monolithic import solve_monolithic
from siting.solve.network_parts import restrict
from siting.solve.presolve import presolve
from siting.solve.result import Result
from siting.solve.siting_choice import fixed_requirements
from siting.study import Study
from tests.benchmarks.agreement import append_row, seeds_done
from tests.benchmarks.switches import Patch, switched_off
from tests.oracle.aimed import aimed_draft
from tests.oracle.brute import optimum
from tests.oracle.draft import Draft, write
from tests.oracle.instances import random_draft
from tests.oracle.search import TooManyDesignsError
from tests.oracle.twists import twisted
from tests.solve.all_routes_case import compare_joint
from tests.solve.graphs import instance_with_graph

METHODS = ("whole", "apart", "large")
COLUMNS = (
    *("seed", "twists", "reference", "optimum_usd", "network_usd"),
    *(f"{name}_{what}" for name in METHODS for what in ("usd", "bound_usd")),
    *("links_usd", "routes_usd", "steps_usd", "joint_usd", "seconds", "problems"),
)
USD = 1.0
RELATIVE = 1e-7
BRUTE_S = 20
TIME_LIMIT_S, WHOLE_S = 12.0, 60.0
FEW_PAIRS = 100

Row = dict[str, object]


def main() -> None:
    """Compare and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--only", help="studies with this twist alone")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    done = seeds_done(options.out)
    for seed in range(options.first, options.first + options.count):
        if seed not in done and options.only in {None, *twisted_draft(seed)[1]}:
            append_row(options.out, COLUMNS, compared(seed))
    summarize(options.out)


def twisted_draft(seed: int) -> tuple[Draft, list[str]]:
    """Return the draft of a seed and its twists."""
    rng = random.Random(f"twisted {seed}")
    draft = aimed_draft(seed) if rng.random() < 0.5 else random_draft(seed)
    return draft, twisted(draft, rng)


def compared(seed: int) -> Mapping[str, object]:
    """Return the row of a seed."""
    began = time.perf_counter()
    draft, names = twisted_draft(seed)
    row: Row = dict.fromkeys(COLUMNS, "")
    row |= {"seed": seed, "twists": " ".join(names)}
    problems: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            study = write(draft, Path(folder))
            network = build_network(study)
            problems = _compare(study, network, seed, row)
        except SitingError as error:
            row["reference"] = f"refused: {error}".splitlines()[-1][:120]
        except Exception:  # noqa: BLE001  (what crashes is a row, too)
            problems = [traceback.format_exc()[-1500:]]
    row |= {"seconds": f"{time.perf_counter() - began:.1f}", "problems": "; ".join(problems)}
    return row


def _compare(study: Study, network: CandidateNetwork, seed: int, row: Row) -> list[str]:
    """Fill the row of a study; return what is wrong."""
    best = _brute(study, network)
    row["reference"] = "whole model" if best is None else "brute force"
    problems = []
    for name in METHODS:
        found = _solved(study, network, name)
        if best is None:
            if found.plan is None or found.objective_usd - found.bound_usd > USD:
                row["reference"] = "none"
                return problems
            best = float(found.objective_usd)
        row["optimum_usd"] = f"{best:.2f}"
        problems += [f"{name}: {words}" for words in _wrong(found, best, row, name)]
        if found.plan is not None:
            violations = verify(found.plan, study, network).violations
            problems += [f"{name}: violation {v}" for v in violations]
    if best is None or best == math.inf:
        return problems
    problems += _network_bounds(study, network, row)
    with contextlib.suppress(SitingError), switched_off(as_continent() if seed % 2 else ()):
        joint = compare_joint(study, seed, time_limit_s=TIME_LIMIT_S)
        if joint is not None:
            row["joint_usd"] = f"{joint.bound_usd:.2f}"
            if joint.bound_usd > best + slack(best):
                problems.append(f"joint: bound {joint.bound_usd - best:,.2f} above the optimum")
    return problems


def _solved(study: Study, network: CandidateNetwork, name: str) -> Result:
    with as_if_large() if name == "large" else contextlib.nullcontext():
        return solve(
            build_instance(study, network),
            method="monolithic" if name == "whole" else "decomposition",
            relative_gap=0,
            time_limit_s=WHOLE_S if name == "whole" else TIME_LIMIT_S,
            threads=1,
            every_route=name == "large",
        )


def _wrong(found: Result, best: float, row: Row, name: str) -> Iterator[str]:
    """Yield what is wrong with a result beside the optimum; note it in the row."""
    if found.plan is None:
        row[f"{name}_usd"] = str(found.termination)
        if (best == math.inf) != (found.termination == "infeasible"):
            yield f"{found.termination}, the optimum is {best:,.2f}"
        return
    usd, bound = float(found.objective_usd), float(found.bound_usd)
    row |= {f"{name}_usd": f"{usd:.2f}", f"{name}_bound_usd": f"{bound:.2f}"}
    if usd < best - slack(best):
        yield f"objective {best - usd:,.2f} below the optimum"
    if name == "whole" and usd > best + slack(best):
        yield f"objective {usd - best:,.2f} above the optimum"
    widest = found.plan.bounds.all_routes_bound_usd or 0.0
    for words, usd_proven in (("bound", bound), ("bound over all routes", widest)):
        if usd_proven > best + slack(best):
            yield f"{words} {usd_proven - best:,.2f} above the optimum"


def _network_bounds(study: Study, network: CandidateNetwork, row: Row) -> list[str]:
    """Compare bounds of the network of the best siting with its cost."""
    instance = presolve(instance_with_graph(study, network))
    found = solve_monolithic(instance, time_limit_s=60.0, relative_gap=0.0, seed=1)
    if found.siting is None or found.network is None:
        return []
    asked = fixed_requirements(instance, found.siting)
    if not asked:
        return []
    costs = ledger(instance, found.siting, found.network).costs_usd
    usd = sum(costs[line] for line in NETWORK_COST_LINES)
    row["network_usd"] = f"{usd:.2f}"
    bounds = {
        "links": _by_links(instance, asked),
        "routes": _over_routes(instance, asked),
        "steps": _over_routes(instance, asked, as_continent()),
    }
    problems = []
    for name, bound in bounds.items():
        row[f"{name}_usd"] = f"{bound:.2f}"
        if bound > usd + slack(usd):
            problems.append(f"{name}: bound {bound - usd:,.2f} above the network")
    return problems


def _by_links(instance: Instance, asked: Requirements) -> float:
    bound = LinksBound(restrict(instance, asked), asked)
    return max(bound.improve(time.monotonic() + 3.0, 60), bound.whole(5.0))


def _over_routes(
    instance: Instance,
    asked: Requirements,
    patches: Sequence[Patch] = (),
) -> float:
    with switched_off(patches):
        return float(all_routes(instance, asked, time_limit_s=2.0).bound_usd)


def as_continent() -> list[Patch]:
    """Return what lets the engine take any map for that of a continent."""
    return [(importlib.import_module("siting.solve.all_routes.wide"), "MOST_EDGES", -1)]


def slack(usd: float) -> float:
    """Return what two exact solves may differ by, USD."""
    return max(USD, RELATIVE * abs(usd))


@contextlib.contextmanager
def as_if_large() -> Iterator[None]:
    """Let the engine take every study for a large one."""
    stages = importlib.import_module("siting.solve.network_stages")
    phase = importlib.import_module("siting.solve.network_phase")
    master = importlib.import_module("siting.solve.master")
    patches: list[Patch] = [
        *as_continent(),
        (stages, "LARGE_USES", 0),
        (stages, "MANY_CHOICES", 0),
        (phase, "WHOLE_USES", 0),
        (master, "LARGE", 0),
    ]
    with switched_off(patches):
        yield


def _brute(study: Study, network: CandidateNetwork) -> float | None:
    """Return the optimum by brute force, infinite without a plan; None where it is too much."""

    def stop(*_: object) -> None:
        raise TooManyDesignsError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(BRUTE_S)
    try:
        if study.file.transport.max_pairs_per_route < FEW_PAIRS:
            return None  # Brute force knows of no such limit.
        return float(optimum(study, network).objective_usd)
    except AssertionError:
        return math.inf
    except TooManyDesignsError:
        return None
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def summarize(path: Path) -> None:
    """Print how many studies agree, how near bounds come, and what differs."""
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    kinds: dict[str, int] = {}
    for row in rows:
        kind = row["reference"].split(":")[0]
        kinds[kind] = kinds.get(kind, 0) + 1
    print(f"{len(rows)} studies: " + ", ".join(f"{n} {kind}" for kind, n in kinds.items()))
    for name, of in (
        *((f"{m}_bound_usd", "optimum_usd") for m in METHODS),
        *((f"{m}_usd", "network_usd") for m in ("links", "routes", "steps")),
        ("joint_usd", "optimum_usd"),
    ):
        shares = [
            float(row[name]) / float(row[of])
            for row in rows
            if row[name] and row[of] and float(row[of]) > USD
        ]
        mean = sum(shares) / max(len(shares), 1)
        print(f"  {name}: {len(shares)} studies, {mean:.1%} of {of} on the mean")
    for row in rows:
        if row["problems"]:
            print(f"  {row['seed']} ({row['twists']}): {row['problems']}")


if __name__ == "__main__":
    main()

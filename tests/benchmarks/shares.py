"""What a solve spends its processor time on: HiGHS, our own bounds and searches, all the rest.

    python -m tests.benchmarks.shares texas midwest --time-limit 300

The instance is built before the clock starts. Both threads are sampled, each by its own processor
time: a sample counts for the innermost function of the engine on the stack, and for HiGHS while it
solves. Three counts: HiGHS alone; HiGHS and the algorithms of our own that bound, price and search
(:data:`OWN`), which do the work of a solver; the rest, which assembles models, hands them over,
reads solutions and keeps accounts.
"""

from __future__ import annotations

import argparse
import pickle
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from unittest import mock

import highspy

from siting import build_instance, build_network, load_study, solve
from siting.instance import Instance

STEP_S = 0.003
MOST_SHOWN = 25
SOLVER = "HiGHS"
OWN = (
    "solve/all_routes/",
    "solve/bound_by_links.py",
    "solve/demand_options.py",
    "solve/equipment.py",
    "solve/facility_location/",
    "solve/hut_loads.py",
    "solve/hut_payments.py",
    "solve/hut_sequences.py",
    "solve/hut_shares.py",
    "solve/larger_cables.py",
    "solve/link_bounds.py",
    "solve/link_options.py",
    "solve/link_prices.py",
    "solve/link_problem.py",
    "solve/network_search.py",
    "solve/options_problem.py",
    "solve/promising_routes.py",
    "solve/route_kinds.py",
    "solve/route_tracks.py",
    "solve/series.py",
    "instance/disjoint.py",
    "instance/nearby.py",
    "instance/paths.py",
    "instance/spans.py",
)
"""Modules whose work is that of a solver: paths, huts, multipliers, routes that share."""


class Sampler:
    """Samples the stacks of all threads, each weighed with the processor time that it used."""

    def __init__(self) -> None:
        """Begin; nothing is sampled yet."""
        self.spent_s: Counter[str] = Counter()
        """By place: :data:`SOLVER`, or file and function of the engine."""
        self._solving: set[int] = set()
        self._done = threading.Event()

    @contextmanager
    def sampling(self) -> Iterator[None]:
        """Sample what happens inside."""
        plain = highspy.Highs.run

        def run(highs: highspy.Highs) -> object:
            me = threading.get_ident()
            self._solving.add(me)
            try:
                return plain(highs)
            finally:
                self._solving.discard(me)

        thread = threading.Thread(target=self._watch, daemon=True)
        with mock.patch.object(highspy.Highs, "run", run):
            thread.start()
            try:
                yield
            finally:
                self._done.set()
                thread.join()

    def _watch(self) -> None:
        me = threading.get_ident()
        last: dict[int, float] = {}
        while not self._done.wait(STEP_S):
            for ident, frame in sys._current_frames().items():
                if ident == me:
                    continue
                try:
                    now = time.clock_gettime(time.pthread_getcpuclockid(ident))
                except OSError:  # it ended
                    continue
                used = now - last.setdefault(ident, now)
                last[ident] = now
                place = SOLVER if ident in self._solving else _place(frame)
                self.spent_s[place] += used


def _place(frame: FrameType | None) -> str:
    """Return the innermost function of the engine on a stack."""
    while frame is not None:
        file = frame.f_code.co_filename
        if "/siting/" in file:
            return f"{file.rpartition('/siting/')[2]} {frame.f_code.co_qualname}"
        frame = frame.f_back
    return "elsewhere"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("studies", nargs="+", help="names, or files of pickled instances")
    parser.add_argument("--time-limit", type=float, default=300.0)
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    lines = []
    for name in options.studies:
        instance = _instance(name)
        sampler, began = Sampler(), time.process_time()
        with sampler.sampling():
            result = solve(instance, time_limit_s=options.time_limit, threads=options.threads)
        whole_s = time.process_time() - began
        print(f"\n{name}: {result.objective_usd / 1e6:,.3f} M USD, {result.gap_usd / 1e6:.3f} gap")
        lines.append(_line(name, sampler, whole_s))
    head = "| study | CPU s | HiGHS | with our bounds and searches | the rest |"
    print("\n".join(("", head, "|" + "---|" * 5, *lines)))


def _line(name: str, sampler: Sampler, whole_s: float) -> str:
    spent = sampler.spent_s
    total = sum(spent.values())
    own = sum(s for place, s in spent.items() if place.startswith(OWN))
    for place, seconds in spent.most_common(MOST_SHOWN):
        kind = "own" if place.startswith(OWN) else "solver" if place == SOLVER else "rest"
        print(f"  {seconds:7.2f} s {seconds / total:6.1%} {kind:7s}{place}")
    solver = spent[SOLVER]
    return (
        f"| {name} | {whole_s:.1f} (sampled {total:.1f}) | {solver / total:.1%} "
        f"| {(solver + own) / total:.1%} | {1 - (solver + own) / total:.1%} |"
    )


def _instance(name: str) -> Instance:
    path = Path(name)
    if path.suffix == ".pkl":
        with path.open("rb") as handle:
            held: tuple[object, object, Instance] = pickle.load(handle)
        return held[-1]
    study = load_study(name)
    return build_instance(study, build_network(study))


if __name__ == "__main__":
    main()

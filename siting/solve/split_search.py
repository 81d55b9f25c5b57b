"""Branch and bound over a master that is too slow as a whole: modes of periods first, then sites.

What makes a master slow are its modes: each period has one, its relaxation has a mixture, and every
link stands in the model once for each. With the modes of all periods fixed what is left is small.
So a part of the master is the set of sitings with some modes fixed, later with some campuses open
or not. Every part has a bound, and the least of them is the bound of the master whenever the search
stops. The part with the least bound is taken:

1. Parts with a choice of modes are relaxed once for each mode of one period.
2. Parts without are solved as they are, for a while. What is found is a siting; where time runs out
   the bound counts, and the part is split by whether a campus is open.
3. Far from the cutoff, where hundreds of sequences of modes are left, the whole and parts that have
   a mode in the last periods alone are solved for a while too: the cuts of HiGHS at the root raise
   the bound of all sequences in them at once.

Modes that no siting below the cutoff has in a period are dropped before. Without any cutoff a first
siting gives one: each period takes the best of the modes that the relaxation uses.

Parts are kept: rows that come later only raise their bounds, and one at the cutoff comes again when
the cutoff rises.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from siting.instance import Instance
from siting.solve.demand_cuts import DemandCuts
from siting.solve.highs import CompiledModel, Outcome, Status
from siting.solve.parts import (
    FRACTION,
    NO_MODE,
    WHILE_S,
    WHOLE_S,
    Part,
    Period,
    best_modes,
    is_far,
    stopped,
)
from siting.solve.support import run_in_support

if TYPE_CHECKING:
    import numpy as np
    import pyomo.environ as pyo
    from numpy.typing import NDArray

RELAXED_S = 30.0
LOOKING_S, LOOKING_GAP = 10.0, 1e-4
"""Time and gap of a search for a better siting in the support of a relaxation."""
VERY_FAR = 1e-2
"""Share of the cutoff by which a bound is so far from it that nearly every mode is left."""
FEW = 100
"""So many sequences of modes are soon relaxed, each for itself."""
LONGER = 2.0
"""Factor of the time where nothing is left to split by."""
PRICED = 10
"""Rounds of prices for the relaxation of a part, at most."""
SAME = 1e-9
"""Share of a cost that is no difference."""


class SplitSearch:
    """The parts of one master."""

    def __init__(
        self,
        instance: Instance,
        model: pyo.ConcreteModel,
        compiled: CompiledModel,
        cuts: DemandCuts,
        price: Callable[[NDArray[np.float64]], bool] = lambda _: False,
        *,
        is_tried: bool = False,
        while_s: float = WHILE_S,
    ) -> None:
        """Begin with one part.

        Args:
            instance: the instance of the configuration.
            model: its master.
            compiled: the same, compiled; rows may be added to it between runs.
            cuts: cuts of demands.
            price: adds what a relaxation with these values pays too little of its network, and
                returns whether that was anything.
            is_tried: the whole was solved for as long before.
            while_s: time for a part, s.
        """
        self._model, self._compiled, self._cuts = model, compiled, cuts
        self._price, self._while_s = price, while_s
        modes = {
            (w, t): (
                *(m for m in range(len(job.modes)) if self._may_use(w, t, m)),
                NO_MODE,
            )
            for w, job in instance.workloads.items()
            for t in range(len(instance.periods))
        }
        self._parts = [Part(-math.inf, 0, modes, time_s=WHOLE_S, is_tried=is_tried)]
        self._made = 1
        self._is_new = self._has_every_mode = True
        self._has_few = self._has_looked = False
        self._solved: Part | None = None
        """A part with all modes fixed that was solved before any other."""
        self._stop = math.inf
        """Clock past which no relaxation is priced."""

    @property
    def bound(self) -> float:
        """The bound of the master: the least of its parts."""
        return min((part.bound for part in self._parts), default=math.inf)

    def run(
        self, *, time_limit_s: float, relative_gap: float, cutoff: float, known: float
    ) -> Outcome:
        """Search for sitings until none below the cutoff is left, or time is up.

        Args:
            time_limit_s: wall time, s.
            relative_gap: gap of parts.
            cutoff: cost above which sitings are of no interest, in the unit of the model.
            known: cost of the best plan known; a siting below it, though above the cutoff, is
                looked for first, and returned at once.

        Returns:
            Infeasible when no siting costs less than the cutoff.
        """
        stop = self._stop = time.monotonic() + time_limit_s
        best = self._begin(cutoff, time_limit_s, relative_gap)
        has_solved = False
        while self._parts:
            limit = (
                cutoff if best is None else min(cutoff, best.objective * (1 - relative_gap - SAME))
            )
            self._drop_modes(limit)
            part = min(self._parts, key=lambda x: (x.bound, x.order))
            if part.bound >= limit:
                break
            left_s = stop - time.monotonic()
            if left_s <= (part.time_s / 2 if has_solved else 0.0):
                return stopped(best, self.bound)
            self._parts.remove(part)
            if not self._is_tried_next(part, limit) and self._refined(part, limit):
                continue
            if not part.is_open and not self._has_looked and math.isfinite(known):
                self._has_looked = True
                self._parts.append(part)
                looked = self._looked(part, known)
                if looked is not None:
                    return stopped(looked, self.bound)
                continue
            has_solved = True
            time_s = min(left_s, part.time_s)
            to_bound = math.isfinite(cutoff)
            found = self._solve(part, time_s, relative_gap, limit, to_bound=to_bound)
            if found is not None and (best is None or found.objective < best.objective):
                best = found
        if best is None:
            return Outcome(Status.INFEASIBLE, math.inf, math.inf, None)
        bound = min(self.bound, best.objective)
        return Outcome(Status.OPTIMAL, best.objective, bound, best.values)

    def _begin(self, cutoff: float, time_limit_s: float, relative_gap: float) -> Outcome | None:
        """Relax the whole, with cuts of demands; return a siting where there is no cutoff yet."""
        if self._is_new:
            self._compiled.set_cutoff(math.inf)
            bound = self._cuts.strengthen(self._model, self._compiled, enough=cutoff)
            self._parts = [replace(self._parts[0], bound=bound)]
            self._is_new = bound >= cutoff  # then again when the cutoff rises
        if math.isfinite(cutoff) or self._has_looked or time_limit_s <= 0:
            return None
        self._has_looked = True
        return self._dived(min(time_limit_s, self._while_s), relative_gap)

    def _dived(self, time_limit_s: float, relative_gap: float) -> Outcome | None:
        """Return the best siting with the best modes of those that relaxations use, if any."""
        uses = self._model.training.uses_mode
        part = best_modes(
            self._parts[0],
            lambda x: self._relaxation(x, is_priced=False),
            lambda period, m, values: self._compiled.value(uses[(*period, m)], values),
        )
        if part is None:
            return None
        with self._compiled.fixed(self._fixings(part)):
            found = self._compiled.run(time_limit_s=time_limit_s, relative_gap=relative_gap)
        self._solved = replace(part, bound=found.bound)
        return found if found.values is not None else None

    def _drop_modes(self, limit: float) -> None:
        """Leave each period the modes that some siting below a cost may have in it.

        Only near that cost, where it is more than a few, and before the whole is split.
        """
        is_near = math.isfinite(limit) and not is_far(self.bound, limit, VERY_FAR)
        if not (self._has_every_mode and is_near and len(self._parts) == 1):
            return
        self._has_every_mode = False
        for period in reversed(list(self._parts[0].modes)):
            whole = self._parts.pop(0)
            parts = [self._relaxed(x, limit, is_priced=False) for x in self._by_mode(whole, period)]
            left = [x for x in parts if x.bound < limit]
            kept = tuple(mode for x in left for mode in x.modes[period])
            # The parts dropped stay; the others go on as one.
            self._parts += [x for x in parts if x.bound >= limit]
            if not left:
                return
            bound = max(whole.bound, min(x.bound for x in left))
            merged = replace(whole, bound=bound, modes={**whole.modes, period: kept})
            self._parts.insert(0, merged)
        sequences = math.prod(len(left) for left in self._parts[0].modes.values())
        self._has_few = sequences <= FEW

    def _refined(self, part: Part, limit: float) -> bool:
        """Split a part that has a choice of modes, or relax it anew; False: neither is left."""
        open_modes = [period for period, left in part.modes.items() if len(left) > 1]
        if open_modes:
            parts = self._by_mode(part, open_modes[-1])
            self._parts += [self._relaxed(x, limit) for x in parts]
        elif part.rows != self._compiled.size[0]:
            self._parts.append(self._relaxed(part, limit))
        else:
            return False
        return True

    def _is_tried_next(self, part: Part, limit: float) -> bool:
        """Return whether a part is solved for a while before it is split by modes."""
        is_hard = not self._has_few and is_far(part.bound, limit)
        return is_hard and part.is_open and not part.is_tried

    def _by_mode(self, part: Part, period: Period) -> list[Part]:
        return [
            self._new(part.bound, {**part.modes, period: (mode,)}, part.opened)
            for mode in part.modes[period]
        ]

    def _new(
        self,
        bound: float,
        modes: Mapping[Period, tuple[int, ...]],
        opened: tuple[tuple[tuple[str, int], bool], ...],
    ) -> Part:
        self._made += 1
        return Part(bound, self._made, modes, opened, self._while_s)

    def _relaxed(self, part: Part, enough: float, *, is_priced: bool = True) -> Part:
        """Return a part with the bound of its relaxation, which may stop where that is enough."""
        outcome = self._relaxation(part, enough, is_priced=is_priced)
        # Stopped, it is relaxed again when the cutoff is higher.
        rows = 0 if outcome.status is Status.STOPPED else self._compiled.size[0]
        bound = max(part.bound, outcome.bound)
        if self._solved is not None and part.modes == self._solved.modes:
            bound = max(bound, self._solved.bound)
        return replace(part, bound=bound, rows=rows)

    def _relaxation(
        self, part: Part, enough: float = math.inf, *, is_priced: bool = True
    ) -> Outcome:
        """Relax a part; without the cutoff, whose row makes it many times slower."""
        self._compiled.set_cutoff(math.inf)
        with self._compiled.fixed(self._fixings(part)):
            outcome = self._compiled.relax(time_limit_s=RELAXED_S, enough=enough)
            for _ in range(PRICED if is_priced else 0):
                values = outcome.values
                if outcome.status is not Status.OPTIMAL or values is None:
                    break
                is_wanted = is_far(outcome.bound, enough) and time.monotonic() < self._stop
                if not is_wanted or not self._price(values):
                    break
                outcome = self._compiled.relax(time_limit_s=RELAXED_S, enough=enough)
            return outcome

    def _looked(self, part: Part, known: float) -> Outcome | None:
        """Return a siting of a part that costs less than the best plan, if one is found soon.

        A better plan lowers the cutoff, and all parts close sooner.
        """
        compiled = self._compiled
        compiled.set_cutoff(math.inf)
        with compiled.fixed(self._fixings(part)):
            relaxed = compiled.relax(time_limit_s=RELAXED_S)
            if relaxed.values is None:
                return None
            found = run_in_support(
                compiled, relaxed.values, time_limit_s=LOOKING_S, relative_gap=LOOKING_GAP
            )
        return found if found.objective < known else None

    def _solve(
        self, part: Part, time_s: float, relative_gap: float, limit: float, *, to_bound: bool
    ) -> Outcome | None:
        """Solve a part for a while; return a siting if it has one."""
        self._compiled.set_cutoff(limit)
        with self._compiled.fixed(self._fixings(part)):
            outcome = self._compiled.run(
                time_limit_s=time_s,
                relative_gap=relative_gap,
                to_bound=to_bound and not part.is_whole,
            )
        bound = max(part.bound, min(outcome.bound, limit))
        closed = outcome.status in {Status.INFEASIBLE, Status.OPTIMAL}
        if closed or bound >= limit:
            # Of an optimum within the gap the bound says all there is to say.
            self._parts.append(replace(part, bound=bound))
        elif part.is_open:
            self._parts.append(replace(part, bound=bound, is_tried=True))
        else:
            self._split_sites(part, bound, limit)
        return outcome if outcome.values is not None else None

    def _split_sites(self, part: Part, bound: float, limit: float) -> None:
        """Split by whether the campus that the relaxation opens most nearly half is open."""
        outcome = self._relaxation(part)
        values = outcome.values
        halves = []
        if outcome.status is Status.OPTIMAL and values is not None:
            for key, var in self._model.placement.is_open.items():
                value = self._compiled.value(var, values)
                if FRACTION < value < 1 - FRACTION:
                    halves.append((abs(value - 0.5), key))
        if not halves:
            longer_s = LONGER * part.time_s
            self._parts.append(replace(part, bound=bound, time_s=longer_s))
            return
        _, key = min(halves)
        for is_open in (False, True):
            half = self._new(bound, part.modes, (*part.opened, (key, is_open)))
            self._parts.append(self._relaxed(half, limit))

    def _fixings(self, part: Part) -> list[tuple[pyo.Var, float]]:
        """Return what is fixed in a part."""
        uses = self._model.training.uses_mode
        modes = [
            (uses[w, t, m], float(left == (m,)))
            for (w, t), left in part.modes.items()
            for m in self._numbers(w, t)
            if m not in left or left == (m,)
        ]
        is_open = self._model.placement.is_open
        return modes + [(is_open[key], float(value)) for key, value in part.opened]

    def _numbers(self, w: str, t: int) -> list[int]:
        return [m for v, s, m in self._model.training.MODES if (v, s) == (w, t)]

    def _may_use(self, w: str, t: int, m: int) -> bool:
        return self._compiled.has(self._model.training.uses_mode[w, t, m])

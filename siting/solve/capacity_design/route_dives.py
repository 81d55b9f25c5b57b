"""Better designs where traffic survives, by dives from the relaxation with routes.

That relaxation (:mod:`route_relaxation`) is solved in moments and says what each link is worth, so
that a dive from it (:mod:`dive`) ends near to the best designs. Some dives begin with all links
free; others keep most links as the best design has them, and are left as soon as they cannot be
better. What a dive buys is made lighter.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.instance.capacity_design import CapacityDesign
from siting.solve.capacity_design.beside import IsOver
from siting.solve.capacity_design.best import Best
from siting.solve.capacity_design.designs import Rounder
from siting.solve.capacity_design.dive import dive
from siting.solve.capacity_design.lighter import Lighter
from siting.solve.capacity_design.neighborhoods import nearest_links
from siting.solve.capacity_design.root import Root
from siting.solve.capacity_design.route_columns import RouteColumns
from siting.solve.capacity_design.route_relaxation import RouteRelaxation, with_routes
from siting.solve.highs import CompiledModel

if TYPE_CHECKING:
    import pyomo.environ as pyo

ROUNDS = 30
"""Rounds of rows before dives."""
ALL_FREE, NEAR_SHARE = 0.25, 0.5
"""How often all links are free; else how often those near to a node are, not any."""
FIRST_FREE, LEAST_FREE = 0.5, 6
"""Share of the links that are free at first, and links at least."""
MORE, FEWER, QUICK_S = 1.02, 0.98, 0.5
"""Links freed next, by their number now, after a dive that took less or more time."""
SLACK_EVERY = 20
BETTER = 1e-6

Array = NDArray[np.float64]


class RouteDives:
    """Dives in one design."""

    def __init__(  # what one search is about
        self,
        design: CapacityDesign,
        model: pyo.ConcreteModel,
        compiled: CompiledModel,
        root: Root,
        rounder: Rounder,
        lighter: Lighter,
        best: Best,
        seed: int,
    ) -> None:
        """Prepare; what the root knows is asked for at the first dive."""
        self._design, self._model, self._compiled = design, model, compiled
        self._root, self._best, self._seed = root, best, seed
        self._rounder, self._lighter = rounder, lighter
        self._problem: RouteRelaxation | None = None
        self._known = self._turns = 0
        self._free = FIRST_FREE * len(design.links)

    def improve(self, until: float, is_over: IsOver) -> None:
        """Look for better designs until a time."""
        problem = self._problem = self._problem or self._made()
        if problem is None:
            return
        self._refresh(problem, until)
        while time.monotonic() < until and not is_over():
            begin = time.monotonic()
            values = self._best.values
            if values is None or self._random.random() < ALL_FREE:
                self._dive(problem, (problem.lower, problem.upper), until, is_over)
                continue
            self._dive(problem, self._around(problem, values), until, is_over)
            is_quick = time.monotonic() - begin < QUICK_S
            self._free *= MORE if is_quick else FEWER
            self._free = min(max(self._free, LEAST_FREE), len(self._design.links))

    def _made(self) -> RouteRelaxation | None:
        """Return the relaxation, with where its columns are in a design."""
        made = with_routes(self._root, tuple(self._model.menus))
        if made is None:
            return None
        alone, whole, _, problem = made
        self._offset = whole.offset + self._root.constant
        self._columns = RouteColumns(self._design, self._model, self._compiled)
        self._rng = np.random.default_rng(self._seed)
        self._random = random.Random(self._seed)  # noqa: S311  # a seed, not a secret
        own, others = (choices_of(model) for model in (alone, self._model))
        at = {int(column): i for i, column in enumerate(problem.whole)}
        found = whole.positions(var for _, var in own)
        some = [i for i, column in enumerate(found) if int(column) in at]
        self._slots = np.array([at[int(found[i])] for i in some], dtype=int)
        self._links = np.array([own[i][0] for i in some], dtype=int)
        self._of_design = self._compiled.positions(others[i][1] for i in some)
        return problem

    def _refresh(self, problem: RouteRelaxation, until: float) -> None:
        """Take the rows that were found since the last time, and solve until none is violated."""
        rows = [*self._root.rows.values()]
        problem.keep(rows[self._known :])
        self._known = len(rows)
        for _ in range(ROUNDS):
            point = problem.solve(problem.lower, problem.upper, until=until)
            if point.values is None or time.monotonic() > until:
                return
            if not problem.add_violated(point.values):
                return

    def _around(self, problem: RouteRelaxation, values: Array) -> tuple[Array, Array]:
        """Return bounds that keep most links of a design."""
        count, links = int(self._free), len(self._design.links)
        if self._random.random() < NEAR_SHARE:
            free = nearest_links(self._design, self._random.choice(self._design.nodes), count)
        else:
            free = set(self._random.sample(range(links), min(count, links)))
        lower, upper = problem.lower.copy(), problem.upper.copy()
        are_kept = ~np.isin(self._links, list(free))
        kept = np.round(values[self._of_design[are_kept]])
        lower[self._slots[are_kept]] = upper[self._slots[are_kept]] = kept
        return lower, upper

    def _dive(
        self, problem: RouteRelaxation, bounds: tuple[Array, Array], until: float, is_over: IsOver
    ) -> None:
        """Dive, and make what is found lighter."""
        most = self._best.cost * (1.0 - BETTER) - self._offset
        if bounds[0] is problem.lower:
            most = np.inf
        found = dive(problem, bounds, most, self._rng, until)
        if found is not None:
            design = self._rounder.rounded(self._columns.values(problem.mix.by_arc()))
            if design is not None:
                self._lighter.descend(design, until, is_over)
        self._turns += 1
        if self._turns % SLACK_EVERY == 0:
            problem.tidy()


def choices_of(model: pyo.ConcreteModel) -> list[tuple[int, pyo.Var]]:
    """Return what is bought on links, and how, with its link."""
    found = [(e, model.modules[e, i]) for e, i in model.BLOCKS]
    found += [(e, model.is_chosen[e, i]) for e, i in model.CHOICES]
    return found + [(e, model.is_used[e]) for e in getattr(model, "CHARGED", ())]

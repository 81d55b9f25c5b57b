"""Better designs by modules alone: some links freed, all others kept, routing by rows as they come.

The modules of a few links are bought anew as cheaply as all rows say that are known: those of cuts,
and those of modules that could not be routed. What is bought is routed. Where that fails, there is
one row more; links are made larger until all rows are kept, and so on until that can be routed, or
is too dear; and the links are bought again (Benders decomposition in a neighborhood). When the rows
leave nothing cheaper, others are freed: more where that took little time, else fewer.
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
from siting.solve.capacity_design.lighter import Lighter
from siting.solve.capacity_design.neighborhoods import nearest_links
from siting.solve.highs import CompiledModel, Status

if TYPE_CHECKING:
    import pyomo.environ as pyo

FIRST_FREE, LEAST_FREE = 12, 5
"""Links that are freed at first, and at least."""
NEAR_SHARE = 0.5
"""How often the links are near to one node, not anywhere."""
QUICK_S, BUY_S = 0.2, 1.0
"""More links are freed after less time than the first; longest problem of what to buy."""
MORE, FEWER = 1.03, 0.94
"""Links freed next, by the number of those now."""
OPTIONS = (("mip_heuristic_effort", 0.0), ("mip_detect_symmetry", False))
"""Of HiGHS: what takes longer than problems of a few links."""
TIMES, REPAIRS = 40, 12
"""Most purchases for some links, and sizes routed after each."""
CHEAPER, DEARER = 1e-6, 0.01
"""A purchase is cheaper by that share at least; larger links may be dearer by that share."""
VIOLATION = 1e-6
NOISE = 0.3
"""Which link is made larger varies by that share."""

Array = NDArray[np.float64]


class FreedLinks:
    """Frees links of one design."""

    def __init__(
        self,
        design: CapacityDesign,
        alone: tuple[pyo.ConcreteModel, CompiledModel],
        lighter: Lighter,
        best: Best,
        rng: random.Random,
    ) -> None:
        """Take over the modules alone.

        Args:
            design: the problem; its traffic splits freely.
            alone: its modules without routing, with rows of cuts; to be used here only.
            lighter: routes what is bought.
            best: the best design.
            rng: chooses links.
        """
        self._design, self._lighter, self._best, self._rng = design, lighter, best, rng
        self._sizes, self._pool = lighter.sizes, lighter.unroutable
        model, self._compiled = alone
        for option, value in OPTIONS:
            self._compiled.solver.setOptionValue(option, value)
        self._vars = [model.modules[key] for key in self._sizes.keys]
        self._link = [e for e, _ in self._sizes.keys]
        self._columns = self._compiled.positions(self._vars)
        self._known = 0
        self._free = float(min(FIRST_FREE, len(design.links)))

    def improve(self, until: float, is_over: IsOver) -> None:
        """Look for better designs until a time."""
        if not self._vars or (self._columns < 0).any():
            return
        while time.monotonic() < until and not is_over():
            values = self._best.values
            if values is None:
                return
            begin = time.monotonic()
            is_done = self._freed(self._chosen(), values, until, is_over)
            is_quick = time.monotonic() - begin < QUICK_S
            self._free *= MORE if is_done and is_quick else FEWER
            self._free = min(max(self._free, LEAST_FREE), len(self._design.links))

    def _chosen(self) -> set[int]:
        """Return the links to free."""
        count, links = int(self._free), len(self._design.links)
        if self._rng.random() < NEAR_SHARE:
            return nearest_links(self._design, self._rng.choice(self._design.nodes), count)
        return set(self._rng.sample(range(links), min(count, links)))

    def _freed(self, links: set[int], values: Array, until: float, is_over: IsOver) -> bool:
        """Buy for some links anew; return whether a design is better, or nothing is cheaper."""
        modules = self._lighter.modules(values)
        cost = self._sizes.cost(self._sizes.places(modules)) + self._design.constant_cost
        kept = [i for i, e in enumerate(self._link) if e not in links]
        before = self._best.cost
        with self._compiled.fixed((self._vars[i], float(modules[i])) for i in kept):
            for _ in range(TIMES):
                if time.monotonic() > until or is_over():
                    return False
                bought, is_done = self._bought(cost * (1 - CHEAPER))
                if bought is None:
                    return is_done
                known = len(self._pool.least)
                places = self._sizes.places(bought)
                if self._lighter.routed(places, until, is_over) is None:
                    self._enlarged(places, until, is_over)
                if self._best.cost < before or len(self._pool.least) == known:
                    return self._best.cost < before
        return False

    def _bought(self, most: float) -> tuple[Array | None, bool]:
        """Return the cheapest modules that keep all rows below a cost; else whether none do."""
        self._add_known()
        self._compiled.solver.setOptionValue("objective_bound", most)
        found = self._compiled.run(time_limit_s=BUY_S, relative_gap=1e-4, to_bound=True)
        if found.values is None or found.objective > most:
            return None, found.status in {Status.INFEASIBLE, Status.OPTIMAL}
        return np.round(found.values[self._columns]), False

    def _add_known(self) -> None:
        """Add the rows that have been found since."""
        pool = self._pool
        for line, least in zip(pool.rows[self._known :], pool.least[self._known :], strict=True):
            terms = [(self._vars[i], float(line[i])) for i in np.flatnonzero(line)]
            self._compiled.add_row(terms, float(least), np.inf)
        self._known = len(pool.least)

    def _enlarged(self, places: list[int], until: float, is_over: IsOver) -> None:
        """Make links larger until all can be routed, or that is too dear."""
        values = np.asarray(self._best.values)
        most = self._sizes.cost(self._sizes.places(self._lighter.modules(values)))
        for _ in range(REPAIRS):
            known = len(self._pool.least)
            if not self._cover(places, most * (1 + DEARER)) or is_over():
                return
            found = self._lighter.routed(places, until, is_over)
            if found is not None or len(self._pool.least) == known or time.monotonic() > until:
                return

    def _cover(self, places: list[int], most: float) -> bool:
        """Make links larger until they keep all rows; return whether they cost so much at most."""
        pool, cost = self._pool, self._sizes.cost(places)
        short = pool.least - pool.rows @ self._sizes.modules(places)
        while cost <= most:
            bad = np.flatnonzero(short > VIOLATION)
            if not len(bad):
                return True
            worth = [self._worth(e, place, bad, short[bad]) for e, place in enumerate(places)]
            e = int(np.argmax(worth))
            step = self._sizes.step(e, places[e])
            if worth[e] <= 0 or step is None:
                return False
            places[e] += 1
            cost += step[0]
            short = short - pool.rows[:, self._sizes.columns[e]] @ step[1]
        return False

    def _worth(self, e: int, place: int, bad: NDArray[np.int64], short: Array) -> float:
        """Return how much of violated rows the next larger size of a link mends for its price."""
        step = self._sizes.step(e, place)
        if step is None:
            return 0.0
        mended = np.minimum(self._pool.rows[bad, self._sizes.columns[e]] @ step[1], short)
        price = max(step[0], VIOLATION)
        return float(mended.sum()) / price * self._rng.uniform(1.0 - NOISE, 1.0)

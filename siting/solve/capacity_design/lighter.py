"""Lighter designs: one link at a time given its next smaller capacity, if all traffic still fits.

Whether it fits is a linear problem in the flows alone, solved again from the last basis. What
was not routable once excludes other sizes without a linear problem (:mod:`unroutable`). When no
link can be made smaller, one is made smaller all the same: the relaxation says which others must
grow, what it says is rounded up, and the design is made lighter again.
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
from siting.solve.capacity_design.neighborhoods import nearest_links
from siting.solve.capacity_design.sizes import Sizes
from siting.solve.capacity_design.unroutable import Unroutable
from siting.solve.highs import CompiledModel, Status

if TYPE_CHECKING:
    import pyomo.environ as pyo

TRIAL_S = 5.0
"""Longest trial; one that takes longer counts as one that does not fit."""
NOISE = 0.5
"""The order in which links are tried varies by that share."""
NEAR, ANYWHERE, NEAR_SHARE = 8, 6, 0.4
"""Links of an exchange that are near to each other, or anywhere, and how often the former."""
DEARER = 0.002
"""A walk goes on from designs that are dearer than the best by that share."""
SHIFT = 0.1
"""Part of a size that counts as moved at least."""

Array = NDArray[np.float64]


class Lighter:
    """Makes designs of one network lighter."""

    def __init__(  # what one search is about
        self,
        design: CapacityDesign,
        model: pyo.ConcreteModel,
        compiled: CompiledModel,
        rounder: Rounder,
        best: Best,
        rng: random.Random,
    ) -> None:
        """Index the blocks of each link; links bought by the unit have no next smaller size."""
        self._design, self._best = design, best
        self._compiled, self._rounder = compiled, rounder
        self._frontiers, self._rng = rounder.frontiers, rng
        self._blocks = [
            [model.modules[e, i] for i in range(len(menu.blocks))]
            for e, menu in enumerate(model.menus)
        ]
        self._most = [[float(var.ub) for var in blocks] for blocks in self._blocks]
        self.sizes = Sizes(design, model, rounder.frontiers)
        fixed = compiled.positions(self._blocks[e][i] for e, i in self.sizes.keys)
        self.unroutable = Unroutable(compiled, fixed.astype(np.int32))

    def descend(self, values: Array, until: float, is_over: IsOver) -> Array:
        """Return a design that no link can be one size smaller; the best one hears of each step."""
        try:
            return self._descend(values, until, is_over)
        finally:
            self._release()

    def modules(self, values: Array) -> Array:
        """Return the modules of a design, as far as its flow needs them."""
        return self.sizes.modules(self._rounder.places(values))

    def routed(self, places: list[int], until: float, is_over: IsOver) -> Array | None:
        """Return a design of some sizes, made lighter; None where they cannot be routed."""
        try:
            for e, place in enumerate(places):
                self._bound(e, place, is_fixed=True)
            modules = self.sizes.modules(places)
            design = None if self.unroutable.excludes(modules) else self._tried(modules)
            return None if design is None else self._descend(design, until, is_over)
        finally:
            self._release()

    def walk(self, until: float, is_over: IsOver) -> None:
        """Go from design to design, also to slightly dearer ones, from the best one on."""
        start = self._best.values
        if start is None:
            return
        now = self.descend(start, until, is_over)
        links = len(self._blocks)
        while time.monotonic() < until and not is_over():
            if self._rng.random() < NEAR_SHARE:
                node = self._rng.choice(self._design.nodes)
                group = sorted(nearest_links(self._design, node, min(NEAR, links)))
            else:
                group = self._rng.sample(range(links), min(ANYWHERE, links))
            smaller = {self._rng.choice(group)}
            found = self.exchange(now, smaller, set(group) - smaller, until, is_over)
            if found is None:
                continue
            cost = self._best.cost_of(found)
            if cost <= max(self._best.cost_of(now), self._best.cost * (1 + DEARER)):
                now = found
            elif self._best.cost < self._best.cost_of(now) * (1 - 2 * DEARER):
                now = self._best.values if self._best.values is not None else now

    def exchange(
        self, values: Array, smaller: set[int], freed: set[int], until: float, is_over: IsOver
    ) -> Array | None:
        """Return a design with some links smaller and others larger, made lighter.

        Args:
            values: a design.
            smaller: links that are one size smaller than it.
            freed: links that may be any size; all others are as large or larger.
            until: when to stop, on the monotonic clock.
            is_over: whether to stop now.
        """
        places = self._rounder.places(values)
        try:
            for e, place in enumerate(places):
                self._bound(e, 0 if e in freed else place, is_fixed=False)
            for e in smaller:
                self._bound(e, max(places[e] - 1, 0), is_fixed=True)
            found = self._compiled.run(time_limit_s=TRIAL_S, relaxed=True)
            if found.status is not Status.OPTIMAL or found.values is None:
                return None
            design = self._rounder.rounded(found.values)
            return None if design is None else self._descend(design, until, is_over)
        finally:
            self._release()

    def _descend(self, values: Array, until: float, is_over: IsOver) -> Array:
        self._best.take(values)
        places = self._rounder.places(values)
        loads = self._rounder.loads(values)
        for e, place in enumerate(places):
            self._bound(e, place, is_fixed=True)
        stuck: set[int] = set()
        modules = self.sizes.modules(places)
        while time.monotonic() < until and not is_over():
            able = [e for e, place in enumerate(places) if place > 0 and e not in stuck]
            if not able:
                break
            e = max(able, key=lambda e: self._promise(e, places[e], float(loads[e])))
            smaller = self.sizes.changed(modules, e, places[e] - 1)
            if self.unroutable.excludes(smaller):
                stuck.add(e)
                continue
            self._bound(e, places[e] - 1, is_fixed=True)
            design = self._tried(smaller)
            if design is None:
                stuck.add(e)
                self._bound(e, places[e], is_fixed=True)
                continue
            values = design
            self._best.take(values)
            loads = self._rounder.loads(values)
            lighter = self._rounder.places(values)
            for other, place in enumerate(lighter):
                if place != places[other]:
                    self._bound(other, place, is_fixed=True)
            places = lighter
            modules = self.sizes.modules(places)
        return values

    def _tried(self, modules: Array) -> Array | None:
        """Return a design of the modules that are fixed; None where they cannot be routed."""
        found = self._compiled.run(time_limit_s=TRIAL_S, relaxed=True)
        if found.status is Status.INFEASIBLE:
            self.unroutable.learn(modules)
        if found.status is not Status.OPTIMAL or found.values is None:
            return None
        return self._rounder.rounded(found.values)

    def _promise(self, e: int, place: int, load: float) -> float:
        """Return what a link saves one size smaller, by how little must go elsewhere."""
        front = self._frontiers[e]
        saved = front.costs[place] - front.costs[place - 1]
        moved = max(load - front.capacities[place - 1], 0.0)
        step = front.capacities[place] - front.capacities[place - 1]
        return saved * self._rng.uniform(1.0 - NOISE, 1.0) / (SHIFT + moved / step)

    def _bound(self, e: int, place: int, *, is_fixed: bool) -> None:
        front = self._frontiers[e]
        if front.is_by_unit or not self._blocks[e]:
            return
        for var, least, most in zip(
            self._blocks[e], front.blocks[place], self._most[e], strict=True
        ):
            self._compiled.set_bounds(var, least, least if is_fixed else most)

    def _release(self) -> None:
        for blocks, most in zip(self._blocks, self._most, strict=True):
            for var, ub in zip(blocks, most, strict=True):
                self._compiled.set_bounds(var, 0.0, ub)

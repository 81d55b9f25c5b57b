"""Lighter designs: one link at a time given its next smaller capacity, if all traffic still fits.

Whether it fits is a linear problem in the flows alone, solved again from the last basis. What
was not routable once excludes other sizes without a linear problem (:mod:`unroutable`). When no
link can be made smaller, one is made smaller all the same: the relaxation says which others must
grow, what it says is rounded up, and the design is made lighter again. Where routing is quick
(:mod:`route_traffic`), a few links are made larger, and then others smaller, these last.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.instance.capacity_design import CapacityDesign
from siting.solve.capacity_design.arc_traffic import ArcTraffic
from siting.solve.capacity_design.beside import IsOver
from siting.solve.capacity_design.best import Best
from siting.solve.capacity_design.designs import Rounder
from siting.solve.capacity_design.neighborhoods import nearest_links
from siting.solve.capacity_design.route_traffic import RouteTraffic, has_route_traffic
from siting.solve.capacity_design.sizes import Sizes
from siting.solve.capacity_design.unroutable import Unroutable
from siting.solve.highs import CompiledModel

if TYPE_CHECKING:
    import pyomo.environ as pyo

NOISE = 0.5
"""The order in which links are tried varies by that share."""
NEAR, ANYWHERE, NEAR_SHARE = 8, 6, 0.4
"""Links of an exchange that are near to each other, or anywhere, and how often the former."""
DEARER = 0.002
"""A walk goes on from designs that are dearer than the best by that share."""
LARGER = 3
"""Links that are made larger at a time, at most, where routing is quick."""
IN_VAIN, FURTHER = 40, (0.002, 0.005, 0.01)
"""There a walk begins anew at the best design after so many steps in vain, and goes on from designs
that are dearer by one of these shares."""
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
        self._design, self._best, self._rounder = design, best, rounder
        self._frontiers, self._rng = rounder.frontiers, rng
        self.sizes = Sizes(design, model, rounder.frontiers)
        self.unroutable = Unroutable(len(self.sizes.keys))
        self._arcs: ArcTraffic | None = None
        self._traffic: RouteTraffic | ArcTraffic
        if has_route_traffic(design):
            self._traffic = RouteTraffic(design, model, compiled, self.unroutable)
        else:
            self._traffic = self._arcs = ArcTraffic(model, compiled, self.sizes, self.unroutable)

    @property
    def is_quick(self) -> bool:
        """Return whether routing is quick."""
        return self._arcs is None

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
        now, dearer, in_vain = self.descend(start, until, is_over), DEARER, 0
        while time.monotonic() < until and not is_over():
            known = self._best.cost
            if self._arcs is None:
                found = self._swapped(now, until, is_over)
            else:
                found = self._exchanged(self._arcs, now, until, is_over)
            in_vain = 0 if self._best.cost < known else in_vain + 1
            if in_vain >= IN_VAIN and self._arcs is None:
                now, dearer, in_vain = np.asarray(self._best.values), self._rng.choice(FURTHER), 0
            if found is None:
                continue
            cost = self._best.cost_of(found)
            if cost <= max(self._best.cost_of(now), self._best.cost * (1 + dearer)):
                now = found
            elif self._best.cost < self._best.cost_of(now) * (1 - 2 * dearer):
                now = self._best.values if self._best.values is not None else now

    def _group(self, share: float, most: int) -> list[int]:
        """Return links that are near to each other, that often, or else so many anywhere."""
        links = len(self._frontiers)
        if self._rng.random() < share:
            node = self._rng.choice(self._design.nodes)
            return sorted(nearest_links(self._design, node, min(NEAR, links)))
        return self._rng.sample(range(links), min(most, links))

    def _swapped(self, values: Array, until: float, is_over: IsOver) -> Array | None:
        """Return a design with a few links larger, and then others smaller; None if none can be."""
        places = self._rounder.places(values)
        able = {e for e, x in enumerate(places) if x + 1 < len(self._frontiers[e].costs)}
        group = [e for e in self._group(NEAR_SHARE, len(places)) if e in able]
        count = min(self._rng.randint(1, LARGER), len(group))
        larger = {e: places[e] + 1 for e in self._rng.sample(group, count)}
        try:
            found = self._descend(values, until, is_over, larger)
            return None if found is values else self._descend(found, until, is_over)
        finally:
            self._release()

    def _exchanged(
        self, arcs: ArcTraffic, values: Array, until: float, is_over: IsOver
    ) -> Array | None:
        """Return a design with a link of some smaller, others of these of any size, made lighter.

        All other links are as large or larger.
        """
        group = self._group(NEAR_SHARE, ANYWHERE)
        smaller, places = self._rng.choice(group), self._rounder.places(values)
        try:
            for e, place in enumerate(places):
                self._bound(e, 0 if e in group else place, is_fixed=False)
            self._bound(smaller, max(places[smaller] - 1, 0), is_fixed=True)
            found = arcs.routed()
            design = None if found is None else self._rounder.rounded(found)
            return None if design is None else self._descend(design, until, is_over)
        finally:
            self._release()

    def _descend(
        self,
        values: Array,
        until: float,
        is_over: IsOver,
        larger: dict[int, int] | None = None,
    ) -> Array:
        """Make links smaller; those that are ``larger`` than they need be stay so."""
        self._best.take(values)
        kept = larger or {}
        places = self._places(values, kept)
        loads = self._rounder.loads(values)
        for e, place in enumerate(places):
            self._bound(e, place, is_fixed=True)
        stuck = set(kept)
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
            lighter = self._places(values, kept)
            for other, place in enumerate(lighter):
                if place != places[other]:
                    self._bound(other, place, is_fixed=True)
            places = lighter
            modules = self.sizes.modules(places)
        return values

    def _places(self, values: Array, larger: dict[int, int]) -> list[int]:
        """Return the sizes that a design needs, some of them larger."""
        places = self._rounder.places(values)
        return [max(place, larger.get(e, 0)) for e, place in enumerate(places)]

    def _tried(self, modules: Array) -> Array | None:
        """Return a design of the modules that are fixed; None where they cannot be routed."""
        found = self._traffic.routed(modules)
        return None if found is None else self._rounder.rounded(found)

    def _promise(self, e: int, place: int, load: float) -> float:
        """Return what a link saves one size smaller, by how little must go elsewhere."""
        front = self._frontiers[e]
        saved = front.costs[place] - front.costs[place - 1]
        moved = max(load - front.capacities[place - 1], 0.0)
        step = front.capacities[place] - front.capacities[place - 1]
        return saved * self._rng.uniform(1.0 - NOISE, 1.0) / (SHIFT + moved / step)

    def _bound(self, e: int, place: int, *, is_fixed: bool) -> None:
        front = self._frontiers[e]
        if self._arcs is not None and self.sizes.has_sizes(e):
            self._arcs.hold(e, front.blocks[place], is_fixed=is_fixed)

    def _release(self) -> None:
        if self._arcs is not None:
            self._arcs.release()

"""What is done beside branch and bound: links freed, designs made lighter, a tree, parts."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from siting.instance.capacity_design import CapacityDesign
from siting.solve.capacity_design.beside import IsOver
from siting.solve.capacity_design.best import Best
from siting.solve.capacity_design.designs import Rounder
from siting.solve.capacity_design.freed_links import FreedLinks
from siting.solve.capacity_design.lighter import Lighter
from siting.solve.capacity_design.neighborhoods import improve_parts
from siting.solve.capacity_design.race import Race
from siting.solve.capacity_design.root import Root
from siting.solve.capacity_design.route_dives import RouteDives
from siting.solve.capacity_design.routing import Router
from siting.solve.capacity_design.trees import routes_survive
from siting.solve.highs import CompiledModel

if TYPE_CHECKING:
    import pyomo.environ as pyo

TRIAL_SHARES, PARTS_SHARE = (0.12, 0.1, 0.1), 0.06
"""Shares of the time for trials of the tree, and for parts."""

FREED_SHARE, WALK_SHARE = 0.12, 0.04
"""Shares of the time for links freed, and for the walk after each; the other way round where
routing is quick."""

ROUTES_SHARE, ROUTES_S = 0.5, 2.0
"""Where traffic does not split freely: share of the time for paths, and seconds of a piece."""
PATH_TRIALS, PATHS_SHARE, PATH_TRIAL_SHARE, MORE_PATHS_SHARE = 3, 0.08, 0.15, 0.26
"""There beside HiGHS: trials of the tree, shares of the time for paths before each and for each,
and for paths afterwards."""

WAIT_S = 0.05
"""Until there is a first design."""

PAIRS_IN_VAIN, PAIRS_SHARE, PAIRS_S = 4, 0.4, 0.3
"""Where traffic survives: pieces without gain that end paths, share of the time for them, and
seconds of a piece."""


class Search:
    """Looks for better designs of one network."""

    def __init__(  # what one solve is about
        self,
        design: CapacityDesign,
        model: pyo.ConcreteModel,
        compiled: CompiledModel,
        rounder: Rounder,
        best: Best,
        router: Router | None,
        root: Root,
        seed: int,
    ) -> None:
        """Prepare; ``compiled`` is the model with its routing, whose bounds come and go."""
        self._design, self._model, self._compiled = design, model, compiled
        self._best, self._router, self._seed = best, router, seed
        self._rounder = rounder
        self._race: Race | None = None
        rng = random.Random(seed)  # noqa: S311  # a seed, not a secret
        self._lighter = Lighter(design, model, compiled, rounder, best, rng)
        self._dives = None
        if routes_survive(root):
            self._dives = RouteDives(
                design, model, compiled, root, rounder, self._lighter, best, seed
            )
        self._freed = FreedLinks(design, root.modules_alone(), self._lighter, best, rng)

    def join(self, race: Race) -> None:
        """Have the tree tried from now on, beside HiGHS."""
        self._race = race

    def run(self, end: float, is_over: IsOver) -> None:
        """Search until a time, and have the tree tried in between once there is a race."""
        left_s = end - time.monotonic()

        def after(share: float) -> float:
            return min(time.monotonic() + share * left_s, end)

        def is_raced() -> bool:
            return is_over() or self._race is not None

        values = self._best.values
        if self._best.is_rounded and values is not None:
            self._lighter.descend(values, after(FREED_SHARE), is_over)
        while time.monotonic() < end and not is_raced():
            if self._best.values is None:
                time.sleep(WAIT_S)
            elif self._best.is_rounded:
                self.lighten_routes(after(PAIRS_SHARE), is_raced)
                self._improve_links(after, is_raced)
            else:
                self._reroute(after(ROUTES_SHARE), is_raced)
        if self._race is not None:
            self._beside(self._race, end, after, is_over)

    def _beside(
        self, race: Race, end: float, after: Callable[[float], float], is_over: IsOver
    ) -> None:
        """Search while HiGHS closes the model."""
        if not self._best.is_rounded:
            for _ in range(PATH_TRIALS):
                self._reroute(after(PATHS_SHARE), is_over)
                race.try_tree(after(PATH_TRIAL_SHARE), is_over)
            self._reroute(after(MORE_PATHS_SHARE), is_over)
            self._improve_parts(end, is_over)
            return
        race.try_tree(after(TRIAL_SHARES[0]), is_over)
        self.lighten_routes(after(PAIRS_SHARE), is_over)
        self._improve_links(after, is_over)
        self._improve_parts(after(PARTS_SHARE), is_over)
        race.try_tree(after(TRIAL_SHARES[1]), is_over)
        self._improve_links(after, is_over)
        race.try_tree(after(TRIAL_SHARES[2]), is_over)
        while time.monotonic() < end and not is_over():
            self.lighten_routes(after(PAIRS_SHARE), is_over)
            self._improve_links(after, is_over)

    def _lighten_hints(self, until: float, is_over: IsOver) -> None:
        """Make designs lighter that dives have found."""
        hints = self._best.hints
        while hints and time.monotonic() < until and not is_over():
            self._lighter.descend(hints.pop(), until, is_over)

    def _improve_links(self, after: Callable[[float], float], is_over: IsOver) -> None:
        """Free links for a while, and walk; before that, what dives have found."""
        self._lighten_hints(after(FREED_SHARE), is_over)
        if self._lighter.is_quick:
            if self._dives is not None:
                self._dives.improve(after(FREED_SHARE), is_over)
            self._lighter.walk(after(FREED_SHARE), is_over)
            self._free_links(after(WALK_SHARE), is_over)
        else:
            self._free_links(after(FREED_SHARE), is_over)
            self._lighter.walk(after(WALK_SHARE), is_over)

    def _free_links(self, until: float, is_over: IsOver) -> None:
        """Free links, where modules are all that costs anything."""
        if not any(link.routing_cost for link in self._design.links):
            self._freed.improve(until, is_over)

    def _improve_parts(self, until: float, is_over: IsOver) -> None:
        improve_parts(
            self._model, self._compiled, self._design, self._best, until, self._seed, is_over
        )

    def lighten_routes(self, until: float, is_over: IsOver) -> None:
        """Go on with pairs of paths, where traffic survives, and make what they buy lighter.

        Paths are dearer than the best design, whose traffic is split, and end below it all the
        same; no two times at the same design, as links are made smaller in another order.
        """
        self._lighten_hints(until, is_over)
        router, in_vain = self._router, 0
        if self._design.code.survivability == "N" and self._design.survival_fraction == 0:
            return
        while router is not None and time.monotonic() < until and not is_over():
            before = self._best.cost
            if math.isfinite(router.improve(min(until, time.monotonic() + PAIRS_S))):
                self._lighter.descend(self._rounder.of_routes(router), until, is_over)
            in_vain = 0 if self._best.cost < before else in_vain + 1
            if in_vain >= PAIRS_IN_VAIN:
                return

    def _reroute(self, until: float, is_over: IsOver) -> None:
        """Go on with whole demands on single paths or pairs of them, which any routing may take."""
        router = self._router
        while router is not None and time.monotonic() < until and not is_over():
            if math.isfinite(router.improve(min(until, time.monotonic() + ROUTES_S))):
                self._best.take(self._rounder.of_routes(router))

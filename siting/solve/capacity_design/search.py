"""What is done beside branch and bound: designs made lighter, a tree tried, parts solved."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from siting.instance.capacity_design import CapacityDesign
from siting.solve.capacity_design.beside import IsOver
from siting.solve.capacity_design.best import Best
from siting.solve.capacity_design.designs import Rounder
from siting.solve.capacity_design.lighter import Lighter
from siting.solve.capacity_design.neighborhoods import improve_parts
from siting.solve.capacity_design.race import Race
from siting.solve.highs import CompiledModel

if TYPE_CHECKING:
    import pyomo.environ as pyo

TRIAL_SHARE, WALK_SHARE, TREE_SHARE, PARTS_SHARE = 0.1, 0.35, 0.2, 0.15
"""Shares of the time: first trial of the tree, first walk, second trial, parts; then walks."""


class Search:
    """Looks for better designs of one network."""

    def __init__(  # what one solve is about
        self,
        design: CapacityDesign,
        model: pyo.ConcreteModel,
        compiled: CompiledModel,
        rounder: Rounder,
        best: Best,
        seed: int,
    ) -> None:
        """Prepare; ``compiled`` is the model with its routing, whose bounds come and go."""
        self._design, self._model, self._compiled = design, model, compiled
        self._best, self._seed = best, seed
        rng = random.Random(seed)  # noqa: S311  # a seed, not a secret
        self._lighter = Lighter(design, model, compiled, rounder, best, rng)

    def begin(self, until: float) -> None:
        """Make the best design lighter, link by link."""
        values = self._best.values
        if self._best.is_rounded and values is not None:
            self._lighter.descend(values, until, lambda: False)

    def run(self, left_s: float, race: Race, is_over: IsOver) -> None:
        """Search for so many seconds, and have the tree tried in between."""
        begin = time.monotonic()
        race.try_tree(begin + TRIAL_SHARE * left_s, is_over)
        if self._best.is_rounded:
            self._lighter.walk(time.monotonic() + WALK_SHARE * left_s, is_over)
            race.try_tree(time.monotonic() + TREE_SHARE * left_s, is_over)
        if self._design.code.routing != "C":
            return
        parts_s = (PARTS_SHARE if self._best.is_rounded else 1.0) * left_s
        until = min(time.monotonic() + parts_s, begin + left_s)
        improve_parts(
            self._model, self._compiled, self._design, self._best, until, self._seed, is_over
        )
        if self._best.is_rounded:
            self._lighter.walk(begin + left_s, is_over)

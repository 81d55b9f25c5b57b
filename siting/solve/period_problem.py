"""The problem of one period alone, for a bound of what its network costs a year."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING

from siting.formulation import build_network_model
from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.solve.highs import CompiledModel
from siting.solve.network_choice import NetworkChoice
from siting.solve.network_whole import completed, run_model
from siting.solve.series import contracted

if TYPE_CHECKING:
    import pyomo.environ as pyo

MILLION = 1e6


class PeriodProblem:
    """The problem of one period alone, for a bound of its yearly cost."""

    def __init__(self, alone: Instance, requirements: Requirements, seed: int) -> None:
        """Prepare; nothing is built yet.

        Args:
            alone: the instance of the period alone.
            requirements: what each link must carry.
            seed: random seed of the solver.
        """
        # Costs are those of the problem itself, and so is what routes carry: no need to expand.
        self._alone = contracted(alone).instance
        self._requirements, self._seed = requirements, seed

    @cached_property
    def _model(self) -> pyo.ConcreteModel:
        return build_network_model(self._alone, self._requirements, exact=False)

    @cached_property
    def _compiled(self) -> CompiledModel:
        return CompiledModel(self._model, seed=self._seed)

    def relax(self, time_limit_s: float) -> float:
        """Return the bound of the continuous relaxation, USD a year."""
        return self._compiled.run(time_limit_s=time_limit_s, relaxed=True).bound * MILLION

    def bound(self, time_limit_s: float, relative_gap: float, known: NetworkChoice | None) -> float:
        """Return the bound of the integer problem, USD a year.

        Args:
            time_limit_s: wall time, s.
            relative_gap: stop at this gap.
            known: a network to start from; without one a good one is looked for.
        """
        start = None
        if known is not None:
            start = completed(self._model, self._compiled, known, time.monotonic() + time_limit_s)
        if start is None:
            outcome = run_model(self._model, self._compiled, time_limit_s, relative_gap)
        else:
            outcome = self._compiled.run(
                time_limit_s=time_limit_s, relative_gap=relative_gap, start=start.values
            )
        return outcome.bound * MILLION

    def bound_to(self, enough_usd: float, time_limit_s: float) -> float:
        """Return a bound of the integer problem, at most so much: dearer ones are not looked for.

        Args:
            enough_usd: no more is asked of the bound.
            time_limit_s: wall time, s, the model included.
        """
        stop = time.monotonic() + time_limit_s
        compiled = self._compiled
        left_s = stop - time.monotonic()
        found = compiled.run(time_limit_s=left_s, to_bound=True, enough=enough_usd / MILLION)
        return min(found.bound * MILLION, enough_usd)

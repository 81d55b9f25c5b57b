"""What explanations are about: a solution with its instance, and the time there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from siting.instance import Instance
from siting.solve.configurations import Configuration
from siting.solve.monolithic import Solution
from siting.solve.network_choice import NetworkChoice
from siting.solve.siting_choice import SitingChoice
from siting.solve.why.clock import Clock
from siting.solve.why.sites_problem import (
    NOT_KNOWN,
    SITES_ALONE,
    WHOLE_PROBLEM,
    Change,
    Found,
    SitesProblem,
    is_whole,
)

BASE_SHARE = 0.3
"""Share of the time left for the problem of sites as it is."""

Asked = Callable[[SitesProblem], Change]
"""Gives the columns that a change sets, in the problem that is solved again with it."""


@dataclass(slots=True, kw_only=True)
class Case:
    """A plan to explain."""

    instance: Instance
    """Presolved."""
    solution: Solution
    siting: SitingChoice
    network: NetworkChoice
    objective_usd: float
    network_cost_usd: float
    clock: Clock
    seed: int
    _problem: SitesProblem | None = field(default=None, init=False)

    @property
    def bounds(self) -> Mapping[Configuration, float]:
        """What the decomposition proved, USD; empty when another method found the plan."""
        return self.solution.configuration_bounds_usd

    @property
    def labels(self) -> list[str]:
        """Labels of the periods."""
        return [period.label for period in self.instance.periods]

    @property
    def is_whole(self) -> bool:
        """Whether the whole problem is solved for every question."""
        return is_whole(self.instance)

    @property
    def words(self) -> str:
        """For which problem amounts of sites and modes hold."""
        return WHOLE_PROBLEM if self.is_whole else SITES_ALONE

    def more(self, asked: Asked, parts: int) -> Found:
        """Return what a change costs more, in one of so many parts of the time left."""
        if self.clock.share_s(1) is None:
            return NOT_KNOWN
        if self._problem is None:
            self._problem = SitesProblem(
                self.instance,
                self.solution,
                time_limit_s=BASE_SHARE * self.clock.left_s(),
                seed=self.seed,
            )
        time_s = self.clock.share_s(parts)
        if time_s is None:
            return NOT_KNOWN
        return self._problem.more(asked(self._problem), time_limit_s=time_s)

"""What explanations are about: a solution with its instance, and the time there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from siting.instance import Instance
from siting.solve.configurations import Configuration
from siting.solve.network_choice import NetworkChoice
from siting.solve.siting_choice import SitingChoice
from siting.solve.why.clock import Clock
from siting.solve.why.sites_problem import NOT_KNOWN, Change, Found, SitesProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A plan to explain."""

    instance: Instance
    """Presolved."""
    siting: SitingChoice
    network: NetworkChoice
    problem: SitesProblem
    bounds: Mapping[Configuration, float]
    """Proven by the decomposition, USD; empty when another method found the plan."""
    objective_usd: float
    network_cost_usd: float
    clock: Clock
    seed: int

    @property
    def labels(self) -> list[str]:
        """Labels of the periods."""
        return [period.label for period in self.instance.periods]

    def more(self, change: Change, parts: int) -> Found:
        """Return what a change costs more, in one of so many parts of the time left."""
        if not change:
            return NOT_KNOWN
        time_s = self.clock.share_s(parts)
        return NOT_KNOWN if time_s is None else self.problem.more(change, time_limit_s=time_s)

"""Where a decomposition stands: the incumbent, and the cuts that all configurations share."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from siting.solve.branches import Branch
from siting.solve.closer import Beside
from siting.solve.configurations import Configuration
from siting.solve.demand_limits import DemandLimit
from siting.solve.link_bounds import CapacityShare
from siting.solve.mode_cuts import ModeCut
from siting.solve.network_whole import NetworkOutcome
from siting.solve.no_goods import NoGood
from siting.solve.parts import FAR
from siting.solve.pin_cuts import PinCut
from siting.solve.result import Progress
from siting.solve.set_cuts import Link, SetCut
from siting.solve.siting_choice import SitingChoice
from siting.solve.starting import Start

Within = frozenset[tuple[Link, float]]
"""Links, each with the RTT limit within which it is required, ms."""
WAITING_MARGIN = 0.002
"""Sitings this much above the best one found wait."""
NEARLY = 1.5
"""A configuration within so many gaps of the incumbent may be closed by its better network."""
WELL_ABOVE = 0.01
"""A configuration this much above the least one is screened no further for now."""


@dataclass(slots=True)
class State:
    """Incumbent and cuts of a run."""

    objective_usd: float = math.inf
    siting: SitingChoice | None = None
    network: NetworkOutcome | None = None
    found_in: str = ""
    """The configuration of the incumbent, by name."""
    is_begun_again: bool = False
    """It is that of a search before this one."""
    in_parts: frozenset[str] = frozenset()
    """Configurations that a search ended with in parts, by name: so the next one begins."""
    has_looked: bool = False
    """The configuration of the first plan was searched for a better one."""
    best_siting_usd: float = math.inf
    """Least cost of a siting that a master found, its network underestimated."""
    wide_cuts: list[SetCut] = field(default_factory=list)
    """Over every route of the map."""
    cuts: list[SetCut] = field(default_factory=list)
    forbidden: list[NoGood] = field(default_factory=list)
    limits: list[DemandLimit] = field(default_factory=list)
    pin_cuts: list[PinCut] = field(default_factory=list)
    mode_cuts: list[ModeCut] = field(default_factory=list)
    prices: dict[tuple[Configuration, Within, bool], dict[Link, CapacityShare]] = field(
        default_factory=dict
    )
    """C1 rows, by the family that they hold for, the link set that they are split over, within
    which RTT limits, and whether the shares are the best."""

    def begun_again(self) -> State:
        """Return a state with the incumbent, of which no cut is known."""
        return State(
            self.objective_usd,
            self.siting,
            self.network,
            self.found_in,
            is_begun_again=True,
            in_parts=self.in_parts,
        )

    def cutoff_usd(self, relative_gap: float) -> float:
        """Return the bound at which a configuration cannot improve the incumbent by the gap."""
        if math.isinf(self.objective_usd):
            return math.inf
        return self.objective_usd - relative_gap * abs(self.objective_usd)

    def cutoff_of(self, branch: Branch, relative_gap: float) -> float:
        """Return the cost above which sitings of a configuration are of no interest yet.

        Sitings a little above the best one found wait: a bound comes much faster so.
        """
        proven = self.cutoff_usd(relative_gap)
        waiting = self.best_siting_usd * (1 + WAITING_MARGIN)
        return min(proven, waiting) if branch.bound_usd < waiting else proven

    def closes(self, branch: Branch, relative_gap: float) -> bool:
        """Return whether a configuration cannot improve the incumbent by more than the gap."""
        return branch.bound_usd >= self.cutoff_usd(relative_gap)

    def take_better(self, beside: Beside, *, waits: bool) -> bool:
        """Take the network found beside for the incumbent; return whether it is better."""
        usd = beside.objective_usd(self.siting, wait=waits)
        is_better = usd < self.objective_usd
        self.objective_usd = min(usd, self.objective_usd)
        return is_better

    def is_better_beside(self, branch: Branch, relative_gap: float, beside: Beside) -> bool:
        """Wait for the network of the incumbent where a better one may close a configuration.

        Returns:
            Whether it is better.
        """
        is_near = branch.bound_usd >= self.cutoff_usd(NEARLY * relative_gap)
        return is_near and self.take_better(beside, waits=True)

    def is_far(self, branch: Branch, gap: float) -> bool:
        """Return whether a plan is known, and a configuration may hold one this much cheaper."""
        return math.isfinite(self.objective_usd) and not self.closes(branch, gap)

    def standing(self, branch: Branch) -> tuple[object, ...]:
        """Return what a step can change; equal before and after means that it changed nothing."""
        learnt = (self.wide_cuts, self.cuts, self.forbidden, self.limits, self.prices)
        counts = tuple(len(known) for known in (*learnt, self.pin_cuts, self.mode_cuts))
        standing = branch.bound_usd, self.objective_usd, counts, branch.siting is not None
        return *standing, branch.narrowed, branch.times_out

    def progress(self, branches: list[Branch], elapsed_s: float, message: str) -> Progress:
        """Return where a run stands."""
        return Progress(
            elapsed_s=elapsed_s,
            phase="siting and network",
            objective_usd=self.objective_usd,
            bound_usd=min(b.bound_usd for b in branches),
            message=message,
        )

    def first_of(
        self, branches: list[Branch], relative_gap: float, *, looks: bool
    ) -> Branch | None:
        """Return the configuration to go on with: the least bound, but first of all a plan.

        With the bound of its family alone it is screened first, and may then not be the least.

        Args:
            branches: those to choose from.
            relative_gap: gap within which a configuration is closed.
            looks: that of the first plan, unless far from closed, is searched in parts first: a
                better plan closes the others sooner.

        Returns:
            The configuration; None when all are closed.
        """
        if looks and not self.has_looked and self.siting is not None:
            self.has_looked = True
            for branch in branches:
                is_near = not self.is_far(branch, relative_gap + FAR)
                if branch.configuration.name == self.found_in and is_near:
                    branch.is_split = True
                    return branch
        for branch in branches:
            if branch.siting is not None and branch.is_promising:
                return branch
        left = [b for b in branches if not self.closes(b, relative_gap)]
        if math.isinf(self.objective_usd):
            left = [b for b in left if b.siting is not None] or left
        while left:
            branch = min(left, key=lambda b: (b.bound_usd, b.configuration.name))
            least_usd = min((b.bound_usd for b in left if b.screen is None), default=math.inf)
            enough_usd = min(self.cutoff_usd(relative_gap), (1 + WELL_ABOVE) * least_usd)
            if not branch.screened(enough_usd):
                return branch
            if self.closes(branch, relative_gap):
                left.remove(branch)
        return None

    @classmethod
    def of(cls, start: Start | None) -> State:
        """Return the state before the first step, with the incumbent of an earlier plan if any."""
        if start is None or start.siting is None:
            return cls()
        network = NetworkOutcome(start.network, start.network_usd, 0.0)
        return cls(start.objective_usd, start.siting, network)

"""What a decomposition knows: each configuration with its master and bound, and the incumbent."""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from siting.formulation.admissibility import Admissibility
from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.instance.records import Caps
from siting.solve.all_routes.admissible import WideAdmissibility
from siting.solve.all_routes.prices import WidePrices
from siting.solve.all_routes.wide import wide_graph
from siting.solve.configurations import Configuration, configurations
from siting.solve.demand_limits import DemandLimit
from siting.solve.link_bounds import CapacityShare
from siting.solve.link_prices import LinkPrices
from siting.solve.make_masters import Masters, Prices
from siting.solve.master import Master
from siting.solve.mode_cuts import ModeCut
from siting.solve.network_whole import NetworkOutcome
from siting.solve.no_goods import NoGood
from siting.solve.pin_cuts import PinCut
from siting.solve.result import Progress
from siting.solve.screening import Screening
from siting.solve.set_cuts import Link, SetCut
from siting.solve.siting_choice import SitingChoice
from siting.solve.starting import Start

SHARPENINGS = 12
"""Rounds of prices for the relaxation of a master, at most."""
SHORT, LEAST_USD = 1e-3, 1.0
"""Share, and amount, by which a network is paid too little for a price to be worth its row."""


@dataclass(slots=True)
class Branch:
    """A configuration with what is known of it."""

    configuration: Configuration
    make: Callable[[], tuple[Master, Prices]]
    bound_usd: float
    screen: Callable[[], float] | None = None
    """Gives a bound of its own, once; until then the configuration has that of its family."""
    made: tuple[Master, Prices] | None = None
    all_routes_usd: float = -math.inf
    """Its bound over every route of the map."""
    narrowed: bool = True
    """Takes the cuts that hold over the candidate routes alone; where these are not all, at first
    not."""
    cuts_seen: int = 0
    forbidden_seen: int = 0
    limits_seen: int = 0
    prices_seen: int = 0
    wide_cuts_seen: int = 0
    pin_cuts_seen: int = 0
    mode_cuts_seen: int = 0
    priced: bool = False
    """The master has the prices of links with shared assets split evenly."""
    siting: SitingChoice | None = None
    """Siting of the last master, waiting for its network."""
    designed: list[tuple[Requirements, Caps]] = field(default_factory=list)
    """Requirements, with what was left of the caps, whose network was designed."""

    @property
    def master(self) -> Master:
        """The master; built when the configuration is first of interest."""
        return self._built()[0]

    @property
    def family(self) -> Configuration:
        """What configurations with the same modes have in common."""
        return self.configuration.with_every_hub()

    def prices(
        self, links: frozenset[Link], demands_gbps: Mapping[Link, float]
    ) -> dict[Link, CapacityShare]:
        """Return link prices with shared assets split over the links of a set."""
        return self._built()[1].of_set(links, demands_gbps)

    def best_prices(
        self, links: frozenset[Link], demands_gbps: Mapping[Link, float], time_limit_s: float
    ) -> dict[Link, CapacityShare] | None:
        """Return the prices of a set that bound its cost best; None where none are looked for."""
        return self._built()[1].generated(links, demands_gbps, time.monotonic() + time_limit_s)

    def raise_bound(self, bound_usd: float) -> None:
        """Take a bound of the master as it is now."""
        self.bound_usd = max(self.bound_usd, bound_usd)
        if not self.seen_narrow:
            self.all_routes_usd = max(self.all_routes_usd, bound_usd)

    def is_behind(self, state: State) -> bool:
        """Return whether its master lacks cuts that hold over the candidate routes."""
        narrow = (state.cuts, state.forbidden, state.limits, state.pin_cuts, state.mode_cuts)
        return self.seen_narrow < sum(len(known) for known in narrow)

    @property
    def seen_narrow(self) -> int:
        """Return how many cuts over the candidate routes alone the master has."""
        cuts = self.cuts_seen + self.forbidden_seen + self.limits_seen
        return cuts + self.pin_cuts_seen + self.mode_cuts_seen

    def _built(self) -> tuple[Master, Prices]:
        if self.made is None:
            self.made = self.make()
        return self.made

    def screened(self) -> bool:
        """Get a bound of its own; return whether that is new."""
        if self.screen is None:
            return False
        bound, self.screen = self.screen(), None
        self.bound_usd = max(self.bound_usd, bound)
        self.all_routes_usd = max(self.all_routes_usd, bound)
        return True

    def price_evenly(self) -> None:
        """Add the link prices with shared assets split over all links, once."""
        prices = self._built()[1]
        if not self.priced and isinstance(prices, LinkPrices):
            self.master.add_prices(prices.evenly())
        self.priced = True

    def sharpen(self, enough_usd: float) -> None:
        """Price links where the relaxation of the master requires them, while that raises it.

        Args:
            enough_usd: a bound that closes the configuration.
        """
        prices = self._built()[1]
        if not isinstance(prices, WidePrices) or not prices.has_flows:
            return
        for _ in range(SHARPENINGS):
            relaxed = self.master.relaxed()
            if relaxed is None:
                return
            self.raise_bound(relaxed.bound_usd)
            if relaxed.bound_usd >= enough_usd:
                return
            short = False
            for paid, required in zip(relaxed.network_usd, relaxed.required, strict=True):
                found = prices.of_flows(required)
                usd = sum(
                    found[link].fixed_usd * some for link, some in required.items() if link in found
                )
                if usd > paid * (1 + SHORT) + LEAST_USD:
                    short = True
                    self.master.add_prices(found)
            if not short:
                return

    def learn(self, state: State) -> None:
        """Add the cuts and limits found since the last time."""
        for (family, _, _), prices in list(state.prices.items())[self.prices_seen :]:
            if family == self.family:
                self.master.add_prices(prices)
        self.prices_seen = len(state.prices)
        for cut in state.wide_cuts[self.wide_cuts_seen :]:
            self.master.add(cut)
        self.wide_cuts_seen = len(state.wide_cuts)
        if self.narrowed:
            self._learn_narrow(state)

    def _learn_narrow(self, state: State) -> None:
        """Add what holds over the candidate routes."""
        for cut in state.cuts[self.cuts_seen :]:
            self.master.add(cut)
        self.cuts_seen = len(state.cuts)
        for no_good in state.forbidden[self.forbidden_seen :]:
            if no_good.links:
                self.master.forbid(no_good.links)
            self.master.forbid_modes(no_good.asked)
        self.forbidden_seen = len(state.forbidden)
        for limit in state.limits[self.limits_seen :]:
            self.master.limit_demand(limit)
        self.limits_seen = len(state.limits)
        for pin_cut in state.pin_cuts[self.pin_cuts_seen :]:
            self.master.add_pins(pin_cut)
        self.pin_cuts_seen = len(state.pin_cuts)
        for mode_cut in state.mode_cuts[self.mode_cuts_seen :]:
            self.master.add_modes(mode_cut)
        self.mode_cuts_seen = len(state.mode_cuts)


@dataclass(slots=True)
class State:
    """Incumbent and cuts of a run."""

    objective_usd: float = math.inf
    siting: SitingChoice | None = None
    network: NetworkOutcome | None = None
    found_in: str = ""
    """The configuration of the incumbent, by name."""
    wide_cuts: list[SetCut] = field(default_factory=list)
    """Over every route of the map."""
    cuts: list[SetCut] = field(default_factory=list)
    forbidden: list[NoGood] = field(default_factory=list)
    limits: list[DemandLimit] = field(default_factory=list)
    pin_cuts: list[PinCut] = field(default_factory=list)
    mode_cuts: list[ModeCut] = field(default_factory=list)
    prices: dict[tuple[Configuration, frozenset[Link], bool], dict[Link, CapacityShare]] = field(
        default_factory=dict
    )
    """C1 rows, by the family that they hold for, the link set that they are split over, and whether
    the shares are the best."""

    def closes(self, branch: Branch, relative_gap: float) -> bool:
        """Return whether a configuration cannot improve the incumbent by more than the gap."""
        limit = self.objective_usd - relative_gap * abs(self.objective_usd)
        return branch.bound_usd >= limit if math.isfinite(limit) else math.isinf(branch.bound_usd)

    def is_far(self, branch: Branch, gap: float) -> bool:
        """Return whether a plan is known, and a configuration may hold one this much cheaper."""
        return math.isfinite(self.objective_usd) and not self.closes(branch, gap)

    def standing(self, branch: Branch) -> tuple[object, ...]:
        """Return what a step can change; equal before and after means that it changed nothing."""
        learnt = (self.wide_cuts, self.cuts, self.forbidden, self.limits, self.prices)
        counts = tuple(len(known) for known in (*learnt, self.pin_cuts, self.mode_cuts))
        standing = branch.bound_usd, self.objective_usd, counts, branch.siting is not None
        return *standing, branch.narrowed

    def progress(self, branches: list[Branch], elapsed_s: float, message: str) -> Progress:
        """Return where a run stands."""
        return Progress(
            elapsed_s=elapsed_s,
            phase="siting and network",
            objective_usd=self.objective_usd,
            bound_usd=min(b.bound_usd for b in branches),
            message=message,
        )

    def first_of(self, branches: list[Branch], relative_gap: float) -> Branch | None:
        """Return the configuration to go on with: the least bound, but first of all a plan.

        With the bound of its family alone it is screened first, and may then not be the least.

        Args:
            branches: those to choose from.
            relative_gap: gap within which a configuration is closed.

        Returns:
            The configuration; None when all are closed.
        """
        left = [b for b in branches if not self.closes(b, relative_gap)]
        if math.isinf(self.objective_usd):
            left = [b for b in left if b.siting is not None] or left
        while left:
            branch = min(left, key=lambda b: (b.bound_usd, b.configuration.name))
            if not branch.screened():
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


def make_branches(instance: Instance, *, seed: int) -> list[Branch]:
    """Return every configuration with the bound of its family; its own comes when asked for."""
    graph = wide_graph(instance)
    admissible = Admissibility(instance) if graph is None else WideAdmissibility(instance, graph)
    screening = Screening(instance, admissible, seed=seed)
    masters = Masters(instance, admissible, seed)
    return [
        Branch(
            item,
            functools.partial(masters.make, item),
            screening.family_usd(item),
            functools.partial(screening.bound_usd, item),
            all_routes_usd=screening.family_usd(item),
            narrowed=graph is None,
            priced=graph is not None,
        )
        for item in configurations(instance)
    ]


def all_routes_bound_usd(instance: Instance, branches: list[Branch]) -> float:
    """Return the bound over every route of the map; none where masters hold candidates alone.

    So they do with pins, and on very large maps.
    """
    if instance.pins.given or (instance.graph is not None and wide_graph(instance) is None):
        return -math.inf
    return min((b.all_routes_usd for b in branches), default=-math.inf)

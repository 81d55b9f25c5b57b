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
from siting.solve.all_routes.priced_links import Made
from siting.solve.all_routes.prices import WidePrices
from siting.solve.all_routes.static_costs import StaticCosts
from siting.solve.all_routes.wide import wide_graph
from siting.solve.configurations import Configuration, configurations, most_links
from siting.solve.demand_limits import DemandLimit
from siting.solve.link_bounds import CapacityShare, capacity_share_usd, link_share_usd
from siting.solve.link_prices import LinkPrices, required_links
from siting.solve.master import Master
from siting.solve.mode_cuts import ModeCut
from siting.solve.network_whole import NetworkOutcome
from siting.solve.no_goods import NoGood
from siting.solve.pin_cuts import PinCut
from siting.solve.result import Progress
from siting.solve.screening import Screening
from siting.solve.set_cuts import Link, SetCut, protection
from siting.solve.siting_choice import SitingChoice
from siting.solve.starting import Start

Prices = LinkPrices | WidePrices


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

    def learn(self, state: State) -> None:
        """Add the cuts and limits found since the last time."""
        for (family, _, _), prices in list(state.prices.items())[self.prices_seen :]:
            if family == self.family:
                self.master.add_prices(prices)
        self.prices_seen = len(state.prices)
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

    def standing(self, branch: Branch) -> tuple[object, ...]:
        """Return what a step can change; equal before and after means that it changed nothing."""
        learnt = (self.cuts, self.forbidden, self.limits, self.prices)
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
    masters = _Masters(instance, admissible, seed)
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


class _Masters:
    """Makes the masters of configurations."""

    def __init__(self, instance: Instance, admissible: Admissibility, seed: int) -> None:
        self._instance, self._admissible, self._seed = instance, admissible, seed
        self._prices: dict[int, _Prices] = {}
        self._made: Made = {}
        graph = wide_graph(instance)
        self._static = None if graph is None else StaticCosts(graph, len(instance.periods))

    def make(self, configuration: Configuration) -> tuple[Master, Prices]:
        part = configuration.apply(self._instance)
        # No more links are required at once than the roles allow.
        sharers = max(sum(most_links(job) for job in part.workloads.values()), 1)
        links = required_links(part, self._admissible)
        if self._static is not None:
            prices = WidePrices(part, self._static, links, sharers, self._made)
            rows = prices.evenly()
            return Master(part, {}, self._admissible, seed=self._seed, capacity=rows), prices
        if sharers not in self._prices:
            self._prices[sharers] = _Prices.of(self._instance, sharers)
        known = self._prices[sharers]
        master = Master(
            part,
            known.shares_usd,
            self._admissible,
            seed=self._seed,
            capacity=known.capacity,
            protected_usd=known.protected_usd,
        )
        return master, LinkPrices(part, links, sharers, seed=self._seed)


@dataclass(frozen=True, slots=True)
class _Prices:
    """What required links are sure to cause, USD a year, when so many may be required at once."""

    shares_usd: dict[Link, float]
    protected_usd: dict[Link, float] | None
    """What a link adds when it must survive failures, where only some must."""
    capacity: list[dict[Link, CapacityShare]]

    @classmethod
    def of(cls, instance: Instance, sharers: int) -> _Prices:
        every, some = protection(instance)
        shares = link_share_usd(instance, sharers, protected=every)
        extra = None
        if some and not every:
            safe = link_share_usd(instance, sharers, protected=True)
            extra = {link: max(usd - shares[link], 0.0) for link, usd in safe.items()}
        levels = any(
            len({mode.bandwidth_level for mode in job.modes}) > 1
            for job in instance.workloads.values()
        )
        capacity = [
            capacity_share_usd(instance, sharers, protected=every, pairs_by_gbps=by_gbps)
            for by_gbps in ((False, True) if levels else ())
        ]
        return cls(shares, extra, capacity)

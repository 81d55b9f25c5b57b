"""The configurations of a decomposition, each with its master and its bound."""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from siting.formulation.admissibility import Admissibility
from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.instance.records import Caps
from siting.solve import allowances
from siting.solve.all_routes.admissible import WideAdmissibility
from siting.solve.all_routes.wide import wide_graph
from siting.solve.configurations import Configuration, configurations
from siting.solve.link_bounds import CapacityShare
from siting.solve.link_prices import LinkPrices
from siting.solve.make_masters import Masters, Prices
from siting.solve.master import Master
from siting.solve.parts import FAR, WHOLE_S
from siting.solve.screening import Screening
from siting.solve.set_cuts import Link
from siting.solve.siting_choice import SitingChoice

if TYPE_CHECKING:
    from siting.solve.state import State

HIGHER = 1e-4
"""Share of a bound by which prices raise it so far that another configuration may be the least."""


@dataclass(slots=True)
class Branch:
    """A configuration with what is known of it."""

    configuration: Configuration
    make: Callable[[], tuple[Master, Prices]]
    bound_usd: float
    screen: Callable[[float], float] | None = None
    """Gives a bound of its own, exact below the one given; until then the configuration has that of
    its family."""
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
    """The master has prices of links."""
    priced_alone: bool = False
    """And those of links alone, in whole numbers."""
    is_split: bool = False
    """Its master is too slow as a whole, and searched in parts."""
    times_out: int = 0
    """How often its master ran out of time."""
    siting: SitingChoice | None = None
    """Siting of the last master, waiting for its network."""
    is_promising: bool = False
    """That siting came early in a search in parts and costs less than the best plan: it may become
    a better one, which closes all configurations sooner."""
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
        self,
        links: frozenset[Link],
        demands_gbps: Mapping[Link, float],
        limits_ms: Mapping[Link, float],
    ) -> dict[Link, CapacityShare]:
        """Return link prices with shared assets split over the links of a set."""
        return self._built()[1].of_set(links, demands_gbps, limits_ms)

    @property
    def prices_know_limits(self) -> bool:
        """Return whether prices of links depend on the RTT limits within which they are asked."""
        return not isinstance(self._built()[1], LinkPrices)

    def best_prices(
        self,
        links: frozenset[Link],
        demands_gbps: Mapping[Link, float],
        limits_ms: Mapping[Link, float],
        time_limit_s: float,
    ) -> dict[Link, CapacityShare] | None:
        """Return the prices of a set that bound its cost best; None where none are looked for."""
        stop = time.monotonic() + time_limit_s
        return self._built()[1].generated(links, demands_gbps, limits_ms, stop)

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

    def out_of_time(self) -> int:
        """Search its master in parts from now on; return the rounds used.

        A search in parts goes on where it stopped; each time is a round of work.
        """
        rounds, self.is_split = int(self.is_split), True
        self.times_out += 1
        return rounds

    def screened(self, enough_usd: float = math.inf) -> bool:
        """Get a bound of its own; return whether that is new.

        Args:
            enough_usd: one this high need not be exact: it comes again when this is higher.
        """
        if self.screen is None:
            return False
        bound = self.screen(enough_usd)
        if bound < enough_usd or math.isinf(bound):
            self.screen = None
        self.bound_usd = max(self.bound_usd, bound)
        self.all_routes_usd = max(self.all_routes_usd, bound)
        return True

    def price_evenly(self) -> None:
        """Add the prices of links where all are required as much, once."""
        prices = self._built()[1]
        if not self.priced and isinstance(prices, LinkPrices):
            self.master.add_prices(prices.evenly())
        self.priced = True

    def turn_s(self, state: State, relative_gap: float, left_s: float) -> float:
        """Return the time for a search of its master in parts, of what is left, s."""
        is_far = self.is_split and state.is_far(self, relative_gap + FAR)
        most_s = allowances.FAR_PARTS_S if is_far else allowances.PARTS_TIME_S
        return min(most_s, max(left_s, 1.0))

    def _price_alone(self) -> None:
        """Add the prices of links alone, once, where links are priced."""
        prices = self._built()[1]
        if self.priced and not self.priced_alone and isinstance(prices, LinkPrices):
            self.master.add_prices(prices.alone())
            self.priced_alone = True

    def sharpened(self, state: State, relative_gap: float, time_s: float) -> bool:
        """Price links where the relaxation requires them; return whether that is enough for now.

        It is when no plan of the configuration matters any more, or another may have the least
        bound now. Near, links are priced in whole numbers, too. A master far from closed that would
        get less time as a whole than a search in parts gives it is searched so.

        Args:
            state: the best plan.
            relative_gap: gap within which a configuration is closed.
            time_s: time for its master as a whole.
        """
        before_usd = self.bound_usd
        if state.siting is not None and not state.is_far(self, relative_gap + FAR):
            self._price_alone()
        self.sharpen(state.cutoff_usd(relative_gap))
        is_higher = self.bound_usd > before_usd * (1 + HIGHER) and not self.is_split
        is_far = self.priced and state.is_far(self, relative_gap + FAR)
        self.is_split |= is_far and time_s < WHOLE_S
        return state.closes(self, relative_gap) or (state.siting is not None and is_higher)

    def sharpen(self, enough_usd: float) -> None:
        """Price links where the relaxation of the master requires them, while that raises it.

        Args:
            enough_usd: a bound that closes the configuration.
        """
        prices = self._built()[1]
        pays = self.priced if isinstance(prices, LinkPrices) else prices.has_flows
        if pays:
            if self.is_split and self.bound_usd < (1 - FAR) * enough_usd:
                self.master.count_links_once()
            self.raise_bound(self.master.sharpen(prices.of_flows, enough_usd))

    def learn(self, state: State) -> None:
        """Add the cuts and limits found since the last time."""
        for (family, within, _), prices in list(state.prices.items())[self.prices_seen :]:
            links = frozenset(link for link, _ in within)
            if family == self.family and self.configuration.may_share(links):
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

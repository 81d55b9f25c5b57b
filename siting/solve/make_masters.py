"""Masters of configurations, each with what prices its links."""

from __future__ import annotations

from dataclasses import dataclass

from siting.formulation.admissibility import Admissibility
from siting.instance import Instance
from siting.solve.all_routes.priced_links import Made
from siting.solve.all_routes.prices import WidePrices
from siting.solve.all_routes.static_costs import StaticCosts
from siting.solve.all_routes.wide import wide_graph
from siting.solve.configurations import Configuration, most_links
from siting.solve.demand_cuts import DemandCuts
from siting.solve.link_bounds import CapacityShare, capacity_share_usd, link_share_usd
from siting.solve.link_prices import LinkPrices, required_links
from siting.solve.master import Master
from siting.solve.set_cuts import Link, protection

Prices = LinkPrices | WidePrices


class Masters:
    """Makes the masters of configurations."""

    def __init__(self, instance: Instance, admissible: Admissibility, seed: int) -> None:
        """Prepare; nothing is built yet.

        Args:
            instance: the presolved instance.
            admissible: which links can be required.
            seed: random seed of the solver.
        """
        self._instance, self._admissible, self._seed = instance, admissible, seed
        self._cuts = DemandCuts(instance)
        self._prices: dict[int, _Known] = {}
        self._made: Made = {}
        graph = wide_graph(instance)
        self._static = None if graph is None else StaticCosts(graph, len(instance.periods))

    def make(self, configuration: Configuration) -> tuple[Master, Prices]:
        """Return the master of a configuration, and what prices its links."""
        part = configuration.apply(self._instance)
        # No more links are required at once than the roles allow.
        sharers = max(sum(most_links(job) for job in part.workloads.values()), 1)
        links = required_links(part, self._admissible)
        if self._static is not None:
            prices = WidePrices(part, self._static, links, sharers, self._made)
            rows = prices.evenly()
            master = Master(
                part, {}, self._admissible, seed=self._seed, capacity=rows, cuts=self._cuts
            )
            return master, prices
        if sharers not in self._prices:
            self._prices[sharers] = _Known.of(self._instance, sharers)
        known = self._prices[sharers]
        master = Master(
            part,
            known.shares_usd,
            self._admissible,
            seed=self._seed,
            capacity=known.capacity,
            protected_usd=known.protected_usd,
            cuts=self._cuts,
        )
        return master, LinkPrices(part, links, sharers, seed=self._seed)


@dataclass(frozen=True, slots=True)
class _Known:
    """What required links are sure to cause, USD a year, when so many may be required at once."""

    shares_usd: dict[Link, float]
    protected_usd: dict[Link, float] | None
    """What a link adds when it must survive failures, where only some must."""
    capacity: list[dict[Link, CapacityShare]]

    @classmethod
    def of(cls, instance: Instance, sharers: int) -> _Known:
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

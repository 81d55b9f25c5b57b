"""C2 cuts over every route, with candidate routes for what they find cheapest."""

from __future__ import annotations

from collections.abc import Callable

from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.solve.all_routes.static_costs import StaticCosts
from siting.solve.all_routes.wide import wide_graph
from siting.solve.all_routes.wide_sets import WideSetCuts
from siting.solve.no_goods import CUT_TIME_S
from siting.solve.presolve import presolve
from siting.solve.set_cuts import sets_to_cut
from siting.solve.state import State


class WideCuts:
    """Makes the cuts over every route of one instance; none where masters hold candidates alone."""

    def __init__(self, instance: Instance, *, seed: int) -> None:
        """Prepare; nothing is solved yet."""
        self._instance, self._seed = instance, seed
        graph = None if instance.pins.given else wide_graph(instance)
        self._costs = None if graph is None else StaticCosts(graph, len(instance.periods))
        self._made: dict[bool, WideSetCuts] = {}

    def learn(
        self, requirements: Requirements, state: State, remaining_s: Callable[[], float]
    ) -> bool:
        """Take the cuts of the link sets that a siting requires; return whether any is new."""
        if self._costs is None:
            return False
        known = len(state.wide_cuts)
        for protected, links in sets_to_cut(self._instance, requirements):
            if (left_s := remaining_s()) <= 0:
                break
            if protected not in self._made:
                self._made[protected] = WideSetCuts(
                    self._instance, self._costs, seed=self._seed, protected=protected
                )
            cut = self._made[protected].cut(links, time_limit_s=min(CUT_TIME_S, left_s))
            if cut is not None:
                state.wide_cuts.append(cut)
        return len(state.wide_cuts) > known

    def extended(self, instance: Instance) -> Instance:
        """Return the instance with the ways that sets took at least cost as candidates."""
        if instance.more_routes is None or not self._made:
            return instance
        wider = instance
        for made in self._made.values():
            if proposals := made.taken():
                wider = instance.more_routes.extended(wider, proposals)
        if len(wider.fiber_routes) == len(instance.fiber_routes):
            return instance
        return presolve(wider)

"""Cuts that hold over the candidate routes: of link sets (C2), of what is pinned, of modes (C4)."""

from __future__ import annotations

from collections.abc import Callable

from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.solve.mode_cuts import ModeCuts
from siting.solve.no_goods import CUT_TIME_S
from siting.solve.pin_cuts import PinCuts
from siting.solve.set_cuts import SetCuts, sets_to_cut
from siting.solve.siting_choice import SitingChoice
from siting.solve.state import State
from siting.solve.unservable import learn_why


class NarrowCuts:
    """Makes the cuts over the candidate routes of one instance."""

    def __init__(self, instance: Instance, *, seed: int) -> None:
        """Prepare; nothing is solved yet."""
        self._instance, self._seed = instance, seed
        self._set_cuts: dict[bool, SetCuts] = {}
        self._pin_cuts = PinCuts(instance, seed=seed)
        self._mode_cuts = ModeCuts(instance, seed=seed)

    def of_sets(
        self, requirements: Requirements, state: State, remaining_s: Callable[[], float]
    ) -> None:
        """Take C2 cuts of the link sets that a siting requires, and of those that must survive."""
        for protected, links in sets_to_cut(self._instance, requirements):
            if (left_s := remaining_s()) <= 0:
                return
            if protected not in self._set_cuts:
                self._set_cuts[protected] = SetCuts(
                    self._instance, seed=self._seed, protected=protected
                )
            cut = self._set_cuts[protected].cut(links, time_limit_s=min(CUT_TIME_S, left_s))
            if cut is not None:
                state.cuts.append(cut)

    def of_pins(self, requirements: Requirements, state: State, left_s: float) -> None:
        """Take cuts from what is pinned in the network."""
        state.pin_cuts += self._pin_cuts.of(requirements, left_s)

    def of_modes(self, siting: SitingChoice, state: State, left_s: float) -> None:
        """Take the C4 cut of what a siting asks under its modes."""
        state.mode_cuts += self._mode_cuts.of(siting, left_s)

    def learn_why(
        self, siting: SitingChoice, requirements: Requirements, state: State, left_s: float
    ) -> bool:
        """Learn why a siting has no network; return whether anything was learnt."""
        return learn_why(self._instance, siting, requirements, state, self._pin_cuts, left_s)

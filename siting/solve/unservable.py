"""Why a siting has no network: what no siting may ask for after it."""

from __future__ import annotations

import time

from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.solve.allowances import LIMIT_TIME_S
from siting.solve.demand_limits import find_demand_limits
from siting.solve.no_goods import CUT_TIME_S, find_no_good
from siting.solve.pin_cuts import PinCuts
from siting.solve.siting_choice import SitingChoice
from siting.solve.state import State


def learn_why(
    instance: Instance,
    siting: SitingChoice,
    requirements: Requirements,
    state: State,
    pin_cuts: PinCuts,
    left_s: float,
) -> bool:
    """Learn why a siting has no network: the least of it has none, or a link lacks room.

    Args:
        instance: the presolved instance.
        siting: a siting for which none was found.
        requirements: what it requires.
        state: what a run knows; takes what is learnt.
        pin_cuts: makes cuts from what is pinned.
        left_s: wall time left, s.

    Returns:
        Whether anything was learnt.
    """
    deadline = time.monotonic() + left_s
    no_good = find_no_good(
        instance,
        siting,
        requirements,
        time_limit_s=min(CUT_TIME_S, max(left_s, 1.0)),
        seed=pin_cuts.seed,
    )
    if no_good is not None:
        state.forbidden.append(no_good)
        return True
    if pinned := pin_cuts.no_good(requirements, deadline - time.monotonic()):
        state.pin_cuts += pinned
        return True
    limits = find_demand_limits(
        instance,
        requirements,
        time_limit_s=min(LIMIT_TIME_S, deadline - time.monotonic()),
        seed=pin_cuts.seed,
    )
    state.limits += limits
    return bool(limits)

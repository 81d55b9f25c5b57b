"""How long steps over every route of a continent may take, so that a solve ends in time."""

from __future__ import annotations

from siting.solve.allowances import Goals

TURN_SHARES = (0.25, 0.25)
"""Shares of the time limit, at most, for each turn of a bound over every route."""
END_S = 40.0
"""Turns end so long before the time limit, s: a proof may take longer than it should."""
LEAST_TURN_S = 25.0
"""A further turn takes so long at least, s."""
SEARCH_AGAIN_S = 10.0
"""Time for another search for routes that share, s."""
DESIGNS_SHARE = 0.125
"""Share of the time limit, at most, for designs with what was found."""
PREPARED_AFTER, LEAST_PREPARED_S = 0.3, 30.0
"""Part of the time limit after which the siting may well stay, and the bound over every route is
prepared beside; in no less time, s."""


def improved_s(goals: Goals, bound_s: float) -> float:
    """Return the time to improve a network with further routes and to bound it anew, s.

    Args:
        goals: time.
        bound_s: how long its bound over the candidates took, s.
    """
    return SEARCH_AGAIN_S + DESIGNS_SHARE * goals.time_limit_s + bound_s


def turn_s(goals: Goals, bound_s: float) -> float:
    """Return the time for a turn, s; what is improved afterwards has its time if there is as much.

    Args:
        goals: time.
        bound_s: how long the bound over the candidates took, s.
    """
    left_s, after_s = goals.left_s() - END_S, improved_s(goals, bound_s)
    return left_s - after_s if left_s > 2 * after_s else left_s


def prepared_s(goals: Goals) -> float:
    """Return the time to prepare the bound over every route, s; none where it is too early."""
    passed_s = goals.time_limit_s - goals.left_s()
    seconds = goals.left_s() - END_S
    is_time = passed_s >= PREPARED_AFTER * goals.time_limit_s and seconds >= LEAST_PREPARED_S
    return seconds if is_time else 0.0

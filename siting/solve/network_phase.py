"""The network for a fixed siting: least-cost routes, fiber and huts, with a bound.

Small problems go to HiGHS whole. Large ones in stages:

1. *Search.* Where a period is large, or any network will do, routes that share corridors and huts
   are searched for, and the problem over time is solved on these: an incumbent, soon.
2. *By links.* There each period is bounded by its links alone, which pay shares of what they share.
   Often that is within the gap.
3. *Fullest periods.* Otherwise, unless a period is huge, the period with the most links is solved
   alone, then those whose links it lacks. The problem over time on the routes lit, in the huts
   used: an incumbent, soon. Where a period is large, or time was too short for one, the same starts
   from a few promising routes of each link, chosen with huts in fractions.
4. *Periods apart.* What is in service in a period must carry that period, so the sum over periods
   of weight times the least yearly cost of the period alone bounds the cost of the network.
5. *Routes chosen.* While a gap is left, the whole problem over time is solved on the routes lit,
   with all their hut sites.
"""

from __future__ import annotations

import enum
import time
from collections.abc import Mapping

from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.solve.network_parts import lacks_way, restrict
from siting.solve.network_stages import Claim, Stages, is_large, uses
from siting.solve.network_whole import (
    IMPOSSIBLE,
    NOT_FOUND,
    NOTHING,
    Alone,
    NetworkOutcome,
    renumbered_outcome,
    solve_whole,
)
from siting.solve.period_problem import PeriodProblem

__all__ = ["NetworkOutcome", "Pace", "solve_network"]

WHOLE_USES = 4000
"""Most (route, hut, period) triples of a problem that is solved whole."""
FIRST_SHARE = 0.5
PROMISING_SHARE = 0.6
BOUND_SHARE = 0.7
SEARCHED_SHARE, LINKS_SHARE = 0.5, 0.5
"""Shares of the time left: for the fullest periods alone; for promising routes, where these gave no
network; for the bounds of the other periods; for the search for routes; for bounds by links."""


class Pace(enum.Enum):
    """How a network is made."""

    USUAL = enum.auto()
    APART = enum.auto()
    """Also a small problem is taken apart by period: a good network sooner."""
    SEARCH = enum.auto()
    """A network of the search will do, also where a period is not large."""


def solve_network(
    instance: Instance,
    requirements: Requirements,
    *,
    relative_gap: float,
    time_limit_s: float,
    seed: int,
    with_bound: bool = True,
    known: NetworkOutcome | None = None,
    pace: Pace = Pace.USUAL,
) -> NetworkOutcome:
    """Return the network for ``requirements``.

    Args:
        instance: the instance.
        requirements: what each link must carry in each period.
        relative_gap: stop at this gap.
        time_limit_s: wall time, s.
        seed: random seed of the solver.
        with_bound: also bound every period of a large problem; without it the bound is weaker.
        known: an outcome for the same instance and requirements, to go on from.
        pace: what to do for a network sooner.
    """
    if not requirements:
        return NOTHING
    deadline = time.monotonic() + time_limit_s
    part = restrict(instance, requirements)
    before = NOT_FOUND if known is None else renumbered_outcome(known, instance, part)
    if lacks_way(part, requirements):
        return IMPOSSIBLE
    if len(part.periods) == 1 or (pace is Pace.USUAL and _is_small(part)):
        found = solve_whole(part, requirements, relative_gap, deadline, seed, before.choice)
    else:
        stages = Stages(part, requirements, relative_gap, seed)
        stages.resume(before)
        found = _staged(stages, deadline, with_bound=with_bound, soon=pace is Pace.SEARCH)
    return renumbered_outcome(found, part, instance)


def bound_other_periods(
    instance: Instance,
    requirements: Requirements,
    known: NetworkOutcome,
    claim: Claim,
    *,
    relative_gap: float,
    time_limit_s: float,
    seed: int,
) -> Mapping[int, Alone]:
    """Bound the periods that :func:`solve_network` does not solve for its first network.

    Two threads can share the work so: what this gives belongs into ``alone`` of a known outcome.
    Nothing of a large problem, which is bounded by its links first.

    Args:
        instance: the instance.
        requirements: what each link must carry in each period.
        known: a network, without bounds.
        claim: keeps two threads from solving the same.
        relative_gap: gap to reach for each period.
        time_limit_s: wall time, s.
        seed: random seed of the solver.
    """
    part = restrict(instance, requirements)
    if _is_small(part) or is_large(part) or not requirements:
        return {}
    stages = Stages(part, requirements, relative_gap, seed)
    stages.resume(renumbered_outcome(known, instance, part))
    return stages.bound_others(time.monotonic() + time_limit_s, claim)


def bound_at_once(
    instance: Instance,
    requirements: Requirements,
    enough_usd: float,
    *,
    time_limit_s: float,
    seed: int,
) -> float:
    """Return a bound of a network over time on all its routes at once, USD.

    That pairs stay lit counts here, which periods apart leave out. Nothing where the problem is
    large.

    Args:
        instance: the instance.
        requirements: what each link must carry in each period.
        enough_usd: no more is asked of the bound.
        time_limit_s: wall time, s.
        seed: random seed of the solver.
    """
    part = restrict(instance, requirements)
    if is_large(part) or not requirements:
        return 0.0
    return PeriodProblem(part, requirements, seed).bound_to(enough_usd, time_limit_s)


def _is_small(part: Instance) -> bool:
    """Return whether a problem is solved whole."""
    return uses(part) * len(part.periods) <= WHOLE_USES or len(part.periods) == 1


def is_bounded_by_links(instance: Instance, requirements: Requirements) -> bool:
    """Return whether a network is bounded by its links before its periods."""
    return is_large(restrict(instance, requirements))


def _staged(stages: Stages, deadline: float, *, with_bound: bool, soon: bool) -> NetworkOutcome:
    """Incumbent in the huts that the fullest periods use; bound by the periods apart."""
    if stages.is_large or soon or stages.begins_with_search:
        stop = _share(SEARCHED_SHARE, deadline)
        stages.offer(stages.searched(stop, in_other_huts=not soon))
        if stages.best.choice is not None and not with_bound:
            return stages.outcome()
    promising_first = stages.is_large and stages.best.choice is None
    if promising_first:
        stages.offer(stages.promising(_share(PROMISING_SHARE, deadline)))
        if stages.best.choice is not None and not with_bound:
            return stages.outcome()
    if with_bound and stages.is_large:
        is_last = stages.is_huge and stages.best.choice is not None
        stages.bound_by_links(deadline if is_last else _share(LINKS_SHARE, deadline))
        if stages.closed or is_last:
            return stages.outcome()
    return _with_routes(stages, deadline, with_bound=with_bound, promising=promising_first)


def _with_routes(
    stages: Stages, deadline: float, *, with_bound: bool, promising: bool
) -> NetworkOutcome:
    """Go on with all routes; ``promising`` ones alone were tried before.

    With a network at hand nothing is begun after the deadline.
    """
    if _is_over(stages, deadline):
        return stages.outcome()
    lit_before = len(stages.lit)
    if not stages.light_fullest(_share(FIRST_SHARE, deadline)):
        return IMPOSSIBLE
    if len(stages.lit) > lit_before:
        stages.offer(stages.in_huts_used(deadline))
    if stages.best.choice is None and not promising:
        stages.offer(stages.promising(_share(PROMISING_SHARE, deadline)))
    if with_bound and not _is_over(stages, deadline):
        stages.bound_rest(_share(BOUND_SHARE, deadline))
    if _is_over(stages, deadline):
        return stages.outcome()
    if stages.best.choice is None or (with_bound and not stages.closed):
        wider = stages.over_time(deadline)
        if wider.is_infeasible:
            return wider
        stages.offer(wider)
    return stages.outcome()


def _is_over(stages: Stages, deadline: float) -> bool:
    return stages.best.choice is not None and time.monotonic() > deadline


def _share(share: float, deadline: float) -> float:
    """Return the end of a share of the time left."""
    now = time.monotonic()
    return now + share * (deadline - now)

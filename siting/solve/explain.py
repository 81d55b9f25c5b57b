"""Why no plan exists, and what would do, in a planner's words.

Demand may stay unserved at a price, and what stands already costs nothing: a study is infeasible
only through what the planner pinned, and caps on opening campuses and on spending. What is pinned
in the network: :mod:`siting.solve.explain_pins`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from siting.instance import Instance
from siting.instance.records import Campus
from siting.solve.explain_pins import fewest_pins, hopeless_pins

TOLERANCE_USD = 0.01


def explain_infeasible(instance: Instance) -> tuple[str, ...]:
    """Return one sentence for each reason why what is pinned cannot all be in service.

    Each names the least change that removes it alone.
    """
    horizon = len(instance.periods)
    pinned = [c for c in instance.campuses.values() if c.pinned and not c.stands[-1]]
    lines = [
        f"campus {campus.id!r} is pinned, but it can be in service only after the last "
        f"period {instance.periods[-1].label!r}: set an earlier earliest_date, add periods, "
        f"or unpin it"
        for campus in pinned
        if campus.first_period >= horizon
    ]
    timely = [campus for campus in pinned if campus.first_period < horizon]
    lines += [*_openings(instance, timely), *_spending(instance, timely)]
    lines += hopeless_pins(instance)
    if not lines and (instance.pins.given or any(s.pinned for s in instance.substations.values())):
        lines += fewest_pins(instance)
    elif not lines:
        lines.append(_any_order(instance, timely))
    return tuple(lines)


def _openings(instance: Instance, pinned: list[Campus]) -> Iterator[str]:
    """Yield where more campuses must open than may: those that come last against the caps left.

    By Hall's theorem no other caps on openings stand in the way of campuses that may open late.
    """
    caps = instance.caps.campus_openings
    if not caps or not pinned:
        return
    allowed = {
        t: sum(math.floor(min(cap, len(pinned))) for cap in caps[t:])
        for t in {campus.first_period for campus in pinned}
    }
    t = max(allowed, key=lambda t: (len(_from(pinned, t)) - allowed[t], -t))
    late = _from(pinned, t)
    short = len(late) - allowed[t]
    if short > 0:
        yield (
            f"rules.caps.campus_openings allow {allowed[t]} openings {_span(instance, t)}, but "
            f"{len(late)} pinned {'campus' if len(late) == 1 else 'campuses'} must be opened "
            f"({_names(late)}): allow {short} more{_earlier(t)}, or unpin {short} of them"
        )


def _spending(instance: Instance, pinned: list[Campus]) -> Iterator[str]:
    """Yield where pinned campuses cost more than may be spent: one in its period, or several."""
    caps = instance.caps.upfront_usd
    if not caps:
        return
    too_dear = [c for c in pinned if c.fixed_capital_usd > _most(instance, c) + TOLERANCE_USD]
    for campus in too_dear:
        most = _most(instance, campus)
        yield (
            f"rules.caps.upfront_usd allow at most {most:,.0f} USD in one period "
            f"{_span(instance, campus.first_period)}, but to open the pinned campus {campus.id!r} "
            f"takes {campus.fixed_capital_usd:,.0f} USD: allow "
            f"{campus.fixed_capital_usd - most:,.0f} USD more in one of them, or unpin it"
        )
    if too_dear:
        return
    for t in sorted({campus.first_period for campus in pinned}):
        late = _from(pinned, t)
        capital, allowed = sum(c.fixed_capital_usd for c in late), sum(caps[t:])
        if capital > allowed + TOLERANCE_USD:
            yield (
                f"rules.caps.upfront_usd allow {allowed:,.0f} USD {_span(instance, t)}, but to "
                f"open the pinned campuses ({_names(late)}) takes {capital:,.0f} USD: allow "
                f"{capital - allowed:,.0f} USD more{_earlier(t)}, or unpin one"
            )
            return


def _any_order(instance: Instance, pinned: list[Campus]) -> str:
    """Return what is left when no single cap is too low: they do not go together."""
    prices = ", ".join(
        f"{c.id!r} {c.fixed_capital_usd:,.0f} USD from {instance.periods[c.first_period].label} on"
        for c in pinned
    )
    return (
        f"the caps of the periods, taken together, leave no order in which the pinned campuses "
        f"can be opened ({prices}): each opens in one period and is paid in it; raise a cap, "
        f"or unpin campuses one by one to find the conflict"
    )


def _from(pinned: list[Campus], period: int) -> list[Campus]:
    """Return the campuses that cannot open before a period."""
    return [campus for campus in pinned if campus.first_period >= period]


def _most(instance: Instance, campus: Campus) -> float:
    """Return the largest cap on spending of the periods in which a campus may open."""
    return max(instance.caps.upfront_usd[campus.first_period :])


def _span(instance: Instance, period: int) -> str:
    return "over all periods" if period == 0 else f"from {instance.periods[period].label} on"


def _earlier(period: int) -> str:
    return ", set an earlier earliest_date" if period else ""


def _names(campuses: list[Campus]) -> str:
    return ", ".join(repr(campus.id) for campus in campuses)

"""Why no plan exists, in a planner's words.

Demand may stay unserved at a price, and what stands already costs nothing: a study is infeasible
only through campuses that the planner pinned, and caps on opening them.
"""

from __future__ import annotations

from siting.instance import Instance
from siting.instance.records import Campus


def explain_infeasible(instance: Instance) -> tuple[str, ...]:
    """Return one sentence for each reason why pinned campuses cannot all be in service."""
    horizon = len(instance.periods)
    pinned = [c for c in instance.campuses.values() if c.pinned and not c.stands[-1]]
    lines = [
        f"campus {campus.id!r} is pinned, but it can be in service only after the last "
        f"period {instance.periods[-1].label!r}: set an earlier earliest_date, add periods, "
        f"or unpin it"
        for campus in pinned
        if campus.first_period >= horizon
    ]
    lines += _capped(instance, [campus for campus in pinned if campus.first_period < horizon])
    if not lines:
        lines.append("no plan satisfies the rules; unpin campuses one by one to find the conflict")
    return tuple(lines)


def _capped(instance: Instance, pinned: list[Campus]) -> list[str]:
    """Return the caps that pinned campuses exceed over the whole horizon."""
    names = ", ".join(repr(campus.id) for campus in pinned)
    openings = sum(instance.caps.campus_openings)
    lines = []
    if instance.caps.campus_openings and openings < len(pinned):
        lines.append(
            f"rules.caps.campus_openings allow {openings:g} openings over all periods, but "
            f"{len(pinned)} pinned campuses must be opened ({names})"
        )
    capital = sum(campus.fixed_capital_usd for campus in pinned)
    spending = sum(instance.caps.upfront_usd)
    if instance.caps.upfront_usd and spending < capital:
        lines.append(
            f"rules.caps.upfront_usd allow {spending:,.0f} USD over all periods, but to open the "
            f"pinned campuses ({names}) takes {capital:,.0f} USD"
        )
    return lines

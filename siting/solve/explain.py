"""Why no plan exists, in a planner's words.

Demand may stay unserved at a price, so a study is infeasible only through what the planner pinned.
"""

from __future__ import annotations

from siting.instance import Instance


def explain_infeasible(instance: Instance) -> tuple[str, ...]:
    """Return one sentence for each pinned campus that cannot be open in time."""
    horizon = len(instance.periods)
    lines = [
        f"campus {campus.id!r} is pinned, but it can be in service only after the last "
        f"period {instance.periods[-1].label!r}: set an earlier earliest_date, add periods, "
        f"or unpin it"
        for campus in instance.campuses.values()
        if campus.pinned and campus.first_period >= horizon
    ]
    if not lines:
        lines.append("no plan satisfies the rules; unpin campuses one by one to find the conflict")
    return tuple(lines)

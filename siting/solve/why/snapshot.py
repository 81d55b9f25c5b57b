"""One period of a study alone, as dates would have it if something came earlier."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from siting.instance import Instance
from siting.instance.records_pins import NO_PINS
from siting.solve.network_parts import period_alone

ASPECTS = {
    "campuses": "dates of campuses",
    "substations": "power timelines of substations",
    "lines": "lead time of tie lines",
    "upgrades": "lead times of network upgrades",
    "bridging": "lead times of bridging",
    "fiber": "dates and lead times of fiber, huts and modules",
}
"""What has dates, in words."""


def snapshot(instance: Instance, period: int, later: Mapping[str, int]) -> Instance:
    """Return the problem of one period alone; some aspects are as they will be later.

    Whatever a plan serves in the period it can serve in this problem: things are in service as soon
    as they can be; pins, caps and earlier periods do not count.

    Args:
        instance: the instance.
        period: index of the period.
        later: by aspect the period whose dates count; the number of periods: whenever it comes.
    """
    last = len(instance.periods) - 1

    def there(aspect: str, first: int) -> int:
        return 0 if first <= later.get(aspect, period) else 1

    power = min(later.get("substations", period), last)
    part = period_alone(instance, min(later.get("fiber", period), last))
    return dataclasses.replace(
        part,
        pins=NO_PINS,
        campuses={
            c: dataclasses.replace(
                x,
                first_period=there("campuses", x.first_period),
                existing_it_mw=(x.existing_it_mw[period],),
                stands=(x.stands[period],),
                pinned=False,
            )
            for c, x in instance.campuses.items()
        },
        substations={
            s: dataclasses.replace(
                x,
                headroom_mw=(max(x.headroom_mw[period], x.headroom_mw[power]),),
                existing_mw=(x.existing_mw[period],),
                stands=(x.stands[period],),
                pinned=False,
            )
            for s, x in instance.substations.items()
        },
        tie_lines={
            a: dataclasses.replace(
                x, first_period=there("lines", x.first_period), stands=(x.stands[period],)
            )
            for a, x in instance.tie_lines.items()
        },
        upgrades={
            u: dataclasses.replace(x, first_period=there("upgrades", x.first_period))
            for u, x in instance.upgrades.items()
        },
        bridging={
            b: dataclasses.replace(x, first_period=there("bridging", x.first_period))
            for b, x in instance.bridging.items()
        },
        workloads={
            w: dataclasses.replace(job, demand_mw=(job.demand_mw[period],))
            for w, job in instance.workloads.items()
        },
    )

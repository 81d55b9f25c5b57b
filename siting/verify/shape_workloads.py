"""``plan_shape`` of workloads, and of the ways of planning shown beside the plan."""

from __future__ import annotations

import math
from collections.abc import Sequence

from siting.plan import COST_LINES, Alternative, OperatingMode, PlannedWorkload
from siting.verify import tolerances
from siting.verify.shaper import Shaper


def workloads(shaper: Shaper, items: Sequence[PlannedWorkload]) -> list[PlannedWorkload]:
    """Return every workload of the study, in shape; one that is not in the plan is empty."""
    asked = [workload.id for workload in shaper.study.file.workloads]
    found = {item.id: item for item in shaper.known("workload", items, asked, "the study")}
    for name in asked:
        shaper.rule.require(f"workload {name}", "is not in the plan", ok=name in found)
    absent = PlannedWorkload(
        id="",
        paradigm=None,
        fabric=None,
        hub=None,
        modes=(None,) * shaper.periods,
        served_it_mw={},
        replica_it_mw={},
        replica_homes={},
        unserved_it_mw=(0.0,) * shaper.periods,
    )
    return [
        _workload(shaper, found[name]) if name in found else absent.model_copy(update={"id": name})
        for name in asked
    ]


def _workload(shaper: Shaper, item: PlannedWorkload) -> PlannedWorkload:
    where = f"workload {item.id}"
    known = shaper.study.campuses
    homes = set(item.replica_homes)
    shaper.rule.require(
        where,
        f"replica_homes names {', '.join(sorted(homes)) or 'no campus'}, "
        f"replica_it_mw {', '.join(sorted(item.replica_it_mw)) or 'no campus'}",
        ok=homes == set(item.replica_it_mw),
    )
    served = shaper.fit_each(where, "served_it_mw", item.served_it_mw, known, 0.0)
    replica = shaper.fit_each(where, "replica_it_mw", item.replica_it_mw, known, 0.0)
    modes = shaper.fit(where, "modes", item.modes, None)
    return item.model_copy(
        update={
            "hub": _campus(shaper, where, "hub", item.hub),
            "modes": tuple(_mode(shaper, where, mode) for mode in modes),
            "served_it_mw": served,
            "replica_it_mw": replica,
            "replica_homes": shaper.fit_each(
                where, "replica_homes", item.replica_homes, known, None
            ),
            "unserved_it_mw": shaper.fit(where, "unserved_it_mw", item.unserved_it_mw, 0.0),
        }
    )


def _mode(shaper: Shaper, where: str, mode: OperatingMode | None) -> OperatingMode | None:
    if mode is None:
        return None
    return mode.model_copy(update={"hub": _campus(shaper, where, "hub of a mode", mode.hub)})


def _campus(shaper: Shaper, where: str, what: str, name: str | None) -> str | None:
    """Return the name of a campus; None when it is unknown."""
    known = name is None or name in shaper.study.campuses
    shaper.rule.require(where, f"{what} {name} is not in the campuses", ok=known)
    return name if known else None


def alternatives(shaper: Shaper, items: Sequence[Alternative]) -> None:
    """Check what is stated of other ways of planning: names, lists, sums; nothing is verified."""
    require = shaper.rule.require
    names = [item.id for item in items]
    for index, item in enumerate(items):
        where = f"alternatives.{item.id}"
        require(where, "is listed twice", ok=item.id not in names[:index])
        unknown = ", ".join(sorted(set(item.costs_usd) - set(COST_LINES)))
        require(where, f"costs_usd has the unknown lines {unknown}", ok=not unknown)
        slack = tolerances.USD + tolerances.SUM_RELATIVE * abs(item.objective_usd)
        total = math.fsum(item.costs_usd.values())
        shaper.rule.equal(where, "objective", item.objective_usd, total, "USD", slack)
        what = "lower bound"
        shaper.rule.at_most(where, what, item.bound_usd, item.objective_usd, "USD", slack)
        unserved = item.unserved_mw_years
        shaper.rule.at_least(where, "demand not served", unserved, 0.0, "MW-years")
        asked = {workload.id for workload in shaper.study.file.workloads}
        require(
            where,
            f"names the campuses of {', '.join(sorted(item.campuses)) or 'no workload'}; "
            f"the study has {', '.join(sorted(asked))}",
            ok=set(item.campuses) == asked,
        )
        for name, places in item.campuses.items():
            for place in shaper.fit(where, f"campuses of {name}", places, None):
                _campus(shaper, where, f"campus of {name}", place)

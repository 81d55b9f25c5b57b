"""``plan_shape``: what stands already and is in use is in the plan, like what is built."""

from __future__ import annotations

from siting.verify import tolerances
from siting.verify.case import Case
from siting.verify.findings import Rule


def in_use_is_listed(case: Case, rule: Rule) -> None:
    """Campuses, substations and huts in use as they stand are listed."""
    for kind, name, listed in _in_use(case):
        rule.require(f"{kind} {name}", "is in use as it stands and not listed", ok=listed)


def _in_use(case: Case) -> list[tuple[str, str, bool]]:
    """Return kind and id of what stands and is in use, and whether the plan lists it."""
    periods = range(case.periods)
    campuses = [
        name
        for name, row in case.study.campuses.items()
        if row.existing_it_mw > 0 and max(case.it_mw(name, t) for t in periods) > tolerances.MW
    ]
    firm = {line.substation for line in case.plan.tie_lines if max(line.firm_mw) > tolerances.MW}
    substations = [name for name in sorted(firm) if case.study.substations[name].existing_mw > 0]
    lit = {hut for route in case.fiber_routes if any(route.pairs) for hut in route.route.huts}
    huts = [name for name in sorted(lit) if case.network.huts[name].existing_racks > 0]
    return [
        *(("campus", name, name in case.campuses) for name in campuses),
        *(("substation", name, name in case.substations) for name in substations),
        *(("hut", name, name in case.huts) for name in huts),
    ]

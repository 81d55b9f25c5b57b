"""``plan_shape`` of power and campuses."""

from __future__ import annotations

from collections.abc import Iterable

from siting.plan import (
    PlannedBridging,
    PlannedCampus,
    PlannedSubstation,
    PlannedTieLine,
    PlannedUpgrade,
)
from siting.verify.shaper import Shaper


def substations(shaper: Shaper, items: Iterable[PlannedSubstation]) -> list[PlannedSubstation]:
    """Return the known substations in shape."""
    table = shaper.study.substations
    return [
        _substation(shaper, item)
        for item in shaper.known("substation", items, table, "the substations")
    ]


def _substation(shaper: Shaper, item: PlannedSubstation) -> PlannedSubstation:
    where = f"substation {item.id}"
    exists = shaper.study.substations[item.id].existing_mw > 0
    shaper.first_period(where, item.in_service_from, exists=exists)
    reserved = shaper.fit(where, "reserved_mw", item.reserved_mw, 0.0)
    return item.model_copy(update={"reserved_mw": reserved})


def upgrades(shaper: Shaper, items: Iterable[PlannedUpgrade]) -> list[PlannedUpgrade]:
    """Return the known network upgrades in shape."""
    table = shaper.study.network_upgrades
    kept = shaper.known("network upgrade", items, table, "the network upgrades")
    for item in kept:
        shaper.in_horizon(f"network upgrade {item.id}", item.in_service_from)
    return kept


def bridging(shaper: Shaper, items: Iterable[PlannedBridging]) -> list[PlannedBridging]:
    """Return the known on-site generation in shape, at the campus of its row."""
    table = shaper.study.bridging
    return [
        _bridging(shaper, item) for item in shaper.known("bridging", items, table, "the bridging")
    ]


def _bridging(shaper: Shaper, item: PlannedBridging) -> PlannedBridging:
    where = f"bridging {item.id}"
    campus = shaper.study.bridging[item.id].campus_id
    shaper.rule.require(
        where,
        f"stands at campus {item.campus} in the plan, at {campus} in the study",
        ok=item.campus == campus,
    )
    return item.model_copy(
        update={
            "campus": campus,
            "capacity_mw": shaper.fit(where, "capacity_mw", item.capacity_mw, 0.0),
            "output_mw": shaper.fit(where, "output_mw", item.output_mw, 0.0),
        }
    )


def tie_lines(shaper: Shaper, items: Iterable[PlannedTieLine]) -> list[PlannedTieLine]:
    """Return the known tie lines in shape, with the ends of the network's tie line."""
    study = shaper.study
    table = [
        line.id
        for line in shaper.network.tie_lines.values()
        if line.campus in study.campuses and line.substation in study.substations
    ]
    return [
        _tie_line(shaper, item) for item in shaper.known("tie line", items, table, "the network")
    ]


def _tie_line(shaper: Shaper, item: PlannedTieLine) -> PlannedTieLine:
    where = f"tie line {item.id}"
    row = (shaper.study.tie_lines or {}).get(item.id)
    shaper.first_period(where, item.in_service_from, exists=row is not None and row.existing)
    real = shaper.network.tie_lines[item.id]
    shaper.rule.require(
        where,
        f"joins {item.campus} and {item.substation} in the plan, "
        f"{real.campus} and {real.substation} in the network",
        ok=(item.campus, item.substation) == (real.campus, real.substation),
    )
    return item.model_copy(
        update={
            "campus": real.campus,
            "substation": real.substation,
            "flow_mw": shaper.fit(where, "flow_mw", item.flow_mw, 0.0),
            "firm_mw": shaper.fit(where, "firm_mw", item.firm_mw, 0.0),
        }
    )


def campuses(shaper: Shaper, items: Iterable[PlannedCampus]) -> list[PlannedCampus]:
    """Return the known campuses in shape."""
    table = shaper.study.campuses
    return [_campus(shaper, item) for item in shaper.known("campus", items, table, "the campuses")]


def _campus(shaper: Shaper, item: PlannedCampus) -> PlannedCampus:
    where = f"campus {item.id}"
    exists = shaper.study.campuses[item.id].existing_it_mw > 0
    shaper.first_period(where, item.in_service_from, exists=exists)
    built = shaper.fit(where, "built_it_mw", item.built_it_mw, 0.0)
    return item.model_copy(update={"built_it_mw": built})

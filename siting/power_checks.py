"""Checks of sites and power: campuses, substations, timelines, tie lines, upgrades, bridging."""

from __future__ import annotations

import difflib
import itertools
import statistics
from typing import TYPE_CHECKING

from siting.messages import repeated, unknown

if TYPE_CHECKING:
    import datetime as dt

    from siting.catalog import Catalog
    from siting.study import Study

ENERGY = "elec."


def power_check(study: Study) -> list[str]:
    """Return every inconsistency between the tables of sites and power, in words."""
    return [
        *_sites(study),
        *_existing(study),
        *_timelines(study),
        *_tie_lines(study),
        *_upgrades(study),
        *_bridging(study),
    ]


def power_catalog_check(study: Study, catalog: Catalog) -> list[str]:
    """Return what sites and power need of the catalog and do not find, in words."""
    sites = study.file.sites
    problems = _region("sites.energy_region", sites.energy_region, catalog)
    for campus in study.campuses.values():
        at = f"{sites.campuses}, campus {campus.id!r}"
        if campus.energy_region is not None:
            problems += _region(f"{at}, energy_region", campus.energy_region, catalog)
        pue = campus.pue_peak or catalog.value("pue.peak")
        if campus.existing_it_mw * pue > campus.limit_mw * (1 + 1e-9):
            problems.append(
                f"{at}: existing_it_mw {campus.existing_it_mw:g} MW x peak PUE {pue:g} = "
                f"{campus.existing_it_mw * pue:g} MW is above limit_mw {campus.limit_mw:g} MW"
            )
    for row in study.bridging.values():
        at = f"{sites.bridging}, bridging {row.id!r}"
        needed = [f"br.{row.technology}"]
        if row.energy_usd_per_mwh is None:
            needed.append("br.fuel")
        problems += [
            f"{at}: needs the catalog row {name!r}, which is not in the catalog"
            for name in needed
            if name not in catalog.rows
        ]
    return problems


def _region(where: str, region: str, catalog: Catalog) -> list[str]:
    known = [row.removeprefix(ENERGY) for row in catalog.rows if row.startswith(ENERGY)]
    if region in known:
        return []
    near = difflib.get_close_matches(region, known, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else f" Known: {', '.join(sorted(known))}"
    return [f"{where}: no price of energy {ENERGY + region!r} in the catalog.{hint}"]


def _sites(study: Study) -> list[str]:
    sites, geography = study.file.sites, study.file.geography
    problems = [
        f"{name}: has no rows"
        for name, rows in ((sites.campuses, study.campuses), (sites.substations, study.substations))
        if not rows
    ]
    places = [
        (f"{name}, {noun} {row.id!r}", row.lon, row.lat)
        for name, noun, rows in (
            (sites.campuses, "campus", study.campuses),
            (sites.substations, "substation", study.substations),
            (geography.nodes, "node", study.nodes),
        )
        for row in rows.values()
    ]
    if not places:
        return problems
    middle_lon = statistics.median(lon for _, lon, _ in places)
    middle_lat = statistics.median(lat for _, _, lat in places)
    for where, lon, lat in places:
        given = abs(lon - middle_lon) + abs(lat - middle_lat)
        swapped = abs(lat - middle_lon) + abs(lon - middle_lat)
        if given > 60 and swapped < 30:  # degrees: another continent, and home
            problems.append(
                f"{where}: lon {lon:g} and lat {lat:g} look swapped, the other places lie near "
                f"lon {middle_lon:.4g}, lat {middle_lat:.4g}"
            )
    return problems


def retirement_without(at: str, until: dt.date | None, column: str, exists: object) -> list[str]:
    """Return the problem of a retirement date where nothing stands."""
    if until is None or exists:
        return []
    return [f"{at}: existing_until {until} without {column}: say what stands until then"]


def _existing(study: Study) -> list[str]:
    sites = study.file.sites
    problems = []
    for campus in study.campuses.values():
        at = f"{sites.campuses}, campus {campus.id!r}"
        problems += retirement_without(
            at, campus.existing_until, "existing_it_mw", campus.existing_it_mw
        )
    for substation in study.substations.values():
        at = f"{sites.substations}, substation {substation.id!r}"
        problems += retirement_without(
            at, substation.existing_until, "existing_mw", substation.existing_mw
        )
    return problems


def _timelines(study: Study) -> list[str]:
    name = study.file.sites.power_timelines
    problems = []
    for substation, rows in study.timelines.items():
        problems += unknown(
            f"{name}, substation_id", substation, study.file.sites.substations, study.substations
        )
        for before, after in itertools.pairwise(rows):
            if before.date == after.date:
                problems.append(f"{name}, substation {substation!r}: two rows for {after.date}")
            elif after.headroom_mw < before.headroom_mw:
                problems.append(
                    f"{name}, substation {substation!r}, {after.date}: headroom_mw falls from "
                    f"{before.headroom_mw:g} to {after.headroom_mw:g} MW; "
                    "it is cumulative and never falls"
                )
    return problems


def _tie_lines(study: Study) -> list[str]:
    problems = []
    sites = study.file.sites
    for line in (study.tie_lines or {}).values():
        at = f"{sites.tie_lines}, tie line {line.id!r}"
        problems += unknown(f"{at}, campus_id", line.campus_id, sites.campuses, study.campuses)
        problems += unknown(
            f"{at}, substation_id", line.substation_id, sites.substations, study.substations
        )
        problems += retirement_without(at, line.existing_until, "existing", line.existing)
    return problems


def _upgrades(study: Study) -> list[str]:
    problems = []
    sites = study.file.sites
    for row in study.network_upgrades.values():
        at = f"{sites.network_upgrades}, upgrade {row.id!r}"
        if not row.substation_ids:
            problems.append(f"{at}: names no substation, so it raises no headroom")
        for substation in dict.fromkeys(row.substation_ids):
            problems += unknown(
                f"{at}, substation_ids", substation, sites.substations, study.substations
            )
        problems += repeated(f"{at}, substation_ids", row.substation_ids)
    return problems


def _bridging(study: Study) -> list[str]:
    sites = study.file.sites
    return [
        problem
        for row in study.bridging.values()
        for problem in unknown(
            f"{sites.bridging}, bridging {row.id!r}, campus_id",
            row.campus_id,
            sites.campuses,
            study.campuses,
        )
    ]

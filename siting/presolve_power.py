"""Power that campuses could get, before solving: optimistic, by plain arithmetic.

Power is shared freely among the campuses that reach it, whatever N-1 feeds and caps ask.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.economics import lead_date

if TYPE_CHECKING:
    import datetime as dt

    from siting.catalog import Catalog
    from siting.study import Study
    from siting.tables import BridgingRow, CampusRow, SubstationRow

_EARTH_KM = 6371.0088
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Feed:
    """A tie line that a campus has, or could have."""

    substation: str
    stands: bool
    """It is there already."""
    until: dt.date | None
    """Its retirement; None: never."""


@dataclass(frozen=True, slots=True)
class Power:
    """What could be powered in one period."""

    label: str
    campuses: frozenset[str]
    headroom_mw: float
    """Headroom of the substations that a campus in service can reach, facility MW."""
    bridging_mw: float
    """On-site generation that campuses in service may use, facility MW."""
    limit_it_mw: float
    """IT MW that the campuses with power could host."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """A study and its catalog, asked for power by date."""

    study: Study
    catalog: Catalog

    def tie_line_ready(self) -> dt.date:
        """Return the first day of a new tie line."""
        return self._ready(self.catalog.lead_time_years("grid.line345"))

    def feeds(self, campus: str) -> dict[str, Feed]:
        """Return the substations that a campus can be tied to, with the best line to each."""
        study, rules = self.study, self.study.file.rules
        if campus in rules.forbid_campuses:
            return {}
        found: dict[str, Feed] = {}
        if study.tie_lines is None:
            rule = study.file.sites.tie_line_rule
            for row in study.substations.values():
                km = _distance_km(study.campuses[campus], row) * rule.route_factor
                if km <= rule.max_length_km:
                    found[row.id] = Feed(row.id, stands=False, until=None)
        else:
            for line in study.tie_lines.values():
                known = found.get(line.substation_id)
                if line.campus_id == campus and (known is None or not known.stands):
                    until = line.existing_until if line.existing else None
                    found[line.substation_id] = Feed(line.substation_id, line.existing, until)
        return {s: feed for s, feed in found.items() if s not in rules.forbid_substations}

    def power(self, reach: dict[str, dict[str, Feed]], label: str, day: dt.date) -> Power:
        """Return what could be powered in the period that starts on ``day``."""
        opened = [c for c in reach if self.is_open(c, day)]
        by_campus = {c: self._substations(reach[c], day) for c in opened}
        on_site = {c: self._bridging_mw(c, day) for c in opened}
        powered = frozenset(c for c in opened if by_campus[c] or on_site[c] > 0)
        substations = {s for near in by_campus.values() for s in near}
        return Power(
            label=label,
            campuses=powered,
            headroom_mw=sum(self.offer_mw(s, day) for s in sorted(substations)),
            bridging_mw=sum(on_site.values()),
            limit_it_mw=sum(self.study.campuses[c].limit_mw / self.pue(c) for c in sorted(powered)),
        )

    def is_open(self, campus: str, day: dt.date) -> bool:
        """Return whether a campus could be in service: opened anew, or as it stands."""
        row = self.study.campuses[campus]
        if campus in self.study.file.rules.forbid_campuses:
            return False
        is_standing = row.existing_it_mw > 0 and _stands(row.existing_until, day)
        return row.earliest_date <= day or is_standing

    def pue(self, campus: str) -> float:
        """Return facility MW over IT MW at peak."""
        pue = self.study.campuses[campus].pue_peak
        return self.catalog.value("pue.peak") if pue is None else pue

    def offer_mw(self, substation: str, day: dt.date) -> float:
        """Return headroom, upgrades that could be ready, and the standing connection."""
        rows = [r for r in self.study.timelines.get(substation, ()) if r.date <= day]
        upgrades = sum(
            row.added_mw
            for row in self.study.network_upgrades.values()
            if substation in row.substation_ids and self._ready(row.lead_time_years) <= day
        )
        given = self.study.substations[substation]
        standing = given.existing_mw if _stands(given.existing_until, day) else 0.0
        return (rows[-1].headroom_mw if rows else 0.0) + upgrades + standing

    def changes(self) -> list[dt.date]:
        """Return the days on which more power, a campus or a line can come, sorted."""
        study = self.study
        days = [row.date for rows in study.timelines.values() for row in rows]
        days += [row.earliest_date for row in study.campuses.values()]
        days += [self._ready(row.lead_time_years) for row in study.network_upgrades.values()]
        days += [self._bridging_ready(row) for row in study.bridging.values()]
        return sorted({*days, self.tie_line_ready(), study.file.horizon.start})

    def _substations(self, feeds: dict[str, Feed], day: dt.date) -> set[str]:
        """Return the substations with power over lines that could be in service."""
        is_new = day >= self.tie_line_ready()
        return {
            s
            for s, feed in feeds.items()
            if (is_new or (feed.stands and _stands(feed.until, day))) and self.offer_mw(s, day) > 0
        }

    def _bridging_mw(self, campus: str, day: dt.date) -> float:
        return sum(
            row.limit_mw
            for row in self.study.bridging.values()
            if row.campus_id == campus and self._bridging_ready(row) <= day
        )

    def _bridging_ready(self, row: BridgingRow) -> dt.date:
        years = row.lead_time_years
        if years is None:
            years = self.catalog.value(f"br.{row.technology}.lt") / _MONTHS
        return self._ready(years)

    def _ready(self, lead_time_years: float) -> dt.date:
        return lead_date(self.study.file.horizon.decision_date, lead_time_years)


def _stands(until: dt.date | None, day: dt.date) -> bool:
    return until is None or day < until


def _distance_km(a: CampusRow, b: SubstationRow) -> float:
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    )
    return 2 * _EARTH_KM * math.asin(math.sqrt(min(1.0, half)))

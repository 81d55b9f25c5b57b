"""One place from which every report reads: the plan with names, coordinates, dates and prices.

A :class:`View` joins a plan with the network it was made on, the study that asked for it and the
verdict of the verifier. It computes nothing that the plan decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from siting.catalog import Catalog, load_catalog
from siting.data_findings import DataFindings
from siting.errors import CatalogError
from siting.network import CandidateNetwork
from siting.plan import Plan, PlannedLink, PlannedRoute
from siting.study import Study
from siting.why import Why

if TYPE_CHECKING:
    from siting.verify import Verification
    from siting.verify.availability import LinkAvailability

Point = tuple[float, float]
"""(lon, lat), degrees."""

TRACE_MW = 1e-4
"""What the verifier, too, takes for nothing."""

ROLES = ("first", "second", "further")
"""Role of a route in its link: the shortest, the next, the rest."""


@dataclass(frozen=True)
class View:
    """A plan, ready to be shown."""

    plan: Plan
    verification: Verification
    network: CandidateNetwork
    study: Study | None = None
    findings: DataFindings | None = None
    """What was found about the data of the run."""
    why: Why | None = None
    """Why the plan is as it is."""

    @cached_property
    def catalog(self) -> Catalog | None:
        """Prices and rates of the study; None without a study or when the catalog is gone."""
        if self.study is None:
            return None
        choice = self.study.file.catalog
        try:
            return load_catalog(
                choice.source,
                column=choice.column,
                overrides=choice.overrides,
                folder=self.study.folder,
            )
        except CatalogError:
            return None

    @cached_property
    def availability(self) -> tuple[LinkAvailability, ...]:
        """How much of the time required links carry their demand; empty without the study."""
        if self.study is None or self.catalog is None:
            return ()
        from siting.verify.availability import link_availability

        return link_availability(self.study, self.network, self.catalog, self.plan)

    def price(self, row_id: str) -> float | None:
        """Return a catalog value, None when it is not known here."""
        if self.catalog is None or row_id not in self.catalog.rows:
            return None
        return self.catalog.value(row_id)

    @property
    def title(self) -> str:
        """Title of the study, else its name."""
        return self.study.file.title if self.study else self.plan.study

    @property
    def periods(self) -> tuple[str, ...]:
        """Labels of the periods."""
        return self.plan.periods

    @cached_property
    def period_years(self) -> float:
        """Length of a period."""
        if self.study is not None:
            return 1.0 if self.study.file.horizon.period == "year" else 0.25
        return 0.25 if all("Q" in label for label in self.periods) else 1.0

    @property
    def currency(self) -> str:
        """What a dollar is."""
        return f"USD of {self.study.file.money.currency_year}" if self.study else "USD"

    @cached_property
    def synthetic(self) -> tuple[str, ...]:
        """What is synthetic in study and network, in words."""
        declared = self.study.file.synthetic if self.study else ()
        counted = (w for w in self.network.synthetic if not _is_said(w, declared))
        words = dict.fromkeys((*declared, *counted))
        return tuple(text[:1].upper() + text[1:] for text in words)

    def period(self, index: int | None) -> str:
        """Return the label of a period, ``-`` for none."""
        return "-" if index is None else self.periods[index]

    def since(self, index: int | None) -> str:
        """Return the label of a first period; of none, that the thing stands already."""
        return "stands already" if index is None else self.periods[index]

    def start_words(self, index: int | None) -> str:
        """Return since when a thing is in service, as a phrase."""
        return "Stands already" if index is None else f"In service from {self.periods[index]}"

    # Names and places

    @cached_property
    def campus_points(self) -> dict[str, Point]:
        """Place of every candidate campus."""
        points = {n.campus: (n.lon, n.lat) for n in self.network.nodes.values() if n.campus}
        for row in self.study.campuses.values() if self.study else ():
            points.setdefault(row.id, (row.lon, row.lat))
        return dict(sorted(points.items()))

    @cached_property
    def substation_points(self) -> dict[str, Point]:
        """Place of every candidate substation, as far as study or tie lines tell."""
        points = (
            {row.id: (row.lon, row.lat) for row in self.study.substations.values()}
            if (self.study)
            else {}
        )
        for line in self.network.tie_lines.values():
            if line.geometry:
                points.setdefault(line.substation, line.geometry[-1])
        return dict(sorted(points.items()))

    def campus_name(self, campus: str) -> str:
        """Return the name of a campus."""
        row = self.study.campuses.get(campus) if self.study else None
        return row.name if row else campus

    def substation_name(self, substation: str) -> str:
        """Return the name of a substation."""
        row = self.study.substations.get(substation) if self.study else None
        return row.name if row else substation

    def corridor_name(self, corridor: str) -> str:
        """Return the name of a corridor."""
        edge = self.network.corridors.get(corridor)
        return (edge.name if edge else "") or corridor

    def is_synthetic_substation(self, substation: str) -> bool:
        """Whether the study calls the substation synthetic."""
        row = self.study.substations.get(substation) if self.study else None
        return bool(row and row.synthetic)

    def is_synthetic_campus(self, campus: str) -> bool:
        """Whether the study calls the campus synthetic."""
        row = self.study.campuses.get(campus) if self.study else None
        return bool(row and row.kind == "synthetic")

    def link_name(self, link: PlannedLink) -> str:
        """Return ``Abilene - Waco`` with an en dash."""
        return " \N{EN DASH} ".join(map(self.campus_name, link.campuses))

    # Plan by id and by role

    @cached_property
    def routes(self) -> tuple[tuple[PlannedLink, PlannedRoute, str], ...]:
        """Every route with its link and its role."""
        found = []
        for link in self.plan.links:
            ranked = sorted(link.routes, key=lambda route: (route.length_km, route.id))
            found += [
                (link, route, ROLES[min(rank, len(ROLES) - 1)]) for rank, route in enumerate(ranked)
            ]
        return tuple(found)

    @cached_property
    def lanes(self) -> dict[str, int]:
        """Side by side on the map: routes that share a corridor have different lanes."""
        lanes: dict[str, int] = {}
        for _, route, _ in self.routes:
            near = {r for c in route.corridors for r in self.routes_by_corridor[c]}
            taken = {lanes[other] for other in near if other in lanes}
            order = (0, *(side * n for n in range(1, len(near) + 1) for side in (1, -1)))
            lanes[route.id] = next(lane for lane in order if lane not in taken)
        return lanes

    @cached_property
    def routes_by_corridor(self) -> dict[str, tuple[str, ...]]:
        """Ids of the routes that use each corridor."""
        found: dict[str, list[str]] = {}
        for _, route, _ in self.routes:
            for corridor in route.corridors:
                found.setdefault(corridor, []).append(route.id)
        return {corridor: tuple(ids) for corridor, ids in found.items()}

    def served_mw(self, campus: str) -> list[float]:
        """Return the IT MW served at a campus in each period, all workloads, peers and replicas."""
        return add_up(
            (
                by_campus[campus]
                for w in self.plan.workloads
                for by_campus in (w.served_it_mw, w.replica_it_mw)
                if campus in by_campus
            ),
            len(self.periods),
        )

    @cached_property
    def unserved_mw(self) -> list[float]:
        """IT MW unserved in each period; traces of a solver's tolerances are none."""
        total = add_up((w.unserved_it_mw for w in self.plan.workloads), len(self.periods))
        return [mw if mw > TRACE_MW else 0.0 for mw in total]

    @cached_property
    def demand_mw(self) -> list[float]:
        """IT MW asked for in each period: served and unserved."""
        served = [self.served_mw(campus) for campus in self.campuses_serving]
        return add_up([*served, self.unserved_mw], len(self.periods))

    @cached_property
    def campuses_serving(self) -> tuple[str, ...]:
        """Campuses that serve any workload or are built, by first period and size."""
        first = {campus.id: campus.in_service_from for campus in self.plan.campuses}
        served = {c for w in self.plan.workloads for c in (*w.served_it_mw, *w.replica_it_mw)}

        def rank(campus: str) -> tuple[float, float, str]:
            values = self.served_mw(campus)
            opened = first.get(campus)
            begins = first_positive(values) if opened is None else opened
            late = len(self.periods)
            return (late if begins is None else begins, -max(values, default=0.0), campus)

        return tuple(sorted(first.keys() | served, key=rank))

    def module_gbps(self, module: str) -> float:
        """Return the rate of one channel of a transceiver.

        Grey modules have no rate in the catalog: theirs is the first number of their name.
        """
        rate = self.price(f"{module}.rate")
        if rate is not None:
            return rate
        number = re.search(r"\d{3,4}", module)
        return float(number.group()) if number else 0.0

    def route_gbps(self, route: PlannedRoute) -> list[float]:
        """Return the capacity of a route in each period, Gb/s per direction."""
        if route.kind == "leased_wave":
            row = self.study.leased_waves.get(route.leased_wave or "") if self.study else None
            return [(row.rate_gbps if row else 0.0) * waves for waves in route.waves]
        return add_up(
            ([self.module_gbps(m.module) * n for n in m.channels] for m in route.modes),
            len(self.periods),
        )

    def route_from(self, route: PlannedRoute) -> int | None:
        """Return the first period in which a route is lit."""
        lit = [route.waves] if route.kind == "leased_wave" else [m.pairs for m in route.modes]
        return first_positive(add_up(lit, len(self.periods)))


def _is_said(words: str, declared: Sequence[str]) -> bool:
    """Whether a count of all substations only repeats what the study itself declares of all.

    >>> _is_said("52 of 52 substations are synthetic", ["All substations are synthetic (TAMU)"])
    True
    >>> _is_said("51 of 52 substations are synthetic", ["All substations are synthetic (TAMU)"])
    False
    """
    found = re.fullmatch(r"([\d,]+) of ([\d,]+) substations are synthetic", words)
    return (
        found is not None
        and found[1] == found[2]
        and any(
            re.match(r"(all|every) substations?\b.*\bsynthetic", d, re.IGNORECASE) for d in declared
        )
    )


def add_up(series: Iterable[Sequence[float]], length: int) -> list[float]:
    """Return the sum of several series over the same periods.

    >>> add_up([(1, 2), (10, 20)], 2)
    [11.0, 22.0]
    """
    total = [0.0] * length
    for values in series:
        for index, value in enumerate(values):
            total[index] += value
    return total


def first_positive(values: Sequence[float]) -> int | None:
    """Return the index of the first value above zero.

    >>> first_positive((0, 0, 3))
    2
    """
    return next((index for index, value in enumerate(values) if value > 0), None)


def increments(values: Sequence[float]) -> list[float]:
    """Return what is added in each period.

    >>> increments((1, 1, 4))
    [1, 0, 3]
    """
    return [now - (values[i - 1] if i else 0) for i, now in enumerate(values)]

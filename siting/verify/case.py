"""Everything a check reads: the plan in good shape beside study, network and catalog."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from siting.catalog import Catalog
from siting.network import CandidateNetwork, Hut
from siting.plan import (
    Plan,
    PlannedCampus,
    PlannedCorridor,
    PlannedHut,
    PlannedLink,
    PlannedRoute,
    PlannedSubstation,
    RouteMode,
)
from siting.study import Study, Workload
from siting.tables import LeasedWaveRow
from siting.verify.dates import first_period_after, period_starts
from siting.verify.options import fiber_rtt_ms, option_name, wave_rtt_ms
from siting.verify.sections import Section, sections
from siting.verify.traces import Trace, corridor_graph, trace


@dataclass(frozen=True, slots=True)
class LitOption:
    """An option of a route with its recomputed RTT; leased waves count as one option."""

    where: str
    rtt_ms: float
    gbps: tuple[float, ...]
    """Capacity by period, Gb/s per direction."""
    mode: RouteMode | None
    """None for leased waves."""

    @property
    def is_lit(self) -> bool:
        """Whether it is ever in service."""
        return any(self.gbps) or (self.mode is not None and any(self.mode.pairs))


@dataclass(frozen=True, slots=True)
class RouteCase:
    """A route of the plan, placed in the network."""

    where: str
    link: PlannedLink
    route: PlannedRoute
    wave: LeasedWaveRow | None
    trace: Trace | None
    """None for leased waves, and for corridors that do not join up."""
    huts: tuple[Hut, ...]
    positions_km: tuple[float, ...] | None
    """Positions of the used huts; None when one is not on the route."""
    spans_km: tuple[float, ...] | None
    sections: tuple[Section, ...]
    """Stretches between terminals and regenerators; none when the spans cannot be measured."""
    options: tuple[LitOption, ...]
    failures: frozenset[str]
    """Every single failure that takes the route down."""
    periods: int

    @property
    def fiber(self) -> str:
        """Fiber type of a fiber route."""
        return self.route.fiber_type or ""

    @property
    def amplified_at(self) -> tuple[Hut, ...]:
        """The used huts that amplify: all but those that regenerate."""
        return tuple(hut for hut in self.huts if hut.id not in self.route.regenerators)

    @property
    def regenerated_at(self) -> tuple[Hut, ...]:
        """The used huts that regenerate."""
        return tuple(hut for hut in self.huts if hut.id in self.route.regenerators)

    @property
    def pairs(self) -> tuple[int, ...]:
        """Pairs lit by period, all options together."""
        return tuple(sum(m.pairs[t] for m in self.route.modes) for t in range(self.periods))

    @property
    def lit_from(self) -> int | None:
        """First period with a lit pair."""
        return first_positive(self.pairs)


@dataclass(frozen=True)
class Case:
    """A plan in good shape (see :mod:`siting.verify.shape`) and what it is checked against."""

    plan: Plan
    study: Study
    network: CandidateNetwork
    catalog: Catalog
    places: dict[str, str] = field(default_factory=dict)
    """Node of each campus."""

    @cached_property
    def periods(self) -> int:
        """Number of periods."""
        return self.study.file.horizon.periods

    @cached_property
    def starts(self) -> tuple[dt.date, ...]:
        """First day of every period."""
        return period_starts(self.study.file.horizon)

    @cached_property
    def workloads(self) -> dict[str, Workload]:
        """Workloads of the study by id."""
        return {workload.id: workload for workload in self.study.file.workloads}

    @cached_property
    def campuses(self) -> dict[str, PlannedCampus]:
        """Campuses of the plan by id."""
        return {campus.id: campus for campus in self.plan.campuses}

    @cached_property
    def substations(self) -> dict[str, PlannedSubstation]:
        """Substations of the plan by id."""
        return {substation.id: substation for substation in self.plan.substations}

    @cached_property
    def corridors(self) -> dict[str, PlannedCorridor]:
        """Corridors of the plan by id."""
        return {corridor.id: corridor for corridor in self.plan.corridors}

    @cached_property
    def huts(self) -> dict[str, PlannedHut]:
        """Huts of the plan by id."""
        return {hut.id: hut for hut in self.plan.huts}

    @cached_property
    def graph(self) -> Any:  # noqa: ANN401
        """Graph of all corridors."""
        return corridor_graph(self.network)

    @cached_property
    def routes(self) -> tuple[RouteCase, ...]:
        """Every route of the plan, placed in the network."""
        return tuple(self._place(link, route) for link in self.plan.links for route in link.routes)

    @cached_property
    def fiber_routes(self) -> tuple[RouteCase, ...]:
        """The routes of own or IRU fiber."""
        return tuple(case for case in self.routes if case.wave is None)

    def at(self, where: str, period: int) -> str:
        """Return ``where`` with the name of the period."""
        return f"{where}, period {self.plan.periods[period]}"

    def first_period(self, lead_time_years: float) -> int:
        """Return the first period of an asset with this lead time."""
        return first_period_after(self.study.file.horizon, lead_time_years)

    def pue_peak(self, campus: str) -> float:
        """Return facility MW over IT MW at peak."""
        own = self.study.campuses[campus].pue_peak
        return self.catalog.value("pue.peak") if own is None else own

    def it_mw(self, campus: str, period: int) -> float:
        """Return the IT MW that a campus serves, all workloads, at peers and replicas."""
        return sum(
            served[campus][period]
            for workload in self.plan.workloads
            for served in (workload.served_it_mw, workload.replica_it_mw)
            if campus in served
        )

    def _place(self, link: PlannedLink, route: PlannedRoute) -> RouteCase:
        where = f"link {link.campuses[0]}-{link.campuses[1]}, route {route.id}"
        if route.kind == "leased_wave":
            return self._place_wave(where, link, route)
        path = trace(self.network, self.places[link.campuses[0]], route.corridors)
        huts = tuple(self.network.huts[hut] for hut in route.huts)
        found = [path.position_km(hut) for hut in huts] if path else [None]
        positions = tuple(position for position in found if position is not None)
        complete = len(positions) == len(huts) and path is not None
        spans = path.spans_km(positions) if path is not None and complete else None
        return RouteCase(
            where=where,
            link=link,
            route=route,
            wave=None,
            trace=path,
            huts=huts,
            positions_km=positions if complete else None,
            spans_km=spans,
            sections=sections(huts, spans, route.regenerators) if spans else (),
            options=tuple(self._option(where, route, mode) for mode in route.modes),
            failures=self._fiber_failures(route),
            periods=self.periods,
        )

    def _place_wave(self, where: str, link: PlannedLink, route: PlannedRoute) -> RouteCase:
        wave = self.study.leased_waves[route.leased_wave or ""]
        gbps = tuple(count * wave.rate_gbps for count in route.waves)
        option = LitOption(f"{where}, wave {wave.id}", wave_rtt_ms(wave, self.catalog), gbps, None)
        return RouteCase(
            where=where,
            link=link,
            route=route,
            wave=wave,
            trace=None,
            huts=(),
            positions_km=None,
            spans_km=None,
            sections=(),
            options=(option,),
            failures=self._wave_failures(wave),
            periods=self.periods,
        )

    def _option(self, where: str, route: PlannedRoute, mode: RouteMode) -> LitOption:
        length = sum(self.network.corridors[corridor].length_km for corridor in route.corridors)
        regenerators = sum(hut in route.regenerators for hut in route.huts)
        rate = self.catalog.value(f"{mode.module}.rate")
        return LitOption(
            where=f"{where}, {option_name(mode)}",
            rtt_ms=fiber_rtt_ms(
                length,
                len(route.huts) - regenerators,
                regenerators,
                route.fiber_type or "",
                mode.module,
                mode.terminal,
                self.catalog,
            ),
            gbps=tuple(count * rate for count in mode.channels),
            mode=mode,
        )

    def _corridor_failures(self, corridors: Sequence[str]) -> set[str]:
        groups = {f"corridor:{corridor}" for corridor in corridors}
        for corridor in corridors:
            # A leased wave may run where the study forbids own fiber: the table still knows it.
            known = self.network.corridors.get(corridor) or self.study.corridors.get(corridor)
            groups.update(known.srlgs if known is not None else ())
            if corridor not in self.network.corridors:
                hazards = self.network.hazards.values()
                groups.update(hazard.id for hazard in hazards if corridor in hazard.corridors)
        return groups

    def _fiber_failures(self, route: PlannedRoute) -> frozenset[str]:
        groups = self._corridor_failures(route.corridors)
        groups.update(f"hut:{hut}" for hut in route.huts)
        if self.study.file.survivability.provider_failures:
            groups.update(f"provider:{owner}" for owner in route.supply if owner != "own")
        return frozenset(groups)

    def _wave_failures(self, wave: LeasedWaveRow) -> frozenset[str]:
        groups = self._corridor_failures(wave.corridors)
        providers_fail = self.study.file.survivability.provider_failures
        if providers_fail or not wave.corridors:
            groups.add(f"carrier:{wave.carrier}")
        if providers_fail:  # A carrier that also sells IRU is one company.
            groups.add(f"provider:{wave.carrier}")
        return frozenset(groups)


def first_positive(values: Sequence[float]) -> int | None:
    """Return the first index with a positive value; None when there is none."""
    return next((index for index, value in enumerate(values) if value > 0), None)

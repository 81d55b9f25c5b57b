"""Sites and power on the map, with the text a reader sees on them."""

from __future__ import annotations

from collections.abc import Iterator

from siting.report.feature import Feature
from siting.report.shapes import tie_line
from siting.report.standing import existing_it_mw
from siting.report.table import megawatts, over_time
from siting.report.view import View


def tie_lines(view: View) -> Iterator[Feature]:
    """Yield the tie lines the plan builds."""
    for planned in view.plan.tie_lines:
        line = view.network.tie_lines[planned.id]
        points = tie_line(view, line)
        if points:
            station = view.substation_name(planned.substation)
            yield Feature(
                id=planned.id,
                title=f"Tie line {view.campus_name(planned.campus)} to {station}",
                lines=(
                    f"{line.length_km:.1f} km, limit {megawatts(line.capacity_mw)} facility MW",
                    *([f"{line.along_km:.1f} km along rights of way"] if line.along_km else []),
                    f"Flow at peak: {over_time(planned.flow_mw, view.periods, 'facility MW')}",
                    view.start_words(planned.in_service_from),
                ),
                points=points,
                start=planned.in_service_from or 0,
                values={
                    "campus": planned.campus,
                    "substation": planned.substation,
                    "length_km": line.length_km,
                    "limit_facility_mw": line.capacity_mw,
                    "flow_facility_mw": planned.flow_mw[-1],
                    "firm_facility_mw": planned.firm_mw[-1],
                    "in_service_from": view.since(planned.in_service_from),
                },
            )


def candidate_substations(view: View) -> Iterator[Feature]:
    """Yield the substations the plan does not use."""
    used = {planned.id for planned in view.plan.substations}
    for station, point in view.substation_points.items():
        if station not in used:
            row = view.study.substations.get(station) if view.study else None
            level = f"{row.kv:g} kV, {row.grid_region}" if row else ""
            words = ("Not used by the plan", level, _data_words(view, station))
            yield Feature(
                id=station,
                title=f"Substation {view.substation_name(station)}",
                lines=tuple(filter(None, words)),
                points=(point,),
            )


def substations(view: View) -> Iterator[Feature]:
    """Yield the substations the plan connects to."""
    for planned in view.plan.substations:
        point = view.substation_points.get(planned.id)
        if point:
            row = view.study.substations.get(planned.id) if view.study else None
            words = (
                f"{row.kv:g} kV, {row.grid_region}" if row else "",
                f"Reserved: {over_time(planned.reserved_mw, view.periods, 'facility MW')}",
                view.start_words(planned.in_service_from),
                _data_words(view, planned.id),
            )
            yield Feature(
                id=planned.id,
                title=f"Substation {view.substation_name(planned.id)}",
                lines=tuple(filter(None, words)),
                points=(point,),
                start=planned.in_service_from or 0,
                values={
                    "name": view.substation_name(planned.id),
                    "voltage_kv": row.kv if row else None,
                    "reserved_facility_mw": planned.reserved_mw[-1],
                    "in_service_from": view.since(planned.in_service_from),
                    "data": "synthetic" if view.is_synthetic_substation(planned.id) else "",
                },
            )


def _data_words(view: View, station: str) -> str:
    return "synthetic: not a real substation" if view.is_synthetic_substation(station) else ""


def candidate_campuses(view: View) -> Iterator[Feature]:
    """Yield the campuses the plan does not open."""
    used = {planned.id for planned in view.plan.campuses}
    for campus, point in view.campus_points.items():
        if campus not in used:
            row = view.study.campuses.get(campus) if view.study else None
            words = (
                "Not used by the plan",
                f"{row.kind}, limit {megawatts(row.limit_mw)} facility MW" if row else "",
                f"From {row.earliest_date}, {row.grid_region}" if row else "",
            )
            yield Feature(
                id=campus,
                title=view.campus_name(campus),
                lines=tuple(filter(None, words)),
                points=(point,),
                size=row.limit_mw if row else 0.0,
            )


def campuses(view: View) -> Iterator[Feature]:
    """Yield the campuses the plan opens."""
    for planned in view.plan.campuses:
        point = view.campus_points.get(planned.id)
        if point:
            served, here = view.served_mw(planned.id), existing_it_mw(view, planned.id)[-1]
            role = campus_role(view, planned.id)
            yield Feature(
                id=planned.id,
                title=view.campus_name(planned.id),
                lines=(
                    view.start_words(planned.in_service_from),
                    *([f"{megawatts(here)} IT MW stand already"] if here else []),
                    *(
                        f"{period}: {megawatts(mw)} IT MW served, {megawatts(built)} built"
                        for period, mw, built in zip(
                            view.periods, served, planned.built_it_mw, strict=True
                        )
                    ),
                    *([f"Last period {role}"] if role else []),
                    *(
                        f"Bridging {b.id}: {over_time(b.capacity_mw, view.periods, 'facility MW')}"
                        for b in view.plan.bridging
                        if b.campus == planned.id
                    ),
                ),
                points=(point,),
                start=planned.in_service_from or 0,
                size=planned.built_it_mw[-1] + here,
                values={
                    "name": view.campus_name(planned.id),
                    "in_service_from": view.since(planned.in_service_from),
                    "built_it_mw": planned.built_it_mw[-1],
                    "existing_it_mw": here,
                    "role": role,
                    "bridging_facility_mw": sum(
                        b.capacity_mw[-1] for b in view.plan.bridging if b.campus == planned.id
                    ),
                    "served_it_mw": served[-1],
                },
            )


def campus_role(view: View, campus: str) -> str:
    """Return how a campus serves in the last period: hub, peer, replica, for each workload."""
    words = []
    for workload in view.plan.workloads:
        mode = workload.modes[-1] if workload.modes else None
        if workload.served_it_mw.get(campus, (0.0,))[-1] > 0:
            is_hub = mode is not None and mode.hub == campus
            words.append(f"{workload.id}: {'hub' if is_hub else 'peer'}")
        elif workload.replica_it_mw.get(campus, (0.0,))[-1] > 0:
            words.append(f"{workload.id}: replica")
    return ", ".join(words)

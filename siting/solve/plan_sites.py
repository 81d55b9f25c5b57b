"""The sites of the plan: substations, tie lines, campuses, workloads."""

from __future__ import annotations

from siting.instance import Instance
from siting.instance.records import Mode
from siting.plan import (
    OperatingMode,
    PlannedCampus,
    PlannedSubstation,
    PlannedTieLine,
    PlannedWorkload,
)
from siting.solve.siting_choice import SitingChoice


def planned_substations(siting: SitingChoice) -> tuple[PlannedSubstation, ...]:
    """Return every substation in use."""
    return tuple(
        PlannedSubstation(id=s, in_service_from=siting.connected_from[s], reserved_mw=mw)
        for s, mw in sorted(siting.reserved_mw.items())
    )


def planned_tie_lines(instance: Instance, siting: SitingChoice) -> tuple[PlannedTieLine, ...]:
    """Return every tie line in use."""
    return tuple(
        PlannedTieLine(
            id=a,
            campus=instance.tie_lines[a].campus,
            substation=instance.tie_lines[a].substation,
            in_service_from=first,
            flow_mw=siting.flow_mw[a],
        )
        for a, first in sorted(siting.tie_from.items())
    )


def planned_campuses(siting: SitingChoice) -> tuple[PlannedCampus, ...]:
    """Return every campus in use."""
    return tuple(
        PlannedCampus(id=c, in_service_from=first, built_it_mw=siting.built_mw[c])
        for c, first in sorted(siting.open_from.items())
    )


def planned_workload(siting: SitingChoice, w: str) -> PlannedWorkload:
    """Return how a workload is served."""
    used = [mode for mode in siting.modes[w] if mode is not None]
    hubs = {siting.hub_of[w, t] for t, mode in enumerate(siting.modes[w]) if mode is not None}
    return PlannedWorkload(
        id=w,
        paradigm=used[0].paradigm if used else None,
        fabric=used[0].fabric if used else None,
        hub=hubs.pop() if len(hubs) == 1 else None,
        modes=tuple(
            None if mode is None else _planned_mode(mode, siting.hub_of[w, t])
            for t, mode in enumerate(siting.modes[w])
        ),
        served_it_mw={c: mw for (c, v), mw in sorted(siting.served_mw.items()) if v == w},
        replica_it_mw={c: mw for (c, v), mw in sorted(siting.replica_mw.items()) if v == w},
        replica_homes={c: home for (c, v), home in sorted(siting.homes.items()) if v == w},
        unserved_it_mw=siting.unserved_mw[w],
    )


def _planned_mode(mode: Mode, hub: str | None) -> OperatingMode:
    return OperatingMode(
        paradigm=mode.paradigm,
        fabric=mode.fabric,
        peers_min=mode.peers_min,
        peers_max=mode.peers_max,
        rtt_class_ms=mode.rtt_class_ms,
        link_rtt_limit_ms=mode.link_rtt_limit_ms,
        bandwidth_level=mode.bandwidth_level,
        hub=hub,
        goodput_loss_fraction=mode.goodput_loss_fraction,
    )

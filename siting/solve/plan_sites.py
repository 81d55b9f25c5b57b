"""The sites of the plan: substations, tie lines, campuses, workloads."""

from __future__ import annotations

from siting.instance import Instance
from siting.instance.records import Mode
from siting.plan import (
    OperatingMode,
    PlannedBridging,
    PlannedCampus,
    PlannedSubstation,
    PlannedTieLine,
    PlannedUpgrade,
    PlannedWorkload,
)
from siting.solve.power_choice import PowerChoice
from siting.solve.siting_choice import SitingChoice


def planned_substations(power: PowerChoice) -> tuple[PlannedSubstation, ...]:
    """Return every substation in use."""
    return tuple(
        PlannedSubstation(id=s, in_service_from=power.connected_from.get(s), reserved_mw=mw)
        for s, mw in sorted(power.reserved_mw.items())
    )


def planned_upgrades(power: PowerChoice) -> tuple[PlannedUpgrade, ...]:
    """Return every network upgrade ordered."""
    return tuple(
        PlannedUpgrade(id=u, in_service_from=first)
        for u, first in sorted(power.upgraded_from.items())
    )


def planned_bridging(instance: Instance, power: PowerChoice) -> tuple[PlannedBridging, ...]:
    """Return the on-site generation in use."""
    return tuple(
        PlannedBridging(
            id=u,
            campus=instance.bridging[u].campus,
            capacity_mw=mw,
            output_mw=power.output_mw[u],
        )
        for u, mw in sorted(power.bridging_mw.items())
    )


def planned_tie_lines(instance: Instance, power: PowerChoice) -> tuple[PlannedTieLine, ...]:
    """Return every tie line in use."""
    return tuple(
        PlannedTieLine(
            id=a,
            campus=instance.tie_lines[a].campus,
            substation=instance.tie_lines[a].substation,
            in_service_from=power.tie_from.get(a),
            flow_mw=flow,
            firm_mw=power.firm_mw[a],
        )
        for a, flow in sorted(power.flow_mw.items())
    )


def planned_campuses(power: PowerChoice) -> tuple[PlannedCampus, ...]:
    """Return every campus in use."""
    return tuple(
        PlannedCampus(id=c, in_service_from=power.open_from.get(c), built_it_mw=mw)
        for c, mw in sorted(power.built_mw.items())
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

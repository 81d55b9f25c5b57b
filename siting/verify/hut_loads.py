"""What each hut carries in each period, and what it has room and power for."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Final

from siting.plan import PlannedHut, RouteMode
from siting.verify.case import Case
from siting.verify.options import AMPLIFIER_POWER, TERMINAL_PREFIX
from siting.verify.standing import hut_stands, is_new

REGENERATED: Final = "conventional"
"""A regenerated pair takes the rack space of an amplifier of this type."""
OWN_SPACE: Final = {"small": "hut.racks.legacy", "large": "hut.racks.new"}
OWN_POWER: Final = {"small": "hut.power.legacy", "large": "hut.power.new"}


@dataclass(slots=True)
class HutLoad:
    """What one hut carries in one period."""

    pairs: Counter[str] = field(default_factory=Counter)
    """Pairs by amplifier type."""
    watts: float = 0.0


def hut_loads(case: Case) -> dict[str, list[HutLoad]]:
    """Return the load of every hut that is used or planned, by period."""
    loads: dict[str, list[HutLoad]] = defaultdict(lambda: [HutLoad() for _ in range(case.periods)])
    for route in case.fiber_routes:
        for mode in route.route.modes:
            for hut in route.amplified_at:
                _add_amplifiers(case, mode, loads[hut.id])
            for hut in route.regenerated_at:
                _add_regenerators(case, mode, loads[hut.id])
    return {name: loads[name] for name in sorted({*loads, *case.huts})}


def _add_amplifiers(case: Case, mode: RouteMode, loads: list[HutLoad]) -> None:
    watts = amplifier_watts(case, mode)
    for load, pairs in zip(loads, mode.pairs, strict=True):
        load.pairs[mode.amplifier] += pairs
        load.watts += pairs * watts


def _add_regenerators(case: Case, mode: RouteMode, loads: list[HutLoad]) -> None:
    per_channel, per_pair = regenerator_watts(case, mode)
    for load, pairs, channels in zip(loads, mode.pairs, mode.channels, strict=True):
        load.pairs[REGENERATED] += pairs
        load.watts += pairs * per_pair + channels * per_channel


def amplifier_watts(case: Case, mode: RouteMode) -> float:
    """Return the power of an in-line amplifier per pair; 0 for one that does not exist, W."""
    row = AMPLIFIER_POWER.get((mode.amplifier, mode.terminal))
    return 0.0 if row is None else case.catalog.value(row)


def regenerator_watts(case: Case, mode: RouteMode) -> tuple[float, float]:
    """Return the power of a regenerator site per channel and per pair, W."""
    per_channel = 2 * case.catalog.value(f"{mode.module}.power")
    if mode.terminal == "none":
        return per_channel, 0.0
    return per_channel, 2 * case.catalog.value(f"{TERMINAL_PREFIX[mode.terminal]}.power")


def in_service(case: Case, hut: str, period: int) -> bool:
    """Whether a hut stands already, or as the plan has it, in a period."""
    return hut_stands(case, hut)[period] or _built(case, hut, period) is not None


def racks(case: Case, hut: str, kind: str, period: int) -> int:
    """Return the racks of an amplifier type in service in a hut, existing ones included."""
    planned, site = case.huts.get(hut), case.network.huts[hut]
    count = planned.racks[kind][period] if planned and kind in planned.racks else 0
    if hut_stands(case, hut)[period] and site.existing_amplifier_type == kind:
        count += site.existing_racks
    return count


def space_racks(case: Case, hut: str, period: int) -> int:
    """Return how many racks fit into a hut in a period."""
    site, transport = case.network.huts[hut], case.study.file.transport
    own = site.space_racks
    space = 0
    if hut_stands(case, hut)[period]:
        space += site.existing_racks if own is None else own
    planned = _built(case, hut, period)
    if planned is not None:
        row = OWN_SPACE.get(planned.hut_class)
        usual = transport.max_racks_provider if row is None else round(case.catalog.value(row))
        space += usual if own is None else own
    return space


def power_kw(case: Case, hut: str, period: int) -> float:
    """Return the IT power of a hut in a period, kW."""
    site, transport = case.network.huts[hut], case.study.file.transport
    own = site.power_kw
    power = 0.0
    if hut_stands(case, hut)[period]:
        power += case.catalog.value("hut.power.legacy") if own is None else own
    planned = _built(case, hut, period)
    if planned is not None:
        row = OWN_POWER.get(planned.hut_class)
        usual = transport.provider_hut_power_kw if row is None else case.catalog.value(row)
        power += usual if own is None else own
    return power


def _built(case: Case, hut: str, period: int) -> PlannedHut | None:
    """Return a hut of the plan while it is in service as built, leased or taken."""
    planned = case.huts.get(hut)
    return planned if planned and is_new(planned.in_service_from, period) else None

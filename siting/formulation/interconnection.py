"""Power by date: substations, network upgrades, tie lines, bridging, and the N-1 feed.

| symbol | component | unit | meaning |
|---|---|---|---|
| y_st | is_connected | - | substation newly connected |
| g_st | reserved_mw | facility MW | reserved anew, non-decreasing |
| nu_ut | is_upgraded | - | network upgrade in service |
| z_at | is_built | - | new tie line in service |
| f_at | flow_mw | facility MW | flow at peak |
| phi_at | firm_mw | facility MW | reserved on a line of a campus with N-1 feed; else f_at |
| B_bt | bridging_mw | facility MW | on-site generation in service |
| q_bt | output_mw | facility MW | its output at peak |
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

import pyomo.environ as pyo

from siting.formulation.placement import campus_load_mw, substation_limit_mw
from siting.formulation.sums import sum_of
from siting.instance import Instance
from siting.instance.records import TieLine


def interconnection_block(instance: Instance, placement: pyo.Block) -> pyo.Block:
    """Return the block that feeds campuses from substations and their own generation."""
    b = pyo.Block(concrete=True)
    _declare(b, instance)
    _persistence(b, instance)
    _substations(b, instance)
    _lines(b, instance, placement)
    _bridging(b, instance, placement)
    _feeds(b, instance, placement)
    return b


def _persistence(b: pyo.Block, instance: Instance) -> None:
    def later(indices: pyo.Set) -> list[tuple[str, int]]:
        return [key for key in indices if key[1] > 0]

    b.LATER_SUBSTATIONS = pyo.Set(initialize=later(b.SUBSTATION_PERIODS), dimen=2)
    b.LATER_LINES = pyo.Set(initialize=later(b.LINE_PERIODS), dimen=2)
    b.LATER_UPGRADES = pyo.Set(initialize=later(b.UPGRADE_PERIODS), dimen=2)
    b.LATER_OWNED = pyo.Set(
        initialize=[(u, t) for u, t in later(b.BRIDGING_PERIODS) if instance.bridging[u].owned],
        dimen=2,
    )

    @b.Constraint(b.LATER_SUBSTATIONS)
    def persistence(b: pyo.Block, s: str, t: int) -> pyo.Expression:
        return b.is_connected[s, t] >= b.is_connected[s, t - 1]

    @b.Constraint(b.LATER_SUBSTATIONS)
    def persistence_reserved(b: pyo.Block, s: str, t: int) -> pyo.Expression:
        return b.reserved_mw[s, t] >= b.reserved_mw[s, t - 1]

    @b.Constraint(b.LATER_LINES)
    def persistence_lines(b: pyo.Block, a: str, t: int) -> pyo.Expression:
        return b.is_built[a, t] >= b.is_built[a, t - 1]

    @b.Constraint(b.LATER_UPGRADES)
    def persistence_upgrades(b: pyo.Block, u: str, t: int) -> pyo.Expression:
        return b.is_upgraded[u, t] >= b.is_upgraded[u, t - 1]

    @b.Constraint(b.LATER_OWNED)
    def persistence_bridging(b: pyo.Block, u: str, t: int) -> pyo.Expression:
        return b.bridging_mw[u, t] >= b.bridging_mw[u, t - 1]


def _substations(b: pyo.Block, instance: Instance) -> None:
    """What may be reserved, and what is drawn from it."""
    substations = instance.substations
    at_substation: dict[str, list[str]] = {}
    for a, line in instance.tie_lines.items():
        at_substation.setdefault(line.substation, []).append(a)

    @b.Constraint(b.SUBSTATION_PERIODS)
    def substation_headroom(b: pyo.Block, s: str, t: int) -> pyo.Expression:
        connected = 1 if substations[s].stands[t] else b.is_connected[s, t]
        return b.reserved_mw[s, t] <= substations[s].headroom_mw[t] * connected + _added_mw(
            b, instance, s, t
        )

    last = len(instance.periods) - 1
    b.PINNED = pyo.Set(
        initialize=[s for s, x in substations.items() if x.pinned and not x.stands[last]]
    )

    @b.Constraint(b.PINNED)
    def pinned_substation(b: pyo.Block, s: str) -> pyo.Expression:
        return b.is_connected[s, last] >= 1

    b.NEW_WITH_UPGRADE = pyo.Set(
        initialize=[
            (s, t)
            for s, t in b.SUBSTATION_PERIODS
            if not substations[s].stands[t]
            and any(s in upgrade.substations for upgrade in instance.upgrades.values())
        ],
        dimen=2,
    )

    @b.Constraint(b.NEW_WITH_UPGRADE)
    def substation_connected(b: pyo.Block, s: str, t: int) -> pyo.Expression:
        return b.reserved_mw[s, t] <= substation_limit_mw(instance, s, t) * b.is_connected[s, t]

    @b.Constraint(b.SUBSTATION_PERIODS)
    def substation_reservation(b: pyo.Block, s: str, t: int) -> pyo.Expression:
        drawn = sum_of(_firm_mw(b, a, t) for a in at_substation.get(s, ()))
        return drawn <= b.reserved_mw[s, t] + substations[s].existing_mw[t]


def _added_mw(b: pyo.Block, instance: Instance, s: str, t: int) -> pyo.Expression:
    """Return the facility MW that the upgrades in service add at a substation."""
    return sum(
        upgrade.added_mw * b.is_upgraded[u, t]
        for u, upgrade in instance.upgrades.items()
        if s in upgrade.substations
    )


def _firm_mw(b: pyo.Block, a: str, t: int) -> pyo.Expression:
    """Return what a line reserves: its flow, unless its campus has N-1 feed."""
    return b.firm_mw[a, t] if (a, t) in b.firm_mw else b.flow_mw[a, t]


def _lines(b: pyo.Block, instance: Instance, placement: pyo.Block) -> None:
    lines = instance.tie_lines
    most_mw = functools.cache(functools.partial(substation_limit_mw, instance))

    @b.Constraint(b.LINE_PERIODS)
    def tie_line_limit(b: pyo.Block, a: str, t: int) -> pyo.Expression:
        line = lines[a]
        most = min(line.capacity_mw, most_mw(line.substation, t))
        built = 1 if line.stands[t] else b.is_built[a, t]
        return _firm_mw(b, a, t) <= most * built

    @b.Constraint(b.FIRM)
    def tie_line_firm(b: pyo.Block, a: str, t: int) -> pyo.Expression:
        return b.flow_mw[a, t] <= b.firm_mw[a, t]

    b.NEW_AT_CAMPUS = pyo.Set(
        initialize=[
            (a, t) for a, t in b.LINE_PERIODS if not instance.campuses[lines[a].campus].stands[t]
        ],
        dimen=2,
    )

    @b.Constraint(b.NEW_AT_CAMPUS)
    def tie_line_campus(b: pyo.Block, a: str, t: int) -> pyo.Expression:
        return b.is_built[a, t] <= placement.is_open[lines[a].campus, t]

    b.NEW_AT_SUBSTATION = pyo.Set(
        initialize=[
            (a, t)
            for a, t in b.LINE_PERIODS
            if not instance.substations[lines[a].substation].stands[t]
        ],
        dimen=2,
    )

    @b.Constraint(b.NEW_AT_SUBSTATION)
    def tie_line_substation(b: pyo.Block, a: str, t: int) -> pyo.Expression:
        return b.is_built[a, t] <= b.is_connected[lines[a].substation, t]


def _bridging(b: pyo.Block, instance: Instance, placement: pyo.Block) -> None:
    units = instance.bridging

    @b.Constraint(b.BRIDGING_PERIODS)
    def bridging_limit(b: pyo.Block, u: str, t: int) -> pyo.Expression:
        campus = units[u].campus
        in_service = 1 if instance.campuses[campus].stands[t] else placement.is_open[campus, t]
        return b.bridging_mw[u, t] <= units[u].limit_mw * in_service

    @b.Constraint(b.BRIDGING_PERIODS)
    def bridging_output(b: pyo.Block, u: str, t: int) -> pyo.Expression:
        return b.output_mw[u, t] <= b.bridging_mw[u, t]


def _feeds(b: pyo.Block, instance: Instance, placement: pyo.Block) -> None:
    """What lines and generation bring is what the load takes, one feed out of service or not."""
    lines, units, campuses = instance.tie_lines, instance.bridging, instance.campuses
    at_campus: dict[str, list[str]] = {}
    for a, line in lines.items():
        at_campus.setdefault(line.campus, []).append(a)
    fed = {*at_campus} | {unit.campus for unit in units.values()}
    fed |= {c for c, _ in placement.SERVING}
    b.POWERED = pyo.Set(
        initialize=[(c, t) for c, t in placement.CAMPUS_PERIODS if c in fed], dimen=2
    )

    @b.Constraint(b.POWERED)
    def power_balance(b: pyo.Block, c: str, t: int) -> pyo.Expression:
        inflow = sum_of(b.flow_mw[a, t] for a in at_campus.get(c, ()))
        output = sum(b.output_mw[u, t] for u, unit in units.items() if unit.campus == c)
        load = campus_load_mw(instance, placement, c, t)
        return inflow + output == campuses[c].pue_peak * load

    feeds = sorted({(line.campus, feed(instance, line)) for line in _redundant(instance)})
    periods = range(len(instance.periods))
    b.FEEDS_OUT = pyo.Set(initialize=[(*key, t) for key in feeds for t in periods], dimen=3)

    @b.Constraint(b.FEEDS_OUT)
    def n_minus_1_feed(b: pyo.Block, c: str, out: str, t: int) -> pyo.Expression:
        left = sum_of(
            b.firm_mw[a, t] for a in at_campus.get(c, ()) if feed(instance, lines[a]) != out
        )
        generation = sum(b.bridging_mw[u, t] for u, unit in units.items() if unit.campus == c)
        load = campus_load_mw(instance, placement, c, t)
        return left + generation >= campuses[c].pue_peak * load


def feed(instance: Instance, line: TieLine) -> str:
    """Return what fails with a line at a campus with N-1 feed: itself, or its substation."""
    by_substation = instance.campuses[line.campus].feed_redundancy == "substation"
    return line.substation if by_substation else line.id


def _redundant(instance: Instance) -> list[TieLine]:
    """Return the lines of campuses with N-1 feed."""
    return [
        line
        for line in instance.tie_lines.values()
        if instance.campuses[line.campus].feed_redundancy != "none"
    ]


def _declare(b: pyo.Block, instance: Instance) -> None:
    periods = range(len(instance.periods))
    lines = instance.tie_lines
    pinned = {s for s, x in instance.substations.items() if x.pinned}
    used = sorted({line.substation for line in lines.values()} | pinned)

    def over_time(names: Iterable[str]) -> pyo.Set:
        return pyo.Set(initialize=[(name, t) for name in names for t in periods], dimen=2)

    b.SUBSTATION_PERIODS = over_time(used)
    b.UPGRADE_PERIODS = over_time(instance.upgrades)
    b.LINE_PERIODS = over_time(lines)
    b.FIRM = over_time(line.id for line in _redundant(instance))
    b.BRIDGING_PERIODS = over_time(instance.bridging)

    b.is_connected = pyo.Var(b.SUBSTATION_PERIODS, domain=pyo.Binary)
    b.reserved_mw = pyo.Var(b.SUBSTATION_PERIODS, domain=pyo.NonNegativeReals)
    b.is_upgraded = pyo.Var(b.UPGRADE_PERIODS, domain=pyo.Binary)
    b.is_built = pyo.Var(b.LINE_PERIODS, domain=pyo.Binary)
    b.flow_mw = pyo.Var(b.LINE_PERIODS, domain=pyo.NonNegativeReals)
    b.firm_mw = pyo.Var(b.FIRM, domain=pyo.NonNegativeReals)
    b.bridging_mw = pyo.Var(b.BRIDGING_PERIODS, domain=pyo.NonNegativeReals)
    b.output_mw = pyo.Var(b.BRIDGING_PERIODS, domain=pyo.NonNegativeReals)

    _fix_dates(b, instance)


def _fix_dates(b: pyo.Block, instance: Instance) -> None:
    """Fix what cannot be in service yet, and new lines beside lines that stand."""
    lines, substations = instance.tie_lines, instance.substations
    for s, t in b.SUBSTATION_PERIODS:
        if substation_limit_mw(instance, s, t) <= substations[s].existing_mw[t]:
            b.reserved_mw[s, t].fix(0)
    for u, t in b.UPGRADE_PERIODS:
        if t < instance.upgrades[u].first_period:
            b.is_upgraded[u, t].fix(0)
    for a, t in b.LINE_PERIODS:
        line = lines[a]
        if t < line.first_period or line.stands[t]:
            b.is_built[a, t].fix(0)
            if not line.stands[t]:
                _firm_mw(b, a, t).fix(0)
                b.flow_mw[a, t].fix(0)
    for u, t in b.BRIDGING_PERIODS:
        if t < instance.bridging[u].first_period:
            b.bridging_mw[u, t].fix(0)
            b.output_mw[u, t].fix(0)

"""Campuses, substations, lines and generation of a solution as plain numbers."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.instance import Instance
from siting.solve.training_choice import BINARY_ON, TrainingChoice, Value

if TYPE_CHECKING:
    import pyomo.environ as pyo

ZERO_MW = 1e-6
Series = tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerChoice:
    """What brings power to the load; a name without a first period is used as it stands."""

    open_from: dict[str, int]
    """First period of the campuses opened anew."""
    built_mw: dict[str, Series]
    """IT MW built, by campus in use."""
    connected_from: dict[str, int]
    reserved_mw: dict[str, Series]
    """Facility MW reserved anew, by substation in use."""
    upgraded_from: dict[str, int]
    tie_from: dict[str, int]
    flow_mw: dict[str, Series]
    """Facility MW, by tie line in use."""
    firm_mw: dict[str, Series]
    bridging_mw: dict[str, Series]
    """Facility MW in service, by unit in use."""
    output_mw: dict[str, Series]


def read_power(
    instance: Instance, m: pyo.ConcreteModel, training: TrainingChoice, value: Value
) -> PowerChoice:
    """Return the power side of a solved model, trimmed to what the load uses.

    With caps on what comes into service the model's own dates and MW stay: it may build early so
    that the spending is spread.
    """
    read = _Reader(instance, m.interconnection, value)
    load = {c: tuple(training.load_mw(c, t) for t in read.periods) for c in instance.campuses}
    flow, firm = _lines(read, load)
    output, bridging = _bridging(read, load)
    tie_from = read.first_periods(
        read.block.is_built,
        {
            a: [mw > 0 and not up for mw, up in zip(firm[a], line.stands, strict=True)]
            for a, line in instance.tie_lines.items()
        },
    )
    reserved, connected_from, upgraded_from = _substations(read, firm, tie_from)
    built = {
        c: read.kept(m.placement.built_mw, c, _beyond(load[c], campus.existing_it_mw))
        for c, campus in instance.campuses.items()
    }
    open_from = read.first_periods(
        m.placement.is_open,
        {
            c: [
                not campus.stands[t]
                and (
                    load[c][t] > 0
                    or built[c][t] > 0
                    or (campus.pinned and t == read.last)
                    or any(bridging[u][t] > 0 for u in read.units_at(c))
                    or any(tie_from.get(a, t + 1) <= t for a in read.lines_at(c))
                )
                for t in read.periods
            ]
            for c, campus in instance.campuses.items()
        },
    )
    return PowerChoice(
        open_from=open_from,
        built_mw={c: mw for c, mw in built.items() if c in open_from or any(mw) or any(load[c])},
        connected_from=connected_from,
        reserved_mw=reserved,
        upgraded_from=upgraded_from,
        tie_from=tie_from,
        flow_mw={a: mw for a, mw in flow.items() if a in tie_from or any(firm[a])},
        firm_mw={a: mw for a, mw in firm.items() if a in tie_from or any(mw)},
        bridging_mw={u: mw for u, mw in bridging.items() if any(mw)},
        output_mw={u: output[u] for u, mw in bridging.items() if any(mw)},
    )


class _Reader:
    """Reads series of a solved model, and what caps keep of them."""

    def __init__(self, instance: Instance, block: pyo.Block, value: Value) -> None:
        self.instance, self.block, self._value = instance, block, value
        self.periods = range(len(instance.periods))
        self.last = len(instance.periods) - 1

    def mw(self, var: pyo.Var, name: str) -> Series:
        """Return a series of the model without the traces of its tolerances."""
        series = (self._value(var[name, t]) for t in self.periods)
        return tuple(mw if mw > ZERO_MW else 0.0 for mw in series)

    def is_on(self, var: pyo.Var, name: str, t: int) -> bool:
        """Return whether a binary of the model is 1."""
        return self._value(var[name, t]) > BINARY_ON

    def kept(self, var: pyo.Var, name: str, needed: Series) -> Series:
        """Return what is built by period: what is needed, with caps what the model builds."""
        series = needed
        if self.instance.caps.given:
            series = tuple(map(max, needed, self.mw(var, name)))
        return tuple(itertools.accumulate(series, max))

    def first_periods(self, var: pyo.Var, needed: Mapping[str, Sequence[bool]]) -> dict[str, int]:
        """Return when things come into service: when needed, with caps when the model does it."""
        found = {}
        for name, flags in needed.items():
            for t in self.periods:
                early = self.instance.caps.given and self.is_on(var, name, t)
                if flags[t] or early:
                    found[name] = t
                    break
        return found

    def lines_at(self, campus: str) -> list[str]:
        return [a for a, line in self.instance.tie_lines.items() if line.campus == campus]

    def units_at(self, campus: str) -> list[str]:
        return [u for u, unit in self.instance.bridging.items() if unit.campus == campus]


def _beyond(load: Series, existing: Series) -> Series:
    """Return what a load needs besides what stands already."""
    needed = (mw - stands for mw, stands in zip(load, existing, strict=True))
    return tuple(mw if mw > ZERO_MW else 0.0 for mw in needed)


def _lines(read: _Reader, load: dict[str, Series]) -> tuple[dict[str, Series], dict[str, Series]]:
    """Return flow and firm reservation of every tie line."""
    flow, firm = {}, {}
    for a, line in read.instance.tie_lines.items():
        flow[a] = firm[a] = read.mw(read.block.flow_mw, a)
        if read.instance.campuses[line.campus].feed_redundancy != "none":
            reserved = read.mw(read.block.firm_mw, a)
            loads = load[line.campus]
            firm[a] = tuple(
                max(f, r) if mw > 0 else 0.0
                for f, r, mw in zip(flow[a], reserved, loads, strict=True)
            )
    return flow, firm


def _bridging(
    read: _Reader, load: dict[str, Series]
) -> tuple[dict[str, Series], dict[str, Series]]:
    """Return output and capacity of every unit."""
    output, capacity = {}, {}
    for u, unit in read.instance.bridging.items():
        output[u] = needed = read.mw(read.block.output_mw, u)
        if read.instance.campuses[unit.campus].feed_redundancy != "none":
            installed = read.mw(read.block.bridging_mw, u)
            loads = load[unit.campus]
            needed = tuple(
                max(q, b) if mw > 0 else q
                for q, b, mw in zip(needed, installed, loads, strict=True)
            )
        capacity[u] = read.kept(read.block.bridging_mw, u, needed) if unit.owned else needed
    return output, capacity


def _substations(
    read: _Reader, firm: dict[str, Series], tie_from: dict[str, int]
) -> tuple[dict[str, Series], dict[str, int], dict[str, int]]:
    """Return reservations, connections and upgrades."""
    instance, x = read.instance, read.block
    lines: dict[str, list[str]] = {}
    for s, substation in instance.substations.items():
        if substation.pinned:
            lines[s] = []
    for a, line in instance.tie_lines.items():
        lines.setdefault(line.substation, []).append(a)
    reserved, needed = {}, {}
    for s, names in sorted(lines.items()):
        substation = instance.substations[s]
        drawn = tuple(sum(firm[a][t] for a in names) for t in read.periods)
        reserved[s] = read.kept(x.reserved_mw, s, _beyond(drawn, substation.existing_mw))
        new = min((tie_from[a] for a in names if a in tie_from), default=len(read.periods))
        needed[s] = [
            not substation.stands[t]
            and (reserved[s][t] > 0 or new <= t or (substation.pinned and t == read.last))
            for t in read.periods
        ]
    connected_from = read.first_periods(x.is_connected, needed)
    upgraded_from = read.first_periods(
        x.is_upgraded,
        {
            u: [
                read.is_on(x.is_upgraded, u, t)
                and any(
                    reserved[s][t] > instance.substations[s].headroom_mw[t] + ZERO_MW
                    for s in upgrade.substations
                    if s in reserved
                )
                for t in read.periods
            ]
            for u, upgrade in instance.upgrades.items()
        },
    )
    in_use = {
        s: mw
        for s, mw in reserved.items()
        if s in connected_from or any(mw) or any(any(firm[a]) for a in lines[s])
    }
    return in_use, connected_from, upgraded_from

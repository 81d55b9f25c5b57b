"""Power and megawatts with every discrete choice fixed: one linear program."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from tests.oracle.figures import Figures
from tests.oracle.program import Name, Program, Row
from tests.oracle.raw import Raw

if TYPE_CHECKING:
    from tests.oracle.roles import Roles
    from tests.oracle.starts import Start

Losses = tuple[tuple[float, ...], ...]
Megawatts = dict[Name, float]
Budget = tuple[float, ...]
"""Upfront USD left by period."""


class Power(Figures):
    """The linear program of sites and power."""

    def __init__(self, raw: Raw) -> None:
        super().__init__(raw)
        self.program = self._program()
        self._solved: dict[object, tuple[float, Megawatts]] = {}

    def _program(self) -> Program:
        program = Program()
        for t in self.raw.all_periods:
            self._variables(program, t)
        for t in self.raw.all_periods:
            self._service_rows(program, t)
            self._feed_rows(program, t)
            self._persistence_rows(program, t)
        program.freeze()
        return program

    def _variables(self, program: Program, t: int) -> None:
        raw, weight, when = self.raw, self.raw.weights[t], str(t)
        for w in range(len(raw.study.file.workloads)):
            lost = self.replica_loss(w) * self.goodput_usd(w)
            for c in self.campuses:
                energy = 8760 * self.pue_average(c) * self.energy_usd(c)
                program.add(("p", str(w), c, when), energy * weight)
                program.add(("r", str(w), c, when), (energy + lost) * weight)
            program.add(("u", str(w), when), self.unserved_usd(w) * weight, self.raw.asked_mw(w)[t])
        for a in self.ties:
            program.add(("f", a.id, when), 0.0, a.capacity_mw)
            program.add(("phi", a.id, when), 0.0, a.capacity_mw)
        for c in self.campuses:
            yearly = raw.annuity(self.shell_usd(c), raw.catalog.life_years("capex.shell"))
            limit = raw.study.campuses[c].limit_mw / self.pue(c)
            limit -= raw.study.campuses[c].existing_it_mw * self.there_campus[c][t]
            program.add(("k", c, when), yearly * weight, limit)
        for s in self.stations:
            yearly = raw.annuity(self.reserve_usd(s), raw.catalog.life_years("grid.submw"))
            program.add(("g", s, when), yearly * weight)
        for b in self.bridges:
            yearly = 12 * self.bridge_usd(b.id)
            if b.technology != "rental":
                life = raw.catalog.life_years(f"br.{b.technology}")
                yearly = raw.annuity(self.bridge_usd(b.id), life)
            program.add(("B", b.id, when), yearly * weight, b.limit_mw)
            dearer = raw.given(b.energy_usd_per_mwh, "br.fuel") - self.energy_usd(b.campus_id)
            dearer *= 8760 * self.pue_average(b.campus_id) / self.pue(b.campus_id)
            program.add(("q", b.id, when), dearer * weight, b.limit_mw)

    def _load(self, campus: str, when: str, factor: float) -> list[tuple[Name, float]]:
        count = len(self.raw.study.file.workloads)
        return [((kind, str(w), campus, when), factor) for w in range(count) for kind in "pr"]

    def _service_rows(self, program: Program, t: int) -> None:
        when = str(t)
        for w, load in enumerate(self.raw.study.file.workloads):
            every = [((k, str(w), c, when), 1.0) for c in self.campuses for k in "pr"]
            rest = (("u", str(w), when), 1.0)
            program.equal.append(((*every, rest), self.raw.asked_mw(w)[t]))
            if load.replica is not None:
                replicas = [((k, str(w), c, when), 1.0) for (k, _, c, _), _ in every if k == "r"]
                all_but = [(name, -load.replica.max_share) for name, _ in every]
                program.below.append(((*replicas, *all_but), 0.0))
            groups: list[tuple[set[str], float | None]] = [
                ({c}, load.max_share_per_campus) for c in self.campuses
            ]
            region = {c: self.raw.study.campuses[c].grid_region for c in self.campuses}
            groups += [
                ({c for c in region if region[c] == name}, load.max_share_per_region)
                for name in set(region.values())
            ]
            for group, share in groups:
                if share is not None:
                    inside = [(name, 1.0) for name, _ in every if name[2] in group]
                    all_but = [(name, -share) for name, _ in every]
                    program.below.append(((*inside, *all_but), 0.0))

    def _feed_rows(self, program: Program, t: int) -> None:
        when = str(t)
        for c in self.campuses:
            row, stands = self.raw.study.campuses[c], self.there_campus[c][t]
            built = (("k", c, when), -1.0)
            there = row.existing_it_mw * stands
            program.below.append(((*self._load(c, when, 1.0), built), there))
            power = self._load(c, when, self.pue(c))
            ties = [a for a in self.ties if a.campus == c]
            bridges = [b.id for b in self.bridges if b.campus_id == c]
            flow = [(("f", a.id, when), -1.0) for a in ties]
            output = [(("q", b, when), -1.0) for b in bridges]
            program.equal.append(((*power, *flow, *output), 0.0))
            if row.feed_redundancy == "none":
                for a in ties:
                    both = ((("f", a.id, when), 1.0), (("phi", a.id, when), -1.0))
                    program.equal.append((both, 0.0))
                continue
            for a in ties:
                both = ((("f", a.id, when), 1.0), (("phi", a.id, when), -1.0))
                program.below.append((both, 0.0))
            by_station = row.feed_redundancy == "substation"
            for out in {a.substation if by_station else a.id for a in ties}:
                left = [a for a in ties if out not in (a.id, a.substation * by_station)]
                firm = [(("phi", a.id, when), -1.0) for a in left]
                backup = [(("B", b, when), -1.0) for b in bridges]
                program.below.append(((*power, *firm, *backup), 0.0))
        for b in self.bridges:
            pair = ((("q", b.id, when), 1.0), (("B", b.id, when), -1.0))
            program.below.append((pair, 0.0))
        for s in self.stations:
            reserved = [(("phi", a.id, when), 1.0) for a in self.ties if a.substation == s]
            there = self.raw.study.substations[s].existing_mw * self.there_station[s][t]
            program.below.append(((*reserved, (("g", s, when), -1.0)), there))

    def _persistence_rows(self, program: Program, t: int) -> None:
        if not t:
            return
        owned = [b.id for b in self.bridges if b.technology != "rental"]
        for kind, names in (("k", self.campuses), ("g", self.stations), ("B", owned)):
            for name in names:
                now, before = (kind, name, str(t)), (kind, name, str(t - 1))
                program.below.append((((before, 1.0), (now, -1.0)), 0.0))

    # Solving

    def solve(
        self,
        roles: Roles,
        start: Start | None,
        losses: Losses,
        extra: tuple[Row, ...] = (),
        budget: Budget = (),
    ) -> tuple[float, Megawatts]:
        """Return the least cost of the megawatts and the megawatts; infinite if impossible.

        ``start`` None: everything as early as it can be (a relaxation).
        """
        dates = None if start is None else start.dates
        key = (roles, dates, losses, extra, budget)
        if key not in self._solved:
            self._solved[key] = self._solve(roles, start, losses, extra, budget)
        return self._solved[key]

    def _solve(
        self,
        roles: Roles,
        start: Start | None,
        losses: Losses,
        extra: tuple[Row, ...],
        budget: Budget,
    ) -> tuple[float, Megawatts]:
        program, raw = self.program, self.raw
        cost, lower = np.array(program.cost), np.zeros(len(program.cost))
        upper = np.array(program.upper)
        for name, i in program.index.items():
            kind, t = name[0], int(name[-1])
            if kind in "pr":
                w = int(name[1])
                role = roles[w][t]
                least = raw.study.file.workloads[w].min_peer_mw
                least = least if kind == "p" else self.least_replica_mw(w)
                serves = name[2] in (role.peers if kind == "p" else role.replicas)
                lower[i] = least if serves else 0.0
                upper[i] = upper[i] if serves else 0.0
                if kind == "p":
                    cost[i] += losses[w][t] * self.goodput_usd(w) * raw.weights[t]
            elif kind != "u":
                upper[i] = min(upper[i], self._upper(kind, name[1], t, start))
        return program.solve(cost, lower, upper, [*extra, *self._spending(budget)])

    def _upper(self, kind: str, name: str, t: int, start: Start | None) -> float:
        """Return the bound of a variable under the dates of ``start``; infinite for none."""
        if kind == "g":
            return self._reservable(name, t, start)
        if kind in ("f", "phi"):
            first = self.first_tie if start is None else start.tie[name]
            free = t >= first or self.there_tie[name][t]
        elif kind == "k":
            free = t >= self.opens[name] and self._campus_in(name, t, start, stays=True)
        else:
            row = self.raw.study.bridging[name]
            stays = kind == "B" and row.technology != "rental"
            free = t >= self.first_bridge(name)
            free = free and self._campus_in(row.campus_id, t, start, stays=stays)
        return math.inf if free else 0.0

    def _reservable(self, station: str, t: int, start: Start | None) -> float:
        first = 0 if start is None else start.station[station]
        there = self.there_station[station]
        # What is reserved stays, and needs a connection as long.
        if not all(s >= first or there[s] for s in range(t, self.raw.periods)):
            return 0.0
        return self.headroom(station, t) + sum(
            u.added_mw
            for u in self.raw.study.network_upgrades.values()
            if station in u.substation_ids
            and t >= (self.first_upgrade(u.id) if start is None else start.upgrade[u.id])
        )

    def _campus_in(self, campus: str, t: int, start: Start | None, *, stays: bool) -> bool:
        """Whether a campus is in service; with ``stays`` also to the end of the horizon."""
        first = self.opens[campus] if start is None else start.campus[campus]
        last = self.raw.periods if stays else t + 1
        return all(s >= first or self.there_campus[campus][s] for s in range(t, last))

    def _spending(self, budget: Budget) -> list[Row]:
        """Return the rows that hold the upfront cash of megawatts within a budget."""
        prices = [(("k", c), self.shell_usd(c)) for c in self.campuses]
        prices += [(("g", s), self.reserve_usd(s)) for s in self.stations]
        prices += [
            (("B", b.id), self.bridge_usd(b.id)) for b in self.bridges if b.technology != "rental"
        ]
        rows: list[Row] = []
        for t, left in enumerate(budget):
            if left < math.inf:
                terms = [((*name, str(t)), usd) for name, usd in prices]
                if t:
                    terms += [((*name, str(t - 1)), -usd) for name, usd in prices]
                rows.append((tuple(terms), left))
        return rows

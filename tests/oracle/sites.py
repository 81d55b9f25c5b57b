"""Power and sites with every discrete choice fixed: fixed costs by hand, megawatts by one LP."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog

from tests.oracle.raw import Raw

Peers = tuple[tuple[frozenset[str], ...], ...]
"""By workload and period."""
Losses = tuple[tuple[float, ...], ...]
Terms = tuple[tuple[tuple[str, int], float], ...]
Row = tuple[tuple[tuple[tuple[str, ...], float], ...], float]
"""Coefficients by variable, and the right-hand side of <=."""


@dataclass
class Program:
    """A linear program: least cost, rows, bounds; variables are named by tuples."""

    index: dict[tuple[str, ...], int] = field(default_factory=dict)
    cost: list[float] = field(default_factory=list)
    equal: list[Row] = field(default_factory=list)
    below: list[Row] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)

    def add(self, name: tuple[str, ...], cost: float, upper: float = math.inf) -> None:
        """Add a non-negative variable."""
        self.index[name] = len(self.cost)
        self.cost.append(cost)
        self.upper.append(upper)

    def matrix(self, rows: list[Row]) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Return dense coefficients and right-hand sides."""
        if not rows:
            return None, None
        table = np.zeros((len(rows), len(self.cost)))
        for i, (terms, _) in enumerate(rows):
            for name, value in terms:
                table[i, self.index[name]] += value
        return table, np.array([rhs for _, rhs in rows])


class Sites:
    """The sites and power of a study."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        file = raw.study.file
        rules = file.rules
        self.campuses = [c for c in raw.study.campuses if c not in rules.forbid_campuses]
        self.ties = [
            a
            for a in raw.network.tie_lines.values()
            if a.campus in self.campuses and a.substation not in rules.forbid_substations
        ]
        self.first_tie = raw.first_lead("grid.line345")
        self.opens = {c: raw.first_on(raw.study.campuses[c].earliest_date) for c in self.campuses}
        self.program = self._program()
        self._matrices = (
            self.program.matrix(self.program.below),
            self.program.matrix(self.program.equal),
        )
        self._solved: dict[object, tuple[float, dict[tuple[str, ...], float]]] = {}

    def pue(self, campus: str) -> float:
        """Facility peak over IT."""
        given = self.raw.study.campuses[campus].pue_peak
        return self.raw.v("pue.peak") if given is None else given

    def headroom(self, substation: str, t: int) -> float:
        """Facility MW on offer at the start of period t."""
        rows = self.raw.study.timelines.get(substation, ())
        return max((r.headroom_mw for r in rows if r.date <= self.raw.starts[t]), default=0.0)

    def most_mw(self, campus: str, workload: int, t: int) -> float:
        """Return a bound of the IT MW a campus can serve of a workload."""
        limit = self.raw.study.campuses[campus].limit_mw / self.pue(campus)
        wires = sum(a.capacity_mw for a in self.ties if a.campus == campus) / self.pue(campus)
        return min(limit, wires, self.raw.study.file.workloads[workload].it_demand_mw[t])

    def allowed(self, workload: int) -> list[str]:
        """Campuses that may serve a workload."""
        names = self.raw.study.file.workloads[workload].campuses
        return [c for c in self.campuses if names is None or c in names]

    def earliest(self, tie: int) -> int:
        """Return the first period in which a tie line can be in service."""
        return max(self.first_tie, self.opens[self.ties[tie].campus])

    def starts(self, peers: Peers) -> list[tuple[float, tuple[int, ...]]]:
        """Return every useful choice of tie lines with its fixed cost, cheapest first.

        A choice is the first period of each tie line, T for never. A tie line carries nothing in a
        period in which its campus is no peer, so delaying it to the next period in which the campus
        is one saves money: only those starts are listed. A peer needs a tie line in service.
        """
        horizon = self.raw.periods
        used = {
            c: [t for t in range(horizon) if any(c in by_period[t] for by_period in peers)]
            for c in self.campuses
        }
        per_tie = [
            [t for t in used[tie.campus] if t >= self.earliest(a)] + [horizon]
            for a, tie in enumerate(self.ties)
        ]
        found = []
        for starts in itertools.product(*per_tie):
            first: dict[str, int] = {}
            for tie, start in zip(self.ties, starts, strict=True):
                first[tie.campus] = min(first.get(tie.campus, horizon), start)
            if all(first.get(c, horizon) <= ts[0] for c, ts in used.items() if ts):
                found.append((self._fixed(starts, first), starts))
        return sorted(found)

    def _fixed(self, starts: tuple[int, ...], first: dict[str, int]) -> float:
        raw, horizon = self.raw, self.raw.periods
        usd = 0.0
        connect: dict[str, int] = {}
        for tie, start in zip(self.ties, starts, strict=True):
            if start < horizon:
                connect[tie.substation] = min(connect.get(tie.substation, horizon), start)
                usd += self._tie_cost(tie.id) * raw.tail(start)
        for substation, start in connect.items():
            row = raw.study.substations[substation]
            name = "grid.sub500" if row.kv >= 500 else "grid.sub345"
            capital = raw.v(name) * 1e6 if row.fixed_cost_usd is None else row.fixed_cost_usd
            usd += raw.annuity(capital, raw.catalog.life_years("grid.sub345")) * raw.tail(start)
        for campus in self.campuses:
            pinned = horizon - 1 if campus in raw.study.file.rules.pin_campuses else horizon
            start = min(first.get(campus, horizon), pinned)
            if start < horizon and start < self.opens[campus]:
                return math.inf
            capital = raw.study.campuses[campus].fixed_cost_usd
            usd += raw.annuity(capital, raw.catalog.life_years("capex.shell")) * raw.tail(start)
        return usd

    def _tie_cost(self, tie_id: str) -> float:
        """USD a year."""
        raw = self.raw
        tie = raw.network.tie_lines[tie_id]
        per_km = None
        if raw.study.tie_lines is not None:
            per_km = raw.study.tie_lines[tie_id].cost_usd_per_km
        if per_km is None:
            high = raw.study.substations[tie.substation].kv >= 500
            per_km = raw.v("grid.line500" if high else "grid.line345") * 1e6
        return raw.annuity(per_km * tie.length_km, raw.catalog.life_years("grid.line345"))

    def _program(self) -> Program:
        raw, program = self.raw, Program()
        for t in range(raw.periods):
            self._period_variables(program, t)
        for t in range(raw.periods):
            self._period_rows(program, t)
        return program

    def _period_variables(self, program: Program, t: int) -> None:
        raw, weight, when = self.raw, self.raw.weights[t], str(t)
        for w, load in enumerate(raw.study.file.workloads):
            for c in self.campuses:
                row = raw.study.campuses[c]
                pue = raw.v("pue.avg") if row.pue_average is None else row.pue_average
                price = raw.v("elec.TX") * 10
                if row.energy_usd_per_mwh is not None:
                    price = row.energy_usd_per_mwh
                program.add(("p", str(w), c, when), 8760 * pue * price * weight)
            program.add(("u", str(w), when), self.unserved_usd(w) * weight, load.it_demand_mw[t])
        for a in self.ties:
            program.add(("f", a.id, when), 0.0, a.capacity_mw)
        for c in self.campuses:
            row = raw.study.campuses[c]
            shell = row.shell_cost_usd_per_it_mw
            capital = raw.v("capex.shell") * 1e6 if shell is None else shell
            yearly = raw.annuity(capital, raw.catalog.life_years("capex.shell"))
            program.add(("k", c, when), yearly * weight, row.limit_mw / self.pue(c))
        for s, sub in raw.study.substations.items():
            capital = (raw.v("grid.submw") + raw.v("grid.upgrade")) * 1e3
            if sub.cost_usd_per_mw is not None:
                capital = sub.cost_usd_per_mw
            yearly = raw.annuity(capital, raw.catalog.life_years("grid.submw"))
            program.add(("g", s, when), yearly * weight, self.headroom(s, t))

    def unserved_usd(self, workload: int) -> float:
        """USD per MW-year not served."""
        given = self.raw.study.file.workloads[workload].unserved_usd_per_mw_year
        return self.raw.v("idle") * 1e6 if given is None else given

    def goodput_usd(self, workload: int) -> float:
        """USD per MW-year of lost goodput."""
        given = self.raw.study.file.workloads[workload].goodput_usd_per_mw_year
        return self.raw.v("idle") * 1e6 if given is None else given

    def _period_rows(self, program: Program, t: int) -> None:
        loads, when = self.raw.study.file.workloads, str(t)
        for c in self.campuses:
            served = [(("p", str(w), c, when), 1.0) for w in range(len(loads))]
            program.below.append(((*served, (("k", c, when), -1.0)), 0.0))
            flow = [(("f", a.id, when), -1.0) for a in self.ties if a.campus == c]
            power = [(name, self.pue(c)) for name, _ in served]
            program.equal.append(((*power, *flow), 0.0))
        for s in self.raw.study.substations:
            flow = [(("f", a.id, when), 1.0) for a in self.ties if a.substation == s]
            program.below.append(((*flow, (("g", s, when), -1.0)), 0.0))
        for w, load in enumerate(loads):
            terms = [(("p", str(w), c, when), 1.0) for c in self.campuses]
            program.equal.append(((*terms, (("u", str(w), when), 1.0)), load.it_demand_mw[t]))
        if t:
            for kind, names in (("k", self.campuses), ("g", list(self.raw.study.substations))):
                for name in names:
                    now, before = (kind, name, when), (kind, name, str(t - 1))
                    program.below.append((((before, 1.0), (now, -1.0)), 0.0))

    def solve(
        self,
        peers: Peers,
        starts: tuple[int, ...] | None,
        losses: Losses,
        extra: tuple[Row, ...] = (),
    ) -> tuple[float, dict[tuple[str, ...], float]]:
        """Return the least cost of the megawatts and the megawatts; infinite if impossible.

        ``starts`` None: every tie line as early as it can be (a relaxation).
        """
        key = (peers, starts, losses, extra)
        if key not in self._solved:
            self._solved[key] = self._solve(peers, starts, losses, extra)
        return self._solved[key]

    def _solve(
        self,
        peers: Peers,
        starts: tuple[int, ...] | None,
        losses: Losses,
        extra: tuple[Row, ...],
    ) -> tuple[float, dict[tuple[str, ...], float]]:
        program, raw = self.program, self.raw
        cost, lower = np.array(program.cost), np.zeros(len(program.cost))
        upper = np.array(program.upper)
        for (kind, name, *rest), i in program.index.items():
            t = int(rest[-1]) if rest else 0
            if kind == "p":
                w = int(name)
                peer = rest[0] in peers[w][t]
                lower[i] = raw.study.file.workloads[w].min_peer_mw if peer else 0.0
                upper[i] = upper[i] if peer else 0.0
                cost[i] += losses[w][t] * self.goodput_usd(w) * raw.weights[t]
            elif kind == "f":
                a = next(j for j, tie in enumerate(self.ties) if tie.id == name)
                begins = self.earliest(a) if starts is None else starts[a]
                upper[i] = upper[i] if begins <= t else 0.0
        if (lower > upper).any():
            return math.inf, {}
        (a_ub, b_ub), (a_eq, b_eq) = self._matrices
        if extra:
            more, right = program.matrix(list(extra))
            assert a_ub is not None
            assert b_ub is not None
            assert more is not None
            assert right is not None
            a_ub, b_ub = np.vstack([a_ub, more]), np.concatenate([b_ub, right])
        bounds = np.column_stack([lower, upper])
        result = linprog(cost, A_ub=a_ub, b_ub=b_ub, A_eq=a_eq, b_eq=b_eq, bounds=bounds)
        if result.status != 0:
            if result.status != 2:
                raise AssertionError(result.message)
            return math.inf, {}
        values = {name: float(result.x[i]) for name, i in program.index.items()}
        return float(result.fun), values


def all_peers(sites: Sites) -> Iterator[Peers]:
    """Yield every choice of the campuses that serve each workload in each period."""
    per_cell = []
    for w, load in enumerate(sites.raw.study.file.workloads):
        names = sites.allowed(w)
        for t in range(sites.raw.periods):
            ready = [
                c
                for c in names
                if sites.opens[c] <= t
                and sites.first_tie <= t
                and sites.most_mw(c, w, t) >= load.min_peer_mw - 1e-9
            ]
            subsets = itertools.chain.from_iterable(
                itertools.combinations(ready, n) for n in range(len(ready) + 1)
            )
            per_cell.append([frozenset(s) for s in subsets])
    horizon = sites.raw.periods
    for cells in itertools.product(*per_cell):
        yield tuple(cells[i : i + horizon] for i in range(0, len(cells), horizon))

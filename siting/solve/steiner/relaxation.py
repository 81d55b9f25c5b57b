"""The relaxation by directed cuts, and what its duals prove.

Rows (all of the form ``>=``): every cut between the root and a terminal holds a whole arc; of what
enters another node as much goes on; an arc out of such a node carries at most what enters it from
elsewhere. Cuts that hold a node that is no terminal carry what enters that node.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable

import highspy
import numpy as np

from siting.solve.highs_model import Rows, pass_rows, silent_highs
from siting.solve.steiner.arrays import Bools, Floats, Ints, Net
from siting.solve.steiner.ascent import Ascent, ascend

SLACK_ROUNDS = 3
"""Solutions after which a cut that did not bind goes."""
ROOM = 0.02
"""A cut with so much more than it needs does not bind."""
INTERIOR_ARCS = 1500
"""With more arcs than that the root is solved by an interior point method, without vertices."""
VIOLATION = 1e-3
PURGED_SHARE = 0.05


class CutRelaxation:
    """The relaxation of one graph from one root."""

    def __init__(self, net: Net, root: int, is_kept: Bools) -> None:
        """Begin with the rows of single nodes.

        Args:
            net: the graph.
            root: the terminal from which trees grow.
            is_kept: arcs that may be used.
        """
        self.net, self.root = net, root
        self.is_kept = is_kept.copy()
        self._arcs = np.flatnonzero(is_kept)
        self._column = np.full(len(is_kept), -1, dtype=np.int64)
        self._column[self._arcs] = np.arange(len(self._arcs))
        self._tail, self._head = net.tail[self._arcs], net.head[self._arcs]
        self._costs = net.weight[self._arcs]
        self._upper = np.ones(len(self._arcs))
        self._rows: list[tuple[Ints, Floats]] = []
        self._needs: list[float] = []
        self._owner: list[int] = []
        """By row, the node that must be reached where it is included."""
        self._idle: list[int] = []
        self._keys: list[bytes] = []
        self._known: set[bytes] = set()
        self.values = np.zeros(len(is_kept))
        self.bound = -math.inf
        self.left = net.weight
        self._highs = silent_highs(presolve="off", solver="simplex")
        self.use_interior(on=len(self._arcs) > INTERIOR_ARCS)
        count = len(self._arcs)
        pass_rows(
            self._highs,
            Rows(
                costs=self._costs,
                columns=(np.zeros(count), self._upper),
                bounds=(np.zeros(0), np.zeros(0)),
                start=np.zeros(1, dtype=np.int32),
                index=np.zeros(0, dtype=np.int32),
                value=np.zeros(0),
            ),
        )
        self._add_static()

    @property
    def cuts(self) -> int:
        """Rows that were added."""
        return len(self._known)

    def use_interior(self, *, on: bool) -> None:
        """Solve by an interior point method, or by the simplex method.

        What the first finds lies inside the optimal face, or near it: its cuts are deeper, and far
        fewer of them are needed where many solutions cost the same.
        """
        self.is_interior = on
        self._highs.setOptionValue("solver", "ipm" if on else "simplex")
        self._highs.setOptionValue("run_crossover", "off" if on else "on")

    def _add_static(self) -> None:
        net = self.net
        into: list[list[int]] = [[] for _ in net.is_terminal]
        out: list[list[int]] = [[] for _ in net.is_terminal]
        for column, (a, b) in enumerate(zip(self._tail.tolist(), self._head.tolist(), strict=True)):
            into[b].append(column)
            out[a].append(column)
        self._into = [np.array(x, dtype=np.int64) for x in into]
        rows = []
        for node, (entering, leaving) in enumerate(zip(into, out, strict=True)):
            if node == self.root:
                continue
            if net.is_terminal[node]:
                rows.append((np.array(entering, dtype=np.int64), np.ones(len(entering)), 1.0))
            elif entering:
                signs = np.append(np.ones(len(leaving)), -np.ones(len(entering)))
                rows.append((np.array(leaving + entering, dtype=np.int64), signs, 0.0))
        self._static = len(rows)
        self._put(rows)

    def _put(self, rows: list[tuple[Ints, Floats, float]], keys: list[bytes] | None = None) -> None:
        if not rows:
            return
        self._keys += keys or [b""] * len(rows)
        self._rows += [(index, value) for index, value, _ in rows]
        self._needs += [need for _, _, need in rows]
        self._owner += [-1] * len(rows)
        self._idle += [0] * len(rows)
        lengths = np.array([len(r[0]) for r in rows])
        start = (np.cumsum(lengths) - lengths).astype(np.int32)
        self._highs.addRows(
            len(rows),
            np.array([r[2] for r in rows]),
            np.full(len(rows), np.inf),
            int(lengths.sum()),
            start,
            np.concatenate([r[0] for r in rows]).astype(np.int32),
            np.concatenate([r[1] for r in rows]),
        )

    def add_cuts(self, cuts: Iterable[tuple[int, Ints]]) -> int:
        """Add the rows of node sets that hold the node given with them; return how many are new."""
        rows: list[tuple[Ints, Floats, float]] = []
        keys = []
        for node, members in cuts:
            inside = np.zeros(len(self.net.is_terminal), dtype=bool)
            inside[members] = True
            columns = np.flatnonzero(inside[self._head] & ~inside[self._tail])
            is_wanted = bool((self.net.is_terminal & inside).any())
            key = columns.tobytes() + (b"" if is_wanted else str(node).encode())
            if key in self._known:
                continue
            self._known.add(key)
            keys.append(key)
            if is_wanted:
                rows.append((columns, np.ones(len(columns)), 1.0))
                continue
            signs = np.zeros(len(self._arcs))
            signs[columns] = 1.0
            signs[self._into[node]] -= 1.0
            used = np.flatnonzero(signs)
            rows.append((used, signs[used], 0.0))
        self._put(rows, keys)
        return len(rows)

    def add_pairs(self) -> int:
        """Add the rows of arcs that carry more than what enters their tail from elsewhere."""
        entering = np.bincount(self.net.head, self.values, len(self.net.is_terminal))
        arcs = self._arcs
        free = ~self.net.is_terminal[self._tail]
        back = self.values[self.net.reverse[arcs]]
        over = self.values[arcs] + back - entering[self._tail] > VIOLATION
        rows: list[tuple[Ints, Floats, float]] = []
        keys = []
        for column in np.flatnonzero(free & over).tolist():
            key = b"pair %d" % column
            if key in self._known:
                continue
            self._known.add(key)
            keys.append(key)
            returning = self._column[self.net.reverse[arcs[column]]]
            others = self._into[self._tail[column]]
            others = others[others != returning]
            rows.append((np.append(others, column), np.append(np.ones(len(others)), -1.0), 0.0))
        self._put(rows, keys)
        return len(rows)

    def settle(self, gone: Bools, included: Iterable[int]) -> None:
        """Begin a node of a tree.

        Args:
            gone: by node, whether trees do without it.
            included: other nodes than terminals that trees must have.
        """
        upper = np.where(gone[self._tail] | gone[self._head] | ~self.is_kept[self._arcs], 0.0, 1.0)
        changed = np.flatnonzero(upper != self._upper).astype(np.int32)
        self._upper = upper
        zero = np.zeros(len(changed))
        self._highs.changeColsBounds(len(changed), changed, zero, upper[changed])
        wanted = set(included)
        for i, owner in enumerate(self._owner):
            if owner >= 0 and (owner in wanted) != (self._needs[i] > 0):
                self._needs[i] = float(owner in wanted)
                self._highs.changeRowBounds(i, self._needs[i], np.inf)
        missing = sorted(wanted.difference(self._owner))
        rows = [(self._into[node], np.ones(len(self._into[node])), 1.0) for node in missing]
        self._put(rows)
        self._owner[len(self._owner) - len(missing) :] = missing

    def solve(self, until: float) -> bool:
        """Solve; return whether there is a solution. Bound, values and what is left come with it.

        Without one the bound is infinite, or minus infinite when the solver was stopped.
        """
        self.bound = -math.inf
        left_s = max(until - time.monotonic(), 0.05)
        self._highs.setOptionValue("time_limit", self._highs.getRunTime() + left_s)
        self._highs.run()
        status = self._highs.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible and self.is_interior:
            self.use_interior(on=False)  # who says so is the simplex method
            return self.solve(until)
        if status == highspy.HighsModelStatus.kInfeasible:
            self.bound = math.inf
            return False
        if status != highspy.HighsModelStatus.kOptimal:
            return False
        solution = self._highs.getSolution()
        self.values = np.zeros(len(self.is_kept))
        self.values[self._arcs] = np.array(solution.col_value)
        dual = np.maximum(np.array(solution.row_dual), 0.0)
        binding = np.flatnonzero(dual)
        used = np.concatenate([self._rows[i][0] for i in binding] or [np.zeros(0, dtype=np.int64)])
        paid = np.concatenate([self._rows[i][1] * dual[i] for i in binding] or [np.zeros(0)])
        reduced = self._costs - np.bincount(used, paid, len(self._costs))
        self.bound = float(sum(self._needs[i] * dual[i] for i in binding))
        self.bound += float(np.minimum(reduced, 0.0) @ self._upper)
        self.left = np.full(len(self.is_kept), np.inf)
        self.left[self._arcs] = np.where(self._upper > 0, np.maximum(reduced, 0.0), np.inf)
        room = np.array(solution.row_value) - np.array(self._needs)
        self._idle = [0 if r < ROOM else i + 1 for i, r in zip(self._idle, room, strict=True)]
        return True

    def ascent(self, wanted: Bools) -> Ascent:
        """Return the bound after dual ascent on what the duals leave."""
        more = ascend(self.net, self.root, left=self.left, wanted=wanted)
        return Ascent(self.root, self.bound + more.bound, more.left, more.cuts)

    def drop_arcs(self, needed: Bools) -> None:
        """Keep arcs at zero that are not needed."""
        gone = self.is_kept & ~needed
        self.is_kept &= needed
        columns = self._column[np.flatnonzero(gone)].astype(np.int32)
        zero = np.zeros(len(columns))
        self._upper[columns] = 0.0
        self._highs.changeColsBounds(len(columns), columns, zero, zero)

    def purge(self) -> None:
        """Remove cuts that have not bound for some solutions."""
        old = [i for i in range(self._static, len(self._rows)) if self._idle[i] >= SLACK_ROUNDS]
        if len(old) > PURGED_SHARE * len(self._rows):
            self._drop(old)

    def _drop(self, rows: Iterable[int]) -> None:
        gone = sorted(rows)
        self._highs.deleteRows(len(gone), np.array(gone, dtype=np.int32))
        left = set(gone)
        kept = [i for i in range(len(self._rows)) if i not in left]
        self._known -= {self._keys[i] for i in gone}
        self._keys = [self._keys[i] for i in kept]
        self._rows = [self._rows[i] for i in kept]
        self._needs = [self._needs[i] for i in kept]
        self._owner = [self._owner[i] for i in kept]
        self._idle = [self._idle[i] for i in kept]

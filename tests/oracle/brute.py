"""The exact optimum of a tiny study over all choices, in USD.

What is enumerated: the campuses that serve each workload in each period; tie lines (with
substations and campuses) and when they come; paradigm, fabric, hub and RTT class; what the links
must carry; every network that carries it. The megawatts are a linear program for each combination.

How a network and the megawatts meet. The capacity of a link, whole or after a failure, is a sum of
channel rates, so the megawatts see only which sums are bought. Each period and link gets a *level*:
the sums N (whole) and F (after any failure), at most the least sums that carry the largest demand.
For a level the network cost is its least cost (:mod:`tests.oracle.fiber`), and the demands of the
megawatts are bounded by N and F. The demand max(base, slope x min(p_i, p_j)) is at most a number
when the expression with one of the ends is, so the linear program branches over which end that is,
and only where its solution violates a level. The least over all levels is the optimum, since the
optimal network has some level.

Choices are visited in the order of a lower bound and left when it reaches the best plan found.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

from siting.network import CandidateNetwork
from siting.study import Study
from tests.oracle.fiber import Fiber, Requirement
from tests.oracle.raw import Raw
from tests.oracle.sites import Losses, Peers, Row, Sites, all_peers
from tests.oracle.training import Mode, Talk, modes
from tests.oracle.ways import TINY, Link

Megawatts = dict[tuple[str, ...], float]
Cell = tuple[int, Link]
Caps = tuple[tuple[float, float, float], ...]
"""By theta: (theta, N, F)."""


@dataclass(frozen=True)
class Optimum:
    """The least cost and a plan that has it."""

    objective_usd: float
    network_usd: float
    peers: Peers
    modes: tuple[Mode, ...]
    designs: tuple[tuple[str, ...], ...]
    megawatts: Megawatts

    @property
    def serves_nothing(self) -> bool:
        """Whether all demand stays unserved."""
        return not any(names for by_period in self.peers for names in by_period)


def optimum(study: Study, network: CandidateNetwork) -> Optimum:
    """Return the least present-value cost of a study over all plans."""
    return Oracle(Raw(study, network)).solve()


def is_beaten(study: Study, network: CandidateNetwork, usd: float) -> bool:
    """Whether some plan costs less than ``usd``: quicker than the optimum."""
    return Oracle(Raw(study, network), below=usd, first=True).search() is not None


class Oracle:
    """One search: for plans below a cost, to the best or only to the first."""

    def __init__(self, raw: Raw, below: float = math.inf, *, first: bool = False) -> None:
        self.raw = raw
        self.first = first
        self.sites = Sites(raw)
        self.fiber = Fiber(raw)
        self.best: Optimum | None = None
        self.value = below

    def solve(self) -> Optimum:
        """Return the optimum."""
        found = self.search()
        if found is None:
            raise AssertionError("the study has no plan")
        return found

    def search(self) -> Optimum | None:
        """Search all choices."""
        queue = []
        for peers in all_peers(self.sites):
            starts = self.sites.starts(peers)
            if starts and starts[0][0] < math.inf:
                nothing = tuple((0.0,) * self.raw.periods for _ in peers)
                bound = starts[0][0] + self.sites.solve(peers, None, nothing)[0]
                if bound < math.inf:
                    queue.append((bound, peers, starts))
        for bound, peers, starts in sorted(queue, key=lambda item: item[0]):
            if bound >= self.value or (self.first and self.best is not None):
                break
            self._visit_peers(peers, starts)
        return self.best

    def _visit_peers(self, peers: Peers, starts: list[tuple[float, tuple[int, ...]]]) -> None:
        choices = itertools.product(*(list(modes(self.raw, w, p)) for w, p in enumerate(peers)))
        queue = []
        for chosen in choices:
            talks = self._talks(chosen)
            if talks is not None:
                losses = tuple(mode.losses for mode in chosen)
                queue.append((sum(map(sum, losses)), chosen, talks))
        queue.sort(key=lambda item: item[0])
        for _, chosen, talks in queue:
            losses = tuple(mode.losses for mode in chosen)
            bound = starts[0][0] + self.sites.solve(peers, None, losses)[0]
            if bound < self.value and not (self.first and self.best is not None):
                self._visit_mode(peers, starts, chosen, talks)

    def _talks(self, chosen: tuple[Mode, ...]) -> dict[Cell, tuple[Talk, ...]] | None:
        """Return who needs each link in each period; None if an entrance is not diverse."""
        talks: dict[Cell, tuple[Talk, ...]] = {}
        diverse = self.raw.network.diverse_campuses
        for mode in chosen:
            for t, links in enumerate(mode.links):
                for link, talk in links:
                    if talk.phi > 0 and not set(link) <= diverse:
                        return None
                    talks[t, link] = (*talks.get((t, link), ()), talk)
        return talks

    def _visit_mode(
        self,
        peers: Peers,
        starts: list[tuple[float, tuple[int, ...]]],
        chosen: tuple[Mode, ...],
        talks: dict[Cell, tuple[Talk, ...]],
    ) -> None:
        losses = tuple(mode.losses for mode in chosen)
        free = self.sites.solve(peers, None, losses)[0]
        cells = sorted(talks)
        options = [list(self._levels(cell, talks[cell])) for cell in cells]
        if any(not option for option in options):
            return
        nets = []
        for caps in itertools.product(*options):
            requirement = self._requirement(cells, caps)
            bounds = (self.fiber.private_bound, self.fiber.bound)
            if all(starts[0][0] + free + bound(requirement) < self.value for bound in bounds):
                usd, _ = self.fiber.least(requirement)
                if usd < math.inf:
                    nets.append((usd, caps))
        nets.sort()
        for fixed, start in starts:
            if not nets or fixed + free + nets[0][0] >= self.value:
                return
            loose, _ = self.sites.solve(peers, start, losses)
            for usd, caps in nets:
                if fixed + loose + usd >= self.value:
                    break
                limits = dict(zip(cells, caps, strict=True))
                cost, megawatts = self._megawatts(peers, start, losses, talks, limits)
                if fixed + cost + usd < self.value:
                    self.value = fixed + cost + usd
                    designs = self.fiber.least(self._requirement(cells, caps))[1]
                    labels = tuple(d.label for d in designs)
                    self.best = Optimum(self.value, usd, peers, chosen, labels, megawatts)

    def _requirement(self, cells: list[Cell], caps: tuple[Caps, ...]) -> Requirement:
        by_link: dict[Link, list[Caps]] = {}
        for (t, link), entry in zip(cells, caps, strict=True):
            needs = tuple((self.fiber.reach(link, theta), n, f) for theta, n, f in entry)
            by_link.setdefault(link, [() for _ in range(self.raw.periods)])[t] = needs
        return tuple((link, tuple(entries)) for link, entries in sorted(by_link.items()))

    # Levels

    def _levels(self, cell: Cell, talks: tuple[Talk, ...]) -> Iterator[Caps]:
        thetas = sorted({talk.theta_ms for talk in talks})
        groups = [
            list(self._group_levels(cell, theta, [k for k in talks if k.theta_ms <= theta]))
            for theta in thetas
        ]
        yield from itertools.product(*groups)

    def _group_levels(
        self, cell: Cell, theta: float, talks: list[Talk]
    ) -> Iterator[tuple[float, float, float]]:
        t, link = cell
        low = high = low_failed = high_failed = 0.0
        for k in talks:
            least = self.raw.study.file.workloads[k.workload].min_peer_mw
            most = min(self.sites.most_mw(c, k.workload, t) for c in link)
            low += max(k.base_gbps, k.gbps_per_mw * least)
            high += max(k.base_gbps, k.gbps_per_mw * most)
            low_failed += k.phi * max(k.base_gbps, k.gbps_per_mw * least)
            high_failed += k.phi * max(k.base_gbps, k.gbps_per_mw * most)
        sums = _sums(self.fiber.rates(link, theta), high)
        if not sums or sums[-1] < low - TINY:
            return
        phis = {k.phi for k in talks}
        phi = phis.pop()
        if not phis:
            # One phi: the sum of demands is at most min(N, F / phi), so N and F follow from that.
            levels = {*sums, *(s / phi for s in sums if phi)}
            pairs = {
                (_ceil(sums, level), _ceil(sums, phi * level))
                for level in levels
                if low - TINY <= level and _ceil(sums, level) < math.inf
            }
        else:
            pairs = set(
                itertools.product(
                    _between(sums, low, high), _between([0.0, *sums], low_failed, high_failed)
                )
            )
        for normal, failed in sorted(pairs):
            yield theta, normal, failed

    # Megawatts within a level

    def _megawatts(
        self,
        peers: Peers,
        start: tuple[int, ...],
        losses: Losses,
        talks: dict[Cell, tuple[Talk, ...]],
        limits: dict[Cell, Caps],
        extra: tuple[Row, ...] = (),
    ) -> tuple[float, Megawatts]:
        cost, megawatts = self.sites.solve(peers, start, losses, extra)
        if cost == math.inf:
            return cost, megawatts
        for cell, caps in limits.items():
            if not _within(cell, talks[cell], caps, megawatts):
                children = [
                    self._megawatts(peers, start, losses, talks, limits, (*extra, *rows))
                    for rows in _branches(cell, talks[cell], caps)
                ]
                return min(children, key=lambda item: item[0])
        return cost, megawatts


def _sums(rates: set[float], most: float) -> list[float]:
    """Return all sums of rates up to the first that reaches ``most``."""
    found, edge = {0.0}, {0.0}
    while edge:
        edge = {a + r for a in edge if a < most - TINY for r in rates} - found
        found |= edge
    ordered = sorted(found - {0.0})
    enough = next((i for i, s in enumerate(ordered) if s >= most - TINY), len(ordered) - 1)
    return ordered[: enough + 1]


def _ceil(sums: list[float], value: float) -> float:
    if value <= TINY:
        return 0.0
    return next((s for s in sums if s >= value - TINY), math.inf)


def _between(sums: list[float], low: float, high: float) -> list[float]:
    first, last = _ceil(sums, low), _ceil(sums, high)
    return [s for s in {0.0, *sums} if first <= s <= last]


def _within(cell: Cell, talks: tuple[Talk, ...], caps: Caps, megawatts: Megawatts) -> bool:
    t, (a, b) = cell
    for theta, normal, failed in caps:
        whole = lost = 0.0
        for k in talks:
            if k.theta_ms <= theta:
                ends = (megawatts["p", str(k.workload), c, str(t)] for c in (a, b))
                demand = max(k.base_gbps, k.gbps_per_mw * min(ends))
                whole += demand
                lost += k.phi * demand
        if whole > normal * (1 + 1e-9) + 1e-7 or lost > failed * (1 + 1e-9) + 1e-7:
            return False
    return True


def _branches(cell: Cell, talks: tuple[Talk, ...], caps: Caps) -> Iterator[tuple[Row, ...]]:
    """Yield rows that bound the demand of a link, for each choice of ends and of active terms."""
    t, link = cell
    # Each demand is the base (True), or slope times one end; the maximum is at most a number when
    # every one of them is, so all combinations of base and end are rows of the same branch.
    for ends in itertools.product(link, repeat=len(talks)):
        rows: list[Row] = []
        for theta, normal, failed in caps:
            inside = [(k, c) for k, c in zip(talks, ends, strict=True) if k.theta_ms <= theta]
            for on_base in itertools.product((True, False), repeat=len(inside)):
                for cap, phi_power in ((normal, 0), (failed, 1)):
                    rows.append(_row(inside, on_base, cap, phi_power, t))
        yield tuple(row for row in rows if row[0])


def _row(
    inside: list[tuple[Talk, str]], on_base: tuple[bool, ...], cap: float, phi_power: int, t: int
) -> Row:
    terms, right = [], cap
    for (k, c), base in zip(inside, on_base, strict=True):
        factor = k.phi**phi_power
        if base:
            right -= factor * k.base_gbps
        elif factor * k.gbps_per_mw > 0:
            terms.append((("p", str(k.workload), c, str(t)), factor * k.gbps_per_mw))
    return tuple(terms), right

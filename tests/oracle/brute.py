"""The exact optimum of a tiny study over all choices, in USD.

What is enumerated: the campuses that serve each workload in each period, as peers or replicas; tie
lines, campuses, connections and upgrades and when they come; paradigm, fabric, hub or order, RTT
class, bandwidth level and homes of replicas; what the links must carry
(:mod:`tests.oracle.levels`); every network that carries it (:mod:`tests.oracle.fiber`). The
megawatts are a linear program for each combination (:mod:`tests.oracle.power`).

Network and megawatts meet in the levels of the links and, where upfront cash is capped, in what the
network leaves of it: then every network counts whose bill no other undercuts.

Choices are visited in the order of a lower bound and left when it reaches the best plan found.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

from siting.network import CandidateNetwork
from siting.study import Study
from tests.oracle.fiber import Fiber, Net
from tests.oracle.levels import Caps, Cell, Levels, branches, within
from tests.oracle.needs import Entry, Need, Requirement, Transit
from tests.oracle.power import Budget, Losses, Megawatts, Power
from tests.oracle.program import Row
from tests.oracle.raw import Raw
from tests.oracle.roles import Roles, all_roles
from tests.oracle.starts import Start, Starts
from tests.oracle.training import Mode, Talk, modes
from tests.oracle.ways import Link

Talks = dict[Cell, tuple[Talk, ...]]


@dataclass(frozen=True)
class Optimum:
    """The least cost and a plan that has it."""

    objective_usd: float
    network_usd: float
    roles: Roles
    modes: tuple[Mode, ...]
    start: Start
    designs: tuple[tuple[str, ...], ...]
    megawatts: Megawatts

    @property
    def serves_nothing(self) -> bool:
        """Whether all demand stays unserved."""
        return not any(role.peers for by_period in self.roles for role in by_period)


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
        self.power = Power(raw)
        self.fiber = Fiber(raw)
        self.purse = self.fiber.assets.purse
        self.starts = Starts(self.power, self.purse)
        self.levels = Levels(self.fiber, self.power)
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
        queue: list[tuple[float, int, Roles]] = []
        for roles in all_roles(self.power):
            nothing = tuple((0.0,) * self.raw.periods for _ in roles)
            free = self.power.solve(roles, None, nothing)[0]
            if free < self.value:
                queue.append((free, len(queue), roles))
        heads: list[tuple[float, int, Roles, list[Start]]] = []
        for free, _, roles in sorted(queue):
            if free >= self.value:
                break
            starts = self.starts.of(roles)
            if starts:
                heads.append((starts[0].usd + free, len(heads), roles, starts))
        for bound, _, roles, starts in sorted(heads, key=lambda item: item[:2]):
            if bound >= self.value or (self.first and self.best is not None):
                break
            self._visit_roles(roles, starts)
        return self.best

    def _visit_roles(self, roles: Roles, starts: list[Start]) -> None:
        choices = itertools.product(*(list(modes(self.raw, w, r)) for w, r in enumerate(roles)))
        queue: list[tuple[float, int, tuple[Mode, ...], Talks]] = []
        for chosen in choices:
            talks = self._talks(chosen)
            if talks is not None:
                losses = tuple(mode.losses for mode in chosen)
                queue.append((sum(map(sum, losses)), len(queue), chosen, talks))
        queue.sort(key=lambda item: item[:2])
        for _, _, chosen, talks in queue:
            losses = tuple(mode.losses for mode in chosen)
            bound = starts[0].usd + self.power.solve(roles, None, losses)[0]
            if bound < self.value and not (self.first and self.best is not None):
                self._visit_mode(roles, starts, chosen, talks)

    def _talks(self, chosen: tuple[Mode, ...]) -> Talks | None:
        """Return who needs each link in each period; None if an entrance is not diverse."""
        talks: Talks = {}
        diverse = self.raw.network.diverse_campuses
        for mode in chosen:
            for t, links in enumerate(mode.links):
                for link, talk in links:
                    if talk.phi > 0 and not set(link) <= diverse:
                        return None
                    talks[t, link] = (*talks.get((t, link), ()), talk)
        return talks

    def _visit_mode(
        self, roles: Roles, starts: list[Start], chosen: tuple[Mode, ...], talks: Talks
    ) -> None:
        losses = tuple(mode.losses for mode in chosen)
        free = starts[0].usd + self.power.solve(roles, None, losses)[0]
        nets = list(self._nets(talks, free))
        nets.sort(key=lambda item: item[0][0])
        for start in starts:
            if not nets or start.usd - starts[0].usd + free + nets[0][0][0][0] >= self.value:
                return
            loose, _ = self.power.solve(roles, start, losses)
            for (bill, designs), limits in nets:
                if start.usd + loose + bill[0] >= self.value:
                    break
                budget = self._budget(start, self.purse.upfront_of(bill))
                cost, megawatts = self._megawatts(roles, start, losses, talks, limits, budget, ())
                total = start.usd + cost + bill[0]
                if total < self.value:
                    self.value = total
                    labels = tuple(d.label for d in designs)
                    self.best = Optimum(total, bill[0], roles, chosen, start, labels, megawatts)

    def _nets(self, talks: Talks, free: float) -> Iterator[tuple[Net, dict[Cell, Caps]]]:
        """Yield the networks of every level that may be part of a better plan."""
        cells = sorted(talks)
        options = [list(self.levels.of(cell, talks[cell])) for cell in cells]
        for caps in itertools.product(*options):
            limits = dict(zip(cells, caps, strict=True))
            requirement = self._requirement(limits, talks)
            bounds = (self.fiber.private_bound, self.fiber.bound)
            if self.fiber.capped or all(free + bound(requirement) < self.value for bound in bounds):
                for net in self.fiber.nets(requirement):
                    yield net, limits

    def _budget(self, start: Start, network: tuple[float, ...]) -> Budget:
        if not any(x < math.inf for x in self.purse.upfront):
            return ()
        spent = zip(self.purse.upfront, start.upfront, network, strict=True)
        return tuple(cap - a - b for cap, a, b in spent)

    def _requirement(self, limits: dict[Cell, Caps], talks: Talks) -> Requirement:
        by_link: dict[Link, list[tuple[Entry, ...]]] = {}
        transits = {t: self._transit(t, talks) for t in self.raw.all_periods}
        for (t, link), caps in limits.items():
            transit = transits[t]
            useful = sum(gbps for _, gbps in transit.survives_gbps) if transit else 0.0
            entries = tuple(
                entry._replace(
                    theta_ms=self.fiber.reach(link, entry.theta_ms),
                    useful_gbps=useful if transit and link in dict(transit.theta_ms) else 0.0,
                )
                for entry in caps
            )
            by_link.setdefault(link, [() for _ in self.raw.all_periods])[t] = entries
        needs: tuple[tuple[Link, Need], ...] = tuple(
            (link, tuple(entries)) for link, entries in sorted(by_link.items())
        )
        return Requirement(needs, tuple(x for x in transits.values() if x is not None))

    def _transit(self, t: int, talks: Talks) -> Transit | None:
        """Return the ring that may carry traffic the other way round in a period."""
        ring = [
            (link, talk)
            for (s, link), by_link in sorted(talks.items())
            for talk in by_link
            if s == t and talk.around
        ]
        if not ring or not ring[0][1].phi:
            return None
        if any(k.gbps_per_mw or k.frontend_per_mw for _, k in ring):
            raise NotImplementedError("ring transit with demands that depend on the megawatts")
        return Transit(
            t,
            tuple((link, self.fiber.reach(link, k.theta_ms)) for link, k in ring),
            tuple((link, k.phi * k.base_gbps) for link, k in ring),
        )

    # Megawatts within a level

    def _megawatts(
        self,
        roles: Roles,
        start: Start,
        losses: Losses,
        talks: Talks,
        limits: dict[Cell, Caps],
        budget: Budget,
        extra: tuple[Row, ...],
    ) -> tuple[float, Megawatts]:
        cost, megawatts = self.power.solve(roles, start, losses, extra, budget)
        if cost == math.inf:
            return cost, megawatts
        for cell, caps in limits.items():
            if not within(cell, talks[cell], caps, megawatts):
                children = [
                    self._megawatts(roles, start, losses, talks, limits, budget, (*extra, *rows))
                    for rows in branches(cell, talks[cell], caps)
                ]
                return min(children, key=lambda item: item[0])
        return cost, megawatts

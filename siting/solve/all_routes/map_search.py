"""Search over the whole map for routes that share: ruin and recreate.

The routes of a few links are taken out and put back where they are cheapest, over every corridor
around the link: of what other links have opened only larger cables and huts are paid, what is new
in full (Schrimpf, Schneider, Stamm-Wilbrandt and Dueck, Journal of Computational Physics 159,
2000). Mostly a corridor in use is closed, and those that share it look for other ways together.
Huts count by length, each route is on one kind of transport: a start for exact designs, no more.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.all_routes.map_users import MapUser, Terms, longest_km, users_of
from siting.solve.all_routes.network_problem import Link, NetworkProblem
from siting.solve.all_routes.ways import walks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.all_routes.map_costs import Sizes

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

STEPS = 200
"""Steps of a run for each link."""
AT_RANDOM = 0.25
"""Part of the steps that take out links at random; others close a corridor that some share."""
REMOVED, SHARERS = 4, 6
"""Most links whose routes are taken out at once, of random ones and of those on a corridor."""
NOISES = (0.0, 0.1, 0.3)
"""Costs vary by up to one of these shares when routes are put back."""
WORSE, COOLED = 1e-2, 0.7
"""A step may be dearer by such a part at first, by nothing after this part of a run: of its steps
or of its time, whichever comes first."""
MOST_TOLLS, CLOSER = 12, 3
"""So often a toll on length is doubled until ways are short enough, then halved between."""
FIRST_TOLL = 0.05
"""The first one, as a part of what a km of the ways costs."""
NONE = -1
"""No item."""

Course = tuple[tuple[int, ...], tuple[bool, ...]]
"""Edges of a route, by their number in the graph, and whether each is own cable."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """The routes of a user."""

    items: Ints
    supplies: tuple[Ints, Ints]
    """The same as places in arrays of the user, shape (2, edges)."""
    loads: Floats
    """What it puts on each."""
    usd: float
    """What they cost it alone."""
    courses: tuple[Course, ...]


Choice = Mapping[int, _Taken]
"""By the number of the user."""


class MapSearch:
    """Routes of all links of a network together, getting cheaper."""

    def __init__(self, problem: NetworkProblem, *, seed: int, sizes: Sizes | None = None) -> None:
        """Prepare the links; nothing is looked for yet.

        Args:
            problem: the links, over time or at one time.
            seed: random seed.
            sizes: cables and huts by what they hold; without them pairs have a price, huts are paid
                once.
        """
        self._random = random.Random(seed)  # noqa: S311
        self._generator = np.random.default_rng(seed)
        self._users, self._loads = users_of(problem, sizes)
        self._held: Choice = {}
        """The choice that loads are of."""
        self._best: Choice = {}
        self.best_usd = math.inf
        """What the best routes cost by this reckoning, but for what all choices pay."""
        self.is_given_up = False
        """Nobody wants more: a run ends, from whatever thread that is said."""
        self._courses: dict[Link, dict[Course, None]] = {}

    def run(self, stop: float, steps: int | None = None) -> None:
        """Look for cheaper routes, from the best ones known on.

        Args:
            stop: clock time to end at.
            steps: times that routes are taken out; as many as usual when None.
        """
        if not self._best:
            self._begin(stop)
        if not self._best:
            return
        numbers = sorted(self._best)
        now, now_usd = self._best, self.best_usd
        steps = STEPS * len(numbers) if steps is None else steps
        begun = time.monotonic()
        for step in range(steps):
            past = time.monotonic() - begun
            if self.is_given_up or begun + past > stop:
                break
            done = max(step / steps, past / (stop - begun))
            found = self._changed(now, numbers)
            if found is None:
                continue
            usd = self._cost(found)
            if usd < now_usd * (1 + WORSE * max(1 - done / COOLED, 0.0)):
                now, now_usd = found, usd
            if usd < self.best_usd:
                self._keep(found, usd)

    @property
    def courses(self) -> dict[Link, list[Course]]:
        """Routes of each link, those of the cheapest choice first."""
        return {link: list(reversed(some)) for link, some in self._courses.items()}

    def _begin(self, stop: float) -> None:
        """Light all links, the earliest first; those without ways short enough are left out."""
        choice: dict[int, _Taken] = {}
        order = sorted(range(len(self._users)), key=lambda n: self._users[n].start)
        for number in order:
            if time.monotonic() > stop and choice:
                return
            taken = self._routes(self._users[number], 0.0)
            if taken is not None:
                choice[number] = taken
                self._hold(choice)
        if choice:
            self._keep(choice, self._cost(choice))

    def _keep(self, choice: Choice, usd: float) -> None:
        """Take the best choice, and note its routes."""
        self._best, self.best_usd = choice, usd
        for number, taken in choice.items():
            known = self._courses.setdefault(self._users[number].link, {})
            for course in taken.courses:
                known.pop(course, None)
                known[course] = None

    def _changed(self, now: Choice, numbers: Sequence[int]) -> Choice | None:
        """Return a choice with other routes of a few users; None where one finds none."""
        noise = self._random.choice(NOISES)
        if self._random.random() < AT_RANDOM:
            count = self._random.randint(1, min(REMOVED, len(numbers)))
            return self._put_back(now, self._random.sample(numbers, count), noise)
        self._hold(now)
        closed = int(self._random.choice(self._loads.open.tolist()))
        sharers = [number for number in numbers if closed in now[number].items]
        self._random.shuffle(sharers)
        return self._put_back(now, sharers[:SHARERS], noise, closed)

    def _put_back(
        self, now: Choice, out: Collection[int], noise: float, closed: int = NONE
    ) -> Choice | None:
        """Return a choice with other routes of some users, about the earliest first.

        Args:
            now: the choice before.
            out: numbers of these users.
            noise: costs vary by up to this share.
            closed: an item that they may not use.
        """
        choice = {number: taken for number, taken in now.items() if number not in out}
        late = {n: self._users[n].start + self._random.random() for n in out}
        for number in sorted(out, key=lambda n: late[n]):
            self._hold(choice)
            taken = self._routes(self._users[number], noise, closed)
            if taken is None:
                return None
            choice[number] = taken
        return choice

    def _hold(self, choice: Choice) -> None:
        """Let loads be those of a choice."""
        before = self._held
        for times, these, others in ((-1, before, choice), (1, choice, before)):
            for number, taken in these.items():
                if others.get(number) is not taken:
                    start = self._users[number].start
                    self._loads.take(taken.items, start, taken.loads, times)
        self._held = dict(choice)

    def _cost(self, choice: Choice) -> float:
        """Return what a choice costs, but for what every choice does."""
        self._hold(choice)
        return self._loads.usd() + sum(taken.usd for taken in choice.values())

    def _routes(self, user: MapUser, noise: float, closed: int = NONE) -> _Taken | None:
        """Return the cheapest routes of a user beside what is held; None without any in reach."""
        varied = 1 + noise * self._generator.random(len(user.edges)) if noise else 1.0
        best, best_usd = None, math.inf
        for terms in user.terms:
            left = self._loads.more_usd(user.items, user.start, terms.loads, terms.fresh_usd)
            left[user.items == closed] = np.inf
            both = terms.own_usd + left
            flow, is_free = _short_enough(user, both.min(axis=0) * varied, terms.longest_km)
            if flow is not None:
                taken = _taken(user, terms, flow, both[1] < both[0])
                usd = taken.usd + float(left[taken.supplies].sum())
                if usd < best_usd:
                    best, best_usd = taken, usd
            if is_free:
                break  # lines that reach farther are dearer
        return best


def _short_enough(user: MapUser, usd: Floats, longest_km: float) -> tuple[Ints | None, bool]:
    """Return the cheapest ways of a user that are short enough, by a toll on their length.

    And whether they are the cheapest ones of any length, or there are none.
    """
    flow = user.ways.cheapest(usd, user.count)
    if flow is None or _longest_km(user, flow) <= longest_km:
        return flow, True
    used = flow != 0
    low, toll = 0.0, FIRST_TOLL * float(usd[used].sum() / user.lengths_km[used].sum())
    found = None
    for _ in range(MOST_TOLLS):
        flow = user.ways.cheapest(usd + toll * user.lengths_km, user.count)
        if flow is not None and _longest_km(user, flow) <= longest_km:
            found = flow
            break
        low, toll = toll, 2 * toll
    for _ in range(CLOSER if found is not None else 0):
        middle = (low + toll) / 2
        flow = user.ways.cheapest(usd + middle * user.lengths_km, user.count)
        if flow is not None and _longest_km(user, flow) <= longest_km:
            found, toll = flow, middle
        else:
            low = middle
    return found, False


def _taken(user: MapUser, terms: Terms, flow: Ints, own: NDArray[np.bool_]) -> _Taken:
    """Return the routes of a flow."""
    used = np.flatnonzero(flow)
    supplies = own[used].astype(np.int64), used
    courses = tuple(
        (tuple(user.edges[walk].tolist()), tuple(own[walk].tolist())) for walk in _walks(user, flow)
    )
    usd = terms.fixed_usd + float(terms.own_usd[supplies].sum())
    return _Taken(user.items[supplies], supplies, terms.loads, usd, courses)


def _walks(user: MapUser, flow: Ints) -> list[list[int]]:
    """Return the edges of each way of a flow, in order."""
    return [[edge for edge, _ in walk] for walk in walks(user.ends, flow, user.count)]


def _longest_km(user: MapUser, flow: Ints) -> float:
    """Return the length of the longest way of a flow."""
    return longest_km(user.ends, user.lengths_km, flow, user.count)

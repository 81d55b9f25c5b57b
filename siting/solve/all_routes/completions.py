"""What the rest of a way costs at least, noise and length paid for instead of limited.

With any worth lambda of noise and mu of length a legal way costs no less than the cheapest one that
pays ``usd + lambda noise + mu km``, less ``lambda UNITS + mu longest_km`` (Lagrangian relaxation of
a shortest path with resources: Handler and Zang, Networks 10, 1980). All such ways to a node from
the target, by their length to the next hut, are found at once by one search backward; joined with a
way up to that node they bound every way through it from below (Carlyle, Royset and Wood, Networks
52, 2008).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from siting.solve.all_routes.label_setting import Found, least_usd, searched, trace, ways_at
from siting.solve.all_routes.labels import NONE, Labels
from siting.solve.all_routes.net import Completions, Net, Paid, Worth
from siting.solve.all_routes.spans import NEVER, UNITS, SpanRules, noise_of
from siting.solve.all_routes.ways import LEAST_USD, Way, way_of
from siting.solve.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

FIRST_NOISE, FIRST_LENGTH = 3e-3, 3e-2
"""What all noise and all length that is legal are worth at first, as parts of a way's cost."""
FIRST_TIMES, TIMES = 4.0, 1.2
"""Worth is changed so many times while it is too low, or too high: the first time; later, where the
last one is at hand."""
FIRST_LOOKS, LOOKS = 5, 1
"""Searches for a good worth, likewise."""
CLOSE = 1e-3
"""Nothing is looked for where a legal way costs no more than the bound by this factor."""
MOST_LABELS, MOST_JOINED = 200_000, 30_000
"""Labels of a search backward, and of one that joins them: then what ways cost at least is enough.
"""


@dataclass(slots=True)
class _Rate:
    """What all that is legal of a resource is worth, as a part of what a way costs."""

    value: float
    times: float
    low: float = 0.0
    """Too low."""
    high: float = math.inf
    """Too high."""

    def change(self, used: float) -> None:
        """Take note of the part of the resource that the cheapest way uses."""
        if used > 1:
            self.low = self.value
            self.value = math.sqrt(self.low * min(self.high, self.times**2 * self.low))
        else:
            self.high = self.value
            self.value = math.sqrt(self.high * max(self.low, self.high / self.times**2))


class Both(NamedTuple):
    """A net in both directions."""

    forward: Net
    backward: Net
    """With least lengths from each node to the source."""


class Completed(NamedTuple):
    """Completions, and what they come from."""

    least_usd: float
    """No legal way costs less; none costs as little as was asked for where infinite."""
    completions: Completions
    labels: Labels | None
    """Of the search backward."""


@dataclass(slots=True)
class Completer:
    """Finds completions for changing prices; remembers what was worth how much."""

    noise_rate: float = 0.0
    """Of the last search; zero before the first one."""
    length_rate: float = 0.0
    is_hard: bool = False
    """Whether the last search had too many labels."""

    def cheapest_ways(
        self,
        nets: Both,
        paid: Paid,
        away_usd: Floats,
        spans: SpanRules,
        count: int,
        stop: float,
        *,
        joins: bool = True,
    ) -> Found:
        """Return the cheapest ways that cost no more than ``paid.most_usd``.

        They are the cheapest but for :data:`~siting.solve.all_routes.label_setting.CLOSE`, or what
        ways cost at least is known alone.

        Args:
            nets: edges and nodes.
            paid: what ways cost, and how long they may be.
            away_usd: least cost of edges from the source to each node.
            spans: what spans may be.
            count: ways to return at most.
            stop: clock time to end at.
            joins: ways of the search backward may be part of those returned.

        Raises:
            OutOfTimeError: the clock passed ``stop``.
        """
        backward = paid._replace(start=paid.goal, goal=paid.start, left_usd=away_usd)
        known = self._complete(nets.backward, backward, spans, stop)
        if known.least_usd > paid.most_usd:
            return Found([], math.inf)
        paid = paid._replace(completions=known.completions, joins=joins)
        labels = searched(nets.forward, paid, spans, count, stop, MOST_JOINED)
        self.is_hard = int(labels.counts[0]) > MOST_JOINED
        ways = ways_at(labels)
        if known.labels is not None:
            ways += _joined(labels, known.labels, known.completions, paid)
        ways.sort(key=lambda way: way.usd)
        return Found(ways[:count], max(least_usd(labels), known.least_usd))

    def _complete(self, backward: Net, paid: Paid, spans: SpanRules, stop: float) -> Completed:
        """Return what all legal ways cost at least, and completions.

        Nothing is known where a search needs too many labels.

        Args:
            backward: the net with least lengths from each node to the source.
            paid: what a way pays that leads from the target to the source.
            spans: what spans may be.
            stop: clock time to end at.

        Raises:
            OutOfTimeError: the clock passed ``stop``.
        """
        is_first = not self.noise_rate or self.is_hard
        times = FIRST_TIMES if is_first else TIMES
        noise = _Rate(self.noise_rate or FIRST_NOISE, times)
        length = _Rate(self.length_rate or FIRST_LENGTH, times)
        usd = max(float(paid.left_usd[paid.start]), LEAST_USD)
        is_short = math.isfinite(paid.longest_km)
        best = Completed(-math.inf, Completions.none(), None)
        for _ in range(FIRST_LOOKS if is_first else LOOKS):
            worth = Worth(
                True,  # noqa: FBT003 - a named tuple that is compiled takes no keywords
                noise.value * usd / UNITS if spans.is_quiet else 0.0,
                length.value * usd / paid.longest_km if is_short else 0.0,
            )
            found = _all_ways(backward, paid, spans, worth, stop)
            if found is None:
                break
            labels, allowed_usd = found
            way_usd, units, km = _cheapest(labels, spans, worth.noise_usd, paid.goal)
            if not way_usd < math.inf:
                return Completed(math.inf, best.completions, best.labels)
            if way_usd - allowed_usd > best.least_usd:
                best = Completed(way_usd - allowed_usd, _completions(labels, worth), labels)
                self.noise_rate, self.length_rate = noise.value, length.value
            legal_usd = way_usd - worth.noise_usd * units - worth.km_usd * km
            is_legal = units <= UNITS and km <= paid.longest_km
            if best.least_usd > paid.most_usd or (
                is_legal and best.least_usd >= (1 - CLOSE) * legal_usd
            ):
                break
            noise.change(units / UNITS)
            length.change(km / paid.longest_km)
        if not is_first:  # what seems better now is tried the next time
            self.noise_rate, self.length_rate = noise.value, length.value
        return best


def _all_ways(
    backward: Net, paid: Paid, spans: SpanRules, worth: Worth, stop: float
) -> tuple[Labels, float] | None:
    """Return all ways that pay worth, and what is worth that they may use; None: too many."""
    allowed_usd = worth.noise_usd * UNITS
    if math.isfinite(paid.longest_km):
        allowed_usd += worth.km_usd * paid.longest_km
    paid = paid._replace(
        most_usd=paid.most_usd + allowed_usd,
        worth=worth,
        by_km_usd=by_km_usd(spans, paid.cheapest_usd, worth.noise_usd, backward.left_km),
    )
    labels = searched(backward, paid, spans, 1, stop, MOST_LABELS)
    return None if labels.counts[1] else (labels, allowed_usd)


def by_km_usd(spans: SpanRules, cheapest_usd: float, noise_usd: float, left_km: Floats) -> Floats:
    """Return what huts and noise of a way cost at least by its length, km, rounded down."""
    finite = left_km[np.isfinite(left_km)]
    longest_km = int(finite.max(initial=0.0) + spans.spacing_km) + 1
    if spans.is_quiet:
        table = spans.table[:, : longest_km + 1]
    else:
        least = np.ceil(np.arange(longest_km) / spans.spacing_km) - 1
        counts = np.arange(int(least.max(initial=0)) + 1)
        table = np.where(counts[:, None] < least, NEVER, 0)
    huts_usd = np.zeros(len(table))
    huts_usd[1:] = cheapest_usd * np.arange(1, len(table))
    usd = np.where(table < NEVER, huts_usd[:, None] + noise_usd * table, np.inf)
    cheapest: Floats = usd.min(axis=0)
    return cheapest


@compiled
def _cheapest(
    labels: Labels, spans: SpanRules, noise_usd: float, node: int
) -> tuple[float, int, float]:
    """Return what the cheapest way at a node pays, its noise and length."""
    best, units, length_km = np.inf, 0, 0.0
    label = labels.last_done[node]
    while label != NONE:
        at = labels.made[label]
        last = noise_of(spans, at.since_km)
        usd = at.usd + noise_usd * last
        if usd < best:
            best, units, length_km = usd, at.noise + last, at.far_km
        label = at.older
    return best, units, length_km


def _completions(labels: Labels, worth: Worth) -> Completions:
    counts = _counts(labels)
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    numbers = _done(labels, int(first[-1]))
    made = labels.made[numbers]
    noise, km = made["noise"].copy(), made["far_km"].copy()
    usd, until_km = made["usd"].copy(), made["since_km"].copy()
    own_usd = usd - worth.noise_usd * noise - worth.km_usd * km
    return Completions(first, usd, own_usd, until_km, noise, km, numbers, worth)


@compiled
def _counts(labels: Labels) -> Ints:
    """Return how many labels are done at each node."""
    counts = np.zeros(len(labels.last_done), np.int64)
    for node in range(len(counts)):
        label = labels.last_done[node]
        while label != NONE:
            counts[node] += 1
            label = labels.made[label].older
    return counts


@compiled
def _done(labels: Labels, count: int) -> Ints:
    """Return the labels that are done, by node."""
    numbers = np.empty(count, np.int64)
    place = 0
    for node in range(len(labels.last_done)):
        label = labels.last_done[node]
        while label != NONE:
            numbers[place] = label
            place += 1
            label = labels.made[label].older
    return numbers


def _joined(forward: Labels, backward: Labels, known: Completions, paid: Paid) -> list[Way]:
    """Return the ways that labels and completions make."""
    ways = []
    for usd, (label, completion) in zip(forward.joined_usd, forward.joined.tolist(), strict=True):
        if not usd < math.inf:
            break
        way = trace(forward, label)
        at = backward.made[int(known.labels[completion])]
        while at["before"] != NONE:
            edge, huts, node = int(at["edge"]), int(at["huts"]), int(at["node"])
            way = (edge, huts, node if edge == NONE else -1, way)
            at = backward.made[int(at["before"])]
        ways.append(_with_cost(way_of(0.0, way), paid))
    return ways


def _with_cost(way: Way, paid: Paid) -> Way:
    """Return a way with what it costs."""
    usd = float(paid.usd[list(way.edges)].sum())
    usd += float(paid.inside_usd[list(way.huts_inside)].sum())
    usd += float(paid.at_node_usd[list(way.huts_at_nodes)].sum())
    return replace(way, usd=usd)

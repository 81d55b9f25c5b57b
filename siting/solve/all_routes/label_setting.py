"""Ways with huts by label setting: a shortest path with resources.

The resources are the length since the last hut, at most the maximum spacing; the noise of the spans
so far (:mod:`~siting.solve.all_routes.spans`); and the whole length, where it is limited. Labels
that are no better than another at the same node in cost and all of these are dropped (Aneja,
Aggarwal and Nair, Networks 13, 1983); what is left of the way is bounded from below by the way
without huts and the least number of huts on it (A*).
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from siting.solve.all_routes.net import Net, Paid
from siting.solve.all_routes.placings import Placings, Taken, most_placings, place
from siting.solve.all_routes.spans import NEVER, UNITS, SpanRules, more_huts, noise_of
from siting.solve.all_routes.ways import SOURCE, TARGET, Trace, Way, way_of
from siting.solve.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

LOOKS = 20_000
"""Labels between two looks at the clock."""
FIRST_LABELS = 16384
"""Room for labels at first; it grows ``GROWTH`` times."""
GROWTH = 4
MOST_LABELS = 3_000_000
"""No search takes more memory: some 300 MB."""
LABEL = np.dtype(
    [
        ("usd", np.float64),
        ("since_km", np.float64),
        ("far_km", np.float64),
        ("noise", np.int64),
        ("node", np.int64),
        ("before", np.int64),
        ("edge", np.int64),
        ("huts", np.int64),
        ("older", np.int64),
    ]
)
"""What a way pays up to a node, its length since the last hut, its whole length, and the noise of
the spans before that hut; the label before, the edge from there (-1: a hut at the node), the huts
inside it; the label that was done before it at the same node."""
_NONE = -1
_DONE, _MORE, _FULL = 0, 1, 2


class OutOfTimeError(Exception):
    """A search reached its end: what it looked for is not known."""


class _Labels(NamedTuple):
    """Labels, those that are open, and how far the search is."""

    made: NDArray[np.void]
    open_usd: Floats
    """Least cost of a way by each open label: a heap."""
    open_label: Ints
    last_done: Ints
    """At each node the label that was done last."""
    found: Ints
    """Labels at the target, the cheapest first."""
    counts: Ints
    """Labels made, open labels, ways found."""

    def larger(self) -> _Labels:
        """Return the same with more room."""
        room = (GROWTH - 1) * len(self.made)
        return self._replace(
            made=np.concatenate([self.made, np.empty(room, LABEL)]),
            open_usd=np.concatenate([self.open_usd, np.empty(room)]),
            open_label=np.concatenate([self.open_label, np.empty(room, np.int64)]),
        )


def cheapest_ways(
    net: Net,
    paid: Paid,
    spans: SpanRules,
    count: int,
    stop: float,
    most_labels: int = MOST_LABELS,
) -> list[Way]:
    """Return the cheapest ways that cost no more than ``paid.most_usd``, so many at most.

    Args:
        net: edges and nodes.
        paid: what they cost.
        spans: what spans may be, with tables for ways as long as those of the net.
        count: ways to return at most.
        stop: clock time to end at.
        most_labels: to make, or soon after.

    Raises:
        OutOfTimeError: the clock passed ``stop``, or there are too many labels.
    """
    labels = _Labels(
        np.empty(FIRST_LABELS, LABEL),
        np.empty(FIRST_LABELS),
        np.empty(FIRST_LABELS, np.int64),
        np.full(len(net.left_km), _NONE),
        np.empty(count, np.int64),
        np.zeros(3, np.int64),
    )
    _begin(labels)
    while True:
        if time.monotonic() > stop or labels.counts[0] > most_labels:
            raise OutOfTimeError
        state = _go_on(net, paid, spans, labels, LOOKS)
        if state == _DONE:
            break
        if state == _FULL:
            labels = labels.larger()
    return [_way(labels, label) for label in labels.found[: labels.counts[2]].tolist()]


def _way(labels: _Labels, label: int) -> Way:
    """Return the way that leads to a label."""
    usd = float(labels.made[label]["usd"])
    steps = []
    while label != _NONE:
        made = labels.made[label]
        steps.append((int(made["edge"]), int(made["huts"]), int(made["node"])))
        label = int(made["before"])
    trace: Trace = None
    for edge, huts, node in reversed(steps[:-1]):
        trace = (edge, huts, node if edge == _NONE else -1, trace)
    return way_of(usd, trace)


class _Step(NamedTuple):
    """What leads from one label to the next."""

    edge: int
    """-1: to a hut at the node."""
    node: int
    huts: int
    """Inside the edge."""
    usd: float
    length_km: float
    since_km: float
    """Length since the last hut where it ends."""
    noise: int
    """Of the spans that it ends."""


@compiled
def _begin(labels: _Labels) -> None:
    """Open the label at the source."""
    _open(labels, 0.0, _NONE, _Step(_NONE, SOURCE, 0, 0.0, 0.0, 0.0, 0), 0.0)


@compiled
def _go_on(net: Net, paid: Paid, spans: SpanRules, labels: _Labels, most: int) -> int:
    """Do so many labels at most; return how the search stands."""
    counts = labels.counts
    room = most_placings(spans, net.pieces)
    placings = Placings(np.empty(room, np.int64), np.empty(room), np.empty(room, np.int64))
    room = _most_arcs(net) * room + 1
    for _ in range(most):
        if counts[1] == 0 or counts[2] == len(labels.found):
            return _DONE
        if counts[0] + room > len(labels.made):
            return _FULL
        label = _cheapest_open(labels)
        at = labels.made[label]
        if at.node == TARGET:
            labels.found[counts[2]] = label
            counts[2] += 1
        elif not _is_dominated(labels, at.node, at.usd, at.since_km, at.noise, at.far_km):
            at.older = labels.last_done[at.node]
            labels.last_done[at.node] = label
            _reach_hut(net, paid, spans, labels, label)
            for arc in range(net.first[at.node], net.first[at.node + 1]):
                _reach_along(net, paid, spans, labels, label, arc, placings)
    return _MORE


@compiled
def _most_arcs(net: Net) -> int:
    most = 0
    for node in range(len(net.left_km)):
        most = max(most, net.first[node + 1] - net.first[node])
    return most


@compiled
def _reach_hut(net: Net, paid: Paid, spans: SpanRules, labels: _Labels, label: int) -> None:
    """Reach a hut at the node of a label."""
    at = labels.made[label]
    usd = paid.at_node_usd[at.node]
    if at.since_km > 0 and at.node != SOURCE and usd < math.inf:
        ended = noise_of(spans, at.since_km)
        step = _Step(_NONE, at.node, 0, usd, 0.0, 0.0, ended)
        _reach(net, paid, spans, labels, label, step)


@compiled
def _reach_along(
    net: Net, paid: Paid, spans: SpanRules, labels: _Labels, label: int, arc: int, found: Placings
) -> None:
    """Reach the other end of an arc, with any huts inside it."""
    at = labels.made[label]
    edge, node = net.edge[arc], net.other[arc]
    usd, inside_usd, km = paid.usd[edge], paid.inside_usd[edge], net.lengths_km[edge]
    least = at.usd + usd + paid.left_usd[node]
    if least > paid.most_usd:
        return
    number = edge if least + inside_usd <= paid.most_usd else _NONE
    taken = Taken(number, net.is_forward[arc], km)
    for i in range(place(spans, net.pieces, taken, at.since_km, found)):
        huts = found.huts[i]
        cost = usd + huts * inside_usd if huts else usd
        step = _Step(edge, node, huts, cost, km, found.since_km[i], found.noise[i])
        _reach(net, paid, spans, labels, label, step)


@compiled
def _reach(
    net: Net, paid: Paid, spans: SpanRules, labels: _Labels, label: int, step: _Step
) -> None:
    """Open the label that one leads to, unless it leads nowhere."""
    at, node = labels.made[label], step.node
    total, noise = at.usd + step.usd, at.noise + step.noise
    if total + paid.left_usd[node] > paid.most_usd or noise > UNITS:
        return
    far_km = at.far_km + step.length_km if paid.longest_km < math.inf else 0.0
    least = total + _rest_usd(net, paid, spans, node, step.since_km, noise, far_km)
    if least <= paid.most_usd and not _is_dominated(
        labels, node, total, step.since_km, noise, far_km
    ):
        _open(labels, least, label, step, far_km)


@compiled
def _rest_usd(
    net: Net, paid: Paid, spans: SpanRules, node: int, since_km: float, noise: int, far_km: float
) -> float:
    """Return what is left costs at least from a label; infinite where none is legal."""
    usd: float = paid.left_usd[node]
    km = net.left_km[node]
    if not usd < math.inf or far_km + km > paid.longest_km:
        return math.inf
    if node == TARGET:
        return 0.0 if noise + noise_of(spans, since_km) <= UNITS else math.inf
    more = more_huts(spans, since_km + km, noise)
    if more == 0:
        return usd
    return usd + more * paid.cheapest_usd if more < NEVER else math.inf


@compiled
def _is_dominated(
    labels: _Labels, node: int, usd: float, since_km: float, noise: int, far_km: float
) -> bool:
    """Return whether some label that is done at a node is no worse in all."""
    other = labels.last_done[node]
    while other != _NONE:
        at = labels.made[other]
        if at.usd <= usd and at.since_km <= since_km and at.noise <= noise and at.far_km <= far_km:
            return True
        other = at.older
    return False


@compiled
def _open(labels: _Labels, least: float, before: int, step: _Step, far_km: float) -> None:
    """Make the label that a step leads to from the one before, and push it on the heap."""
    label = labels.counts[0]
    made = labels.made[label]
    made.usd, made.noise = step.usd, step.noise
    if before != _NONE:
        made.usd += labels.made[before].usd
        made.noise += labels.made[before].noise
    made.since_km, made.far_km, made.node, made.before = step.since_km, far_km, step.node, before
    made.edge, made.huts, made.older = step.edge, step.huts, _NONE
    labels.counts[0] += 1
    place = labels.counts[1]
    labels.counts[1] += 1
    keys, heap = labels.open_usd, labels.open_label
    while place > 0:
        above = (place - 1) // 2
        if keys[above] <= least:
            break
        keys[place], heap[place] = keys[above], heap[above]
        place = above
    keys[place], heap[place] = least, label


@compiled
def _cheapest_open(labels: _Labels) -> int:
    """Take the cheapest label off the heap."""
    keys, heap = labels.open_usd, labels.open_label
    top: int = heap[0]
    labels.counts[1] -= 1
    size = labels.counts[1]
    key, label = keys[size], heap[size]
    place = 0
    while True:
        below = 2 * place + 1
        if below >= size:
            break
        if below + 1 < size and keys[below + 1] < keys[below]:
            below += 1
        if keys[below] >= key:
            break
        keys[place], heap[place] = keys[below], heap[below]
        place = below
    keys[place], heap[place] = key, label
    return top

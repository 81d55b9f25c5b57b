"""Ways with huts by label setting: a shortest path with resources.

The resources are the length since the last hut, at most the maximum spacing; the noise of the spans
so far (:mod:`~siting.solve.all_routes.spans`); and the whole length, where it is limited. What is
left of a way is bounded from below (A*): by the way without huts and the least number of huts on
it, and by completions where they are known (:mod:`~siting.solve.all_routes.completions`).
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, NamedTuple

from siting.solve.all_routes.labels import (
    NONE,
    Labels,
    Reached,
    Step,
    cheapest_open,
    is_dearer,
    is_dominated,
    join,
    push,
)
from siting.solve.all_routes.net import Net, Paid
from siting.solve.all_routes.placings import Placings, Taken, most_placings, place, placings_for
from siting.solve.all_routes.spans import (
    NEVER,
    TOLERANCE,
    UNITS,
    SpanRules,
    more_huts,
    noise_of,
)
from siting.solve.all_routes.ways import Trace, Way, way_of
from siting.solve.compiled import compiled, inlined

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

LOOKS = 20_000
"""Labels between two looks at the clock."""
MOST_LABELS = 3_000_000
"""No search takes more memory: some 300 MB."""
CLOSE = 1e-4
"""A search ends where a way costs no more than what ways cost at least by this part."""
DONE, MORE, FULL = 0, 1, 2


class OutOfTimeError(Exception):
    """A search reached its end: what it looked for is not known."""


class Found(NamedTuple):
    """Ways that were found, the cheapest first."""

    ways: list[Way]
    least_usd: float
    """No legal way costs less; infinite where none costs as little as was asked for."""


def cheapest_ways(
    net: Net,
    paid: Paid,
    spans: SpanRules,
    count: int,
    stop: float,
    most_labels: int = MOST_LABELS,
) -> Found:
    """Return the cheapest ways that cost no more than ``paid.most_usd``, so many at most.

    Where there are too many labels only what ways cost at least is known.

    Args:
        net: edges and nodes.
        paid: what they cost; worth is not paid.
        spans: what spans may be, with tables for ways as long as those of the net.
        count: ways to return at most.
        stop: clock time to end at.
        most_labels: to make, or soon after.

    Raises:
        OutOfTimeError: the clock passed ``stop``.
    """
    labels = searched(net, paid, spans, count, stop, most_labels)
    return Found(ways_at(labels), least_usd(labels))


def ways_at(labels: Labels) -> list[Way]:
    """Return the ways to the goal that a search found, the cheapest first."""
    return [
        way_of(float(labels.made[label]["usd"]), trace(labels, label))
        for label in labels.found[: labels.counts[2]].tolist()
    ]


def least_usd(labels: Labels) -> float:
    """Return what ways cost at least by the labels of a search; infinite where there are none."""
    if labels.counts[2]:
        return float(labels.made[labels.found[0]]["usd"])
    open_usd = float(labels.open_usd[0]) if labels.counts[1] else math.inf
    return min(open_usd, float(labels.joined_usd[0]))


def searched(
    net: Net, paid: Paid, spans: SpanRules, count: int, stop: float, most_labels: int
) -> Labels:
    """Return the labels of a search for so many ways; some are open where there are too many.

    Raises:
        OutOfTimeError: the clock passed ``stop``.
    """
    labels = Labels.none(len(net.left_km), count, len(net.pieces.begin_km))
    _begin(paid, labels)
    while True:
        if time.monotonic() > stop:
            raise OutOfTimeError
        if labels.counts[0] > most_labels:
            return labels
        state = _go_on(net, paid, spans, labels, LOOKS)
        if state == DONE:
            return labels
        if state == FULL:
            labels = labels.larger()


def trace(labels: Labels, label: int) -> Trace:
    """Return the way that leads to a label."""
    steps = []
    while label != NONE:
        made = labels.made[label]
        steps.append((int(made["edge"]), int(made["huts"]), int(made["node"])))
        label = int(made["before"])
    way: Trace = None
    for edge, huts, node in reversed(steps[:-1]):
        way = (edge, huts, node if edge == NONE else -1, way)
    return way


@compiled
def _begin(paid: Paid, labels: Labels) -> None:
    """Open the label at the start."""
    step = Step(NONE, paid.start, 0, 0.0, 0.0, 0.0, 0)
    push(labels, 0.0, NONE, step, Reached(paid.start, 0.0, 0.0, 0, 0.0))


@compiled
def _go_on(net: Net, paid: Paid, spans: SpanRules, labels: Labels, most: int) -> int:
    """Do so many labels at most; return how the search stands.

    Where worth is paid all labels are done, and ways end at the goal.
    """
    counts = labels.counts
    room = most_placings(spans, net.pieces)
    placings = placings_for(room)
    room = _most_arcs(net) * room + 1
    for _ in range(most):
        if counts[1] == 0 or counts[2] == len(labels.found):
            return DONE
        if labels.open_usd[0] >= (1 - CLOSE) * labels.joined_usd[0]:
            return DONE
        if counts[0] + room > len(labels.made):
            return FULL
        label = cheapest_open(labels)
        at = labels.made[label]
        if at.node == paid.goal and not paid.worth.is_paid:
            labels.found[counts[2]] = label
            counts[2] += 1
        elif not _is_in_vain(
            paid, labels, Reached(at.node, at.usd, at.since_km, at.noise, at.far_km)
        ):
            at.older = labels.last_done[at.node]
            labels.last_done[at.node] = label
            if at.node == paid.goal:
                continue
            if paid.joins and len(paid.completions.first):
                _join(paid, spans, labels, label)
            _reach_hut(net, paid, spans, labels, label)
            for arc in range(net.first[at.node], net.first[at.node + 1]):
                _reach_along(net, paid, spans, labels, label, arc, placings)
    return MORE


@inlined
def _is_in_vain(paid: Paid, labels: Labels, new: Reached) -> bool:
    """Return whether a label that is done is as good."""
    if paid.worth.is_paid:
        return is_dearer(labels, new)
    return is_dominated(labels, new)


@compiled
def _most_arcs(net: Net) -> int:
    most = 0
    for node in range(len(net.left_km)):
        most = max(most, net.first[node + 1] - net.first[node])
    return most


@inlined
def _reach_hut(net: Net, paid: Paid, spans: SpanRules, labels: Labels, label: int) -> None:
    """Reach a hut at the node of a label."""
    at = labels.made[label]
    usd = paid.at_node_usd[at.node]
    if at.since_km > 0 and at.node != paid.start and usd < math.inf:
        ended = noise_of(spans, at.since_km)
        if paid.worth.is_paid and not _is_better(
            labels.best_cut_usd, at.node, at.usd + usd + paid.worth.noise_usd * ended
        ):
            return
        step = Step(NONE, at.node, 0, usd, 0.0, 0.0, ended)
        _reach(net, paid, spans, labels, label, step)


@inlined
def _is_better(best_usd: Floats, slot: int, usd: float) -> bool:
    """Note what a label costs whose last hut stands in one place, the same for all of a slot.

    Return whether it is the cheapest so far: where worth is paid no other one counts.
    """
    is_better: bool = usd < best_usd[slot]
    if is_better:
        best_usd[slot] = usd
    return is_better


@inlined
def _reach_along(
    net: Net, paid: Paid, spans: SpanRules, labels: Labels, label: int, arc: int, found: Placings
) -> None:
    """Reach the other end of an arc, with any huts inside it."""
    at = labels.made[label]
    edge, node = net.edge[arc], net.other[arc]
    usd, inside_usd, km = paid.usd[edge], paid.inside_usd[edge], net.lengths_km[edge]
    least = at.usd + usd + paid.left_usd[node]
    if least > paid.most_usd:
        return
    number = edge if least + inside_usd <= paid.most_usd else NONE
    taken = Taken(number, net.is_forward[arc], km)
    for i in range(place(spans, net.pieces, taken, at.since_km, found)):
        huts = found.huts[i]
        cost = usd + huts * inside_usd if huts else usd
        if paid.worth.is_paid and found.place[i] != NONE:
            slot = 2 * found.place[i] + net.is_forward[arc]
            noise_usd = paid.worth.noise_usd * found.noise[i]
            if not _is_better(labels.best_inside_usd, slot, at.usd + cost + noise_usd):
                continue
        step = Step(edge, node, huts, cost, km, found.since_km[i], found.noise[i])
        _reach(net, paid, spans, labels, label, step)


@inlined
def _reach(net: Net, paid: Paid, spans: SpanRules, labels: Labels, label: int, step: Step) -> None:
    """Open the label that one leads to, unless it leads nowhere."""
    at, node, worth = labels.made[label], step.node, paid.worth
    usd, noise = at.usd + step.usd, at.noise + step.noise
    far_km = 0.0
    if worth.is_paid:
        usd += worth.noise_usd * step.noise + worth.km_usd * step.length_km
        far_km = at.far_km + step.length_km
    elif noise > UNITS:
        return
    elif paid.longest_km < math.inf:
        far_km = at.far_km + step.length_km
    if usd + paid.left_usd[node] > paid.most_usd:
        return
    new = Reached(node, usd, step.since_km, noise, far_km)
    rest_usd = _priced_rest_usd(net, paid, new) if worth.is_paid else rest(net, paid, spans, new)
    least = usd + rest_usd
    if least <= min(paid.most_usd, labels.joined_usd[0]) and not _is_in_vain(paid, labels, new):
        push(labels, least, label, step, new)


@inlined
def _priced_rest_usd(net: Net, paid: Paid, at: Reached) -> float:
    """Return what is left costs at least from a label where worth is paid."""
    usd: float = paid.left_usd[at.node]
    if not usd < math.inf:
        return math.inf
    km: float = net.left_km[at.node]
    place = min(int(at.since_km + km), len(paid.by_km_usd) - 1)
    usd += paid.by_km_usd[place]
    return usd + paid.worth.km_usd * km


@inlined
def rest(net: Net, paid: Paid, spans: SpanRules, at: Reached) -> float:
    """Return what is left costs at least from a label, USD; infinite where none is legal."""
    usd: float = paid.left_usd[at.node]
    km = net.left_km[at.node]
    if not usd < math.inf or at.far_km + km > paid.longest_km:
        return math.inf
    if at.node == paid.goal:
        return 0.0 if at.noise + noise_of(spans, at.since_km) <= UNITS else math.inf
    more = more_huts(spans, at.since_km + km, at.noise)
    if more == NEVER:
        return math.inf
    if more:
        usd += more * paid.cheapest_usd
    if len(paid.completions.first) and at.usd + usd <= paid.most_usd:
        usd = max(usd, _completed_usd(paid, spans, at))
    return usd


@inlined
def _completed_usd(paid: Paid, spans: SpanRules, at: Reached) -> float:
    """Return what the cheapest completion from a label costs, less what may be worth saved."""
    known, worth = paid.completions, paid.completions.worth
    least = math.inf
    for i in range(known.first[at.node], known.first[at.node + 1]):
        km = at.since_km + known.until_km[i]
        if km <= spans.spacing_km * (1 + TOLERANCE):
            usd = known.usd[i]
            if spans.is_quiet:
                usd += worth.noise_usd * (noise_of(spans, km) - (UNITS - at.noise))
            least = min(least, usd)
    if paid.longest_km < math.inf:
        least -= worth.km_usd * (paid.longest_km - at.far_km)
    return least


@inlined
def _join(paid: Paid, spans: SpanRules, labels: Labels, label: int) -> None:
    """Join a label with completions to legal ways."""
    at, known = labels.made[label], paid.completions
    for i in range(known.first[at.node], known.first[at.node + 1]):
        usd = at.usd + known.own_usd[i]
        if usd >= labels.joined_usd[-1] or at.far_km + known.km[i] > paid.longest_km:
            continue
        km = at.since_km + known.until_km[i]
        if km > spans.spacing_km * (1 + TOLERANCE):
            continue
        if at.noise + known.noise[i] + noise_of(spans, km) <= UNITS:
            join(labels, usd, label, i)

"""Labels of a search for ways: what each knows, which are open, and which count.

A label is no better than another at the same node that costs no more, has come no farther since
the last hut, and has no more of what is limited over the whole way (Aneja, Aggarwal and Nair,
Networks 13, 1983).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from siting.solve.compiled import compiled, inlined

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

FIRST_LABELS = 16384
"""Room for labels at first; it grows ``GROWTH`` times."""
GROWTH = 4
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
NONE = -1
SAME = 1e-9
"""Ways whose costs differ by no more than this part are taken for one."""


class Labels(NamedTuple):
    """Labels, those that are open, and how far the search is."""

    made: NDArray[np.void]
    open_usd: Floats
    """Least cost of a way by each open label: a heap."""
    open_label: Ints
    last_done: Ints
    """At each node the label that was done last."""
    found: Ints
    """Labels at the goal, the cheapest first."""
    counts: Ints
    """Labels made, open labels, ways found."""
    joined_usd: Floats
    """Ways of a label joined with a completion, the cheapest first; infinite: none."""
    joined: Ints
    """The label and the completion of each, shape (ways, 2)."""
    best_cut_usd: Floats
    """At each node the cheapest label with a hut there, where worth is paid."""
    best_inside_usd: Floats
    """The same with the last hut in a piece of an edge, by direction: number 2 p and 2 p + 1."""

    @classmethod
    def none(cls, nodes: int, count: int, pieces: int) -> Labels:
        """Return room for labels at so many nodes and in pieces of edges, and for so many ways."""
        return cls(
            np.empty(FIRST_LABELS, LABEL),
            np.empty(FIRST_LABELS),
            np.empty(FIRST_LABELS, np.int64),
            np.full(nodes, NONE),
            np.empty(count, np.int64),
            np.zeros(3, np.int64),
            np.full(count, np.inf),
            np.zeros((count, 2), np.int64),
            np.full(nodes, np.inf),
            np.full(2 * pieces, np.inf),
        )

    def larger(self) -> Labels:
        """Return the same with more room."""
        room = (GROWTH - 1) * len(self.made)
        return self._replace(
            made=np.concatenate([self.made, np.empty(room, LABEL)]),
            open_usd=np.concatenate([self.open_usd, np.empty(room)]),
            open_label=np.concatenate([self.open_label, np.empty(room, np.int64)]),
        )


class Step(NamedTuple):
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


class Reached(NamedTuple):
    """What counts of a label."""

    node: int
    usd: float
    since_km: float
    noise: int
    far_km: float


@inlined
def is_dominated(labels: Labels, new: Reached) -> bool:
    """Return whether some label that is done at a node is no worse in all."""
    other = labels.last_done[new.node]
    while other != NONE:
        at = labels.made[other]
        if (
            at.usd <= new.usd
            and at.since_km <= new.since_km
            and at.noise <= new.noise
            and at.far_km <= new.far_km
        ):
            return True
        other = at.older
    return False


@inlined
def is_dearer(labels: Labels, new: Reached) -> bool:
    """Return the same where neither noise nor the whole length is limited."""
    other = labels.last_done[new.node]
    while other != NONE:
        at = labels.made[other]
        if at.usd <= new.usd and at.since_km <= new.since_km:
            return True
        other = at.older
    return False


@inlined
def push(labels: Labels, least: float, before: int, step: Step, new: Reached) -> None:
    """Make the label that a step leads to from the one before, and put it on the heap."""
    label = labels.counts[0]
    made = labels.made[label]
    made.usd, made.noise, made.since_km, made.far_km = new.usd, new.noise, new.since_km, new.far_km
    made.node, made.before = step.node, before
    made.edge, made.huts, made.older = step.edge, step.huts, NONE
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


@inlined
def cheapest_open(labels: Labels) -> int:
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


@compiled
def join(labels: Labels, usd: float, label: int, completion: int) -> None:
    """Note a way that a label and a completion make, unless it is known or there are better."""
    known, place = labels.joined_usd, len(labels.joined_usd)
    while place > 0 and usd < known[place - 1]:
        place -= 1
    is_known = place > 0 and usd - known[place - 1] <= SAME * abs(usd)
    if place == len(known) or is_known:
        return
    for i in range(len(known) - 1, place, -1):
        known[i], labels.joined[i] = known[i - 1], labels.joined[i - 1]
    known[place] = usd
    labels.joined[place, 0], labels.joined[place, 1] = label, completion

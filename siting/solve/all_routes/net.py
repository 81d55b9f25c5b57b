"""The corridors around a link as arrays, and what a search for ways between its ends pays."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from siting.solve.all_routes.placings import Pieces

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


class Net(NamedTuple):
    """A graph: the arcs that leave node n are those from ``first[n]`` to ``first[n + 1]``."""

    first: Ints
    other: Ints
    """Node that each arc leads to."""
    edge: Ints
    """Edge of each arc."""
    is_forward: Bools
    """Whether it leads from the first node of its edge to the other."""
    lengths_km: Floats
    """Of each edge."""
    left_km: Floats
    """Least length from each node to the target."""
    pieces: Pieces
    """Where huts may stand inside edges."""

    @classmethod
    def of(cls, ends: Ints, lengths_km: Floats, left_km: Floats, pieces: Pieces) -> Net:
        """Return the graph of some edges, given by their nodes, shape (edges, 2)."""
        leaves, leads = ends.T.ravel(), ends[:, ::-1].T.ravel()
        order = np.argsort(leaves, kind="stable")
        counts = np.bincount(leaves, minlength=len(left_km))
        return cls(
            np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            leads[order].astype(np.int64),
            (order % len(ends)).astype(np.int64),
            order < len(ends),
            np.ascontiguousarray(lengths_km, dtype=np.float64),
            np.ascontiguousarray(left_km, dtype=np.float64),
            pieces,
        )


class Worth(NamedTuple):
    """What is limited over a whole way, paid for instead."""

    is_paid: bool
    """Whether it is; then it is not limited."""
    noise_usd: float
    """A unit of noise."""
    km_usd: float
    """A km."""


class Completions(NamedTuple):
    """The cheapest ways from each node to the goal, for some worth.

    Those from node n are the entries from ``first[n]`` to ``first[n + 1]``; without any there are
    none known.
    """

    first: Ints
    usd: Floats
    """With what noise of spans beyond the next hut, and the whole length, are worth."""
    own_usd: Floats
    """Without."""
    until_km: Floats
    """Length to the next hut, or to the goal."""
    noise: Ints
    """Of spans beyond the next hut."""
    km: Floats
    """Whole length."""
    labels: Ints
    """Label of each in the search that found it."""
    worth: Worth

    @classmethod
    def none(cls) -> Completions:
        """Return that nothing is known."""
        usd, numbers = np.zeros(0), np.zeros(0, np.int64)
        worth = Worth(False, 0.0, 0.0)  # noqa: FBT003 - what is compiled takes no keywords
        return cls(numbers, usd, usd, usd, numbers, usd, numbers, worth)


class Paid(NamedTuple):
    """What a way pays, and what is left of it costs at least."""

    start: int
    goal: int
    usd: Floats
    """Each edge."""
    inside_usd: Floats
    """A hut inside each edge; infinite: none."""
    at_node_usd: Floats
    """A hut at each node; infinite: none."""
    left_usd: Floats
    """Least cost of edges from each node to the goal."""
    cheapest_usd: float
    """The cheapest hut."""
    most_usd: float
    """No way that costs more is followed."""
    longest_km: float
    """No longer way is legal."""
    worth: Worth
    by_km_usd: Floats
    """What huts and noise of a way cost at least by its length, km, rounded down, where worth is
    paid."""
    completions: Completions
    joins: bool
    """Whether ways may be joined with completions."""

"""The cycle of a ring fabric: free order, free in each period, correct for any number of peers.

A ring mode fixes the number of peers R. As many links as the ring has, at most two at each peer and
none elsewhere, give every peer exactly two (one with two peers): disjoint cycles through all peers.
From six peers on there may be several cycles; then units of flow leave the first peer, move on ring
links only, and every peer keeps one: all peers lie in the cycle of the first.

| symbol | component | unit | meaning |
|---|---|---|---|
| e_wtl | in_ring | - | link l is one of the ring |
| phi_wtla | ring_flow | - | units on link l in direction a |
| s_wct | ring_supply | - | units that leave the first peer |
"""

from __future__ import annotations

import itertools

import pyomo.environ as pyo

from siting.formulation.hubs import Required
from siting.instance import Instance

Link = tuple[str, str]
LEAST_RING = 3
"""Peers from which a ring has a way round."""
SEVERAL_CYCLES = 6
"""Fewest peers that two disjoint cycles can visit."""


def declare_rings(b: pyo.Block, instance: Instance) -> None:
    """Add the sets and variables of rings."""
    links = sorted(
        {
            (w, t, i, j)
            for w, t, i, j, m in b.REQUIRED
            if instance.workloads[w].modes[m].fabric == "ring"
        }
    )
    b.RING_LINKS = pyo.Set(initialize=links, dimen=4)
    b.in_ring = pyo.Var(b.RING_LINKS, domain=pyo.Binary)
    jobs = {
        w: max((m.peers_max for m in job.modes if m.fabric == "ring"), default=0)
        for w, job in instance.workloads.items()
    }
    periods = range(len(instance.periods))
    b.RINGS = pyo.Set(
        initialize=[(w, t) for w, most in jobs.items() if most for t in periods], dimen=2
    )
    long = {w for w, most in jobs.items() if most >= SEVERAL_CYCLES}
    b.LONG_RINGS = pyo.Set(
        initialize=[(w, t, c) for w, t in b.RINGS if w in long for c in _campuses(instance, w)],
        dimen=3,
    )
    b.RING_ARCS = pyo.Set(
        initialize=[(*k, way) for k in b.RING_LINKS if k[0] in long for way in (0, 1)], dimen=5
    )
    b.ring_flow = pyo.Var(b.RING_ARCS, domain=pyo.NonNegativeReals)
    b.ring_supply = pyo.Var(b.LONG_RINGS, domain=pyo.NonNegativeReals)


def ring_rows(b: pyo.Block, instance: Instance, placement: pyo.Block, required: Required) -> None:
    """Add the rows that make the required links of a ring one cycle."""
    jobs = instance.workloads
    at: dict[tuple[str, int, str], list[Link]] = {}
    for w, t, i, j in b.RING_LINKS:
        for c in (i, j):
            at.setdefault((w, t, c), []).append((i, j))

    @b.Constraint(b.RING_LINKS)
    def link_required_ring(b: pyo.Block, w: str, t: int, i: str, j: str) -> pyo.Expression:
        return required(w, t, (i, j), "ring") == b.in_ring[w, t, i, j]

    @b.Constraint(b.RINGS)
    def ring_order(b: pyo.Block, w: str, t: int) -> pyo.Expression:
        links = sum(b.in_ring[k] for k in b.RING_LINKS if k[:2] == (w, t))
        asked = sum(
            (mode.peers_min if mode.peers_min >= LEAST_RING else 1) * b.uses_mode[w, t, m]
            for m, mode in enumerate(jobs[w].modes)
            if mode.fabric == "ring"
        )
        return links == asked

    b.RING_ENDS = pyo.Set(initialize=[(w, t, c) for w, t, c in sorted(at)], dimen=3)

    @b.Constraint(b.RING_ENDS)
    def ring_order_degree(b: pyo.Block, w: str, t: int, c: str) -> pyo.Expression:
        links = sum(b.in_ring[w, t, *link] for link in at[w, t, c])
        return links <= 2 * placement.is_peer[c, w, t]

    b.RING_LINK_ENDS = pyo.Set(initialize=[(*k, c) for k in b.RING_LINKS for c in k[2:]], dimen=5)

    @b.Constraint(b.RING_LINK_ENDS)
    def ring_order_end(b: pyo.Block, w: str, t: int, i: str, j: str, c: str) -> pyo.Expression:
        return b.in_ring[w, t, i, j] <= placement.is_peer[c, w, t]

    _one_cycle(b, instance, placement, at)


def _one_cycle(
    b: pyo.Block,
    instance: Instance,
    placement: pyo.Block,
    at: dict[tuple[str, int, str], list[Link]],
) -> None:
    """Flow from the first peer to all others, on ring links."""
    jobs = instance.workloads

    def most(w: str) -> int:
        return max(mode.peers_max for mode in jobs[w].modes if mode.fabric == "ring")

    @b.Constraint(b.LONG_RINGS)
    def ring_order_flow(b: pyo.Block, w: str, t: int, c: str) -> pyo.Expression:
        kept = b.ring_supply[w, t, c]
        for i, j in at.get((w, t, c), []):
            sign = 1 if c == j else -1
            kept += sign * (b.ring_flow[w, t, i, j, 0] - b.ring_flow[w, t, i, j, 1])
        long = sum(
            b.uses_mode[w, t, m]
            for m, mode in enumerate(jobs[w].modes)
            if mode.fabric == "ring" and mode.peers_min >= SEVERAL_CYCLES
        )
        return kept >= placement.is_peer[c, w, t] + long - 1

    b.LONG_LINKS = pyo.Set(initialize=sorted({k[:4] for k in b.RING_ARCS}), dimen=4)

    @b.Constraint(b.LONG_LINKS)
    def ring_order_link(b: pyo.Block, w: str, t: int, i: str, j: str) -> pyo.Expression:
        both = b.ring_flow[w, t, i, j, 0] + b.ring_flow[w, t, i, j, 1]
        return both <= (most(w) - 1) * b.in_ring[w, t, i, j]

    b.EARLIER = pyo.Set(
        initialize=[
            (w, t, c, before)
            for w, t in dict.fromkeys((w, t) for w, t, _ in b.LONG_RINGS)
            for before, c in itertools.combinations(_campuses(instance, w), 2)
        ],
        dimen=4,
    )

    @b.Constraint(b.LONG_RINGS)
    def ring_order_source(b: pyo.Block, w: str, t: int, c: str) -> pyo.Expression:
        return b.ring_supply[w, t, c] <= most(w) * placement.is_peer[c, w, t]

    @b.Constraint(b.EARLIER)
    def ring_order_first(b: pyo.Block, w: str, t: int, c: str, before: str) -> pyo.Expression:
        return b.ring_supply[w, t, c] <= most(w) * (1 - placement.is_peer[before, w, t])


def _campuses(instance: Instance, w: str) -> list[str]:
    return sorted(instance.workloads[w].campuses)

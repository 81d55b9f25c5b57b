"""The link that joins every checkpoint-and-burst replica to its home, a peer.

| symbol | component | unit | meaning |
|---|---|---|---|
| eta_wtco | is_home | - | peer o is the home of replica c |
"""

from __future__ import annotations

import pyomo.environ as pyo

from siting.formulation.admissibility import Admissibility
from siting.instance import Instance

Link = tuple[str, str]


def declare_replicas(
    b: pyo.Block, instance: Instance, placement: pyo.Block, admissible: Admissibility
) -> None:
    """Add the homes that replicas may have: peers that a link can join them to."""
    homes = []
    for c, w, t in placement.REPLICAS:
        job = instance.workloads[w]
        if job.replica is None or placement.is_replica[c, w, t].fixed:
            continue
        homes += [
            (w, t, c, o)
            for o in job.campuses
            if o != c
            and not placement.is_peer[o, w, t].fixed
            and admissible(
                (min(c, o), max(c, o)),
                t,
                job.replica.rtt_limit_ms,
                protected=job.replica.survival_fraction > 0,
            )
        ]
    b.HOMES = pyo.Set(initialize=homes, dimen=4)
    b.is_home = pyo.Var(b.HOMES, domain=pyo.Binary)
    b.CHECKPOINT_LINKS = pyo.Set(
        initialize=sorted({(w, t, min(c, o), max(c, o)) for w, t, c, o in homes}), dimen=4
    )


def replica_rows(b: pyo.Block, placement: pyo.Block) -> None:
    """Add the rows that give every replica one home."""
    homes: dict[tuple[str, int, str], list[str]] = {}
    for w, t, c, o in b.HOMES:
        homes.setdefault((w, t, c), []).append(o)

    @b.Constraint(placement.REPLICAS)
    def replica_link(b: pyo.Block, c: str, w: str, t: int) -> pyo.Expression:
        found = sum(b.is_home[w, t, c, o] for o in homes.get((w, t, c), []))
        return found == placement.is_replica[c, w, t]

    @b.Constraint(b.HOMES)
    def replica_link_peer(b: pyo.Block, w: str, t: int, c: str, o: str) -> pyo.Expression:
        return b.is_home[w, t, c, o] <= placement.is_peer[o, w, t]


def checkpoint_required(b: pyo.Block, w: str, t: int, link: Link) -> pyo.Expression:
    """Return the expression that is 1 when a link joins a replica and its home."""
    i, j = link
    ways = [(w, t, c, o) for c, o in ((i, j), (j, i)) if (w, t, c, o) in b.HOMES]
    return sum(b.is_home[k] for k in ways)

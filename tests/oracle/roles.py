"""Who serves what: the training peers and the replicas of each workload in each period."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from siting.study import Workload
from tests.oracle.power import Power

EMPTY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Role:
    """The campuses that serve a workload in a period."""

    peers: frozenset[str] = EMPTY
    replicas: frozenset[str] = EMPTY

    @property
    def serving(self) -> frozenset[str]:
        """Peers and replicas."""
        return self.peers | self.replicas


Roles = tuple[tuple[Role, ...], ...]
"""By workload and period."""


def all_roles(power: Power) -> Iterator[Roles]:
    """Yield every choice of roles that may be legal."""
    raw = power.raw
    per_cell = [
        list(_cell(power, w, load, t))
        for w, load in enumerate(raw.study.file.workloads)
        for t in raw.all_periods
    ]
    for cells in itertools.product(*per_cell):
        yield tuple(cells[i : i + raw.periods] for i in range(0, len(cells), raw.periods))


def _cell(power: Power, w: int, load: Workload, t: int) -> Iterator[Role]:
    ready = [c for c in power.allowed(w) if power.can_serve(c, t)]
    campuses = power.raw.study.campuses
    for kinds in itertools.product((0, 1, 2) if load.replica else (0, 1), repeat=len(ready)):
        peers = frozenset(c for c, kind in zip(ready, kinds, strict=True) if kind == 1)
        replicas = frozenset(c for c, kind in zip(ready, kinds, strict=True) if kind == 2)
        role = Role(peers, replicas)
        if replicas and not peers:
            continue
        if any(power.most_mw(c, w, t) < load.min_peer_mw - 1e-9 for c in peers):
            continue
        if any(power.most_mw(c, w, t) < power.least_replica_mw(w) - 1e-9 for c in replicas):
            continue
        if len(peers) >= 2 and len(peers) > load.max_peers:
            continue
        regions = {campuses[c].grid_region for c in role.serving}
        if role.serving and len(regions) < load.checkpoint_copies:
            continue
        yield role

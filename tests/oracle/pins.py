"""What the planner pins in the network: which ways can serve it, and how slow they may be."""

from __future__ import annotations

import itertools

from tests.oracle.raw import Raw
from tests.oracle.training import paradigm
from tests.oracle.ways import Link

Pins = frozenset[str]


def asked(raw: Raw) -> Pins:
    """Return everything that is pinned in the network."""
    rules = raw.study.file.rules
    names = {f"corridor:{e}" for e in rules.pin_corridors} | {f"hut:{h}" for h in rules.pin_huts}
    return frozenset(names | {f"path:{min(p, p[::-1])}" for p in rules.pin_routes})


def slowest_ms(raw: Raw, link: Link) -> float:
    """Return the largest RTT of a channel that any workload could use between two campuses."""
    found = [0.0]
    for w, load in enumerate(raw.study.file.workloads):
        if load.campuses is not None and not set(link) <= set(load.campuses):
            continue
        several = load.max_peers > 1
        for name, fabric in itertools.product(load.paradigms, load.fabrics) if several else ():
            numbers = paradigm(raw, w, name)
            delay = load.jitter_p99_ms + (raw.v("lat.switch") / 1000 if fabric == "hub" else 0.0)
            level = max(load.bandwidth_levels)
            found += [c - delay for c in numbers.classes if numbers.loss(c, level) <= 1]
        if load.replica is not None:
            found.append(raw.given(load.replica.rtt_limit_ms, "ckpt.rtt_max"))
    return max(found)

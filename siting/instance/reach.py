"""RTT of the shortest ways between campuses, however long: what a wider RTT limit would admit."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np

from siting.instance.fiber_routes import linkable
from siting.instance.nearby import Nearby
from siting.instance.paths import Graph
from siting.instance.records import Instance
from siting.instance.variants import all_types
from siting.network import CandidateNetwork
from siting.optics import route_rtt_ms
from siting.study import Study
from siting.study_copy import study_catalog

Link = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reach:
    """Least RTT of a link, ms: infinite where no way leads."""

    any_ms: float
    """Over its shortest way."""
    pair_ms: float
    """Over the longer of two ways without a common corridor, as short as possible together."""


def link_reach(
    study: Study, network: CandidateNetwork, instance: Instance, *, time_limit_s: float
) -> dict[Link, Reach]:
    """Return the least RTT of all links that workloads may want, whatever their limits are.

    By length, fastest fiber and quickest equipment.

    Whether fiber can be had, and noise, are left out. Stops when the time is over: links not
    reached by then are left out.
    """
    deadline = time.monotonic() + time_limit_s
    catalog = study_catalog(study)
    graph = Graph.of(network)
    stands = {n.campus: n.id for n in network.nodes.values() if n.campus is not None}
    lengths = np.array(graph.lengths_km)
    nearby = Nearby(graph, lengths)
    types = all_types(network, study.file.transport.fiber_types)
    delay_us = min(catalog.value(f"{kind}.delay") for kind in types)
    fixed_us = min((o.fixed_latency_us for o in instance.options.values()), default=0.0)

    def rtt_ms(path: list[int] | None) -> float:
        if path is None:
            return math.inf
        return route_rtt_ms(graph.length_km(path), delay_us, 0, 0.0, fixed_us)

    found: dict[Link, Reach] = {}
    for link in linkable(instance.workloads):
        if time.monotonic() > deadline:
            break
        source, target = (graph.node_index[stands[c]] for c in link)
        best = nearby.search(source, target, lengths)
        longer = math.inf if best.pair is None else max(map(rtt_ms, best.pair))
        found[link] = Reach(rtt_ms(best.path), longer)
    return found

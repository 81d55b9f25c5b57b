"""Pairs of routes that are disjoint in the graph of Texas and yet share a hazard in geometry.

    python -m tests.benchmarks.hazards

For every two campuses of the bundled Texas study: the two corridor-disjoint routes of least total
length (Suurballe), and the hazards that one corridor of each lies in. Prints a table by kind and
distance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from statistics import median

import numpy as np

from siting import build_network, load_study
from siting.geography.entrances import parcel_radius_km
from siting.geography.hazards import Strand, find_hazards
from siting.instance.disjoint import Part, suurballe
from siting.instance.paths import Graph
from siting.network import CandidateNetwork, Hazard
from siting.study import Study
from siting.study_sites import HazardRules

Routes = tuple[frozenset[str], frozenset[str]]
ALL = ("parallel", "river", "crossing", "entrance")
SETTINGS: tuple[tuple[str, Mapping[str, object]], ...] = (
    ("parallel", {"distance_km": 0.1}),
    ("parallel", {"distance_km": 0.3}),
    ("parallel", {"distance_km": 0.5}),
    ("parallel", {"distance_km": 1.0}),
    ("parallel", {"distance_km": 2.0}),
    ("parallel", {"distance_km": 1.0, "min_shared_km": 2.5}),
    ("parallel", {"distance_km": 1.0, "min_shared_km": 10.0}),
    ("parallel", {"distance_km": 1.0, "junction_km": 0.5}),
    ("parallel", {"distance_km": 1.0, "junction_km": 5.0}),
    ("river", {"river_reach_km": 1.0}),
    ("river", {"river_reach_km": 2.0}),
    ("river", {"river_reach_km": 5.0}),
    ("river", {"river_reach_km": 10.0}),
    ("crossing", {}),
    ("entrance", {}),
)


def disjoint_routes(study: Study, network: CandidateNetwork) -> list[Routes]:
    """Return the two corridor-disjoint routes of least length of every two campuses."""
    graph = Graph.of(network)
    found = []
    for one, other in combinations(sorted(study.campuses), 2):
        ends = (
            graph.node_index[network.campus_node(one)],
            graph.node_index[network.campus_node(other)],
        )
        pair = suurballe(Part.of(graph, *ends), np.asarray(graph.lengths_km)).pair
        if pair is not None:
            first, second = (frozenset(graph.edges[edge] for edge in path) for path in pair)
            found.append((first, second))
    return found


def shared(routes: Routes, hazards: Iterable[Hazard]) -> int:
    """Return how many hazards hold corridors of both routes."""
    first, second = routes
    return sum(
        not first.isdisjoint(hazard.corridors) and not second.isdisjoint(hazard.corridors)
        for hazard in hazards
    )


def row(
    kind: str, what: str, hazards: Sequence[Hazard], pairs: Sequence[Routes]
) -> tuple[str, int, int]:
    """Return a line of the table, hazards found, and pairs that share one."""
    counts = [shared(pair, hazards) for pair in pairs]
    sharing = [count for count in counts if count]
    middle = f"{median(sharing):g}" if sharing else "-"
    text = (
        f"| {kind} | {what} | {len(hazards)} | {len(sharing)} of {len(pairs)} "
        f"({len(sharing) / len(pairs):.0%}) | {middle} |"
    )
    return text, len(hazards), len(sharing)


def main() -> None:
    """Print the table."""
    study = load_study("texas")
    network = build_network(study)
    pairs = disjoint_routes(study, network)
    lines = [
        Strand(id=c.id, a=c.node_a, b=c.node_b, kind=c.kind, line=c.geometry)
        for c in network.corridors.values()
    ]
    parcels = {network.campus_node(c.id): parcel_radius_km(c) for c in study.campuses.values()}
    apart_km = study.file.geography.entrance_separation_km

    def find(**rules: object) -> list[Hazard]:
        asked = HazardRules.model_validate(rules)
        return list(find_hazards(lines, asked, parcels, apart_km).values())

    print(f"{len(network.corridors)} corridors, {len(pairs)} pairs of disjoint routes\n")
    print("| kind | setting | hazards | pairs that share one | hazards shared, median |")
    print("|---|---|---|---|---|")
    for kind, changes in SETTINGS:
        what = ", ".join(f"{key} {value:g}" for key, value in changes.items()) or "defaults"
        print(row(kind, what, find(kinds=[kind], **changes), pairs)[0])
    print(row("parallel, river, entrance", "defaults", find(), pairs)[0])
    print(row("all four", "defaults", find(kinds=ALL), pairs)[0])


if __name__ == "__main__":
    main()

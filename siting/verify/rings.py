"""Check of section 4, training: the order of a ring."""

from __future__ import annotations

from collections import Counter

import networkx as nx

from siting.verify.case import Case
from siting.verify.findings import Rule
from siting.verify.needs import Pair, known_mode, peers, required_links


def ring_order(case: Case, rule: Rule) -> None:
    """The required links of a ring are one cycle through all peers, or one link of two peers."""
    for planned in case.plan.workloads:
        for t in range(case.periods):
            mode = known_mode(planned, t)
            if mode is None or mode.fabric != "ring":
                continue
            together = peers(planned, t)
            links = required_links(case, planned, t)
            names = ", ".join("-".join(pair) for pair in links) or "none"
            count = len(together) if len(together) > 2 else 1
            rule.require(
                case.at(f"workload {planned.id}", t),
                f"the links {names} are not one cycle through {', '.join(together)}",
                ok=len(together) == 2 or is_cycle(together, links),
                value=len(links),
                limit=count,
                unit="links",
            )


def is_cycle(campuses: tuple[str, ...], links: tuple[Pair, ...]) -> bool:
    """Whether the links are one cycle that visits every campus once.

    >>> is_cycle(("A", "B", "C"), (("A", "B"), ("A", "C"), ("B", "C")))
    True
    >>> is_cycle(("A", "B", "C"), (("A", "B"), ("A", "C")))
    False
    """
    ends = Counter(campus for pair in links for campus in pair)
    graph = nx.Graph(links)
    graph.add_nodes_from(campuses)
    twice = all(ends[campus] == 2 for campus in campuses)
    return twice and set(ends) <= set(campuses) and bool(nx.is_connected(graph))

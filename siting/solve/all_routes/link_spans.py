"""Spans of links: from where more is asked of a link to where more is asked again.

A *span* of a link begins where it is required first and where more is asked of it than before (more
pairs of some kind, or a tighter limit), and ends where the next one begins. Where its fast routes
overlap each of its sides has spans of its own.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass

from siting.formulation.requirements import Requirement, Requirements
from siting.instance import Instance
from siting.instance.records_graph import RouteGraph
from siting.solve.all_routes.frames import MOST_PROTECTED
from siting.solve.all_routes.least_mix import TOLERANCE
from siting.solve.all_routes.needs import LegalKind, Need, legal_kinds, need_of
from siting.solve.all_routes.neighborhoods import Fields, Place, neighborhood
from siting.solve.all_routes.sides import sides_of

Link = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Span:
    """A link from some period on, as long as no more is asked of it."""

    first: int
    end: int
    """Period after the last one."""
    needs: Mapping[int, Need]
    """By period that requires the link."""
    place: Place
    kinds: list[LegalKind]

    @property
    def need(self) -> Need:
        """Return the need at its beginning."""
        return self.needs[self.first]


def link_spans(
    instance: Instance, graph: RouteGraph, fields: Fields, requirements: Requirements, end: int
) -> list[Span]:
    """Return the spans of all links that are bounded, before the period ``end``."""
    waved = {wave.link for wave in instance.wave_routes.values()}
    asked: dict[Link, dict[int, tuple[Requirement, ...]]] = {}
    for (link, t), items in requirements.items():
        if link not in waved:
            asked.setdefault(link, {})[t] = items
    spans = []
    for link, by_period in sorted(asked.items()):
        found = {t: need_of(instance, graph, link, by_period[t]) for t in sorted(by_period)}
        needs = {t: need for t, need in found.items() if need.gbps > 0}
        parts = _parts(graph, needs)
        ends = [part[0] for part in parts[1:]] + [end]
        for part, following in zip(parts, ends, strict=True):
            need = needs[part[0]]
            place = neighborhood(graph, fields, need)
            if place is None or (need.kept_gbps > 0 and place.corridors < MOST_PROTECTED):
                continue
            limit_ms = max(item.rtt_limit_ms for item in by_period[part[0]])
            kinds = legal_kinds(instance, graph, place.shortest_km, limit_ms, part[0])
            if not kinds:
                continue
            span = Span(part[0], following, {t: needs[t] for t in part}, place, kinds)
            spans += _sides(instance, graph, fields, span, limit_ms) or [span]
    return spans


def _sides(
    instance: Instance, graph: RouteGraph, fields: Fields, span: Span, limit_ms: float
) -> list[Span]:
    """Return the sides of a span, each unprotected; none where it has none."""
    if span.need.kept_gbps <= 0:
        return []
    needs = {t: need.of_side() for t, need in span.needs.items()}
    found = sides_of(
        instance, graph, fields, span.need, span.place, span.kinds, limit_ms, span.first
    )
    return [
        dataclasses.replace(span, needs=needs, place=side.place, kinds=side.kinds) for side in found
    ]


def _parts(graph: RouteGraph, needs: Mapping[int, Need]) -> list[list[int]]:
    """Return the periods of each span; a new one begins where more is asked than before."""
    parts: list[list[int]] = []
    for t in sorted(needs):
        if not parts or _asks_more(graph, needs[t], t, needs[parts[-1][0]], parts[-1][0]):
            parts.append([])
        parts[-1].append(t)
    return parts


def _asks_more(graph: RouteGraph, need: Need, t: int, before: Need, first: int) -> bool:
    """Return whether a need in ``t`` is not that of a period before, but for channels."""
    if need.longest_km < before.longest_km or (need.kept_gbps > 0) != (before.kept_gbps > 0):
        return True
    for kind in graph.kinds:
        if first < kind.first_period <= t:
            return True
        size = kind.rate_gbps * kind.channels_per_pair
        if _pairs(need, size) > _pairs(before, size):
            return True
    return False


def _pairs(need: Need, size_gbps: float) -> int:
    return math.ceil((need.kept_gbps or need.gbps) / size_gbps - TOLERANCE)

"""The links of a network over time: what each needs as long as it is lit, and what they share.

Routes, pairs and what they use stay in service. So a link that is lit for a need in some period has
routes that cost what they cost then in every later period, and an item in use then is paid to the
end. A *span* of a link begins where it is required first and where more is asked of it than before
(more pairs of some kind, or a tighter limit), and ends where the next one begins: the network at
its beginning serves its need, and each span pays its pairs as long as it lasts.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.formulation.requirements import Requirement, Requirements
from siting.instance import Instance
from siting.instance.records_graph import RouteGraph
from siting.solve.all_routes.edge_costs import edge_costs, expected_pairs
from siting.solve.all_routes.frames import MOST_PROTECTED, Frame, carried_by
from siting.solve.all_routes.least_mix import TOLERANCE
from siting.solve.all_routes.links import MANY_EDGES, LinkProblem
from siting.solve.all_routes.multipliers import Items, SharedCosts
from siting.solve.all_routes.needs import (
    LegalKind,
    Menu,
    Need,
    in_channels_gbps,
    legal_kinds,
    menus_of,
    need_of,
)
from siting.solve.all_routes.neighborhoods import Fields, Place, neighborhood
from siting.solve.all_routes.network_problem import NetworkProblem, first_weights
from siting.solve.all_routes.side_menus import Side, side_menus
from siting.solve.all_routes.sides import sides_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Link = tuple[str, str]
SMALL_EDGES = 1500
"""Above so many corridors around a link menus are compared without huts alone."""
FEW_MENUS = 3
"""Menus of a link that are compared with huts."""


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


def horizon_problem(
    instance: Instance,
    requirements: Requirements,
    stop: float = math.inf,
    alone: int | None = None,
) -> NetworkProblem | None:
    """Return the problem of a network over time; None when no link of it is bounded.

    Costs are in USD present value.

    Args:
        instance: the instance, with its route graph.
        requirements: what each link must carry in each period.
        stop: clock time (``time.monotonic``) after which menus are not compared any more.
        alone: the one period that is served and paid for; all when None.
    """
    graph = instance.graph
    if graph is None:
        return None
    fields = Fields.of(graph)
    if alone is not None:
        requirements = {key: items for key, items in requirements.items() if key[1] == alone}
    end = len(instance.periods) if alone is None else alone + 1
    spans = _spans(instance, graph, fields, requirements, end)
    if not spans:
        return None
    costs = _Costs.of(instance, graph, fields, spans, end)
    problem = NetworkProblem(
        names=[],
        links=[],
        items=costs.items,
        shared=costs.shared,
        weights=first_weights([span.place for span in spans], costs.items),
        offered=np.array([float(edge.corridor.iru_pairs) for edge in graph.edges]),
    )
    for span in spans:
        frame = Frame.of(instance, graph, fields, span.place, costs.per_pair_usd(span))
        made = [frame.problem(menu, span.need) for menu in costs.menus(span, frame)]
        few = 1 if len(span.place.edges) > SMALL_EDGES else FEW_MENUS
        problem.names.append(span.need.link)
        problem.spans.append((span.first, span.end))
        problem.choices.append(_promising(problem, made)[:few])
        problem.links.append(problem.choices[-1][0])
    problem.choose(problem.first(), stop)
    return problem


def _spans(
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


@dataclass(frozen=True, slots=True)
class _Costs:
    """What items, pairs and menus cost over time."""

    instance: Instance
    items: Items
    shared: SharedCosts
    period_usd: list[Floats]
    """Of each period, one pair on each edge for a year, shape (2, edges)."""

    @classmethod
    def of(
        cls,
        instance: Instance,
        graph: RouteGraph,
        fields: Fields,
        spans: Sequence[Span],
        end: int,
    ) -> _Costs:
        pairs = float(np.mean([expected_pairs(graph, span.need) for span in spans]))
        starts = sorted({span.first for span in spans})
        fixed_usd, pair_usd = [], []
        for t in range(len(instance.periods)):
            fixed, per_pair = edge_costs(graph, t, pairs)
            pair_usd.append(per_pair)
            fixed_usd.append(np.concatenate([fixed.ravel(), fields.inside_usd, fields.at_node_usd]))
        usd = np.stack([_from(instance, fixed_usd, start, end) for start in starts])
        since = np.array([starts.index(span.first) for span in spans])
        last = np.array([span.end == end for span in spans])
        items = Items(len(graph.edges), len(fields.index))
        return cls(instance, items, SharedCosts(usd, since, last), pair_usd)

    def per_pair_usd(self, span: Span) -> Floats:
        """Return the cost of a pair on each edge over a span; infinite where not on offer yet."""
        usd = _from(self.instance, self.period_usd, span.first, span.end)
        return np.where(np.isfinite(self.period_usd[span.first]), usd, np.inf)

    def menus(self, span: Span, frame: Frame) -> list[Menu]:
        """Return the menus of a span. Channels of a period are no fewer than of one before it."""
        weights = [period.weight for period in self.instance.periods[span.first : span.end]]
        at_first = self._menus_for(span, span.need, frame, sum(weights))
        known = [menu.channels_usd for menu in at_first]
        mean_usd = [0.0] * len(known)
        for t, weight in enumerate(weights, start=span.first):
            asked = span.needs.get(t, span.need)
            # Under a wider limit more corridors leave the ends than these menus know.
            if asked.gbps > span.need.gbps and asked.longest_km <= span.need.longest_km:
                menus = self._menus_for(span, asked, frame, sum(weights))
                known = [max(usd, x.channels_usd) for usd, x in zip(known, menus, strict=True)]
            part = weight / sum(weights)
            mean_usd = [total + part * usd for total, usd in zip(mean_usd, known, strict=True)]
        return [
            *self._side_menus(span, frame, weights),
            *(
                dataclasses.replace(menu, channels_usd=usd)
                for menu, usd in zip(at_first, mean_usd, strict=True)
            ),
        ]

    def _side_menus(self, span: Span, frame: Frame, weights: Sequence[float]) -> list[Menu]:
        """Return the menus of a span whose sides carry all, two or the one; none of another."""
        need, corridors = span.need, frame.place.corridors
        is_safe = need.kept_gbps > 0
        if is_safe:
            one = all(x.pair_gbps >= need.kept_gbps for x in span.kinds)
            if 2 * need.kept_gbps < need.gbps or not (one or corridors == MOST_PROTECTED):
                return []
        if len(frame.place.edges) > MANY_EDGES:  # flows above two are not looked at closely
            return []
        gbps = {t: each.kept_gbps if is_safe else each.gbps for t, each in span.needs.items()}
        first = known = in_channels_gbps(span.kinds, gbps[span.first])
        more = 0.0
        for t, weight in enumerate(weights, start=span.first):
            asked = span.needs.get(t, need)
            if asked.longest_km <= need.longest_km:
                known = max(known, in_channels_gbps(span.kinds, gbps.get(t, gbps[span.first])))
            more += weight / sum(weights) * (known - first)
        most_gbps = max(each.gbps for each in span.needs.values())
        kinds = [_over(sum(weights), kind) for kind in span.kinds]
        usual_usd = min(frame.supplied_usd, default=frame.least_usd)
        if not math.isfinite(usual_usd):  # nothing is in service
            return []
        side = Side(gbps[span.first], more, most_gbps, 2 if is_safe else 1)
        return side_menus(kinds, side, usual_usd)

    def _menus_for(self, span: Span, asked: Need, frame: Frame, years: float) -> list[Menu]:
        """Return the menus of the pairs of a span with the channels of some need in it."""
        place, need = frame.place, span.need
        most_gbps = max(each.gbps for each in span.needs.values())
        return menus_of(
            [_over(years, kind) for kind in span.kinds],
            need.kept_gbps or need.gbps,
            dataclasses.replace(carried_by(asked, place.corridors), most_gbps=most_gbps),
            frame.supplied_usd,
        )


def _from(instance: Instance, by_period: Sequence[Floats], first: int, end: int) -> Floats:
    """Return the present value of yearly amounts of some periods; infinite ones count nothing."""
    total = np.zeros_like(by_period[0])
    for t in range(first, end):
        usd = by_period[t]
        total += instance.periods[t].weight * np.where(np.isfinite(usd), usd, 0.0)
    return total


def _over(years: float, legal: LegalKind) -> LegalKind:
    """Return a kind with what it costs in so many years, weighed."""
    kind = dataclasses.replace(
        legal.kind,
        terminal_usd_per_pair_year=years * legal.kind.terminal_usd_per_pair_year,
        amplifier_usd_per_pair_year=years * legal.kind.amplifier_usd_per_pair_year,
        channel_usd_per_year=years * legal.kind.channel_usd_per_year,
    )
    return dataclasses.replace(legal, kind=kind, amplifier_usd=years * legal.amplifier_usd)


def _promising(problem: NetworkProblem, choices: list[LinkProblem]) -> list[LinkProblem]:
    """Return the choices of the next link, by what they bound at the first shares without huts."""
    number, items = len(problem.links), problem.items
    supplies = items.supplies(choices[0].edges)
    supply = problem.shared.split(problem.weights)[number][supplies]
    return sorted(choices, key=lambda x: -(x.ways_usd(supply) + x.channels_usd))

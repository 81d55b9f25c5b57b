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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.instance.records_graph import RouteGraph
from siting.solve.all_routes.edge_costs import edge_costs, expected_pairs
from siting.solve.all_routes.frames import MOST_PROTECTED, Frame, carried_by
from siting.solve.all_routes.lasting import Stage, lasting_menus
from siting.solve.all_routes.link_spans import Link, Span, link_spans
from siting.solve.all_routes.links import MANY_EDGES, LinkProblem
from siting.solve.all_routes.mixes import Side
from siting.solve.all_routes.multipliers import Items, SharedCosts
from siting.solve.all_routes.needs import (
    LegalKind,
    Menu,
    Need,
    in_channels_gbps,
    menus_of,
)
from siting.solve.all_routes.neighborhoods import Fields
from siting.solve.all_routes.network_problem import NetworkProblem, first_weights
from siting.solve.all_routes.side_menus import side_menus
from siting.solve.all_routes.whole_lines import whole_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SMALL_EDGES = 1500
"""Above so many corridors around a link menus are compared without huts alone."""
FEW_MENUS = 3
"""Menus of a link that are compared with huts."""
RELATIVE = 1e-12
"""By such a part prices of two spans may be rounded differently."""


def horizon_problem(
    instance: Instance,
    requirements: Requirements,
    stop: float | None = math.inf,
    alone: int | None = None,
) -> NetworkProblem | None:
    """Return the problem of a network over time; None when no link of it is bounded.

    Costs are in USD present value.

    Args:
        instance: the instance, with its route graph.
        requirements: what each link must carry in each period.
        stop: clock time (``time.monotonic``) after which menus are not compared any more; when None
            they are not compared at all.
        alone: the one period that is served and paid for; all when None.
    """
    graph = instance.graph
    if graph is None:
        return None
    fields = Fields.of(graph)
    if alone is not None:
        requirements = {key: items for key, items in requirements.items() if key[1] == alone}
    end = len(instance.periods) if alone is None else alone + 1
    spans = link_spans(instance, graph, fields, requirements, end)
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
    frames = [
        Frame.of(instance, graph, fields, span.place, costs.per_pair_usd(span)) for span in spans
    ]
    choices = costs.choices(problem, spans, frames)
    for span, made in zip(spans, choices, strict=True):
        few = 1 if len(span.place.edges) > SMALL_EDGES else FEW_MENUS
        problem.names.append(span.need.link)
        problem.spans.append((span.first, span.end))
        problem.choices.append(made[:few])
        whole = whole_lines(span, costs.years(span), instance.options, instance.max_spacing_km)
        problem.whole_lines.append(whole)
        problem.links.append(made[0])
    if stop is not None:
        problem.choose(problem.first(), stop)
    return problem


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

    def choices(
        self, problem: NetworkProblem, spans: Sequence[Span], frames: Sequence[Frame]
    ) -> list[list[LinkProblem]]:
        """Return the problems of each span by menu, the most promising first.

        By what they bound at the first shares without huts. Of spans that follow each other all
        have menus of pairs that last, where these bound them better, or none.
        """
        split = problem.shared.split(problem.weights)

        def made(number: int, menus: list[Menu]) -> list[tuple[float, LinkProblem]]:
            span, frame = spans[number], frames[number]
            supply = split[number][problem.items.supplies(span.place.edges)]
            found = [frame.problem(menu, span.need) for menu in menus]
            usd = [(x.ways_usd(supply) + x.channels_usd, x) for x in found]
            return sorted(usd, key=lambda x: -x[0])

        best = [made(k, self.menus(spans[k], frames[k])) for k in range(len(spans))]
        for group in self.following(spans):
            for menus in self.lasting(group, spans, frames):
                lasting = [made(k, some) for k, some in zip(group, menus, strict=True)]
                if sum(x[0][0] for x in lasting) > sum(best[k][0][0] for k in group):
                    for k, some in zip(group, lasting, strict=True):
                        best[k] = some
        return [[x for _, x in some] for some in best]

    def following(self, spans: Sequence[Span]) -> list[list[int]]:
        """Return the numbers of spans of a link, or of a side, whose pairs last from one on.

        The same corridors within the same limit, at prices that stay in proportion.
        """
        groups: dict[tuple[Link, bool, float, bytes], list[int]] = {}
        for number, span in enumerate(spans):
            is_safe = span.need.kept_gbps > 0
            key = (span.need.link, is_safe, span.need.longest_km, span.place.edges.tobytes())
            groups.setdefault(key, []).append(number)
        found = []
        for group in groups.values():
            parts: list[list[int]] = []
            for number in group:
                before = parts[-1][-1] if parts else None
                if before is None or not self._goes_on(spans[before], spans[number]):
                    parts.append([])
                parts[-1].append(number)
            found += [part for part in parts if len(part) > 1]
        return found

    def _goes_on(self, span: Span, other: Span) -> bool:
        """Return whether a span follows another, and its kinds are legal and cost the same there.

        In each of its years.
        """
        reach_km = {(x.kind.option, x.kind.amplifier): x.reach_km for x in other.kinds}
        is_alike = all(
            reach_km.get((x.kind.option, x.kind.amplifier)) == x.reach_km for x in span.kinds
        )
        if span.end != other.first or not is_alike:
            return False
        edges = span.place.edges
        once, again = (self.per_pair_usd(x)[:, edges] / self.years(x) for x in (span, other))
        known = np.isfinite(once)
        return bool(np.allclose(again[known], once[known], rtol=RELATIVE, atol=0.0))

    def lasting(
        self, group: Sequence[int], spans: Sequence[Span], frames: Sequence[Frame]
    ) -> Iterator[list[list[Menu]]]:
        """Return menus of spans that follow each other with pairs that last, by a usual way."""
        sides = [self._side(spans[k], frames[k]) for k in group]
        for on_iru in (True, False):
            stages = [
                Stage(
                    [_over(self.years(spans[k]), x) for x in spans[k].kinds],
                    self.years(spans[k]),
                    side,
                    frames[k].on_iru_usd if on_iru else frames[k].usual_usd,
                )
                for k, side in zip(group, sides, strict=True)
                if side is not None
            ]
            menus = lasting_menus(stages) if len(stages) == len(group) else []
            if menus:
                yield menus

    def years(self, span: Span) -> float:
        """Return how long a span lasts, weighed."""
        return sum(period.weight for period in self.instance.periods[span.first : span.end])

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
            *self._side_menus(span, frame),
            *(
                dataclasses.replace(menu, channels_usd=usd)
                for menu, usd in zip(at_first, mean_usd, strict=True)
            ),
        ]

    def _side_menus(self, span: Span, frame: Frame) -> list[Menu]:
        """Return the menus of a span whose sides carry all, two or the one; none of another."""
        side = self._side(span, frame)
        if side is None:
            return []
        kinds = [_over(self.years(span), kind) for kind in span.kinds]
        return side_menus(kinds, side, frame.usual_usd)

    def _side(self, span: Span, frame: Frame) -> Side | None:
        """Return what the sides of a span carry, where they carry all; None of another."""
        need, corridors = span.need, frame.place.corridors
        is_safe = need.kept_gbps > 0
        if is_safe:
            one = all(x.pair_gbps >= need.kept_gbps for x in span.kinds)
            if 2 * need.kept_gbps < need.gbps or not (one or corridors == MOST_PROTECTED):
                return None
        if len(frame.place.edges) > MANY_EDGES:  # flows above two are not looked at closely
            return None
        if not math.isfinite(frame.usual_usd):  # nothing is in service
            return None
        weights = [period.weight for period in self.instance.periods[span.first : span.end]]
        gbps = {t: each.kept_gbps if is_safe else each.gbps for t, each in span.needs.items()}
        first = known = in_channels_gbps(span.kinds, gbps[span.first])
        more = 0.0
        for t, weight in enumerate(weights, start=span.first):
            asked = span.needs.get(t, need)
            if asked.longest_km <= need.longest_km:
                known = max(known, in_channels_gbps(span.kinds, gbps.get(t, gbps[span.first])))
            more += weight / sum(weights) * (known - first)
        most_gbps = max(each.gbps for each in span.needs.values())
        return Side(gbps[span.first], more, most_gbps, 2 if is_safe else 1)

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

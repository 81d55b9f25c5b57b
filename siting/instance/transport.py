"""Designs of a route: legal transport options by amplifiers of each section."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from siting.catalog import Catalog
from siting.instance.calendar import Calendar
from siting.instance.prices import DesignPrices, Line
from siting.instance.records_network import Design, RouteHut
from siting.instance.spans import (
    TOLERANCE_KM,
    Band,
    Section,
    SpanGraph,
    amplifier_counts,
    noise_ranges,
    route_sections,
    span_graph,
)
from siting.optics import (
    AMPLIFIERS,
    NO_AMPLIFIER,
    TransportOption,
    module_class,
    transport_option,
)
from siting.study import Study, Transport

NOISE_TOLERANCE = 1e-12
"""Slack on the noise sum, far below any margin, against rounding."""


@dataclass(frozen=True, slots=True)
class _Ways:
    """Legal numbers of amplifiers of an option on one section: whether any spacing is legal."""

    budget: float
    always: dict[int, bool]


@dataclass(frozen=True, slots=True)
class DesignFactory:
    """Makes the designs of a route from its length, fiber, huts and regenerators."""

    transport: Transport
    options: dict[str, TransportOption]
    prices: DesignPrices

    @classmethod
    def of(
        cls, catalog: Catalog, study: Study, calendar: Calendar, fiber_types: Iterable[str]
    ) -> DesignFactory:
        """Return the factory with every option of the study on every fiber type in question."""
        transport = study.file.transport
        options: dict[str, TransportOption] = {}
        for fiber_type in fiber_types:
            for module in transport.modules:
                kinds = ("fixed_c",) if module_class(module) == "grey" else transport.terminals
                for terminal in kinds:
                    option = transport_option(
                        catalog, module, terminal, fiber_type, transport.margin_db
                    )
                    options[option.id] = option
        return cls(transport, options, DesignPrices(catalog, study, calendar))

    def designs(
        self,
        length_km: float,
        fiber_type: str,
        huts: tuple[RouteHut, ...],
        regenerators: tuple[RouteHut, ...] = (),
        extra_amplifiers: int | None = None,
    ) -> tuple[Design, ...]:
        """Return every legal design of a route.

        Args:
            length_km: length of the route.
            fiber_type: its fiber.
            huts: huts where it may be amplified.
            regenerators: where it is regenerated.
            extra_amplifiers: amplifiers beyond the least legal number of an option; None: any.
        """
        sections = route_sections(length_km, regenerators, huts)
        rules = self.transport.amplifiers
        graphs = [
            span_graph(s.length_km, s.huts, rules.min_spacing_km, rules.max_spacing_km)
            for s in sections
        ]
        counts = [
            amplifier_counts(graph) if section.huts else ()
            for section, graph in zip(sections, graphs, strict=True)
        ]
        shapes = [(graph, Band.of(graph.allowed)) for graph in graphs]
        plain: list[Design] = []
        amplified: list[Design] = []
        for option in self.options.values():
            if option.fiber_type != fiber_type:
                continue
            if option.module_class == "grey":
                if not regenerators and self._grey_reaches(option, length_km):
                    line = Line(option, length_km, NO_AMPLIFIER, 0, 0)
                    plain.append(self._design(line, (0,), (math.inf,), always_legal=True))
                continue
            ways = [
                self._ways(option, section, shape, count, extra_amplifiers)
                for section, shape, count in zip(sections, shapes, counts, strict=True)
            ]
            for pattern in _patterns(ways, extra_amplifiers):
                found = amplified if any(pattern) else plain
                legal = all(way.always[k] for way, k in zip(ways, pattern, strict=True))
                budgets = tuple(way.budget for way in ways)
                for amplifier in self._amplifiers(option, pattern):
                    line = Line(option, length_km, amplifier, sum(pattern), len(regenerators))
                    found.append(self._design(line, pattern, budgets, always_legal=legal))
        return (*plain, *amplified)

    def _grey_reaches(self, option: TransportOption, length_km: float) -> bool:
        longest_km = min(option.reach_km, self.transport.amplifiers.single_span_max_km)
        return length_km <= longest_km + TOLERANCE_KM

    def _amplifiers(self, option: TransportOption, pattern: tuple[int, ...]) -> list[str]:
        """Return the amplifier types that work with an option's terminal."""
        if not any(pattern):
            return [NO_AMPLIFIER]
        types = self.transport.amplifier_types
        return [name for name in types if option.terminal in AMPLIFIERS[name].price]

    def _ways(
        self,
        option: TransportOption,
        section: Section,
        shape: tuple[SpanGraph, Band],
        counts: tuple[int, ...],
        extra_amplifiers: int | None,
    ) -> _Ways:
        """Return the legal numbers of amplifiers of a coherent option on a section."""
        budget = option.noise_budget(section.length_km)
        always: dict[int, bool] = {}
        noise = option.span_noise
        if noise is None or budget <= 0:
            return _Ways(budget, always)
        if (
            section.length_km <= self.transport.amplifiers.single_span_max_km + TOLERANCE_KM
            and float(noise(np.array([section.length_km]))[0]) <= budget + NOISE_TOLERANCE
        ):
            always[0] = True
        if option.module_class != "multi_span" or not counts:
            return _Ways(budget, always)
        most = max(counts)
        graph, band = shape
        for count, least, largest in noise_ranges(graph, band, noise, counts):
            if count > most:
                break
            if least <= budget + NOISE_TOLERANCE:
                if extra_amplifiers is not None:
                    most = min(most, count + extra_amplifiers)
                always[count] = largest <= budget + NOISE_TOLERANCE
        return _Ways(budget, always)

    def _design(
        self,
        line: Line,
        by_section: tuple[int, ...],
        budgets: tuple[float, ...],
        *,
        always_legal: bool,
    ) -> Design:
        option, prices = line.option, self.prices
        return Design(
            option=option.id,
            amplifiers=line.amplifiers,
            by_section=by_section,
            amplifier=line.amplifier,
            amplifier_w_per_pair=prices.amplifier_w(line),
            regenerator_w_per_pair=prices.terminal_w(line) if line.regenerators else 0.0,
            regenerator_w_per_channel=prices.module_w(line) if line.regenerators else 0.0,
            rtt_ms=prices.rtt_ms(line),
            channels_per_pair=option.channels_per_pair,
            rate_gbps=option.rate_gbps,
            first_period=prices.first_period(line),
            terminal_usd_per_pair_year=prices.terminals(line).usd_per_year,
            amplifier_usd_per_pair_year=prices.amplifiers(line).usd_per_year,
            energy_usd_per_pair_year=prices.pair_energy(line),
            transponder_usd_per_channel_year=prices.transponders(line).usd_per_year,
            regenerator_usd_per_channel_year=prices.regenerators(line).usd_per_year,
            energy_usd_per_channel_year=prices.channel_energy(line),
            terminal_capital_usd_per_pair=prices.terminals(line).capital_usd,
            amplifier_capital_usd_per_pair=prices.amplifiers(line).capital_usd,
            transponder_capital_usd_per_channel=prices.transponders(line).capital_usd,
            regenerator_capital_usd_per_channel=prices.regenerators(line).capital_usd,
            noise_budgets=budgets,
            always_legal=always_legal,
        )


def _patterns(ways: list[_Ways], extra_amplifiers: int | None) -> list[tuple[int, ...]]:
    """Return the legal numbers of amplifiers by section, not many beyond the least if so asked."""
    patterns = list(itertools.product(*(way.always for way in ways)))
    if extra_amplifiers is None or len(ways) == 1 or not patterns:
        return patterns
    least = min(map(sum, patterns))
    return [pattern for pattern in patterns if sum(pattern) <= least + extra_amplifiers]

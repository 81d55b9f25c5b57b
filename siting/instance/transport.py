"""Designs of a route: legal transport options by amplifiers of each section."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from siting.catalog import Catalog
from siting.instance.calendar import Calendar
from siting.instance.noise_floor import NoiseFloor
from siting.instance.prices import DesignPrices, Line
from siting.instance.records_network import Design
from siting.instance.sections import FiberSection, Ways
from siting.instance.spans import TOLERANCE_KM, cut_places
from siting.optics import (
    AMPLIFIERS,
    NO_AMPLIFIER,
    TransportOption,
    module_class,
    transport_option,
)
from siting.study import Study, Transport

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class DesignFactory:
    """Makes the designs of a route from its length, fiber, huts and regenerators."""

    transport: Transport
    options: dict[str, TransportOption]
    floors: dict[str, NoiseFloor]
    """Of the options with noise."""
    prices: DesignPrices
    _terms: dict[tuple[str, str, int, int], dict[str, Any]]
    """What designs of one line have in common, wherever they are."""

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
        rules = transport.amplifiers
        longest_km = max(rules.max_spacing_km, rules.single_span_max_km)
        floors = {
            key: NoiseFloor.of(option.span_noise, longest_km)
            for key, option in options.items()
            if option.span_noise is not None
        }
        return cls(transport, options, floors, DesignPrices(catalog, study, calendar), {})

    def reaches(self, length_km: float, fiber_type: str) -> bool:
        """Return whether any option might be legal on a route without regenerators."""
        return any(
            self._grey_reaches(option, length_km)
            if option.module_class == "grey"
            else length_km <= self.transport.amplifiers.single_span_max_km + TOLERANCE_KM
            or self.floors[key].reaches(length_km, option.noise_budget(length_km))
            for key, option in self.options.items()
            if option.fiber_type == fiber_type
        )

    def designs(
        self,
        length_km: float,
        fiber_type: str,
        huts_km: NDArray[np.float64],
        regenerators_km: Sequence[float] = (),
        extra_amplifiers: int | None = None,
    ) -> tuple[Design, ...]:
        """Return every legal design of a route.

        Args:
            length_km: length of the route.
            fiber_type: its fiber.
            huts_km: where it may be amplified, in order.
            regenerators_km: where it is regenerated, in order.
            extra_amplifiers: amplifiers beyond the least legal number of an option; None: any.
        """
        rules = self.transport.amplifiers
        coherent = {
            key: (option, option.span_noise, self.floors[key])
            for key, option in self.options.items()
            if option.fiber_type == fiber_type and option.span_noise is not None
        }
        by_section = [
            FiberSection(section_km, inside_km, rules).ways([*coherent.values()], extra_amplifiers)
            for section_km, inside_km in cut_places(length_km, regenerators_km, huts_km)
        ]
        ways_of = dict(zip(coherent, zip(*by_section, strict=True), strict=True))
        plain: list[Design] = []
        amplified: list[Design] = []
        for key, option in self.options.items():
            if option.fiber_type != fiber_type:
                continue
            if option.module_class == "grey":
                if not regenerators_km and self._grey_reaches(option, length_km):
                    line = Line(option, length_km, NO_AMPLIFIER, 0, 0)
                    plain.append(self._design(line, (0,), (math.inf,), always_legal=True))
                continue
            ways = ways_of[key]
            for pattern in _patterns(ways, extra_amplifiers):
                found = amplified if any(pattern) else plain
                legal = all(way.always[k] for way, k in zip(ways, pattern, strict=True))
                budgets = tuple(way.budget for way in ways)
                for amplifier in self._amplifiers(option, pattern):
                    line = Line(option, length_km, amplifier, sum(pattern), len(regenerators_km))
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

    def _design(
        self,
        line: Line,
        by_section: tuple[int, ...],
        budgets: tuple[float, ...],
        *,
        always_legal: bool,
    ) -> Design:
        key = (line.option.id, line.amplifier, line.amplifiers, line.regenerators)
        terms = self._terms.get(key)
        if terms is None:
            terms = self._terms[key] = self._line_terms(line)
        return Design(
            by_section=by_section,
            rtt_ms=self.prices.rtt_ms(line),
            noise_budgets=budgets,
            always_legal=always_legal,
            **terms,
        )

    def _line_terms(self, line: Line) -> dict[str, Any]:
        """Return what a design has from its line, whatever the length of the line."""
        option, prices = line.option, self.prices
        return {
            "option": option.id,
            "amplifiers": line.amplifiers,
            "amplifier": line.amplifier,
            "amplifier_w_per_pair": prices.amplifier_w(line),
            "regenerator_w_per_pair": prices.terminal_w(line) if line.regenerators else 0.0,
            "regenerator_w_per_channel": prices.module_w(line) if line.regenerators else 0.0,
            "channels_per_pair": option.channels_per_pair,
            "rate_gbps": option.rate_gbps,
            "first_period": prices.first_period(line),
            "terminal_usd_per_pair_year": prices.terminals(line).usd_per_year,
            "amplifier_usd_per_pair_year": prices.amplifiers(line).usd_per_year,
            "energy_usd_per_pair_year": prices.pair_energy(line),
            "transponder_usd_per_channel_year": prices.transponders(line).usd_per_year,
            "regenerator_usd_per_channel_year": prices.regenerators(line).usd_per_year,
            "energy_usd_per_channel_year": prices.channel_energy(line),
            "terminal_capital_usd_per_pair": prices.terminals(line).capital_usd,
            "amplifier_capital_usd_per_pair": prices.amplifiers(line).capital_usd,
            "transponder_capital_usd_per_channel": prices.transponders(line).capital_usd,
            "regenerator_capital_usd_per_channel": prices.regenerators(line).capital_usd,
        }


def _patterns(ways: Sequence[Ways], extra_amplifiers: int | None) -> list[tuple[int, ...]]:
    """Return the legal numbers of amplifiers by section, not many beyond the least if so asked."""
    patterns = list(itertools.product(*(way.always for way in ways)))
    if extra_amplifiers is None or len(ways) == 1 or not patterns:
        return patterns
    least = min(map(sum, patterns))
    return [pattern for pattern in patterns if sum(pattern) <= least + extra_amplifiers]

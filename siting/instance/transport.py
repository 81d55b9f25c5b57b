"""Designs of a route: legal transport options by number of amplifiers, with yearly prices."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from siting.catalog import Catalog
from siting.economics import annuity
from siting.instance.records import Design, RouteHut
from siting.instance.spans import (
    TOLERANCE_KM,
    amplifier_counts,
    noise_matrix,
    noise_range,
    span_graph,
)
from siting.optics import TERMINALS, TransportOption, module_class, route_rtt_ms, transport_option
from siting.study import Transport

HOURS_PER_YEAR = 8760
NOISE_TOLERANCE = 1e-12
"""Slack on the noise sum, far below any margin, against rounding."""


@dataclass(frozen=True, slots=True)
class DesignFactory:
    """Makes the designs of a route from its length and huts."""

    catalog: Catalog
    transport: Transport
    discount_rate: float
    options: dict[str, TransportOption]
    first_period: Callable[[float], int]
    """First period of an asset by its lead time in years."""

    @classmethod
    def of(
        cls,
        catalog: Catalog,
        transport: Transport,
        discount_rate: float,
        first_period: Callable[[float], int],
    ) -> DesignFactory:
        """Return the factory with every option of the study."""
        options: dict[str, TransportOption] = {}
        for module in transport.modules:
            kinds = ("fixed_c",) if module_class(module) == "grey" else transport.terminals
            for terminal in kinds:
                option = transport_option(
                    catalog, module, terminal, transport.fiber_type, transport.margin_db
                )
                options[option.id] = option
        return cls(catalog, transport, discount_rate, options, first_period)

    def designs(
        self, length_km: float, huts: tuple[RouteHut, ...], extra_amplifiers: int | None = None
    ) -> tuple[Design, ...]:
        """Return every legal design of a route of ``length_km`` with candidate ``huts``.

        Args:
            length_km: length of the route.
            huts: huts that serve it.
            extra_amplifiers: amplifiers beyond the least legal number of an option; None: any.
        """
        found = self._single_span(length_km)
        if huts:
            found += self._multi_span(length_km, huts, extra_amplifiers)
        return tuple(found)

    def _single_span(self, length_km: float) -> list[Design]:
        found: list[Design] = []
        longest_km = self.transport.amplifiers.single_span_max_km
        unamplified = length_km <= longest_km + TOLERANCE_KM
        for option in self.options.values():
            if option.module_class == "grey":
                if length_km <= option.reach_km + TOLERANCE_KM:
                    found.append(self._design(option, length_km, 0, math.inf, always_legal=True))
                continue
            noise = option.span_noise
            budget = option.noise_budget(length_km)
            if noise is None or budget <= 0:
                continue
            if unamplified and float(noise(_array(length_km))[0]) <= budget + NOISE_TOLERANCE:
                found.append(self._design(option, length_km, 0, budget, always_legal=True))
        return found

    def _multi_span(
        self, length_km: float, huts: tuple[RouteHut, ...], extra_amplifiers: int | None
    ) -> list[Design]:
        found: list[Design] = []
        multi = [o for o in self.options.values() if o.module_class == "multi_span"]
        if not multi:
            return found
        rules = self.transport.amplifiers
        graph = span_graph(length_km, huts, rules.min_spacing_km, rules.max_spacing_km)
        counts = amplifier_counts(graph)
        for option in multi:
            budget = option.noise_budget(length_km)
            if option.span_noise is None or budget <= 0 or not counts:
                continue
            spread = noise_range(noise_matrix(graph, option.span_noise), counts)
            most = max(counts)
            for count, (least, largest) in sorted(spread.items()):
                if count > most:
                    break
                if least <= budget + NOISE_TOLERANCE:
                    if extra_amplifiers is not None:
                        most = min(most, count + extra_amplifiers)
                    legal = largest <= budget + NOISE_TOLERANCE
                    found.append(self._design(option, length_km, count, budget, always_legal=legal))
        return found

    def _design(
        self,
        option: TransportOption,
        length_km: float,
        amplifiers: int,
        budget: float,
        *,
        always_legal: bool,
    ) -> Design:
        value = self.catalog.value
        usd_per_w_year = HOURS_PER_YEAR * value("elec.TX") * 10 / 1e6
        price_row = f"{option.module}.price"
        transponder = 2 * value(price_row)
        lead_rows = [price_row]
        terminal = amplifier = pair_w = 0.0
        terminal_annuity = amplifier_annuity = 0.0
        if option.terminal != "none":
            line = TERMINALS[option.terminal]
            terminal_row = f"{line.prefix}.price"
            terminal = 2 * value(terminal_row)
            terminal_annuity = self._annuity(terminal, terminal_row)
            lead_rows.append(terminal_row)
            pair_w = 2 * value(f"{line.prefix}.power")
            if amplifiers:
                amplifier = amplifiers * value(line.amplifier_price)
                amplifier_annuity = self._annuity(amplifier, line.amplifier_price)
                pair_w += amplifiers * value(line.amplifier_power) * value("hut.pue")
                lead_rows.append(line.amplifier_price)
        return Design(
            option=option.id,
            amplifiers=amplifiers,
            rtt_ms=route_rtt_ms(
                length_km,
                value(f"{self.transport.fiber_type}.delay"),
                amplifiers,
                value("lat.ila"),
                option.fixed_latency_us,
            ),
            channels_per_pair=option.channels_per_pair,
            rate_gbps=option.rate_gbps,
            first_period=max(self.first_period(self.catalog.lead_time_years(r)) for r in lead_rows),
            terminal_usd_per_pair_year=terminal_annuity,
            amplifier_usd_per_pair_year=amplifier_annuity,
            energy_usd_per_pair_year=pair_w * usd_per_w_year,
            transponder_usd_per_channel_year=self._annuity(transponder, price_row),
            energy_usd_per_channel_year=2 * value(f"{option.module}.power") * usd_per_w_year,
            terminal_capital_usd_per_pair=terminal,
            amplifier_capital_usd_per_pair=amplifier,
            transponder_capital_usd_per_channel=transponder,
            noise_budget=budget,
            always_legal=always_legal,
        )

    def _annuity(self, capital_usd: float, row_id: str) -> float:
        return annuity(capital_usd, self.catalog.life_years(row_id), self.discount_rate)


def _array(value: float) -> np.typing.NDArray[np.float64]:
    return np.array([value])

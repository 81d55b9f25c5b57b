"""What a route of a link costs on one kind of transport alone, channels included.

No bound: what designs mostly come to. Lines of a bound mix kinds and count channels at the least.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

import numpy as np

from siting.formulation.sites import W_PER_KW
from siting.optics import NO_AMPLIFIER, TransportOption
from siting.solve.all_routes.link_spans import Span
from siting.solve.all_routes.needs import Line

ROUNDING = 1e-9
USUAL = 0.95
"""Part of the longest span that spans have on the mean."""
CLOSER = (1.0, 1.1, 1.25, 1.5)
"""So many times as many huts as these need: what is noisy reaches farther."""
MOST_SPANS = 400


def whole_lines(
    span: Span,
    years: float,
    options: Mapping[str, TransportOption] | None = None,
    spacing_km: float = math.inf,
) -> list[Line]:
    """Return lines for each kind that carries on each route what it must at the span's beginning.

    Costs are of the whole span, USD present value.

    Args:
        span: the link while no more is asked of it.
        years: how long it lasts, weighed.
        options: transport options by name, where the noise of usual spans limits their reach.
        spacing_km: the longest span.
    """
    need = span.need
    gbps = max(need.kept_gbps, need.gbps / 2) if need.kept_gbps > 0 else need.gbps
    found = []
    for legal in span.kinds:
        kind = legal.kind
        pairs = math.ceil(gbps / legal.pair_gbps - ROUNDING)
        channels = math.ceil(gbps / kind.rate_gbps - ROUNDING)
        each_usd = pairs * kind.terminal_usd_per_pair_year + channels * kind.channel_usd_per_year
        line = Line(
            fixed_usd=years * each_usd,
            pairs=pairs,
            hut_usd=years * pairs * legal.amplifier_usd,
            is_amplified=kind.amplifier != NO_AMPLIFIER,
            reach_km=min(legal.reach_km, need.longest_km),
            hut_kw=pairs * kind.amplifier_w_per_pair / W_PER_KW,
        )
        if options is None or legal.quiet is None:
            found.append(line)
            continue
        reach_km = 0.0
        for closer in CLOSER:
            far_km = min(
                usual_reach_km(options[kind.option], USUAL / closer * spacing_km), line.reach_km
            )
            if far_km > reach_km:
                found.append(dataclasses.replace(line, reach_km=far_km, closer=closer))
            reach_km = max(reach_km, far_km)
    return found


def usual_reach_km(option: TransportOption, mean_km: float) -> float:
    """Return how far an option reaches over spans of about a length; 0 where it does not."""
    if option.span_noise is None:
        return math.inf
    noise = float(option.span_noise(np.array([mean_km]))[0])
    reach_km = 0.0
    for spans in range(2, MOST_SPANS):
        if spans * noise > option.noise_budget(spans * mean_km):
            return reach_km
        reach_km = spans * mean_km
    return math.inf

"""What a route of a link costs on one kind of transport alone, channels included.

No bound: what designs mostly come to. Lines of a bound mix kinds and count channels at the least.
"""

from __future__ import annotations

import math

from siting.optics import NO_AMPLIFIER
from siting.solve.all_routes.link_spans import Span
from siting.solve.all_routes.needs import Line

ROUNDING = 1e-9


def whole_lines(span: Span, years: float) -> list[Line]:
    """Return a line for each kind that carries on each route what it must at the span's beginning.

    Costs are of the whole span, USD present value.

    Args:
        span: the link while no more is asked of it.
        years: how long it lasts, weighed.
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
        )
        found.append(line)
    return found

"""How far a number may lie from what it should be before the verifier calls it wrong."""

from __future__ import annotations

from typing import Final

MW: Final = 1e-4
"""Megawatts, absolute. A campus with at most this much IT MW is no peer."""
GBPS: Final = 1e-4
"""Gb/s, absolute part."""
GBPS_RELATIVE: Final = 1e-7
"""Gb/s, relative part."""
KM: Final = 1e-6
"""Kilometers, absolute."""
STATED_RELATIVE: Final = 1e-6
"""What a plan states (RTT, loss, length, spans) against what is recomputed, relative."""
ROUNDING: Final = 1e-9
"""Rounding of floating-point sums, relative."""
RTT_MS: Final = 1e-9
"""Milliseconds, absolute: rounding of floating-point sums only."""
OSNR_DB: Final = 1e-5
"""dB of optical signal-to-noise ratio."""
USD: Final = 0.01
"""Dollars, absolute part."""
USD_RELATIVE: Final = 1e-9
"""Dollars, relative part."""
SUM_RELATIVE: Final = 1e-12
"""Dollars, relative: rounding of a sum of stated amounts."""
CAP_USD: Final = 1.0
"""Dollars over a cap on spending, absolute part."""
CAP_RELATIVE: Final = 1e-7
"""Dollars over a cap on spending, relative part: MW are known to the tolerance of the solver."""
LENGTH_FRACTION: Final = 0.005
"""Corridor length against its geometry, relative: geometry on the map is simplified."""
LENGTH_KM: Final = 0.02
"""Corridor length against its geometry, absolute part: coordinates are rounded."""
DEGREES: Final = 1e-4
"""Coordinates of a node against its table, degrees (about 11 m): coordinates are rounded."""
SHARE: Final = 1e-5
"""Share of the length of a corridor."""
RADIUS: Final = 1e-4
"""Radius of a disc, relative: geodesic, or by the curvature halfway."""
RADIUS_KM: Final = 0.001
"""Radius of a disc, absolute part: a line straight in degrees bends by so much between vertices."""
GREAT_CIRCLE_FRACTION: Final = 0.01
"""Tie-line length against the great circle: sphere or ellipsoid."""


def gbps_slack(gbps: float) -> float:
    """Return how much a capacity may fall short of ``gbps``, Gb/s."""
    return GBPS + GBPS_RELATIVE * abs(gbps)


def usd_slack(usd: float) -> float:
    """Return how far an amount may lie from ``usd``, USD."""
    return USD + USD_RELATIVE * abs(usd)


def cap_slack(usd: float) -> float:
    """Return how far spending may go beyond a cap of ``usd``, USD."""
    return CAP_USD + CAP_RELATIVE * abs(usd)

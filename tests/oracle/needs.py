"""What links must carry, and how often they may fail to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from tests.oracle.raw import Raw
from tests.oracle.ways import TINY, Link


class Entry(NamedTuple):
    """What channels with RTT <= theta must give in one period."""

    theta_ms: float
    normal_gbps: float
    """Whole network; also the demand below which a failure interrupts."""
    failed_gbps: float
    """After any single failure."""
    downtime: float = math.inf
    """Largest share of time that failures interrupt."""
    usd_per_event: float = 0.0
    """A year, for one interruption a year."""
    useful_gbps: float = 0.0
    """Capacity that is of any use: more than ``normal_gbps`` only where links stand in."""


Need = tuple[tuple[Entry, ...], ...]
"""By period."""


@dataclass(frozen=True)
class Transit:
    """Links of a ring in one period: a failure may shift traffic the other way round."""

    period: int
    theta_ms: tuple[tuple[Link, float], ...]
    survives_gbps: tuple[tuple[Link, float], ...]
    """phi x demand by link."""


@dataclass(frozen=True)
class Requirement:
    """What the network must carry."""

    needs: tuple[tuple[Link, Need], ...]
    transits: tuple[Transit, ...] = ()


@dataclass(frozen=True)
class Rates:
    """How often a failure happens in a year, and the share of time that it lasts."""

    events: float
    downtime: float


def failure_rates(raw: Raw, failure: str) -> Rates:
    """Return the rates of a failure by its name."""
    kind, name = failure.split(":", 1)
    hours = raw.v("cut.mttr")
    if kind == "corridor":
        edge = raw.network.corridors[name]
        events = raw.given(edge.cuts_per_1000km_year, "cut.rate") * edge.length_km / 1000
    elif kind == "hut":
        events, hours = raw.v("ila.power"), raw.v("ila.mttr")
    elif kind == "srlg":
        row = raw.study.srlgs.get(name)
        events = 0.0 if row is None else row.events_per_year
        if row is not None and row.repair_hours is not None:
            hours = row.repair_hours
    elif kind == "carrier":
        return Rates((1 - raw.v("otn.avail")) * 8760 / hours, 1 - raw.v("otn.avail"))
    else:
        events = 0.0
    return Rates(events, events * hours / 8760)


def closes_round(short_gbps: list[float]) -> bool:
    """Whether a ring carries everything after a failure when links stand in for each other.

    ``short_gbps`` is what each link lacks of its own share (negative: spare). Link l may be short
    by sigma_l >= 0 when every other link carries that too: sigma_l - (sum of the others) >=
    short_l. With S the sum of all sigma, sigma_l >= (short_l + S) / 2, and raising a sigma within
    the same S harms nothing: possible exactly when sum max(0, (short_l + S) / 2) <= S for some
    S >= 0. The difference is convex and piecewise linear in S: its least value is at a break.
    """
    breaks = {0.0, *(-s for s in short_gbps if s < 0)}
    # With three links or more the sum grows faster than S in the end, so no break lies beyond.
    return any(
        sum(max(0.0, (s + total) / 2) for s in short_gbps) <= total + TINY for total in breaks
    )

"""Records of every corridor that a route may take, whether a candidate route takes it or not.

What a bound over all routes reads (:mod:`siting.solve.all_routes`); the formulation does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from siting.instance.records_network import Corridor
from siting.network import OWN

if TYPE_CHECKING:
    from siting.instance.records import Instance


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphEdge:
    """A corridor between two nodes of the candidate network."""

    corridor: Corridor
    ends: tuple[str, str]
    hut_usd_per_year: float
    """Least that a hut with one rack costs inside it; infinite where none may be."""
    huts_km: tuple[float, ...] = ()
    """Where huts may be inside it, km from its first end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportKind:
    """A transport option with an amplifier type, apart from any route."""

    option: str
    amplifier: str
    rate_gbps: float
    channels_per_pair: int
    terminal_usd_per_pair_year: float
    """Terminals and switch ports of a pair, their energy included."""
    amplifier_usd_per_pair_year: float
    """One in-line amplifier of a pair, its energy included."""
    channel_usd_per_year: float
    reach_km: float
    """No longer route is legal, whatever its spans."""
    first_period: int
    amplifier_w_per_pair: float = 0.0
    """Power of one in-line amplifier, W per pair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteGraph:
    """Every corridor within reach of some link, and what light on it costs at least."""

    edges: tuple[GraphEdge, ...]
    node_hut_usd_per_year: dict[str, float]
    """Least that a hut with one rack costs at a node; nodes without hut sites are left out."""
    campus_nodes: dict[str, str]
    """Node where each campus stands."""
    kinds: tuple[TransportKind, ...]
    delay_us_per_km: float
    """Of the fastest fiber that any route may take, one way."""
    single_span_max_km: float
    regenerates: bool
    """Some route may be regenerated: then amplifiers and reach are not counted."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A path that a link may take."""

    path: tuple[str, ...]
    """Corridors in order from the first campus of the link."""
    is_own: bool
    """On own cable throughout, else on IRU wherever offered."""

    @classmethod
    def of(cls, corridors: tuple[str, ...], supply: Iterable[str]) -> Proposal:
        """Return the path of a route with its supply."""
        return cls(corridors, is_own=all(name == OWN for name in supply))


class RouteSource(Protocol):
    """Makes candidate routes of paths that are found later."""

    def extended(
        self, instance: Instance, proposals: Mapping[tuple[str, str], Iterable[Proposal]]
    ) -> Instance:
        """Return the instance with the routes on further paths of links."""

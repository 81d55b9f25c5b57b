"""Capacity design: a demand matrix, existing sites, and links that take capacity modules.

The noun of network design libraries such as SNDlib: which modules to buy on which link, and how to
route every demand, at least cost. A model code of eight letters, as SNDlib writes it, says which
variant is meant.
"""

from __future__ import annotations

from dataclasses import dataclass

LETTERS: dict[str, dict[str, str]] = {
    "demand": {"D": "directed", "U": "undirected"},
    "link": {"D": "directed", "B": "bidirected", "U": "undirected"},
    "capacity": {
        "L": "linear",
        "M": "modular",
        "S": "single-modular",
        "E": "explicit",
    },
    "fixed_charge": {"N": "no fixed charge", "Y": "fixed charge"},
    "routing": {"C": "continuous", "I": "integer", "S": "single path"},
    "paths": {"A": "all paths"},
    "hop_limit": {"N": "no hop limit"},
    "survivability": {"N": "none", "P": "1+1 protection"},
}
"""The letters of each place of a model code that this package solves, and their meaning."""


@dataclass(frozen=True, slots=True)
class ModelCode:
    """Which variant of capacity design is meant, one letter a place."""

    demand: str
    link: str
    capacity: str
    fixed_charge: str = "N"
    routing: str = "C"
    paths: str = "A"
    hop_limit: str = "N"
    survivability: str = "N"

    @property
    def text(self) -> str:
        """The code as it is written, e.g. ``U-U-M-N-C-A-N-N``."""
        return "-".join(getattr(self, place) for place in LETTERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A block of capacity that can be bought."""

    capacity: float
    cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignLink:
    """A link between two nodes."""

    id: str
    source: str
    target: str
    existing_capacity: float = 0.0
    existing_cost: float = 0.0
    """A constant of the objective: what is there is paid whether used or not."""
    setup_cost: float = 0.0
    """Paid once when the link carries anything; counted only with a fixed charge."""
    routing_cost: float = 0.0
    """Per unit of capacity used, in either direction."""
    modules: tuple[Module, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Traffic between two nodes."""

    id: str
    source: str
    target: str
    value: float
    unit: float = 1.0
    """Capacity that one unit of value takes on a link."""

    @property
    def load(self) -> float:
        """Capacity that the whole demand takes on a link."""
        return self.value * self.unit


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityDesign:
    """The whole problem."""

    name: str
    code: ModelCode
    nodes: tuple[str, ...]
    links: tuple[DesignLink, ...]
    demands: tuple[Demand, ...]
    survival_fraction: float = 0.0
    """Share of every demand that routes avoiding a link still carry, for each single link: the
    engine's phi."""

    @property
    def is_aggregated(self) -> bool:
        """Whether demands of one source may be routed together, at the same least cost."""
        units = {demand.unit for demand in self.demands}
        same = self.code.routing == "C" or (self.code.routing == "I" and len(units) <= 1)
        return same and self.code.survivability == "N" and self.survival_fraction == 0

    @property
    def constant_cost(self) -> float:
        """What the existing capacity costs."""
        return sum(link.existing_cost for link in self.links)

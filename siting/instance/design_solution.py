"""A solution of a capacity design: modules bought, and flows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bought:
    """Modules on a link."""

    link: str
    module: int
    """Position in the link's list."""
    count: float
    """Whole, except for linear capacity."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Traffic of one commodity on one link, in one way (0 from its source, 1 back)."""

    commodity: int
    link: str
    way: int
    amount: float


@dataclass(frozen=True, slots=True)
class DesignSolution:
    """Everything that was decided."""

    bought: tuple[Bought, ...]
    flows: tuple[Flow, ...]
    commodities: tuple[tuple[str, tuple[tuple[str, float], ...], float], ...]
    """Source, traffic by sink, and capacity of a unit of it."""
    cost: float
    """As the engine says it."""

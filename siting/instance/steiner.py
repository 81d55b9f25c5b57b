"""Steiner trees: the cheapest build that connects given sites."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SteinerProblem:
    """Nodes are numbered from 1, as in the files."""

    name: str
    nodes: int
    edges: tuple[tuple[int, int, float], ...]
    """Ends and weight."""
    terminals: tuple[int, ...]

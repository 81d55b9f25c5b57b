"""Least cost of any load of a link, and the blocks that give it."""

from __future__ import annotations

import bisect
import itertools
import math
from dataclasses import dataclass

from siting.formulation.menus import Block, Menu

POINTS = 4000
"""Sizes kept for one link; enough for menus of networks in use."""
SLACK = 1e-7


@dataclass(frozen=True, slots=True)
class Frontier:
    """Capacities that no larger one undercuts, with cost and blocks."""

    capacities: tuple[float, ...]
    costs: tuple[float, ...]
    blocks: tuple[tuple[float, ...], ...]
    slope: float = math.inf
    """Cost of a unit where capacity is bought by the unit."""

    @property
    def is_by_unit(self) -> bool:
        """Whether capacity is bought by the unit."""
        return self.slope < math.inf

    def place(self, load: float) -> int:
        """Return the position of the least capacity for a load; past the end when none is."""
        if self.is_by_unit or load <= SLACK:
            return 0
        return bisect.bisect_left(self.capacities, load - SLACK * max(1.0, load))

    def cost(self, load: float) -> float:
        """Return the least cost of a load beyond what exists; infinite when there is no way."""
        if load <= SLACK:
            return 0.0
        if self.is_by_unit:
            return self.slope * load
        i = self.place(load)
        return self.costs[i] if i < len(self.costs) else math.inf

    def chosen(self, load: float) -> tuple[float, ...]:
        """Return how much of each block a load buys."""
        if self.is_by_unit:
            return (max(load, 0.0),)
        return self.blocks[self.place(load)]


def frontier(menu: Menu, load: float) -> Frontier:
    """Return the frontier of a menu up to a load."""
    if any(not block.is_whole for block in menu.blocks):
        return Frontier((), (), (), menu.blocks[0].cost)
    size = len(menu.blocks)
    empty = (0.0, 0.0, (0.0,) * size)
    if any(block.base for block in menu.blocks):
        points = [empty]
        for i, block in enumerate(menu.blocks):
            steps = (1.0,) * (i + 1) + (0.0,) * (size - i - 1)
            points.append((block.base + block.capacity, points[-1][1] + block.cost, steps))
    elif menu.one_type:
        kinds = [_multiples(empty, i, block, load) for i, block in enumerate(menu.blocks)]
        points = _useful(list(itertools.chain.from_iterable(kinds)))
    else:
        points = [empty]
        for i, block in enumerate(menu.blocks):
            more = [p for point in points for p in _multiples(point, i, block, load)]
            points = _useful([p for p in more if _is_allowed(menu, p[2])])[:POINTS]
    points = _useful(points)
    return Frontier(
        tuple(p[0] for p in points), tuple(p[1] for p in points), tuple(p[2] for p in points)
    )


Point = tuple[float, float, tuple[float, ...]]


def _multiples(point: Point, i: int, block: Block, load: float) -> list[Point]:
    capacity, cost, chosen = point
    enough = max(0, math.ceil((load - capacity) / block.capacity))
    most = int(min(block.most, enough, POINTS))
    return [
        (
            capacity + n * block.capacity,
            cost + n * block.cost,
            (*chosen[:i], float(n), *chosen[i + 1 :]),
        )
        for n in range(most + 1)
    ]


def _is_allowed(menu: Menu, chosen: tuple[float, ...]) -> bool:
    return all(sum(w * chosen[i] for i, w in row) <= most + SLACK for row, most in menu.rows)


def _useful(points: list[Point]) -> list[Point]:
    kept: list[Point] = []
    for point in sorted(points, key=lambda p: (-p[0], p[1])):
        if not kept or point[1] < kept[-1][1]:
            kept.append(point)
    return kept[::-1]

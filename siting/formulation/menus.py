"""How the capacity that can be bought on a link is written with whole numbers.

A menu can be written literally, one variable for each module, or compactly, with the same set of
capacities and costs: a list of forty sizes whose steps repeat is a number of whole periods and one
remainder, and any other list is a staircase of steps, each bought only on top of the one before.
Compact menus have the same relaxation, but a solver branches on "at least that much".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from siting.instance.capacity_design import DesignLink, Module

SAME = 1e-9
MOST_LOOKED_AT = 10_000
"""Numbers of a module that are compared with larger ones."""


@dataclass(frozen=True, slots=True)
class Block:
    """One variable of a menu."""

    capacity: float
    cost: float
    most: float = math.inf
    is_whole: bool = True
    base: float = 0.0
    """Capacity of the menu below this block: only a staircase has any."""


@dataclass(frozen=True, slots=True)
class Menu:
    """What can be bought on a link."""

    blocks: tuple[Block, ...]
    rows: tuple[tuple[tuple[tuple[int, float], ...], float], ...] = ()
    """Rows ``sum weight x blocks <= most`` that keep to the list."""
    one_type: bool = False
    """Blocks of one type only."""


def literal_menu(link: DesignLink, capacity: str) -> Menu:
    """Return the menu of a link as the letter of the model code says."""
    if capacity == "L":
        best = min(link.modules, key=lambda m: m.cost / m.capacity, default=None)
        if best is None:
            return Menu(())
        return Menu((Block(1.0, best.cost / best.capacity, is_whole=False),))
    if capacity == "E":
        blocks = tuple(Block(m.capacity, m.cost, 1.0) for m in link.modules)
        return Menu(blocks, (_at_most_one(range(len(blocks))),) if len(blocks) > 1 else ())
    blocks = tuple(Block(m.capacity, m.cost) for m in link.modules)
    return Menu(blocks, one_type=capacity == "S" and len(blocks) > 1)


def compact_menu(link: DesignLink, capacity: str) -> Menu:
    """Return a menu of the same capacities and costs, better to branch on."""
    if capacity in {"M", "S"}:
        most = [most_of_use(m, link.modules, is_mixed=capacity == "M") for m in link.modules]
        blocks = tuple(
            Block(m.capacity, m.cost, count) for m, count in zip(link.modules, most, strict=True)
        )
        return Menu(blocks, one_type=capacity == "S" and len(blocks) > 1)
    if capacity != "E":
        return literal_menu(link, capacity)
    sizes = useful_modules(link.modules)
    return _periods(sizes) or _staircase(sizes)


def most_of_use(module: Module, modules: Sequence[Module], *, is_mixed: bool) -> float:
    """Return the most of a module that can be of use beside larger ones, at least one.

    So many of it are of no use as some number of one larger module undercuts. Where modules mix,
    these may be part of more; else each number stands for itself.
    """
    larger = [m for m in modules if m.capacity > module.capacity]

    def is_undercut(count: int) -> bool:
        need, cost = count * module.capacity, count * module.cost
        return any(math.ceil(need / m.capacity) * m.cost <= cost for m in larger)

    ends = [
        m.cost / (module.cost - module.capacity * m.cost / m.capacity)
        for m in larger
        if m.cost * module.capacity < module.cost * m.capacity * (1 - SAME)
    ]
    if not ends or min(ends) > MOST_LOOKED_AT:
        return math.inf
    end = math.ceil(min(ends)) + 1
    if is_mixed:
        most = next((n for n in range(1, end + 1) if is_undercut(n)), end) - 1
    else:
        most = next((n for n in range(end, 0, -1) if not is_undercut(n)), 0)
    return float(max(most, 1))


def useful_modules(modules: Sequence[Module]) -> list[Module]:
    """Return the modules that no larger one undercuts, by size."""
    kept: list[Module] = []
    for module in sorted(modules, key=lambda m: (-m.capacity, m.cost)):
        if not kept or module.cost < kept[-1].cost:
            kept.append(module)
    return kept[::-1]


def _at_most_one(blocks: Sequence[int]) -> tuple[tuple[tuple[int, float], ...], float]:
    return tuple((i, 1.0) for i in blocks), 1.0


def _periods(sizes: Sequence[Module]) -> Menu | None:
    """Return whole periods and a remainder, when the steps of the list repeat at least once."""
    for r in range(1, len(sizes) // 2 + 1):
        period = sizes[r - 1]
        if all(
            math.isclose(b.capacity - a.capacity, period.capacity, rel_tol=SAME)
            and math.isclose(b.cost - a.cost, period.cost, rel_tol=SAME)
            for a, b in zip(sizes, sizes[r:], strict=False)
        ):
            whole = Block(period.capacity, period.cost, float(len(sizes) // r))
            rest = tuple(Block(m.capacity, m.cost, 1.0) for m in sizes[: r - 1])
            rows = [_at_most_one(range(1, r))] if r > 2 else []
            if len(sizes) % r != r - 1:
                blocks = (whole, *rest)
                largest = sizes[-1].capacity
                rows.append((tuple((i, b.capacity) for i, b in enumerate(blocks)), largest))
            return Menu((whole, *rest), tuple(rows))
    return None


def _staircase(sizes: Sequence[Module]) -> Menu:
    """Return steps, each on top of the one before."""
    below = [Module(capacity=0.0, cost=0.0), *sizes]
    blocks = tuple(
        Block(b.capacity - a.capacity, b.cost - a.cost, 1.0, base=a.capacity)
        for a, b in zip(below, sizes, strict=False)
    )
    rows = tuple((((i + 1, 1.0), (i, -1.0)), 0.0) for i in range(len(blocks) - 1))
    return Menu(blocks, rows)

"""What the routes of a choice use of every corridor together, and what more of it costs.

Over time either the cables that hold all at the end are laid at first, or what is missing is laid
when it is needed; of every class of huts as many are taken into service as are needed by then.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from siting.solve.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.all_routes.map_costs import Sizes

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ROUNDING = 1e-6
"""Of parts of huts that are added and taken away."""
NOTHING = np.zeros((0, 0))


class Menu(NamedTuple):
    """Cables and huts that are on offer, as what is compiled takes them."""

    years: Floats
    """From each start to the next, weighed."""
    huts: Floats
    """About how many stand along each edge."""
    held: Floats
    """Pairs that cables hold, rising; none where cables are paid by the pair."""
    cable_usd: Floats
    """USD a year, shape (edges, sizes)."""
    standing: Floats
    """Pairs that stand, shape (edges, starts)."""
    hut_usd: Floats
    """Of each class of a hut, USD a year; none where huts are paid once."""


@dataclass(frozen=True, slots=True)
class Tariff:
    """What items cost: IRU by edge, then own cable by edge."""

    once_usd: Floats
    """From each start on, present value, shape (starts, items)."""
    menu: Menu
    """What is paid by what it holds."""

    @classmethod
    def of(cls, once_usd: Floats, huts: Floats, sizes: Sizes | None) -> Tariff:
        """Return the costs of items whose sizes may count.

        Args:
            once_usd: what is paid once, shape (starts, items); huts with it where sizes are none.
            huts: about how many stand along each edge.
            sizes: cables and huts by what they hold.
        """
        starts, items = once_usd.shape
        none = np.zeros(0)
        if sizes is None:
            return cls(once_usd, Menu(np.zeros(starts), huts, none, NOTHING, NOTHING, none))
        usd, own = once_usd.copy(), slice(items // 2, items)
        usd[:, own] = np.where(np.isfinite(usd[:, own]), sizes.civil_usd, np.inf)
        menu = Menu(sizes.years, huts, sizes.held, sizes.cable_usd, sizes.standing, sizes.hut_usd)
        return cls(usd, menu)


class Loads:
    """Users, pairs and parts of huts on every item, by start."""

    def __init__(self, tariff: Tariff) -> None:
        """Begin with nothing in use."""
        self._tariff = tariff
        starts, items = tariff.once_usd.shape
        self._users = np.zeros((items, starts), np.int64)
        self._loads = np.zeros((items, starts, 1 + len(tariff.menu.hut_usd)))
        """Pairs, then parts of huts of each class."""

    def take(self, items: Ints, start: int, loads: Floats, times: int) -> None:
        """Let a user take some items so many times more, or less.

        Args:
            items: their numbers.
            start: from which it is lit.
            loads: what it puts on each, shape (starts, 1 + classes).
            times: 1, or -1.
        """
        self._users[items, start:] += times
        self._loads[items] += times * loads

    @property
    def open(self) -> Ints:
        """Return the items in use."""
        found: Ints = np.flatnonzero(self._users[:, -1])
        return found

    def more_usd(self, items: Ints, start: int, loads: Floats, fresh_usd: Floats) -> Floats:
        """Return what a user pays besides for each of some items.

        Args:
            items: their numbers, in any shape.
            start: from which it is lit.
            loads: what it puts on each.
            fresh_usd: what each costs where it is not in use.
        """
        usd = fresh_usd.ravel().copy()
        flat, tariff = items.ravel(), self._tariff
        _price(flat, start, loads, self._users, self._loads, tariff.once_usd, tariff.menu, usd)
        return usd.reshape(items.shape)

    def fresh_usd(self, items: Ints, start: int, loads: Floats) -> Floats:
        """Return what a user pays for each item where it alone uses it."""
        tariff = self._tariff
        usd: Floats = tariff.once_usd[start, items].ravel()
        _add_by_size(items.ravel(), tariff.once_usd.shape[1] // 2, loads, tariff.menu, usd)
        return usd.reshape(items.shape)

    def usd(self) -> float:
        """Return what all that is in use costs, present value."""
        open_, tariff = self.open, self._tariff
        once = tariff.once_usd[np.argmax(self._users[open_] > 0, axis=1), open_]
        edges = tariff.once_usd.shape[1] // 2
        return float(once.sum()) + _all_by_size(open_, edges, self._loads, tariff.menu)


@compiled
def _price(
    items: Ints,
    start: int,
    loads: Floats,
    users: Ints,
    there: Floats,
    once_usd: Floats,
    menu: Menu,
    usd: Floats,
) -> None:
    """Set what a user pays for those of some items that others use."""
    starts, edges = len(menu.years), once_usd.shape[1] // 2
    for place in range(len(items)):
        item = items[place]
        if users[item, starts - 1] == 0:
            continue
        since = 0
        while users[item, since] == 0:
            since += 1
        total = max(once_usd[start, item] - once_usd[since, item], 0.0)
        if len(menu.hut_usd) > 0 and total < np.inf:
            total += _by_size(item, edges, there[item] + loads, menu)
            total -= _by_size(item, edges, there[item], menu)
        usd[place] = max(total, 0.0)


@compiled
def _add_by_size(items: Ints, edges: int, loads: Floats, menu: Menu, usd: Floats) -> None:
    """Add what cables and huts for a load cost on each of some items."""
    for place in range(len(items)):
        if len(menu.hut_usd) > 0 and usd[place] < np.inf:
            usd[place] += _by_size(items[place], edges, loads, menu)


@compiled
def _all_by_size(items: Ints, edges: int, there: Floats, menu: Menu) -> float:
    """Return what cables and huts cost on some items together."""
    total = 0.0
    for item in items:
        if len(menu.hut_usd) > 0:
            total += _by_size(item, edges, there[item], menu)
    return total


@compiled
def _by_size(item: int, edges: int, loads: Floats, menu: Menu) -> float:
    """Return what cables and huts for a load over time cost, present value."""
    starts = len(menu.years)
    usd = math.inf
    for k in range(len(menu.hut_usd)):
        total = 0.0
        for s in range(starts):
            total += menu.years[s] * np.ceil(loads[s, 1 + k] - ROUNDING)
        usd = min(usd, total * menu.hut_usd[k])
    total = float(usd * menu.huts[item % edges])
    if item < edges:
        return total
    edge = item - edges
    left, later, at_once, laid = float(menu.years.sum()), 0.0, 0.0, 0.0
    for s in range(starts):
        missing = loads[s, 0] - menu.standing[edge, s] - laid
        if missing > ROUNDING:
            if laid == 0.0:
                most = loads[starts - 1, 0] - menu.standing[edge, starts - 1]
                at_once = left * _cables(edge, most, menu)[0]
            yearly, more = _cables(edge, missing, menu)
            later += left * yearly
            laid += more
        left -= menu.years[s]
    return total + min(later, at_once)


@compiled
def _cables(edge: int, pairs: float, menu: Menu) -> tuple[float, float]:
    """Return what cables for so many pairs cost, USD a year, and what they hold."""
    usd, laid, largest = 0.0, 0.0, menu.held[-1]
    while pairs - laid > largest + ROUNDING:
        usd += menu.cable_usd[edge, -1]
        laid += largest
    for k in range(len(menu.held)):
        if pairs - laid <= menu.held[k] + ROUNDING:
            return usd + menu.cable_usd[edge, k], laid + menu.held[k]
    return usd, laid

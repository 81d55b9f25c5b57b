"""Rounded rows of small whole prices: what routes of all demands cost, capacity of links must pay.

With a price of 0, 1 or 2 on every link (each way of bidirected links), all capacity at its price is
worth at least what all demands pay, each on its cheapest route, under 1+1 protection on its
cheapest two routes without a common link, where shares survive on its cheapest system of routes
(:mod:`systems`). Divided by a module's capacity and rounded as the rows of
cuts (:mod:`cutsets`), which are those of prices 0 and 1 where the links of a price part the nodes.

Prices are looked for that a relaxation violates most: from parts of the network, one link after the
other is given another price while the violation grows.
"""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from siting.formulation.menus import Menu
from siting.instance.capacity_design import CapacityDesign
from siting.solve.capacity_design.cutsets import EXACT, VIOLATION, Row, charged_links, divisors_of
from siting.solve.capacity_design.fares import fares_of, total_of
from siting.solve.capacity_design.price_climb import (
    PRICES,
    Blocks,
    Climb,
    climbed,
    worth,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_PARTS = 6
PARTED_SHARE, ANYHOW_SHARE = 0.6, 0.2
"""How often prices begin with parts of the network, and anyhow; else with known ones, changed."""
ONE_WAY_SHARE = 0.5
"""How often only one way between parts has a price, where ways have their own."""
CHANGED_SHARE = 0.1
"""How many of known prices are changed."""
MOST_DIVISORS = 4
WORK = 3e7
"""Steps of searches in one try, about; no tries of networks for which that is too little."""
ENOUGH = 20
"""Rows of one look."""
TRIES_S, QUICK_TRIES, IN_VAIN = 0.3, 4, 8
"""Seconds of a look for rows, tries of a quick one, and looks in vain after which there is none."""
STARTS = 200
"""Prices kept to begin with."""


class RoundedMetrics:
    """Finds violated rows of one design."""

    def __init__(self, design: CapacityDesign, menus: tuple[Menu, ...], seed: int) -> None:
        """Index the blocks of all links."""
        fares = fares_of(design)
        graph, demands = fares.graph, fares.payers.amounts
        blocks = [(e, block) for e, menu in enumerate(menus) for block in menu.blocks]
        self._blocks = Blocks(
            np.array([e for e, _ in blocks], dtype=np.int64),
            np.array([block.base for _, block in blocks], dtype=float),
            np.array([block.base + block.capacity for _, block in blocks], dtype=float),
            np.array([link.existing_capacity for link in design.links], dtype=float),
            np.array(divisors_of(menus)[:MOST_DIVISORS], dtype=float),
        )
        size = len(graph.tails) + len(design.nodes) ** 2
        steps = int(WORK / max(len(demands) * size, 1))
        self._climb = Climb(fares, self._blocks, design.code.link == "U", steps)
        self._tails, self._heads = graph.tails, graph.heads
        self._is_one_way = design.code.link == "D"
        self._charged = charged_links(design)
        self._starts: list[Floats] = []
        self._rng = np.random.default_rng(seed)
        self._in_vain = 0
        is_small = steps >= len(graph.tails)
        self._has_any = is_small and len(demands) > 0 and len(self._blocks.divisors) > 0

    @property
    def is_of_use(self) -> bool:
        """Return whether there may be rows that are not known yet."""
        return self._has_any and self._in_vain < IN_VAIN

    def violated(self, values: Floats, *, is_quick: bool = False) -> list[Row]:
        """Return violated rows that some tries give."""
        rows: dict[tuple[float, ...], Row] = {}
        if not self.is_of_use:
            return []
        begin, tries = time.monotonic(), 0
        count = len(self._blocks.links)
        used = np.full(len(self._blocks.existing), np.inf)
        used[self._charged] = values[count:]
        while time.monotonic() - begin < TRIES_S and (tries < QUICK_TRIES or not is_quick):
            tries += 1
            if len(rows) >= ENOUGH:
                break
            prices = self._first_prices()
            order = self._rng.permutation(self._slots())
            short, which = climbed(self._climb, prices, values[:count], used, order)
            if short > VIOLATION:
                row = self.row(prices, float(self._blocks.divisors[which]), values)
                if row is not None and row.violation > VIOLATION:
                    rows[*row.columns, *np.round(row.coefficients, 6)] = row
                    self._starts = [*self._starts[-STARTS:], prices]
        if not is_quick:
            self._in_vain = 0 if rows else self._in_vain + 1
        return list(rows.values())

    def row(self, prices: Floats, divisor: float, values: Floats) -> Row | None:
        """Return the row of prices of all arcs, rounded by a divisor; None if it says nothing."""
        blocks, links = self._blocks, len(self._blocks.existing)
        weights = prices[::2] if self._climb.is_tied else prices[::2] + prices[1::2]
        total = total_of(self._climb.fares, prices)
        need = (total - float(weights @ blocks.existing)) / divisor
        if not EXACT < need < np.inf:
            return None
        ceiling = float(np.ceil(need - EXACT))
        fraction = max(need - (ceiling - 1.0), EXACT)
        fraction = 1.0 if fraction > 1.0 - EXACT else fraction
        priced = weights[blocks.links] / divisor
        pairs = zip(priced * blocks.tops, priced * blocks.bases, strict=True)
        coefficients = np.array(
            [min(worth(t, fraction), ceiling) - min(worth(b, fraction), ceiling) for t, b in pairs]
        )
        activity = np.zeros(links)
        np.add.at(activity, blocks.links, coefficients * values[: len(blocks.links)])
        uses = np.zeros(len(self._charged))
        for i, e in enumerate(self._charged):
            if weights[e] > 0 and ceiling * values[len(blocks.links) + i] < activity[e]:
                uses[i] = ceiling
                coefficients[blocks.links == e] = 0.0
        row = np.concatenate([coefficients, uses])
        columns = np.flatnonzero(row > EXACT)
        return Row(
            tuple(columns.tolist()),
            tuple(row[columns].tolist()),
            ceiling,
            ceiling - float(row[columns] @ values[columns]),
        )

    def _slots(self) -> Ints:
        """Return the links, or the arcs, that have a price of their own."""
        arcs = len(self._tails)
        if self._climb.is_tied:
            return np.arange(arcs // 2)
        return np.arange(0, arcs, 2 if self._is_one_way else 1)

    def _first_prices(self) -> Floats:
        """Return prices to begin with."""
        rng, nodes = self._rng, len(self._climb.fares.graph.starts) - 1
        count, chance = len(self._tails), rng.random()
        if self._starts and chance > PARTED_SHARE + ANYHOW_SHARE:
            prices = self._starts[rng.integers(len(self._starts))].copy()
            changed = rng.random(count) < CHANGED_SHARE
            prices[changed] = rng.integers(PRICES, size=int(changed.sum()))
        elif chance > PARTED_SHARE:
            prices = rng.integers(2, size=count).astype(float)
        else:
            part = self._parts(int(rng.integers(2, min(MOST_PARTS, nodes) + 1)))
            prices = (part[self._tails] != part[self._heads]).astype(float)
            if not self._climb.is_tied and rng.random() < ONE_WAY_SHARE:
                prices[part[self._tails] > part[self._heads]] = 0.0
        if self._climb.is_tied:
            prices[1::2] = prices[::2]
        elif self._is_one_way:
            prices[1::2] = 0.0
        return prices

    def _parts(self, parts: int) -> Ints:
        """Return the part of each node: parts grow from single nodes over links."""
        rng, nodes = self._rng, len(self._climb.fares.graph.starts) - 1
        part = np.full(nodes, -1)
        part[rng.choice(nodes, parts, replace=False)] = np.arange(parts)
        tails, heads = self._tails[::2], self._heads[::2]
        while True:
            open_links = np.flatnonzero((part[tails] < 0) != (part[heads] < 0))
            if not len(open_links):
                break
            e = rng.choice(open_links)
            part[tails[e]] = part[heads[e]] = max(part[tails[e]], part[heads[e]])
        found: Ints = np.maximum(part, 0)
        return found

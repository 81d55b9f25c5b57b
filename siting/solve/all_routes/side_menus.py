"""Menus of a link whose two sides carry all of its demand, each with its own channels.

Where an end of a protected link has two corridors, the routes over either one carry the demand when
the other one fails: a *side*. A side is lit with some *mix* of pairs that carries it. Let each pair
of kind d be worth ``a_d / q`` such that every mix is worth 1 at least (whole numbers a_d). Routes
worth two units in all then have two *tight* mixes, worth 1 each, and channels of a tight mix are
those of its own pairs. With charges c_d such that in every tight mix the mean of c_d, weighed by
what the pairs are worth, is at most what its channels cost, a unit of d costs what ``q / a_d`` of
its pairs cost, and c_d. Where all kinds carry the demand with one pair, two units are two pairs on
two disjoint routes whatever the number of corridors, and the same holds.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.all_routes.least_mix import TOLERANCE
from siting.solve.all_routes.needs import (
    Carried,
    LegalKind,
    Line,
    Menu,
    best_lines,
    in_channels_gbps,
    line_of,
    menu_of_units,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MOST_MIXES = 3000
"""With more mixes a link has no such menus."""
MOST_PARTS = 4
"""Largest q."""


@dataclass(frozen=True, slots=True)
class Side:
    """What each side of a link carries, Gb/s."""

    gbps: float
    """At the beginning."""
    more_gbps: float
    """What its channels carry more later, on the mean of the years."""
    most_gbps: float
    """All that is ever asked of the link."""
    count: int = 2
    """Sides of the link; one where nothing protects it."""


def side_menus(legal: list[LegalKind], side: Side, pair_usd: float) -> list[Menu]:
    """Return menus of a link with two sides; each gives a bound of its own.

    Pairs are worth what makes mixes dear that are not tight.

    Args:
        legal: the kinds that may be legal.
        side: what each side carries.
        pair_usd: what the fiber of a pair costs on a usual way.

    Returns:
        Menus of two units, with channels in their lines, and those of more units ``above``.
    """
    mixes = _Mixes.of(legal, side)
    worths = [] if mixes is None else _worths(mixes.counts, mixes.sizes_gbps, side.gbps)
    if mixes is None or not worths:
        return []
    usd = mixes.usd(legal, pair_usd)
    parts, worth = max(
        worths,
        key=lambda x: float(usd[mixes.counts @ x[1] > x[0]].min(initial=math.inf)),
    )
    tight = mixes.counts[mixes.counts @ worth == parts]
    carried = Carried(side.gbps, float(side.count), side.most_gbps)
    units = (parts / worth).tolist()
    found: list[Menu] = []
    for y, rising in itertools.product(sorted(set(mixes.rates_usd.tolist())), (True, False)):
        rates = [rate for rate in mixes.rates_usd.tolist() if rate <= y]
        above = _above(legal, units, 1 / parts, carried, side.more_gbps, rates)
        if above is not None and side.count == 1:
            above = _whole(above)
        charges = mixes.charges(tight, worth / parts, y, rising=rising)
        menu = _menu(legal, units, tight.any(axis=0), charges, above)
        if menu is not None and menu not in found:
            found.append(menu)
    return found


def _menu(
    legal: list[LegalKind],
    units: Sequence[float],
    is_used: NDArray[np.bool_],
    charges: Floats,
    above: Menu | None,
) -> Menu | None:
    if above is None:
        return None
    lines: set[Line] = set()
    plain: set[Line] = set()
    for x, count, used, charge in zip(legal, units, is_used, charges.tolist(), strict=True):
        fixed_usd = count * x.kind.terminal_usd_per_pair_year + charge
        if used and fixed_usd < 0:
            return None
        if used:
            lines.add(line_of(x, count, fixed_usd))
            plain.add(Line(fixed_usd + count * x.amplifiers * x.amplifier_usd, count))
    if above.least_excess == 0:  # one side: with more units it costs one of these lines, too
        lines |= set(above.lines)
        plain |= set(above.plain)
        return Menu(best_lines(lines), best_lines(plain), 0.0, 0.0)
    return Menu(best_lines(lines), best_lines(plain), 0.0, above.least_excess, above)


def _above(
    legal: list[LegalKind],
    units: Sequence[float],
    excess: float,
    carried: Carried,
    more_gbps: float,
    rates_usd: Sequence[float],
) -> Menu | None:
    """Return the menu above two units, with channels at the largest price that there is one for."""
    for y in sorted(rates_usd, reverse=True):
        menu = menu_of_units(legal, units, excess, carried, y)
        if menu is not None:
            later_usd = carried.copies * y * more_gbps
            return dataclasses.replace(menu, channels_usd=menu.channels_usd + later_usd)
    return None


def _whole(above: Menu) -> Menu:
    """Return the lines of all units of one side where these are more than one, channels in them.

    What is shared counts once for each route, as for one unit.
    """
    units = 1 + above.least_excess

    def whole(line: Line) -> Line:
        return dataclasses.replace(
            line,
            fixed_usd=units * line.fixed_usd + above.channels_usd,
            pairs=units * line.pairs,
            hut_usd=units * line.hut_usd,
        )

    return Menu([whole(x) for x in above.lines], [whole(x) for x in above.plain], 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class _Mixes:
    """Mixes of pairs that carry what a side carries, none of which may be left out."""

    counts: Ints
    """Pairs, shape (mixes, kinds)."""
    sizes_gbps: Floats
    """What a pair of each kind carries."""
    rates_usd: Floats
    """A channel of each kind, for each Gb/s."""
    gbps: float
    """What channels carry, in whole channels."""
    more_gbps: float
    beside_usd: float
    """What channels on further pairs cost at least for each Gb/s, with these pairs."""

    @classmethod
    def of(cls, legal: list[LegalKind], side: Side) -> _Mixes | None:
        sizes = [x.pair_gbps for x in legal]
        found = list(itertools.islice(_covers(sizes, side.gbps), MOST_MIXES + 1))
        if not found or len(found) > MOST_MIXES:
            return None
        beside = [
            (x.kind.terminal_usd_per_pair_year + x.amplifiers * x.amplifier_usd) / x.pair_gbps
            + x.kind.channel_usd_per_year / x.kind.rate_gbps
            for x in legal
        ]
        return cls(
            np.array(found),
            np.array(sizes),
            np.array([x.kind.channel_usd_per_year / x.kind.rate_gbps for x in legal]),
            in_channels_gbps(legal, side.gbps),
            side.more_gbps,
            min(beside),
        )

    def usd(self, legal: list[LegalKind], pair_usd: float) -> Floats:
        """Return what each mix costs where the fiber of a pair costs ``pair_usd``."""
        each = [
            x.kind.terminal_usd_per_pair_year + x.amplifiers * x.amplifier_usd + pair_usd
            for x in legal
        ]
        total: Floats = self.counts @ np.array(each) + self._channels_usd(self.counts)
        return total

    def charges(self, tight: Ints, worth: Floats, y: float, *, rising: bool) -> Floats:
        """Return charges for the channels of a unit of each kind.

        At first those where channels cost ``y`` for each Gb/s and cheaper ones give the difference
        back; then each is raised as far as the tight mixes allow.

        Args:
            tight: the tight mixes.
            worth: of a pair of each kind.
            y: the price.
            rising: begin with the kind that has the cheapest channels, else the dearest.
        """
        rates = self.rates_usd
        back = np.minimum(self.sizes_gbps, self.gbps) * np.maximum(y - rates, 0.0)
        later_usd = self.more_gbps * min(float(rates.min()), self.beside_usd)
        charges: Floats = y * self.gbps - back / worth + later_usd
        shares = tight * worth
        usd = self._channels_usd(tight)
        for kind in np.argsort(rates if rising else -rates, kind="stable").tolist():
            own = shares[:, kind] > 0
            if own.any():
                left = usd[own] - shares[own] @ charges
                charges[kind] += max(float((left / shares[own, kind]).min()), 0.0)
        return charges

    def _channels_usd(self, mixes: Ints) -> Floats:
        """Return what the channels of each mix cost at least: cheap ones first."""
        left = np.full(len(mixes), self.gbps)
        usd = np.zeros(len(mixes))
        for kind in np.argsort(self.rates_usd, kind="stable").tolist():
            taken = np.minimum(left, mixes[:, kind] * self.sizes_gbps[kind])
            usd += taken * self.rates_usd[kind]
            left -= taken
        cheapest = np.where(mixes > 0, self.rates_usd, math.inf).min(axis=1)
        later: Floats = usd + self.more_gbps * np.minimum(cheapest, self.beside_usd)
        return later


def _covers(sizes: Sequence[float], gbps: float) -> Iterator[list[int]]:
    """Return the mixes that carry a demand, and none without any of its pairs."""
    order = sorted(range(len(sizes)), key=lambda kind: -sizes[kind])

    def further(place: int, left: float, counts: list[int]) -> Iterator[list[int]]:
        if place == len(order):
            return
        kind = order[place]
        enough = math.ceil(left / sizes[kind] - TOLERANCE)
        yield [n + enough * (k == kind) for k, n in enumerate(counts)]
        for fewer in range(enough - 1, -1, -1):
            taken = [n + fewer * (k == kind) for k, n in enumerate(counts)]
            yield from further(place + 1, left - fewer * sizes[kind], taken)

    return further(0, gbps, [0] * len(sizes))


def _worths(covers: Ints, sizes: Floats, gbps: float) -> list[tuple[int, Ints]]:
    """Return q and what pairs are worth, in parts of q: no less of any kind would do."""
    found: list[tuple[int, Ints]] = []
    for parts, larger_first in itertools.product(range(MOST_PARTS, 0, -1), (True, False)):
        worth = np.minimum(parts, np.ceil(parts * sizes / gbps - TOLERANCE).astype(int))
        for size in sorted(set(sizes.tolist()), reverse=larger_first):
            own = sizes == size
            while worth[own].min() > 1 and (covers @ (worth - own)).min() >= parts:
                worth = worth - own
        is_tight = int((covers @ worth).min()) == parts
        if is_tight and not any((least * parts <= worth * q).all() for q, least in found):
            divisor = math.gcd(parts, *worth.tolist())
            found.append((parts // divisor, worth // divisor))
    return found

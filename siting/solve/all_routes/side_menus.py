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
from collections.abc import Sequence
from typing import TYPE_CHECKING

from siting.solve.all_routes.mixes import Mixes, Side
from siting.solve.all_routes.needs import (
    Carried,
    LegalKind,
    Line,
    Menu,
    best_lines,
    line_of,
    menu_of_units,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from siting.solve.all_routes.mixes import Worth

    Floats = NDArray[np.float64]


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
    mixes = Mixes.of(legal, side)
    worth = None if mixes is None else mixes.worth(legal, pair_usd, side.gbps)
    return [] if mixes is None or worth is None else menus_of_mixes(legal, side, mixes, worth)


def menus_of_mixes(legal: list[LegalKind], side: Side, mixes: Mixes, worth: Worth) -> list[Menu]:
    """Return the menus with pairs worth so much, see :func:`side_menus`.

    Args:
        legal: the kinds that may be legal.
        side: what each side carries.
        mixes: every mix of their pairs that a side may have.
        worth: of a pair of each kind.
    """
    parts, each = worth
    tight = mixes.counts[mixes.counts @ each == parts]
    carried = Carried(side.gbps, float(side.count), side.most_gbps)
    units = (parts / each).tolist()
    found: list[Menu] = []
    for y, rising in itertools.product(sorted(set(mixes.rates_usd.tolist())), (True, False)):
        rates = [rate for rate in mixes.rates_usd.tolist() if rate <= y]
        above = _above(legal, units, 1 / parts, carried, side.more_gbps, rates)
        if above is not None and side.count == 1:
            above = _whole(above)
        charges = mixes.charges(tight, each / parts, y, rising=rising)
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
        fixed_usd = count * x.times * x.kind.terminal_usd_per_pair_year + charge
        if used and fixed_usd < 0:
            return None
        if used:
            lines.add(line_of(x, count, fixed_usd))
            paid = count * x.times
            plain.add(Line(fixed_usd + paid * x.amplifiers * x.amplifier_usd, paid))
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

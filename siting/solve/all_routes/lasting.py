"""Pairs that stay lit from one span of a link to the next: what they are worth, and when they pay.

A pair of a link that is lit in a span stays lit. So the pairs that carry a later demand hold some
that carried the earlier ones. Here pairs of a kind that were lit first in different spans are kinds
of their own, each worth what every mix allows that carried all demands in turn: where one pair has
to stay, a further one is worth no more than what it adds. And what a pair costs from then on may be
counted in other proportions than year by year: ``times`` as much in a span, all spans together no
more than it costs. So a span no longer takes a kind that is cheap while it lasts where another one
has to stay for later.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog

from siting.solve.all_routes.least_mix import TOLERANCE
from siting.solve.all_routes.mixes import MOST_MIXES, MOST_PARTS, Mixes, Side, covers, sizes_gbps
from siting.solve.all_routes.needs import LegalKind, Menu
from siting.solve.all_routes.side_menus import menus_of_mixes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.all_routes.mixes import Worth

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

Counts = tuple[int, ...]
LEAST_TIMES = 1e-3
LEAST_GAIN = 1e-4
"""Part by which a unit must cost more for finer parts: flows above two units are more of them."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A span of a link, or of a side of it."""

    kinds: list[LegalKind]
    """Those that may be legal, with what they cost as long as the span lasts."""
    years: float
    """How long that is, weighed."""
    side: Side
    pair_usd: float
    """Fiber of a pair on a usual way, over the span."""


@dataclass(frozen=True, slots=True)
class _Aged:
    """The kinds of a stage by the stage in which their pairs were lit first."""

    stage: Stage
    kinds: list[LegalKind]
    begun: Ints
    number: Ints
    """Of each kind among those of the stage it begins in."""
    mixes: Mixes

    def worth(self, most_parts: int) -> Worth | None:
        """Return what pairs are worth, in so many parts at most."""
        stage = self.stage
        return self.mixes.worth(self.kinds, stage.pair_usd, stage.side.gbps, most_parts)


@dataclass(frozen=True, slots=True)
class _Split:
    """What pairs are worth in each stage, how often they count, and what a unit costs so."""

    worths: list[Worth]
    times: list[Floats]
    usd: float
    """Of all stages, on a usual way."""


def lasting_menus(stages: Sequence[Stage]) -> list[list[Menu]]:
    """Return menus of spans that follow each other, which hold together only; none where none do.

    Args:
        stages: spans of one link within one limit, each kind there from some span on.
    """
    aged = _aged(stages)
    best: _Split | None = None
    for parts in range(1, MOST_PARTS + 1) if aged else ():
        found = _split(aged, parts)
        if found is not None and (best is None or found.usd > (1 + LEAST_GAIN) * best.usd):
            best = found
    if best is None:
        return []
    menus = []
    for each, worth, times in zip(aged, best.worths, best.times, strict=True):
        legal = [
            dataclasses.replace(x, times=t) for x, t in zip(each.kinds, times.tolist(), strict=True)
        ]
        most = float(times.max())
        made = menus_of_mixes(legal, each.stage.side, each.mixes, worth)
        menus.append([dataclasses.replace(menu, most_times=most) for menu in made])
    return menus if all(menus) else []


def _aged(stages: Sequence[Stage]) -> list[_Aged]:
    """Return the kinds of each stage with their mixes; none where these are too many."""
    found: list[_Aged] = []
    sizes = [sizes_gbps(stage.kinds) for stage in stages]
    demands = [stage.side.gbps for stage in stages]
    for last, stage in enumerate(stages):
        names = [_name(x) for x in stage.kinds]
        columns = [
            (begun, number)
            for begun, earlier in enumerate(stages[: last + 1])
            for number in range(len(earlier.kinds))
        ]
        if any(_name(stages[begun].kinds[number]) not in names for begun, number in columns):
            return []
        counts = _mixes_over_time(sizes[: last + 1], demands[: last + 1], stages)
        if counts is None:
            return []
        # What a kind costs in this span does not depend on when it was lit.
        kinds = [
            stage.kinds[names.index(_name(stages[begun].kinds[number]))]
            for begun, number in columns
        ]
        begun, number = (np.array(x) for x in zip(*columns, strict=True))
        mixes = Mixes.given(kinds, stage.side, counts, begun)
        found.append(_Aged(stage, kinds, begun, number, mixes))
    return found


def _name(legal: LegalKind) -> tuple[str, str]:
    return legal.kind.option, legal.kind.amplifier


def _mixes_over_time(
    sizes: Sequence[Sequence[float]], demands: Sequence[float], stages: Sequence[Stage]
) -> Ints | None:
    """Return the mixes that carried every demand in turn, shape (mixes, kinds of all stages).

    Those lit as late as may be, and the same with pairs lit earlier. None where there are too many.
    """
    starts = np.cumsum([0, *(len(x) for x in sizes)]).tolist()
    places = {
        (begun, _name(x)): starts[begun] + number
        for begun in range(len(sizes))
        for number, x in enumerate(stages[begun].kinds)
    }
    found: set[Counts] = set()
    for late in _lit_late(sizes, demands):
        pairs = [(b, k) for b, mix in enumerate(late) for k, n in enumerate(mix) for _ in range(n)]
        earlier = [
            [
                places[t, _name(stages[b].kinds[k])]
                for t in range(b + 1)
                if (t, _name(stages[b].kinds[k])) in places
            ]
            for b, k in pairs
        ]
        for lit in itertools.product(*earlier):
            found.add(tuple(np.bincount(lit, minlength=starts[-1]).tolist()))
            if len(found) > MOST_MIXES:
                return None
    return np.array(sorted(found)) if found else None


def _lit_late(
    sizes: Sequence[Sequence[float]], demands: Sequence[float], carried: float = 0.0
) -> Iterator[list[Sequence[int]]]:
    """Return mixes by the stage in which their pairs are lit, none before it is needed."""
    if not demands:
        yield []
        return
    left = demands[0] - carried
    nothing: list[Sequence[int]] = [[0] * len(sizes[0])]
    for mix in covers(sizes[0], left) if left > TOLERANCE * demands[0] else iter(nothing):
        more = sum(n * size for n, size in zip(mix, sizes[0], strict=True))
        for later in _lit_late(sizes[1:], demands[1:], carried + more):
            yield [mix, *later]


def _split(aged: Sequence[_Aged], most_parts: int) -> _Split | None:
    """Return what pairs are worth, in so many parts at most, and how often they count.

    On a usual way, with channels at what they cost of one kind: the most that a unit may cost in
    each stage, such that no pair is short of it; then what a pair costs is split in proportion.
    """
    given = [each.worth(most_parts) for each in aged]
    known = [worth for worth in given if worth is not None]
    if len(known) < len(aged):
        return None
    keys = sorted({(b, n) for x in aged for b, n in zip(x.begun, x.number, strict=True)})
    worths = np.zeros((len(aged), len(keys)))
    channels, own = np.zeros_like(worths), np.zeros_like(worths)
    where: list[Ints] = []
    for t, (each, (parts, worth)) in enumerate(zip(aged, known, strict=True)):
        at = np.array([keys.index(key) for key in zip(each.begun, each.number, strict=True)])
        where.append(at)
        own[t, at] = [
            x.kind.terminal_usd_per_pair_year + x.amplifiers * x.amplifier_usd + each.stage.pair_usd
            for x in each.kinds
        ]
        worths[t, at] = worth / parts
        channels[t, at] = each.mixes.gbps * each.mixes.rates_usd
    unit_usd = _unit_usd(worths, channels, own)
    wanted = worths * np.maximum(unit_usd[:, None] - channels, 0.0)
    asked = wanted.sum(axis=0)
    split = np.where(asked > 0, wanted * (own.sum(axis=0) / np.where(asked > 0, asked, 1.0)), own)
    times = np.where(own > 0, split / np.where(own > 0, own, 1.0), 1.0)
    times = np.maximum(times, LEAST_TIMES)  # what is not on offer stays infinite
    years = np.array([[each.stage.years] for each in aged]) * (worths > 0)
    times *= years.sum(axis=0) / (times * years).sum(axis=0)
    return _Split(known, [times[t, at] for t, at in enumerate(where)], float(unit_usd.sum()))


def _unit_usd(worths: Floats, channels: Floats, own: Floats) -> Floats:
    """Return what a unit costs in each stage at most, all of them together most.

    Of all such amounts those for which least has to be moved from one stage to another.

    Args:
        worths: of a pair, shape (stages, kinds); 0 before it is lit.
        channels: what those of a unit cost, likewise.
        own: what a pair costs in a stage, likewise.
    """
    stages, kinds = worths.shape
    size = stages * kinds
    # Columns: units of each stage, what each pair pays in each stage, how far that is from its own.
    one, none = np.eye(size), np.zeros((size, size))
    units = np.zeros((size, stages))
    units[np.arange(size), np.repeat(np.arange(stages), kinds)] = worths.ravel()
    blank = np.zeros((size, stages))
    rows = np.block([[units, -one, none], [blank, one, -one], [blank, -one, -one]])
    bounds = np.concatenate([(worths * channels).ravel(), own.ravel(), -own.ravel()])
    whole = np.zeros((kinds, stages + 2 * size))
    whole[:, stages : stages + size] = np.tile(np.eye(kinds), stages)
    total = own.sum(axis=0)
    costs = np.zeros(stages + 2 * size)
    costs[:stages] = -1.0
    found = linprog(costs, A_ub=rows, b_ub=bounds, A_eq=whole, b_eq=total)
    if not found.success:
        return np.zeros(stages)
    rows = np.vstack([rows, costs])
    bounds = np.append(bounds, found.fun + TOLERANCE * abs(found.fun))
    costs = np.zeros(stages + 2 * size)
    costs[stages + size :] = 1.0
    moved = linprog(costs, A_ub=rows, b_ub=bounds, A_eq=whole, b_eq=total)
    unit_usd: Floats = (moved if moved.success else found).x[:stages]
    return unit_usd

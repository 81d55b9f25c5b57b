"""What larger cables cost when several links take options that need many pairs in a corridor.

Rows for :mod:`siting.solve.options_problem`. Where links take options with so many pairs each, the
cheapest cable does not hold them all: in a period, larger ones cost more by what the least cables
for all pairs cost more. Cables stay, so over all periods they cost more by what the least cables
that are bought one after the other cost more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.solve.cable_costs import CableCosts
from siting.solve.link_options import LinkOptions
from siting.solve.route_tracks import Asset

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MILLION = 1e6
TAKEN = 0.5
MISSING = 1e-4
"""Rows are added where this much is missing, M USD."""
Columns = Mapping[tuple[int, int, int], int]
"""By link, option and period."""


@dataclass(frozen=True, slots=True)
class Larger:
    """Larger cables cost at least this, less as much for each link that does not take part."""

    corridors: int
    """Entry of the corridors that the same routes use."""
    periods: tuple[int, ...]
    """Over which they are summed up."""
    usd: float
    """Present value, M USD."""
    columns: tuple[tuple[int, ...], ...]
    """Of the options of each link that have so many pairs."""


@dataclass(frozen=True, slots=True)
class _Shared:
    """Own cable in corridors that the same routes of several links use."""

    cables: list[Asset]
    pairs: dict[int, dict[int, tuple[int, ...]]]
    """By link, and option with such a least number: pairs in each at least, by period."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """What a link takes of the options that have at least so many pairs."""

    share: float
    pairs: tuple[int, ...]
    """In every period; none before the link is lit."""
    columns: tuple[int, ...]


class LargerCables:
    """Finds what is missing for larger cables in a solution."""

    def __init__(
        self,
        links: Sequence[LinkOptions],
        weights: Sequence[float],
        cables: CableCosts,
        columns: Columns,
    ) -> None:
        """Begin without any corridor.

        Args:
            links: links with their options.
            weights: what a dollar a year is worth in each period.
            cables: what larger cables cost.
            columns: of options.
        """
        self._links, self._weights, self._cables = links, weights, cables
        self._columns = columns
        self._shared: list[_Shared] = []

    def add(self, users: frozenset[tuple[int, int]], assets: Sequence[Asset]) -> None:
        """Add what the same routes use, by link and option."""
        cables = [asset for asset in assets if asset[0] == "cable"]
        if not cables or len({number for number, _ in users}) < 2:
            return
        pairs: dict[int, dict[int, tuple[int, ...]]] = {}
        for number, o in sorted(users):
            link, option = self._links[number], self._links[number].options[o]
            through = [n for r, n in option.pairs.items() if cables[0] in link.tracks[r].shared]
            # What the same routes use: fewest pairs of what any of them may do without.
            needed = [link.needed_pairs.get(asset, ()) for asset in cables]
            through += [tuple(map(min, zip(*needed, strict=True)))] if all(needed) else []
            if through:
                most = tuple(map(max, zip(*through, strict=True)))
                pairs.setdefault(number, {})[o] = (*(0 for _ in range(link.first)), *most)
        self._shared.append(_Shared(cables, pairs))

    def missing(self, values: Floats, paid: Mapping[tuple[int, int], float]) -> Iterator[Larger]:
        """Return rows that a solution breaks.

        Args:
            values: how much of each column it takes.
            paid: for larger cables, by entry and period, M USD.
        """
        last = len(self._weights) - 1
        found: dict[tuple[object, ...], Larger] = {}
        for number in range(len(self._shared)):
            for at in range(last + 1):
                # Cables for what was alone by a period are kept in all that follow.
                for periods in (*((t,) for t in range(at, last + 1)), range(last + 1)):
                    row = self._broken(number, at, periods, values, paid)
                    if row is not None:
                        found.setdefault((number, row.periods, row.columns), row)
        yield from found.values()

    def _broken(
        self,
        number: int,
        at: int,
        periods: Sequence[int],
        values: Floats,
        paid: Mapping[tuple[int, int], float],
    ) -> Larger | None:
        """Return the row that is broken most of those about what links take in a period."""
        cables = self._shared[number].cables
        taken = sorted(self._taken(number, at, periods, values), key=lambda x: -x.share)
        best, chosen = sum(paid.get((number, s), 0.0) for s in periods) + MISSING, 0
        usd = [0.0]
        shares = 0.0
        together = [0] * len(periods)
        for count, link in enumerate(taken, start=1):
            shares += link.share
            together = [a + link.pairs[s] for a, s in zip(together, periods, strict=True)]
            if shares <= count - 1:
                break
            usd.append(self._larger_usd(cables, together, periods) / MILLION)
            if usd[count] * (shares - count + 1) > best:
                best, chosen = usd[count] * (shares - count + 1), count
        if not chosen:
            return None
        columns = tuple(x.columns for x in taken[:chosen])
        return Larger(number, tuple(periods), usd[chosen], columns)

    def _taken(
        self, number: int, at: int, periods: Sequence[int], values: Floats
    ) -> Iterator[_Taken]:
        """Return what each link takes in a period, or in its first one if that is later."""
        for link, options in self._shared[number].pairs.items():
            t = max(at, self._links[link].first)
            if t > periods[-1]:
                continue
            here = {
                o: (*n[: t + 1], *(n[t] for _ in n[t + 1 :]))
                for o, n in options.items()
                if (link, o, t) in self._columns
            }
            used = [n for o, n in here.items() if values[self._columns[link, o, t]] > MISSING]
            if not used:
                continue
            least = tuple(map(min, zip(*used, strict=True)))
            if not least[periods[-1]]:
                continue
            columns = tuple(
                self._columns[link, o, t]
                for o, n in here.items()
                if all(n[s] >= least[s] for s in periods)
            )
            share = float(values[list(columns)].sum())
            if share > TAKEN:
                yield _Taken(share, least, columns)

    def _larger_usd(
        self, cables: Sequence[Asset], pairs: Sequence[int], periods: Sequence[int]
    ) -> float:
        """Return what cables for so many pairs cost beside the cheapest ones, present value."""
        weights = [self._weights[s] for s in periods]
        return sum(self._cables.larger_usd(asset, tuple(pairs), tuple(weights)) for asset in cables)

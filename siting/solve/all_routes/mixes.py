"""Mixes of pairs that carry what a side carries, what their pairs are worth, and their channels.

See :mod:`~siting.solve.all_routes.side_menus`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.all_routes.least_mix import TOLERANCE
from siting.solve.all_routes.needs import LegalKind, in_channels_gbps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Worth = tuple[int, Ints]
    """q, and what a pair of each kind is worth, in parts of q."""

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


@dataclass(frozen=True, slots=True)
class Mixes:
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
    begun: Ints
    """Span in which pairs of each kind were lit first; all 0 where that does not matter."""

    @classmethod
    def of(cls, legal: list[LegalKind], side: Side) -> Mixes | None:
        """Return the mixes of some kinds; None where there are too many."""
        found = list(itertools.islice(covers(sizes_gbps(legal), side.gbps), MOST_MIXES + 1))
        if not found or len(found) > MOST_MIXES:
            return None
        return cls.given(legal, side, np.array(found), np.zeros(len(legal), dtype=int))

    @classmethod
    def given(cls, legal: list[LegalKind], side: Side, counts: Ints, begun: Ints) -> Mixes:
        """Return such mixes with what they carry and cost."""
        beside = [
            (x.kind.terminal_usd_per_pair_year + x.amplifiers * x.amplifier_usd) / x.pair_gbps
            + x.kind.channel_usd_per_year / x.kind.rate_gbps
            for x in legal
        ]
        return cls(
            counts,
            np.array(sizes_gbps(legal)),
            np.array([x.kind.channel_usd_per_year / x.kind.rate_gbps for x in legal]),
            in_channels_gbps(legal, side.gbps),
            side.more_gbps,
            min(beside),
            begun,
        )

    def worth(
        self, legal: list[LegalKind], pair_usd: float, gbps: float, most_parts: int = MOST_PARTS
    ) -> Worth | None:
        """Return what pairs are worth, such that mixes are dear that are not tight.

        Args:
            legal: the kinds; each pair counts once here.
            pair_usd: what the fiber of a pair costs on a usual way.
            gbps: what a side carries.
            most_parts: largest q.
        """
        usd = self.usd(legal, pair_usd)
        return max(
            self._worths(gbps, most_parts),
            key=lambda x: float(usd[self.counts @ x[1] > x[0]].min(initial=math.inf)),
            default=None,
        )

    def _worths(self, gbps: float, most_parts: int) -> list[Worth]:
        """Return q and what pairs are worth, in parts of q: no less of any kind would do."""
        found: list[Worth] = []
        alike = sorted(set(zip(self.sizes_gbps.tolist(), self.begun.tolist(), strict=True)))
        orders = dict.fromkeys(
            tuple(sorted(alike, key=lambda x: (new * x[1], large * x[0])))
            for new, large in itertools.product((-1, 1), (-1, 1))
        )
        for parts, order in itertools.product(range(most_parts, 0, -1), orders):
            worth = np.ceil(parts * self.sizes_gbps / gbps - TOLERANCE).astype(int)
            worth = np.minimum(parts, worth)
            for size, begun in order:
                own = (self.sizes_gbps == size) & (self.begun == begun)
                while worth[own].min() > 1 and (self.counts @ (worth - own)).min() >= parts:
                    worth = worth - own
            is_tight = int((self.counts @ worth).min()) == parts
            if is_tight and not any((least * parts <= worth * q).all() for q, least in found):
                divisor = math.gcd(parts, *worth.tolist())
                found.append((parts // divisor, worth // divisor))
        return found

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


def sizes_gbps(legal: Sequence[LegalKind]) -> list[float]:
    """Return what a pair of each kind carries."""
    return [x.pair_gbps for x in legal]


def covers(sizes: Sequence[float], gbps: float) -> Iterator[list[int]]:
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

"""Sections of a route: what light crosses between two terminals or regenerators."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from siting.network import Hut


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a route whose ends count as terminals."""

    huts: tuple[Hut, ...]
    """Those that amplify within it, in order."""
    spans_km: tuple[float, ...]

    @property
    def length_km(self) -> float:
        """Length from end to end, km."""
        return sum(self.spans_km)

    @property
    def inner_spans(self) -> list[tuple[Hut, Hut, float]]:
        """Spans from amplifier to amplifier, km, each with both huts."""
        return [
            (before, after, span)
            for (before, after), span in zip(pairwise(self.huts), self.spans_km[1:-1], strict=True)
        ]


def sections(
    huts: Sequence[Hut], spans_km: Sequence[float], regenerators: Collection[str]
) -> tuple[Section, ...]:
    """Cut a route at its regenerators.

    Args:
        huts: used huts in order, regenerators among them.
        spans_km: the spans that they cut the route into, one more than huts, km.
        regenerators: ids of the huts that regenerate.

    >>> [len(part.spans_km) for part in sections((), (70.0,), ())]
    [1]
    """
    found = []
    start = 0
    ends = [index for index, hut in enumerate(huts) if hut.id in regenerators]
    for end in (*ends, len(huts)):
        found.append(Section(tuple(huts[start:end]), tuple(spans_km[start : end + 1])))
        start = end + 1
    return tuple(found)

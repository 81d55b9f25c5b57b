"""What bringing the parts of a plan into shape has in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from siting.network import CandidateNetwork
from siting.study import Study
from siting.verify.findings import Rule

V = TypeVar("V")


class Named(Protocol):
    """A part of a plan with an id."""

    @property
    def id(self) -> str:
        """Id, used once."""
        ...


N = TypeVar("N", bound=Named)


@dataclass(frozen=True, slots=True)
class Shaper:
    """Reports what is out of shape in a plan and brings it into shape."""

    study: Study
    network: CandidateNetwork
    rule: Rule

    @property
    def periods(self) -> int:
        """Number of periods of the study."""
        return self.study.file.horizon.periods

    def fit(self, where: str, name: str, values: Sequence[V], empty: V) -> tuple[V, ...]:
        """Return ``values`` cut or padded to one entry for each period."""
        self.rule.require(
            where,
            f"{name} has {len(values)} entries; the study has {self.periods} periods",
            ok=len(values) == self.periods,
            value=len(values),
            limit=self.periods,
            unit="entries",
        )
        missing = self.periods - len(values)
        return (*values[: self.periods], *([values[-1] if values else empty] * missing))

    def fit_each(
        self,
        where: str,
        name: str,
        lists: Mapping[str, Sequence[V]],
        known: Iterable[str],
        empty: V,
    ) -> dict[str, tuple[V, ...]]:
        """Return the lists of known campuses (or other names), each in shape."""
        names = set(known)
        kept = {}
        for key, values in lists.items():
            if self.rule.require(where, f"{name} of unknown {key}", ok=key in names):
                kept[key] = self.fit(where, f"{name} of {key}", values, empty)
        return kept

    def known(self, kind: str, items: Iterable[N], names: Iterable[str], table: str) -> list[N]:
        """Return the items with a known id, each id once."""
        names = set(names)
        kept: dict[str, N] = {}
        for item in items:
            where = f"{kind} {item.id}"
            if not self.rule.require(where, f"is not in {table}", ok=item.id in names):
                continue
            if self.rule.require(where, "is listed twice", ok=item.id not in kept):
                kept[item.id] = item
        return list(kept.values())

    def in_horizon(self, where: str, period: int | None) -> None:
        """Check the index of a first period."""
        if period is not None:
            self.rule.require(
                where,
                f"in service from period index {period}; the last one is {self.periods - 1}",
                ok=0 <= period < self.periods,
                value=period,
                limit=self.periods - 1,
                unit="period",
            )

    def first_period(self, where: str, period: int | None, *, exists: bool) -> None:
        """Check the first period of a thing; None only for one that stands already."""
        self.in_horizon(where, period)
        self.rule.require(
            where,
            "has no first period in service, and nothing stands there already",
            ok=period is not None or exists,
        )

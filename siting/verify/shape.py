"""``plan_shape``: names are known and used once, lists have one entry for each period.

What is wrong is reported and then left out or padded, so that every other check can index freely:
the plan that :func:`well_shaped` returns never makes a check raise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from siting.catalog import Catalog
from siting.network import CandidateNetwork
from siting.plan import (
    Plan,
    PlannedCampus,
    PlannedCorridor,
    PlannedHut,
    PlannedSubstation,
    PlannedTieLine,
    PlannedWorkload,
)
from siting.study import Study
from siting.verify.findings import Rule
from siting.verify.shape_links import LinkShaper

V = TypeVar("V")


class _Named(Protocol):
    @property
    def id(self) -> str: ...


N = TypeVar("N", bound=_Named)


@dataclass(frozen=True, slots=True)
class Shaper:
    """Brings the parts of a plan into shape and reports what was out of shape."""

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
                ok=period < self.periods,
                value=period,
                limit=self.periods - 1,
                unit="period",
            )

    def substation(self, item: PlannedSubstation) -> PlannedSubstation:
        """Return a substation in shape."""
        where = f"substation {item.id}"
        self.in_horizon(where, item.in_service_from)
        return item.model_copy(
            update={"reserved_mw": self.fit(where, "reserved_mw", item.reserved_mw, 0.0)}
        )

    def tie_line(self, item: PlannedTieLine) -> PlannedTieLine:
        """Return a tie line in shape, with the ends of the network's tie line."""
        where = f"tie line {item.id}"
        self.in_horizon(where, item.in_service_from)
        real = self.network.tie_lines[item.id]
        self.rule.require(
            where,
            f"joins {item.campus} and {item.substation} in the plan, "
            f"{real.campus} and {real.substation} in the network",
            ok=(item.campus, item.substation) == (real.campus, real.substation),
        )
        return item.model_copy(
            update={
                "campus": real.campus,
                "substation": real.substation,
                "flow_mw": self.fit(where, "flow_mw", item.flow_mw, 0.0),
            }
        )

    def campus(self, item: PlannedCampus) -> PlannedCampus:
        """Return a campus in shape."""
        where = f"campus {item.id}"
        self.in_horizon(where, item.in_service_from)
        return item.model_copy(
            update={"built_it_mw": self.fit(where, "built_it_mw", item.built_it_mw, 0.0)}
        )

    def hut(self, item: PlannedHut) -> PlannedHut:
        """Return a hut in shape."""
        where = f"hut {item.id}"
        self.in_horizon(where, item.in_service_from)
        return item.model_copy(update={"racks": self.fit(where, "racks", item.racks, 0)})

    def corridor(self, item: PlannedCorridor) -> PlannedCorridor:
        """Return a corridor in shape, with the cable sizes of the study only."""
        where = f"corridor {item.id}"
        self.in_horizon(where, item.built_from)
        cables = {}
        for size, counts in item.cables.items():
            known = size in self.study.file.transport.cable_fibers
            if self.rule.require(where, f"cable of {size} fibers is not in the study", ok=known):
                cables[size] = self.fit(where, f"cables of {size} fibers", counts, 0)
        first = min(
            (t for counts in cables.values() for t, count in enumerate(counts) if count),
            default=None,
        )
        self.rule.require(
            where,
            f"built_from is {item.built_from}; own cable is in service from {first}",
            ok=item.built_from == first,
            value=item.built_from,
            limit=first,
            unit="period",
        )
        iru = self.fit(where, "iru_pairs", item.iru_pairs, 0)
        return item.model_copy(update={"cables": cables, "iru_pairs": iru})

    def workload(self, item: PlannedWorkload) -> PlannedWorkload:
        """Return a workload in shape."""
        where = f"workload {item.id}"
        served = {}
        for campus, values in item.served_it_mw.items():
            known = campus in self.study.campuses
            if self.rule.require(where, f"is served at unknown campus {campus}", ok=known):
                served[campus] = self.fit(where, f"served_it_mw at {campus}", values, 0.0)
        hub = item.hub
        if hub is not None and not self.rule.require(
            where, f"hub {hub} is not in the campuses", ok=hub in self.study.campuses
        ):
            hub = None
        return item.model_copy(
            update={
                "served_it_mw": served,
                "hub": hub,
                "modes": self.fit(where, "modes", item.modes, None),
                "unserved_it_mw": self.fit(where, "unserved_it_mw", item.unserved_it_mw, 0.0),
            }
        )

    def workloads(self, items: Sequence[PlannedWorkload]) -> list[PlannedWorkload]:
        """Return every workload of the study, in shape."""
        asked = [workload.id for workload in self.study.file.workloads]
        found = {item.id: item for item in self.known("workload", items, asked, "the study")}
        for name in asked:
            self.rule.require(f"workload {name}", "is not in the plan", ok=name in found)
        nothing = (0.0,) * self.periods
        absent = PlannedWorkload(
            id="", paradigm=None, fabric=None, hub=None, modes=(None,) * self.periods,
            served_it_mw={}, unserved_it_mw=nothing,
        )  # fmt: skip
        return [
            self.workload(found[name]) if name in found else absent.model_copy(update={"id": name})
            for name in asked
        ]


def well_shaped(
    plan: Plan, study: Study, network: CandidateNetwork, catalog: Catalog, rule: Rule
) -> Plan:
    """Return ``plan`` in good shape; report to ``rule`` what was not."""
    shaper = Shaper(study, network, rule)
    rule.require("plan", f"is of study {plan.study}, not {study.name}", ok=plan.study == study.name)
    rule.require(
        "plan",
        f"is of scenario {plan.scenario}, not {study.scenario}",
        ok=plan.scenario == study.scenario,
    )
    labels = plan.periods
    if len(shaper.fit("plan", "periods", labels, "")) != len(labels):
        labels = tuple(str(t) for t in range(shaper.periods))
    links = LinkShaper(study, network, catalog, shaper.fit, rule)
    return plan.model_copy(
        update={
            "periods": labels,
            "substations": _each(
                shaper.substation,
                shaper.known("substation", plan.substations, study.substations, "the substations"),
            ),
            "tie_lines": _each(
                shaper.tie_line,
                shaper.known("tie line", plan.tie_lines, network.tie_lines, "the network"),
            ),
            "campuses": _each(
                shaper.campus,
                shaper.known("campus", plan.campuses, study.campuses, "the campuses"),
            ),
            "workloads": tuple(shaper.workloads(plan.workloads)),
            "corridors": _each(
                shaper.corridor,
                shaper.known("corridor", plan.corridors, network.corridors, "the network"),
            ),
            "huts": _each(shaper.hut, shaper.known("hut", plan.huts, network.huts, "the network")),
            "links": links.links(plan.links),
        }
    )


def _each(shape: Callable[[V], V], items: Iterable[V]) -> tuple[V, ...]:
    return tuple(shape(item) for item in items)

"""``plan_shape`` of links: campuses, routes, options and their lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from siting.catalog import Catalog
from siting.errors import CatalogError
from siting.network import CandidateNetwork
from siting.plan import LinkDemand, PlannedLink, PlannedRoute, RouteMode
from siting.study import Study
from siting.verify.cables import FIBER_TYPES
from siting.verify.findings import Rule
from siting.verify.options import option_name

V = TypeVar("V")


class Fit(Protocol):
    """Cuts or pads a list to the number of periods."""

    def __call__(self, where: str, name: str, values: Sequence[V], empty: V) -> tuple[V, ...]:
        """Return the list in shape."""
        ...


@dataclass(frozen=True, slots=True)
class LinkShaper:
    """Brings links into shape; routes with unknown names are left out."""

    study: Study
    network: CandidateNetwork
    catalog: Catalog
    fit: Fit
    rule: Rule

    def links(self, items: Sequence[PlannedLink]) -> tuple[PlannedLink, ...]:
        """Return the links between known campuses, each pair once."""
        placed = {node.campus for node in self.network.nodes.values() if node.campus is not None}
        kept: dict[tuple[str, str], PlannedLink] = {}
        for item in items:
            first, second = item.campuses
            where = f"link {first}-{second}"
            known = {first, second} <= placed & set(self.study.campuses)
            if not self.rule.require(where, "joins a campus that is not in the network", ok=known):
                continue
            if not self.rule.require(
                where, "must name two campuses in sorted order", ok=first < second
            ):
                continue
            if self.rule.require(where, "is listed twice", ok=item.campuses not in kept):
                kept[item.campuses] = self._link(where, item)
        return tuple(kept.values())

    def _link(self, where: str, item: PlannedLink) -> PlannedLink:
        demands: dict[tuple[str, str], LinkDemand] = {}
        asked = {workload.id for workload in self.study.file.workloads}
        for demand in item.demands:
            key = (demand.workload, demand.role)
            at = f"{where}, {demand.role} demand of {demand.workload}"
            if self.rule.require(
                at, "is of an unknown workload", ok=demand.workload in asked
            ) and self.rule.require(at, "is listed twice", ok=key not in demands):
                gbps = self.fit(at, "gbps", demand.gbps, 0.0)
                demands[key] = demand.model_copy(update={"gbps": gbps})
        routes: dict[str, PlannedRoute] = {}
        for route in item.routes:
            at = f"{where}, route {route.id}"
            if self.rule.require(at, "is listed twice", ok=route.id not in routes):
                shaped = self._route(at, route)
                if shaped is not None:
                    routes[route.id] = shaped
        return item.model_copy(
            update={"demands": tuple(demands.values()), "routes": tuple(routes.values())}
        )

    def _route(self, where: str, route: PlannedRoute) -> PlannedRoute | None:
        if route.kind == "leased_wave":
            return self._wave(where, route)
        missing = [c for c in route.corridors if c not in self.network.corridors]
        missing += [h for h in route.huts if h not in self.network.huts]
        names = ", ".join(missing)
        if not self.rule.require(where, f"uses {names}, not in the network", ok=not missing):
            return None
        self.rule.require(
            where,
            "is a fiber route and holds leased waves",
            ok=route.leased_wave is None and not any(route.waves),
        )
        supply = route.supply
        enough = self.rule.require(
            where,
            f"supply has {len(supply)} entries for {len(route.corridors)} corridors",
            ok=len(supply) == len(route.corridors),
            value=len(supply),
            limit=len(route.corridors),
            unit="entries",
        )
        if not enough or not self.rule.require(where, "has no corridor", ok=bool(supply)):
            return None
        fiber = route.fiber_type
        known = fiber in FIBER_TYPES
        if not self.rule.require(where, f"fiber type {fiber} is not known", ok=known):
            return None
        modes = {}
        for mode in route.modes:
            key = (mode.module, mode.terminal, mode.amplifier)
            at = f"{where}, {option_name(mode)}"
            once = self.rule.require(at, "is listed twice", ok=key not in modes)
            if once and self._offered(at, mode):
                modes[key] = self._mode(at, mode)
        return route.model_copy(update={"modes": tuple(modes.values()), "waves": ()})

    def _wave(self, where: str, route: PlannedRoute) -> PlannedRoute | None:
        name = route.leased_wave
        if not self.rule.require(
            where, f"leased wave {name} is not in the study", ok=name in self.study.leased_waves
        ):
            return None
        self.rule.require(
            where,
            "is a leased wave and holds supply, fiber, huts or options of its own",
            ok=not (
                route.supply or route.fiber_type or route.huts or route.regenerators or route.modes
            ),
        )
        waves = self.fit(where, "waves", route.waves, 0)
        nothing: dict[str, object] = {
            "supply": (), "fiber_type": None, "huts": (), "regenerators": (), "modes": (),
        }  # fmt: skip
        return route.model_copy(update={"waves": waves, **nothing})

    def _offered(self, where: str, mode: RouteMode) -> bool:
        transport = self.study.file.transport
        offered = mode.module in transport.modules
        offered &= mode.terminal == "none" or mode.terminal in transport.terminals
        offered &= mode.amplifier == "none" or mode.amplifier in transport.amplifier_types
        try:
            self.catalog.value(f"{mode.module}.rate")
        except CatalogError:
            offered = False
        return self.rule.require(
            where, "is not an option of the study's transport section", ok=offered
        )

    def _mode(self, where: str, mode: RouteMode) -> RouteMode:
        return mode.model_copy(
            update={
                "pairs": self.fit(where, "pairs", mode.pairs, 0),
                "channels": self.fit(where, "channels", mode.channels, 0),
            }
        )

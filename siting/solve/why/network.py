"""Why routes, transport and huts are chosen: the network problem solved again without each."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.instance.records_network import FiberRoute
from siting.solve.network_parts import as_used, only
from siting.solve.network_phase import WHOLE_USES, solve_network
from siting.solve.residual_caps import network_part
from siting.solve.siting_choice import fixed_requirements
from siting.solve.why.case import Case
from siting.solve.why.sites_problem import NOT_KNOWN, Found
from siting.why import Reason

LEAST_NETWORK_S = 1.0
"""No network is designed in less."""
SITES_FIXED = "the network with sites, timing and modes as planned"
SAME_ROUTES = "the network on the same routes"
SAME_HUTS = "the network on the same routes and huts"


@dataclass(frozen=True, slots=True)
class _Base:
    """A part of the network problem, and what it costs as it is."""

    part: Instance
    cost_usd: float
    bound_usd: float
    is_all: bool = True
    """Without it a change is looked for among some of the routes: at most so much dearer."""


Asked = Callable[[float], tuple[_Base, Instance]]
"""Gives a part as it is, solved in a time, s, and the part with a change."""


class NetworkQuestions:
    """Asks what the network costs without one of its parts."""

    def __init__(self, case: Case) -> None:
        """Prepare the problems."""
        self._case = case
        self._requirements: Requirements = fixed_requirements(case.instance, case.siting)
        self._part = network_part(case.instance, case.siting)
        self._lit = sorted({r for r, _ in case.network.pairs})
        self._bases: dict[str, _Base] = {}

    @property
    def number(self) -> int:
        """How many questions there are."""
        network = self._case.network
        return 2 * len(self._lit) + len(network.waves) + len(network.hut_class)

    def reasons(self) -> Iterator[Reason]:
        """Yield a reason for each route, its transport, and each hut in use."""
        left = self.number
        for r in self._lit:
            yield self._route(r, left)
            left -= 1
        for v in sorted(self._case.network.waves):
            yield self._wave(v, left)
            left -= 1
        for r in self._lit:
            yield from self._transport(r, left)
            left -= 1
        for h in sorted(self._case.network.hut_class):
            yield self._hut(h, left)
            left -= 1

    def _solved(self, part: Instance, time_s: float) -> tuple[float, float]:
        """Return cost and bound of the network of a part; both infinite when there is none."""
        found = solve_network(
            part,
            self._requirements,
            relative_gap=0.0,
            time_limit_s=time_s,
            seed=self._case.seed,
            with_bound=False,
        )
        return (math.inf, math.inf) if found.is_infeasible else (found.cost_usd, found.bound_usd)

    def _base(self, name: str, part: Instance, time_s: float) -> _Base:
        """Return a part of the problem solved as it is, once."""
        if name not in self._bases:
            cost, bound = self._solved(part, time_s)
            cost = min(cost, self._case.network_cost_usd)
            self._bases[name] = _Base(part, cost, min(bound, cost))
        return self._bases[name]

    def _whole(self, link: tuple[str, str], time_s: float) -> _Base:
        """Return the problem over all candidate routes, or over those lit and those of a link."""
        uses = sum(len(r.huts) for r in self._part.fiber_routes.values())
        if uses * len(self._part.periods) <= WHOLE_USES:
            return self._base("all", self._part, time_s)
        cost = self._case.network_cost_usd
        own = {r for r, route in self._part.fiber_routes.items() if route.link == link}
        return _Base(only(self._part, own | set(self._lit)), cost, cost, is_all=False)

    def _more(self, base: _Base, changed: Instance, time_s: float) -> Found:
        """Return what a changed part costs more than its base."""
        cost, bound = self._solved(changed, time_s)
        if math.isinf(bound):
            return Found(None, "impossible") if base.is_all else NOT_KNOWN
        tolerance = 1.0
        most = cost - base.bound_usd
        if not base.is_all:
            return NOT_KNOWN if math.isinf(most) else Found(max(most, 0.0), "at_most")
        if cost - bound <= tolerance and base.cost_usd - base.bound_usd <= tolerance:
            return Found(max(cost - base.cost_usd, 0.0), "exact")
        least = bound - base.cost_usd
        if math.isinf(most):
            return Found(least, "at_least") if least > 0 else NOT_KNOWN
        return Found(max(most, 0.0), "at_most")

    def _time(self, parts: int) -> float | None:
        time_s = self._case.clock.share_s(parts)
        if time_s is None or self._case.clock.left_s() < LEAST_NETWORK_S:
            self._case.clock.ran_out = True
            return None
        return max(time_s, LEAST_NETWORK_S)

    def _asked(self, parts: int, asked: Asked) -> Found:
        """Return what a change costs more, in one of so many parts of the time left."""
        time_s = self._time(parts)
        return NOT_KNOWN if time_s is None else self._more(*asked(time_s), time_s)

    def _route(self, r: str, parts: int) -> Reason:
        route = self._case.instance.fiber_routes[r]

        def without(time_s: float) -> tuple[_Base, Instance]:
            base = self._whole(route.link, time_s)
            return base, only(base.part, {name for name in base.part.fiber_routes if name != r})

        found = self._asked(parts, without)
        first = self._case.network.lit_from(self._case.instance, r)
        supply = "own cable" if set(route.supply) == {"own"} else "IRU"
        return Reason(
            kind="route",
            id=r,
            chosen=f"{route.length_km:.1f} km of {supply}, lit from {self._case.labels[first]}",
            bound_by=tuple(self._route_facts(route)),
            instead="without this route",
            more_usd=found.more_usd,
            proof=found.proof,
            problem=SITES_FIXED,
        )

    def _route_facts(self, route: FiberRoute) -> Iterator[str]:
        """Yield what limits a route: RTT, pairs on offer, the failures that others do not bear."""
        case, network = self._case, self._case.network
        rtts = [
            route.designs[d].rtt_ms
            for (r, d), lit in network.pairs.items()
            if r == route.id and any(lit)
        ]
        items = [
            x for (link, _), xs in self._requirements.items() if link == route.link for x in xs
        ]
        limit = min((item.rtt_limit_ms for item in items), default=math.inf)
        if rtts and math.isfinite(limit):
            yield f"RTT {max(rtts):.3f} of {limit:.3f} ms"
        for e, supply in zip(route.corridors, route.supply, strict=True):
            offer = case.instance.corridors[e].iru_pairs
            if supply != "own" and network.iru_pairs.get(e, (0,))[-1] >= offer:
                yield f"IRU limit of {offer} pairs reached on {e!r}"
        lit = [r for r in self._lit if case.instance.fiber_routes[r].link == route.link]
        if len(lit) > 1 and any(item.survival_fraction > 0 for item in items):
            yield f"traffic must survive any failure of the other {len(lit) - 1}"

    def _wave(self, v: str, parts: int) -> Reason:
        wave = self._case.instance.wave_routes[v]
        most = max(self._case.network.waves[v])

        def without(time_s: float) -> tuple[_Base, Instance]:
            base = self._whole(wave.link, time_s)
            waves = {name: x for name, x in base.part.wave_routes.items() if name != v}
            return base, dataclasses.replace(base.part, wave_routes=waves)

        found = self._asked(parts, without)
        return Reason(
            kind="route",
            id=v,
            chosen=f"{most} leased waves over {wave.length_km:.1f} km",
            bound_by=(f"limit of {wave.max_waves} waves reached",)
            if most >= wave.max_waves
            else (),
            instead="without these waves",
            more_usd=found.more_usd,
            proof=found.proof,
            problem=SITES_FIXED,
        )

    def _transport(self, r: str, parts: int) -> Iterator[Reason]:
        """Yield why a route is lit as it is: the cheapest other legal mode on it."""
        case = self._case
        route = case.instance.fiber_routes[r]
        used = sorted({route.designs[d].option for name, d in case.network.pairs if name == r})

        def without(option: str, time_s: float) -> tuple[_Base, Instance]:
            base = self._base("same huts", as_used(self._part, (case.network,)), time_s)
            own = base.part.fiber_routes[r]
            designs = tuple(d for d in own.designs if d.option != option)
            fiber = {**base.part.fiber_routes, r: dataclasses.replace(own, designs=designs)}
            return base, dataclasses.replace(base.part, fiber_routes=fiber)

        for option in used:
            found = self._asked(parts, functools.partial(without, option))
            others = sorted({d.option for d in route.designs} - set(used))
            module, terminal = option.split("/")[:2]
            yield Reason(
                kind="transport",
                id=r,
                chosen=f"{module} with {terminal}",
                bound_by=() if others else ("no other legal mode on this route",),
                instead="another mode on this route",
                more_usd=found.more_usd,
                proof=found.proof,
                problem=SAME_HUTS,
            )

    def _hut(self, h: str, parts: int) -> Reason:
        case = self._case

        def without(time_s: float) -> tuple[_Base, Instance]:
            base = self._base("same routes", only(self._part, set(self._lit)), time_s)
            fiber = {
                r: dataclasses.replace(route, huts=tuple(x for x in route.huts if x.hut != h))
                for r, route in base.part.fiber_routes.items()
                if all(x.hut != h for x in route.regenerators)
            }
            return base, dataclasses.replace(base.part, fiber_routes=fiber)

        found = self._asked(parts, without)
        first = case.network.hut_from.get(h)
        since = "stands already" if first is None else f"from {case.labels[first]}"
        return Reason(
            kind="hut",
            id=h,
            chosen=f"{case.network.hut_class[h]}, {since}",
            bound_by=tuple(self._hut_facts(h)),
            instead="without this hut",
            more_usd=found.more_usd,
            proof=found.proof,
            problem=SAME_ROUTES,
        )

    def _hut_facts(self, h: str) -> Iterator[str]:
        """Yield the spans on both sides of a hut, and the one without it, on each route."""
        instance = self._case.instance
        for r in self._lit:
            route = instance.fiber_routes[r]
            if any(x.hut == h for x in route.regenerators):
                yield f"every channel of {r} is regenerated here"
            used = self._case.network.huts_used[r]
            if h not in used:
                continue
            where = {x.hut: x.position_km for x in (*route.huts, *route.regenerators)}
            inner = sorted(
                [*(where[x] for x in used), *(x.position_km for x in route.regenerators)]
            )
            stops = [0.0, *inner, route.length_km]
            for a, b, c in zip(stops, stops[1:], stops[2:], strict=False):
                if b == where[h]:
                    longest = instance.max_spacing_km
                    above = f", above {longest:g} km" if c - a > longest else ""
                    yield f"spans of {b - a:.1f} and {c - b:.1f} km on {r}, else {c - a:.1f}{above}"
                    break

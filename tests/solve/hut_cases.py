"""Random small cases of routes with huts, and their least cost by trying every choice.

Corridors cost nothing; every pair has one channel. Noise of a span is its length squared.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import random
from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any

from siting.formulation.requirements import Requirement, Requirements
from siting.instance import Instance
from siting.instance.records import Corridor, Design, FiberRoute, Hut, HutClass, Period, RouteHut
from tests.solve.cases import tiny

LINKS = (("a", "b"), ("c", "d"))
MAX_KM, SINGLE_KM = 30.0, 40.0
TYPES = ("conventional", "multi_rail")
PAIRS_PER_RACK = {"legacy": 1, "conventional": 2, "multi_rail": 4}
PRICE_USD = {"conventional": 90.0, "multi_rail": 60.0}

Load = dict[str, float]
"""Pairs by amplifier type, and kW, in one hut."""


@dataclasses.dataclass(frozen=True)
class Case:
    """An instance with what its links need."""

    instance: Instance
    requirements: Requirements


def hut_case(seed: int) -> Case:
    """Return a case: one or two routes of 50 to 70 km over the same huts."""
    rng = random.Random(seed)
    length = rng.choice((50.0, 60.0, 70.0))
    places = sorted(rng.sample(range(6, int(length) - 5), rng.randint(4, 6)))
    huts = {f"h{p}": _hut(rng, f"h{p}") for p in places}
    sites = [RouteHut(hut=f"h{p}", position_km=float(p)) for p in places]
    regenerated = rng.random() < 0.5
    least_km = rng.choice((0.0, 8.0))
    routes = {}
    for link in LINKS[: rng.randint(1, 2)]:
        middle = rng.choice(sites) if regenerated else None
        route = _route(rng, link, length, sites, middle, least_km)
        if not route.designs:
            return hut_case(seed + 1000)
        routes[route.id] = route
    instance = dataclasses.replace(
        tiny(24),
        periods=(Period(index=0, label="one", weight=1.0),),
        corridors={"e": _corridor(length)},
        huts=huts,
        fiber_routes=routes,
        wave_routes={},
        options={"noisy": SimpleNamespace(span_noise=lambda km: km**2)},  # type: ignore[dict-item]
        pairs_per_rack=PAIRS_PER_RACK,
        min_spacing_km=least_km,
        max_spacing_km=MAX_KM,
    )
    return Case(
        instance,
        {
            (route.link, 0): (Requirement(1e3, 0.0, float(rng.randint(1, 5) * 100), 1.0),)
            for route in routes.values()
        },
    )


def _corridor(length_km: float) -> Corridor:
    values: dict[str, Any] = {f.name: 0.0 for f in dataclasses.fields(Corridor)}
    values |= {
        "id": "e",
        "length_km": length_km,
        "buildable": True,
        "build_first_period": 0,
        "cable_usd_per_year": {("G652D", 200): 0.0},
        "cable_capital_usd": {("G652D", 200): 0.0},
        "existing_pairs": {},
        "stands": (False,),
        "iru_fiber_type": "G652D",
        "iru_pairs": 0,
        "iru_first_period": 0,
    }
    return Corridor(**values)


def _hut(rng: random.Random, name: str) -> Hut:
    kinds = {
        "small": _kind(rng, 100.0, 10.0, 2),
        "large": _kind(rng, 250.0, 10.0, 6),
        "leased": _kind(rng, 0.0, 70.0, 2),
    }
    some = rng.sample(list(kinds), rng.randint(1, 3))
    stands = rng.random() < 0.3
    racks = rng.randint(1, 2)
    existing = dataclasses.replace(_kind(rng, 0.0, 10.0, racks + rng.randint(0, 1)))
    return Hut(
        id=name,
        operator="own",
        classes={k: kind for k, kind in kinds.items() if k in some},
        existing=existing if stands else None,
        stands=(stands,),
        existing_racks={rng.choice(TYPES): (racks,)} if stands else {},
    )


def _kind(rng: random.Random, usd: float, rack_usd: float, space: int) -> HutClass:
    return HutClass(
        first_period=0,
        usd_per_year=round(usd * rng.uniform(0.7, 1.3)) + 0.0,
        capital_usd=0.0,
        rack_usd_per_year=rack_usd,
        rack_capital_usd=0.0,
        maintenance_usd_per_year=0.0,
        space_racks=space,
        power_kw=rng.choice((0.6, 1.2, 9.0)),
    )


def _route(
    rng: random.Random,
    link: tuple[str, str],
    length_km: float,
    sites: list[RouteHut],
    middle: RouteHut | None,
    least_km: float,
) -> FiberRoute:
    regenerators = () if middle is None else (middle,)
    huts = tuple(x for x in sites if x not in regenerators)
    ends = [0.0, *(x.position_km for x in regenerators), length_km]
    sections_km = [b - a for a, b in itertools.pairwise(ends)]
    possible = {
        tuple(len(spans) - 1 for spans in chosen)
        for used in _subsets([x.hut for x in huts])
        for chosen in [_sections(huts, used, ends)]
        if all(_spaced(spans, least_km) for spans in chosen)
    }
    designs = []
    for pattern in sorted(possible):
        for amplifier in TYPES if any(pattern) else ("none",):
            for rate, watts in ((100.0, 150.0), (200.0, 400.0)):
                if rng.random() < 0.35:
                    continue
                designs.append(_design(rng, pattern, amplifier, rate, watts, sections_km))
    return FiberRoute(
        id=f"{link[0]}~{link[1]}#0own",
        link=link,
        corridors=("e",),
        supply=("own",),
        fiber_type="G652D",
        nodes=link,
        length_km=length_km,
        srlgs=frozenset({"corridor:e"}),
        regenerators=regenerators,
        huts=huts,
        designs=tuple(designs),
    )


def _design(
    rng: random.Random,
    pattern: tuple[int, ...],
    amplifier: str,
    rate: float,
    watts: float,
    sections_km: list[float],
) -> Design:
    """Return a design whose spans may make so much noise that some spacings are illegal."""
    values: dict[str, Any] = {f.name: 0.0 for f in dataclasses.fields(Design)}
    budgets = tuple(
        rng.uniform(1.0, 1.5) * km**2 / (k + 1) if k else math.inf
        for k, km in zip(pattern, sections_km, strict=True)
    )
    values |= {
        "option": "noisy",
        "amplifiers": sum(pattern),
        "by_section": pattern,
        "amplifier": amplifier,
        "amplifier_w_per_pair": watts if any(pattern) else 0.0,
        "regenerator_w_per_pair": 200.0 if len(sections_km) > 1 else 0.0,
        "regenerator_w_per_channel": 100.0 if len(sections_km) > 1 else 0.0,
        "rtt_ms": 1.0,
        "channels_per_pair": 1,
        "rate_gbps": rate,
        "first_period": 0,
        "transponder_usd_per_channel_year": round(0.3 * rate * rng.uniform(0.8, 1.2)) + 0.0,
        "amplifier_usd_per_pair_year": sum(pattern) * PRICE_USD.get(amplifier, 0.0),
        "noise_budgets": budgets,
        "always_legal": not any(pattern),
    }
    return Design(**values)


# Every choice


def least_usd(case: Case) -> float:
    """Return the least cost over every choice of huts, options, pairs and classes."""
    instance = case.instance
    price = _HutPrices(instance)
    sets = [
        list(_route_choices(instance, route, case.requirements[route.link, 0][0].gbps))
        for route in instance.fiber_routes.values()
    ]
    best = math.inf
    for chosen in itertools.product(*sets):
        usd = sum(x[0] for x in chosen)
        loads: dict[str, dict[str, float]] = {}
        for _, at_huts in chosen:
            for hut, load in at_huts.items():
                total = loads.setdefault(hut, {})
                for key, amount in load.items():
                    total[key] = total.get(key, 0.0) + amount
        for hut, load in loads.items():
            usd += price(hut, tuple(sorted(load.items())))
            if usd >= best:
                break
        best = min(best, usd)
    return best


def _route_choices(
    instance: Instance, route: FiberRoute, gbps: float
) -> Iterator[tuple[float, dict[str, Load]]]:
    """Yield cost and loads of every legal way to carry ``gbps`` on a route, none superfluous."""
    ends = [0.0, *(x.position_km for x in route.regenerators), route.length_km]
    for used in _subsets([x.hut for x in route.huts]):
        spans = _sections(route.huts, used, ends)
        if not all(_spaced(s, instance.min_spacing_km) for s in spans):
            continue
        legal = [
            d
            for d in route.designs
            if d.by_section == tuple(len(s) - 1 for s in spans)
            and all(
                sum(km**2 for km in s) <= budget + 1e-9
                for s, budget in zip(spans, d.noise_budgets, strict=True)
                if len(s) > 1
            )
        ]
        for counts in _counts([d.rate_gbps for d in legal], gbps):
            yield _priced(route, used, list(zip(legal, counts, strict=True)))


def _subsets(names: list[str]) -> Iterator[tuple[str, ...]]:
    for count in range(len(names) + 1):
        yield from itertools.combinations(names, count)


def _sections(
    huts: tuple[RouteHut, ...], used: tuple[str, ...], ends: list[float]
) -> list[list[float]]:
    """Return the spans of each section between ``ends``, km."""
    at = [x.position_km for x in huts if x.hut in used]
    cuts = ([a, *(p for p in at if a < p < b), b] for a, b in itertools.pairwise(ends))
    return [[d - c for c, d in itertools.pairwise(cut)] for cut in cuts]


def _spaced(spans: list[float], least_km: float) -> bool:
    if len(spans) == 1:
        return spans[0] <= SINGLE_KM
    return max(spans) <= MAX_KM and min(spans[1:-1], default=math.inf) >= least_km


def _counts(rates: list[float], gbps: float) -> Iterator[tuple[int, ...]]:
    """Yield every number of pairs of each design that carries ``gbps``, up to one too many."""
    most = [math.ceil(gbps / rate) for rate in rates]
    for counts in itertools.product(*(range(n + 1) for n in most)):
        carried = sum(n * rate for n, rate in zip(counts, rates, strict=True))
        if (
            carried >= gbps
            and carried
            - min((rate for n, rate in zip(counts, rates, strict=True) if n), default=0.0)
            < gbps
        ):
            yield counts


def _priced(
    route: FiberRoute, used: tuple[str, ...], lit: list[tuple[Design, int]]
) -> tuple[float, dict[str, Load]]:
    usd = sum(
        n * (d.transponder_usd_per_channel_year + d.amplifier_usd_per_pair_year) for d, n in lit
    )
    loads: dict[str, Load] = {}
    for d, n in lit:
        for hut in used:
            load = loads.setdefault(hut, {})
            load[d.amplifier] = load.get(d.amplifier, 0.0) + n
            load["kw"] = load.get("kw", 0.0) + n * d.amplifier_w_per_pair / 1000
        for x in route.regenerators:
            load = loads.setdefault(x.hut, {})
            load["conventional"] = load.get("conventional", 0.0) + n
            draw = d.regenerator_w_per_pair + d.regenerator_w_per_channel
            load["kw"] = load.get("kw", 0.0) + n * draw / 1000
    return usd, loads


class _HutPrices:
    """The least cost of a hut under a load: nothing new, or one class besides what stands."""

    def __init__(self, instance: Instance) -> None:
        self._huts = instance.huts
        self._price = cache(self._least)

    def __call__(self, hut: str, load: tuple[tuple[str, float], ...]) -> float:
        return self._price(hut, load)

    def _least(self, name: str, load: tuple[tuple[str, float], ...]) -> float:
        hut = self._huts[name]
        amounts = dict(load)
        kw = amounts.pop("kw", 0.0)
        old = {a: n[0] for a, n in hut.existing_racks.items()}
        new = sum(
            max(0, math.ceil(pairs / PAIRS_PER_RACK[a]) - old.get(a, 0))
            for a, pairs in amounts.items()
        )
        there = [] if hut.existing is None else [hut.existing]
        best = math.inf
        for kinds in ([*there], *([*there, kind] for kind in hut.classes.values())):
            if not kinds:
                continue
            space = sum(kind.space_racks for kind in kinds) - sum(old.values())
            if new <= space and kw <= sum(kind.power_kw for kind in kinds) + 1e-9:
                fixed = sum(kind.usd_per_year for kind in kinds)
                best = min(best, fixed + new * kinds[-1].rack_usd_per_year)
        return best

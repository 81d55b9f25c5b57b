"""What a link needs in a period, and what its pairs and channels cost at least on any route.

A **line** is a transport kind at full demand: a route whose pairs are enough for all of the demand
alone costs at least ``fixed + pairs v + hut k``, with v the yearly cost of one fiber pair along it,
and k the huts where it is amplified.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from siting.formulation.requirements import Requirement
from siting.formulation.sides import survives_alone
from siting.instance import Instance
from siting.instance.records_graph import RouteGraph, TransportKind
from siting.optics import NO_AMPLIFIER

TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Need:
    """What a link must carry in a period, counted within its widest RTT limit."""

    link: tuple[str, str]
    longest_km: float
    """No longer route can be fast enough."""
    gbps: float
    """In the normal state."""
    kept_gbps: float
    """After any single failure; 0 when unprotected."""


@dataclass(frozen=True, slots=True)
class Line:
    """Least yearly cost of a route that carries all of a demand, but for its channels."""

    fixed_usd: float
    pairs: float
    """Fiber pairs that are worth the demand."""
    hut_usd: float = 0.0
    """Amplifiers in each hut."""
    is_amplified: bool = False
    """Needs huts."""
    reach_km: float = math.inf
    """No longer route is legal."""

    def replaces(self, other: Line) -> bool:
        """Return whether this line costs no more than another on every route of the other."""
        return (
            self.fixed_usd <= other.fixed_usd
            and self.pairs <= other.pairs
            and self.hut_usd <= other.hut_usd
            and self.is_amplified <= other.is_amplified
            and self.reach_km >= other.reach_km
        )


def need_of(
    instance: Instance, graph: RouteGraph, link: tuple[str, str], items: Iterable[Requirement]
) -> Need:
    """Return the need of a link for all that is asked of it in a period."""
    items = list(items)
    return Need(
        link,
        longest_km(graph, max(item.rtt_limit_ms for item in items)),
        sum(float(item.gbps) for item in items),
        sum(
            item.survival_fraction * float(item.gbps)
            for item in items
            if survives_alone(instance, item)
        ),
    )


def longest_km(graph: RouteGraph, limit_ms: float) -> float:
    """Return the length that light alone takes an RTT limit for, or can cross with any option."""
    one_way_us = (limit_ms + TOLERANCE) * 1000 / 2
    km = one_way_us / graph.delay_us_per_km if graph.delay_us_per_km else math.inf
    if graph.regenerates:
        return km
    return min(km, max((kind.reach_km for kind in graph.kinds), default=0.0) * (1 + TOLERANCE))


@dataclass(frozen=True, slots=True)
class Menu:
    """What a demand costs at least: lines of its pairs, and its channels."""

    lines: list[Line]
    plain: list[Line]
    """The same lines with the least number of amplifiers, huts left out."""
    channels_usd: float
    least_excess: float
    """What an amount of pairs above two units is at least more than two."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What the channels of a link carry at least, Gb/s: ``copies`` times, and in all."""

    gbps: float
    copies: float


def legal_kinds(graph: RouteGraph, shortest_km: float, period: int) -> list[TransportKind]:
    """Return the kinds that may be legal on some route at least so long, in service by a period."""
    return [
        kind
        for kind in graph.kinds
        if kind.first_period <= period
        and (graph.regenerates or kind.reach_km * (1 + TOLERANCE) >= shortest_km)
    ]


def menus_of(
    kinds: list[TransportKind],
    gbps: float,
    carried: Carried,
    amplifiers: int,
    pair_usd: Iterable[float] = (),
    *,
    regenerates: bool = False,
) -> list[Menu]:
    """Return menus of a demand; each gives a bound of its own.

    *Pairs.* Kinds may share the demand. With any price c_d > 0 of a pair of kind d, and M the least
    price of a mix that carries the demand, a pair is *worth* c_d / M of it: whatever routes carry
    it, the pairs on them are worth at least 1. Prices are 1 / N_d, with N_d pairs of d alone
    enough, or what a pair costs on a way where its fiber costs ``pair_usd``.

    *Channels* cost at least the cheapest mix of channels; or ``y`` for each Gb/s carried, for any
    y: a kind whose channel costs less than ``y x rate`` then gives back the difference on all the
    channels of its pairs.

    Args:
        kinds: the kinds that may be legal.
        gbps: the demand that a route carries alone.
        carried: what all channels carry at least.
        amplifiers: in-line amplifiers of any amplified route at least.
        pair_usd: yearly costs of the fiber of a pair, on ways that matter.
        regenerates: routes may be regenerated, which takes the place of an amplifier and has no
            reach: then neither counts.
    """
    floor = [kind.channel_usd_per_year / kind.rate_gbps for kind in kinds]
    made = [
        menu_at(kinds, gbps, carried, amplifiers, y, usd, regenerates=regenerates)
        for y in (0.0, *sorted(set(floor)))
        for usd in (None, *pair_usd)
    ]
    return [menu for menu in made if menu is not None]


def menu_at(
    kinds: list[TransportKind],
    gbps: float,
    carried: Carried,
    amplifiers: int,
    y: float,
    pair_usd: float | None = None,
    *,
    regenerates: bool = False,
) -> Menu | None:
    """Return the menu with channels at ``y`` for each Gb/s, or the cheapest mix when it is 0.

    Pairs are worth what they cost where their fiber costs ``pair_usd``; by their number when None.
    None where pairs would give back more than they cost. See :func:`menus_of`.
    """
    if not kinds:
        return None
    ends_usd = [_ends_usd(kind, y) for kind in kinds]
    huts_usd = [_amplifier_usd(kind, regenerates=regenerates) for kind in kinds]
    least_usd = [usd + amplifiers * each for usd, each in zip(ends_usd, huts_usd, strict=True)]
    if min(least_usd) < 0:
        return None
    sizes = [kind.rate_gbps * kind.channels_per_pair for kind in kinds]
    pairs = [math.ceil(gbps / size - TOLERANCE) for size in sizes]
    prices = [1.0 / n for n in pairs]
    if pair_usd is not None:
        prices = [usd + pair_usd for usd in least_usd]
    if min(prices) <= 0:
        return None
    whole = _least_mix(list(zip(sizes, prices, strict=True)), gbps)
    lines, plain = set(), set()
    for number, kind in enumerate(kinds):
        count = whole / prices[number]
        plain.add(Line(count * least_usd[number], count))
        lines.add(
            Line(
                fixed_usd=count * ends_usd[number],
                pairs=count,
                hut_usd=count * huts_usd[number],
                is_amplified=kind.amplifier != NO_AMPLIFIER,
                reach_km=math.inf if regenerates else kind.reach_km,
            )
        )
    step = _common_divisor(kind.rate_gbps for kind in kinds)
    rounded = math.ceil(carried.gbps / step - TOLERANCE) * step if step else carried.gbps
    each = y * rounded if y else channels_usd(kinds, carried.gbps)
    is_exact = pair_usd is None and abs(whole - 1.0) <= TOLERANCE
    excess = 1.0 / math.lcm(*pairs) if is_exact else 0.0
    return Menu(_best(lines), _best(plain), carried.copies * each, excess)


def _ends_usd(kind: TransportKind, y: float) -> float:
    """Return what the ends of a pair cost, less what its channels give back at ``y``."""
    back = y * kind.rate_gbps - kind.channel_usd_per_year
    if back <= TOLERANCE * kind.channel_usd_per_year:  # of the kind that y comes from: nothing
        back = 0.0
    return kind.terminal_usd_per_pair_year - back * kind.channels_per_pair


def _amplifier_usd(kind: TransportKind, *, regenerates: bool) -> float:
    amplified = kind.amplifier != NO_AMPLIFIER and not regenerates
    return kind.amplifier_usd_per_pair_year if amplified else 0.0


def _best(lines: Iterable[Line]) -> list[Line]:
    """Return the lines that no other one replaces."""
    ordered = sorted(lines, key=lambda x: (x.fixed_usd, x.pairs, x.hut_usd, -x.reach_km))
    return [x for x in ordered if not any(y != x and y.replaces(x) for y in ordered)]


def least_huts(instance: Instance, shortest_km: float) -> int:
    """Return the huts that any amplified or regenerated route of at least this length uses."""
    return max(1, math.ceil(shortest_km / instance.max_spacing_km - TOLERANCE) - 1)


def channels_usd(kinds: Iterable[TransportKind], gbps: float) -> float:
    """Return the least yearly cost of channels that carry ``gbps``, of any kinds together."""
    return _least_mix([(kind.rate_gbps, kind.channel_usd_per_year) for kind in kinds], gbps)


def _least_mix(units: list[tuple[float, float]], gbps: float) -> float:
    """Return the least total price of units (size, price) whose sizes add up to ``gbps``.

    A covering knapsack by dynamic programming over multiples of the common divisor of the sizes.
    """
    if not units:
        return math.inf
    if gbps <= TOLERANCE:
        return 0.0
    divisor = _common_divisor(size for size, _ in units)
    if not divisor:
        return gbps * min(price / size for size, price in units)
    need = math.ceil(gbps / divisor - TOLERANCE)
    best_price: dict[int, float] = {}
    for size, price in units:
        steps = round(size / divisor)
        best_price[steps] = min(price, best_price.get(steps, math.inf))
    if need > MOST_STEPS:
        return need * min(price / steps for steps, price in best_price.items())
    least = [0.0] + [math.inf] * need
    for amount in range(1, need + 1):
        least[amount] = min(
            price + least[max(amount - steps, 0)] for steps, price in best_price.items()
        )
    return least[need]


def _common_divisor(sizes: Iterable[float]) -> float:
    """Return the largest number that divides all sizes; 0 when they are no integers."""
    sizes = list(sizes)
    if any(abs(size - round(size)) > TOLERANCE for size in sizes):
        return 0.0
    return float(math.gcd(*(round(size) for size in sizes)))


MOST_STEPS = 200_000
"""Beyond it the continuous knapsack stands in: a lower bound too, and as good there."""

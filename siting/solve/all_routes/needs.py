"""What a link needs in a period, and what its pairs and channels cost at least on any route.

A **line** is a transport kind at full demand: a route whose pairs are enough for all of the demand
alone costs at least ``fixed + pairs v + hut k``, with v the yearly cost of one fiber pair along it,
and k the huts where it is amplified.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from siting.formulation.requirements import Requirement
from siting.formulation.sides import survives_alone
from siting.instance import Instance
from siting.instance.records_graph import RouteGraph, TransportKind
from siting.optics import NO_AMPLIFIER
from siting.solve.all_routes.least_mix import TOLERANCE, common_divisor, least_mix
from siting.solve.all_routes.spans import NEVER, QuietSpans, Spans, quiet_spans


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

    def of_side(self) -> Need:
        """Return the need of routes that must carry alone what is left after a failure."""
        return dataclasses.replace(self, gbps=self.kept_gbps, kept_gbps=0.0)


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
    quiet: QuietSpans | None = None
    """How noisy the spans between huts may be; None: that does not matter."""
    hut_kw: float = 0.0
    """Power in each hut, where it is told."""
    closer: float = 1.0
    """So many times as many huts as spans of usual length need."""

    def replaces(self, other: Line) -> bool:
        """Return whether this line costs no more than another on every route of the other."""
        return (
            self.fixed_usd <= other.fixed_usd
            and self.pairs <= other.pairs
            and self.hut_usd <= other.hut_usd
            and self.is_amplified <= other.is_amplified
            and self.reach_km >= other.reach_km
            and (self.quiet is None or self._is_as_quiet(other))
        )

    def _is_as_quiet(self, other: Line) -> bool:
        return (
            self.quiet is not None and other.quiet is not None and self.quiet.replaces(other.quiet)
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
    km = fast_km(graph, limit_ms)
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
    above: Menu | None = None
    """The menu of amounts above two units, where this one holds for two alone."""
    most_times: float = 1.0
    """So many times a pair counts at most."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What the channels of a link carry at least, Gb/s: ``copies`` times, and in all."""

    gbps: float
    copies: float
    most_gbps: float = math.inf
    """On one route no more channels than carry this are of use."""


@dataclass(frozen=True, slots=True)
class LegalKind:
    """A transport kind that may be legal on some route of a link, and what it needs there."""

    kind: TransportKind
    reach_km: float = math.inf
    amplifiers: int = 0
    """In-line amplifiers of any route at least."""
    amplifier_usd: float = 0.0
    """One of them, for a pair and a year."""
    quiet: QuietSpans | None = None
    """How noisy its spans may be; None: that does not matter."""
    times: float = 1.0
    """What a pair costs, its fiber included, is counted so many times (channels once); see
    :mod:`~siting.solve.all_routes.lasting`."""

    @property
    def pair_gbps(self) -> float:
        """Return what a pair carries."""
        return self.kind.rate_gbps * self.kind.channels_per_pair


def legal_kinds(
    instance: Instance, graph: RouteGraph, shortest_km: float, limit_ms: float, period: int
) -> list[LegalKind]:
    """Return the kinds that may be legal on some route of a link, in service by a period.

    Where routes may be regenerated neither noise nor amplifiers count: a regenerator takes the
    place of an amplifier.

    Args:
        instance: its options and its rule on spacing count.
        graph: its kinds count.
        shortest_km: least length of a route.
        limit_ms: widest RTT limit of the link.
        period: the period.
    """
    found = []
    for kind in graph.kinds:
        option = instance.options[kind.option]
        reach_km = fast_km(graph, limit_ms, option.fixed_latency_us)
        amplifiers, usd, quiet = 0, 0.0, None
        if not graph.regenerates:
            reach_km = min(reach_km, kind.reach_km)
            if kind.amplifier != NO_AMPLIFIER:
                spacing_km, budget = instance.max_spacing_km, option.noise_budget(shortest_km)
                quiet = quiet_spans(option, spacing_km, budget)
                amplifiers = max(1, (quiet or Spans(spacing_km)).more_huts(shortest_km, 0))
                usd = kind.amplifier_usd_per_pair_year
        is_short = shortest_km <= reach_km * (1 + TOLERANCE)
        if kind.first_period <= period and is_short and amplifiers < NEVER:
            found.append(LegalKind(kind, reach_km, amplifiers, usd, quiet))
    return found


def fast_km(graph: RouteGraph, limit_ms: float, fixed_us: float = 0.0) -> float:
    """Return the length that light takes an RTT limit for, less a fixed latency one way."""
    left_us = (limit_ms + TOLERANCE) * 1000 / 2 - fixed_us
    return left_us / graph.delay_us_per_km if graph.delay_us_per_km else math.inf


def menus_of(
    legal: list[LegalKind], gbps: float, carried: Carried, pair_usd: Iterable[float] = ()
) -> list[Menu]:
    """Return menus of a demand; each gives a bound of its own.

    *Pairs.* Kinds may share the demand. With any price c_d > 0 of a pair of kind d, and M the least
    price of a mix that carries the demand, a pair is *worth* c_d / M of it: whatever routes carry
    it, the pairs on them are worth at least 1. Prices are 1 / N_d, with N_d pairs of d alone
    enough, or what a pair costs on a way where its fiber costs ``pair_usd``.

    *Channels* cost at least the cheapest mix of channels; or ``y`` for each Gb/s carried, for any
    y: a kind whose channel costs less than ``y x rate`` then gives back the difference on all the
    channels of its pairs that are of use on a route.

    Args:
        legal: the kinds that may be legal.
        gbps: the demand that a route carries alone.
        carried: what all channels carry at least.
        pair_usd: yearly costs of the fiber of a pair, on ways that matter.
    """
    floor = [x.kind.channel_usd_per_year / x.kind.rate_gbps for x in legal]
    made = [
        menu_at(legal, gbps, carried, y, usd)
        for y in (0.0, *sorted(set(floor)))
        for usd in (None, *pair_usd)
    ]
    return [menu for menu in made if menu is not None]


def menu_at(
    legal: list[LegalKind],
    gbps: float,
    carried: Carried,
    y: float,
    pair_usd: float | None = None,
) -> Menu | None:
    """Return the menu with channels at ``y`` for each Gb/s, or the cheapest mix when it is 0.

    Pairs are worth what they cost where their fiber costs ``pair_usd``; by their number when None.
    None where pairs would give back more than they cost. See :func:`menus_of`.
    """
    least_usd = _least_usd(legal, carried, y)
    if not legal or min(least_usd) < 0:
        return None
    sizes = [x.pair_gbps for x in legal]
    pairs = [max(math.ceil(gbps / size - TOLERANCE), 1) for size in sizes]
    prices = [1.0 / n for n in pairs]
    if pair_usd is not None:
        prices = [usd + pair_usd for usd in least_usd]
    if min(prices) <= 0:
        return None
    # However little is asked, it takes a pair.
    whole = max(least_mix(list(zip(sizes, prices, strict=True)), gbps), min(prices))
    is_exact = pair_usd is None and abs(whole - 1.0) <= TOLERANCE
    excess = 1.0 / math.lcm(*pairs) if is_exact else 0.0
    return menu_of_units(legal, [whole / price for price in prices], excess, carried, y)


def menu_of_units(
    legal: list[LegalKind], units: Sequence[float], excess: float, carried: Carried, y: float
) -> Menu | None:
    """Return the menu where so many pairs of each kind are worth the demand; see :func:`menu_at`.

    Args:
        legal: the kinds that may be legal.
        units: pairs of each kind that are worth the demand.
        excess: what pairs that are worth more than it twice are at least worth more.
        carried: what all channels carry at least.
        y: price of channels for each Gb/s.
    """
    least_usd = _least_usd(legal, carried, y)
    # A pair lit in the midst of a span is counted once.
    once_usd = [_least_usd_once(x, carried, y) for x in legal if x.times > 1]
    if min([*least_usd, *once_usd]) < 0:
        return None
    lines, plain = set(), set()
    for x, least, count in zip(legal, least_usd, units, strict=True):
        plain.add(Line(count * least, count * x.times))
        lines.add(line_of(x, count, count * _ends_usd(x, y, carried.most_gbps)))
    kinds = [x.kind for x in legal]
    each = y * in_channels_gbps(legal, carried.gbps) if y else channels_usd(kinds, carried.gbps)
    return Menu(best_lines(lines), best_lines(plain), carried.copies * each, excess)


def line_of(legal: LegalKind, pairs: float, fixed_usd: float) -> Line:
    """Return the line of so many pairs of a kind, with what does not depend on the way."""
    return Line(
        fixed_usd=fixed_usd,
        pairs=pairs * legal.times,
        hut_usd=pairs * legal.times * legal.amplifier_usd,
        is_amplified=legal.kind.amplifier != NO_AMPLIFIER,
        reach_km=legal.reach_km,
        quiet=legal.quiet,
    )


def in_channels_gbps(legal: list[LegalKind], gbps: float) -> float:
    """Return what channels that carry a demand carry at least."""
    step = common_divisor(x.kind.rate_gbps for x in legal)
    return math.ceil(gbps / step - TOLERANCE) * step if step else gbps


def _least_usd(legal: list[LegalKind], carried: Carried, y: float) -> list[float]:
    """Return what a pair of each kind costs at least, its fiber and channels apart."""
    return [
        _ends_usd(x, y, carried.most_gbps) + x.times * x.amplifiers * x.amplifier_usd for x in legal
    ]


def _least_usd_once(legal: LegalKind, carried: Carried, y: float) -> float:
    once = dataclasses.replace(legal, times=1.0)
    return _ends_usd(once, y, carried.most_gbps) + legal.amplifiers * legal.amplifier_usd


def _ends_usd(legal: LegalKind, y: float, most_gbps: float) -> float:
    """Return what the ends of a pair cost, less what its channels give back at ``y``."""
    kind = legal.kind
    back = y * kind.rate_gbps - kind.channel_usd_per_year
    if back <= TOLERANCE * kind.channel_usd_per_year:  # of the kind that y comes from: nothing
        back = 0.0
    channels = float(kind.channels_per_pair)
    if kind.rate_gbps * channels > most_gbps:
        channels = math.ceil(most_gbps / kind.rate_gbps - TOLERANCE)
    return legal.times * kind.terminal_usd_per_pair_year - back * channels


def best_lines(lines: Iterable[Line]) -> list[Line]:
    """Return the lines that no other one replaces."""
    ordered = sorted(lines, key=lambda x: (x.fixed_usd, x.pairs, x.hut_usd, -x.reach_km))
    return [x for x in ordered if not any(y != x and y.replaces(x) for y in ordered)]


def line_under_all(lines: list[Line], least: float, most: float) -> tuple[float, float]:
    """Return the chord of the least of all lines between two lengths: it is concave, so above."""

    def lowest(size: float) -> float:
        return min(line.fixed_usd + line.pairs * size for line in lines)

    if not math.isfinite(most) or most <= least:
        slope = min(line.pairs for line in lines)
    else:
        slope = (lowest(most) - lowest(least)) / (most - least)
    return lowest(least) - slope * least, slope


def channels_usd(kinds: Iterable[TransportKind], gbps: float) -> float:
    """Return the least yearly cost of channels that carry ``gbps``, of any kinds together."""
    return least_mix([(kind.rate_gbps, kind.channel_usd_per_year) for kind in kinds], gbps)

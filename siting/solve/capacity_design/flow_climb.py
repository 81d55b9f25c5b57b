"""Traffic through a cut, and links that count by their modules, that a relaxation violates most.

Part after part of the traffic is taken in or left out, and link after link counts by its modules or
by its flow, while the violation of the rounded row grows (:mod:`flow_cutsets`). Compiled.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siting.solve.capacity_design.cutsets import EXACT
from siting.solve.compiled import compiled, inlined

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SMALL = 1e-2
"""Fraction of a module that is too little to be rounded up."""
FIRST_FRACTION = 0.05
"""Fraction counts as that much at least, in the first choice of links."""
NOTHING = -1e9
"""Violation of a row that says nothing."""


class Across(NamedTuple):
    """What a relaxation has across one cut."""

    flows: Floats
    """Of each part of the traffic, over each link."""
    is_full: Bools
    """Whether such a flow counts as all that may run there."""
    amounts: Floats
    """Of each part."""
    modules: Floats
    """By link and kind of block."""
    uses: Floats
    """Of each link; infinite where it is not charged."""
    existing: Floats
    times: float
    """How often the traffic is sent; where twice, each link takes it once at most."""


class Kinds(NamedTuple):
    """Kinds of blocks, divided by nothing yet."""

    bases: Floats
    tops: Floats
    is_whole: Bools


class Chosen(NamedTuple):
    """A row, as far as it is chosen."""

    is_in: Bools
    """Which parts of the traffic it is about."""
    by_modules: Bools
    """Which links count by their modules."""
    flow: Floats
    """Of these parts over each link, of what does not count as full."""
    full: Floats
    """And of what does."""


@inlined
def rounded(size: float, fraction: float) -> float:
    """Return ``floor(a) + min(frac(a) / r, 1)``."""
    floor = np.floor(size + EXACT)
    return float(floor + min(max(size - floor, 0.0) / fraction, 1.0))


@compiled
def right_side(across: Across, chosen: Chosen, total: float, divisor: float) -> tuple[float, float]:
    """Return the right side of a row, and the fraction that is rounded; not one if that is small.

    Args:
        across: what the relaxation has.
        chosen: the row.
        total: traffic of the chosen parts.
        divisor: capacity to round by.
    """
    most = total if across.times > 1.0 else np.inf
    need = across.times * total
    for e in range(len(across.uses)):
        if chosen.by_modules[e]:
            need -= min(across.existing[e], most)
        elif np.isinf(across.uses[e]):
            need -= chosen.full[e]
    least = np.ceil(need / divisor - EXACT)
    fraction = need / divisor - (least - 1.0)
    if fraction < SMALL:
        return 0.0, 1.0
    return least, 1.0 if fraction > 1.0 - EXACT else fraction


@compiled
def count_blocks(
    kinds: Kinds, most: float, divisor: float, side: tuple[float, float], counts: Floats
) -> None:
    """Write what a block of each kind counts for, of at most some capacity of a link."""
    least, fraction = side
    for k in range(len(kinds.tops)):
        if kinds.is_whole[k]:
            top = min(rounded(min(kinds.tops[k], most) / divisor, fraction), least)
            base = min(rounded(min(kinds.bases[k], most) / divisor, fraction), least)
            counts[k] = top - base
        else:
            counts[k] = (kinds.tops[k] - kinds.bases[k]) / (divisor * fraction)


@compiled
def short_of(
    across: Across, kinds: Kinds, chosen: Chosen, total: float, divisor: float, counts: Floats
) -> tuple[float, float, float]:
    """Return the violation of a row, its right side and the fraction that is rounded.

    Args:
        across: what the relaxation has.
        kinds: of blocks.
        chosen: the row.
        total: traffic of the chosen parts.
        divisor: capacity to round by.
        counts: takes what a block of each kind counts for.
    """
    least, fraction = right_side(across, chosen, total, divisor)
    if least < 1.0:
        return NOTHING, least, fraction
    most = total if across.times > 1.0 else np.inf
    count_blocks(kinds, most, divisor, (least, fraction), counts)
    activity = 0.0
    for e in range(len(across.uses)):
        if chosen.by_modules[e]:
            for k in range(len(kinds.tops)):
                activity += across.modules[e, k] * counts[k]
            continue
        activity += chosen.flow[e] / (divisor * fraction)
        if np.isfinite(across.uses[e]):
            full = min(rounded(chosen.full[e] / divisor, fraction), least)
            activity += full * across.uses[e]
    return least - activity, least, fraction


@compiled
def turned(across: Across, chosen: Chosen, q: int) -> float:
    """Take a part of the traffic in, or leave it out; return how much more there is."""
    sign = -1.0 if chosen.is_in[q] else 1.0
    chosen.is_in[q] = not chosen.is_in[q]
    for e in range(len(across.uses)):
        if across.is_full[q, e]:
            chosen.full[e] += sign * across.amounts[q]
        else:
            chosen.flow[e] += sign * across.flows[q, e]
    return float(sign * across.amounts[q])


@compiled
def first_links(
    across: Across, kinds: Kinds, chosen: Chosen, total: float, divisor: float, counts: Floats
) -> None:
    """Let each link count by its modules where these are less than its flow."""
    most = total if across.times > 1.0 else np.inf
    least = np.ceil(across.times * total / divisor - EXACT)
    fraction = max(across.times * total / divisor - (least - 1.0), FIRST_FRACTION)
    count_blocks(kinds, most, divisor, (least, fraction), counts)
    for e in range(len(across.uses)):
        bought = min(across.existing[e], most) / (divisor * fraction)
        for k in range(len(kinds.tops)):
            bought += across.modules[e, k] * counts[k]
        flow = chosen.flow[e]
        for q in range(len(across.amounts)):
            if chosen.is_in[q] and across.is_full[q, e]:
                flow += across.flows[q, e]
        chosen.by_modules[e] = bought < flow / (divisor * fraction)


@compiled
def climbed(
    across: Across,
    kinds: Kinds,
    is_in: Bools,
    divisor: float,
    order: Ints,
    passes: int,
    chosen: Chosen,
    counts: Floats,
) -> tuple[float, float, float]:
    """Choose a row, as :func:`short_of` returns it.

    Args:
        across: what the relaxation has.
        kinds: of blocks.
        is_in: parts of the traffic to begin with.
        divisor: capacity to round by.
        order: of changes: parts of the traffic, and behind them links.
        passes: how often all changes are tried.
        chosen: takes the row.
        counts: takes what a block of each kind counts for.
    """
    parts, total = len(across.amounts), 0.0
    chosen.is_in[:] = False
    chosen.by_modules[:] = False
    chosen.flow[:] = 0.0
    chosen.full[:] = 0.0
    for q in range(parts):
        if is_in[q]:
            total += turned(across, chosen, q)
    first_links(across, kinds, chosen, total, divisor, counts)
    best, _, _ = short_of(across, kinds, chosen, total, divisor, counts)
    for _ in range(passes):
        before = best
        for change in order:
            more = 0.0
            if change < parts:
                more = turned(across, chosen, change)
            else:
                chosen.by_modules[change - parts] = not chosen.by_modules[change - parts]
            short, _, _ = short_of(across, kinds, chosen, total + more, divisor, counts)
            if short > best + EXACT:
                best, total = short, total + more
            elif change < parts:
                turned(across, chosen, change)
            else:
                chosen.by_modules[change - parts] = not chosen.by_modules[change - parts]
        if best <= before:
            break
    return short_of(across, kinds, chosen, total, divisor, counts)

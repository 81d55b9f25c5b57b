"""Random tiny studies aimed at features: put together by rule, none left out.

Of :data:`CYCLE` seeds in a row most have two campuses and one part of each kind
(:mod:`tests.oracle.aims`); the others have shapes of their own (:mod:`tests.oracle.aims_shapes`).
Which parts a seed gets follows from its number alone, so that each comes equally often; prices,
lengths and limits are drawn, and drawn again when brute force would have too much to visit.
"""

from __future__ import annotations

import contextlib
import math
import random
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from siting.study import Study
from tests.oracle.aims import Part, two_campuses
from tests.oracle.aims_network import NETWORK
from tests.oracle.aims_shapes import SHAPES
from tests.oracle.aims_sites import SITES
from tests.oracle.aims_training import TRAINING
from tests.oracle.draft import Draft, write
from tests.oracle.features_huts import fit_given
from tests.oracle.instances import tidy
from tests.oracle.search import TooManyDesignsError

T = TypeVar("T")
MOST_DRAWS = 20
CYCLE = 18
SPECIAL = range(13, CYCLE)
"""Places in the cycle that have the shapes of their own."""
LIGHT = ("plain", "inner_steps", "frontend")
"""Ways to train that go with networks of many choices, so that all can be enumerated."""
HEAVY = ("fragments", "sparse", "inner_steps", "frontend", "replica")
MANY_CHOICES = {
    *("fast_own_fiber", "fast_leased_fiber", "fibers_that_must_agree"),
    *("frail_links", "providers_that_fail", "slow_building"),
}
TIMES = {
    "fibers_that_must_agree": 1,  # Others have its aims too, and those of the next.
    "grey_optics": 1,
    "weak_huts": 3,  # This and the next miss an aim more often.
    "noisy_spans": 3,
}
"""How often a network comes in a round, if not twice."""
TWICE = {"one_by_one"}
"""Sites that fit few networks come twice where they fit."""


def parts_of(seed: int) -> tuple[Part, ...]:
    """Return the parts of a seed with two campuses: network, training, sites."""
    turn, place = divmod(seed, CYCLE)
    number = turn * SPECIAL.start + place
    networks = [p for p in NETWORK for _ in range(TIMES.get(p.name, 2))]
    lap, at = divmod(number, len(networks))
    network = networks[at]
    many = network.name in MANY_CHOICES
    ways = [p for p in TRAINING if p.name in (LIGHT if many else HEAVY)]
    fits = [p for p in SITES if set(p.periods) & set(network.periods)]
    sites = [p for p in fits for _ in range(1 + (p.name in TWICE))]
    if network.name == "slow_building":  # Its caps depend on sites as they are.
        sites = sites[:1]
    # Every way with every site before any two meet again.
    again = lap // math.lcm(len(ways), len(sites))
    return network, ways[(at + lap + again) % len(ways)], sites[(at + lap) % len(sites)]


def aimed_draft(seed: int, draw: int = 0) -> Draft:
    """Return the content of an aimed study; a further draw has the same parts, other numbers."""
    rng = random.Random(f"aimed {seed}" + f" draw {draw}" * (draw > 0))
    place = seed % CYCLE
    if place in SPECIAL:
        shape = SHAPES[place - SPECIAL.start]
        draft = shape.make(rng, seed)
        aims, names = shape.aims, [shape.name]
    else:
        parts = parts_of(seed)
        allowed = set.intersection(*(set(p.periods) for p in parts))
        periods = rng.choice([n for p in parts for n in p.periods if n in allowed])
        draft = two_campuses(rng, seed, periods)
        # The network first: its module says what a channel is.
        for each in parts:
            each.change(draft, rng)
        aims, names = tuple(f for p in parts for f in p.aims), [p.name for p in parts]
    draft["features"] = list(dict.fromkeys(aims))
    draft["parts"] = names
    fit_given(draft)
    tidy(draft)
    return draft


def aimed_study(seed: int, folder: Path, draw: int = 0) -> Study:
    """Return the aimed study of ``seed``; its tables are written to ``folder``."""
    return write(aimed_draft(seed, draw), folder)


def visited(seed: int, folder: Path, visit: Callable[[Study, Draft], T]) -> tuple[int, T]:
    """Visit the first draw of a seed that is small enough to enumerate; return which, and what."""
    for draw in range(MOST_DRAWS):
        draft = aimed_draft(seed, draw)
        study = write(draft, folder / str(draw))
        with contextlib.suppress(TooManyDesignsError):
            return draw, visit(study, draft)
    raise AssertionError(f"no draw of seed {seed} is small enough")

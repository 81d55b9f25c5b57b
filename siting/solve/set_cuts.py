"""C2 cuts: a lower bound of the network cost of one link set, made valid for every siting."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from siting.formulation.requirements import (
    Requirement,
    Requirements,
    checkpoint_requirement,
    training_requirement,
)
from siting.formulation.sides import on_the_way_round, survives_alone
from siting.instance import Instance
from siting.instance.records import NO_CAPS, HutClass, Period, Workload
from siting.solve.network_parts import without_pins
from siting.solve.network_phase import solve_network

Link = tuple[str, str]
UNLIMITED_PAIRS = 10_000
STATIC_GAP = 1e-3


@dataclass(frozen=True, slots=True)
class SetCut:
    """A valid C2 cut, USD a year."""

    links: frozenset[Link]
    cost_usd: float
    alone_usd: Mapping[Link, float]
    protected: bool = False
    """Counts links only where they must survive failures."""


class SetCuts:
    """Makes C2 cuts; remembers link sets and stand-alone costs."""

    def __init__(self, instance: Instance, *, seed: int, protected: bool = False) -> None:
        """Prepare the one-period instance in which every cost is a yearly amount.

        Args:
            instance: the instance.
            seed: random seed of the solver.
            protected: cuts of links that must survive failures, whatever else is required.
        """
        self._static = without_pins(static_instance(instance))
        pairs = itertools.combinations(sorted(instance.campuses), 2)
        self.floors = least_demands(instance, protected=protected, links=pairs)
        self._protected = protected
        self._seed = seed
        self._alone: dict[Link, float] = {}
        self._made: dict[frozenset[Link], SetCut] = {}

    def cut(self, links: frozenset[Link], *, time_limit_s: float) -> SetCut | None:
        """Return the cut of a link set; None when it was made before."""
        if links in self._made or not links:
            return None
        alone = {link: self._alone_usd(link, time_limit_s) for link in links}
        if any(math.isinf(cost) for cost in alone.values()):
            return None
        usd = self._bound_usd(links, time_limit_s)
        cut = SetCut(links, max(usd, 0.0), alone, self._protected)
        self._made[links] = cut
        return cut

    def _bound_usd(self, links: frozenset[Link], time_limit_s: float) -> float:
        """Return what the network of a set costs at least a year, over the candidate routes."""
        return self._solve(links, time_limit_s)[1]

    def _alone_usd(self, link: Link, time_limit_s: float) -> float:
        if link not in self._alone:
            self._alone[link] = self._solve(frozenset({link}), time_limit_s)[0]
        return self._alone[link]

    def _solve(self, links: frozenset[Link], time_limit_s: float) -> tuple[float, float]:
        requirements: Requirements = {(link, 0): (self.floors[link],) for link in links}
        outcome = solve_network(
            self._static,
            requirements,
            relative_gap=STATIC_GAP,
            time_limit_s=time_limit_s,
            seed=self._seed,
        )
        return outcome.cost_usd, outcome.bound_usd


def link_sets(
    instance: Instance, requirements: Requirements, *, protected: bool
) -> list[frozenset[Link]]:
    """Return the different sets of links of a period, or of its protected links; largest first."""
    sets: dict[int, set[Link]] = {}
    for (link, t), items in requirements.items():
        if not protected or any(survives_alone(instance, item) for item in items):
            sets.setdefault(t, set()).add(link)
    different = {frozenset(links) for links in sets.values()}
    return sorted(different, key=lambda s: (-len(s), sorted(s)))


def sets_to_cut(
    instance: Instance, requirements: Requirements
) -> Iterator[tuple[bool, frozenset[Link]]]:
    """Return the sets of links for cuts, each with whether they are those that must survive.

    The latter only where some of what is asked of links must survive failures, but not all.
    """
    every, some = protection(instance)
    for protected in (False, True) if some and not every else (False,):
        for links in link_sets(instance, requirements, protected=protected):
            yield protected, links


def demands_of_set(requirements: Requirements, links: frozenset[Link]) -> dict[Link, float]:
    """Return the most that each link of a set carries in a period that requires just this set."""
    found: dict[Link, float] = {}
    for link, items in _of_set(requirements, links):
        gbps = sum(float(item.gbps) for item in items)
        found[link] = max(gbps, found.get(link, 0.0))
    return found


def limits_of_set(requirements: Requirements, links: frozenset[Link]) -> dict[Link, float]:
    """Return the tightest RTT limit, ms, of each link of a set in such a period."""
    found: dict[Link, float] = {}
    for link, items in _of_set(requirements, links):
        limit_ms = min(item.rtt_limit_ms for item in items)
        found[link] = min(limit_ms, found.get(link, math.inf))
    return found


def _of_set(
    requirements: Requirements, links: frozenset[Link]
) -> Iterator[tuple[Link, tuple[Requirement, ...]]]:
    """Yield what is asked of the links of a set in each period that requires just this set."""
    sets: dict[int, set[Link]] = {}
    for link, t in requirements:
        sets.setdefault(t, set()).add(link)
    for (link, t), items in requirements.items():
        if sets[t] == links:
            yield link, items


def static_instance(instance: Instance) -> Instance:
    """Return the relaxation to one period: everything available, shared limits gone, pins kept.

    A period's weight of 1 turns present values into yearly amounts. Limits on IRU pairs, cables,
    existing pairs, racks, space and power of huts, waves and spending go because a stand-alone
    network laid over another must stay feasible. What stands in any period stands.
    """
    return dataclasses.replace(
        instance,
        periods=(Period(index=0, label="any", weight=1.0),),
        caps=NO_CAPS,
        max_cables_per_size=UNLIMITED_PAIRS,
        corridors={
            e: dataclasses.replace(
                c,
                build_first_period=0,
                iru_first_period=0,
                iru_pairs=UNLIMITED_PAIRS if c.iru_pairs else 0,
                existing_pairs={f: _free(n) for f, n in c.existing_pairs.items()},
                stands=(any(c.stands),),
            )
            for e, c in instance.corridors.items()
        },
        huts={
            h: dataclasses.replace(
                x,
                classes={k: _unlimited(kind) for k, kind in x.classes.items()},
                existing=None if x.existing is None else _unlimited(x.existing),
                existing_racks={a: _free(n) for a, n in x.existing_racks.items()},
                stands=(any(x.stands),),
            )
            for h, x in instance.huts.items()
        },
        fiber_routes={
            r: dataclasses.replace(
                route,
                designs=tuple(dataclasses.replace(d, first_period=0) for d in route.designs),
            )
            for r, route in instance.fiber_routes.items()
        },
        wave_routes={
            v: dataclasses.replace(wave, first_period=0, max_waves=UNLIMITED_PAIRS)
            for v, wave in instance.wave_routes.items()
        },
    )


def _free(existing: tuple[int, ...]) -> tuple[int]:
    """Return as much as may ever be wanted of what stands in some period."""
    return (UNLIMITED_PAIRS if any(existing) else 0,)


def _unlimited(kind: HutClass) -> HutClass:
    return dataclasses.replace(
        kind, first_period=0, space_racks=2 * UNLIMITED_PAIRS, power_kw=math.inf
    )


def least_demands(
    instance: Instance, *, protected: bool = False, links: Iterable[Link] | None = None
) -> dict[Link, Requirement]:
    """Return the least that any workload asks of a link when it requires it, in any role.

    Args:
        instance: the instance.
        protected: only where the link must survive failures.
        links: the links; those with a candidate route when None.
    """
    floors: dict[Link, Requirement] = {}
    for link in instance.links if links is None else links:
        jobs = [j for j in instance.workloads.values() if set(link) <= set(j.campuses)]
        asked = [
            item
            for job in jobs
            for item in least_of_job(job)
            if not protected or survives_alone(instance, item)
        ]
        if asked:
            floors[link] = Requirement(
                max(item.rtt_limit_ms for item in asked),
                min(_alone(instance, item) for item in asked),
                min(float(item.gbps) for item in asked),
                1.0,
                min_availability=min(item.min_availability for item in asked),
            )
    return floors


def protection(instance: Instance) -> tuple[bool, bool]:
    """Return whether all that is asked of links must survive failures, and whether some must."""
    safe = [
        survives_alone(instance, item)
        for job in instance.workloads.values()
        for item in least_of_job(job)
    ]
    return all(safe), any(safe)


def _alone(instance: Instance, item: Requirement) -> float:
    """Return what survives on the link itself: nothing need when traffic may go round a ring."""
    return 0.0 if on_the_way_round(instance, item) else item.survival_fraction


def least_of_job(job: Workload) -> list[Requirement]:
    """Return the least that each mode, and the role of a replica, asks of a link."""
    last = len(job.demand_mw) - 1
    found = [
        training_requirement(job, mode, last, mode.demand_gbps(job.min_peer_mw), 1.0)
        for mode in job.modes
    ]
    if job.replica is not None:
        found.append(checkpoint_requirement(job, job.replica, 1.0))
    return found

"""Why a workload trains as it does: paradigm, fabric, hub, peers, RTT class, bandwidth."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping

from siting.instance.records import Mode
from siting.solve.configurations import Choice, Configuration
from siting.solve.why.case import Case
from siting.solve.why.sites_problem import NOT_KNOWN, Change, Found, SitesProblem
from siting.why import Reason

WHOLE_WORDS = "the whole problem, bound of the decomposition"


def mode_reasons(case: Case, parts: int) -> Iterator[Reason]:
    """Yield reasons for paradigm and fabric, for the hub, and for the RTT class of a workload."""
    for w in case.instance.workloads:
        modes = [mode for mode in case.siting.modes[w] if mode is not None]
        if not modes:
            yield _alone(case, w, parts)
            continue
        yield _family(case, w, parts)
        hubs = {case.siting.hub_of[w, t] for t in range(len(case.instance.periods))} - {None}
        if len(hubs) == 1 and not case.instance.workloads[w].hub_may_move:
            hub = str(next(iter(hubs)))
            yield _hub(case, w, hub, parts)
        yield from _classes(case, w, parts)


def _alone(case: Case, w: str, parts: int) -> Reason:
    """Return why a workload trains on one campus: what training on several costs more."""
    job = case.instance.workloads[w]
    found = NOT_KNOWN
    asked = case.is_whole and bool(job.modes)
    if asked:
        found = case.more(lambda p: [(p.model.spread[w], 1.0, 1.0)], parts)
    served = any(v == w for _, v in case.siting.served_mw)
    return Reason(
        kind="mode",
        id=w,
        chosen="one campus at a time" if served else "not served",
        bound_by=() if job.modes else ("no operating mode for several peers is possible",),
        instead="trained over several campuses" if asked else "",
        more_usd=found.more_usd,
        proof=found.proof,
        problem=case.words if asked else "",
    )


def _family(case: Case, w: str, parts: int) -> Reason:
    modes = [mode for mode in case.siting.modes[w] if mode is not None]
    paradigm, fabric = modes[0].paradigm, modes[0].fabric
    most = max(len(case.siting.peers(w, t)) for t in range(len(case.instance.periods)))
    facts = [f"at most {100 * max(m.goodput_loss_fraction for m in modes):.2f} % goodput lost"]
    limit = max(mode.peers_max for mode in case.instance.workloads[w].modes)
    if most >= limit:
        facts.append(f"limit of {limit} peers reached")
    found, words, instead = NOT_KNOWN, case.words, "another paradigm or fabric"
    if case.is_whole:
        family = (w, paradigm, fabric)
        found = case.more(lambda p: [(p.model.training.uses_family[family], 0.0, 0.0)], parts)
    else:
        others = {
            item: usd
            for item, usd in case.bounds.items()
            if (choice := _choice(item, w)) is not None
            and (choice.paradigm, choice.fabric) != (paradigm, fabric)
        }
        found, name = _least(others, case.objective_usd)
        words = WHOLE_WORDS
        instead = f"the least of the others, {name}" if name else "there is no other"
        if not case.bounds:
            found, instead = NOT_KNOWN, "another paradigm or fabric"
    return Reason(
        kind="mode",
        id=w,
        chosen=f"{paradigm}, {fabric}",
        bound_by=tuple(facts),
        instead=instead,
        more_usd=found.more_usd,
        proof=found.proof,
        problem=words,
    )


def _choice(item: Configuration, w: str) -> Choice | None:
    return next((choice for v, choice in item.choices if v == w), None)


def _least(bounds: Mapping[Configuration, float], objective_usd: float) -> tuple[Found, str]:
    """Return what the configurations cost more at least, and the name of the least of them."""
    if not bounds:
        return Found(None, "impossible"), ""
    best = min(bounds, key=lambda item: (bounds[item], item.name))
    more = bounds[best] - objective_usd
    if math.isinf(more):
        return Found(None, "impossible"), best.name
    return (Found(more, "at_least") if more > 0 else NOT_KNOWN), best.name


def _hub(case: Case, w: str, hub: str, parts: int) -> Reason:
    words, instead = case.words, "another hub"
    if case.is_whole:
        found = case.more(lambda p: [(p.model.training.is_hub[w, hub], 0.0, 0.0)], parts)
    else:
        modes = [mode for mode in case.siting.modes[w] if mode is not None]
        family = (modes[0].paradigm, modes[0].fabric)
        others = {
            item: usd
            for item, usd in case.bounds.items()
            if (choice := _choice(item, w)) is not None
            and (choice.paradigm, choice.fabric) == family
            and choice.hub != hub
        }
        found, name = _least(others, case.objective_usd)
        words = WHOLE_WORDS
        instead = f"the least of the other hubs, {name}" if name else "there is no other hub"
        if not case.bounds:
            found, instead = NOT_KNOWN, "another hub"
    reached = sum(hub in link for link in case.instance.links)
    return Reason(
        kind="mode",
        id=f"{w}: hub",
        chosen=f"hub {hub!r}",
        bound_by=(f"routes to {reached} other campuses",),
        instead=instead,
        more_usd=found.more_usd,
        proof=found.proof,
        problem=words,
    )


def _classes(case: Case, w: str, parts: int) -> Iterator[Reason]:
    """Yield why an RTT class and a bandwidth level are used, over the periods that use them."""
    used: dict[Mode, list[int]] = {}
    for t, mode in enumerate(case.siting.modes[w]):
        if mode is not None:
            used.setdefault(mode, []).append(t)
    job = case.instance.workloads[w]
    for mode, periods in used.items():
        facts = []
        slowest = _slowest(case, w, periods)
        if slowest is not None:
            ms, link = slowest
            facts.append(
                f"RTT {ms:.3f} of {mode.link_rtt_limit_ms:.3f} ms on {link[0]} - {link[1]}"
            )
        same = [
            m
            for m in job.modes
            if (m.paradigm, m.fabric) == (mode.paradigm, mode.fabric)
            and (m.rtt_class_ms, m.bandwidth_level) != (mode.rtt_class_ms, mode.bandwidth_level)
        ]
        tighter = [m.rtt_class_ms for m in same if m.rtt_class_ms < mode.rtt_class_ms]
        if tighter and slowest is not None:
            limit = max(m.link_rtt_limit_ms for m in same if m.rtt_class_ms == max(tighter))
            if slowest[0] > limit:
                facts.append(f"class {max(tighter):g} ms allows {limit:.3f} ms only")
        found = Found(None, "impossible")
        if same:
            found = case.more(functools.partial(_without, w, mode, tuple(periods)), parts)
        label = ", ".join(case.instance.periods[t].label for t in periods)
        yield Reason(
            kind="mode",
            id=f"{w}: class",
            chosen=(
                f"RTT class {mode.rtt_class_ms:g} ms, bandwidth {mode.bandwidth_level:g}, "
                f"{mode.peers_min} to {mode.peers_max} peers in {label}"
            ),
            bound_by=tuple(facts),
            instead="another class or level then" if same else "there is no other",
            more_usd=found.more_usd,
            proof=found.proof,
            problem=case.words if same else "",
        )


def _without(w: str, mode: Mode, periods: tuple[int, ...], problem: SitesProblem) -> Change:
    """Return the change that bars the class and level of a mode in some periods.

    The numbers of modes are those of the problem, which may have fewer families.
    """
    uses = problem.model.training.uses_mode
    return [
        (uses[w, t, k], 0.0, 0.0)
        for t in periods
        for k, m in enumerate(problem.instance.workloads[w].modes)
        if (m.rtt_class_ms, m.bandwidth_level) == (mode.rtt_class_ms, mode.bandwidth_level)
    ]


def _slowest(case: Case, w: str, periods: list[int]) -> tuple[float, tuple[str, str]] | None:
    """Return the largest RTT of the lit routes of a workload's links, with the link."""
    links = {link for t in periods for link in case.siting.required_links(w, t)}
    found = [
        (case.instance.fiber_routes[r].designs[d].rtt_ms, case.instance.fiber_routes[r].link)
        for (r, d), lit in case.network.pairs.items()
        if case.instance.fiber_routes[r].link in links and any(lit[t] for t in periods)
    ]
    found += [
        (case.instance.wave_routes[v].rtt_ms, case.instance.wave_routes[v].link)
        for v, lit in case.network.waves.items()
        if case.instance.wave_routes[v].link in links and any(lit[t] for t in periods)
    ]
    return max(found, default=None)

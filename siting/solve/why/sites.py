"""Why campuses are opened when they are, or not; why substations are connected."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

from siting.formulation.placement import feed_limit_mw, substation_limit_mw
from siting.instance import Instance
from siting.solve.siting_choice import SitingChoice
from siting.solve.why.case import Asked, Case
from siting.solve.why.sites_problem import NOT_KNOWN, Change, Found, SitesProblem
from siting.why import Kind, Reason

NEAR_MW = 1e-3
"""A limit this close is reached."""


@dataclass(frozen=True, slots=True)
class _Question:
    """A choice with its facts, and the change that undoes it."""

    kind: Kind
    id: str
    chosen: str
    bound_by: tuple[str, ...]
    instead: str
    change: Asked | None


def site_reasons(case: Case, parts: int) -> Iterator[Reason]:
    """Yield reasons for each campus, for the dates of those opened, and for substations in use.

    Args:
        case: what to explain.
        parts: questions that others still have.
    """
    instance, siting = case.instance, case.siting
    questions = [_campus(instance, siting, c) for c in instance.campuses]
    questions += [_date(instance, siting, c) for c in siting.power.open_from]
    questions += [_substation(instance, siting, s) for s in siting.power.reserved_mw]
    # What is in use comes first: it is what a planner asks.
    questions.sort(key=lambda q: q.chosen == NOT_USED)
    for number, question in enumerate(questions):
        found = NOT_KNOWN
        if question.change is not None:
            found = case.more(question.change, len(questions) - number + parts)
        yield Reason(
            kind=question.kind,
            id=question.id,
            chosen=question.chosen,
            bound_by=question.bound_by,
            instead=_instead(question, siting, found) if question.change else "",
            more_usd=found.more_usd,
            proof=found.proof,
            problem=case.words if question.change else "",
        )


NOT_USED = "not used"


def _instead(question: _Question, siting: SitingChoice, found: Found) -> str:
    """Return the change with the other campuses that come in and go out with it."""
    if found.siting is None:
        return question.instead
    before = {c for c, _ in (*siting.served_mw, *siting.replica_mw)}
    after = {c for c, _ in (*found.siting.served_mw, *found.siting.replica_mw)}
    came, left = sorted(after - before - {question.id}), sorted(before - after - {question.id})
    parts = [question.instead]
    if came:
        parts.append(f"campus {', '.join(map(repr, came))} comes in")
    if left:
        parts.append(f"campus {', '.join(map(repr, left))} goes out")
    return ", ".join(parts)


def _campus(instance: Instance, siting: SitingChoice, c: str) -> _Question:
    campus, power = instance.campuses[c], siting.power
    periods = range(len(instance.periods))
    labels = [period.label for period in instance.periods]
    loads = [siting.load_mw(c, t) for t in periods]
    opened = power.open_from.get(c)
    if opened is None and not any(loads):
        reasons = _closed_by(instance, c)
        if campus.stands[-1] or reasons:
            return _Question("campus", c, NOT_USED, reasons, "", None)
        return _Question(
            "campus",
            c,
            NOT_USED,
            reasons,
            "opened in the end",
            lambda p: [(p.model.placement.is_open[c, periods[-1]], 1.0, 1.0)],
        )
    facts = []
    if opened is not None:
        chosen = f"opened {labels[opened]}"
        if campus.pinned:
            facts.append("pinned")
    else:
        chosen = "used as it stands"
    facts += _reached(instance, siting, c, loads, labels)
    change = None if campus.pinned else functools.partial(_without, c)
    return _Question("campus", c, chosen, tuple(facts), "without it", change)


def _without(c: str, problem: SitesProblem) -> Change:
    """Return the change that leaves a campus unused."""
    m = problem.model.placement
    columns = [m.is_peer[key] for key in m.SERVICES if key[0] == c]
    columns += [m.is_replica[key] for key in m.REPLICAS if key[0] == c]
    columns += [m.is_open[key] for key in m.CAMPUS_PERIODS if key[0] == c]
    return [(var, 0.0, 0.0) for var in columns if not var.fixed]


def _date(instance: Instance, siting: SitingChoice, c: str) -> _Question:
    """Return why a campus is opened when it is: against a later period, or an earlier one."""
    labels = [period.label for period in instance.periods]
    first, opened = instance.campuses[c].first_period, siting.power.open_from[c]
    if opened > first:
        facts = (f"could be opened from {labels[first]} on",)
        words, t, value = f"open in {labels[opened - 1]}", opened - 1, 1.0
    else:
        facts = ("first period after its earliest date",)
        words, t, value = f"not yet in {labels[opened]}", opened, 0.0
    return _Question(
        "campus",
        f"{c}: date",
        f"opened {labels[opened]}",
        facts,
        words,
        lambda p: [(p.model.placement.is_open[c, t], value, value)],
    )


def _closed_by(instance: Instance, c: str) -> tuple[str, ...]:
    """Return why a campus cannot be used at all; empty when it costs more, no more than that."""
    campus = instance.campuses[c]
    periods = range(len(instance.periods))
    if campus.first_period >= len(periods) and not any(campus.stands):
        return ("earliest date after the last period starts",)
    lines = [a for a in instance.tie_lines.values() if a.campus == c]
    units = [u for u in instance.bridging.values() if u.campus == c]
    if not lines and not units:
        return ("no tie line to an allowed substation",)
    most = max(feed_limit_mw(instance, c, t) for t in periods)
    if most <= NEAR_MW:
        return ("no substation in reach has headroom in any period",)
    serving = [job for job in instance.workloads.values() if c in job.campuses]
    least = min((job.min_peer_mw for job in serving), default=0.0)
    if not serving:
        return ("no workload may use it",)
    if min(most, campus.limit_mw) / campus.pue_peak < least:
        return (f"less power than min_peer_mw of {least:g} IT MW in every period",)
    return ()


def _reached(
    instance: Instance, siting: SitingChoice, c: str, loads: list[float], labels: list[str]
) -> Iterator[str]:
    """Yield the limits on MW that a campus reaches, each from its first period on."""
    campus, power = instance.campuses[c], siting.power
    for t, load in enumerate(loads):
        if load and load * campus.pue_peak >= campus.limit_mw - NEAR_MW:
            yield f"limit of {campus.limit_mw:g} MW (facility) reached from {labels[t]}"
            break
    for a, flow in power.firm_mw.items():
        line = instance.tie_lines[a]
        if line.campus == c:
            full = [t for t, mw in enumerate(flow) if mw >= line.capacity_mw - NEAR_MW]
            if full:
                yield f"tie line {a!r} of {line.capacity_mw:g} MW full from {labels[full[0]]}"
    stations = sorted(
        {
            instance.tie_lines[a].substation
            for a in power.flow_mw
            if instance.tie_lines[a].campus == c
        }
    )
    for s in stations:
        full = _full(instance, siting, s)
        if full:
            yield f"headroom of substation {s!r} used up in {', '.join(labels[t] for t in full)}"


def _full(instance: Instance, siting: SitingChoice, s: str) -> list[int]:
    """Return the periods in which a substation gives all that it can."""
    reserved = siting.power.reserved_mw.get(s, ())
    return [
        t
        for t, mw in enumerate(reserved)
        if mw > 0
        and mw + instance.substations[s].existing_mw[t]
        >= substation_limit_mw(instance, s, t) - NEAR_MW
    ]


def _substation(instance: Instance, siting: SitingChoice, s: str) -> _Question:
    periods = range(len(instance.periods))
    labels = [period.label for period in instance.periods]
    station, power = instance.substations[s], siting.power
    first = power.connected_from.get(s)
    reserved = power.reserved_mw[s]
    facts = []
    if first is None:
        chosen = "used as it stands"
    else:
        chosen = f"connected {labels[first]}, {max(reserved):,.1f} MW reserved in the end"
        if station.pinned:
            facts.append("pinned")
        given = next((t for t in periods if station.headroom_mw[t] > 0), None)
        if given == first:
            facts.append("first period with headroom")
    full = _full(instance, siting, s)
    if full:
        facts.append(f"headroom used up in {', '.join(labels[t] for t in full)}")
    lines = [a for a, line in instance.tie_lines.items() if line.substation == s]

    def without(problem: SitesProblem) -> Change:
        flow = problem.model.interconnection.flow_mw
        return [(flow[a, t], 0.0, 0.0) for a in lines for t in periods if not flow[a, t].fixed]

    return _Question("substation", s, chosen, tuple(facts), "without it", without)

"""Demand that stays unserved: which limit holds it, what would serve it, or what that costs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from siting.instance.reach import Reach
from siting.solve.why.case import Case
from siting.solve.why.remedies import Remedies
from siting.solve.why.served import TRACE_MW, Link, Question, Served
from siting.solve.why.sites_problem import Found
from siting.solve.why.snapshot import snapshot
from siting.why import PROOFS, Shortfall


def unserved(case: Case) -> list[tuple[str, int]]:
    """Return workloads and periods with demand that stays unserved."""
    return [
        (w, t)
        for w in case.instance.workloads
        for t, mw in enumerate(case.siting.unserved_mw[w])
        if mw > TRACE_MW
    ]


def shortfalls(case: Case, reach: Mapping[Link, Reach], parts: int) -> Iterator[Shortfall]:
    """Yield why demand stays unserved, by workload; neighboring periods of one kind together.

    Args:
        case: what to explain.
        reach: least RTT of links, however long.
        parts: questions that others still have.
    """
    asked = unserved(case)
    last: tuple[tuple[str, int], Shortfall] | None = None
    for number, (w, t) in enumerate(asked):
        found = _shortfall(case, reach, w, t, len(asked) - number + parts)
        if last is not None and last[0] == (w, t - 1) and _same(last[1], found):
            joined = last[1].model_copy(
                update={
                    "periods": (*last[1].periods, *found.periods),
                    "unserved_it_mw": (*last[1].unserved_it_mw, *found.unserved_it_mw),
                }
            )
            last = ((w, t), joined)
            continue
        if last is not None:
            yield last[1]
        last = ((w, t), found)
    if last is not None:
        yield last[1]


def _same(a: Shortfall, b: Shortfall) -> bool:
    return (a.words, a.remedies, a.most_it_mw) == (b.words, b.remedies, b.most_it_mw)


def _shortfall(case: Case, reach: Mapping[Link, Reach], w: str, t: int, parts: int) -> Shortfall:
    siting = case.siting
    time_s = case.clock.share_s(parts)
    others = {
        v: job.demand_mw[t] - siting.unserved_mw[v][t]
        for v, job in case.instance.workloads.items()
        if v != w
    }
    question = Question(
        workload=w,
        held_mw=others,
        seed=case.seed,
        deadline=case.clock.deadline - case.clock.left_s() + (time_s or 0.0),
    )
    now = None if time_s is None else question.ask(snapshot(case.instance, t, {}))
    remedies: tuple[str, ...] = ()
    words = "not looked for in the time given"
    if now is not None:
        demand = case.instance.workloads[w].demand_mw[t]
        limits: list[str] = []
        if now.most_mw < demand - TRACE_MW:
            search = Remedies(
                instance=case.instance, period=t, question=question, now=now, reach=reach
            )
            found = list(search.find())
            remedies = tuple(
                item.words
                if item.served_mw >= demand - TRACE_MW
                else f"{item.words} ({item.served_mw:,.1f} of {demand:,.1f} IT MW then)"
                for item in found
            )
            limits = [item.limit for item in found]
            case.clock.ran_out |= question.left_s() <= 0
        words = _words(case, w, t, now, limits, parts)
    return Shortfall(
        workload=w,
        periods=(case.labels[t],),
        unserved_it_mw=(siting.unserved_mw[w][t],),
        most_it_mw=None if now is None else now.most_mw,
        words=words,
        remedies=remedies,
    )


def _words(case: Case, w: str, t: int, now: Served, limits: list[str], parts: int) -> str:
    """Return what is known of what stays unserved: held by limits, left by choice, or both."""
    demand = case.instance.workloads[w].demand_mw[t]
    served = demand - case.siting.unserved_mw[w][t]
    held = now.most_mw < demand - TRACE_MW
    kept = " while the other workloads keep what they have" if len(case.siting.modes) > 1 else ""
    most = f"at most {now.most_mw:,.1f}" if now.most_mw > TRACE_MW else "none"
    limit = (
        f"{most} of the {demand:,.1f} IT MW can be served then, at any cost{kept}; the reason: "
        f"{', '.join(limits) or 'several limits together'}"
    )
    if now.most_mw <= served + TRACE_MW:
        return limit
    least = max(demand - now.most_mw, 0.0) + TRACE_MW
    found = case.more(lambda p: [(p.model.placement.unserved_mw[w, t], 0.0, least)], parts)
    choice = f"{now.most_mw - served:,.1f} IT MW more could be served: {_cost(found, case)}"
    return f"{limit}; {choice}" if held else choice


def _cost(found: Found, case: Case) -> str:
    """Return what serving more would cost."""
    if found.proof == "impossible":
        return "not all of it together with other periods, caps and links of a plan"
    if found.more_usd is None or not math.isfinite(found.more_usd):
        return "it is left to save cost, or caps forbid it"
    return (
        f"it costs {PROOFS[found.proof]} {found.more_usd:,.0f} USD more than leaving it "
        f"({case.words})"
    )

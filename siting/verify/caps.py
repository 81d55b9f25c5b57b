"""Checks of section 4 on what comes into service in one period: spending and builds."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Protocol

from siting.network import OWN
from siting.verify import tolerances
from siting.verify.case import Case
from siting.verify.costs import account
from siting.verify.findings import Rule


class _Built(Protocol):
    """A part of a plan that is built at most once."""

    @property
    def in_service_from(self) -> int | None: ...


def spend_cap(case: Case, rule: Rule) -> None:
    """Upfront cash of a period, all lines, is within the cap."""
    cap = case.study.file.rules.caps.upfront_usd
    if cap is None:
        return
    cash = account(case).upfront_cash()
    for t in range(case.periods):
        spent = math.fsum(amounts[t] for amounts in cash.values())
        limit = _of(cap, t)
        where = case.at("upfront cash", t)
        rule.at_most(where, "all lines", spent, limit, "USD", tolerances.cap_slack(limit))


def build_cap(case: Case, rule: Rule) -> None:
    """Openings, connections, corridor km and huts built in a period are within their caps."""
    caps = case.study.file.rules.caps
    plan, network = case.plan, case.network
    own_huts = [
        (hut.in_service_from, 1.0)
        for hut in plan.huts
        if network.huts[hut.id].operator == OWN and hut.hut_class in {"small", "large"}
    ]
    corridors = [(item.built_from, network.corridors[item.id].length_km) for item in plan.corridors]
    for what, cap, builds, unit in (
        ("campuses opened", caps.campus_openings, _each_once(plan.campuses), "campuses"),
        (
            "substations connected",
            caps.substation_connections,
            _each_once(plan.substations),
            "substations",
        ),
        ("own corridors built", caps.corridor_build_km, corridors, "km"),
        ("own huts built", caps.hut_builds, own_huts, "huts"),
    ):
        if cap is None:
            continue
        for t in range(case.periods):
            built = math.fsum(size for first, size in builds if first == t)
            limit = _of(cap, t)
            where = case.at(what, t)
            rule.at_most(where, "what is built", built, limit, unit, tolerances.KM)


def _each_once(items: Iterable[_Built]) -> list[tuple[int | None, float]]:
    return [(item.in_service_from, 1.0) for item in items]


def _of(cap: float | tuple[float, ...], period: int) -> float:
    """Return the cap of a period."""
    return cap[period] if isinstance(cap, tuple) else cap

"""Spending and building by period, against the caps of the study."""

from __future__ import annotations

from collections.abc import Iterable

from siting.report.table import MILLION, Cell, Column, Table, by_period
from siting.report.view import View, add_up

BUILT_CLASSES = ("small", "large")
"""Hut classes that count as built."""


def starts(view: View, firsts: Iterable[tuple[int | None, float]]) -> list[float]:
    """Return by period the sum of amounts whose first period it is."""
    found = [0.0] * len(view.periods)
    for first, amount in firsts:
        if first is not None:
            found[first] += amount
    return found


def caps_table(view: View) -> Table:
    """Return what comes into service in each period (rules ``spend_cap``, ``build_cap``)."""
    plan = view.plan
    corridors = [(c.built_from, view.network.corridors[c.id].length_km) for c in plan.corridors]
    huts = [(h.in_service_from, 1.0) for h in plan.huts if h.hut_class in BUILT_CLASSES]
    used = (
        (
            "Upfront cash",
            "M USD",
            "upfront_usd",
            [usd / MILLION for usd in add_up(plan.upfront_cash_usd.values(), len(view.periods))],
        ),
        (
            "Campuses opened",
            "each",
            "campus_openings",
            starts(view, ((c.in_service_from, 1.0) for c in plan.campuses)),
        ),
        (
            "Substations connected",
            "each",
            "substation_connections",
            starts(view, ((s.in_service_from, 1.0) for s in plan.substations)),
        ),
        ("Own corridors built", "km", "corridor_build_km", starts(view, corridors)),
        ("Own huts built", "each", "hut_builds", starts(view, huts)),
    )
    rows: list[tuple[Cell, ...]] = [
        (label, unit, *values, *_limits(view, name)) for label, unit, name, values in used
    ]
    return Table(
        id="caps",
        title="Spending and building by period",
        columns=(
            Column(name="What"),
            Column(name="Unit"),
            *by_period(view.periods, "Comes into service", "", "mw", is_summed=False),
            *by_period(view.periods, "Cap of the study", "", "mw", is_summed=False),
        ),
        rows=tuple(rows),
        note="Upfront cash is overnight capital of all cost lines. An empty cap is no limit.",
    )


def _limits(view: View, name: str) -> list[float | None]:
    cap = getattr(view.study.file.rules.caps, name) if view.study else None
    caps = cap if isinstance(cap, tuple) else (cap,) * len(view.periods)
    unit = MILLION if name == "upfront_usd" else 1.0
    return [None if value is None else value / unit for value in caps]

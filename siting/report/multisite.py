"""What going multi-site costs and saves: the plan beside the best plan on one campus."""

from __future__ import annotations

from dataclasses import dataclass

from siting.plan import NETWORK_COST_LINES, Alternative
from siting.report.table import Cell, Column, Table, dollars, megawatts
from siting.report.view import View

_CENTS = 0.5
"""Gaps below half a dollar are rounding."""
GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("unserved_demand", "Unserved demand", ("unserved_demand",)),
    ("energy", "Energy of the campuses", ("energy",)),
    (
        "sites",
        "Sites and power",
        ("substations", "network_upgrades", "tie_lines", "bridging", "campuses"),
    ),
    ("goodput_loss", "Goodput lost", ("goodput_loss",)),
    ("network", "Network", NETWORK_COST_LINES),
)
"""Id, name and cost lines of each group of the comparison; together all lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """One group of costs in both plans, present value, USD."""

    id: str
    name: str
    plan_usd: float
    single_usd: float

    @property
    def saved_usd(self) -> float:
        """What the plan saves against one campus; negative: what it costs more."""
        return self.single_usd - self.plan_usd


def single_site(view: View) -> Alternative | None:
    """Return the best plan that the solver found with every workload on at most one campus."""
    return next(iter(view.plan.alternatives), None)


def trades(view: View, single: Alternative) -> tuple[Trade, ...]:
    """Return costs of both plans by group."""
    return tuple(
        Trade(
            id=group,
            name=name,
            plan_usd=sum(view.plan.costs_usd.get(line, 0.0) for line in lines),
            single_usd=sum(single.costs_usd.get(line, 0.0) for line in lines),
        )
        for group, name, lines in GROUPS
    )


def unserved_mw_years(view: View) -> float:
    """Return IT MW-years that the plan leaves unserved."""
    return view.period_years * sum(view.unserved_mw)


def multisite_table(view: View) -> Table:
    """Return what going multi-site costs and saves, by group of cost lines."""
    single = single_site(view)
    rows: list[tuple[Cell, ...]] = []
    if single is not None:
        rows = [(t.name, t.plan_usd, t.single_usd, t.saved_usd) for t in trades(view, single)]
    return Table(
        id="multisite",
        title="What going multi-site costs and saves",
        columns=(
            Column(name="Present value"),
            Column(name="This plan", unit="USD", kind="usd", is_summed=True),
            Column(name="On one campus", unit="USD", kind="usd", is_summed=True),
            Column(
                name="Saved",
                unit="USD",
                kind="usd",
                is_summed=True,
                formula="=C{row}-B{row}",
            ),
        ),
        rows=tuple(rows),
        totals=(("Total", 0, len(rows)),) if rows else (),
        note=_note(view, single),
    )


def multisite_words(view: View) -> str:
    """Return the trade in one sentence; empty without an alternative."""
    single = single_site(view)
    if single is None:
        return ""
    saved = single.objective_usd - view.plan.objective_usd
    if abs(saved) < 1:
        return "On one campus at a time the same demand costs the same."
    served = single.unserved_mw_years - unserved_mw_years(view)
    more = f", which leaves {megawatts(served)} more MW-years unserved" if served > 0 else ""
    word = "less" if saved > 0 else "more"
    return (
        f"That is {dollars(abs(saved))} {word} than the best plan found with every workload on one "
        f"campus at a time{more}."
    )


def _note(view: View, single: Alternative | None) -> str:
    if single is None:
        return "The plan holds no alternative on one campus: it was made without it."
    places = "; ".join(
        f"{workload}: {_course(view, campuses)}" for workload, campuses in single.campuses.items()
    )
    gap = single.objective_usd - single.bound_usd
    proof = (
        f"The alternative is within {dollars(gap)} of the cheapest"
        if gap >= _CENTS
        else "The alternative is the cheapest"
    )
    return (
        "Every workload on at most one campus in each period, no network; a negative saving is "
        f"what the plan costs more. {places}. Unserved "
        f"{megawatts(single.unserved_mw_years)} MW-years there, "
        f"{megawatts(unserved_mw_years(view))} in this plan. {proof} of its kind; "
        "it was not checked by the verifier."
    )


def _course(view: View, campuses: tuple[str | None, ...]) -> str:
    parts: list[str] = []
    last: str | None = ""
    for campus, period in zip(campuses, view.periods, strict=True):
        if campus != last:
            name = "nowhere" if campus is None else view.campus_name(campus)
            parts.append(f"{name} from {period}")
            last = campus
    return ", ".join(parts)

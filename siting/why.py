"""Why a plan is as it is: what bound each choice, what the next best costs, what would serve more.

Plain records, computed after the solve and kept beside the plan in ``why.json``. Every amount says
what it is: exact, at most (a plan costs so much more), or at least (no plan costs less more), and
for which problem.
"""

from __future__ import annotations

from typing import Literal

from siting.run_file import Record, RunFile

Kind = Literal["campus", "substation", "mode", "route", "transport", "hut"]
Proof = Literal["exact", "at_most", "at_least", "impossible", "open"]

PROOFS: dict[Proof, str] = {
    "exact": "exactly",
    "at_most": "at most",
    "at_least": "at least",
    "impossible": "no plan",
    "open": "not known",
}
"""How an amount is meant, in words."""


class Reason(Record):
    """A choice of the plan."""

    kind: Kind
    id: str
    """What is chosen or not: a campus, a substation, a workload, a route, a hut."""
    chosen: str
    """The choice, in words."""
    bound_by: tuple[str, ...]
    """What held it: dates, limits and rules that are reached."""
    instead: str
    """The next best, in words; empty where none was looked for."""
    more_usd: float | None = None
    """What the next best costs more, present value; None: impossible, or not known."""
    proof: Proof = "open"
    """How ``more_usd`` is meant."""
    problem: str = ""
    """For which problem it holds."""


class Shortfall(Record):
    """Demand that stays unserved in neighboring periods, and what would serve it."""

    workload: str
    periods: tuple[str, ...]
    unserved_it_mw: tuple[float, ...]
    most_it_mw: float | None
    """No plan serves more in the first of the periods, whatever it costs; None: not known."""
    words: str
    """Which limits hold it, or what serving it costs."""
    remedies: tuple[str, ...]
    """The smallest change of each limit that would serve it, or more of it, alone."""


class Why(RunFile):
    """The content of ``why.json``."""

    file = "why.json"
    about = "explanations of a plan"

    schema_version: Literal[1] = 1
    complete: bool
    """Everything was computed; else the time given ended before, and some amounts are not known."""
    time_s: float
    reasons: tuple[Reason, ...]
    shortfalls: tuple[Shortfall, ...]

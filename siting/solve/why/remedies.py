"""The smallest change of each limit, alone, that would serve more in a period."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.instance import Instance
from siting.instance.reach import Reach
from siting.solve.why.beyond import (
    beyond_campuses,
    beyond_lines,
    beyond_substations,
    more_words,
    roomy_campuses,
    roomy_lines,
    roomy_substations,
)
from siting.solve.why.served import TRACE_MW, Beyond, Link, Question, Served, Wider
from siting.solve.why.snapshot import ASPECTS, snapshot

if TYPE_CHECKING:
    import pyomo.environ as pyo

ROUND_MS = 1000.0
"""RTT limits are given to a microsecond, rounded up."""
ROOM = 10.0
"""A limit is lifted by so many times the demand."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change, in words, and the most it serves."""

    limit: str
    """What is changed."""
    words: str
    served_mw: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedies:
    """Looks for changes that serve more of a workload in a period."""

    instance: Instance
    period: int
    question: Question
    now: Served
    """The most that is served as things are."""
    reach: Mapping[Link, Reach]

    @property
    def _job(self) -> str:
        return self.question.workload

    def find(self) -> Iterator[Remedy]:
        """Yield the changes; stops when the time is over."""
        for search in (self._dates, self._rtt, self._power, self._peers, self._rules):
            yield from search()

    def _helps(self, served: Served | None) -> bool:
        return served is not None and served.most_mw > self.now.most_mw + TRACE_MW

    def _dates(self) -> Iterator[Remedy]:
        """Yield the first period whose dates would do: all together, then each kind alone."""
        groups = [(tuple(ASPECTS), "all dates together")]
        groups += [((aspect,), words) for aspect, words in ASPECTS.items()]
        for aspects, words in groups:
            found = self._first_date(aspects)
            if found is None:
                continue
            s, served = found
            label = self._label(s)
            if len(aspects) > 1:
                yield Remedy("dates", f"{words}, as of {label}", served.most_mw)
            else:
                what = self._what_comes(aspects[0], served)
                yield Remedy(words, f"{words} as of {label}{what}", served.most_mw)

    def _first_date(self, aspects: tuple[str, ...]) -> tuple[int, Served] | None:
        """Return the first later period whose dates serve the most that any dates would."""
        last = len(self.instance.periods)
        return self._first(self.period, last, functools.partial(self._as_of, aspects))

    def _first(
        self, low: int, high: int, ask: Callable[[int], Served | None]
    ) -> tuple[int, Served] | None:
        """Return the first step above ``low`` that serves what the step ``high`` does.

        By bisection: a later step serves no less. None when the last one does not help.
        """
        found = best = ask(high)
        if best is None or found is None or not self._helps(best):
            return None
        while high - low > 1:
            middle = (low + high) // 2
            served = ask(middle)
            if served is not None and served.most_mw >= best.most_mw - TRACE_MW:
                high, found = middle, served
            else:
                low = middle
        return high, found

    def _as_of(self, aspects: tuple[str, ...], period: int) -> Served | None:
        later = dict.fromkeys(aspects, period)
        return self.question.ask(snapshot(self.instance, self.period, later))

    def _label(self, period: int) -> str:
        periods = self.instance.periods
        return periods[period].label if period < len(periods) else "the end of the horizon"

    def _what_comes(self, aspect: str, served: Served) -> str:
        """Return which campuses would have to open earlier."""
        campuses = self.instance.campuses
        early = [
            f"{c!r} (now {self._label(campuses[c].first_period)})"
            for c in served.at
            if campuses[c].first_period > self.period and not campuses[c].stands[self.period]
        ]
        return f": campus {', '.join(early)}" if aspect == "campuses" and early else ""

    def _rtt(self) -> Iterator[Remedy]:
        """Yield the least RTT limit of links that would do."""
        job = self.instance.workloads[self._job]
        limit_ms = max((mode.link_rtt_limit_ms for mode in job.modes), default=math.inf)
        protected = job.survival_fraction > 0
        steps = sorted(
            {
                math.ceil(ms * ROUND_MS) / ROUND_MS
                for reach in self.reach.values()
                if math.isfinite(ms := reach.pair_ms if protected else reach.any_ms)
                and ms > limit_ms
            }
        )
        if not steps:
            return
        found = self._first(-1, len(steps) - 1, lambda step: self._within(steps[step]))
        if found is None:
            return
        step, served = found
        yield Remedy(
            "RTT",
            f"an RTT limit of {steps[step]:.3f} ms for a link instead of {limit_ms:.3f} ms",
            served.most_mw,
        )

    def _within(self, limit_ms: float) -> Served | None:
        part = snapshot(self.instance, self.period, {})
        job = part.workloads[self._job]
        modes = tuple(
            dataclasses.replace(m, link_rtt_limit_ms=max(m.link_rtt_limit_ms, limit_ms))
            for m in job.modes
        )
        part = self._with(part, modes=modes)
        return self.question.ask(part, admissible=Wider(part, self.reach))

    def _power(self) -> Iterator[Remedy]:
        """Yield the least MW beyond the limits of campuses, substations or tie lines, or of all."""
        plain = snapshot(self.instance, self.period, {})
        more_mw = ROOM * sum(job.demand_mw[0] for job in plain.workloads.values())
        parts: tuple[tuple[str, Callable[[Instance], Instance], Beyond], ...] = (
            ("campus limits", lambda x: roomy_campuses(x, more_mw), beyond_campuses(plain)),
            (
                "headroom of substations",
                lambda x: roomy_substations(x, more_mw),
                beyond_substations(plain),
            ),
            ("capacity of tie lines", lambda x: roomy_lines(x, more_mw), beyond_lines(plain)),
        )
        alone = False
        for limit, widened, beyond in parts:
            served = self.question.ask(widened(plain), beyond=beyond)
            if served is not None and self._helps(served) and served.extra_mw:
                alone = True
                yield Remedy(limit, f"{limit}: {more_words(served.extra_mw)}", served.most_mw)
        if alone:
            return
        roomy = plain
        for _, widened, _ in parts:
            roomy = widened(roomy)

        def every(m: pyo.ConcreteModel) -> dict[str, pyo.Expression]:
            return {name: use for _, _, beyond in parts for name, use in beyond(m).items()}

        served = self.question.ask(roomy, beyond=every)
        if served is not None and self._helps(served) and served.extra_mw:
            limit = "limits of campuses, substations and tie lines together"
            yield Remedy(limit, f"{limit}: {more_words(served.extra_mw)}", served.most_mw)

    def _peers(self) -> Iterator[Remedy]:
        """Yield the least number of peers that would do."""
        job = self.instance.workloads[self._job]
        most = max((mode.peers_max for mode in job.modes), default=1)
        for peers in range(most + 1, len(job.campuses) + 1):
            modes = tuple(
                dataclasses.replace(m, peers_max=peers)
                if m.peers_max == most and m.fabric != "ring"
                else m
                for m in job.modes
            )
            part = self._with(snapshot(self.instance, self.period, {}), modes=modes)
            served = self.question.ask(self._with(part, max_peers=peers))
            if served is None or not self._helps(served):
                return
            demand = part.workloads[self._job].demand_mw[0]
            if peers == len(job.campuses) or served.most_mw >= demand - TRACE_MW:
                yield Remedy("peers", f"{peers} peers instead of {most}", served.most_mw)
                return

    def _rules(self) -> Iterator[Remedy]:
        """Yield rules of the workload, or of campuses, without which more would be served."""
        job = self.instance.workloads[self._job]
        plain = snapshot(self.instance, self.period, {})
        drop: list[tuple[str, bool, Callable[[], Instance]]] = [
            (
                "survival of failures (survival_fraction)",
                job.survival_fraction > 0,
                lambda: self._with(plain, survival_fraction=0.0),
            ),
            (
                f"least size of a peer (min_peer_mw {job.min_peer_mw:g})",
                job.min_peer_mw > 0,
                lambda: self._with(plain, min_peer_mw=0.0),
            ),
            (
                "bound on the share at one campus (max_share_per_campus)",
                job.max_share_per_campus < 1,
                lambda: self._with(plain, max_share_per_campus=1.0),
            ),
            (
                "bound on the share in one grid region (max_share_per_region)",
                job.max_share_per_region < 1,
                lambda: self._with(plain, max_share_per_region=1.0),
            ),
            (
                "copies in several grid regions (checkpoint_copies)",
                job.checkpoint_copies > 1,
                lambda: self._with(plain, checkpoint_copies=1),
            ),
            (
                "spare feeds (feed_redundancy)",
                any(c.feed_redundancy != "none" for c in plain.campuses.values()),
                lambda: dataclasses.replace(
                    plain,
                    campuses={
                        c: dataclasses.replace(x, feed_redundancy="none")
                        for c, x in plain.campuses.items()
                    },
                ),
            ),
        ]
        for words, applies, change in drop:
            if applies:
                served = self.question.ask(change())
                if served is not None and self._helps(served):
                    yield Remedy(words, f"without: {words}", served.most_mw)

    def _with(self, part: Instance, **changes: object) -> Instance:
        job = dataclasses.replace(part.workloads[self._job], **changes)  # type: ignore[arg-type]
        return dataclasses.replace(part, workloads={**part.workloads, self._job: job})

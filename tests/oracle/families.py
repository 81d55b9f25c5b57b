"""Relaxations: a study without one family of rules. What that saves shows that it binds."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel  # noqa: TC002

from siting.study import Study
from tests.oracle.instances import LONG_AGO

HUGE = 1_000_000


def drop_family(study: Study, family: str) -> Study:
    """Return ``study`` with the rules of ``family`` relaxed as far as a study can say it."""
    return _DROPS[family](study)


def reference_family(family: str) -> str | None:
    """Return the family that must be dropped on both sides of the comparison.

    More channels per pair are more noise: the effect of ``pair_channels`` shows without noise.
    """
    return "span_noise" if family == "pair_channels" else None


def _file(study: Study, **sections: object) -> Study:
    return study.model_copy(update={"file": study.file.model_copy(update=sections)})


def _rows(study: Study, table: str, **cells: object) -> Study:
    rows: dict[str, BaseModel] = getattr(study, table)
    return study.model_copy(
        update={table: {i: row.model_copy(update=cells) for i, row in rows.items()}}
    )


def _override(study: Study, values: dict[str, float]) -> Study:
    catalog = study.file.catalog
    merged = {**catalog.overrides, **values}
    return _file(study, catalog=catalog.model_copy(update={"overrides": merged}))


def _transport(study: Study, **cells: object) -> Study:
    return _file(study, transport=study.file.transport.model_copy(update=cells))


def _amplifiers(study: Study, **cells: object) -> Study:
    return _transport(study, amplifiers=study.file.transport.amplifiers.model_copy(update=cells))


def _loads(study: Study, **cells: object) -> Study:
    return _file(
        study, workloads=tuple(load.model_copy(update=cells) for load in study.file.workloads)
    )


def _timeline(study: Study) -> Study:
    timelines = {
        s: tuple(r.model_copy(update={"headroom_mw": HUGE, "date": LONG_AGO}) for r in rows[:1])
        for s, rows in study.timelines.items()
    }
    return study.model_copy(update={"timelines": timelines})


def _rtt_limit(study: Study) -> Study:
    """Light takes no time: every route fits into the smallest class."""
    modules = {f"{m}.latency": 0.0 for m in study.file.transport.modules}
    fiber = f"{study.file.transport.fiber_type}.delay"
    rows = (fiber, "lat.fiber", "lat.ila", "lat.roadm", "lat.switch", "otn.latency")
    return _override(study, {**modules, **dict.fromkeys(rows, 0.0)})


def _span_noise(study: Study) -> Study:
    modules = [m for m in study.file.transport.modules if not m.startswith("grey")]
    return _override(
        study,
        {**{f"{m}.osnr": -60.0 for m in modules}, "cd.max.qam": HUGE, "cd.max.qpsk": HUGE},
    )


def _pair_channels(study: Study) -> Study:
    return _override(_span_noise(study), {"omd32.ports": 32.0, "rd66.ports": 64.0})


def _corridor_pairs(study: Study) -> Study:
    """One cable holds every pair, at the price of the cheapest."""
    sizes = study.file.transport.cable_fibers
    overrides = study.file.catalog.overrides
    cheapest = min(overrides.get(f"cable.{n}", {2: 800, 4: 1200, 6: 1500}[n]) for n in sizes)
    return _transport(_override(study, {"cable.2000": cheapest}), cable_fibers=(2000,))


def _peer_count(study: Study) -> Study:
    loads = tuple(
        load.model_copy(
            update={"max_peers": 8, "peer_buckets": tuple(sorted({2, *load.peer_buckets}))}
        )
        for load in study.file.workloads
    )
    return _file(study, workloads=loads)


def _lead_time(study: Study) -> Study:
    horizon = study.file.horizon.model_copy(update={"decision_date": LONG_AGO})
    return _rows(_file(study, horizon=horizon), "campuses", earliest_date=LONG_AGO)


_DROPS: dict[str, Callable[[Study], Study]] = {
    "timeline": _timeline,
    "campus_limit": lambda study: _rows(study, "campuses", limit_mw=HUGE, area_km2=1.0),
    "tie_line_limit": lambda study: _rows(study, "tie_lines", capacity_mw=HUGE),
    "rtt_limit": _rtt_limit,
    "survivability": lambda study: _loads(study, survival_fraction=0.0),
    "amplifier_spacing": lambda study: _amplifiers(
        study, max_spacing_km=HUGE, single_span_max_km=HUGE
    ),
    "amplifier_minimum_spacing": lambda study: _amplifiers(study, min_spacing_km=0.0),
    "span_noise": _span_noise,
    "pair_channels": _pair_channels,
    "corridor_pairs": _corridor_pairs,
    "iru_limit": lambda study: _rows(study, "corridors", iru_pairs=HUGE),
    "hut_racks": lambda study: _transport(
        study, pairs_per_rack=HUGE, max_racks_own=HUGE, max_racks_provider=HUGE
    ),
    "peer_count": _peer_count,
    "peer_minimum": lambda study: _loads(study, min_peer_mw=0.001),
    "lead_time": _lead_time,
}

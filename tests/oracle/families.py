"""What a study is without one feature or rule: how the optimum changes shows that it binds."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel  # noqa: TC002

from siting.study import Study
from siting.study_workload import Workload
from tests.oracle.draft import LONG_AGO

HUGE = 1_000_000


def drop_family(study: Study, family: str) -> Study:
    """Return ``study`` without a feature, or with a rule relaxed as far as a study can say it."""
    return DROPS[family](study)


def reference_family(family: str) -> str | None:
    """Return the family that must be dropped on both sides of the comparison.

    More channels per pair are more noise: the effect of ``pair_channels`` shows without noise.
    """
    return "span_noise" if family == "pair_channels" else None


def _file(study: Study, **sections: object) -> Study:
    return study.model_copy(update={"file": study.file.model_copy(update=sections)})


def _section(study: Study, name: str, **cells: object) -> Study:
    return _file(study, **{name: getattr(study.file, name).model_copy(update=cells)})


def _rows(study: Study, table: str, **cells: object) -> Study:
    rows: dict[str, BaseModel] = getattr(study, table) or {}
    changed = {i: row.model_copy(update=cells) for i, row in rows.items()}
    return study.model_copy(update={table: changed}) if rows else study


def _each(study: Study, table: str, change: Callable[[BaseModel], dict[str, object]]) -> Study:
    rows: dict[str, BaseModel] = getattr(study, table) or {}
    changed = {i: row.model_copy(update=change(row)) for i, row in rows.items()}
    return study.model_copy(update={table: changed}) if rows else study


def _override(study: Study, values: dict[str, float]) -> Study:
    return _section(study, "catalog", overrides={**study.file.catalog.overrides, **values})


def _transport(study: Study, **cells: object) -> Study:
    return _section(study, "transport", **cells)


def _amplifiers(study: Study, **cells: object) -> Study:
    return _transport(study, amplifiers=study.file.transport.amplifiers.model_copy(update=cells))


def _caps(study: Study, **cells: object) -> Study:
    return _section(study, "rules", caps=study.file.rules.caps.model_copy(update=cells))


def _each_load(study: Study, change: Callable[[Workload], dict[str, object]]) -> Study:
    loads = tuple(load.model_copy(update=change(load)) for load in study.file.workloads)
    return _file(study, workloads=loads)


def _loads(study: Study, **cells: object) -> Study:
    return _each_load(study, lambda _: cells)


# Sites and power


def _timeline(study: Study) -> Study:
    timelines = {
        s: tuple(r.model_copy(update={"headroom_mw": HUGE, "date": LONG_AGO}) for r in rows[:1])
        for s, rows in study.timelines.items()
    }
    return study.model_copy(update={"timelines": timelines})


def _bridging(study: Study, *, rented: bool) -> Study:
    kept = {i: b for i, b in study.bridging.items() if (b.technology == "rental") != rented}
    return study.model_copy(update={"bridging": kept})


def _existing_sites(study: Study) -> Study:
    study = _rows(study, "campuses", existing_it_mw=0.0, existing_until=None)
    study = _rows(study, "substations", existing_mw=0.0, existing_until=None)
    return _rows(study, "tie_lines", existing=False, existing_until=None)


def _retirement(study: Study) -> Study:
    for table in ("campuses", "substations", "tie_lines"):
        study = _rows(study, table, existing_until=None)
    return study


def _energy_region(study: Study) -> Study:
    return _rows(_section(study, "sites", energy_region="TX"), "campuses", energy_region=None)


def _lead_time(study: Study) -> Study:
    horizon = study.file.horizon.model_copy(update={"decision_date": LONG_AGO})
    return _rows(_file(study, horizon=horizon), "campuses", earliest_date=LONG_AGO)


# Training


def _without(study: Study, paradigm: str) -> Study:
    def change(load: Workload) -> dict[str, object]:
        kept = {p: v for p, v in load.paradigms.items() if p != paradigm}
        return {"paradigms": kept or {"diloco": load.paradigms[paradigm]}}  # type: ignore[index]

    return _each_load(study, change)


def _inner_steps(study: Study) -> Study:
    gone = {"inner_steps": None, "compression_ratio": None}
    return _each_load(
        study,
        lambda load: {
            "paradigms": {p: v.model_copy(update=gone) for p, v in load.paradigms.items()}
        },
    )


def _frontend(study: Study) -> Study:
    gone = {"frontend_gbps_per_it_mw": 0.0}
    return _each_load(study, lambda load: {"traffic": load.traffic.model_copy(update=gone)})


def _ring(study: Study) -> Study:
    def change(load: Workload) -> dict[str, object]:
        return {"fabrics": tuple(f for f in load.fabrics if f != "ring") or ("mesh",)}

    return _each_load(study, change)


def _peer_count(study: Study) -> Study:
    return _each_load(
        study,
        lambda load: {"max_peers": 8, "peer_buckets": tuple(sorted({2, *load.peer_buckets}))},
    )


# Network


def _rtt_limit(study: Study) -> Study:
    """Light takes no time: every route fits into the smallest class."""
    modules = {f"{m}.latency": 0.0 for m in study.file.transport.modules}
    fibers = [f"{f}.delay" for f in ("G652D", "G652D_ULL", "G654E", "HCF")]
    rows = (*fibers, "lat.fiber", "lat.ila", "lat.roadm", "lat.switch", "lat.regen", "otn.latency")
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


def _hut_racks(study: Study) -> Study:
    rows = ("rack.conv", "rack.legacy", "rack.multi", "hut.racks.legacy", "hut.racks.new")
    study = _transport(_override(study, dict.fromkeys(rows, HUGE)), max_racks_provider=HUGE)
    return _rows(study, "huts", space_racks=None)


def _hut_power(study: Study) -> Study:
    study = _override(study, {"hut.power.legacy": HUGE, "hut.power.new": HUGE})
    return _rows(_transport(study, provider_hut_power_kw=HUGE), "huts", power_kw=None)


def _hollow_core(study: Study) -> Study:
    kept = tuple(f for f in study.file.transport.fiber_types if f != "HCF") or ("G652D",)

    def change(row: BaseModel) -> dict[str, object]:
        names = ("iru_fiber_type", "existing_fiber_type")
        return {n: "G652D" for n in names if getattr(row, n) == "HCF"}

    return _each(_transport(study, fiber_types=kept), "corridors", change)


def _hut_classes(study: Study) -> Study:
    return _rows(_transport(study, hut_classes=("small",)), "huts", leasable=False)


DROPS: dict[str, Callable[[Study], Study]] = {
    "timeline": _timeline,
    "campus_limit": lambda study: _rows(study, "campuses", limit_mw=HUGE, area_km2=1.0),
    "tie_line_limit": lambda study: _rows(study, "tie_lines", capacity_mw=HUGE),
    "lead_time": _lead_time,
    "network_upgrades": lambda study: study.model_copy(update={"network_upgrades": {}}),
    "bridging_owned": lambda study: _bridging(study, rented=False),
    "bridging_rented": lambda study: _bridging(study, rented=True),
    "feed_redundancy": lambda study: _rows(study, "campuses", feed_redundancy="none"),
    "spend_cap": lambda study: _caps(study, upfront_usd=None),
    "openings_cap": lambda study: _caps(study, campus_openings=None, substation_connections=None),
    "corridor_cap": lambda study: _caps(study, corridor_build_km=None, hut_builds=None),
    "existing_sites": _existing_sites,
    "retirement": _retirement,
    "energy_region": _energy_region,
    "rtt_limit": _rtt_limit,
    "peer_count": _peer_count,
    "peer_minimum": lambda study: _loads(study, min_peer_mw=0.001),
    "streaming": lambda study: _without(study, "streaming"),
    "compressed": lambda study: _without(study, "compressed"),
    "inner_steps": _inner_steps,
    "bandwidth_levels": lambda study: _loads(study, bandwidth_levels=(1.0,)),
    "frontend": _frontend,
    "ring": _ring,
    "ring_transit": lambda study: _section(study, "survivability", ring_transit=False),
    "hub_may_move": lambda study: _loads(study, hub_may_move=False),
    "replicas": lambda study: _loads(study, replica=None),
    "blast_radius": lambda study: _loads(
        study, max_share_per_campus=None, max_share_per_region=None
    ),
    "checkpoint_copies": lambda study: _loads(study, checkpoint_copies=1),
    "survivability": lambda study: _each_load(
        study,
        lambda load: {
            "survival_fraction": 0.0,
            "replica": load.replica and load.replica.model_copy(update={"survival_fraction": 0.0}),
        },
    ),
    "link_availability": lambda study: _loads(study, min_link_availability=None),
    "interruptions": lambda study: _section(study, "survivability", charge_interruptions=False),
    "provider_failures": lambda study: _section(study, "survivability", provider_failures=False),
    "leased_waves": lambda study: study.model_copy(update={"leased_waves": {}}),
    "pair_channels": _pair_channels,
    "corridor_pairs": _corridor_pairs,
    "iru_limit": lambda study: _each(
        study,
        "corridors",
        lambda row: {"iru_pairs": HUGE if row.iru_pairs else 0},  # type: ignore[attr-defined]
    ),
    "fiber_types": lambda study: _transport(
        study, fiber_types=study.file.transport.fiber_types[:1]
    ),
    "hollow_core": _hollow_core,
    "iru_fiber_type": lambda study: _rows(study, "corridors", iru_fiber_type="G652D"),
    "existing_cable": lambda study: _rows(
        study, "corridors", existing_fibers=0, existing_until=None
    ),
    "cable_retirement": lambda study: _rows(study, "corridors", existing_until=None),
    "module_dates": lambda study: _transport(study, module_dates={}),
    "optical_circuit_switches": lambda study: _transport(study, optical_circuit_switches=False),
    "media_converters": lambda study: _transport(study, media_converters=False),
    "amplifier_spacing": lambda study: _amplifiers(
        study, max_spacing_km=HUGE, single_span_max_km=HUGE
    ),
    "amplifier_minimum_spacing": lambda study: _amplifiers(study, min_spacing_km=0.0),
    "span_noise": _span_noise,
    "hut_racks": _hut_racks,
    "hut_classes": _hut_classes,
    "hut_power": _hut_power,
    "existing_hut": lambda study: _rows(
        study, "huts", existing_racks=0, existing_until=None, space_racks=None
    ),
    "amplifier_types": lambda study: _transport(study, amplifier_types=("conventional",)),
    "regenerators": lambda study: _transport(study, max_regenerators=0),
}
FAMILIES = tuple(DROPS)
RELAXATIONS = frozenset(
    {
        *("timeline", "campus_limit", "tie_line_limit", "lead_time", "feed_redundancy"),
        *("spend_cap", "openings_cap", "corridor_cap", "retirement", "rtt_limit", "peer_minimum"),
        *("blast_radius", "checkpoint_copies", "survivability", "span_noise"),
        *("link_availability", "interruptions", "provider_failures", "pair_channels"),
        *("corridor_pairs", "iru_limit", "cable_retirement", "module_dates", "hut_racks"),
        *("optical_circuit_switches", "media_converters", "amplifier_spacing", "hut_power"),
        *("amplifier_minimum_spacing", "frontend"),
    }
)
"""Families that only forbid or cost: without them no optimum is dearer."""

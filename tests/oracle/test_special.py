"""The engine against the oracle where the random studies seldom go: one change for each rule."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from siting import build_instance, build_network, solve, verify
from tests.oracle.brute import Oracle
from tests.oracle.draft import write
from tests.oracle.raw import Raw
from tests.strategies import one_job

Draft = dict[str, Any]


def _load(draft: Draft) -> Draft:
    load: Draft = draft["file"]["workloads"][0]
    return load


def no_waves(draft: Draft) -> None:
    draft["file"]["geography"].pop("leased_waves", None)
    draft["tables"].pop("leased_waves", None)


def pinned_campus(draft: Draft) -> None:
    """More is open than the little demand needs."""
    draft["file"]["rules"] = {"pin_campuses": [c["id"] for c in draft["tables"]["campuses"]]}
    _load(draft)["it_demand_mw"] = [15.0 for _ in _load(draft)["it_demand_mw"]]


def forbidden_campus(draft: Draft) -> None:
    draft["file"]["rules"] = {"forbid_campuses": [draft["tables"]["campuses"][-1]["id"]]}


def forbidden_substation(draft: Draft) -> None:
    draft["file"]["rules"] = {
        "forbid_substations": [draft["tables"]["tie_lines"][0]["substation_id"]]
    }


def forbidden_corridor(draft: Draft) -> None:
    draft["file"]["rules"] = {"forbid_corridors": ["e0"]}
    for wave in draft["tables"].get("leased_waves", ()):
        wave["corridors"] = ""


def pinned_substation(draft: Draft) -> None:
    draft["file"]["rules"] = {"pin_substations": [draft["tables"]["substations"][-1]["id"]]}


def _direct(draft: Draft) -> list[str]:
    """Return a path from campus a to campus b: one corridor, or two over the junction."""
    ends = {row["id"]: {row["node_a"], row["node_b"]} for row in draft["tables"]["corridors"]}
    alone = [[e] for e, nodes in ends.items() if nodes == {"n-a", "n-b"}]
    over = [
        [e, f]
        for e, nodes in ends.items()
        for f, others in ends.items()
        if nodes == {"n-a", "n-j"} and others == {"n-j", "n-b"}
    ]
    return (alone + over)[-1]


def pinned_corridor(draft: Draft) -> None:
    draft["file"]["rules"] = {"pin_corridors": _direct(draft)[-1:]}


def pinned_route(draft: Draft) -> None:
    draft["file"]["rules"] = {"pin_routes": [_direct(draft)[::-1]]}


def forbidden_route(draft: Draft) -> None:
    draft["file"]["rules"] = {"forbid_routes": [_direct(draft)]}


def pinned_hut(draft: Draft) -> None:
    draft["file"]["rules"] = {"pin_huts": [f"{_direct(draft)[0]}@1"]}


def forbidden_hut(draft: Draft) -> None:
    draft["file"]["rules"] = {"forbid_huts": [f"{_direct(draft)[0]}@1"]}


def waived_failure(draft: Draft) -> None:
    """A failure that takes a campus with it does not count for the links that end there."""
    _load(draft)["survival_fraction"] = 1.0
    for row in draft["tables"]["corridors"]:
        if "n-a" in (row["node_a"], row["node_b"]):
            row["srlgs"] = "campus:a"


def shared_risk(draft: Draft) -> None:
    _load(draft)["survival_fraction"] = 1.0
    for row in draft["tables"]["corridors"][:2]:
        row["srlgs"] = "bridge-1;bridge-2"


def providers_fail(draft: Draft) -> None:
    draft["file"]["survivability"] = {"provider_failures": True}
    _load(draft)["survival_fraction"] = 1.0
    for row in draft["tables"]["corridors"]:
        row |= {"iru_provider": "telco", "iru_pairs": 2, "buildable": "true"}


def two_providers(draft: Draft) -> None:
    providers_fail(draft)
    for number, row in enumerate(draft["tables"]["corridors"]):
        row["iru_provider"] = ("telco", "rail")[number % 2]


def undeclared_waves(draft: Draft) -> None:
    """Two waves of one carrier are never diverse, two carriers are."""
    draft["file"]["geography"]["leased_waves"] = "leased_waves.csv"
    _load(draft)["survival_fraction"] = 1.0
    draft["tables"]["leased_waves"] = [
        {
            "id": f"wave{number}",
            "carrier": carrier,
            "campus_a": "b",
            "campus_b": "a",
            "rate_gbps": 400,
            "length_km": 12.0 + number,
            "max_waves": 3,
            "usd_per_month": 200 + 50 * number,
            "one_off_usd": 500,
        }
        for number, carrier in enumerate(("one", "one", "two"))
    ]


def declared_waves_of_a_failing_carrier(draft: Draft) -> None:
    undeclared_waves(draft)
    draft["file"]["survivability"] = {"provider_failures": True}
    declared = [e["id"] for e in draft["tables"]["corridors"] if e["node_b"] == "n-b"]
    for wave in draft["tables"]["leased_waves"][1:]:
        wave["corridors"] = ";".join(declared[:1])


def hollow_core(draft: Draft) -> None:
    overrides = draft["file"]["catalog"]["overrides"]
    overrides |= {"HCF.loss": 1.5, "HCF.delay": 34.0, "HCF.price_mult": 3.0, "HCF.D": 30.0}
    draft["file"]["transport"]["fiber_types"] = ["HCF"]
    no_waves(draft)


def one_peer_only(draft: Draft) -> None:
    _load(draft)["max_peers"] = 1


def high_buckets(draft: Draft) -> None:
    _load(draft)["max_peers"] = 3
    _load(draft)["peer_buckets"] = [2, 3]
    _load(draft)["fabrics"] = ["mesh"]
    _load(draft)["traffic"] = {"view": "collective", "parameters": 8e11}
    draft["file"]["transport"]["modules"] = ["zrp600"]
    no_waves(draft)


def low_column(draft: Draft) -> None:
    draft["file"]["catalog"]["column"] = "low"


def three_quarters(draft: Draft) -> None:
    draft["file"]["horizon"] |= {"periods": 3, "period": "quarter", "decision_date": "2025-01-01"}
    first = _load(draft)["it_demand_mw"][0]
    _load(draft)["it_demand_mw"] = [first / 2, first, first]
    _load(draft)["traffic"] = {"view": "collective", "parameters": 2.4e11}


def falling_demand(draft: Draft) -> None:
    draft["file"]["horizon"] |= {"periods": 2}
    first = max(_load(draft)["it_demand_mw"])
    _load(draft)["it_demand_mw"] = [first, first / 3]


def short_grey_links(draft: Draft) -> None:
    draft["file"]["transport"]["modules"] = ["grey800_2lr4", "coh800_lr1", "zr800"]
    draft["file"]["catalog"]["overrides"] |= {"grey800_2lr4.reach": 14.0, "coh800_lr1.reach": 9.0}
    for number, row in enumerate(draft["tables"]["corridors"]):
        row["length_km"] = 5.0 + number if row["node_b"] == "n-j" else 11.0


def exact_budget(draft: Draft) -> None:
    """The allowed loss, not the table, sets the budget; trips and penalty are overridden."""
    load = _load(draft)
    load |= {"allowed_goodput_loss": 0.02, "step_time_s": 20.0, "jitter_p99_ms": 0.1}
    load["paradigms"] = {
        "hierarchical": {"exposed_round_trips": 100.0, "token_penalty_fraction": 0.01},
        "diloco": {"exposed_round_trips": 0.0, "traffic_reduction": 2.0, "rtt_limit_ms": 3.0},
    }


TWEAKS: tuple[Callable[[Draft], None], ...] = (
    pinned_campus,
    forbidden_campus,
    forbidden_substation,
    forbidden_corridor,
    waived_failure,
    shared_risk,
    providers_fail,
    two_providers,
    undeclared_waves,
    declared_waves_of_a_failing_carrier,
    hollow_core,
    one_peer_only,
    high_buckets,
    low_column,
    three_quarters,
    falling_demand,
    short_grey_links,
    exact_budget,
    pinned_substation,
    pinned_corridor,
    pinned_route,
    pinned_hut,
    forbidden_route,
    forbidden_hut,
)
THEMES = ("survivability", "rtt_limit", "campus_limit")


@pytest.mark.solver
@pytest.mark.slow
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("tweak", TWEAKS, ids=lambda tweak: str(tweak.__name__))
def test_engine_finds_the_optimum_of_special_studies(
    tweak: Callable[[Draft], None], theme: str, tmp_path: Path
) -> None:
    draft = one_job(1000 + TWEAKS.index(tweak), theme)
    tweak(draft)
    study = write(draft, tmp_path)
    network = build_network(study)
    best = Oracle(Raw(study, network)).search()
    result = solve(build_instance(study, network), method="monolithic", relative_gap=0)
    if best is None:
        assert "pinned" in " ".join(result.explanation)
        return
    assert result.plan is not None, result.explanation
    assert result.objective_usd == pytest.approx(best.objective_usd, abs=1.0)
    verification = verify(result.plan, study, network)
    assert verification.accepted, verification.violations

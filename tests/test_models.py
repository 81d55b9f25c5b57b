"""Every model with an ``expected.json`` gives the cost it states; the hand-made ones to the cent.

``SITING_UPDATE=1`` writes what the engine finds: read the difference before it is committed.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from siting import Plan, build_instance, build_network, load_study, solve, verify

MODELS = Path(__file__).resolve().parent.parent / "models"
TOLERANCE = 1e-6


def cases() -> list[tuple[str, str | None]]:
    """Return model and scenario of everything that is expected."""
    found: list[tuple[str, str | None]] = []
    for path in sorted(MODELS.glob("*/expected.json")):
        expected = json.loads(path.read_text("utf-8"))
        found += [(path.parent.name, None)]
        found += [(path.parent.name, name) for name in expected.get("scenarios", {})]
    return found


def solved(model: str, scenario: str | None) -> Plan:
    study = load_study(MODELS / model, scenario)
    network = build_network(study)
    result = solve(build_instance(study, network))
    assert result.plan is not None, result.explanation
    verification = verify(result.plan, study, network)
    assert verification.accepted, verification.violations
    return result.plan


def facts(plan: Plan) -> dict[str, Any]:
    return {
        "objective_usd": round(plan.objective_usd, 2),
        "costs_usd": {line: round(usd, 2) for line, usd in plan.costs_usd.items()},
        "campuses": sorted(campus.id for campus in plan.campuses),
    }


@pytest.mark.solver
@pytest.mark.parametrize(("model", "scenario"), cases())
def test_model_costs_what_it_says(model: str, scenario: str | None) -> None:
    path = MODELS / model / "expected.json"
    plan = solved(model, scenario)
    if os.environ.get("SITING_UPDATE") == "1":
        update(path, scenario, facts(plan))
    expected = json.loads(path.read_text("utf-8"))
    relative = expected.get("relative_tolerance", TOLERANCE)
    wanted = expected if scenario is None else expected["scenarios"][scenario]
    slack = relative * wanted["objective_usd"]
    assert plan.objective_usd == pytest.approx(wanted["objective_usd"], abs=slack)
    # A line may move by as much as the whole: equal plans differ within the tolerance only.
    assert plan.costs_usd == pytest.approx(wanted["costs_usd"], abs=slack + 0.005)
    assert facts(plan)["campuses"] == wanted["campuses"]


def update(path: Path, scenario: str | None, found: dict[str, Any]) -> None:
    expected = json.loads(path.read_text("utf-8"))
    target = expected if scenario is None else expected["scenarios"][scenario]
    target.update(found)
    path.write_text(json.dumps(expected, indent=2) + "\n", "utf-8")


def test_every_study_folder_is_listed() -> None:
    text = (MODELS / "README.md").read_text("utf-8")
    names = {path.parent.name for path in MODELS.glob("*/study.yaml")}
    assert {name for name in names if f"]({name}/README.md)" not in text} == set()

"""All models without a network: loaded, checked, built; the small ones solved and verified.

From a fresh clone, and where the system can take the network away altogether::

    unshare --net --map-root-user python -m tests.benchmarks.offline

Within Python every way out is refused in any case (``tests/offline.py``).
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import siting
from siting import build_instance, build_network, load_study, solve, verify
from siting.catalog import load_catalog
from siting.loading import list_scenarios
from siting.presolve import presolve
from tests.offline import no_network
from tests.test_offline import ALL, MODELS, SLOW


def row(model: str) -> str:
    """Return what a model came to, as one row of a table."""
    scenarios = (None, *list_scenarios(MODELS / model))
    for scenario in scenarios:
        study = load_study(MODELS / model, scenario)
        choice = study.file.catalog
        catalog = load_catalog(choice.source, column=choice.column, overrides=choice.overrides)
        hopeless = presolve(study, catalog).hopeless
        if hopeless:
            raise SystemExit(f"{model}, scenario {scenario}: {hopeless}")
    study = load_study(MODELS / model)
    start = time.perf_counter()
    network = build_network(study)
    instance = build_instance(study, network)
    seconds = time.perf_counter() - start
    solved = "-"
    if model not in SLOW:
        result = solve(instance)
        if result.plan is None or not verify(result.plan, study, network).accepted:
            raise SystemExit(f"{model}: no accepted plan: {result.explanation}")
        solved = f"{result.plan.objective_usd:,.0f} USD"
    return (
        f"| {model} | {len(scenarios)} | {len(study.campuses)} | {len(network.nodes):,} / "
        f"{len(network.corridors):,} | {seconds:.0f} s | {solved} |"
    )


def main() -> None:
    """Print a table, a row a model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", default=ALL)
    models = parser.parse_args().models
    print(f"siting of {Path(siting.__file__).parent}")
    print(
        "| model | loaded and right | campuses | nodes / corridors | built in | solved, verified |"
    )
    print("|---|---|---|---|---|---|")
    with no_network():
        for model in models:
            print(row(model), flush=True)


if __name__ == "__main__":
    main()

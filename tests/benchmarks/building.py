"""How long network and instance take, here and in another source tree, and whether they are equal.

    python -m tests.benchmarks.building texas midwest conus --before ../earlier

The two trees take turns, each in a process of its own. CPU seconds; on a busy machine they are
those of a busy machine, and the ratio says more than either.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from siting.instance import FiberRoute, Instance


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--before", type=Path, help="another source tree of the project")
    parser.add_argument("--measure", action="store_true", help="print one measurement as JSON")
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measurement(options.models[0])))
        return
    here = Path(__file__).resolve().parents[2]
    trees = [tree.resolve() for tree in (options.before, here) if tree is not None]
    print(
        "| model | tree | network, s | instance, s | routes | result |\n|---|---|---|---|---|---|"
    )
    for model in options.models:
        found = [measured_in(tree, model) for tree in trees]
        for tree, row in zip(trees, found, strict=True):
            print(
                f"| {model} | {'here' if tree == here else 'before'} | {row['network']:.1f} "
                f"| {row['instance']:.1f} | {row['routes']} | {row['sha256'][:12]} |",
                flush=True,
            )
        if len(found) > 1:
            network, instance = (found[0][x] / found[1][x] for x in ("network", "instance"))
            equal = "equal" if found[0]["sha256"] == found[1]["sha256"] else "DIFFERENT"
            print(f"| {model} | ratio | {network:.1f} | {instance:.1f} | | {equal} |", flush=True)


def measured_in(tree: Path, model: str) -> dict[str, Any]:
    """Return what a process in a source tree measures."""
    command = [sys.executable, str(Path(__file__).resolve()), "--measure", model]
    environment = os.environ | {"PYTHONPATH": str(tree)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    row: dict[str, Any] = json.loads(done.stdout)
    return row


def measurement(model: str) -> dict[str, Any]:
    """Return CPU seconds of both stages without imports, and a hash of the result."""
    import geopandas as gpd  # noqa: F401

    from siting import build_instance, build_network, load_study
    from siting.instance import Instance  # noqa: F401

    study = load_study(model)
    begin = time.process_time()
    network = build_network(study)
    middle = time.process_time()
    instance = build_instance(study, network)
    end = time.process_time()
    return {
        "network": middle - begin,
        "instance": end - middle,
        "routes": len(instance.fiber_routes),
        "sha256": digest(instance),
    }


def digest(instance: Instance) -> str:
    """Return a hash of the network and of all that is made from it, to the last digit."""
    sha = hashlib.sha256(instance.network_sha256.encode())
    for part in (instance.corridors, instance.huts, instance.graph, instance.failures):
        sha.update(repr(part).encode())
    for route in instance.fiber_routes.values():
        sha.update(repr(_plain(route)).encode())
    return sha.hexdigest()


def _plain(route: FiberRoute) -> tuple[object, ...]:
    """Return a route with its set in order."""
    return (
        *(route.id, route.link, route.corridors, route.supply, route.fiber_type, route.nodes),
        *(route.length_km, sorted(route.srlgs), route.regenerators, route.huts, route.designs),
    )


if __name__ == "__main__":
    main()

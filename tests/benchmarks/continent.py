"""Candidate network of the conterminous US, and of Western Europe, from bundled data.

``python -m tests.benchmarks.continent``: time, memory and size of the network of campuses spread
over a continent, and whether the verifier finds it to be one that the study describes.
"""

from __future__ import annotations

import argparse
import resource
import time

from siting.catalog import load_catalog
from siting.geography import build_network
from siting.verify.findings import Findings
from siting.verify.network_shape import network_shape
from tests.data.test_city_drives import DRIVES, ends
from tests.geography.small import campus, make_study

PLACES = {"us": 36, "europe": 20}
"""Campuses by region, outside its cities."""
BESIDE_DEG = 0.15
"""A campus stands so far north of the middle of a city."""
CONTINENT = {"Belfast", "Birmingham", "Bristol", "Cork", "Dublin", "Edinburgh", "Glasgow"}
CONTINENT |= {"Gothenburg", "London", "Manchester", "Stockholm"}
"""Cities that the sea parts from the continent; no road leads there."""


def continental_study(region: str):
    """Return a study with synthetic campuses beside cities of a region."""
    places = dict(end for drive in DRIVES if drive["region"] == region for end in ends(drive))
    cities = [city for city in places if city not in CONTINENT][: PLACES[region]]
    campuses = [
        campus(city.replace(" ", "-").replace(".", ""), lon, lat + BESIDE_DEG, kind="synthetic")
        for city, (lon, lat) in ((city, places[city]) for city in cities)
    ]
    geography = {"source": f"bundled/{region}", "snap_max_km": 60.0}
    return make_study(campuses, geography=geography)


def main() -> None:
    """Build and print one row of a table a region."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("region", choices=PLACES, nargs="?", default="us")
    region = parser.parse_args().region
    study = continental_study(region)
    start, cpu = time.perf_counter(), time.process_time()
    network = build_network(study)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.perf_counter()
    findings = Findings()
    network_shape(study, network, load_catalog("bundled"), findings.rule("plan_shape"))
    checked = time.perf_counter() - start
    km = sum(corridor.length_km for corridor in network.corridors.values())
    print(f"region {region}: {len(study.campuses)} campuses")
    print(f"  {len(network.nodes):,} nodes, {len(network.corridors):,} corridors, {km:,.0f} km,")
    print(f"  {len(network.huts):,} hut candidates")
    print(f"  built in {seconds:.1f} s ({cpu:.1f} s of CPU), peak memory {peak_mb:,.0f} MB")
    print(f"  checked in {checked:.1f} s: {len(findings.violations)} violations")
    for violation in findings.violations[:5]:
        print(f"    {violation}")


if __name__ == "__main__":
    main()

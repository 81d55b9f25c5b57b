"""Facility location of the size of the largest OR-Library files, made at random, to the proof.

Equal sites in a square, customers with whole demands, costs near distance times demand::

    python -m tests.benchmarks.facilities [--time-limit 120] [--seeds 2]
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from siting.benchmarks.check_facility import check_facility
from siting.instance.facility_location import Customer, Facility, FacilityLocation
from siting.solve.facility_location.method import solve_facility_location

SITES, CUSTOMERS = 100, 1000
SHAPES = [(15.0, 90_000.0), (14.0, 400_000.0), (9.0, 30_000.0), (5.0, 300_000.0), (3.0, 10_000.0)]
"""Capacity of all sites over demand, and the mean fixed cost of a site."""


def random_problem(ratio: float, fixed_cost: float, seed: int) -> FacilityLocation:
    """Return a problem of 100 sites and 1,000 customers."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, 1000, (SITES + CUSTOMERS, 2))
    demand = rng.integers(10, 101, CUSTOMERS).astype(float)
    away = places[SITES:, None, :] - places[None, :SITES, :]
    noise = rng.uniform(0.9, 1.1, (CUSTOMERS, SITES))
    costs = 0.12 * np.hypot(away[..., 0], away[..., 1]) * demand[:, None] * noise
    capacity = float(round(demand.sum() * ratio / SITES))
    fixed = rng.uniform(0.5, 1.5, SITES) * fixed_cost
    return FacilityLocation(
        f"ratio {ratio:g}, fixed {fixed_cost:,.0f}, seed {seed}",
        tuple(Facility(capacity, float(f)) for f in fixed),
        tuple(
            Customer(float(d), tuple(row)) for d, row in zip(demand, costs.tolist(), strict=True)
        ),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--time-limit", type=float, default=120.0)
    parser.add_argument("--seeds", type=int, default=2)
    given = parser.parse_args()
    print("| problem | objective | bound | gap | seconds | CPU seconds | check |")
    print("|---|---|---|---|---|---|---|")
    for ratio, fixed_cost in SHAPES:
        for seed in range(1, given.seeds + 1):
            problem = random_problem(ratio, fixed_cost, seed)
            began = time.process_time()
            found = solve_facility_location(
                problem, time_limit_s=given.time_limit, relative_gap=1e-6
            )
            wrong = check_facility(problem, found.opened, found.shares, found.objective)
            gap = (found.objective - found.bound) / found.objective
            print(
                f"| {problem.name} | {found.objective:,.2f} | {found.bound:,.2f} "
                f"| {100 * gap:.4f} % | {found.seconds:.1f} "
                f"| {time.process_time() - began:.1f} | {'; '.join(wrong) or 'right'} |",
                flush=True,
            )


if __name__ == "__main__":
    main()

"""Compiling what searches for ways run, before the time of a solve counts."""

import numpy as np

from siting.solve.all_routes.disjoint_ways import DisjointWays
from siting.solve.all_routes.hut_routes import WaySearch
from siting.solve.all_routes.map_loads import Loads, Menu, Tariff
from siting.solve.all_routes.placings import Pieces
from siting.solve.all_routes.spans import STEPS_PER_KM, QuietSpans
from siting.solve.all_routes.ways import TARGET, HutPrices


def compile_searches() -> None:
    """Compile what searches for ways run, or read it from disk: some seconds after a change."""
    ends, lengths_km = np.array([[0, 2], [2, 1]]), np.full(2, 10.0)
    pieces = Pieces.at([[5.0], [5.0]])
    search = WaySearch(ends, lengths_km, np.array([20.0, 0.0, 10.0]), 15.0, pieces)
    # One hut is enough by length, three are by noise: so limits are searched for, too.
    km = np.arange(0.0, 16.0, 1 / STEPS_PER_KM)
    quiet = QuietSpans(15.0, 0.1 + 0.5 * (km / 10) ** 2)
    huts = HutPrices(np.ones(3), np.ones(2))
    search.with_huts(np.ones(2), huts, quiet=quiet, longest_km=30.0)
    search.along([(0, 2), (1, TARGET)], huts, quiet)
    DisjointWays(ends).cheapest(np.ones(2), 1)
    _compile_loads()


def _compile_loads() -> None:
    """Compile what is paid by what it holds: one corridor, with IRU and own cable."""
    one, items = np.ones(1), np.array([0, 1])
    menu = Menu(one, one, one, np.ones((1, 1)), np.zeros((1, 1)), one)
    loads = Loads(Tariff(np.ones((1, 2)), menu))
    usd = loads.fresh_usd(items, 0, np.ones((1, 2)))
    loads.take(items, 0, np.ones((1, 2)), 1)
    loads.more_usd(items, 0, np.ones((1, 2)), usd)
    loads.usd()

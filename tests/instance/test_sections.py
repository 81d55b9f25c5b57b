"""Spans that the rules allow, and legal numbers of amplifiers, against plain listing."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from siting.catalog import load_catalog
from siting.instance.noise_floor import NoiseFloor
from siting.instance.sections import NOISE_TOLERANCE, Coherent, FiberSection
from siting.instance.serving_huts import _rounded
from siting.instance.spans import TOLERANCE_KM, amplifier_counts, noise_range, spans_between
from siting.optics import transport_option
from siting.study import AmplifierRules


def _places(seed: int) -> tuple[float, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Return a random length and hut positions, some of them twice and some at the ends."""
    draw = np.random.default_rng(seed)
    length_km = float(draw.uniform(60.0, 700.0))
    places = draw.uniform(0.0, length_km, int(draw.integers(0, 40)))
    places = np.concatenate([places, places[:3], [0.0, length_km][: int(draw.integers(0, 3))]])
    return length_km, np.sort(places)


def _allowed(
    length_km: float, huts_km: list[float], least_km: float, most_km: float
) -> list[tuple[int, int]]:
    """Return the spans between two of the places: ends have no least spacing."""
    places = [0.0, *huts_km, length_km]
    last = len(places) - 1
    least_km = max(least_km, 2 * TOLERANCE_KM) - TOLERANCE_KM
    return [
        (i, j)
        for i, j in itertools.combinations(range(last + 1), 2)
        if places[j] - places[i] <= most_km + TOLERANCE_KM
        and (i == 0 or j == last or places[j] - places[i] >= least_km)
        and (i, j) != (0, last)
    ]


@pytest.mark.parametrize("seed", range(12))
def test_spans_and_numbers_of_amplifiers_are_those_listed(seed: int) -> None:
    """Every allowed span, and every number of amplifiers that reaches from end to end."""
    length_km, huts_km = _places(seed)
    least_km = (0.0, 40.0, 50.0)[seed % 3]
    graph = spans_between(length_km, huts_km, least_km, 100.0)
    spans = list(zip(graph.starts.tolist(), graph.ends.tolist(), strict=True))
    assert spans == _allowed(length_km, huts_km.tolist(), least_km, 100.0)
    reached, counts = {0}, []
    for hops in range(1, len(huts_km) + 2):
        reached = {j for i, j in spans if i in reached}
        if len(huts_km) + 1 in reached:
            counts.append(hops - 1)
    assert amplifier_counts(graph) == tuple(counts)


def _options() -> list[Coherent]:
    catalog = load_catalog()
    found = []
    for module, fiber in itertools.product(
        ("zr800", "zrp800_131e", "zrp400_124"), ("G652D", "HCF")
    ):
        option = transport_option(catalog, module, "fixed_c", fiber, 2.0)
        assert option.span_noise is not None
        found.append((option, option.span_noise, NoiseFloor.of(option.span_noise, 120.0)))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_no_legal_number_of_amplifiers_is_passed_over(seed: int) -> None:
    """What the noise floor leaves out is legal in no spacing; budgets close to what is needed."""
    rules = AmplifierRules(min_spacing_km=40.0)
    length_km, huts_km = _places(seed)
    graph = spans_between(length_km, huts_km, rules.min_spacing_km, rules.max_spacing_km)
    options = _options()
    found = FiberSection(length_km, huts_km, rules).ways(options, None)
    for (option, noise, floor), way in zip(options, found, strict=True):
        expected: dict[int, bool] = {}
        limit = option.noise_budget(length_km) + NOISE_TOLERANCE
        if length_km <= rules.single_span_max_km and noise(np.array([length_km]))[0] <= limit:
            expected[0] = True
        matrix = np.full((len(huts_km) + 2,) * 2, math.inf)
        matrix[graph.starts, graph.ends] = noise(graph.lengths_km)
        for count, (least, largest) in noise_range(matrix, amplifier_counts(graph)).items():
            assert floor.at(np.array([length_km / (count + 1)]))[0] * (count + 1) <= least
            if option.module_class == "multi_span" and least <= limit:
                expected[count] = largest <= limit
        assert way.always == expected


def test_positions_are_rounded_as_python_rounds_them() -> None:
    """Also where the tenth decimal is a five."""
    draw = np.random.default_rng(1)
    places = draw.uniform(0.0, 5000.0, 20_000)
    places = np.concatenate([places, np.round(places, 9) + 5e-10])
    assert _rounded(places).tolist() == [round(x, 9) for x in places.tolist()]


def test_a_floor_of_very_long_spans_excludes_nothing():
    (_, noise, _), *_ = _options()
    floor = NoiseFloor.of(noise, 1e6)
    assert floor.reaches(5e5, 1e-30)
    assert NoiseFloor.of(noise, 120.0).reaches(5e5, 1e9)
    assert not NoiseFloor.of(noise, 120.0).reaches(5e5, 1e-4)

"""The corridors that any route may take, with their least costs, and the kinds of transport."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterable, Mapping

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from siting.catalog import Catalog
from siting.instance.calendar import Calendar
from siting.instance.noise_floor import NoiseFloor
from siting.instance.plant import Plant
from siting.instance.prices import DesignPrices, Line
from siting.instance.records_graph import GraphEdge, RouteGraph, TransportKind
from siting.instance.records_network import Hut
from siting.instance.variants import all_types
from siting.network import CandidateNetwork
from siting.optics import AMPLIFIERS, NO_AMPLIFIER, TransportOption
from siting.study import Study

STEP_KM = 5.0
"""Lengths at which the reach of an option is looked up; it is rounded up to the next."""
LONGEST_KM = 6000.0

Link = tuple[str, str]


def route_graph(
    plant: Plant, limits: Mapping[Link, float], options: Iterable[TransportOption]
) -> RouteGraph:
    """Return every corridor on some path that is short enough for its link.

    Args:
        plant: makes the records of corridors and huts.
        limits: largest RTT of use by link, ms.
        options: the transport options of the study.
    """
    study, network, catalog = plant.study, plant.network, plant.catalog
    transport = study.file.transport
    types = all_types(network, transport.fiber_types)
    delay_us = min(catalog.value(f"{fiber_type}.delay") for fiber_type in types)
    nodes = {n.campus: n.id for n in network.nodes.values() if n.campus is not None}
    longest = {x: ms * 1000 / 2 / delay_us if delay_us else math.inf for x, ms in limits.items()}
    huts = _least_hut_usd(plant)
    places_km: dict[str, set[float]] = {}
    for site in network.huts.values():
        if site.corridor is not None:
            places_km.setdefault(site.corridor, set()).add(site.position_km)
    edges = []
    for name in _within_reach(network, nodes, longest):
        source = network.corridors[name]
        edges.append(
            GraphEdge(
                corridor=plant.corridor(name),
                ends=(source.node_a, source.node_b),
                hut_usd_per_year=huts.get(name, math.inf),
                huts_km=tuple(sorted(places_km.get(name, ()))),
            )
        )
    regenerates = transport.max_regenerators > 0 and any(
        hut.can_regenerate for hut in network.huts.values()
    )
    places = sorted({node for edge in edges for node in edge.ends})
    return RouteGraph(
        edges=tuple(edges),
        node_hut_usd_per_year={
            node: huts[f"node {node}"] for node in places if f"node {node}" in huts
        },
        campus_nodes=nodes,
        kinds=_kinds(study, catalog, plant.calendar, options),
        delay_us_per_km=delay_us,
        single_span_max_km=transport.amplifiers.single_span_max_km,
        regenerates=regenerates,
    )


def _within_reach(
    network: CandidateNetwork, nodes: Mapping[str, str], longest: Mapping[Link, float]
) -> list[str]:
    """Return the corridors on some walk between the ends of a link within its length, sorted."""
    names = sorted(network.corridors)
    index = {node: i for i, node in enumerate(network.nodes)}
    ends = np.array(
        [(index[network.corridors[e].node_a], index[network.corridors[e].node_b]) for e in names]
    ).reshape(-1, 2)
    lengths = np.array([network.corridors[e].length_km for e in names])
    campuses = sorted({campus for link in longest for campus in link})
    if not names or not campuses:
        return []
    shortest = _lightest(ends, lengths)
    size = len(index)
    matrix = coo_array(
        (lengths[shortest], (ends[shortest, 0], ends[shortest, 1])), shape=(size, size)
    ).tocsr()
    found = dijkstra(matrix, directed=False, indices=[index[nodes[c]] for c in campuses])
    km = dict(zip(campuses, np.atleast_2d(found), strict=True))
    keep = np.zeros(len(names), dtype=bool)
    for (i, j), most in longest.items():
        a, b = ends[:, 0], ends[:, 1]
        through = np.minimum(km[i][a] + km[j][b], km[i][b] + km[j][a]) + lengths
        keep |= through <= most
    return [name for name, kept in zip(names, keep, strict=True) if kept]


def _lightest(ends: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the numbers of the lightest of the edges between each pair of nodes."""
    best: dict[tuple[int, int], int] = {}
    for number, (a, b) in enumerate(ends.tolist()):
        key = (min(a, b), max(a, b))
        if a != b and (key not in best or weights[number] < weights[best[key]]):
            best[key] = number
    return np.array(list(best.values()), dtype=int)


def _least_hut_usd(plant: Plant) -> dict[str, float]:
    """Return the least yearly cost of a hut with a rack by corridor and ``node <id>``."""
    least: dict[str, float] = {}
    known: dict[int, float] = {}
    for site in plant.network.huts.values():
        like = plant.hut_like(site)
        usd = known.get(id(like))
        if usd is None:
            usd = known[id(like)] = least_hut_usd(like)
        place = site.corridor or f"node {site.node}"
        least[place] = min(least.get(place, math.inf), usd)
    return least


def least_hut_usd(hut: Hut) -> float:
    """Return the least that a hut with one rack costs a year: nothing where it ever stands."""
    if any(hut.stands):
        return 0.0
    return min(
        (
            kind.usd_per_year + kind.maintenance_usd_per_year + kind.rack_usd_per_year
            for kind in hut.classes.values()
        ),
        default=math.inf,
    )


def _kinds(
    study: Study, catalog: Catalog, calendar: Calendar, options: Iterable[TransportOption]
) -> tuple[TransportKind, ...]:
    rules = study.file.transport.amplifiers
    prices = DesignPrices(catalog, study, calendar)
    kinds = []
    for option in options:
        reach_km = _reach_km(option, rules.max_spacing_km, rules.single_span_max_km)
        types = [NO_AMPLIFIER]
        if option.module_class == "multi_span":
            types += [
                name
                for name in study.file.transport.amplifier_types
                if option.terminal in AMPLIFIERS[name].price
            ]
        for amplifier in types:
            plain = Line(option, 0.0, NO_AMPLIFIER, 0, 0)
            amplified = dataclasses.replace(plain, amplifier=amplifier, amplifiers=1)
            one = plain if amplifier == NO_AMPLIFIER else amplified
            once = prices.pair_energy(one) - prices.pair_energy(plain)
            kinds.append(
                TransportKind(
                    option=option.id,
                    amplifier=amplifier,
                    rate_gbps=option.rate_gbps,
                    channels_per_pair=option.channels_per_pair,
                    terminal_usd_per_pair_year=prices.terminals(plain).usd_per_year
                    + prices.pair_energy(plain),
                    amplifier_usd_per_pair_year=prices.amplifiers(one).usd_per_year + once,
                    channel_usd_per_year=prices.transponders(plain).usd_per_year
                    + prices.channel_energy(plain),
                    reach_km=reach_km[amplifier != NO_AMPLIFIER],
                    first_period=prices.first_period(one),
                    amplifier_w_per_pair=prices.amplifier_w(one),
                )
            )
    return tuple(kinds)


def _reach_km(
    option: TransportOption, max_spacing_km: float, single_span_max_km: float
) -> tuple[float, float]:
    """Return lengths beyond which no route is legal: without amplifiers, and with them.

    The floor of :class:`NoiseFloor` rises with the length, the budget does not.
    """
    if option.module_class == "grey" or option.span_noise is None:
        return min(option.reach_km, single_span_max_km), 0.0
    floor = NoiseFloor.of(option.span_noise, max(max_spacing_km, single_span_max_km))
    plain = amplified = 0.0
    for length_km in itertools.takewhile(
        lambda km: km <= LONGEST_KM, (STEP_KM * i for i in itertools.count())
    ):
        budget = option.noise_budget(length_km) * (1 + 1e-9)
        if budget <= 0:
            break
        if length_km <= single_span_max_km and floor.at(np.array([length_km]))[0] <= budget:
            plain = length_km + STEP_KM
        counts = np.arange(2, 2 + math.ceil(length_km / max_spacing_km) * 4)
        mean = length_km / counts
        mean, counts = mean[mean <= max_spacing_km], counts[mean <= max_spacing_km]
        if len(counts) and (counts * floor.at(mean)).min() <= budget:
            amplified = length_km + STEP_KM
        elif length_km > max_spacing_km and amplified < length_km - max_spacing_km:
            break
    return plain, amplified

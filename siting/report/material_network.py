"""What to order for the network: fiber, huts, optics, leased waves."""

from __future__ import annotations

from collections.abc import Iterator

from siting.network import OWN
from siting.plan import PlannedRoute, RouteMode
from siting.report.equipment import (
    AMPLIFIER_NAMES,
    TERMINAL_NAMES,
    TERMINALS,
    amplifier_price_row,
)
from siting.report.material import Item, once, times, total_of
from siting.report.view import View, increments

_REGENERATOR_GBPS = 800
"""Rate to which the catalog prices a regenerator."""
_HUT_ROWS = {"small": "hut.cost.legacy", "large": "hut.cost.new"}
_HUT_NAMES = {"small": "Small amplifier hut", "large": "Large amplifier site"}


def fiber_items(view: View) -> Iterator[Item]:
    """Yield civil works, cables and IRU pairs."""
    for planned in view.plan.corridors:
        edge = view.network.corridors[planned.id]
        if planned.built_from is not None:
            civil = total_of(edge.build_cost_usd_per_km, view.price("row.oneoff"))
            yield Item(
                line="corridors",
                name="Civil works and easement",
                unit="km",
                price_usd=civil,
                added=once(view, planned.built_from, edge.length_km),
                site=view.corridor_name(planned.id),
            )
            yield Item(
                line="corridors",
                name="Crossings of rivers, railways and roads",
                unit="corridor",
                price_usd=edge.crossings_usd,
                added=once(view, planned.built_from, float(edge.crossings_usd > 0)),
                site=view.corridor_name(planned.id),
            )
        for key, counts in sorted(planned.cables.items()):
            fiber, _, size = key.partition("/")
            yield Item(
                line="cables",
                name=f"Cable, {int(size):,} fibers {fiber}, pulled and spliced",
                unit="km",
                price_usd=_cable_usd_per_km(view, fiber, size),
                added=[n * edge.length_km for n in increments(counts)],
            )
        yield Item(
            line="irus",
            name=f"Dark-fiber IRU, {edge.iru_provider or 'provider'}",
            unit="pair-km",
            price_usd=view.price("iru.lh"),
            added=[n * edge.length_km for n in increments(planned.iru_pairs)],
        )


def _cable_usd_per_km(view: View, fiber: str, size: str) -> float | None:
    share, dearer = view.price("cable.fiber_share"), view.price(f"{fiber}.price_mult")
    cable, pull = view.price(f"cable.{size}"), view.price("build.pull")
    if cable is None or pull is None or share is None or dearer is None:
        return None
    return cable * (1 + share * (dearer - 1)) + pull


def hut_items(view: View) -> Iterator[Item]:
    """Yield huts and racks."""
    for planned in view.plan.huts:
        operator = view.network.huts[planned.id].operator
        is_leased = planned.hut_class in {"leased", "provider"}
        lessor = operator if operator != OWN else "its owner"
        if planned.hut_class in _HUT_ROWS:
            yield Item(
                line="huts",
                name=f"{_HUT_NAMES[planned.hut_class]} with land and power drop",
                unit="each",
                price_usd=total_of(
                    view.price(_HUT_ROWS[planned.hut_class]), view.price("hut.land")
                ),
                added=once(view, planned.in_service_from),
            )
        for kind, counts in sorted(planned.racks.items()):
            words = f"of {AMPLIFIER_NAMES.get(kind, kind)} amplifiers"
            yield Item(
                line="huts",
                name=f"Rack {words} leased from {lessor}, by the year"
                if is_leased
                else f"Rack {words} in an own hut",
                unit="each",
                price_usd=None if is_leased else view.price("hut.rack.own"),
                added=increments(counts),
            )


def optics_items(view: View, route: PlannedRoute, mode: RouteMode) -> Iterator[Item]:
    """Yield amplifiers, terminals, transponders and regenerators of a mode of a route."""
    prefix = TERMINALS.get(mode.terminal)
    sites, pairs, lit = len(route.regenerators), increments(mode.pairs), increments(mode.channels)
    rate = view.module_gbps(mode.module)
    transport = view.study.file.transport if view.study else None
    if prefix:
        name = TERMINAL_NAMES[mode.terminal]
        if mode.amplifier != "none":
            kind = AMPLIFIER_NAMES[mode.amplifier].capitalize()
            yield Item(
                line="amplifiers",
                name=f"{kind} amplifiers of a pair in a hut, {name.rpartition(', ')[2]}",
                unit="pair and hut",
                price_usd=view.price(amplifier_price_row(mode)),
                added=[n * (len(route.huts) - sites) for n in pairs],
            )
        yield Item(
            line="terminals",
            name=f"Line terminal, {name}",
            unit="pair end",
            price_usd=view.price(f"{prefix}.price"),
            added=[2 * (1 + sites) * n for n in pairs],
        )
    if transport is not None and transport.optical_circuit_switches:
        yield Item(
            line="terminals",
            name="Optical circuit switch",
            unit="port",
            price_usd=view.price("ocs.port.price"),
            added=[2 * n for n in pairs],
        )
    yield Item(
        line="transponders",
        name=f"Transponder {mode.module}, {rate:,.0f} Gb/s",
        unit="each",
        price_usd=view.price(f"{mode.module}.price"),
        added=[2 * n for n in lit],
    )
    if transport is not None and transport.media_converters and not prefix:
        yield Item(
            line="transponders",
            name="Media converter",
            unit="each",
            price_usd=view.price("media.converter.price"),
            added=[2 * n for n in lit],
        )
    yield Item(
        line="regenerators",
        name=f"Regenerator of a channel, {rate:,.0f} Gb/s",
        unit="each",
        price_usd=times(rate / _REGENERATOR_GBPS, view.price("xpdr.regen")),
        added=[sites * n for n in lit],
    )


def wave_item(view: View, route: PlannedRoute) -> Item:
    """Return the one-off charge of leased waves."""
    row = view.study.leased_waves.get(route.leased_wave or "") if view.study else None
    rate = f", {row.rate_gbps:,.0f} Gb/s" if row else ""
    return Item(
        line="leases",
        name=f"Leased wave {route.leased_wave}{rate}, one-off",
        unit="wave",
        price_usd=row.one_off_usd if row else None,
        added=increments(route.waves),
    )

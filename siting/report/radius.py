"""Distance, energy and cost of the energy of each link."""

from __future__ import annotations

from siting.economics import period_weight
from siting.plan import PlannedLink
from siting.report.equipment import picojoules_per_bit, route_w
from siting.report.table import Cell, Column, Table
from siting.report.view import View, add_up

RADIUS_ROWS = (
    ("radius.intra_metro", "intra-metro"),
    ("radius.metro", "metro"),
    ("radius.regional", "regional"),
)
"""Catalog row of the longest route, km, and the class that it bounds."""
BEYOND = "inter-continental"
_HOURS = 8760
_WATTS = 1000.0
_CENTS_PER_KWH = 10.0
"""Cents per kWh to USD per MWh."""


def radius_class(length_km: float, limits_km: tuple[float, ...]) -> str:
    """Return the radius class of a link by its shortest route in use (section 2).

    >>> [radius_class(km, (10, 120, 2000)) for km in (10, 11, 120, 500, 2001)]
    ['intra-metro', 'metro', 'metro', 'regional', 'inter-continental']
    """
    for limit, (_, name) in zip(limits_km, RADIUS_ROWS, strict=True):
        if length_km <= limit:
            return name
    return BEYOND


def link_radius_class(view: View, link: PlannedLink) -> str | None:
    """Return the radius class of a link, None without a route in use or without the catalog."""
    lengths = [r.length_km for r in link.routes if view.route_from(r) is not None]
    limits = [view.price(row) for row, _ in RADIUS_ROWS]
    known = tuple(limit for limit in limits if limit is not None)
    if not lengths or len(known) < len(limits):
        return None
    return radius_class(min(lengths), known)


def link_w(view: View, link: PlannedLink) -> list[float]:
    """Return what the routes of a link draw in campuses and huts, W by period."""
    return add_up((route_w(view, route) for route in link.routes), len(view.periods))


def link_gbps(view: View, link: PlannedLink) -> list[float]:
    """Return the capacity of a link, Gb/s per direction by period."""
    return add_up((view.route_gbps(route) for route in link.routes), len(view.periods))


def link_energy_pj_per_bit(view: View, link: PlannedLink) -> float | None:
    """Return the energy of a bit at full capacity in the last period, pJ."""
    if view.catalog is None:
        return None
    return picojoules_per_bit(link_w(view, link)[-1], link_gbps(view, link)[-1])


def energy_usd(view: View, power_w: list[float]) -> float | None:
    """Return the present value of energy (section 5, ``transport_energy``)."""
    if view.study is None:
        return None
    price = view.price(f"elec.{view.study.file.sites.energy_region}")
    if price is None:
        return None
    rate = view.study.file.money.discount_rate
    return sum(
        period_weight(t, view.period_years, rate) * _HOURS * _CENTS_PER_KWH * price * watts / 1e6
        for t, watts in enumerate(power_w)
    )


def distance_table(view: View) -> Table:
    """Return radius class and energy of each link."""
    rows: list[tuple[Cell, ...]] = []
    for link in view.plan.links:
        used = [r for r in link.routes if view.route_from(r) is not None]
        power = link_w(view, link) if view.catalog else None
        rows.append(
            (
                view.link_name(link),
                link_radius_class(view, link),
                min((r.length_km for r in used), default=None),
                max((r.length_km for r in used), default=None),
                link_gbps(view, link)[-1],
                power[-1] / _WATTS if power else None,
                link_energy_pj_per_bit(view, link),
                energy_usd(view, power) if power else None,
            )
        )
    last = f"In {view.periods[-1]}"
    return Table(
        id="distance",
        title="Distance and energy of the links",
        columns=(
            Column(name="Link"),
            Column(name="Radius class"),
            Column(name="Shortest", unit="km", kind="km", group="Routes in use"),
            Column(name="Longest", unit="km", kind="km", group="Routes in use"),
            Column(name="Capacity", unit="Gb/s", kind="gbps", group=last, is_summed=True),
            Column(name="Power", unit="kW", kind="kw", group=last, is_summed=True),
            Column(name="Energy per bit", unit="pJ", kind="pj", group=last),
            Column(name="Energy", unit="USD", kind="usd", group="Present value", is_summed=True),
        ),
        rows=tuple(rows),
        totals=(("Total", 0, len(rows)),) if rows else (),
        note=(
            "The radius class is that of the shortest route. Power of both ends and of all huts, "
            "over the capacity per direction of all routes, spare ones included. Energy of the "
            "links adds up to the cost line transport_energy."
        ),
    )

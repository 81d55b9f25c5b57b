"""The bill of materials: what to order, when it comes into service, at which unit price.

Quantities follow from the plan by counting. Extended prices are overnight capital: by cost line
they add up to the upfront cash of the plan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from siting.plan import COST_LINES
from siting.report.costs import LINE_LABELS
from siting.report.material import Item
from siting.report.material_network import fiber_items, hut_items, optics_items, wave_item
from siting.report.material_sites import campus_items, power_items
from siting.report.table import Column, Table, by_period
from siting.report.view import View, add_up

_NAMES_SHOWN = 4


def bill_of_materials(view: View) -> Table:
    """Return the bill of materials by cost line, item and unit price."""
    rows = [
        (
            *(LINE_LABELS[line], name, unit, *added, sum(added), price),
            None if price is None else sum(added) * price,
        )
        for (line, name, unit, price), added in _grouped(view).items()
    ]
    first = ord("D")
    end = first + len(view.periods)
    letters = len(view.periods) <= 20
    columns = (
        Column(name="Cost line"),
        Column(name="Item"),
        Column(name="Unit"),
        *by_period(view.periods, "Quantity added", "", "mw", is_summed=False),
        Column(
            name="All periods",
            kind="mw",
            group="Quantity added",
            formula=f"=SUM({chr(first)}{{row}}:{chr(end - 1)}{{row}})" if letters else "",
        ),
        Column(name="Unit price", unit="USD", kind="price"),
        Column(
            name="Extended",
            unit="USD",
            kind="usd",
            is_summed=True,
            formula=f"={chr(end)}{{row}}*{chr(end + 1)}{{row}}" if letters else "",
        ),
    )
    return Table(
        id="materials",
        title="Bill of materials",
        columns=columns,
        rows=tuple(rows),
        totals=(("Total", 0, len(rows)),) if rows else (),
        note=(
            "Quantities are added in the period in which they come into service. Extended prices "
            "are overnight capital; the totals of a cost line are its upfront cash. Items without "
            "a unit price are paid by the year or priced outside the catalog."
        ),
    )


def _grouped(view: View) -> dict[tuple[str, str, str, float | None], list[float]]:
    """Return what is added by cost line, item, unit and price: equal items once, with counts.

    Where one item has several prices its name says the places.
    """
    merged: dict[tuple[str, str, str, float | None], list[float]] = {}
    sites: dict[tuple[str, str, str, float | None], list[str]] = {}
    for item in _items(view):
        if any(item.added):
            key = (item.line, item.name, item.unit, item.price_usd)
            merged[key] = add_up([merged.get(key, []), item.added], len(view.periods))
            sites.setdefault(key, []).extend([item.site] if item.site else [])
    prices = Counter(key[:3] for key in merged)
    order = {line: index for index, line in enumerate(COST_LINES)}
    found = {}
    for key in sorted(merged, key=lambda k: (order[k[0]], k[1], k[3] or 0.0)):
        line, name, unit, price = key
        places = list(dict.fromkeys(sites[key]))
        if prices[key[:3]] > 1 and places:
            more = f" and {len(places) - _NAMES_SHOWN} more" if len(places) > _NAMES_SHOWN else ""
            name = f"{name}: {', '.join(places[:_NAMES_SHOWN])}{more}"
        found[line, name, unit, price] = merged[key]
    return found


def _items(view: View) -> Iterator[Item]:
    yield from power_items(view)
    yield from campus_items(view)
    yield from fiber_items(view)
    yield from hut_items(view)
    for _, route, _ in view.routes:
        if route.kind == "leased_wave":
            yield wave_item(view, route)
        for mode in route.modes:
            yield from optics_items(view, route, mode)

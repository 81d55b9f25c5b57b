"""Limits of MW lifted, and how much is used beyond them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

from siting.formulation.placement import campus_load_mw
from siting.instance import Instance

if TYPE_CHECKING:
    import pyomo.environ as pyo

    from siting.solve.why.served import Beyond

SHOWN = 4


def roomy_campuses(part: Instance, more_mw: float) -> Instance:
    """Return the problem with larger campuses."""
    campuses = {
        c: dataclasses.replace(x, limit_mw=x.limit_mw + more_mw) for c, x in part.campuses.items()
    }
    return dataclasses.replace(part, campuses=campuses)


def roomy_substations(part: Instance, more_mw: float) -> Instance:
    """Return the problem of one period with more headroom."""
    substations = {
        s: dataclasses.replace(x, headroom_mw=(x.headroom_mw[0] + more_mw,))
        for s, x in part.substations.items()
    }
    return dataclasses.replace(part, substations=substations)


def roomy_lines(part: Instance, more_mw: float) -> Instance:
    """Return the problem with tie lines of more capacity."""
    lines = {
        a: dataclasses.replace(x, capacity_mw=x.capacity_mw + more_mw)
        for a, x in part.tie_lines.items()
    }
    return dataclasses.replace(part, tie_lines=lines)


def beyond_campuses(plain: Instance) -> Beyond:
    """Return the facility MW beyond the limits of campuses in a problem of one period."""
    used = {c for job in plain.workloads.values() for c in job.campuses}

    def beyond(m: pyo.ConcreteModel) -> dict[str, pyo.Expression]:
        return {
            f"campus {c!r}": x.pue_peak * campus_load_mw(plain, m.placement, c, 0) - x.limit_mw
            for c, x in plain.campuses.items()
            if c in used
        }

    return beyond


def beyond_substations(plain: Instance) -> Beyond:
    """Return the facility MW beyond the headroom of substations, upgrades included."""

    def beyond(m: pyo.ConcreteModel) -> dict[str, pyo.Expression]:
        block = m.interconnection
        return {
            f"substation {s!r}": block.reserved_mw[s, 0]
            - x.headroom_mw[0]
            - sum(
                upgrade.added_mw * block.is_upgraded[u, 0]
                for u, upgrade in plain.upgrades.items()
                if s in upgrade.substations
            )
            for s, x in plain.substations.items()
            if (s, 0) in block.SUBSTATION_PERIODS
        }

    return beyond


def beyond_lines(plain: Instance) -> Beyond:
    """Return the facility MW beyond the capacity of tie lines."""

    def beyond(m: pyo.ConcreteModel) -> dict[str, pyo.Expression]:
        block = m.interconnection
        return {
            f"tie line {a!r}": (
                block.firm_mw[a, 0] if (a, 0) in block.FIRM else block.flow_mw[a, 0]
            )
            - x.capacity_mw
            for a, x in plain.tie_lines.items()
        }

    return beyond


def more_words(extra_mw: Mapping[str, float]) -> str:
    """Return what is needed beyond limits, largest first.

    >>> more_words({"campus 'a'": 20.0, "campus 'b'": 30.5})
    "50.5 MW (facility) more: 30.5 at campus 'b', 20.0 at campus 'a'"
    """
    ranked = sorted(extra_mw.items(), key=lambda item: (-item[1], item[0]))
    parts = [f"{mw:,.1f} at {name}" for name, mw in ranked[:SHOWN]]
    more = f" and {len(ranked) - SHOWN} more" if len(ranked) > SHOWN else ""
    total = sum(extra_mw.values())
    return f"{total:,.1f} MW (facility) more: {', '.join(parts)}{more}"

"""Cost lines of power and sites, by plain arithmetic from the instance."""

from __future__ import annotations

from siting.instance import Instance
from siting.solve.ledger import Ledger
from siting.solve.siting_choice import SitingChoice


def charge_sites(book: Ledger, instance: Instance, siting: SitingChoice) -> None:
    """Charge substations, tie lines, campuses, energy, goodput and unserved demand."""
    for s, reserved in siting.reserved_mw.items():
        substation = instance.substations[s]
        book.asset(
            "substations",
            substation.fixed_usd_per_year,
            siting.connected_from[s],
            substation.fixed_capital_usd,
        )
        book.series(
            "substations", substation.usd_per_mw_year, reserved, substation.capital_usd_per_mw
        )
    for a, first in siting.tie_from.items():
        line = instance.tie_lines[a]
        book.asset("tie_lines", line.usd_per_year, first, line.capital_usd)
    for c, first in siting.open_from.items():
        campus = instance.campuses[c]
        book.asset("campuses", campus.fixed_usd_per_year, first, campus.fixed_capital_usd)
        book.series(
            "campuses",
            campus.shell_usd_per_it_mw_year,
            siting.built_mw[c],
            campus.shell_capital_usd_per_it_mw,
        )
    for (c, w), served in siting.served_mw.items():
        job = instance.workloads[w]
        book.series("energy", instance.campuses[c].energy_usd_per_it_mw_year, served)
        lost = [
            mw * (mode.goodput_loss_fraction if mode is not None else 0.0)
            for mw, mode in zip(served, siting.modes[w], strict=True)
        ]
        book.series("goodput_loss", job.goodput_usd_per_mw_year, lost)
    for (c, w), served in siting.replica_mw.items():
        job = instance.workloads[w]
        share = 0.0 if job.replica is None else job.replica.goodput_loss_fraction
        book.series("energy", instance.campuses[c].energy_usd_per_it_mw_year, served)
        book.series("goodput_loss", share * job.goodput_usd_per_mw_year, served)
    for w, unserved in siting.unserved_mw.items():
        book.series("unserved_demand", instance.workloads[w].unserved_usd_per_mw_year, unserved)

"""Cost lines of power and sites, by plain arithmetic from the instance."""

from __future__ import annotations

from siting.instance import Instance
from siting.solve.ledger import Ledger
from siting.solve.power_choice import PowerChoice
from siting.solve.siting_choice import SitingChoice
from siting.solve.training_choice import TrainingChoice


def charge_sites(book: Ledger, instance: Instance, siting: SitingChoice) -> None:
    """Charge power, campuses, energy, goodput and unserved demand."""
    charge_power(book, instance, siting.power)
    charge_training(book, instance, siting)


def charge_power(book: Ledger, instance: Instance, power: PowerChoice) -> None:
    """Charge substations, upgrades, tie lines, bridging with its energy, and campuses."""
    for s, first in power.connected_from.items():
        substation = instance.substations[s]
        book.asset(
            "substations", substation.fixed_usd_per_year, first, substation.fixed_capital_usd
        )
    for s, reserved in power.reserved_mw.items():
        substation = instance.substations[s]
        book.series(
            "substations", substation.usd_per_mw_year, reserved, substation.capital_usd_per_mw
        )
    for u, first in power.upgraded_from.items():
        upgrade = instance.upgrades[u]
        book.asset("network_upgrades", upgrade.usd_per_year, first, upgrade.capital_usd)
    for a, first in power.tie_from.items():
        line = instance.tie_lines[a]
        book.asset("tie_lines", line.usd_per_year, first, line.capital_usd)
    for u, capacity in power.bridging_mw.items():
        unit = instance.bridging[u]
        book.series("bridging", unit.usd_per_mw_year, capacity, unit.capital_usd_per_mw)
        book.series("energy", unit.extra_energy_usd_per_mw_year, power.output_mw[u])
    for c, first in power.open_from.items():
        campus = instance.campuses[c]
        book.asset("campuses", campus.fixed_usd_per_year, first, campus.fixed_capital_usd)
    for c, built in power.built_mw.items():
        campus = instance.campuses[c]
        book.series(
            "campuses", campus.shell_usd_per_it_mw_year, built, campus.shell_capital_usd_per_it_mw
        )


def charge_training(book: Ledger, instance: Instance, siting: TrainingChoice) -> None:
    """Charge energy of the load, goodput and unserved demand."""
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

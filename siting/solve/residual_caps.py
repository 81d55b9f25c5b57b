"""What a siting leaves of the caps on spending for its network."""

from __future__ import annotations

import dataclasses

from siting.instance import Instance
from siting.solve.ledger import Ledger
from siting.solve.network_choice import NetworkChoice
from siting.solve.network_costing import charge_network
from siting.solve.site_costing import charge_sites
from siting.solve.siting_choice import SitingChoice


def network_part(instance: Instance, siting: SitingChoice) -> Instance:
    """Return the instance with what is left of each period's spending cap for the network."""
    caps = instance.caps
    if not caps.upfront_usd:
        return instance
    spent = site_cash_usd(instance, siting)
    left = tuple(max(cap - usd, 0.0) for cap, usd in zip(caps.upfront_usd, spent, strict=True))
    return dataclasses.replace(instance, caps=dataclasses.replace(caps, upfront_usd=left))


def without_spending_cap(instance: Instance) -> Instance:
    """Return the instance with the caps on builds alone."""
    return dataclasses.replace(instance, caps=dataclasses.replace(instance.caps, upfront_usd=()))


def site_cash_usd(instance: Instance, siting: SitingChoice) -> tuple[float, ...]:
    """Return the upfront cash of sites and power by period, USD."""
    book = Ledger(instance)
    charge_sites(book, instance, siting)
    return cash_by_period(book)


def network_cash_usd(instance: Instance, network: NetworkChoice) -> tuple[float, ...]:
    """Return the upfront cash of a network by period, USD."""
    book = Ledger(instance)
    charge_network(book, instance, network)
    return cash_by_period(book)


def cash_by_period(book: Ledger) -> tuple[float, ...]:
    """Return the upfront cash of all lines by period, USD."""
    return tuple(sum(cash) for cash in zip(*book.upfront_cash_usd.values(), strict=True))

"""Leased waves of the instance."""

from __future__ import annotations

from siting.catalog import Catalog
from siting.economics import annuity
from siting.instance.calendar import Calendar
from siting.instance.records import HOURS_PER_YEAR
from siting.instance.records_network import WaveRoute
from siting.network import CandidateNetwork
from siting.study import Study
from siting.tables import LeasedWaveRow


def wave_routes(
    study: Study, network: CandidateNetwork, catalog: Catalog, calendar: Calendar
) -> dict[str, WaveRoute]:
    """Return every wave on offer between campuses that are not forbidden."""
    rate = study.file.money.discount_rate
    price = catalog.value(f"elec.{study.file.sites.energy_region}") * 10
    found = {}
    forbidden = study.file.rules.forbid_campuses
    for row in sorted(study.leased_waves.values(), key=lambda r: r.id):
        if row.campus_a in forbidden or row.campus_b in forbidden:
            continue
        power_w = row.power_w
        if power_w is None:
            power_w = catalog.value("otn.power") * row.rate_gbps / 400
        energy = 2 * power_w / 1e6 * HOURS_PER_YEAR * price
        link = (row.campus_a, row.campus_b)
        forward = link[0] <= link[1]
        found[row.id] = WaveRoute(
            id=row.id,
            link=link if forward else (link[1], link[0]),
            corridors=row.corridors if forward else row.corridors[::-1],
            length_km=row.length_km,
            srlgs=_srlgs(study, network, row),
            rtt_ms=2
            * (row.length_km * catalog.value("lat.fiber") + catalog.value("otn.latency"))
            / 1000,
            rate_gbps=row.rate_gbps,
            max_waves=row.max_waves,
            first_period=calendar.after(row.lead_time_years),
            lease_usd_per_year=12 * row.usd_per_month
            + annuity(row.one_off_usd, row.term_years, rate),
            capital_usd=row.one_off_usd,
            energy_usd_per_year=energy,
        )
    return found


def _srlgs(study: Study, network: CandidateNetwork, row: LeasedWaveRow) -> frozenset[str]:
    """Return the shared risks of a leased wave; a forbidden corridor still fails."""
    risks = {f"corridor:{edge}" for edge in row.corridors}
    for edge in row.corridors:
        if edge in network.corridors:
            risks.update(network.corridors[edge].srlgs)
        else:
            if edge in study.corridors:
                risks.update(study.corridors[edge].srlgs)
            risks.update(h.id for h in network.hazards.values() if edge in h.corridors)
    if not row.corridors or study.file.survivability.provider_failures:
        risks.add(f"carrier:{row.carrier}")
    if study.file.survivability.provider_failures:
        # A carrier that also sells IRU is one company.
        risks.add(f"provider:{row.carrier}")
    return frozenset(risks)

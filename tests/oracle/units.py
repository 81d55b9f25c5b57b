"""What comes in whole channels: an option on a route, or a leased wave, with what it costs."""

from __future__ import annotations

from dataclasses import dataclass

from siting.tables import LeasedWaveRow
from tests.oracle.light import PREFIX, Option, amplifiers, first_period, rtt_ms
from tests.oracle.raw import Raw


@dataclass(frozen=True)
class Unit:
    """Something that comes in whole channels: an option on a route, or a leased wave."""

    name: str
    rate_gbps: float
    channels_per_pair: int
    rtt_ms: float
    first: int
    usd_per_channel: float
    """A year."""
    usd_per_pair: float
    """A year."""
    limit: int | None = None
    amplifier: str = ""
    """Type of the amplifiers in the huts, if any."""
    amplifier_watts: float = 0.0
    """In each hut that amplifies, by pair."""
    regen_watts_per_pair: float = 0.0
    regen_watts_per_channel: float = 0.0
    capital_per_channel: float = 0.0
    capital_per_pair: float = 0.0


def option_unit(
    raw: Raw, option: Option, kind: str, length_km: float, fiber: str, amps: int, regens: int
) -> Unit:
    """Return an option on a route with so many amplifiers of a type, and regenerators."""
    transport, hut_pue = raw.study.file.transport, raw.v("hut.pue")
    first = first_period(raw, option.module)
    module_watts, terminal_watts = raw.v(f"{option.module}.power"), 0.0
    per_channel = [(2.0, f"{option.module}.price")]
    per_pair: list[tuple[float, str]] = []
    channel_watts, pair_watts = 2 * module_watts, 0.0
    if option.kind == "grey" and transport.media_converters:
        per_channel.append((2.0, "media.converter.price"))
        channel_watts += 2 * raw.v("media.converter.power")
    if transport.optical_circuit_switches:
        per_pair.append((2.0, "ocs.port.price"))
        pair_watts += 2 * raw.v("ocs.port.power")
    amplifier_watts = 0.0
    if option.terminal != "none":
        prefix = PREFIX[option.terminal]
        terminal_watts = raw.v(f"{prefix}.power")
        per_pair.append((2.0 * (1 + regens), f"{prefix}.price"))
        pair_watts += 2 * terminal_watts * (1 + regens * hut_pue)
        channel_watts += regens * 2 * module_watts * hut_pue
        first = max(first, raw.first_lead(f"{prefix}.price"))
    if amps:
        equipment = amplifiers(raw, option)[kind]
        amplifier_watts = equipment.watts
        per_pair.append((float(amps), equipment.price_row))
        pair_watts += amps * amplifier_watts * hut_pue
        first = max(first, raw.first_lead(equipment.price_row))
    regen_usd = regens * raw.v("xpdr.regen") * option.rate_gbps / 800
    regen_yearly = raw.annuity(regen_usd, raw.catalog.life_years("xpdr.regen"))
    return Unit(
        name=f"{option.name}{':' + kind if kind else ''}",
        rate_gbps=option.rate_gbps,
        channels_per_pair=option.channels_per_pair,
        rtt_ms=rtt_ms(raw, option, length_km, amps, fiber, regens),
        first=first,
        usd_per_channel=sum(n * raw.yearly(row) for n, row in per_channel)
        + channel_watts * raw.usd_per_watt
        + regen_yearly,
        usd_per_pair=sum(n * raw.yearly(row) for n, row in per_pair)
        + pair_watts * raw.usd_per_watt,
        amplifier=kind,
        amplifier_watts=amplifier_watts,
        regen_watts_per_pair=2 * terminal_watts if regens else 0.0,
        regen_watts_per_channel=2 * module_watts if regens else 0.0,
        capital_per_channel=sum(n * raw.v(row) for n, row in per_channel) + regen_usd,
        capital_per_pair=sum(n * raw.v(row) for n, row in per_pair),
    )


def wave_unit(raw: Raw, wave: LeasedWaveRow) -> Unit:
    """Return a leased wave."""
    watts = raw.given(wave.power_w, "otn.power", wave.rate_gbps / 400)
    yearly = 12 * wave.usd_per_month + raw.annuity(wave.one_off_usd, wave.term_years)
    yearly += 2 * watts * raw.usd_per_watt
    rtt = 2 * (wave.length_km * raw.v("lat.fiber") + raw.v("otn.latency")) / 1000
    first = raw.first_after(wave.lead_time_years)
    return Unit(
        wave.id,
        wave.rate_gbps,
        1,
        rtt,
        first,
        yearly,
        0.0,
        wave.max_waves,
        capital_per_channel=wave.one_off_usd,
    )

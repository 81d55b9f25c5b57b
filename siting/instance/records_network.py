"""Records of fiber, huts and routes: the network side of the instance.

All money is USD per year while in service, capital beside it for the cash report. Lists over time
have one entry per period.
"""

from __future__ import annotations

from dataclasses import dataclass

REGENERATOR_TYPE = "conventional"
"""A regenerated pair takes rack space as one amplified by this type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corridor:
    """A corridor as the fiber plan sees it."""

    id: str
    length_km: float
    buildable: bool
    build_first_period: int
    build_usd_per_year: float
    build_capital_usd: float
    own_maintenance_usd_per_year: float
    cable_usd_per_year: dict[tuple[str, int], float]
    """By (fiber type, fibers)."""
    cable_capital_usd: dict[tuple[str, int], float]
    existing_pairs: dict[str, tuple[int, ...]]
    """Pairs of own cable that stand already, by fiber type; 0 once retired."""
    stands: tuple[bool, ...]
    """Own cable stands already: a new one needs no civil works."""
    iru_fiber_type: str
    iru_pairs: int
    iru_first_period: int
    iru_usd_per_pair_year: float
    iru_capital_usd_per_pair: float
    iru_maintenance_usd_per_year: float

    def pairs_standing(self, fiber_type: str, period: int) -> int:
        """Return the existing pairs of a fiber type in a period."""
        return self.existing_pairs[fiber_type][period] if fiber_type in self.existing_pairs else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HutClass:
    """What a hut may be taken into service as."""

    first_period: int
    usd_per_year: float
    capital_usd: float
    rack_usd_per_year: float
    rack_capital_usd: float
    maintenance_usd_per_year: float
    space_racks: int
    power_kw: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hut:
    """A candidate amplifier site."""

    id: str
    operator: str
    classes: dict[str, HutClass]
    """By name: ``small``, ``large``, ``leased``, ``provider``; one of them for good."""
    existing: HutClass | None
    """Space, power and price of further racks of the hut that stands already."""
    stands: tuple[bool, ...]
    existing_racks: dict[str, tuple[int, ...]]
    """Racks that stand already, by amplifier type; 0 once retired."""

    def racks_standing(self, amplifier: str, period: int) -> int:
        """Return the existing racks of an amplifier type in a period."""
        return self.existing_racks[amplifier][period] if amplifier in self.existing_racks else 0

    def first_period(self, periods: int) -> int:
        """Return the first period in which it can be in service; ``periods`` when never."""
        if any(self.stands):
            return self.stands.index(True)
        return min((kind.first_period for kind in self.classes.values()), default=periods)


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A transport option on a route amplified at a given number of huts of each section."""

    option: str
    amplifiers: int
    """In-line amplifiers, regenerators not counted."""
    by_section: tuple[int, ...]
    """In-line amplifiers of each section between terminals and regenerators."""
    amplifier: str
    """Amplifier type; ``none`` without an in-line amplifier."""
    amplifier_w_per_pair: float
    """Power of one in-line amplifier, W per pair."""
    regenerator_w_per_pair: float
    regenerator_w_per_channel: float
    """Power at one regenerator site, W; 0 on a route without any."""
    rtt_ms: float
    channels_per_pair: int
    rate_gbps: float
    first_period: int
    terminal_usd_per_pair_year: float
    amplifier_usd_per_pair_year: float
    energy_usd_per_pair_year: float
    transponder_usd_per_channel_year: float
    regenerator_usd_per_channel_year: float
    energy_usd_per_channel_year: float
    terminal_capital_usd_per_pair: float
    amplifier_capital_usd_per_pair: float
    transponder_capital_usd_per_channel: float
    regenerator_capital_usd_per_channel: float
    noise_budgets: tuple[float, ...]
    """What the spans of each section may add; infinite for grey."""
    always_legal: bool
    """Any spacing that the span rules allow is within the budgets."""

    @property
    def gbps_per_pair(self) -> float:
        """Return what a full pair carries."""
        return self.rate_gbps * self.channels_per_pair

    @property
    def pair_usd_per_year(self) -> float:
        """Return the yearly cost of one pair, fiber and huts apart."""
        return (
            self.terminal_usd_per_pair_year
            + self.amplifier_usd_per_pair_year
            + self.energy_usd_per_pair_year
        )

    @property
    def channel_usd_per_year(self) -> float:
        """Return the yearly cost of one channel."""
        return (
            self.transponder_usd_per_channel_year
            + self.regenerator_usd_per_channel_year
            + self.energy_usd_per_channel_year
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteHut:
    """A hut that serves a route."""

    hut: str
    position_km: float
    """Distance from the first campus of the link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiberRoute:
    """A simple path of corridors with its supply, fiber type and regenerators."""

    id: str
    link: tuple[str, str]
    corridors: tuple[str, ...]
    supply: tuple[str, ...]
    fiber_type: str
    nodes: tuple[str, ...]
    """Nodes from end to end; the ends are the campus ids."""
    length_km: float
    srlgs: frozenset[str]
    """Shared risks that do not depend on the amplifiers used; those of regenerators are here."""
    regenerators: tuple[RouteHut, ...]
    """Where every channel is received and sent again, in order."""
    huts: tuple[RouteHut, ...]
    """Where it may be amplified, in order."""
    designs: tuple[Design, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveRoute:
    """Managed waves on offer between two campuses."""

    id: str
    link: tuple[str, str]
    corridors: tuple[str, ...]
    length_km: float
    srlgs: frozenset[str]
    rtt_ms: float
    rate_gbps: float
    max_waves: int
    first_period: int
    lease_usd_per_year: float
    capital_usd: float
    energy_usd_per_year: float

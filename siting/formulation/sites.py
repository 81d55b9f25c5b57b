"""Which routes may be amplified or regenerated where, and how much of it can ever be of use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.formulation.requirements import Requirements, route_limits
from siting.instance import Instance
from siting.instance.records_network import REGENERATOR_TYPE, Design, Hut, HutClass
from siting.instance.spans import Section, sections_of

if TYPE_CHECKING:
    import pyomo.environ as pyo

LEASED_CLASSES = ("leased", "provider")
"""Classes of which racks are leased, not bought."""
W_PER_KW = 1000.0


@dataclass(frozen=True, slots=True)
class Sites:
    """Huts of the routes that take part."""

    instance: Instance
    limit: dict[str, int]
    """Most pairs of use by route."""
    sections: dict[str, dict[int, Section]]
    """By amplified route: the sections that some design amplifies, by number."""
    uses: dict[str, list[str]]
    """By amplified route: the huts in those sections."""
    users: dict[str, list[str]]
    """By hut: the routes that may be amplified there."""
    regenerated: dict[str, list[str]]
    """By hut: the routes regenerated there."""
    types: dict[str, list[str]]
    """By amplified route: the amplifier types of its designs."""
    types_at: dict[str, list[str]]
    """By hut of use: the types of equipment that may stand there."""
    rack_groups: dict[str, dict[str, list[str]]]
    """By hut of use: how racks may be paid for, with its classes for each way."""

    @classmethod
    def of(cls, instance: Instance, requirements: Requirements, routes: pyo.Block) -> Sites:
        """Return the sites of the routes in the routes block."""
        sections: dict[str, dict[int, Section]] = {}
        users: dict[str, list[str]] = {}
        regenerated: dict[str, list[str]] = {}
        for r in routes.ROUTES:
            route = instance.fiber_routes[r]
            for site in route.regenerators:
                regenerated.setdefault(site.hut, []).append(r)
            used = {
                s: section
                for s, section in enumerate(sections_of(route))
                if any(d.by_section[s] for d in route.designs)
            }
            if not used:
                continue
            sections[r] = used
            for section in used.values():
                for x in section.huts:
                    users.setdefault(x.hut, []).append(r)
        uses = {r: [x.hut for s in ss.values() for x in s.huts] for r, ss in sections.items()}
        limit = route_limits(instance, requirements)
        types = {
            r: sorted({d.amplifier for d in instance.fiber_routes[r].designs if d.amplifiers})
            for r in sections
        }
        huts = sorted({*users, *regenerated})
        types_at = {
            h: sorted(
                {a for r in users.get(h, ()) for a in types[r]}
                | ({REGENERATOR_TYPE} if h in regenerated else set())
            )
            for h in huts
        }
        groups = {h: rack_groups(instance.huts[h]) for h in huts}
        return cls(instance, limit, sections, uses, users, regenerated, types, types_at, groups)

    def huts(self) -> list[str]:
        """Return every hut of use, sorted."""
        return list(self.types_at)

    def designs(self, route: str, amplifier: str) -> list[tuple[int, Design]]:
        """Return the designs of a route that a type of equipment amplifies."""
        designs = self.instance.fiber_routes[route].designs
        return [(i, d) for i, d in enumerate(designs) if d.amplifiers and d.amplifier == amplifier]

    def splits(self, route: str) -> bool:
        """Return whether the pairs of a route at a hut are more than whether it is used."""
        return self.limit[route] > 1 or len(self.types[route]) > 1

    def need(self, hut: str, amplifier: str) -> int:
        """Return the racks of a type that can be of use in a hut."""
        pairs = sum(self.limit[r] for r in self.users.get(hut, []) if amplifier in self.types[r])
        if amplifier == REGENERATOR_TYPE:
            pairs += sum(self.limit[r] for r in self.regenerated.get(hut, []))
        return -(-pairs // self.instance.pairs_per_rack[amplifier])

    def mixed_power(self, route: str) -> bool:
        """Return whether options of a route draw different power by the same equipment."""
        return any(
            len({d.amplifier_w_per_pair for _, d in self.designs(route, a)}) > 1
            for a in self.types[route]
        )

    def most_w(self, route: str) -> float:
        """Return the most that the amplifiers of a route can draw at one hut, W."""
        designs = self.instance.fiber_routes[route].designs
        largest = max((d.amplifier_w_per_pair for d in designs), default=0.0)
        return self.limit[route] * largest

    def power_binds(self, hut: str) -> bool:
        """Return whether the equipment that can be of use in a hut may draw more than its power.

        What can be amplified is limited by the pairs of use and by the racks that fit.
        """
        record = self.instance.huts[hut]
        users = self.users.get(hut, [])
        asked_w = sum(self.most_w(r) for r in users)
        for r in self.regenerated.get(hut, []):
            asked_w += self.limit[r] * max(
                d.regenerator_w_per_pair + d.channels_per_pair * d.regenerator_w_per_channel
                for d in self.instance.fiber_routes[r].designs
            )
        per_rack_w = max(
            (
                self.instance.pairs_per_rack[d.amplifier] * d.amplifier_w_per_pair
                for r in users
                for d in self.instance.fiber_routes[r].designs
                if d.amplifiers
            ),
            default=0.0,
        )
        kinds = [*record.classes.values(), *([record.existing] if record.existing else [])]
        return any(
            self._draws_w(hut, kind, asked_w, per_rack_w) > kind.power_kw * W_PER_KW + 1e-9
            for kind in kinds
        )

    def _draws_w(self, hut: str, kind: HutClass, asked_w: float, per_rack_w: float) -> float:
        return asked_w if hut in self.regenerated else min(asked_w, kind.space_racks * per_rack_w)


def rack_group(hut_class: str) -> str:
    """Return how the racks of a class are paid for: ``bought`` or ``leased``."""
    return "leased" if hut_class in LEASED_CLASSES else "bought"


def rack_groups(hut: Hut) -> dict[str, list[str]]:
    """Return how racks may be paid for in a hut, with its classes for each way."""
    groups: dict[str, list[str]] = {}
    for name in hut.classes:
        groups.setdefault(rack_group(name), []).append(name)
    if hut.existing is not None:
        groups.setdefault("bought", [])
    return groups


def rack_price(hut: Hut, group: str) -> tuple[float, float]:
    """Return the yearly price and the capital of a rack in a hut, USD."""
    kinds = [kind for name, kind in hut.classes.items() if rack_group(name) == group]
    if group == "bought" and hut.existing is not None:
        kinds.append(hut.existing)
    return kinds[0].rack_usd_per_year, kinds[0].rack_capital_usd

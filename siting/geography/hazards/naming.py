"""Names and ids of found hazards."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from siting.geography.hazards.strands import Strand
from siting.network import Hazard

WORDS = {
    "road": ("road", "roads"),
    "rail": ("railway", "railways"),
    "power": ("power line", "power lines"),
    "route": ("route", "routes"),
    "transfer": ("transfer", "transfers"),
    "lateral": ("lateral", "laterals"),
}
"""One corridor of a kind, and several."""


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A hazard with its place in words, before it has an id of its own."""

    hazard: Hazard
    town: str
    """What the id is made of."""


def together(members: Sequence[Strand]) -> str:
    """Return what runs beside what.

    Args:
        members: two strands or more.
    """
    names = [member.name for member in members if member.name]
    if len(members) == 2 and len(set(names)) == 2:
        return f"{names[0]} beside {names[1]}"
    kinds = Counter(member.kind for member in members)
    if len(members) == 2 and len(kinds) == 2:
        one, other = (names_of(member) for member in sorted(members, key=_rank))
        return f"{one} beside {other}"
    return f"{_counted(kinds)} side by side"


def across(members: Sequence[Strand]) -> str:
    """Return what crosses what."""
    return f"crossing of {_counted(Counter(member.kind for member in members))}"


def names_of(member: Strand) -> str:
    """Return the name of a strand, or what it is."""
    return member.name or WORDS.get(member.kind, (member.kind, ""))[0]


def _rank(member: Strand) -> tuple[int, str]:
    known = list(WORDS)
    return (known.index(member.kind) if member.kind in known else len(known), member.name)


def _counted(kinds: Counter[str]) -> str:
    parts = []
    for kind, (one, many) in WORDS.items():
        count = kinds.get(kind, 0)
        if count:
            parts.append(f"{count} {many}" if count > 1 else f"a {one}")
    return " and ".join(parts)


def numbered(found: Sequence[Unnamed], taken: Collection[str]) -> list[Hazard]:
    """Give every hazard an id of its own, and names of a place a number where there are several.

    Args:
        found: the hazards.
        taken: ids that tables use already.
    """
    order = sorted(found, key=lambda u: (u.hazard.kind, u.town, u.hazard.lon, u.hazard.lat))
    names = Counter(unnamed.hazard.name for unnamed in order)
    used, seen = set(taken), Counter[str]()
    result = []
    for unnamed in order:
        hazard = unnamed.hazard
        base = f"{hazard.kind}:{slug(unnamed.town)}"
        identifier, number = base, 1
        while identifier in used:
            number += 1
            identifier = f"{base}-{number}"
        used.add(identifier)
        seen[hazard.name] += 1
        several = names[hazard.name] > 1
        name = f"{hazard.name} ({seen[hazard.name]})" if several else hazard.name
        result.append(replace(hazard, id=identifier, name=name))
    return result


def slug(words: str) -> str:
    """Return words as part of an id.

    >>> slug("Orléans, FR")
    'orleans-fr'
    """
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "place"

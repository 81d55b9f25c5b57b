"""What the planner pins in the network, and which candidate routes can satisfy it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from siting.instance.records_network import FiberRoute

Routes = Mapping[str, FiberRoute]
Holders = tuple[str, ...]
"""Ids of routes that can satisfy a pin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """Corridors, routes and huts in use in the last period."""

    corridors: tuple[str, ...] = ()
    routes: tuple[tuple[str, ...], ...] = ()
    """Corridors in order, from either end."""
    huts: tuple[str, ...] = ()

    @property
    def given(self) -> bool:
        """Whether anything is pinned."""
        return bool(self.corridors or self.routes or self.huts)

    def by_corridor(self, routes: Routes) -> dict[str, Holders]:
        """Return the routes over each pinned corridor."""
        return {e: tuple(r for r, x in routes.items() if e in x.corridors) for e in self.corridors}

    def by_path(self, routes: Routes) -> list[Holders]:
        """Return the routes that take each pinned path."""
        ways = ({path, path[::-1]} for path in self.routes)
        return [tuple(r for r, x in routes.items() if x.corridors in way) for way in ways]

    def by_hut(self, routes: Routes) -> dict[str, Holders]:
        """Return the routes that may be amplified, or are regenerated, in each pinned hut."""
        return {h: tuple(r for r, x in routes.items() if _may_use(x, h)) for h in self.huts}

    def holders(self, routes: Routes) -> Iterator[tuple[str, Holders]]:
        """Yield each pin in words, with the routes that can satisfy it."""
        yield from ((f"corridor {e!r}", found) for e, found in self.by_corridor(routes).items())
        for path, found in zip(self.routes, self.by_path(routes), strict=True):
            yield f"route {' - '.join(path)}", found
        yield from ((f"hut {h!r}", found) for h, found in self.by_hut(routes).items())

    def satisfiers(self, routes: Routes) -> set[str]:
        """Return the routes that can satisfy some pin."""
        return {r for _, found in self.holders(routes) for r in found}


NO_PINS = Pins()


def _may_use(route: FiberRoute, hut: str) -> bool:
    """Return whether a route may be amplified or regenerated in a hut."""
    amplified = any(design.amplifiers for design in route.designs)
    return any(x.hut == hut for x in route.regenerators) or (
        amplified and any(x.hut == hut for x in route.huts)
    )

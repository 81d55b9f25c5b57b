"""One query through osmnx: retries with growing pauses, and what counts as a failure.

osmnx asks the server for its free slots before each request. Two of its habits are replaced: after
status 429 or 504 it waits 55 s and tries for ever, and it takes a reply that the server cut short
(``remark``) for the whole answer.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from siting.errors import GeographyError
from siting.geography.osm.layers import Layer

if TYPE_CHECKING:
    import geopandas as gpd
    import requests
    import shapely

BUSY = frozenset({429, 502, 503, 504})
CUT_SHORT = ("timed out", "out of memory", "runtime error", "run out of memory")


class OverpassBusyError(Exception):
    """The server asks to come back later; ``wait_s`` when it says how much later."""

    def __init__(self, message: str, wait_s: float | None = None) -> None:
        """Keep how long to wait."""
        super().__init__(message)
        self.wait_s = wait_s


class CutShortError(Exception):
    """The query was too much for the server: its reply is not the whole answer."""


class MalformedReplyError(Exception):
    """The reply is not what an Overpass server says."""


@dataclass(frozen=True, slots=True)
class Politeness:
    """How the server is treated."""

    url: str | None = None
    """Overpass endpoint, up to ``/api``; None: that of osmnx."""
    timeout_s: float = 180.0
    """Limit of one query, at the server and here."""
    memory_bytes: int | None = None
    """Memory that the server may use for one query; None: its default."""
    attempts: int = 6
    """Attempts for one tile before it is given up."""
    first_pause_s: float = 5.0
    """Pause after the first failure; doubled after each further one, with some jitter."""
    longest_pause_s: float = 300.0
    ask_for_slots: bool = True
    """Ask the server for its free slots before each request (osmnx)."""
    sleep: Callable[[float], None] = time.sleep

    def pause_s(self, failures: int, wait_s: float | None) -> float:
        """Return how long to wait after so many failures in a row."""
        jitter = random.uniform(1.0, 1.25)  # noqa: S311 (no secret)
        grown: float = self.first_pause_s * 2.0 ** (failures - 1) * jitter
        return min(self.longest_pause_s, max(grown, wait_s or 0.0))


@contextmanager
def settings(**changes: Any) -> Iterator[None]:  # noqa: ANN401 (values of many types)
    """Change settings of osmnx for a while."""
    import osmnx

    before = {name: getattr(osmnx.settings, name) for name in changes}
    try:
        for name, value in changes.items():
            setattr(osmnx.settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(osmnx.settings, name, value)


def query(tile: shapely.Polygon, layer: Layer, politeness: Politeness) -> gpd.GeoDataFrame | None:
    """Return what a layer holds in a tile, None when nothing.

    Raises:
        CutShortError: the tile is too large for the server, even after every attempt.
        GeographyError: no usable reply after every attempt.
    """
    for failures in range(1, politeness.attempts + 1):
        try:
            return _once(tile, layer, politeness)
        except (OverpassBusyError, CutShortError, MalformedReplyError, OSError) as error:
            if failures == politeness.attempts:
                if isinstance(error, CutShortError) or _timed_out(error):
                    raise CutShortError(str(error)) from error
                raise GeographyError(_given_up(tile, layer, politeness, error)) from error
            wait_s = error.wait_s if isinstance(error, OverpassBusyError) else None
            politeness.sleep(politeness.pause_s(failures, wait_s))
    msg = f"attempts: {politeness.attempts} is not a number of attempts (1 or more)"
    raise GeographyError(msg)


def _once(tile: shapely.Polygon, layer: Layer, politeness: Politeness) -> gpd.GeoDataFrame | None:
    import osmnx

    changes: dict[str, object] = {
        "use_cache": False,
        "overpass_rate_limit": politeness.ask_for_slots,
        "requests_timeout": politeness.timeout_s,
        "overpass_memory": politeness.memory_bytes,
        "requests_kwargs": {"hooks": {"response": [_judge]}},
        "max_query_area_size": float("inf"),
    }
    if politeness.url is not None:
        changes["overpass_url"] = politeness.url
    with settings(**changes):
        try:
            return osmnx.features_from_polygon(tile, layer.tags)
        except osmnx._errors.InsufficientResponseError as error:  # noqa: SLF001 (no public name)
            if "No matching features" in str(error):
                return None
            raise MalformedReplyError(str(error)) from error
        except osmnx._errors.ResponseStatusCodeError as error:  # noqa: SLF001
            raise MalformedReplyError(str(error)) from error


def _judge(response: requests.Response, *_args: object, **_kwargs: object) -> None:
    """Raise what is wrong with a reply before osmnx reads it."""
    if response.status_code in BUSY:
        text = response.headers.get("Retry-After", "")
        wait_s = float(text) if text.isdigit() else None
        raise OverpassBusyError(f"status {response.status_code}", wait_s)
    if not response.ok:
        raise MalformedReplyError(f"status {response.status_code}: {response.text[:200]}")
    if not response.url.rstrip("/").endswith("/interpreter"):
        return
    try:
        body = response.json()
    except ValueError as error:
        raise MalformedReplyError(f"not JSON: {response.text[:80]!r}") from error
    if not isinstance(body, dict) or not isinstance(body.get("elements"), list):
        raise MalformedReplyError("JSON without a list of elements")
    remark = str(body.get("remark", ""))
    if any(word in remark for word in CUT_SHORT):
        raise CutShortError(remark)


def _timed_out(error: BaseException) -> bool:
    import requests

    return isinstance(error, requests.exceptions.Timeout)


def _given_up(
    tile: shapely.Polygon, layer: Layer, politeness: Politeness, error: BaseException
) -> str:
    west, south, east, north = tile.bounds
    return (
        f"{layer.name} in {west:.3f} {south:.3f} {east:.3f} {north:.3f}: no usable reply after "
        f"{politeness.attempts} attempts, the last: {error}; what was fetched is kept, "
        "run the same command later to go on"
    )

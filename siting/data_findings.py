"""What was found about the data of a run: candidate routes left out, and odd sites.

Kept beside the plan in ``data.json``, so that the report of a run works alone.
"""

from __future__ import annotations

from pydantic import Field

from siting.run_file import Record, RunFile

EXCLUSIONS = {
    "forbidden": "forbidden by rules.forbid_routes",
    "too_long": "path too long for the RTT limit of every mode",
    "no_fiber": "no own cable and no IRU along all of it",
    "spacing": "no huts at the spacing that amplifiers need",
    "noise": "no module bears the noise of its spans, or reaches so far",
    "rtt": "RTT above the limit of every mode, equipment included",
}
"""Why candidate routes are excluded, in words."""


class SiteFinding(Record):
    """A campus or substation, screened."""

    kind: str
    id: str
    where: str
    """Near which town it lies."""
    substation: str | None
    """The nearest substation; of a substation the nearest other one."""
    substation_km: float | None
    road_km: float | None
    rail_km: float | None
    fiber_km: float | None
    flags: tuple[str, ...]
    """What is odd, in words."""


class DataFindings(RunFile):
    """The content of ``data.json``."""

    file = "data.json"
    about = "findings about data"

    candidate_routes: int
    """Fiber routes that the solver may choose from."""
    excluded_routes: dict[str, int] = Field(default_factory=dict)
    """Candidates left out by reason, keys of :data:`EXCLUSIONS`."""
    sites: tuple[SiteFinding, ...] | None = None
    """Every campus and substation; None where they were not screened."""
    site_notes: tuple[str, ...] = ()
    """What the distances do not say."""

    def words(self) -> str:
        """Return the count of candidate routes as a line of the log.

        >>> DataFindings(candidate_routes=12, excluded_routes={"spacing": 3, "rtt": 1}).words()
        'routes: 12 candidates; excluded: 3 (spacing), 1 (rtt)'
        """
        parts = [f"{number:,} ({reason})" for reason, number in self.excluded_routes.items()]
        return f"routes: {self.candidate_routes:,} candidates; excluded: {', '.join(parts) or 0}"

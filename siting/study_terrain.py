"""The section of a study file on what new build costs by the land that it crosses."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from siting.study_workload import NonNegative, StudyModel

Method = Literal["aerial", "plow", "bore", "trench"]
LANDS = ("rural", "suburban", "urban")
CROSSINGS = ("river", "rail", "road")
"""What a corridor may cross; the adder is catalog ``crossing.<name>``."""


def _whole(mix: dict[Method, float]) -> dict[Method, float]:
    total = sum(mix.values())
    if not math.isclose(total, 1.0, abs_tol=1e-9):
        msg = f"the shares must add up to 1 (they add up to {total:g})"
        raise ValueError(msg)
    return mix


Mix = Annotated[
    dict[Method, Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]], AfterValidator(_whole)
]
"""Share of the length that each method of construction builds."""


class Terrain(StudyModel):
    """How new build is priced with ``build_cost: by_land``.

    A kilometer on a class of land costs the mix of its methods (``build.<method>``) times
    ``land.<class>.allin``.
    """

    rural: Mix = Field(default={"plow": 0.80, "bore": 0.15, "trench": 0.05})
    """Methods outside towns."""
    suburban: Mix = Field(default={"plow": 0.20, "bore": 0.50, "trench": 0.30})
    """Methods in the outer part of towns."""
    urban: Mix = Field(default={"bore": 0.60, "trench": 0.40})
    """Methods in the cores of towns."""
    crossing_merge_km: NonNegative = 1.0
    """Crossings of one kind this close together along a corridor are one."""

    def mix(self, land: str) -> dict[Method, float]:
        """Return the mix of methods on a class of land."""
        found: dict[Method, float] = getattr(self, land)
        return found

"""Where the bundled studies and data are: inside the package (wheel) or beside it (checkout)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_PACKAGE = Path(__file__).resolve().parent
_BUNDLED = _PACKAGE / "_bundled"
_ROOT = _BUNDLED if _BUNDLED.is_dir() else _PACKAGE.parent

MODELS: Final = _ROOT / "models"
"""Ready-to-solve studies: one folder each."""

DATA: Final = _ROOT / "data"
"""Facts about the world: equipment and cost catalog, geography."""


def bundled_studies() -> tuple[str, ...]:
    """Return the names of the studies that come with the package, sorted."""
    return tuple(sorted(path.parent.name for path in MODELS.glob("*/study.yaml")))

"""The scripts of data/build, which stand beside the data and import each other by name."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).parents[1] / "data" / "build"


def load_script(name: str) -> ModuleType:
    """Import a script of data/build and leave the search path as it was."""
    sys.path.insert(0, str(FOLDER))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(FOLDER))

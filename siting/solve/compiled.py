"""Functions compiled to machine code where Python is too slow: searches of millions of steps.

What is compiled is kept on disk, for any process: only the first call after a change of this
package waits, for some seconds. Compiled functions take constants and each other along, and the
compiler looks at the file of a function alone to see whether it changed; so they are kept by the
content of all modules here.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Return a function of numbers, arrays and named tuples of these, compiled at its first call.

    Other threads go on while it runs.
    """
    config = numba.config
    before = config.CACHE_DIR  # type: ignore[attr-defined]
    config.CACHE_DIR = _folder()  # type: ignore[attr-defined]
    try:
        return cast("Function", numba.njit(nogil=True, cache=True)(function))
    except RuntimeError:  # no folder can be written: each process compiles for itself
        return cast("Function", numba.njit(nogil=True)(function))
    finally:
        config.CACHE_DIR = before  # type: ignore[attr-defined]


def inlined(function: Function) -> Function:
    """Return the same for a function that is written into those that call it."""
    return cast("Function", numba.njit(nogil=True, inline="always")(function))


@cache
def _folder() -> str:
    """Return where compiled functions of these modules are kept: beside those of Python."""
    content = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        content.update(path.read_bytes())
    beside = Path(importlib.util.cache_from_source(__file__)).parent
    return str(beside / f"compiled-{content.hexdigest()[:16]}")

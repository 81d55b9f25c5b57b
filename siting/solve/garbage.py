"""Looking for garbage while an instance is solved, not in the instance.

An instance has up to a million records that live as long as the solve. Python's collector goes
through all that lives again and again while models are built, which doubles their time; set aside,
what was there before the solve is left out.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def set_aside() -> Iterator[None]:
    """Leave what lives now out of the search for garbage, unless somebody does so already."""
    if gc.get_freeze_count():
        yield
        return
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()

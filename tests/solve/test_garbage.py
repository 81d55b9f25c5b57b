"""What was there before a solve is left out of the search for garbage, and no longer afterwards."""

from __future__ import annotations

import gc
import weakref

import pytest

from siting.solve.garbage import set_aside


class Ring:
    """Holds itself: only the search for garbage frees it."""

    def __init__(self) -> None:
        self.itself = self


def test_what_was_there_is_set_aside_and_comes_back() -> None:
    before = Ring()
    gone = weakref.ref(before)
    with set_aside():
        del before
        gc.collect()
        assert gone() is not None
        during = weakref.ref(Ring())
        gc.collect()
        assert during() is None
    assert gc.get_freeze_count() == 0
    gc.collect()
    assert gone() is None


def test_what_somebody_else_set_aside_stays_so() -> None:
    gc.freeze()
    try:
        with set_aside():
            pass
        assert gc.get_freeze_count()
    finally:
        gc.unfreeze()


def test_it_comes_back_after_an_error() -> None:
    with pytest.raises(RuntimeError), set_aside():
        raise RuntimeError
    assert gc.get_freeze_count() == 0

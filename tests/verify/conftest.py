"""The world of the verifier's tests."""

from __future__ import annotations

import pytest

from tests.verify.world import World, make_world


@pytest.fixture
def world(tmp_path) -> World:
    """Return a study of three campuses with a plan that the verifier accepts."""
    return make_world(tmp_path)

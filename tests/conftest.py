"""What every test shares: reproducible Hypothesis, one mark per test, programs outside Python."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

import hypothesis
import pytest

hypothesis.settings.register_profile("dev", deadline=None)
hypothesis.settings.register_profile(
    "ci", deadline=None, derandomize=True, database=None, print_blob=True
)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "dev")

_MARKS = {"solver", "slow", "browser", "gnpy"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as unit what has no other mark."""
    for item in items:
        if not _MARKS & {mark.name for mark in item.iter_markers()}:
            item.add_marker(pytest.mark.unit)


@pytest.fixture(scope="session")
def program() -> Callable[..., str]:
    """Return a function that gives the path of a program, by the first of its names found.

    Where it is missing the test is skipped, and fails when SITING_REQUIRE_TOOLS=1.
    """

    def find(*names: str) -> str:
        for name in names:
            path = shutil.which(name)
            if path is not None:
                return path
        reason = f"the program {' or '.join(names)} is not installed"
        if os.environ.get("SITING_REQUIRE_TOOLS") == "1":
            pytest.fail(reason)
        pytest.skip(reason)

    return find

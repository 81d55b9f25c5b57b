"""All problems of one file in one error."""

from __future__ import annotations

from siting.errors import SitingError, problems_message


class BenchmarkError(SitingError, ValueError):
    """A benchmark file, or the model asked of it, is wrong."""


class Problems:
    """Collects what is wrong with a file."""

    def __init__(self, where: str) -> None:
        """Begin with none."""
        self._where = where
        self._found: list[str] = []

    def add(self, problem: str) -> None:
        """Note a problem once."""
        if problem not in self._found:
            self._found.append(problem)

    def stop(self) -> None:
        """Raise what was found, if anything."""
        if not self._found:
            return
        raise BenchmarkError(problems_message(self._where, self._found))

"""Errors a planner can meet, one tree.

::

    SitingError
    ├── StudyError(ValueError)         the study file
    ├── TableError(ValueError)         a CSV or GeoParquet input
    ├── CatalogError(ValueError)       the equipment and cost catalog
    ├── GeographyError(ValueError)     no route, site outside the map, wrong CRS
    ├── PlanError(ValueError)          a plan file that is not a plan
    ├── InfeasibleError                a check proved, before solving, that no plan exists
    └── SolverError(RuntimeError)      the solver is missing, crashed, or returned nonsense

A message says *where*, what is wrong with the value and its unit, and what would be right.
All problems of one file come in one error.
"""

from __future__ import annotations

from collections.abc import Sequence


class SitingError(Exception):
    """Base of every error raised on purpose."""


class StudyError(SitingError, ValueError):
    """The study file is wrong."""


class TableError(SitingError, ValueError):
    """A table of the study is wrong."""


class CatalogError(SitingError, ValueError):
    """The equipment and cost catalog is wrong, or lacks a row that the study needs."""


class GeographyError(SitingError, ValueError):
    """The geography does not fit the study."""


class PlanError(SitingError, ValueError):
    """A plan file cannot be read as a plan."""


class InfeasibleError(SitingError):
    """A check proved that no plan exists."""


class SolverError(SitingError, RuntimeError):
    """The solver is missing, crashed, or returned nonsense."""


def problems_message(where: str, problems: Sequence[str]) -> str:
    """Return one message that lists all ``problems`` found in ``where``."""
    count = len(problems)
    head = f"{where}: {count} problem{'s' if count != 1 else ''}"
    return "\n".join([head, *(f"  {problem}" for problem in problems)])

"""What is installed here: library versions and the programs that some outputs and tests use.

Nothing is imported to find out, so the answer comes even when a library is broken, and at once.
"""

from __future__ import annotations

import platform
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import Final

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

_SOLVERS: Final = ("cplex", "gurobipy", "pyscipopt", "xpress")
"""Libraries of other solvers, listed where they are installed."""

_TOOLS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "chromium": (("chromium", "chromium-browser", "google-chrome"), "tests of the HTML report"),
    "chromedriver": (("chromedriver",), "tests of the HTML report"),
    "libreoffice": (("libreoffice", "soffice"), "tests of the workbook"),
    "scip": (("scip",), "solving with SCIP instead of HiGHS"),
    "cbc": (("cbc",), "solving with CBC instead of HiGHS"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """A Python library that the package declares."""

    name: str
    version: str | None
    """Installed version; None when it is not installed."""
    extra: str | None
    """The extra that asks for it; None when every installation needs it."""

    @property
    def is_missing(self) -> bool:
        """True when it is needed and not installed."""
        return self.version is None and self.extra is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A program outside Python. All of them are optional."""

    name: str
    path: str | None
    """Where it is; None when it is not on the search path."""
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What is installed here."""

    siting: str
    python: str
    platform: str
    libraries: tuple[Library, ...]
    tools: tuple[Tool, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the libraries without which the program cannot work."""
        return tuple(library.name for library in self.libraries if library.is_missing)

    def as_dict(self) -> dict[str, object]:
        """Return it as plain values, ready for JSON."""
        return {
            "siting": self.siting,
            "python": self.python,
            "platform": self.platform,
            "libraries": {library.name: library.version for library in self.libraries},
            "tools": {tool.name: tool.path for tool in self.tools},
            "missing": list(self.missing),
        }


def diagnose() -> Diagnosis:
    """Return what is installed here."""
    from siting import __version__

    return Diagnosis(
        siting=__version__,
        python=platform.python_version(),
        platform=platform.platform(),
        libraries=libraries(),
        tools=tools(),
    )


def libraries() -> tuple[Library, ...]:
    """Return the declared libraries with their versions: the needed ones, then by extra."""
    try:
        declared = metadata.requires("siting") or []
    except metadata.PackageNotFoundError:
        declared = []  # run from a checkout that was never installed
    found = {_library(requirement) for requirement in declared}
    solvers = (_library(f"{name}; extra == 'solver'") for name in _SOLVERS)
    found |= {solver for solver in solvers if solver.version is not None}
    return tuple(sorted(found, key=lambda item: (item.extra or "", item.name)))


def library_versions() -> dict[str, str]:
    """Return the version of each declared library that is installed, for the record in a plan."""
    return {item.name: item.version for item in libraries() if item.version is not None}


def tools() -> tuple[Tool, ...]:
    """Return the programs that some outputs, tests or solvers use."""
    return tuple(
        Tool(
            name=name,
            path=next(filter(None, map(shutil.which, programs)), None),
            purpose=purpose,
        )
        for name, (programs, purpose) in _TOOLS.items()
    )


def _library(requirement: str) -> Library:
    """Read one line of the metadata.

    >>> _library("no-such-library>=1; extra == 'gnpy'")
    Library(name='no-such-library', version=None, extra='gnpy')
    """
    match = _NAME.match(requirement)
    name = match.group() if match else requirement
    extra = re.search(r"extra\s*==\s*['\"]([^'\"]+)", requirement)
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        version = None
    return Library(name=name, version=version, extra=extra.group(1) if extra else None)

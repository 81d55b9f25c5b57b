"""Capacity and siting design of multi-campus AI training.

::

    study.yaml -- load_study --> Study -- build_network --> CandidateNetwork
                                                                   |
                       build_instance --> Instance -- solve --> Result with a Plan
                                                                   |
                         write_report <-- Verification <-- verify <+

Every name below is loaded when first used, so that ``import siting`` is fast and ``siting --help``
does not wait for pandas. ``siting.solve``, ``siting.verify`` and ``siting.sweep`` are functions,
whatever was imported before; what else their modules hold is reached by
``from siting.solve import ...``.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from siting.errors import SitingError
    from siting.formulation import build_model
    from siting.geography import build_network
    from siting.instance import Instance, build_instance
    from siting.loading import load_study
    from siting.network import CandidateNetwork
    from siting.plan import Plan
    from siting.report import write_report
    from siting.scenarios import run_scenarios
    from siting.solve import Result, solve
    from siting.study import Study
    from siting.sweep import sweep
    from siting.verify import Verification, verify

__version__ = "0.1.0"

__all__ = [
    "CandidateNetwork",
    "Instance",
    "Plan",
    "Result",
    "SitingError",
    "Study",
    "Verification",
    "__version__",
    "build_instance",
    "build_model",
    "build_network",
    "load_study",
    "run_scenarios",
    "solve",
    "sweep",
    "verify",
    "write_report",
]

_HOME: Final = {
    "CandidateNetwork": "siting.network",
    "Instance": "siting.instance",
    "Plan": "siting.plan",
    "Result": "siting.solve",
    "SitingError": "siting.errors",
    "Study": "siting.study",
    "Verification": "siting.verify",
    "build_instance": "siting.instance",
    "build_model": "siting.formulation",
    "build_network": "siting.geography",
    "load_study": "siting.loading",
    "run_scenarios": "siting.scenarios",
    "solve": "siting.solve",
    "sweep": "siting.sweep",
    "verify": "siting.verify",
    "write_report": "siting.report",
}


class _Package(ModuleType):
    """A package whose public functions are not overwritten by submodules of the same name.

    Python binds every imported submodule in its package. For ``siting.solve`` that would replace
    the function by the module, or not, depending on what was imported first.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if name in _HOME and isinstance(value, ModuleType):
            return
        super().__setattr__(name, value)


if not TYPE_CHECKING:  # a checker must still see that a misspelt name does not exist

    def __getattr__(name: str) -> object:
        if name not in _HOME:
            message = f"module 'siting' has no attribute {name!r}"
            raise AttributeError(message)
        value = getattr(import_module(_HOME[name]), name)
        setattr(sys.modules[__name__], name, value)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


sys.modules[__name__].__class__ = _Package

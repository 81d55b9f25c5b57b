"""The rules that keep the house clean: who may import whom, and how long a module may be.

A rule about a module that is not there says nothing; once the module is there, it holds.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import json
import pickle
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

import siting

ROOT = Path(__file__).resolve().parent.parent
LINES_MAX = 350
TABLES = ("geopandas", "osmnx", "pandas", "shapely")
MODEL = ("pyomo", "siting.formulation", "siting.instance", "siting.solve")
PUBLIC = sorted(set(siting.__all__) - {"__version__"})
CLASHING = tuple(name for name in PUBLIC if siting._HOME[name] == f"siting.{name}")


@dataclass(frozen=True)
class Module:
    """A file of the package."""

    name: str
    path: Path

    @property
    def source(self) -> str:
        return self.path.read_text("utf-8")


@dataclass(frozen=True)
class Import:
    """One imported name, with the line that asks for it."""

    line: int
    module: str
    name: str = ""
    """What is taken from the module; empty for ``import module``."""

    @property
    def targets(self) -> tuple[str, ...]:
        """What the import may load: a name taken from a package can be a submodule."""
        return (self.module, f"{self.module}.{self.name}") if self.name else (self.module,)


def imports(source: str) -> Iterator[Import]:
    """Yield every import: at the top, inside functions, and for type checkers only."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield Import(node.lineno, "." * node.level + (node.module or ""), alias.name)


def modules() -> list[Module]:
    found = []
    for path in sorted((ROOT / "siting").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "_bundled" not in parts:
            found.append(Module(".".join(p for p in parts if p != "__init__"), path))
    return found


def is_in(name: str, packages: Iterable[str]) -> bool:
    """Whether a dotted name is one of the packages or inside one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def offenders(importers: Iterable[Module], packages: tuple[str, ...]) -> list[str]:
    """Return the imports, by these modules, of anything in the packages."""
    return [
        f"{module.path.relative_to(ROOT)}:{found.line} imports {found.targets[-1]}"
        for module in importers
        for found in imports(module.source)
        if any(is_in(target, packages) for target in found.targets)
    ]


def inside(*packages: str) -> list[Module]:
    return [module for module in modules() if is_in(module.name, packages)]


def outside(*packages: str) -> list[Module]:
    return [module for module in modules() if not is_in(module.name, packages)]


def skip_without(name: str) -> None:
    try:
        spec = importlib.util.find_spec(name)
    except ModuleNotFoundError:
        spec = None
    if spec is None or spec.origin is None:  # a folder without __init__ is not there yet either
        pytest.skip(f"{name} is not there yet")


def run(code: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a fresh interpreter."""
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )


def loaded_by(code: str) -> set[str]:
    """Return the names of the modules that a fresh interpreter holds after running the code."""
    done = run(f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)), file=sys.stderr)")
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


# Who may import whom


def test_every_form_of_import_is_seen():
    source = (
        "import a.b as c\nfrom d import e\nfrom .f import g\n"
        "def h():\n    from siting import solve\n"
        "if TYPE_CHECKING:\n    import pyomo.environ\n"
    )
    assert [found.targets for found in sorted(imports(source), key=lambda found: found.line)] == [
        ("a.b",),
        ("d", "d.e"),
        (".f", ".f.g"),
        ("siting", "siting.solve"),
        ("pyomo.environ",),
    ]


def test_names_are_matched_by_whole_parts():
    assert is_in("siting.solve.highs", ["siting.solve"])
    assert is_in("siting.solve", ["siting.solve"])
    assert not is_in("siting.solver", ["siting.solve"])


def test_no_relative_imports():
    found = [
        f"{module.name}:{found.line}"
        for module in modules()
        for found in imports(module.source)
        if found.module.startswith(".")
    ]
    assert found == []


def test_pyomo_lives_only_in_formulation_and_solve():
    assert offenders(outside("siting.formulation", "siting.solve"), ("pyomo",)) == []


def test_formulation_reads_only_the_instance():
    allowed = ("siting.errors", "siting.formulation", "siting.instance")
    found = [
        f"{module.name}:{found.line} imports {found.targets[-1]}"
        for module in inside("siting.formulation")
        for found in imports(module.source)
        if is_in(found.module, ["siting"])
        if not any(is_in(target, allowed) for target in found.targets)
    ]
    assert found == []


def test_formulation_and_solve_see_no_tables_and_no_maps():
    assert offenders(inside("siting.formulation", "siting.solve"), TABLES) == []


def test_inputs_do_not_know_the_model():
    inputs = inside(
        "siting.catalog", "siting.geography", "siting.network", "siting.study", "siting.tables"
    )
    assert offenders(inputs, MODEL) == []


def test_plan_verification_and_report_do_not_know_the_model():
    assert offenders(inside("siting.plan", "siting.verify", "siting.report"), MODEL) == []


def test_verification_finds_paths_by_other_means_than_the_engine():
    assert offenders(inside("siting.verify"), ("rustworkx", "highspy")) == []


@pytest.mark.parametrize("name", ["plan", "verify", "report"])
def test_what_checks_and_shows_plans_loads_no_model(name):
    """The same rule, through everything that is imported on the way."""
    skip_without(f"siting.{name}")
    banned = MODEL + (("rustworkx", "highspy") if name == "verify" else ())
    loaded = loaded_by(f"import importlib\nimportlib.import_module('siting.{name}')")
    assert sorted(other for other in loaded if is_in(other, banned)) == []


def test_no_module_is_too_long():
    lengths = {module.name: len(module.source.splitlines()) for module in modules()}
    assert {name: lines for name, lines in lengths.items() if lines > LINES_MAX} == {}


# What is loaded when


def test_import_siting_loads_nothing_heavy():
    loaded = {name.partition(".")[0] for name in loaded_by("import siting")}
    third_party = loaded - set(sys.stdlib_module_names) - {"siting", "__main__"}
    preloaded = {name.partition(".")[0] for name in loaded_by("")}
    assert third_party - preloaded == set()


def test_help_loads_nothing_heavy():
    skip_without("siting.cli")
    loaded = loaded_by(
        "import sys\n"
        "sys.argv = ['siting', '--help']\n"
        "from siting.cli import main\n"
        "try:\n"
        "    code = main()\n"
        "except SystemExit as stop:\n"
        "    code = stop.code\n"
        "assert not code, code\n"
    )
    heavy = ("geopandas", "matplotlib", "osmnx", "pandas", "pyomo")
    assert sorted(name for name in heavy if name in loaded) == []


# The public names


@pytest.mark.parametrize("name", PUBLIC)
def test_public_name_is_there(name):
    skip_without(siting._HOME[name])
    home = importlib.import_module(siting._HOME[name])
    assert getattr(siting, name) is getattr(home, name)
    assert name in dir(siting)


def test_public_names_are_the_same_for_type_checkers():
    tree = ast.parse((ROOT / "siting" / "__init__.py").read_text("utf-8"))
    typed = {
        alias.name: node.module
        for block in tree.body
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert typed == siting._HOME
    assert sorted(typed) == PUBLIC


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'siting' has no attribute 'solv'"):
        _ = siting.solv  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", CLASHING)
def test_submodule_never_replaces_the_function_of_its_name(name, monkeypatch):
    """Without the real modules: what Python does to a package when it imports a submodule."""
    module = ModuleType(f"siting.{name}")
    module.__dict__[name] = function = lambda: name
    monkeypatch.setitem(sys.modules, module.__name__, module)
    bound = vars(siting)
    before = bound.pop(name, None)
    try:
        setattr(siting, name, module)
        assert name not in bound
        assert getattr(siting, name) is function
        setattr(siting, name, module)
        assert getattr(siting, name) is function
    finally:
        bound.pop(name, None)
        if before is not None:
            bound[name] = before


@pytest.mark.parametrize("name", CLASHING)
@pytest.mark.parametrize(
    "before",
    [
        "",
        "import siting.{name}",
        "from siting.{name} import {name} as f",
        "from siting import {name}\nimport siting.{name}",
        "import importlib\nimportlib.import_module('siting.{name}')",
    ],
)
def test_function_is_the_function_whatever_was_imported_before(name, before):
    skip_without(f"siting.{name}")
    code = (
        "import inspect, sys\nimport siting\n"
        + before.format(name=name)
        + f"\nfrom siting import {name}\n"
        f"assert inspect.isfunction({name}), {name}\n"
        f"assert siting.{name} is {name} is getattr(sys.modules['siting.{name}'], {name!r})\n"
    )
    done = run(code)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", CLASHING)
def test_function_can_be_sent_to_another_process(name):
    skip_without(f"siting.{name}")
    function = getattr(siting, name)
    assert isinstance(function, FunctionType)
    assert pickle.loads(pickle.dumps(function)) is function


def test_clashing_names_are_imported_from_their_module():
    """Inside the package, where a half-loaded module could be met, and never as a module."""
    as_module = tuple(f"siting.{name}" for name in CLASHING)
    found = [
        f"{module.name}:{found.line}: write 'from {found.targets[-1]} import ...'"
        for module in modules()
        for found in imports(module.source)
        if (found.module == "siting" and found.name in CLASHING)
        or (not found.name and found.module in as_module)
    ]
    assert found == []

"""What a wheel carries, built as a user would build it, and that it works alone."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import siting
from siting import _paths, doctor

ROOT = Path(__file__).resolve().parent.parent
WHEEL_BYTES_MAX = 15_000_000
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def committed(folder: str) -> set[str]:
    """Return the files of a folder that git knows, or all of them outside a repository."""
    done = subprocess.run(
        ["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return {name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()}
    return {
        path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()
    }


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling, the build backend, is not installed")
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"),
            *("--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)),
        ],
        check=True,
        cwd=folder,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.mark.slow
def test_wheel_carries_the_package_the_studies_and_the_data(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    expected = committed("siting")
    for folder in ("models", "data"):
        expected |= {
            f"siting/_bundled/{name}"
            for name in committed(folder)
            if not name.startswith("data/build/") and Path(name).name != ".gitignore"
        }
    assert expected - names == set()
    assert "siting/py.typed" in names
    assert [name for name in names if "data/build" in name] == []
    outside = {name.partition("/")[0] for name in names}
    assert outside == {"siting", f"siting-{siting.__version__}.dist-info"}


@pytest.mark.slow
def test_wheel_is_small(wheel):
    assert wheel.stat().st_size < WHEEL_BYTES_MAX


@pytest.mark.slow
def test_wheel_finds_its_own_studies_and_data(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    code = (
        "from siting._paths import DATA, MODELS, bundled_studies\n"
        "print(MODELS.is_dir(), DATA.is_dir(), *bundled_studies(), sep='\\n')\n"
        f"assert MODELS.is_relative_to({str(tmp_path)!r}), MODELS\n"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    models, data, *studies = done.stdout.split()
    assert (models, data) == tuple(str((ROOT / name).is_dir()) for name in ("models", "data"))
    assert tuple(studies) == _paths.bundled_studies()


def test_checkout_finds_its_own_studies_and_data():
    assert (_paths.MODELS, _paths.DATA) == (ROOT / "models", ROOT / "data")


def test_version_is_said_once():
    assert PROJECT["project"]["version"] == siting.__version__
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    assert re.findall(r"^version: (\S+)$", citation, re.MULTILINE) == [siting.__version__]


@pytest.mark.parametrize("lock", ["run.txt", "dev.txt", "gnpy.txt"])
def test_lock_holds_names_versions_and_hashes_only(lock):
    text = (ROOT / "requirements" / lock).read_text("utf-8")
    pin = re.compile(r"[a-z0-9.-]+==[\w.+]+( ; [^:/@]+?)?( --hash=sha256:[0-9a-f]{64})+")
    lines = re.sub(r" *\\\n +", " ", text).splitlines()
    assert [line for line in lines if not pin.fullmatch(line)] == []


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / "requirements" / lock).read_text("utf-8")
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", text, re.MULTILINE))


def test_locks_hold_what_is_declared_and_agree():
    run, dev = pins("run.txt"), pins("dev.txt")
    names = {re.split(r"[<>=!~;\[ ]", need)[0] for need in PROJECT["project"]["dependencies"]}
    assert names | {"hatchling"} <= run.keys()
    assert run.items() <= dev.items()
    tools = {need for need in PROJECT["dependency-groups"]["dev"] if isinstance(need, str)}
    assert {re.split(r"[<>=!~;\[ ]", need)[0] for need in tools} <= dev.keys()


def test_doctor_reports_libraries_and_programs():
    found = doctor.diagnose()
    assert found.siting == siting.__version__
    assert found.missing == ()
    assert {tool.name for tool in found.tools} >= {"chromium", "libreoffice"}
    declared = {re.split(r"[<>=!~;\[ ]", need)[0] for need in PROJECT["project"]["dependencies"]}
    names = {library.name.lower() for library in found.libraries}
    assert not names or declared <= names
    assert found.as_dict()["libraries"] == {item.name: item.version for item in found.libraries}


def test_doctor_names_what_is_missing(monkeypatch):
    monkeypatch.setattr(
        importlib.metadata,
        "requires",
        lambda _: ["no-such-library>=1", "nor-this; extra == 'gnpy'"],
    )
    found = doctor.diagnose()
    assert found.missing == ("no-such-library",)
    assert doctor.library_versions().get("no-such-library") is None

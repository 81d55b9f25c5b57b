"""The bundled tables hold the content that data/checksums.json says, and stay small."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

DATA = Path(__file__).parents[2] / "data"
SUMS: dict[str, str] = json.loads((DATA / "checksums.json").read_text(encoding="utf-8"))
MAX_FILE_BYTES = 3_000_000
MAX_TOTAL_BYTES = 10_000_000


def load_checksum() -> ModuleType:
    """Import data/build/checksum.py, which is a script beside the data."""
    spec = importlib.util.spec_from_file_location("checksum", DATA / "build" / "checksum.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


checksum = load_checksum()


@pytest.mark.parametrize("name", sorted(SUMS))
def test_content_matches(name: str) -> None:
    """The sorted rows have the stored digest; after a wanted change run checksum.py."""
    assert checksum.content_checksum(DATA / name) == SUMS[name]


def test_every_table_is_listed() -> None:
    """A table without a checksum cannot be told from a changed one."""
    tables = {path.relative_to(DATA).as_posix() for path in checksum.tables()}
    assert tables == set(SUMS), "run: python data/build/checksum.py"


def test_every_table_is_documented() -> None:
    """The README says where each table comes from."""
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    missing = [name for name in SUMS if f"`{name}`" not in readme]
    assert missing == []


def test_row_order_does_not_matter(tmp_path: Path) -> None:
    """The checksum is over sorted rows: order and line ends do not change it, a cell does."""
    first, second, third = (tmp_path / f"{n}.csv" for n in "abc")
    first.write_bytes(b"id,kv\na,1\nb,2\n")
    second.write_bytes(b"id,kv\r\nb,2\r\na,1\r\n")
    third.write_bytes(b"id,kv\na,1\nb,3\n")
    sums = [checksum.content_checksum(path) for path in (first, second, third)]
    assert sums[0] == sums[1]
    assert sums[0] != sums[2]


def test_sizes() -> None:
    """Bundled files stay small enough for a repository."""
    files = [path for path in DATA.rglob("*") if path.is_file()]
    kept = [p for p in files if not any("cache" in part for part in p.relative_to(DATA).parts)]
    sizes = [path.stat().st_size for path in kept]
    assert max(sizes) < MAX_FILE_BYTES
    assert sum(sizes) < MAX_TOTAL_BYTES

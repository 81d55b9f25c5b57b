"""The documents: every link leads somewhere, and the summary of results stays one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "data/**/*.md", "docs/**/*.md", "models/**/*.md", "tests/**/*.md")
    for path in ROOT.glob(pattern)
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
RESULTS = ROOT / "tests" / "benchmarks" / "RESULTS.md"


def lines_of(document: Path) -> list[str]:
    """Return the lines of a document without those of its code blocks."""
    text = document.read_text("utf-8")
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE).splitlines()


def anchors(document: Path) -> set[str]:
    """Return the anchors that headings make, as GitHub does."""
    heads = [line.lstrip("#").strip() for line in lines_of(document) if line.startswith("#")]
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    broken = []
    for link in LINK.findall("\n".join(lines_of(document))):
        if link.startswith(("http:", "https:", "mailto:")):
            continue
        name, _, anchor = link.partition("#")
        target = (document.parent / name).resolve() if name else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_summary_of_results_is_short() -> None:
    lines = RESULTS.read_text("utf-8").splitlines()
    assert len(lines) <= 250
    assert [line for line in lines if len(line) > 160 and not line.startswith("|")] == []


def test_modules_and_tests_of_the_methods_are_there() -> None:
    text = (ROOT / "models" / "formulation.md").read_text("utf-8")
    section = text.partition("### Where each method lives")[2].partition("\n## ")[0]
    named = [
        f"{folder}/{module}.py"
        for folder, modules in re.findall(r"`(siting/[a-z_/]+?)/?`: ((?:`\w+`,? ?)+)", section)
        for module in re.findall(r"`(\w+)`", modules)
    ]
    tests = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    assert len(named) > 50
    assert [name for name in named if not (ROOT / name).is_file()] == []
    assert set(re.findall(r"\btest_\w+\.py", section)) - tests == set()


@pytest.mark.solver
def test_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    block = re.search(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert block is not None
    monkeypatch.chdir(tmp_path)
    exec(block[1].replace("texas", "triangle"), {})
    assert (tmp_path / "runs" / "triangle" / "report.html").is_file()

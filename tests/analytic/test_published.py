"""The engine reproduces published figures within a stated tolerance."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.analytic.published import CATALOG, FIGURES, Figure, reduction

DOCS = Path(__file__).resolve().parents[2] / "docs" / "training.md"


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.id)
def test_published_figure(figure: Figure) -> None:
    assert figure.holds(), f"{figure.ours():g} {figure.unit}, published {figure.published}"


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.id)
def test_a_figure_that_is_far_off_would_be_seen(figure: Figure) -> None:
    """The tolerance is narrower than half the value, or the range does not reach so far."""
    ours = figure.ours()
    assert figure.tolerance <= 0.25
    assert (
        not figure.low * (1 - figure.tolerance) <= ours / 2 <= figure.high * (1 + figure.tolerance)
    )


@pytest.mark.parametrize(
    ("row", "low", "high"),
    [
        ("diloco.traffic_red", reduction("diloco", 100), reduction("diloco", 500)),
        ("sdiloco.traffic_red", reduction("streaming", 30, 4), reduction("streaming", 500, 8)),
        ("sparse.traffic_red", reduction("compressed", 15, 38), reduction("compressed", 100, 114)),
    ],
)
def test_reduction_of_the_catalog_follows_from_steps_and_compression(
    row: str, low: float, high: float
) -> None:
    assert low <= CATALOG.value(row) <= high


def test_the_page_on_training_shows_these_figures() -> None:
    text = DOCS.read_text("utf-8")
    shown = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    rows = {row[0]: row[1:] for row in shown}
    for figure in FIGURES:
        published, ours, tolerance, reason = rows[figure.what]
        assert published == f"{figure.published} ({figure.source})"
        assert ours == f"{figure.ours():.4g} {figure.unit}"
        assert tolerance == f"{100 * figure.tolerance:.3g} %"
        assert reason == figure.reason

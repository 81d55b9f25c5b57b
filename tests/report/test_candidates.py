"""Maps of candidates: crowds of points do not hide the rest, Europe has outlines."""

from __future__ import annotations

from siting.report.candidates import (
    CandidateLayer,
    CandidateMap,
    write_candidate_page,
    write_candidate_picture,
)
from siting.report.outlines import state_outlines


def _map(points):
    huts = tuple((f"hut {i}", ((8.0 + i / 10_000, 50.0),)) for i in range(points))
    road = CandidateLayer("Roads", "#7d8793", "line", (("road", ((8.0, 50.0), (8.5, 50.2))),))
    return CandidateMap(
        "Rhine", (road, CandidateLayer("Huts", "#111111", "point", huts)), (), "nobody"
    )


def test_a_crowd_of_points_is_left_out_of_a_picture_and_hidden_on_a_page(tmp_path):
    few, many = _map(100), _map(5000)
    for name, drawn, words in (("few", few, "Huts (100)"), ("many", many, "5,000), not drawn")):
        write_candidate_picture(drawn, tmp_path / f"{name}.svg")
        assert words in (tmp_path / f"{name}.svg").read_text("utf-8")
        write_candidate_page(drawn, tmp_path / f"{name}.html")
    assert '"shown": false' not in (tmp_path / "few.html").read_text("utf-8").replace('":f', '": f')
    assert '"shown": false' in (tmp_path / "many.html").read_text("utf-8").replace('":f', '": f')
    # drawn points would make the picture as long as the page
    assert (tmp_path / "many.svg").stat().st_size < 2 * (tmp_path / "few.svg").stat().st_size


def test_countries_of_europe_are_outlined():
    assert state_outlines((2.0, 48.0, 9.0, 52.0))
    assert state_outlines((-84.0, 38.0, -80.0, 42.0))
    assert not state_outlines((-40.0, 30.0, -39.0, 31.0))

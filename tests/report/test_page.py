"""The page as text: self-contained, complete, escaped, honest about a rejected plan."""

from __future__ import annotations

import base64
import html
import json
import re

import pytest

from siting.report.page import page
from siting.report.text import SCOPES
from siting.report.view import View


def between(pattern, text):
    found = re.search(pattern, text, re.DOTALL)
    assert found, pattern
    return found[1]


@pytest.fixture(scope="module")
def text(reports):
    return reports.html.read_text("utf-8")


@pytest.fixture(scope="module")
def data(text):
    return json.loads(between(r'id="plan-data">(.*?)</script>', text))


def test_nothing_on_the_page_is_loaded_from_elsewhere(text):
    markup = re.sub(r"(<script[^>]*>).*?(</script>)", r"\1\2", text, flags=re.DOTALL)
    attributes = r"""(?:src|href|action|srcset|poster)\s*=\s*["']?(?!["'])(?!data:|\#)"""
    assert re.findall(attributes, markup) == []
    assert re.findall(r"""url\(\s*["']?(?!["'])(?!data:|\#)[^)]{0,60}""", markup) == []
    assert "@import" not in markup
    policy = between(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy


def test_page_names_everything_the_plan_places(text, case):
    plan = case.plan
    ids = [part.id for part in (*plan.campuses, *plan.substations, *plan.tie_lines)]
    ids += [part.id for part in (*plan.network_upgrades, *plan.bridging)]
    ids += [part.id for part in (*plan.corridors, *plan.huts)]
    ids += [route.id for link in plan.links for route in link.routes]
    assert [i for i in ids if f">{i}<" not in text] == []


def test_all_text_is_escaped(text):
    assert "Waco &lt;east&gt;" in text
    assert "<east>" not in text
    assert "Denton & Sons" not in text
    assert "<for tests>" not in text


def test_the_plan_is_told_in_paragraphs(text):
    told = re.findall(r'<p class="lead">(.*?)</p>', text)
    assert [words.split()[0] for words in told] == ["The", "Workload", "It", "Proof:"]


def test_contents_lead_to_every_section(text):
    contents = between(r'<nav id="contents"[^>]*>(.*?)</nav>', text)
    targets = re.findall(r'href="#([^"]+)"', contents)
    sections = re.findall(r'<(?:section|details) id="([^"]+)"><', text)
    shown_with_their_charts = {"energization", "race", "costs"}
    assert len(targets) == len(set(targets)) > 15
    assert set(targets) == set(sections) - shown_with_their_charts


def test_what_is_synthetic_stands_at_the_top(text, case):
    banner = between(r'id="synthetic">(.*?)</div>', text)
    for words in case.network.synthetic:
        assert html.escape(words, quote=True).replace("&#x27;", "&#39;") in banner
    assert text.index('id="synthetic"') < text.index('id="answer"')


def test_map_data_are_those_of_the_plan(data, case):
    layers = {layer["id"]: layer["features"] for layer in data["layers"]}
    assert {f["id"] for f in layers["open"]} == {c.id for c in case.plan.campuses}
    assert {f["id"] for f in layers["huts"]} == {h.id for h in case.plan.huts}
    assert {f["id"] for f in layers["corridors"]} == set(case.network.corridors)
    assert {f["id"] for f in layers["iru"]} == {"abi-wea"}
    roles = {f["id"]: role for role in ("first", "second", "further") for f in layers[role]}
    second = {"r2", "r4"}
    assert roles == {
        r: "second" if r in second else "first" for r in ("r1", "r2", "r3", "r4", "r5")
    }
    assert {f["id"] for f in layers["campuses"]} == {"corpus"}
    assert {f["id"] for f in layers["substations"]} == {"s4", "s5"}


def test_route_lines_join_their_campuses(data, case):
    ends = {n.campus: [n.lat, n.lon] for n in case.network.nodes.values() if n.campus}
    layers = {layer["id"]: layer["features"] for layer in data["layers"]}
    drawn = {f["id"]: f["points"] for role in ("first", "second") for f in layers[role]}
    for link in case.plan.links:
        for route in link.routes:
            assert drawn[route.id][0] == ends[link.campuses[0]]
            assert drawn[route.id][-1] == ends[link.campuses[1]]


def test_proof_names_its_problem(text, case):
    assert SCOPES[case.plan.bounds.bound_scope] in text
    assert SCOPES[case.plan.bounds.network_bound_scope] in text
    assert "no plan is more than 120 k USD cheaper" in text


def test_accepted_plan_says_who_checked_it(text):
    assert 'class="verdict good"' in text
    assert 'class="verdict bad"' not in text


def test_rejected_plan_is_shown_as_rejected(rejected_reports):
    text = rejected_reports.html.read_text("utf-8")
    assert 'class="verdict bad"' in text
    assert 'class="verdict good"' not in text
    assert "terminal_span" in text
    assert "the first span is 104.2 km; it must be at most 100 km &lt;b&gt;" in text
    assert "cheaper" not in between(r'id="answer">(.*?)</section>', text)
    assert "REJECTED" in rejected_reports.summary.read_text("utf-8")
    assert json.loads(rejected_reports.geojson.read_text("utf-8"))["accepted"] is False


def test_same_plan_same_page(case):
    args = (case.plan, case.verification, case.network, case.study)
    assert page(View(*args)) == page(View(*args))


def test_page_without_the_study_names_ids(lean_reports):
    text = lean_reports.html.read_text("utf-8")
    assert "abilene \N{EN DASH} denton" in text
    assert "None" not in re.sub(r"<(script|style).*?</\1>", "", text, flags=re.DOTALL).replace(
        '<p class="note">None.</p>', ""
    )


def test_plan_of_one_campus_has_no_network(case):
    alone = case.plan.model_copy(
        update={
            "links": (),
            "corridors": (),
            "huts": (),
            "campuses": case.plan.campuses[:1],
            "workloads": (
                case.plan.workloads[0].model_copy(
                    update={"paradigm": None, "fabric": None, "hub": None, "modes": (None,) * 4}
                ),
            ),
        }
    )
    text = page(View(alone, case.verification, case.network, case.study))
    assert "No workload trains across campuses" in text


def test_paper_shows_the_picture_of_the_map(reports):
    text = reports.html.read_text("utf-8")
    picture = between(r'class="paper-map" alt="[^"]+" src="data:image/png;base64,([^"]+)"', text)
    assert base64.b64decode(picture) == reports.map_png.read_bytes()

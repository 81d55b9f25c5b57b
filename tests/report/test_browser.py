"""The page in a browser that has no network: what a reader sees and can do."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from siting.report.layers import layers
from siting.report.table import megawatts
from tests.report.webdriver import Browser

pytestmark = pytest.mark.browser

OPAQUE = ("tie_lines", "first", "second", "powered", "huts", "open", "substations", "campuses")
"""Layers of which pixels have the very color of the legend."""


@pytest.fixture(scope="module")
def browser(program):
    chromium = program("chromium", "chromium-browser", "google-chrome")
    with Browser(chromium, program("chromedriver")) as session:
        yield session


@pytest.fixture
def opened(browser, reports):
    browser.requests()
    browser.logs("browser")
    browser.open(reports.html.as_uri())
    browser.wait("window.sitingReady === true")
    browser.run("document.getElementById('map').scrollIntoView()")
    return browser


def map_pixels(browser):
    box = browser.run(
        "const b = document.getElementById('map').getBoundingClientRect();"
        "return [b.left, b.top, b.right, b.bottom].map(Math.round)"
    )
    picture = Image.open(io.BytesIO(browser.screenshot())).convert("RGB").crop(box)
    return np.asarray(picture).astype(int)


def toggle(browser, layer):
    browser.run("document.getElementById(arguments[0]).click()", f"layer-{layer}")
    browser.run("return new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")


def of_color(pixels, color):
    wanted = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    return int((np.abs(pixels - wanted).max(axis=2) <= 24).sum())


def hover(browser, lat, lon):
    """Return the text of what lies under the mouse, after a moment over nothing."""
    box = browser.run(
        "const b = document.getElementById('map').getBoundingClientRect();"
        "return [b.right - 6, b.bottom - 6]"
    )
    browser.move_to(*box)
    browser.wait("!document.querySelector('.leaflet-tooltip.tip')")
    x, y = browser.run(
        "const p = siting.map.latLngToContainerPoint([arguments[0], arguments[1]]);"
        "const b = document.getElementById('map').getBoundingClientRect();"
        "return [b.left + p.x, b.top + p.y]",
        lat,
        lon,
    )
    browser.move_to(x, y)
    browser.wait("document.querySelector('.leaflet-tooltip.tip')")
    return browser.run(
        "return [...document.querySelectorAll('.leaflet-tooltip.tip b,.leaflet-tooltip.tip span')]"
        ".map(e => e.textContent)"
    )


def test_page_asks_nothing_of_the_network(opened, reports):
    asked = {url for url in opened.requests() if not url.startswith(("data:", "chrome"))}
    assert asked == {reports.html.as_uri()}


def test_page_makes_no_error(opened):
    assert [entry["message"] for entry in opened.logs("browser")] == []


def test_every_layer_is_seen_and_can_be_hidden(opened, view):
    for layer in layers(view):
        if not layer.features:
            continue
        zoom = "zoom-plan" if layer.is_planned else "zoom-all"
        opened.run("document.getElementById(arguments[0]).click()", zoom)
        shown = map_pixels(opened)
        toggle(opened, layer.id)
        hidden = map_pixels(opened)
        changed = int((shown != hidden).any(axis=2).sum())
        assert changed >= 20, layer.id
        if layer.id in OPAQUE:
            assert of_color(shown, layer.color) - of_color(hidden, layer.color) >= 6, layer.id
        toggle(opened, layer.id)
        assert (map_pixels(opened) == shown).all(), layer.id


def test_hovering_a_campus_tells_its_power(opened, case):
    for campus in case.plan.campuses:
        lon, lat = (case.study.campuses[campus.id].lon, case.study.campuses[campus.id].lat)
        title, since, *lines = hover(opened, lat, lon)
        years = [line for line in lines if line.startswith(case.plan.periods)]
        assert title == case.study.campuses[campus.id].name
        start = campus.in_service_from
        opening = (
            "Stands already" if start is None else f"In service from {case.plan.periods[start]}"
        )
        assert since == opening
        job = case.plan.workloads[0]
        served = (job.served_it_mw | job.replica_it_mw)[campus.id]
        assert years == [
            f"{period}: {megawatts(mw)} IT MW served, {megawatts(built)} built"
            for period, mw, built in zip(case.plan.periods, served, campus.built_it_mw, strict=True)
        ]


def test_hovering_a_hut_tells_its_racks(opened, case):
    planned = case.plan.huts[0]
    hut = case.network.huts[planned.id]
    title, owner, _, racks, *_ = hover(opened, hut.lat, hut.lon)
    assert title == f"Amplifier hut {hut.id}"
    assert owner.startswith("own hut" if hut.operator == "own" else f"hut of {hut.operator}")
    assert str(sum(counts[-1] for counts in planned.racks.values())) in racks


def test_hovering_a_synthetic_substation_says_so(opened, case):
    row = case.study.substations["s3"]
    lines = hover(opened, row.lat, row.lon)
    assert lines[0] == "Substation Lake Creek"
    assert "synthetic: not a real substation" in lines


@pytest.mark.parametrize(("link", "index"), [(0, 1), (1, 0)])
def test_hovering_a_route_tells_its_values(opened, case, link, index):
    route = case.plan.links[link].routes[index]
    lon, lat = case.network.corridors[route.corridors[-1]].geometry[7]
    text = "\n".join(hover(opened, lat, lon))
    assert f"Id {route.id}" in text
    assert f"Length {route.length_km:.1f} km, RTT {route.rtt_ms:.3f} ms" in text
    assert " + ".join(f"{span:.1f}" for span in route.spans_km) in text
    assert "zrp800_131e ROADM C+L" in text
    for name in route.huts:
        assert name in text


def test_hovering_a_candidate_corridor_tells_its_length(opened, case):
    edge = case.network.corridors["hil-wea"]
    lon, lat = edge.geometry[12]
    title, kind, *_ = hover(opened, lat, lon)
    assert title == edge.name
    assert kind == f"road, {edge.length_km:.1f} km"


def test_slider_shows_what_is_in_service(opened, case):
    script = "return Object.keys(siting.drawn.open.group._layers).length"
    counts = []
    for period in range(len(case.plan.periods)):
        opened.run(
            "const s = document.getElementById('period'); s.value = arguments[0];"
            "s.dispatchEvent(new Event('input', {bubbles: true}))",
            period,
        )
        counts.append(opened.run(script) // 2)  # a symbol and a name each
        assert (
            opened.run("return document.getElementById('period-label').textContent")
            == (case.plan.periods[period])
        )
    assert counts == [2, 3, 4, 4]


def test_names_of_campuses_do_not_overlap(opened):
    boxes = opened.run(
        "return [...document.querySelectorAll('.leaflet-tooltip.name')].map(e => {"
        "const b = e.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]})"
    )
    assert len(boxes) == 4
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_tables_of_routes_fit_the_page(opened):
    wide = opened.run(
        "return ['routes', 'lit'].map(id => document.querySelector(`#${id} .scroll`))"
        ".map(e => e.scrollWidth - e.clientWidth)"
    )
    assert wide == [0, 0]


def test_page_fits_a_phone(opened):
    opened.call("POST", "/window/rect", {"width": 500, "height": 900})
    try:
        wide = opened.run("return document.documentElement.scrollWidth - window.innerWidth")
    finally:
        opened.call("POST", "/window/rect", {"width": 1300, "height": 1100})
    assert wide <= 0


def test_rejected_page_opens_with_a_red_banner(browser, rejected_reports):
    browser.open(rejected_reports.html.as_uri())
    browser.wait("window.sitingReady === true")
    color, top = browser.run(
        "const e = document.getElementById('verdict');"
        "return [getComputedStyle(e).color, e.getBoundingClientRect().top]"
    )
    assert color == "rgb(140, 29, 24)"
    assert top < 400

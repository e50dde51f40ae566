"""Maps by hour: all at once, or one that a reader slides to with the keys, without a script and without a request."""

import re

import numpy as np
import pytest

from analysis.answer.html_maps import hours_map
from analysis.answer.html_page import html_page
from analysis.language import ENGLISH
from analysis.maps.by_hour import draw_hours_map
from analysis.maps.furniture import save_png
from analysis.maps.multiples import Multiple, panels_of
from analysis.maps.panels import Streets

HEADINGS = ("16–19 h, partly dark", "19–22 h, after dark", "22–01 h, after dark")


@pytest.fixture(scope="module")
def drawn(make_grid, tmp_path_factory):
    """A picture of three bands of hours on the drawn grid."""
    vertices, starts, ids = make_grid()
    file = tmp_path_factory.mktemp("hours") / "hours.png"
    touched = np.arange(len(ids)) < 3
    panels = [Multiple(heading, np.full(len(ids), float(at)), touched) for at, heading in enumerate(HEADINGS)]
    streets, in_core = Streets(ids, vertices, starts), np.ones(len(ids), bool)
    draw_hours_map(streets, panels, in_core, file, title="Lamps", attribution="© OSM")
    return file


def test_a_picture_says_where_its_maps_stand(drawn):
    found = panels_of(drawn)
    assert [heading for heading, _ in found] == list(HEADINGS)
    boxes = np.array([box for _, box in found])
    assert ((boxes > 0) & (boxes < 1)).all()
    for at, (left, top, width, height) in enumerate(boxes):
        for other in boxes[:at]:
            assert abs(left - other[0]) >= width or abs(top - other[1]) >= height  # none lies over another
    order = sorted(range(len(boxes)), key=lambda at: (boxes[at, 1], boxes[at, 0]))
    assert order == [0, 1, 2]  # from left to right, then below


def test_each_band_is_a_choice_and_all_stand_at_first(drawn):
    told = hours_map(drawn, "Lamps", "s0-")
    assert re.findall(r"> ([^<]+)</label>", told) == ["all hours", "16–19 h", "19–22 h", "22–01 h"]
    assert re.findall(r'id="([^"]+)"( checked)?', told)[0] == ("s0-hours-0", " checked")
    assert told.count(" checked>") == 1
    assert told.count("<img") == 1  # the picture is in the page once


def test_a_picture_without_maps_of_hours_has_no_choice(tmp_path):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(1, 1))
    FigureCanvasAgg(figure)
    save_png(figure, tmp_path / "a.png", dpi=50)
    assert panels_of(tmp_path / "a.png") == []
    assert "<input" not in hours_map(tmp_path / "a.png", "Lamps", "")
    assert hours_map(None, "Lamps", "") == ""


@pytest.mark.browser
def test_the_keys_slide_from_hour_to_hour(drawn, browser, tmp_path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    inner = f'<main id="content"><h1>Lamps</h1>{hours_map(drawn, "Lamps", "s0-")}</main>'
    path = tmp_path / "page.html"
    path.write_text(html_page("Lamps", inner, ENGLISH), encoding="utf-8")
    tab = browser.new_page(viewport={"width": 390, "height": 800})
    complaints = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.goto(path.as_uri())
    assert tab.locator(".stage img").bounding_box()["width"] > 390  # all of them are read by moving sideways
    tab.locator("input").first.focus()
    for at, (_, (left, top, width, height)) in enumerate(panels_of(drawn)):
        tab.keyboard.press("ArrowRight")
        assert tab.locator("input:checked").get_attribute("id") == f"s0-hours-{at + 1}"
        frame, picture = tab.locator(".stage").bounding_box(), tab.locator(".stage img").bounding_box()
        # what the frame shows of the picture is the map of these hours and nothing else
        assert (frame["x"] - picture["x"]) / picture["width"] == pytest.approx(left, abs=0.01)
        assert (frame["y"] - picture["y"]) / picture["height"] == pytest.approx(top, abs=0.01)
        assert frame["width"] / picture["width"] == pytest.approx(width, abs=0.01)
        assert frame["height"] / picture["height"] == pytest.approx(height, abs=0.01)
    assert complaints == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    found = axe.Axe().run(tab)
    assert found.violations_count == 0, found.generate_report()
    tab.emulate_media(media="print")
    assert not tab.locator("fieldset").is_visible()
    tab.close()

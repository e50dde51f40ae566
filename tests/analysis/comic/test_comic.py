"""The picture story: eight pictures that show what the night holds, in every language, on a phone and on one sheet."""

import dataclasses
import re
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdf_text import pages_of

from analysis.answer.provenance import collect_provenance
from analysis.comic import drawing
from analysis.comic.night import Night, Part, Trip, read_night
from analysis.comic.page import comic_page
from analysis.comic.panels import MODES, PANELS, PLACES, panels
from analysis.language import ENGLISH, LANGUAGES, Language
from simulator.errors import ResultsError

WORDS_OF_ENGLISH = re.compile(
    r"\b(the|of|and|with|women|woman|men|people|which|feel|safe|dark|day|streets?|draws?|she|at|view|nobody|lit)\b"
)
UNLIT = Part(0.3, 1.0, 1.0, 0.1, 0.0, 0.0, 0.0, 0.0)
LIT = dataclasses.replace(UNLIT, feels_safe=0.55, unlit=0.0, changed=1.0, people_in_view=5.0)
TODAY = Trip(True, "walk", False, 1275, "work", "home", 12, 0.31, (UNLIT, UNLIT, UNLIT))
WITH_IT = dataclasses.replace(TODAY, feels_safe=0.43, parts=(UNLIT, LIT, UNLIT))
NIGHT = Night(31, TODAY, WITH_IT)
PARTS_OF_NIGHTS = st.builds(
    Part,
    **dict.fromkeys(("feels_safe", "dark", "unlit", "park", "tunnel", "changed", "waiting"), st.floats(0, 1)),
    people_in_view=st.floats(0, 300),
)


@pytest.fixture(scope="module")
def facts(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(2), title="L1", question="")
    return collect_provenance(base, {"lamps": lamps}, default_date="2026-12-21")


def drawn(trip, *, measures=False, say=ENGLISH):
    """The SVG of each panel, parsed, and the words below it."""
    found = []
    for panel in panels(trip, say=say, name="n", measures=measures):
        item = ElementTree.fromstring(panel)
        found.append((item.find(".//svg"), item.find(".//figcaption").text))
    return found


def filled(svg):
    """Boxes that are filled, of ten: those 16 high, less their white ground and their edge."""
    boxes = [one for one in svg.iter("rect") if one.get("height") == "16.0"]
    return sum(float(one.get("width")) for one in boxes if one.get("fill") not in ("#fff", "none")) / 14.0


def test_four_pictures_a_trip_eight_a_night(facts):
    assert len(drawn(TODAY)) == PANELS == 4
    page = comic_page({"lamps": NIGHT}, facts, say=ENGLISH)
    assert page.count('<li class="panel') == 8
    assert page.count('role="img"') == page.count("<figcaption>") == 8
    assert len(set(re.findall(r'id="([^"]+)"', page))) == len(re.findall(r' id="', page))
    assert "(31 simulated)" in page
    assert "default-src 'none'" in page
    assert re.findall(r"https?://[^\"<\s]+", page) == ["https://www.openstreetmap.org/copyright"]


def test_pictures_show_light_people_feeling_and_where_it_changes():
    first, begin, middle, end = drawn(WITH_IT, measures=True)
    assert [round(filled(svg), 2) for svg, _ in (begin, middle, end)] == [3.0, 5.5, 3.0]
    assert filled(first[0]) == 0
    cones = [len([one for one in svg.iter("path") if one.get("opacity")]) for svg, _ in (begin, middle, end)]
    assert cones == [0, 2, 0]
    stars = [len(list(svg.iter("polygon"))) for svg, _ in (first, begin, middle, end)]
    assert stars == [0, 0, 1, 0]
    assert not [one for svg, _ in drawn(WITH_IT) for one in svg.iter("polygon")]  # without measures nothing changes
    heads = [len([one for one in svg.iter("circle") if one.get("fill") == "#8d5a3b"]) for svg, _ in (begin, middle)]
    assert heads == [1, 4]  # she, and three of the five expected


def test_words_say_what_is_drawn():
    first, begin, middle, _ = (words for _, words in drawn(WITH_IT, measures=True))
    assert first == "From work to home at about 21:15: on foot, alone."
    assert begin == "At first, along a street: dark and unlit, nobody in view. Of ten minutes 3.0 feel safe."
    assert middle == (
        "On streets that change, along a street: dark, but lit, many people in view. Of ten minutes 5.5 feel safe."
    )
    away = dataclasses.replace(TODAY, goes=False, mode="", parts=(), feels_safe=None)
    assert [words for _, words in drawn(away)] == [
        "From work to home at about 21:15: she does not go.",
        *["She stays where she is."] * 3,
    ]
    driven = dataclasses.replace(TODAY, mode="driver", accompanied=True, parts=(), feels_safe=None)
    assert drawn(driven)[0][1].endswith("by car, with somebody.")
    assert drawn(driven)[1][1] == "By car, not on the street."


@given(part=PARTS_OF_NIGHTS, mode=st.sampled_from(sorted(MODES)), place=st.sampled_from(sorted(PLACES)))
def test_any_night_can_be_drawn(part, mode, place):
    trip = Trip(True, mode, True, 0, place, place, 3, part.feels_safe, (part,) * 3)
    for svg, words in drawn(trip, measures=True)[1:]:
        assert filled(svg) == pytest.approx(10 * part.feels_safe, abs=0.05)
        assert words


@given(safe=st.floats(0, 1))
def test_a_mouth_goes_up_where_it_feels_safe(safe):
    mouth = re.search(r"q[\d.]+ (-?[\d.]+) ", drawing.face(0, 0, 19, safe)).group(1)
    assert float(mouth) == pytest.approx((safe - 0.5) * 1.3 * 19, abs=0.06)  # downwards is positive


def test_a_stored_night_is_read_back_and_a_spoilt_one_refused():
    part = dataclasses.asdict(UNLIT)
    told = dataclasses.asdict(TODAY) | {"parts": [part] * 3}
    assert read_night({"women": 31, "without": told, "with": told}).today == TODAY
    for spoilt in (
        {"women": 31, "without": told},
        {"women": 31, "without": told, "with": told | {"parts": [part]}},
        {"women": 31, "without": told, "with": told | {"parts": [part | {"home": 1.0}] * 3}},
        {"women": 31, "without": told, "with": {name: one for name, one in told.items() if name != "goes"}},
        {"women": "many", "without": told, "with": told},
        [],
    ):
        with pytest.raises(ResultsError, match="cannot be read"):
            read_night(spoilt)


def test_nobodys_night_is_said(facts):
    page = comic_page({"lamps": None}, facts, say=ENGLISH)
    assert "no woman whom it reaches is outdoors after dark" in page
    assert "<svg" not in page


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_no_english_is_left(facts, code):
    nights = {"lamps": Night(31, dataclasses.replace(TODAY, goes=False, parts=()), WITH_IT)}
    page = comic_page(nights, facts, say=Language(code)) + comic_page({"lamps": None}, facts, say=Language(code))
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    for owned in ("© OpenStreetMap contributors", "Open Database Licence", "--people"):
        text = text.replace(owned, "")
    assert WORDS_OF_ENGLISH.findall(text.lower()) == []
    assert f'<html lang="{code}">' in page
    for words in (*MODES.values(), *PLACES.values()):
        assert Language(code).knows(words)


@pytest.fixture(scope="module")
def file(facts, tmp_path_factory):
    path = tmp_path_factory.mktemp("comic") / "comic.html"
    path.write_text(comic_page({"lamps": NIGHT}, facts, say=ENGLISH), encoding="utf-8")
    return path


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height", "columns"), [(360, 740, 2), (1280, 800, 4), (1920, 1080, 4)])
def test_both_nights_stand_side_by_side_or_above_each_other(file, browser, tmp_path, width, height, columns):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    tab = browser.new_page(viewport={"width": width, "height": height})
    requests = []
    tab.on("request", lambda request: requests.append(request.url))
    tab.goto(file.as_uri())
    tab.screenshot(path=str(tmp_path / f"comic-{width}.png"), full_page=True)
    assert requests == [file.as_uri()]
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    spots = tab.evaluate(
        "[...document.querySelectorAll('.panel svg')].map(one => one.getBoundingClientRect()).map(b => [b.left, b.top])"
    )
    assert len({round(left) for left, _ in spots}) == columns
    assert len({round(top) for _, top in spots}) == 8 // columns
    bottom = tab.evaluate("[...document.querySelectorAll('.panel svg')].at(-1).getBoundingClientRect().bottom")
    assert columns == 2 or bottom <= height
    found = axe.Axe().run(tab)
    assert found.violations_count == 0, found.generate_report()
    tab.close()


@pytest.mark.browser
@pytest.mark.parametrize("code", LANGUAGES)
def test_it_prints_on_one_sheet(facts, browser, tmp_path, code):
    file = tmp_path / "comic.html"
    file.write_text(comic_page({"lamps": NIGHT}, facts, say=Language(code)), encoding="utf-8")
    tab = browser.new_page()
    tab.goto(file.as_uri())
    tab.pdf(path=str(tmp_path / "comic.pdf"), prefer_css_page_size=True)
    (sheet,) = pages_of(tmp_path / "comic.pdf")
    assert (round(sheet.width), round(sheet.height)) == (842, 595)
    assert "OpenStreetMap" in sheet.text
    tab.close()

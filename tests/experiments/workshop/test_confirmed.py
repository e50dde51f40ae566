"""What a group takes along of a confirmed answer: the maps of its first draw, and one page that asks nobody."""

import base64
import re

import pytest

from analysis.language import ENGLISH, Language
from experiments.comparing import Plan
from experiments.runs import Job, Options
from experiments.store import Store
from experiments.workshop.exports import export_of, kit_of_room, of_handed_in, walk_of_room
from experiments.workshop.night import MOST_PEOPLE, coded
from experiments.workshop.room import Room
from experiments.workshop.walk import Mark
from experiments.workshop.weights import PAIRS
from experiments.workshop.work import first_draw
from scenarios import load_scenario
from simulator.errors import ResultsError

from workshop_room import NoCrew

pytestmark = pytest.mark.slow
SCENARIO = load_scenario("light-the-park-paths")
MARK = Mark((0.0, 0.0), 22, "2026-11", {"feeling": 1})


@pytest.fixture
def room(made):
    """Two groups, of which one has handed in the small comparison of all tests, and drafted on since."""
    here = Room("helsinki-centre")
    here.crew = NoCrew()
    one, other = here.join("The <b>night</b> shift"), here.join("B")
    one.draft.add("lighting", {"selector": "unlit park paths"})
    one.results.answer = one.handed_in = made / "answer"
    one.results.answered = one.handed_text = one.draft.text
    one.exercise, one.marks = "mobility", [MARK]
    one.answers |= dict.fromkeys(PAIRS, 1)
    other.answers |= dict.fromkeys(PAIRS, -1)
    yield here, one, other
    here.close()


def files_in(page):
    """Files that a page holds, by name."""
    found = re.findall(r'<a download="([^"]+)" href="data:[^;]+;base64,([^"]+)">', page)
    return {name: base64.b64decode(data) for name, data in found}


def test_the_maps_after_confirming_are_those_of_the_first_draw(made):
    options = Options(agents=500)
    plan = Plan(load_scenario("baseline"), (SCENARIO,), options, 2, made / "store")
    shown = first_draw(plan)
    ids = Job.plan(options, 0, (load_scenario("baseline"), SCENARIO), made / "store").ids
    for side, identity in zip((shown.before, shown.after), ids, strict=True):
        passed = Store(made / "store").read(identity).segments["footfall_people"].to_numpy().reshape(24, -1)
        assert (side.footfall == coded(passed, MOST_PEOPLE)).all()
    assert shown.after.light.sum() > shown.before.light.sum()


def test_the_kit_of_a_group_holds_all_files_and_asks_nobody(room, made):
    here, one, _ = room
    page = export_of("kit.html", one, here.network)[0].decode()
    files = files_in(page)
    assert set(files) >= {"scenario.toml", "report.html", "comparison.csv", "walk.csv"}
    assert files["scenario.toml"].decode() == one.results.answered
    assert files["comparison.csv"] == (made / "answer" / "comparison.csv").read_bytes()
    assert b"<html" in files["report.html"]
    outside = re.findall(r'(?:src|href|action)="(?!#|data:)([^"]*)"', page)
    assert set(outside) <= {"https://www.openstreetmap.org/copyright"}  # a link that somebody may follow
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert "The &lt;b&gt;night" in page
    assert "What mattered to the group" in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_the_kit_of_the_room_holds_what_was_handed_in_and_nothing_else(room):
    here, one, other = room
    one.draft.entitle("Not yet shown to anybody")
    one.results.answered = one.draft.text  # as after another answer, which is not handed in
    other.draft.entitle("A secret of B")
    page = kit_of_room(here, Language("es")).decode()
    assert '<html lang="es">' in page
    assert "secret of B" not in page
    assert "Not yet shown" not in page
    assert "Not yet shown" not in files_in(page)["scenario.toml"].decode()
    assert set(files_in(page)) == {"scenario.toml", "all.zip", "walk.csv"}
    assert files_in(page)["walk.csv"] == walk_of_room(here)
    assert "<th scope='col'>B</th>" in page  # its weights stand beside the others'
    assert of_handed_in(other) is other


def test_there_is_no_kit_without_an_answer(room):
    here, one, other = room
    with pytest.raises(ResultsError, match="no confirmed answer"):
        export_of("kit.html", other, here.network)
    with pytest.raises(ResultsError, match="nothing is marked"):
        export_of("walk.csv", other, here.network)
    one.handed_in = None
    with pytest.raises(ResultsError, match="nothing is handed in"):
        kit_of_room(here, ENGLISH)


def test_what_was_brought_goes_with_the_session(room):
    here, one, _ = room
    here.remove(one)
    assert walk_of_room(here).count(b"\n") == 1

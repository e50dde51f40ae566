"""Drafts: each change is one step that can be taken back, comments stay, and files of guests read no other files."""

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from experiments.workshop.draft import MOST_STEPS, Draft, text_of_case, text_of_upload
from experiments.workshop.levers import levers_of, templates
from scenarios import list_cases, load_scenario, parse_scenario
from simulator.errors import ScenarioError

PATHS = {"selector": "unlit park paths"}


def test_an_empty_draft_is_a_scenario_without_measures():
    assert Draft().scenario.measures == ()


def test_adding_setting_and_removing_say_what_they_say():
    draft = Draft()
    draft.add("hosts", PATHS)
    draft.add("hosts", {"names": ["Esplanadi"]})
    first, second = draft.scenario.measures
    assert (first.where.selector, second.where.names) == ("unlit park paths", ("Esplanadi",))
    assert first.name != second.name
    assert not draft.scenario.placebo
    draft.set(0, "hosts", 5.0)
    assert draft.scenario.measures[0].hosts == 5.0
    assert draft.scenario.measures[1].hosts == templates()["hosts"].hosts
    draft.set(0, "hosts", None)
    assert draft.scenario.measures[0].hosts == 2.0  # what the measure itself says
    draft.remove(0)
    assert [one.where.names for one in draft.scenario.measures] == [("Esplanadi",)]
    draft.remove(0)
    assert draft.scenario.placebo


@pytest.mark.parametrize("kind", list(templates()))
def test_every_kind_can_be_added_and_its_levers_hold_what_the_example_says(kind):
    draft = Draft()
    draft.add(kind, {"selector": "streets"})
    (measure,) = draft.scenario.measures
    example = templates()[kind]
    assert measure.model_dump(exclude={"where"}) == example.model_dump(exclude={"where"})
    assert {one.key for one in levers_of(kind)} <= set(type(measure).model_fields)


@given(st.lists(st.sampled_from(["add", "remove", "set", "undo", "redo"]), max_size=14))
def test_undo_goes_back_step_by_step_and_redo_forward(steps):
    draft, texts = Draft(), [Draft().text]
    at = 0
    for step in steps:
        before = draft.text
        if step == "add":
            draft.add("hosts", PATHS)
        elif step == "remove" and draft.scenario.measures:
            draft.remove(0)
        elif step == "set" and draft.scenario.measures:
            draft.set(0, "hosts", float(len(texts)))
        elif step == "undo":
            draft.undo()
            at = max(at - 1, 0)
        elif step == "redo":
            draft.redo()
            at = min(at + 1, len(texts) - 1)
        if step in ("add", "remove", "set") and draft.text != before:
            texts = [*texts[: at + 1], draft.text]
            at += 1
        assert draft.text == texts[at]


def test_only_so_many_steps_are_kept():
    draft = Draft()
    draft.add("hosts", PATHS)
    for number in range(MOST_STEPS + 10):
        draft.set(0, "hosts", float(number + 10))
    assert len(draft.done) == MOST_STEPS


def test_a_wrong_value_changes_nothing():
    draft = Draft()
    draft.add("hosts", PATHS)
    before, steps = draft.text, len(draft.done)
    with pytest.raises(ScenarioError, match="hosts"):
        draft.set(0, "hosts", -1.0)
    assert draft.text == before
    assert len(draft.done) == steps


def test_comments_stay_when_a_case_is_changed_and_saved():
    draft = Draft()
    draft.put(text_of_case("light-the-park-paths"))
    draft.set(0, "standard", "P2")
    lines = [line for line in text_of_case("light-the-park-paths").splitlines() if line.startswith("#")]
    assert lines
    assert [line for line in draft.text.splitlines() if line.startswith("#")] == lines
    assert draft.scenario.measures[0].standard == "P2"


@pytest.mark.parametrize("case", list_cases())
def test_every_shipped_case_can_be_begun_with_and_opened_again(case):
    text = text_of_case(case)
    assert parse_scenario(text).measures == load_scenario(case).measures
    assert parse_scenario(text_of_upload(text.encode())).measures == load_scenario(case).measures


@pytest.mark.parametrize(
    ("given_text", "said"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"format = ", "line"),
        (b'format = 1\ntitle = "x"\nextends = "../secret.toml"\n', "extends"),
        (
            b'format = 1\ntitle = "x"\n[[measures]]\nkind = "hosts"\nname = "h"\nwhere = {layer = "/etc/x.gpkg"}\n',
            "another file",
        ),
        (
            b'format = 1\ntitle = "x"\n[[measures]]\nkind = "hosts"\nname = "h"\nwhere = {within = "/etc/x.gpkg"}\n',
            "another file",
        ),
        (b"#" * ((1 << 20) + 1), "1 MiB"),
    ],
)
def test_files_of_guests_that_cannot_be_used_are_told(given_text, said):
    with pytest.raises(ScenarioError) as found:
        text_of_upload(given_text)
    told = " ".join([found.value.message, *found.value.faults])
    assert said in told or (said == "line" and ":1" in told)


def test_the_city_of_a_guests_file_is_not_looked_for():
    text = text_of_upload(b'format = 1\ntitle = "x"\ncity = "/somewhere/else.gpkg"\nplacebo = true\n')
    assert "city" not in tomlkit.parse(text)

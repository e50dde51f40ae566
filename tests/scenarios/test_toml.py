"""Scenario files: every kind of fault with its line, any text, the shipped cases."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scenarios import Scenario, list_cases, load_scenario, parse_scenario
from scenarios.scenario import named
from simulator.errors import ScenarioError
from simulator.interventions import Area, Lighting

HEAD = 'format = 1\ntitle = "t"\n'
LAMPS = '[[measures]]\nkind = "lighting"\nname = "lamps"\nwhere = "unlit paths"\n'


def faults_of(text: str) -> list[str]:
    """Faults of a scenario that has some, without the file's name."""
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, file="f.toml")
    assert all(fault.startswith("f.toml:") for fault in caught.value.faults)
    assert all("found" in fault and "expected" in fault and "\n" not in fault for fault in caught.value.faults)
    return [fault.removeprefix("f.toml:") for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "start", "says"),
    [
        ('titel = "t"\nformat = 1', "1: titel: found a key that is not known", "write title"),
        (
            'format = 1\ntitle = "t"\n[[measures]]\nkind = "lighting"\nname = "a"\nwhere = { streets = ["A"] }',
            "6: measures[1].where.streets: found a key that is not known",
            "write names",
        ),
        ("format = 1", "1: title: found nothing", "add title"),
        ('format = 2\ntitle = "t"', "1: format: found 2, expected 1", ""),
        ("format = 1\ntitle = 3", '2: title: found 3, expected text in quotes, such as "words"', ""),
        ('format = 1\ntitle = ""', '2: title: found "", expected at least 1 letter;', ""),
        (HEAD + 'date = "2026-12-21"', '3: date: found "2026-12-21", expected a date', "without quotes"),
        (HEAD + 'sources = [\n"a",\n4]', "5: sources[2]: found 4, expected text", ""),
        (HEAD + 'sources = "a"', '3: sources: found "a", expected a list', ""),
        (HEAD + "measures = 3", "3: measures: found 3, expected a list of tables", "[[measures]]"),
        (HEAD + "[measures]\nkind = 1", "3: measures: found a table, expected a list", "[[measures]]"),
        (HEAD + "measures = [1]", "3: measures[1]: found 1, expected a table", ""),
        (HEAD + '[[measures]]\nname = "x"', "3: measures[1].kind: found nothing", 'kind = "lighting"'),
        (HEAD + LAMPS.replace("lighting", "lightning") + 'standard = "P4"', '4: measures[1].kind: found "lig', "write"),
        (HEAD + LAMPS.replace('"lighting"', "7"), "4: measures[1].kind: found 7, expected", ""),
        (HEAD + LAMPS, "3: measures[1]: found kind, name and where", "exactly one of"),
        (HEAD + LAMPS + 'standard = "P4"\nmin_lx = 1', "3: measures[1]: found", "exactly one of"),
        (HEAD + LAMPS + 'standard = "P4"\nflux_lm = 3500', "3: measures[1]: found", "exactly one of"),
        (HEAD + LAMPS + "height_m = 6", "3: measures[1]: found", "expected both"),
        (
            HEAD + LAMPS + "height_m = 0\nflux_lm = 3500",
            "7: measures[1].height_m: found 0, expected at least 0.5",
            "(m)",
        ),
        (HEAD + LAMPS + "min_lx = 5\nmean_lx = 1", "3: measures[1]: found", "above mean_lx"),
        (HEAD + LAMPS + 'standard = "P7"', '7: measures[1].standard: found "P7", expected "P1", "P2"', ""),
        (HEAD + LAMPS + "mean_lx = 1\nmin_lx = -1", "8: measures[1].min_lx: found -1, expected at least 0", "(lx)"),
        (HEAD + LAMPS + 'mean_lx = "1"\nmin_lx = 1', '7: measures[1].mean_lx: found "1", expected a number', ""),
        (HEAD + LAMPS + "mean_lx = nan\nmin_lx = 1", "7: measures[1].mean_lx: found nan, expected a finite", ""),
        (HEAD + LAMPS + f"mean_lx = {10**30}\nmin_lx = 1", "7: measures[1].mean_lx: found a number of more", ""),
        (HEAD + LAMPS + 'standard = "P4"\nuntil_hour = 1.5', "8: measures[1].until_hour: found 1.5, expected a wh", ""),
        (HEAD + LAMPS + 'standard = "P4"\nuntil_hour = true', "8: measures[1].until_hour: found true, expected a", ""),
        (HEAD + LAMPS + 'standard = "P4"\nspacing = 30', "8: measures[1].spacing: found a key", "write spacing_m"),
        (HEAD + LAMPS + 'standard = "P4"\nzzz = 30', "8: measures[1].zzz: found a key", "remove it"),
        (
            HEAD + LAMPS.replace("unlit paths", "unlitt paths") + 'standard = "P4"',
            "6: measures[1].where.sel",
            "write unlit",
        ),
        (
            HEAD + LAMPS.replace("unlit paths", "unlit park") + 'standard = "P4"',
            "6: measures[1].where.sel",
            "park paths",
        ),
        (HEAD + LAMPS.replace("unlit paths", " ") + 'standard = "P4"', "6: measures[1].where.sel", "found 0 words"),
        (
            HEAD + LAMPS.replace('"unlit paths"', "{}") + 'standard = "P4"',
            "6: measures[1].where: found no keys",
            "polygon",
        ),
        (HEAD + LAMPS.replace('"unlit paths"', "3") + 'standard = "P4"', "6: measures[1].where: found 3", "text"),
        (
            HEAD + LAMPS.replace('"unlit paths"', "{ within = [[0, 0],\n[1, 1]] }") + 'standard = "P4"',
            "6: measures[1].where.within: found a list of 2, expected at least 3",
            "[longitude, latitude]",
        ),
        (
            HEAD + LAMPS.replace('"unlit paths"', "{ within = [[0, 0],\n[1, 91], [2, 2]] }") + 'standard = "P4"',
            "7: measures[1].where.within[2][2]: found 91, expected at most 90",
            "",
        ),
        (
            HEAD + LAMPS.replace('"unlit paths"', "{ within = [[0, 0], [1, 1], [1, 0], [0, 1]] }") + 'standard = "P4"',
            "6: measures[1].where.within: found a polygon that crosses itself",
            "",
        ),
        (
            HEAD + LAMPS.replace('"unlit paths"', "{ within = [[0, 0], [1, 1], [0, 0], [1, 1]] }") + 'standard = "P4"',
            "6: measures[1].where.within: found 2 different corners",
            "",
        ),
        (HEAD + 2 * (LAMPS + 'standard = "P4"\n'), '10: measures[2].name: found "lamps" again', "measure 1"),
        (HEAD + "measures = [" + "{}," * 201 + "]", "3: measures: found 201 measures, expected at most 200", ""),
        # not TOML
        ("a = 1\nb = 2\na = 3", "3: a: found it set again", "line 1"),
        ("a = 1\nx = [1,\n2", "2: x: found the end of the file", "close"),
        ("a = 1\n[[measures]\nb = 1", '2: found "[[measures]"', "close its brackets"),
        ("a = 1\nb = True", '2: found "b = True"', "small letters"),
        ("a = 1\nb = hello", '2: found "b = hello"', "quotes"),
        ("a = 1\nb = \u201chello\u201d", '2: found "b = \u201chello\u201d"', "straight quotes"),
        ('a = 1\nb = "hello\nc = 1', "2: found a line end", "close them"),
        ("a = 1\nb =\nc = 1", '2: found "b ="', "a value"),
        ("a = 1\nhello", '2: found "hello"', "key = value"),
        ("a = 1\n= 2", "2: found no key", ""),
        ("a = 1\nb = 3lx", "2: found a number that cannot be read", "unit"),
        ("a = 1\nb = 2026-02-30", "2: found a date that does not exist", ""),
        ('a = 1\nb = "\\q"', "2: found a backslash", "double"),
    ],
)
def test_fault_with_its_line(text: str, start: str, says: str) -> None:
    faults = faults_of(text)
    assert len(faults) == 1, faults
    assert faults[0].startswith(start)
    assert says in faults[0]


def test_all_faults_at_once_in_order_of_lines() -> None:
    text = 'format = 9\ncity = 1\n[[measures]]\nkind = "lightning"\nwhere = 1\nname = ""\nstandard = "P9"\n[[measures]]'
    lines = [fault.split(":")[0] for fault in faults_of(text)]
    assert lines == ["1", "1", "2", "4", "5", "6", "7", "8"]


def test_every_word_of_a_selector_is_told() -> None:
    first, last = faults_of(HEAD + LAMPS.replace("unlit paths", "paths unlit") + "min_lx = 0\nmean_lx = 0")
    assert first.startswith('6: measures[1].where.selector: found "paths"')
    assert first.endswith("put it last, and only one of its kind")
    assert last.endswith("add a noun, such as unlit paths")


def test_words_of_a_selector_are_told_beside_other_faults() -> None:
    faults = faults_of(HEAD + LAMPS.replace("unlit", "unlitt") + "min_lx = -1")
    assert [fault.split(":")[0] for fault in faults] == ["6", "7"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"a" * ((1 << 20) + 1), "more than 1 MiB"),
        (b"a = 1\nb = '\xff'", "f.toml:2: found bytes that are not UTF-8"),
    ],
)
def test_files_that_are_refused(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "f.toml").write_bytes(content)
    with pytest.raises(ScenarioError, match=says):
        load_scenario(tmp_path / "f.toml")


def test_missing_files_name_near_cases(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="did you mean light-the-park-paths"):
        load_scenario("light-the-parks")
    with pytest.raises(ScenarioError, match="the shipped ones are baseline"):
        load_scenario(tmp_path / "0123456789.toml")
    with pytest.raises(ScenarioError, match="cannot be read"):
        load_scenario(tmp_path)
    with pytest.raises(ScenarioError, match="cannot be read"):
        load_scenario("a\0b")


def test_byte_order_mark_and_crlf_are_read(tmp_path: Path) -> None:
    text = (HEAD + LAMPS + 'standard = "P4"\n').replace("\n", "\r\n")
    (tmp_path / "mine.toml").write_bytes(text.encode("utf-8-sig"))
    scenario = load_scenario(str(tmp_path / "mine.toml"))
    assert scenario.name == "mine"
    assert scenario.measures[0].where.selector == "unlit paths"


def test_the_same_measures_are_the_same_however_written() -> None:
    one = parse_scenario(HEAD + LAMPS + "min_lx = 1\nmean_lx = 5\n")
    other = parse_scenario(
        'title = "x"\ncity = "y"\ndate = 2026-12-21\nformat = 1\nmeasures = [{ mean_lx = 5.0, min_lx = 1e0, '
        'where = { selector = "unlit paths" }, "name" = "lamps", kind = \'lighting\' }] # note\n'
    )
    assert one.canonical() == other.canonical()
    assert one != other
    by_hand = Lighting(name="lamps", where=Area(selector="unlit paths"), min_lx=1, mean_lx=5)
    assert Scenario(format=1, title="t", measures=(by_hand,)).canonical() == one.canonical()
    assert named(Scenario(format=1, title="t", measures=(by_hand,)), "scenario") == one
    assert hash(named(Scenario(format=1, title="t", measures=(by_hand,)), "scenario")) == hash(one)


def test_canonical_goes_round() -> None:
    for name in list_cases():
        scenario = load_scenario(name)
        again = Scenario.model_validate({"format": 1, "title": "again", **scenario.canonical()})
        assert again.canonical() == scenario.canonical()
        assert again.measures == scenario.measures


def test_shipped_cases() -> None:
    assert list_cases()[0] == "baseline"
    assert {"light-the-park-paths", "night-bus-every-30", "nothing-changes"} < set(list_cases())
    assert load_scenario("baseline").measures == ()
    assert [load_scenario(name).name for name in list_cases()] == list(list_cases())
    lamps = load_scenario("light-the-park-paths").measures[0]
    assert (lamps.standard, lamps.spacing_m, lamps.where.selector) == ("P4", 30, "unlit park paths")
    assert load_scenario("nothing-changes").measures[0].target_lx == (0, 0)


def test_scenarios_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_scenario("baseline").title = "other"  # type: ignore[misc]


def either(text: str) -> None:
    """A scenario or a ScenarioError with lines in the text, never anything else."""
    faults: tuple[str, ...] = ("f:1: none",)
    try:
        parse_scenario(text, file="f")
    except ScenarioError as error:
        faults = error.faults
    assert faults
    assert all(1 <= int(fault.split(":")[1]) <= text.count("\n") + 1 for fault in faults)


def test_a_file_of_another_kind_does_not_flood_the_screen() -> None:
    faults = faults_of("\n".join(f"k{number} = {number}" for number in range(5000)))
    assert len(faults) == 201
    assert faults[-1].startswith("199: found 4802 more faults")


@given(st.text())
@example("x = " + "[" * 3000)
@example("x = " + "{a=" * 3000)
@example(".".join("a" * 3000) + " = 1")
@example("x = 0x" + "f" * 9000)
@example("x = " + "9" * 9000)
@example("measures = [[[]]]")
@example("\ud800 = 1")
@example("x = 1979-05-27T07:32:00-25:00")
@example("x = 0000-00-00")
def test_any_text(text: str) -> None:
    either(text)


@given(st.lists(st.sampled_from([*(HEAD + LAMPS), "[", "]", "{", "}", '"', "\n", "=", "[[measures]]", "where", "nan"])))
def test_any_text_of_toml_letters(parts: list[str]) -> None:
    either("".join(parts))


KEYS = ("format", "title", "date", "sources", "measures", "kind", "where", "within", "min_lx", "until_hour")
SCALARS = ("-1", "inf", "1e400", '"x"', "true", "9" * 22, "07:32:00", "2026-12-21", "2026-12-21T00:00:00Z", '"""\n"""')
TABLES = ("[]", "[[]]", "[{}]", "{}", "{selector = 3}", "{within = [[1,2,3]]}", "[[1,2],[3,4],[5,6]]")


@given(st.sampled_from(KEYS), st.sampled_from(SCALARS + TABLES))
def test_any_value_at_any_key(key: str, value: str) -> None:
    either(HEAD + LAMPS + f"{key} = {value}\n")
    either(f"{key} = {value}\n" + LAMPS)
    either(HEAD + f'[[measures]]\nkind = "lighting"\nname = "x"\nwhere.{key} = {value}\nstandard = "P4"')


def test_a_mutated_case_still_gives_a_scenario_or_faults() -> None:
    text = (Path(__file__).parents[2] / "scenarios/library/light-the-park-paths.toml").read_text()
    for at in range(0, len(text), 7):
        either(text[:at])
        either(text[:at] + text[at + 1 :])


def test_package_imports_nothing_heavy() -> None:
    import subprocess
    import sys

    code = "import sys, scenarios; print(sorted({'pydantic', 'numpy', 'tomlkit'} & set(sys.modules)))"
    done: Any = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _written(folder, name, text):
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


BRIGHTER = """
format = 1
title = "Brighter, with hosts"
extends = "light-the-park-paths"

[[measures]]
kind = "lighting"
name = "Lamps along dark park paths"
where = "unlit park paths"
standard = "P2"

[[measures]]
kind = "hosts"
name = "Hosts"
where = "park paths"
hosts = 2
"""


def test_a_case_goes_on_from_another_one(tmp_path):
    base = load_scenario("light-the-park-paths")
    case = load_scenario(_written(tmp_path, "brighter", BRIGHTER))
    assert [measure.name for measure in case.measures] == ["Lamps along dark park paths", "Hosts"]
    assert case.measures[0].standard == "P2"
    assert (case.city, case.title) == (base.city, "Brighter, with hosts")
    assert case.place_in_file(("measures", 0, "where")).startswith(str(tmp_path / "brighter.toml:9"))
    without = f'format = 1\ntitle = "Hosts only"\nextends = "brighter.toml"\nwithout = ["{base.measures[0].name}"]\n'
    less = load_scenario(_written(tmp_path, "less", without))
    assert parse_scenario(BRIGHTER).measures == case.measures
    assert [measure.name for measure in less.measures] == ["Hosts"]
    assert less.place_in_file(("measures", 0)).startswith(str(tmp_path / "brighter.toml"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('extends = "nowhere.toml"', ["circle.toml:3", "extends", "nowhere.toml"]),
        ('extends = "circle.toml"', ["circle.toml:3", "goes on from this case itself"]),
        ('extends = "night-bus-every-30"\nwithout = ["Day bus"]', ["circle.toml:4", "Day bus", "Night bus"]),
        ('without = ["Night bus"]', ["without", "no case in extends"]),
    ],
)
def test_what_a_case_cannot_go_on_from_is_told_where_it_stands(tmp_path, text, words):
    path = _written(tmp_path, "circle", f'format = 1\ntitle = "x"\n{text}\n')
    with pytest.raises(ScenarioError) as error:
        load_scenario(path)
    told = " ".join((error.value.message, *error.value.faults))
    for word in words:
        assert word in told

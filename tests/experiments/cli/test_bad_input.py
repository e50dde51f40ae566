"""Bad input gives one clear message and status 2, never a traceback, and leaves nothing half-written."""

import sys

import pytest

from experiments.cli.main import main
from street_networks import find_city

HEAD = 'format = 1\ntitle = "t"\n'
LAMPS = HEAD + '[[measures]]\nkind = "lighting"\nname = "lamps"\nwhere = "unlit park paths"\n'


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)

    def command(*words):
        monkeypatch.setattr(sys, "argv", ["afterdark", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return left.value.code, out, err

    return command


def files_below(folder):
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*"))


def refused(run, tmp_path, words, *said):
    before = files_below(tmp_path)
    status, out, err = run(*words)
    assert status == 2, (status, out, err)
    assert "Traceback" not in err
    assert err.startswith("afterdark: ")
    for part in said:
        assert part in err
    assert files_below(tmp_path) == before
    assert out == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("compare", "light-the-park-pats"), ("light-the-park-paths",)),
        (("compare", "nowhere.toml"), ("nowhere.toml",)),
        (("compare", "light-the-park-paths", "--city", "helsinki-center"), ("helsinki-centre",)),
        (("compare", "light-the-park-paths", "--people", "0"), ("--people: found 0", "100")),
        (("compare", "light-the-park-paths", "--people", "-5"), ("--people: found -5",)),
        (("compare", "light-the-park-paths", "--people=many"), ("--people", "found 'many'")),
        (("compare", "light-the-park-paths", "--replications", "0"), ("--replications", "found '0'")),
        (("compare", "light-the-park-paths", "--date", "21.12.2026"), ("21.12.2026", "2026-12-21")),
        (("compare", "light-the-park-paths", "--seed", "-1"), ("--seed: found -1",)),
        (("compare", "light-the-park-paths", "light-the-park-paths"), ("found light-the-park-paths twice",)),
        (("compare", "light-the-park-paths", "--baseline", "nope"), ("nope",)),
        (("compare",), ("cases",)),
        (("compare", "light-the-park-paths", "--colour", "red"), ("--colour",)),
        (("run", "baseline", "--keep", "everything"), ("--keep", "summary, people, all")),
        (("run", "baseline", "--values", "none.toml"), ("none.toml",)),
        (("show", "nowhere"), ("nowhere", "manifest.json")),
        (("evidence", "light_releif_lx"), ("light_relief_lx",)),
        (("scenario", "check", "light-the-park-pats"), ("light-the-park-paths",)),
        (("dance",), ("dance",)),
    ],
    ids=lambda value: "-".join(map(str, value))[:60] if isinstance(value, tuple) else None,
)
def test_words_that_cannot_be_used(run, tmp_path, words, said):
    refused(run, tmp_path, words, *said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LAMPS + 'standart = "P4"\n', ("case.toml:7", "standart", "standard")),
        (LAMPS + "min_lx = -1.0\nmean_lx = 5.0\n", ("case.toml:7", "min_lx", "-1")),
        (LAMPS.replace("unlit park", "purple park") + 'standard = "P4"\n', ("case.toml:6", "purple")),
        (
            LAMPS.replace('"unlit park paths"', "{ within = [[2.0, 48.0], [2.1, 48.0], [2.1, 48.1]] }")
            + 'standard = "P4"\n',
            ("case.toml:6", "outside"),
        ),
        (HEAD + "[[measures]\n", ("case.toml:3",)),
        (LAMPS + "min_lx = -1.0\nmean_lx = 5.0\nspacing = 3\n", ("min_lx", "spacing")),
    ],
    ids=["wrong key", "negative lux", "wrong selector", "polygon elsewhere", "not TOML", "two faults at once"],
)
def test_cases_that_cannot_be_used(run, tmp_path, text, said):
    (tmp_path / "case.toml").write_text(text)
    refused(run, tmp_path, ("compare", "case.toml"), *said)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("speeling = 1.0", ("speeling", "no such parameter")),
        ('light_relief_lx = "two"', ("light_relief_lx", "number")),
        ("light_relief_share = 3.0", ("light_relief_share", "share")),
        ("light_relief_lx = 0", ("light_relief_lx", "above 0")),
        ("light_relief_lx = ", ("values.toml",)),
    ],
)
def test_values_that_cannot_be_used(run, tmp_path, content, said):
    (tmp_path / "values.toml").write_text(content)
    refused(run, tmp_path, ("run", "baseline", "--values", "values.toml"), *said)


@pytest.mark.parametrize("kind", ["text", "empty", "truncated", "folder"])
def test_city_files_that_cannot_be_used(run, tmp_path, kind):
    city = tmp_path / "city.gpkg"
    if kind == "folder":
        city.mkdir()
    else:
        whole = find_city("helsinki-centre").read_bytes()
        city.write_bytes({"text": b"not a city", "empty": b"", "truncated": whole[: len(whole) // 3]}[kind])
    refused(run, tmp_path, ("run", "baseline", "--city", "city.gpkg", "--people", "500", "--quiet"), "city.gpkg")


def test_a_file_in_the_way_of_the_folder(run, tmp_path):
    (tmp_path / "there").write_text("mine")
    refused(run, tmp_path, ("run", "baseline", "--people", "500", "--quiet", "--out", "there"), "there")
    refused(run, tmp_path, ("run", "baseline", "--people", "500", "--quiet", "--out", "there/below"), "there")
    assert (tmp_path / "there").read_text() == "mine"


def test_a_folder_that_holds_something_else_is_left_alone(run, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    for words in (("run", "baseline"), ("compare", "nothing-changes")):
        refused(
            run, tmp_path, (*words, "--people", "500", "--quiet", "--out", "mine"), "mine", "nothing was overwritten"
        )


@pytest.mark.slow
def test_a_folder_that_holds_another_run_is_refused(run, tmp_path):
    words = ("run", "baseline", "--people", "500", "--quiet", "--out", "one")
    assert run(*words)[0] == 0
    refused(run, tmp_path, (*words, "--seed", "2"), "one", "nothing was overwritten")
    assert run(*words)[0] == 0  # the same run is only shown
    (tmp_path / "one" / "summary.parquet").write_bytes(b"PAR1")
    refused(run, tmp_path, ("show", "one"), "summary.parquet", "run again")
    (tmp_path / "one" / "manifest.json").write_text("{")
    refused(run, tmp_path, ("show", "one"), "manifest.json")


@pytest.mark.parametrize(
    "command",
    [
        "",
        "run",
        "compare",
        "show",
        "evidence",
        "scenario",
        "scenario list",
        "scenario check",
        "scenario explain",
        "scenario schema",
        "network",
        "network list",
        "network inspect",
        "network validate",
        "validate",
        "validate robustness",
    ],
)
def test_every_help_shows_an_example_or_what_there_is(run, command):
    status, out, _ = run(*command.split(), "--help")
    assert status == 0
    assert "Example: afterdark" in out or "Commands:" in out
    assert "Traceback" not in out

"""What cannot be used is refused before any work: folders, values, dates, damaged answers; nothing is touched."""

import datetime
import json
import os
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments import values as values_module
from experiments.runs import Job, Options, run_job
from scenarios import list_cases, load_scenario, parse_scenario
from simulator.errors import InputError
from simulator.evidence.parameters import Parameters, load_evidence

from ..conftest import SMALL, content_of, in_process

RUN = ("run", "baseline", "--people", "500", "--quiet")
COMPARE = ("compare", "nothing-changes", *SMALL)


# --- options -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--people", "2000001"), "--people: found 2000001, expected 100 to 2000000"),
        (("--people", "99999999999999999999999"), "--people: found 99999999999999999999999, expected 100 to"),
        (("--people", "1e3"), "--people: found '1e3', expected a whole number"),
        (("--people", "99"), "--people: found 99, expected 100 to"),
        (("--days", "0"), "--days: found '0', expected at least 1"),
        (("--days", "61"), "--days: found '61', expected at most 60"),
        (("--threads", "0"), "--threads: found '0', expected at least 1"),
        (("--seed", "9223372036854775808"), "--seed: found 9223372036854775808, expected a whole number from 0"),
        (("--date", "2026-02-30"), "--date: found '2026-02-30', expected a date"),
        (("--date", "0001-01-01"), "--date: found 0001-01-01, expected a date from 1901-01-01 to 2099-12-31"),
        (("--date", "9999-12-31"), "--date: found 9999-12-31, expected a date from"),
        (("--keep", "ALL"), "--keep: found 'ALL', expected one of summary, people, all"),
        (("--city", "nowhere.gpkg"), "nowhere.gpkg: no such city file"),
        (("--city", "."), ".: is a folder, no city file"),
        (("--persons", "nobody.csv"), "nobody.csv: no such file; expected a table of persons as CSV or Parquet"),
        (("--persons-columns", "age=Alter"), "--persons-columns age=Alter: found no --persons, expected the file"),
        (("--quiet=1",), "--quiet"),
        (("--peple", "5"), "found --peple, expected an option of `afterdark run`; did you mean --people?"),
        (("--people",), "--people"),
        (("second",), "second"),
    ],
    ids=" ".join,
)
def test_options_that_cannot_be_used(refused, words, said):
    assert said in refused("run", "baseline", *words)


def test_missing_words_are_told_with_what_is_expected(refused):
    assert "found no case, expected short name or TOML file of a case; see `afterdark run --help`" in refused("run")
    assert "found no folder, expected the folder of a comparison" in refused("show")
    assert "found no --out, expected the file to be written" in refused("report", "answer")


def test_all_faults_of_the_options_at_once(refused):
    (line, *faults) = refused("run", "baseline", "--people", "1", "--date", "x", "--keep", "y", "--city", "z").split(
        "\n"
    )
    assert line == "afterdark: the options cannot be used"
    assert [fault.split(":")[0] for fault in faults if fault] == [
        *("  --people", "  --keep", "  --date", "  city 'z' is not known; shipped cities")
    ]


def test_a_date_in_the_case_is_checked_as_well(refused, tmp_path):
    (tmp_path / "old.toml").write_text('format = 1\ntitle = "t"\ndate = 0001-01-01\n')
    assert "found 0001-01-01, expected a date from 1901-01-01" in refused("run", "old.toml")


# --- values ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"light_relief_lx = nan", "light_relief_lx: found nan, expected a number above 0"),
        (b"light_relief_lx = inf", "light_relief_lx: found inf"),
        (b"light_relief_lx = true", "light_relief_lx: found True, expected a number (lx)"),
        (b"light_relief_lx = 1e9", "light_relief_lx: found 1000000000.0, expected a number above 0, from 0.075 to 80"),
        (b"light_relief_lx = 1\nlight_relief_lx = 2", "values.toml: cannot be read"),
        (b"light_relif_lx = 1", "light_relif_lx: no such parameter; did you mean light_relief_lx?"),
        (b"[light_relief_lx]\nvalue = 1", "light_relief_lx: found {'value': 1}, expected a number (lx)"),
        (b"\xff\xfe", "values.toml: cannot be read"),
        (b"dark_complete_deg = 2", "dark_complete_deg: found 2, expected less than dark_begins_deg, which is 0.0"),
        (b"lamp_spacing = 25", "it belongs in the case, as spacing_m of the measure"),
        (b"lighting_class_park = 3", "it is used when a city is made"),
        (b"lamp_lifetime = 0", "lamp_lifetime: found 0, expected a number above 0"),
        (b"nothing = 1\nhome_reach_m = -1", "home_reach_m: found -1"),
        (b"a" * 5 + b" = " + b"[" * 5000, "values.toml: cannot be read"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_values_that_cannot_be_used(refused, tmp_path, content, said):
    (tmp_path / "values.toml").write_bytes(content)
    assert said in refused("run", "baseline", "--values", "values.toml")


def test_values_that_cannot_be_found(refused):
    assert "--values no.toml: cannot be read (No such file" in refused("run", "baseline", "--values", "no.toml")
    assert "--values .: cannot be read (Is a directory)" in refused("run", "baseline", "--values", ".")


def fault_of(folder, name, value):
    """What is said of one value; nothing if it is taken as it is given."""
    file = folder / "values.toml"
    file.write_text(f"{name} = {value!r}\n")
    try:
        taken = values_module.read_values(file)
    except InputError as error:
        return error.faults[0]
    assert taken == ((name, value),)
    return ""


@given(st.sampled_from(sorted(load_evidence())), st.floats(allow_nan=True, allow_infinity=True))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_values_are_taken_as_given_or_refused_with_what_is_expected(tmp_path, name, value):
    fault = fault_of(tmp_path, name, value)
    assert not fault or (name in fault and "expected" in fault)
    assert fault or abs(value) < 1e6


def test_values_within_their_own_range_are_taken(tmp_path):
    for name, row in load_evidence().items():
        for value in (row.low, row.value, row.high):
            fault = fault_of(tmp_path, name, value)
            assert not fault or "expected none: " in fault  # it belongs elsewhere


@pytest.mark.slow
def test_values_are_taken_exactly_where_a_run_reads_them(tmp_path, monkeypatch):
    """A value that nothing reads would be accepted, and change nothing without a word."""
    read = set()
    monkeypatch.setattr(Parameters, "_record", lambda self, name: read.add(name))
    cases = tuple(load_scenario(name) for name in list_cases())  # every kind of measure, on a day on which each acts
    sign = (
        '[[measures]]\nkind = "stop_care"\nname = "Times at stops"\nwhere = "stops"\nsign = true\n'  # no case has one
    )
    cases += (parse_scenario(f'format = 1\ntitle = "Signs"\n{sign}'),)
    friday, sunday = datetime.date(2026, 12, 18), datetime.date(2026, 12, 20)
    for date, tried in ((friday, cases), (sunday, (load_scenario("baseline"),))):
        run_job(Job.plan(Options(agents=200, settle_days=1, adapt_days=1, date=date), 0, tried, tmp_path))
    evidence = load_evidence()
    assert {name for name, row in evidence.items() if not fault_of(tmp_path, name, row.value)} == read & set(evidence)


# --- folders -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [RUN, COMPARE], ids=["run", "compare"])
def test_folders_that_cannot_be_written(refused, tmp_path, words):
    (tmp_path / "file").write_text("mine")
    in_the_way = "a file is in the way), expected a folder that you may write to"
    for folder in ("file", "file/below", "file/far/below"):
        assert f"--out {folder}: " in refused(*words, "--out", folder)
        err = refused(*words, "--out", "new/folder", "--store", folder)
        assert f"--store {folder}: cannot be written (" in err
        assert in_the_way in err


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs a folder that not even root may write to")
def test_folders_that_not_even_root_may_write_to(refused):
    said = "cannot be written (/proc: No such file or directory), expected a folder that you may write to"
    assert f"--out /proc/new: {said}" in refused(*RUN, "--out", "/proc/new")
    assert f"--store /proc/new: {said}" in refused(*COMPARE, "--out", "new", "--store", "/proc/new")


def test_folders_that_hold_another_answer_are_left_alone(refused, made, tmp_path):
    shutil.copytree(made / "answer", tmp_path / "comparison")
    stored = [file for file in (made / "store").glob("*/manifest.json") if json.loads(file.read_text())["draw"] == 1]
    shutil.copytree(stored[0].parent, tmp_path / "run")  # not the first draw, which `run` computes
    for kind in ("comparison", "run"):
        for words in (RUN, COMPARE, ("validate", "robustness", "--quiet")):
            said = f"--out {kind}: found another {kind}, expected a new or an empty folder; nothing was overwritten"
            assert said in refused(*words, "--out", kind)
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / ".git").write_text("")
    assert "--out hidden: found something else" in refused(*RUN, "--out", "hidden")


def test_the_same_comparison_is_only_shown(afterdark, made, tmp_path):
    shutil.copytree(made / "answer", tmp_path / "answer")
    before = content_of(tmp_path)
    words = ("compare", "light-the-park-paths", *SMALL, "--out", "answer")
    told = afterdark(*words, "--store", "empty")
    assert told.status == 0
    assert content_of(tmp_path) == before  # not even a store was made
    assert afterdark("show", "answer").out == told.out


# --- damaged answers ---------------------------------------------------------------------------------------------


@pytest.fixture
def answer(made, tmp_path):
    return shutil.copytree(made / "answer", tmp_path / "answer")


@pytest.fixture
def one_run(made, tmp_path):
    return shutil.copytree(next((made / "store").iterdir()), tmp_path / "run")


@pytest.mark.parametrize("name", ["comparison.csv", "gap.csv", "manifest.json"])
@pytest.mark.parametrize("damage", ["missing", "empty", "half", "words", "bytes", "folder"])
def test_a_damaged_comparison_is_not_shown(refused, answer, name, damage):
    file = answer / name
    whole = file.read_bytes()
    file.unlink()
    if damage == "folder":
        file.mkdir()
    elif damage != "missing":
        rows = whole.splitlines(keepends=True)
        short = {
            "empty": b"",
            "half": b"".join(rows[: len(rows) // 2]),
            "words": b"a,b\n1,2\n",
            "bytes": b"\xff\x00" * 9,
        }
        file.write_bytes(short[damage])
    err = refused("show", "answer")
    assert name in err
    assert any(word in err for word in ("again", "expected"))


@pytest.mark.parametrize("name", ["summary.parquet", "segments.parquet", "placements.parquet", "manifest.json"])
@pytest.mark.parametrize("damage", ["missing", "empty", "half", "one byte"])
def test_a_damaged_run_is_not_shown(refused, one_run, name, damage):
    file = one_run / name
    whole = file.read_bytes()
    if damage == "missing":
        file.unlink()
    elif damage == "one byte" and name == "manifest.json":
        file.write_bytes(b"\xff" + whole[1:])
    else:
        middle = len(whole) // 2
        changed = {"empty": b"", "half": whole[:middle]}
        changed["one byte"] = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
        file.write_bytes(changed[damage])
    err = refused("show", "run")
    assert name in err
    assert any(word in err for word in ("again", "expected"))


def test_folders_without_an_answer(refused, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("mine")
    for name in ("empty", "file", "nowhere"):
        assert f"{name}: holds no manifest.json; expected a folder written by" in refused("show", name)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=3,
)


def leaves(value, path=()):
    """Paths of everything in a JSON document."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield from leaves(one, (*path, key))


@pytest.mark.parametrize("kind", ["answer", "one_run"])
@given(data=st.data())
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_stands_in_a_manifest_there_is_no_traceback(request, kind, data):
    folder = request.getfixturevalue(kind)
    file = folder / "manifest.json"
    whole = file.read_text()
    manifest = json.loads(whole)
    *way, last = data.draw(st.sampled_from([path for path in leaves(manifest) if path]))
    place = manifest
    for key in way:
        place = place[key]
    if data.draw(st.booleans()):
        del place[last]
    else:
        place[last] = data.draw(ANYTHING)
    try:
        file.write_text(json.dumps(manifest))
        told = in_process("show", folder.name, cwd=folder.parent)
        assert told.status in (0, 2)
        assert "Traceback" not in told.err
        assert (told.status == 2) == told.err.startswith("afterdark: ")
    finally:
        file.write_text(whole)

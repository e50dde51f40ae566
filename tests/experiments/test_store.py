"""The store: whole runs or none, damage is noticed, stores merge by copying, and several processes may share one."""

import json
import shutil
import threading

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments import store as store_module
from experiments.runs import KEEP, Job, Options, missing, run_job
from experiments.store import Store, is_whole
from scenarios import load_scenario, parse_scenario
from simulator.results.schema import RunTables

from .conftest import SMALL, content_of

TINY = Options(agents=200, settle_days=1, adapt_days=1)
TELLS_WHERE_SOMEBODY_LIVES = (
    "home",
    "origin",
    "destination",
    "x",
    "y",
    "place",
    "junction",
    "segment",
    "route",
    "zone",
)


def run_tables(name="baseline", run_id="0123456789abcdef"):
    """A run as small as can be."""
    table = pd.DataFrame({"number": [1.5, 2.5]})
    manifest = {"id": run_id, "kind": "run", "scenario": {"name": name, "title": name, "question": "", "measures": []}}
    return RunTables(table, table, table.iloc[:0], manifest)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def hidden_below(folder):
    return list(folder.rglob(".*"))


def test_what_is_written_is_read(store):
    tables = run_tables()
    assert not store.has("0123456789abcdef")
    store.write(tables)
    assert store.has("0123456789abcdef")
    assert not store.has("0123456789abcdef", ("people",))
    read = store.read("0123456789abcdef")
    pd.testing.assert_frame_equal(read.summary, tables.summary)
    assert read.manifest["scenario"] == tables.manifest["scenario"]
    assert set(content_of(store.folder)) == {
        "0123456789abcdef",
        *(f"0123456789abcdef/{name}" for name in ("manifest.json", "placements.parquet")),
        *(f"0123456789abcdef/{name}.parquet" for name in ("summary", "segments")),
    }


@given(
    name=st.sampled_from(["summary.parquet", "segments.parquet", "placements.parquet", "people.parquet"]),
    at=st.floats(0, 1, exclude_max=True),
    bit=st.integers(0, 7),
    cut=st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_damage_of_a_table_is_noticed(tmp_path, name, at, bit, cut):
    store = Store(tmp_path / "store")
    if not store.has("0123456789abcdef", ("people",)):
        store.write(run_tables(), {"people": run_tables().summary})
    file = store.path("0123456789abcdef") / name
    whole = file.read_bytes()
    place = int(at * len(whole))
    file.write_bytes(whole[:place] if cut else whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :])
    assert not store.has("0123456789abcdef", ("people",))
    file.write_bytes(whole)
    assert store.has("0123456789abcdef", ("people",))


def test_a_run_under_another_name_is_not_there(store):
    store.write(run_tables())
    store.path("0123456789abcdef").rename(store.path("fedcba9876543210"))
    assert not store.has("fedcba9876543210")


def test_a_damaged_run_is_replaced_and_a_whole_one_stays(store):
    store.write(run_tables())
    file = store.path("0123456789abcdef") / "summary.parquet"
    file.write_bytes(b"PAR1")
    store.write(run_tables("other words"))
    assert store.read("0123456789abcdef").manifest["scenario"]["name"] == "other words"
    store.write(run_tables("third"))
    assert store.read("0123456789abcdef").manifest["scenario"]["name"] == "other words"
    store.write(run_tables("more"), {"people": run_tables().summary})
    assert store.has("0123456789abcdef", ("people",))
    store.write(run_tables("less"))
    assert store.has("0123456789abcdef", ("people",))
    assert hidden_below(store.folder) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")], ids=str)
def test_a_write_that_fails_leaves_nothing(store, monkeypatch, error):
    def fails(tables, folder, extra=None):
        (folder / "summary.parquet").write_bytes(b"half")
        raise error

    store.write(run_tables(run_id="a" * 16))
    before = content_of(store.folder)
    monkeypatch.setattr(store_module, "write_run", fails)
    with pytest.raises((KeyboardInterrupt, ValueError)):
        store.write(run_tables())
    assert content_of(store.folder) == before


def test_many_writers_of_one_run_leave_one_whole_run(store):
    failed = []

    def write(number):
        try:
            store.write(run_tables(f"writer {number}"), {"people": run_tables().summary} if number % 2 else None)
        except Exception as error:  # noqa: BLE001
            failed.append(error)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failed == []
    assert store.has("0123456789abcdef", ("people",))
    assert [file.name for file in store.folder.iterdir()] == ["0123456789abcdef"]


def test_copying_tells_the_run_in_the_words_of_the_case(store, tmp_path):
    case = parse_scenario('format = 1\ntitle = "Mine"\n', name="mine")
    store.write(run_tables(), {"people": run_tables().summary})
    store.copy("0123456789abcdef", case, tmp_path / "mine")
    assert is_whole(tmp_path / "mine", "0123456789abcdef")
    assert json.loads((tmp_path / "mine" / "manifest.json").read_text())["scenario"]["title"] == "Mine"
    assert not (tmp_path / "mine" / "people.parquet").exists()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    store.copy("0123456789abcdef", case, tmp_path / "mine", ("people",))  # more tables, and what else is there stays
    assert is_whole(tmp_path / "mine", "0123456789abcdef", ("people",))
    assert (tmp_path / "mine" / "notes.txt").read_text() == "mine"
    assert hidden_below(tmp_path) == []


# --- with real runs ----------------------------------------------------------------------------------------------


def test_stores_merge_by_copying(afterdark, made, tmp_path):
    first, *others = sorted((made / "store").iterdir())
    shutil.copytree(first, tmp_path / "one" / first.name)
    for folder in others:
        shutil.copytree(folder, tmp_path / "two" / folder.name)
    shutil.copytree(tmp_path / "two", tmp_path / "one", dirs_exist_ok=True)
    before = content_of(tmp_path / "one")
    words = ("compare", "light-the-park-paths", *SMALL, "--store", "one", "--out", "answer")
    assert afterdark(*words).status == 0
    assert content_of(tmp_path / "one") == before
    assert (tmp_path / "answer" / "comparison.csv").read_bytes() == (made / "answer" / "comparison.csv").read_bytes()


@pytest.mark.slow
def test_a_damaged_run_is_computed_again_to_the_same_bytes(afterdark, made, tmp_path):
    shutil.copytree(made / "store", tmp_path / "store")
    damaged = sorted((tmp_path / "store").rglob("summary.parquet"))[1]
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[: len(whole) // 2])
    others = {file: file.stat().st_mtime_ns for file in (tmp_path / "store").rglob("*.parquet")}
    words = ("compare", "light-the-park-paths", *SMALL, "--store", "store", "--out", "answer")
    assert afterdark(*words).status == 0
    assert damaged.read_bytes() == whole
    again = {file for file in others if file.stat().st_mtime_ns != others[file]}
    assert again == set(damaged.parent.glob("*.parquet"))  # and none but this run
    assert (tmp_path / "answer" / "comparison.csv").read_bytes() == (made / "answer" / "comparison.csv").read_bytes()


@pytest.mark.slow
def test_a_run_with_fewer_tables_gets_those_that_are_asked_for(tmp_path):
    case = load_scenario("light-the-park-paths")
    plans = {
        keep: Job.plan(Options(agents=200, settle_days=1, adapt_days=1, keep=keep), 0, (case,), tmp_path)
        for keep in KEEP
    }
    (run_id,) = plans["summary"].ids
    folder = tmp_path / run_id
    for keep, tables in (("summary", set()), ("people", {"people"}), ("all", {"people", "trips"}), ("summary", None)):
        run_job(plans[keep])
        assert missing(plans[keep]) == {}
        found = {file.stem for file in folder.glob("*.parquet")} - {"summary", "segments", "placements"}
        assert found == (tables if tables is not None else {"people", "trips"})
        assert plans[keep].ids == (run_id,)
    people, trips = pd.read_parquet(folder / "people.parquet"), pd.read_parquet(folder / "trips.parquet")
    for table in (people, trips):
        words = {part for column in table.columns for part in str(column).split("_")}
        assert not words & set(TELLS_WHERE_SOMEBODY_LIVES)
    assert len(people) == 200
    assert set(trips["person_id"]) <= set(people["person_id"])
    (folder / "people.parquet").write_bytes(b"PAR1")
    assert missing(plans["summary"]) == {}
    assert set(missing(plans["all"])) == {run_id}


@pytest.mark.slow
def test_run_adds_the_tables_that_are_asked_for_later(afterdark, tmp_path):
    words = ("run", "nothing-changes", "--people", "200", "--quiet", "--store", "store", "--out", "one")
    assert afterdark(*words).status == 0
    assert not (tmp_path / "one" / "trips.parquet").exists()
    told = afterdark(*words, "--keep", "all")
    assert told.status == 0
    assert (tmp_path / "one" / "trips.parquet").is_file()
    before = content_of(tmp_path)
    assert afterdark(*words) == told  # what is there stays
    assert content_of(tmp_path) == before
    (tmp_path / "one" / "segments.parquet").write_bytes(b"PAR1")
    assert afterdark(*words, "--keep", "all").status == 0
    assert content_of(tmp_path).keys() == before.keys()
    assert afterdark("show", "one").out == told.out

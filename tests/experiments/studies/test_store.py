"""The store: what is whole is kept whatever happens, nothing is there twice, others' stores are refused."""

import json
import shutil

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments.executors import HerePool
from experiments.studies import segments, trial
from experiments.studies.planning import Plan
from experiments.studies.reading import parse_study
from experiments.studies.reports import ask, export, status_of
from experiments.studies.running import run_study
from experiments.studies.segments import Segment, close_all, read_segment
from experiments.studies.store import HEAD, begin, open_store
from experiments.studies.trial import check_disk
from experiments.studies.work import work_off
from simulator.errors import InputError, ResultsError

from cheap_runs import cheap, content_of, study_text

RECORDS = [{"number": at, "text": "a" * at} for at in range(6)]


def segment_of(folder, records=RECORDS):
    segment = Segment(folder)
    for record in records:
        segment.append(record)
    segment.close()
    return segment.path


def test_what_is_appended_is_read(tmp_path):
    assert read_segment(segment_of(tmp_path)) == (RECORDS, 0)


@given(keep=st.floats(0, 1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_segment_cut_at_any_byte_keeps_its_whole_records(tmp_path, keep):
    whole = segment_of(tmp_path).read_bytes()
    cut = tmp_path / "cut"
    cut.write_bytes(whole[: int(keep * len(whole))])
    records, damaged = read_segment(cut)
    assert records == RECORDS[: len(records)]
    assert damaged <= 1
    assert len(records) == len(RECORDS) or keep < 1


@given(at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_damaged_record_is_left_out_and_the_others_stay(tmp_path, at, bit):
    content = bytearray(segment_of(tmp_path).read_bytes())
    head = len(b"afterdark segment 1\n")
    place = head + int(at * (len(content) - head))
    content[place] ^= 1 << bit
    damaged_file = tmp_path / "damaged"
    damaged_file.write_bytes(content)
    records, damaged = read_segment(damaged_file)
    assert len(records) == len(RECORDS) - 1
    assert damaged >= 1
    assert all(record in RECORDS for record in records)


def test_zeros_at_the_end_as_power_cuts_leave_them_are_dropped(tmp_path):
    path = segment_of(tmp_path)
    with path.open("ab") as file:
        file.write(bytes(5000))
    assert read_segment(path) == (RECORDS, 1)


def test_a_segment_of_another_version_is_refused_with_words(tmp_path):
    path = tmp_path / "new.segment"
    path.write_bytes(b"afterdark segment 7\nsomething")
    with pytest.raises(ResultsError, match="afterdark segment 7"):
        read_segment(path)


def test_a_full_disk_stops_the_study_and_leaves_what_is_whole(tmp_path, monkeypatch):
    segment = Segment(tmp_path)
    segment.append(RECORDS[1])
    monkeypatch.setattr(segments.os, "fsync", lambda number: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(segments.CannotWriteError, match="make room"):
        segment.append(RECORDS[2])
    monkeypatch.undo()
    segment.append(RECORDS[3])
    assert read_segment(segment.path) == ([RECORDS[1], RECORDS[3]], 0)


def test_a_full_disk_is_no_failure_of_a_run(plan, tmp_path, monkeypatch):
    store = begin(tmp_path / "store", plan)
    (task, *_) = plan.tasks([0], store.folder, stored=(), workers=1)
    monkeypatch.setattr(segments.os, "fsync", lambda number: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(segments.CannotWriteError):
        work_off(task, cheap)
    monkeypatch.undo()
    close_all(store.segments)
    assert store.ids() == (set(), set())


def test_merging_changes_nothing_and_leaves_few_files(plan, tmp_path):
    store = begin(tmp_path / "store", plan)
    for draw in range(3):
        for task in plan.tasks([draw], store.folder, stored=(), workers=1):
            work_off(task, cheap)
        close_all(store.segments)
    before = content_of(store.read())
    assert len(list(store.segments.iterdir())) == 3
    store.compact()
    assert content_of(store.read()) == before
    assert list(store.segments.iterdir()) == []
    assert len(store.files()) == 1 + 5
    paths = {path.name for path in store.files()}
    store.compact()
    assert {path.name for path in store.files()} == paths


def test_what_is_written_meanwhile_is_not_merged_away(plan, tmp_path):
    store = begin(tmp_path / "store", plan)
    first, second, third = plan.tasks(range(3), store.folder, stored=(), workers=1)
    work_off(first, cheap)
    close_all(store.segments)
    work_off(second, cheap)  # its segment stays open, as that of a worker at work
    store.compact()
    assert len(list(store.segments.iterdir())) == 1
    work_off(third, cheap)
    assert len(store.ids()[0]) == 12
    assert len(store.read().runs) == 12
    close_all(store.segments)


def test_a_merge_that_was_killed_counts_nothing_twice(plan, finished, tmp_path):
    before = content_of(finished.read())
    part = finished.folder / "outcomes"
    for path in list(part.iterdir()):
        shutil.copy(path, part / "outcomes-copied.parquet")
    store = begin(tmp_path / "store", plan)
    for task in plan.tasks(range(3), store.folder, stored=(), workers=1):
        work_off(task, cheap)
    close_all(store.segments)
    for path in store.segments.iterdir():
        (finished.segments / path.name).write_bytes(path.read_bytes())
    assert content_of(finished.read()) == before
    finished.compact()
    assert content_of(finished.read()) == before
    assert len(list(part.iterdir())) == 1


def test_stores_merge_by_copying(plan, finished, tmp_path):
    whole = content_of(finished.read())
    halves = []
    for name, draws in (("one", [0, 1]), ("other", [1, 2])):
        store = begin(tmp_path / name, plan)
        for task in plan.tasks(draws, store.folder, stored=(), workers=1):
            work_off(task, cheap)
        close_all(store.segments)
        store.compact()
        halves.append(store)
    shutil.copytree(halves[1].folder, halves[0].folder, dirs_exist_ok=True)
    assert content_of(halves[0].read()) == whole
    assert len(halves[0].ids()[0]) == 12
    halves[0].compact()
    assert {path.name for path in (halves[0].folder / "runs").iterdir()} == {
        path.name for path in (finished.folder / "runs").iterdir()
    }


def test_runs_without_their_outcomes_are_run_again(plan, finished):
    for path in (finished.folder / "outcomes").iterdir():
        path.unlink()
    assert finished.ids() == (set(), set())
    assert len(finished.read().runs) == 0
    assert run_study(plan, finished, HerePool, run=cheap).stored == 12


def test_a_damaged_table_is_told(finished):
    (path,) = (finished.folder / "runs").iterdir()
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ResultsError, match="cannot be read"):
        finished.read()


@pytest.mark.parametrize(
    ("changes", "differs"),
    [
        ({"people": "people = 400"}, "people"),
        ({"levers": ""}, "levers, columns"),
        ({"outcomes": '[[outcomes]]\nindicator = "cost"'}, "outcomes"),
        ({"people": "people = 300\nseed = 2"}, "seed"),
    ],
)
def test_the_store_of_another_study_is_refused(finished, changes, differs):
    other = Plan.of(parse_study(study_text(**changes)))
    with pytest.raises(InputError, match=f"differs from it in {differs}; give a folder of its own"):
        begin(finished.folder, other)


def test_a_study_that_grew_goes_on_in_its_store(finished):
    grown = Plan.of(parse_study(study_text(replications="replications = 4")))
    store = begin(finished.folder, grown)
    assert run_study(grown, store, HerePool, run=cheap).stored == 16
    assert status_of(grown, store).missing == 0


def test_folders_with_something_else_are_refused(plan, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="found something else"):
        begin(tmp_path, plan)
    with pytest.raises(ResultsError, match=r"holds no study\.json"):
        open_store(tmp_path)


@pytest.mark.parametrize("version", [0, 2, "old"])
def test_another_version_of_the_store_is_refused_with_words(finished, version):
    head = json.loads((finished.folder / HEAD).read_text())
    (finished.folder / HEAD).write_text(json.dumps(head | {"format": version}))
    with pytest.raises(ResultsError, match=f"is of version {version}, expected 1; read it with the version"):
        open_store(finished.folder)


def test_a_disk_that_is_too_small_is_refused(tmp_path, monkeypatch):
    check_disk(tmp_path / "a" / "b", 10)
    monkeypatch.setattr(trial.shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1, 1, 60_000_000))
    check_disk(tmp_path, 200)
    with pytest.raises(InputError, match=r"found 60 MB free on that disk, expected 70 MB for 500 runs; make room"):
        check_disk(tmp_path, 500)


def test_others_read_the_store_as_one_data_set(finished):
    duckdb = pytest.importorskip("duckdb", reason="the extra `sql` (DuckDB) is not installed")
    outcomes = pd.read_parquet(finished.folder / "outcomes")
    runs = pq.read_table(finished.folder / "runs").to_pandas()
    assert len(runs) == 12
    assert len(outcomes) == 12 * 2
    asked = duckdb.sql(
        f"select lever_spacing, count(*) n from '{finished.folder}/runs/*.parquet' "
        "where not is_baseline group by 1 order by 1"
    ).fetchall()
    assert asked == [(20.0, 3), (30.0, 3), (45.0, 3)]
    joined = outcomes.merge(runs, on="run")
    base = joined[joined["is_baseline"]].set_index(["draw", "gender"])["value"]
    for row in joined.to_dict("records"):
        assert row["baseline"] == base[row["draw"], row["gender"]]
        assert row["difference"] == pytest.approx(row["value"] - row["baseline"], abs=1e-15)


def test_questions_in_sql(finished):
    pytest.importorskip("duckdb", reason="the extra `sql` (DuckDB) is not installed")
    answer = ask(finished, "select count(*) as n, min(draw) as first from runs")
    assert answer.to_dict("records") == [{"n": 12, "first": 0}]
    with pytest.raises(InputError, match="the tables are runs, outcomes"):
        ask(finished, "select * from walks")
    with pytest.raises(InputError, match="cannot be answered"):
        ask(finished, "select * from read_csv('/etc/passwd')")


def test_an_export_says_what_its_columns_mean(plan, finished, tmp_path):
    out = export(plan, finished, tmp_path / "tables", kind="csv")
    meanings = pd.read_csv(out / "columns.csv")
    for name in ("runs", "outcomes", "parameters", "manifests"):
        table = pd.read_csv(out / f"{name}.csv")
        told = meanings[meanings["table"] == name]["column"].tolist()
        assert table.columns.tolist() == told
        assert len(table) > 0
    with pytest.raises(InputError, match="expected csv or parquet"):
        export(plan, finished, tmp_path / "other", kind="xlsx")

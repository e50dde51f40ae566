"""`afterdark study`: what each command tells and writes, and what is refused before anything is run."""

import json
import shutil

import pandas as pd
import pytest

from experiments.cli.progress import RunsLog, in_time
from experiments.studies import trial
from experiments.studies.running import run_study
from experiments.studies.trial import estimate

from cheap_runs import cheap, failing, study_text


@pytest.fixture
def study(tmp_path):
    (tmp_path / "lamps.toml").write_text(study_text())
    return "lamps.toml"


@pytest.fixture(autouse=True)
def cheaply(monkeypatch):
    for function in (run_study, estimate):
        monkeypatch.setitem(function.__kwdefaults__, "run", cheap)


@pytest.fixture
def done(study, afterdark):
    told = afterdark("study", "run", study, "--workers", "1", "--store", "store")
    assert told.status == 0, told.err
    assert told.out.startswith("12 of 12 runs stored")
    assert "lamps: 12 of 12 runs done" in told.err
    return "store"


def test_the_studies_there_are(afterdark):
    assert "first-look" in afterdark("study", "list").out
    (one,) = [row for row in json.loads(afterdark("study", "list", "--json").out) if row["name"] == "first-look"]
    assert set(one) == {"name", "title", "question"}
    assert "first-look" in afterdark("study", "new", "mine").out
    assert "levers" in json.loads(afterdark("study", "schema").out)["properties"]


def test_a_plan_tells_runs_time_and_disk(study, afterdark, tmp_path):
    told = afterdark("study", "plan", study, "--workers", "2")
    assert told.status == 0, told.err
    assert "points     3 (grid; levers: 1, uncertainties: 0)" in told.out
    assert "runs       12, of which 0 are stored" in told.out
    assert "with 2 workers" in told.out
    assert "disk" in told.out
    assert "caution: " in told.err
    assert [path.name for path in tmp_path.iterdir()] == [study]
    told = json.loads(afterdark("study", "plan", study, "--json").out)
    assert (told["runs"], told["points"]) == (12, 3)
    assert "portfolios" not in told


def test_a_study_is_run_read_and_written_out(study, done, afterdark, tmp_path):
    again = afterdark("study", "run", study, "--store", done)
    assert (again.status, again.out.splitlines()[0]) == (0, f"12 of 12 runs stored in {tmp_path / 'store'}")
    status = afterdark("study", "status", study, "--store", done)
    assert "12 of 12 runs stored, 0 missing, 0 failed" in status.out
    assert json.loads(afterdark("study", "status", study, "--store", done, "--json").out)["missing"] == 0
    assert "12 runs in" in afterdark("study", "compact", study, "--store", done).out
    answer = afterdark("study", "sql", "select count(*) as n from outcomes", "--store", done, "--json")
    assert json.loads(answer.out) == [{"n": 24}]
    assert afterdark("study", "export", study, "--store", done, "--out", "tables").status == 0
    assert len(pd.read_csv(tmp_path / "tables" / "runs.csv")) == 12


def test_runs_that_fail_end_with_status_1_and_can_be_tried_again(study, afterdark, monkeypatch):
    monkeypatch.setitem(run_study.__kwdefaults__, "run", failing)
    told = afterdark("study", "run", study, "--workers", "1", "--quiet")
    assert told.status == 1
    assert "3 runs failed" in told.err
    status = afterdark("study", "status", study).out
    assert "failed 3 times in the stage begin: ZeroDivisionError: no lamps here" in status
    monkeypatch.setitem(run_study.__kwdefaults__, "run", cheap)
    assert afterdark("study", "retry", study, "--workers", "1").status == 0


def test_bad_studies_are_refused_before_anything_is_run(study, done, refused, tmp_path, monkeypatch):
    assert "did you mean first-look" in refused("study", "run", "first-lok")
    assert "holds no study.json" in refused("study", "status", study, "--store", "nowhere")
    assert "expected one of them" in refused("study", "run", study, "--scheduler", "tcp://x:1", "--workers", "2")
    (tmp_path / "other.toml").write_text(study_text(people="people = 400"))
    assert "differs from it in people" in refused("study", "run", "other.toml", "--store", done)
    (tmp_path / "unknown.toml").write_text(study_text().replace('"lighting"', '"lightning"'))
    assert 'write "lighting"' in refused("study", "run", "unknown.toml")
    (tmp_path / "empty.toml").write_text(study_text().replace("values = [20, 30, 45]", "low = 5\nhigh = 5"))
    assert "range from 5 to 5 is empty" in refused("study", "plan", "empty.toml")
    (tmp_path / "no-runs.toml").write_text(study_text(scenarios="scenarios = []"))
    assert "scenarios: found a list of 0, expected at least 1" in refused("study", "run", "no-runs.toml")
    monkeypatch.setattr(trial.shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1, 1, 1_000_000))
    assert "make room" in refused("study", "run", study, "--store", "fresh")


def test_a_scheduler_that_does_not_answer_is_refused(study, refused, monkeypatch):
    pytest.importorskip("distributed", reason="the extra `cluster` (Dask) is not installed")
    monkeypatch.setattr("experiments.studies.cluster._WAIT_S", 1)
    told = refused("study", "run", study, "--store", "fresh", "--scheduler", "tcp://127.0.0.1:1")
    assert "does not answer" in told


def test_a_log_tells_now_and_then_with_time_left():
    lines, now = [], [0.0]
    log = RunsLog("lamps", 100, lines.append, clock=lambda: now[0])
    for seconds, runs in ((0, 10), (1, 5), (10, 15), (12, 1), (20, 69)):
        now[0] = seconds
        log(runs)
    assert lines == [
        "lamps: 10 of 100 runs done",
        "lamps: 30 of 100 runs done, about 35 s left",
        "lamps: 100 of 100 runs done",
    ]
    assert [in_time(seconds) for seconds in (59, 600, 8000, 400_000)] == ["59 s", "10 min", "2 h", "5 days"]


def test_what_decides_is_told_of_a_study_that_has_run(study, done, afterdark, tmp_path):
    told = afterdark("study", "sensitivity", study, "--store", done)
    assert told.status == 0, told.err
    assert told.out.startswith("feels_safe_share (dark), light-the-park-paths: ")
    assert "of 9 runs (3 points, 3 draws) are worse than the baseline." in told.out
    assert "nothing stands out of 1 number and 3 points; so few points cannot tell." in told.out
    written = afterdark(
        "study", "sensitivity", study, "--store", done, "--out", "told", "--outcome", "feels_safe_share"
    )
    assert written.out.rstrip().endswith("Tables and pictures: told")
    assert {"ranking.csv", "columns.csv", "ranking.png"} <= {file.name for file in (tmp_path / "told").iterdir()}
    rows = json.loads(afterdark("study", "sensitivity", study, "--store", done, "--json").out)["ranking"]
    assert {row["number"] for row in rows} == {"spacing", "light_relief_lx"}
    assert "nothing was overwritten" in afterdark("study", "sensitivity", study, "--store", done, "--out", "told").err
    assert afterdark("study", "sensitivity", study, "--store", done, "--outcome", "feels").status == 2
    assert "holds no study.json" in afterdark("study", "sensitivity", study, "--store", "none").err


OPTIMISE = '\n[optimise]\nruns = {}\nnobody_worse = false\n[[optimise.objectives]]\nindicator = "feels_safe_share"\nperiod = "dark"\n'


def test_portfolios_are_planned_run_and_written(afterdark, tmp_path):
    (tmp_path / "best.toml").write_text(study_text() + OPTIMISE.format(100))
    assert "portfolios 3; all are tried" in afterdark("study", "plan", "best.toml", "--workers", "1").out
    assert json.loads(afterdark("study", "plan", "best.toml", "--workers", "1", "--json").out)["portfolios"] == 3
    told = afterdark("study", "optimise", "best.toml", "--store", "kept", "--out", "front", "--workers", "1")
    assert told.status == 0, told.err
    assert told.out.startswith("3 of 3 portfolios tried: all were tried, so that the front is proved for these draws.")
    assert "1 on the front:" in told.out  # of one objective there is one best
    assert (tmp_path / "front" / "portfolio-01.toml").is_file()
    checked = afterdark("scenario", "check", "front/portfolio-01.toml")
    assert checked.status == 0, checked.err
    again = afterdark("study", "optimise", "best.toml", "--store", "kept", "--out", "front", "--workers", "1")
    assert again.status == 2
    assert "nothing was overwritten" in again.err
    (tmp_path / "searched.toml").write_text(study_text() + OPTIMISE.format(10))
    refused = afterdark("study", "optimise", "searched.toml", "--out", "other", "--workers", "1")
    assert refused.status == 2
    assert "found runs = 10, expected" in refused.err
    assert not (tmp_path / "other").exists()

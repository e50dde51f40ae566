"""Comparisons: what exists is not computed again, whoever asks for it and in whatever words."""

import pandas as pd
import pytest

from experiments import executors
from experiments.comparing import Plan
from experiments.executors import run_jobs
from experiments.runs import Job, Options, missing
from scenarios import load_scenario
from simulator.errors import InputError
from street_networks import write_city

from .conftest import ROOT, SMALL, content_of
from cities import grid_city

WORDS = ("compare", "light-the-park-paths", *SMALL)
CASE = (ROOT / "scenarios" / "library" / "light-the-park-paths.toml").read_text(encoding="utf-8")


@pytest.fixture
def runs_made(monkeypatch):
    """Draws and cases of the runs that are computed in this process."""
    made = []
    whole = executors.run_job

    def counted(job, progress):
        made.extend((job.draw, scenario.name) for scenario in missing(job).values())
        whole(job, progress)

    monkeypatch.setattr(executors, "run_job", counted)
    return made


@pytest.fixture
def no_processes(monkeypatch):
    """Starting a process is a fault."""
    monkeypatch.setattr(executors, "ProcessPoolExecutor", None)


def test_nothing_is_computed_again(afterdark, made, tmp_path, runs_made, no_processes):
    before = content_of(made / "store")
    told = afterdark(*WORDS, "--store", made / "store", "--out", "again", "--workers", "8")
    assert told.status == 0
    assert runs_made == []
    assert content_of(made / "store") == before
    for name in ("comparison.csv", "gap.csv", "manifest.json"):
        assert (tmp_path / "again" / name).read_bytes() == (made / "answer" / name).read_bytes()


@pytest.mark.slow
def test_another_seed_is_another_answer(afterdark, made, tmp_path, runs_made):
    assert afterdark(*WORDS, "--store", "store", "--out", "other", "--seed", "2").status == 0
    assert len(runs_made) == 4
    other, first = (pd.read_csv(folder / "comparison.csv") for folder in (tmp_path / "other", made / "answer"))
    assert list(other.columns) == list(first.columns)
    feeling = [table[table["indicator"] == "feels_safe_share"]["baseline"].iloc[0] for table in (other, first)]
    assert feeling[0] != feeling[1]


@pytest.mark.slow
def test_more_draws_and_cases_compute_only_what_is_new(afterdark, tmp_path, runs_made):
    few = ("--people", "200", "--workers", "1", "--quiet", "--store", "store")
    assert afterdark("compare", "light-the-park-paths", "--replications", "1", *few).status == 0
    first = [(0, "baseline"), (0, "light-the-park-paths")]
    assert runs_made == first
    assert afterdark("compare", "light-the-park-paths", "--replications", "2", *few).status == 0
    assert runs_made == [*first, (1, "baseline"), (1, "light-the-park-paths")]
    runs_made.clear()
    two = afterdark("compare", "light-the-park-paths", "nothing-changes", "--replications", "2", *few)
    assert two.status == 0
    assert runs_made == [(0, "nothing-changes"), (1, "nothing-changes")]
    runs_made.clear()
    turned = afterdark(
        *("compare", "nothing-changes", "--baseline", "light-the-park-paths", "--replications", "2", *few)
    )
    assert turned.status == 0
    assert runs_made == []


def test_a_case_by_another_name_shares_runs_but_is_told_in_its_own_words(afterdark, made, tmp_path, runs_made):
    (tmp_path / "NA.toml").write_text(CASE.replace("Light the dark park paths", "Not [b]mine[/b] <i> & more"))
    told = afterdark("compare", "NA.toml", *SMALL, "--store", made / "store")
    assert told.status == 0
    assert runs_made == []
    assert "Not [b]mine[/b] <i> & more" in told.out
    (folder,) = tmp_path.glob("runs/compare-NA-*")
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "<i> & more" not in report
    assert "&lt;i&gt; &amp; more" in report
    assert afterdark("show", folder).out == told.out  # a name that reads as a missing number is a name
    theirs = pd.read_csv(made / "answer" / "comparison.csv").drop(columns="scenario")
    ours = pd.read_csv(folder / "comparison.csv", keep_default_na=False, na_values={"share_better": [""]})
    assert set(ours["scenario"]) == {"NA"}
    pd.testing.assert_series_equal(ours["difference"], theirs["difference"])
    (tmp_path / "NA.toml").write_text(CASE.replace("Light the dark park paths", "Mine"))
    assert "Mine" in afterdark("compare", "NA.toml", *SMALL, "--store", made / "store").out
    assert len(list(tmp_path.glob("runs/compare-NA-*"))) == 2


@pytest.mark.slow
def test_nothing_changes_by_another_way_and_on_another_day(afterdark, tmp_path):
    words = ("compare", "nothing-changes", "--people", "200", "--replications", "2", "--quiet", "--store", "store")
    told = afterdark(*words, "--workers", "1", "--date", "2026-06-21", "--days", "2", "--out", "answer", "--seed", "9")
    assert told.status == 0
    table = pd.read_csv(tmp_path / "answer" / "comparison.csv")
    assert len(table) > 200
    assert (table[["difference", "low", "high"]] == 0.0).all().all()
    assert (table["baseline"] == table["value"]).all()
    assert set(table["verdict"].dropna()) == {"zero by assumption", "negligible"}
    report = (tmp_path / "answer" / "report.html").read_text(encoding="utf-8")
    assert "Nothing changes" in report
    assert len(report) > 10_000


def test_faults_of_a_case_are_found_before_any_work(afterdark, tmp_path, runs_made):
    (tmp_path / "far.toml").write_text(
        CASE.replace('where = "unlit park paths"', "where = { within = [[2.0, 48.0], [2.1, 48.0], [2.1, 48.1]] }")
    )
    told = afterdark("compare", "light-the-park-paths", "far.toml", *SMALL)
    assert told.status == 2
    assert "far.toml:" in told.err
    assert runs_made == []
    assert list(tmp_path.iterdir()) == [tmp_path / "far.toml"]


def test_a_fault_in_a_worker_comes_out_as_it_is(tmp_path, monkeypatch):
    case = load_scenario("light-the-park-paths")
    plan = Plan(load_scenario("baseline"), (case,), Options(agents=200, settle_days=1, adapt_days=1), 2, tmp_path)
    jobs = plan.jobs()
    broken = Options(city="nowhere.gpkg", agents=200)
    jobs = [Job(broken, job.draw, job.scenarios, job.ids, job.store) for job in jobs]
    with pytest.raises(InputError, match=r"nowhere\.gpkg"):
        run_jobs(jobs, workers=2, progress=lambda days: None)
    assert list(tmp_path.iterdir()) == []


def test_progress_tells_every_simulated_day(tmp_path):
    case = load_scenario("light-the-park-paths")
    write_city(grid_city(4), tmp_path / "drawn.gpkg")
    options = Options(city=str(tmp_path / "drawn.gpkg"), agents=200, settle_days=1, adapt_days=1)
    plan = Plan(load_scenario("baseline"), (case,), options, 2, tmp_path)
    for workers in (2, 1):  # computed by two processes, then found
        days = []
        run_jobs(plan.jobs(), workers=workers, progress=days.append)
        assert sum(days) in (sum(job.simulated_days() for job in plan.jobs()), 2 * (1 + 2 * 2))

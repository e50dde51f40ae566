"""Running a study: the same tables on whatever it runs; stopped anywhere it goes on; failures are told and tried again."""

import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from experiments.executors import HerePool, ProcessPool, ThreadPool
from experiments.studies.planning import Plan
from experiments.studies.reading import parse_study
from experiments.studies.reports import status_of
from experiments.studies.running import batches, run_study
from experiments.studies.stopping import standard_error
from experiments.studies.store import begin
from experiments.studies.trial import estimate
from simulator.errors import InputError

from ..conftest import ROOT
from cheap_runs import ISHIGAMI, cheap, content_of, dying_once, failing, ishigami, slow, study_text


@pytest.mark.parametrize("pool", [lambda: ThreadPool(3), lambda: ProcessPool(2)], ids=["threads", "processes"])
def test_tables_do_not_depend_on_the_pool(plan, finished, tmp_path, pool):
    store = begin(tmp_path / "store", plan)
    told = []
    end = run_study(plan, store, pool, workers=2, run=cheap, told=told.append)
    assert (end.stored, end.failed) == (12, 0)
    assert sum(told) == 12
    assert content_of(store.read()) == content_of(finished.read())
    names = [sorted(path.name for path in (one.folder / "outcomes").iterdir()) for one in (store, finished)]
    assert names[0] == names[1]  # of files named by their content


def test_what_is_stored_is_not_run_again(plan, finished):
    def refuse(task):
        raise AssertionError("nothing is missing")
        yield

    told = []
    assert run_study(plan, finished, HerePool, run=refuse, told=told.append).stored == 12
    assert told == [12]


def test_a_failure_is_told_with_stage_and_cause_and_tried_again(plan, tmp_path):
    store = begin(tmp_path / "store", plan)
    end = run_study(plan, store, HerePool, run=failing)
    assert (end.stored, end.failed) == (9, 3)
    status = status_of(plan, store)
    assert status.causes == (("begin", "ZeroDivisionError: no lamps here", 3),)
    (failure, *_) = store.read().failures.to_pylist()
    assert failure["place"].startswith("tests/cheap_runs.py:") or "cheap_runs.py:" in failure["place"]
    assert failure["scenario"] == "light-the-park-paths"
    assert run_study(plan, store, HerePool, run=cheap).failed == 3  # left alone
    assert run_study(plan, store, HerePool, run=cheap, again=True)[:3] == (12, 0, 3)
    assert status_of(plan, store).causes == ()


def test_a_baseline_that_fails_fails_its_whole_draw(plan, tmp_path):
    def never(task):
        if task.job.draw == 1:
            raise ValueError("no baseline")
        yield from cheap(task)

    end = run_study(plan, begin(tmp_path / "store", plan), HerePool, run=never)
    assert (end.stored, end.failed) == (8, 4)


def test_a_worker_that_dies_is_replaced(plan, finished, tmp_path, monkeypatch):
    monkeypatch.setenv("AFTERDARK_TEST_MARK", str(tmp_path / "mark"))
    store = begin(tmp_path / "store", plan)
    run_study(plan, store, lambda: ProcessPool(1), workers=1, run=dying_once)
    assert content_of(store.read()) == content_of(finished.read())


STARTED = """
import sys
from pathlib import Path
from cheap_runs import slow
from experiments.executors import ProcessPool
from experiments.studies.planning import Plan
from experiments.studies.reading import load_study
from experiments.studies.running import run_study
from experiments.studies.store import begin

if __name__ == "__main__":
    plan = Plan.of(load_study(sys.argv[1]))
    store = begin(Path(sys.argv[2]), plan)
    print("begun", flush=True)
    run_study(plan, store, lambda: ProcessPool(2), workers=2, run=slow)
    print("done", flush=True)
"""


def bytes_of(store):
    return sum(path.stat().st_size for path in store.folder.rglob("*.segment"))


@pytest.mark.slow
def test_killed_at_random_moments_it_goes_on_and_counts_nothing_twice(tmp_path):
    file, script = tmp_path / "study.toml", tmp_path / "started.py"
    file.write_text(study_text(replications="replications = 25"))
    script.write_text(STARTED)
    plan = Plan.of(parse_study(file.read_text()))
    whole, store = begin(tmp_path / "whole", plan), begin(tmp_path / "store", plan)

    def started(into):
        return subprocess.Popen(
            [sys.executable, script, file, into.folder],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    moments, counts = random.Random(4), [0]
    for _ in range(4):
        process = started(store)
        there = bytes_of(store)
        while bytes_of(store) == there:
            time.sleep(0.01)
        time.sleep(0.3 * moments.random())
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        counts.append(len(store.ids()[0]))
    assert counts == sorted(counts)
    assert 0 < counts[-1] < 100
    for into in (store, whole):
        assert started(into).communicate()[0].split() == ["begun", "done"]
    assert len(store.ids()[0]) == 100
    assert content_of(store.read()) == content_of(whole.read())


def test_ishigami_through_the_same_machinery_matches_theory(tmp_path):
    from SALib.analyze import sobol

    from experiments.studies.designs import problem_of

    uncertain = "".join(f'[[uncertainties]]\nname = "{name}"\nlow = {-np.pi}\nhigh = {np.pi}\n' for name in ISHIGAMI)
    text = study_text(
        levers=None,
        uncertainties=uncertain,
        replications="replications = 1",
        design='[design]\nkind = "saltelli"\npoints = 1024',
    )
    plan = Plan.of(parse_study(text))
    store = begin(tmp_path / "store", plan)
    assert run_study(plan, store, lambda: ThreadPool(2), workers=2, run=ishigami).stored == plan.count()
    tables = store.read()
    told = tables.runs.to_pandas().merge(tables.outcomes.to_pandas().query("gender == 'all'"), on="run")
    by_point = told[~told["is_baseline"]].set_index([f"uncertain_{name}" for name in ISHIGAMI])["value"]
    found = sobol.analyze(problem_of(3), by_point.loc[list(plan.points)].to_numpy(), calc_second_order=False, seed=1)
    a, b = 7.0, 0.1
    variance = a**2 / 8 + b * np.pi**4 / 5 + b**2 * np.pi**8 / 18 + 0.5
    first = 0.5 * (1 + b * np.pi**4 / 5) ** 2 / variance
    both = 8 * b**2 * np.pi**8 / 225 / variance
    np.testing.assert_allclose(found["S1"], [first, a**2 / 8 / variance, 0.0], atol=0.05)
    np.testing.assert_allclose(found["ST"], [first + both, a**2 / 8 / variance, both], atol=0.05)


STOP = '[stop]\nindicator = "feels_safe_share"\ngender = "all"\nperiod = "dark"\nerror = {}\nat_least = 4\nevery = 4'


def test_enough_draws_end_a_study(tmp_path):
    many = "replications = 40"
    never = Plan.of(parse_study(study_text(replications=many, stop=STOP.format(1e-9))))
    soon = Plan.of(parse_study(study_text(replications=many, stop=STOP.format(5.0))))
    assert list(batches(soon)) == [4, 8, 12, 16, 20, 24, 28, 32, 36, 40]
    end = run_study(soon, begin(tmp_path / "soon", soon), HerePool, run=cheap)
    assert (end.draws, end.stored) == (4, 16)
    assert end.error < 5.0
    end = run_study(never, begin(tmp_path / "never", never), HerePool, run=cheap)
    assert (end.draws, end.stored) == (40, 160)


def test_the_error_of_the_ends_is_what_repeating_the_study_gives():
    from analysis.comparison.intervals import predictive_interval

    studies = np.random.default_rng(1).normal(size=(300, 64))
    repeated = np.std([predictive_interval(one) for one in studies], axis=0).max()
    told = np.mean([standard_error(one, "feels_safe_share", seed=1) for one in studies[:60]])
    assert 0.8 * repeated < told < 1.6 * repeated  # the worse of two ends, each known within a fifth
    assert standard_error(studies[0][:2], "feels_safe_share", seed=1) == float("inf")
    assert standard_error(studies[0], "feels_safe_share", 1) == standard_error(studies[0], "feels_safe_share", 1)


def test_a_trial_reckons_runs_and_disk(plan):
    told = estimate(plan, run=slow)
    assert told.runs == 12
    assert told.tasks == 3
    assert 100 < told.bytes_a_run < 20_000
    assert told.thin == ()
    assert told.seconds(2) == pytest.approx(told.seconds(1) / 2)
    only_30 = '[[levers]]\nname = "spacing"\nmeasure = "lighting"\nfield = "spacing_m"\nvalues = [30]'
    with pytest.raises(InputError, match="no lamps here"):
        estimate(Plan.of(parse_study(study_text(levers=only_30))), run=failing)

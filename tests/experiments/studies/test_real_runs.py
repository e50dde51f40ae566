"""Studies of the model itself: the same tables on any pool, and the same numbers as a comparison."""

import json

import pytest

from analysis.comparison.paired import compare_runs
from experiments.executors import HerePool, ProcessPool, ThreadPool
from experiments.runs import Job, run_job
from experiments.store import Store
from experiments.studies.planning import Plan
from experiments.studies.reading import parse_study
from experiments.studies.reports import status_of
from experiments.studies.running import run_study
from experiments.studies.store import begin

from cheap_runs import content_of, study_text

OUTCOMES = """
[[outcomes]]
indicator = "feels_safe_share"
gender = ["all", "woman", "man"]
period = ["all", "dark"]
[[outcomes]]
indicator = "safe_minutes_treated"
[[outcomes]]
indicator = "affected_people"
[[outcomes]]
indicator = "incidents_expected"
gender = ["woman"]
[[outcomes]]
indicator = "cost"
"""


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """A small study of the model, run in this process."""
    text = study_text(
        people="people = 400",
        replications="replications = 2",
        outcomes=OUTCOMES,
        levers=study_text().split('grid"\n')[1].split("[[outcomes]]")[0].replace("[20, 30, 45]", "[20, 30]"),
        uncertainties='[[uncertainties]]\nname = "light_relief_lx"\nvalues = [2.0]',
    )
    plan = Plan.of(parse_study(text))
    store = begin(tmp_path_factory.mktemp("real") / "store", plan)
    assert run_study(plan, store, HerePool)[:2] == (6, 0), status_of(plan, store).causes
    return plan, store


@pytest.mark.slow
@pytest.mark.parametrize("pool", [lambda: ThreadPool(2), lambda: ProcessPool(2)], ids=["threads", "processes"])
def test_the_model_gives_the_same_tables_on_any_pool(real, tmp_path, pool):
    plan, whole = real
    store = begin(tmp_path / "store", plan)
    assert run_study(plan, store, pool, workers=2).stored == 6
    assert content_of(store.read()) == content_of(whole.read())
    for table in ("runs", "outcomes", "parameters", "manifests"):
        assert [path.name for path in store.paths(table)] == [path.name for path in whole.paths(table)]


@pytest.mark.slow
def test_a_study_says_what_a_comparison_says(real, tmp_path):
    plan, store = real
    (group,) = plan.groups
    scenarios = (plan.baseline, group.arms[1].scenario)
    assert dict(group.arms[1].settings) == {"spacing": 30}
    kept = Store(tmp_path / "runs")
    jobs = [Job.plan(group.options, draw, scenarios, kept.folder) for draw in range(2)]
    for job in jobs:
        run_job(job)
    runs = [[kept.read(job.ids[place]) for job in jobs] for place in range(2)]
    comparison = compare_runs(runs[0], {"lamps": runs[1]})
    comparison = comparison[(comparison["hour_band"] == "all") & (comparison["disability"] == "all")]
    comparison = comparison[(comparison["carer"] == "all") & (comparison["night_worker"] == "all")]
    expected = comparison.set_index(["indicator", "gender", "age", "period"])
    told = store.read().runs.to_pandas().merge(store.read().outcomes.to_pandas(), on="run")
    told = told[(told["lever_spacing"] == 30)]
    assert len(told) == 2 * len(plan.spots)
    means = told.groupby(["indicator", "gender", "age", "period"])[["baseline", "difference"]].mean()
    compared = 0
    for spot, row in means.iterrows():
        if spot in expected.index:
            assert row["baseline"] == pytest.approx(expected.loc[spot, "baseline"], rel=1e-12, abs=1e-12)
            assert row["difference"] == pytest.approx(expected.loc[spot, "difference"], rel=1e-9, abs=1e-12)
            compared += 1
    assert compared >= 8


@pytest.mark.slow
def test_parameters_and_manifests_are_kept(real):
    _, store = real
    tables = store.read()
    samples = tables.parameters.to_pandas().pivot_table(index="sample", columns="parameter", values="value")
    assert len(samples) == 2
    assert set(samples["light_relief_lx"]) == {2.0}
    assert samples["open_frontage"].nunique() == 2
    told = json.loads(tables.manifests["content"][0].as_py())
    assert told["city"]["name"]
    assert told["agents"] == 400
    (costs,) = set(tables.runs.to_pandas().query("not is_baseline")["currency"])
    assert costs == "EUR"

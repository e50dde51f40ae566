"""Small studies whose runs cost nothing."""

import pytest

from experiments.executors import HerePool
from experiments.studies.planning import Plan
from experiments.studies.reading import parse_study
from experiments.studies.running import run_study
from experiments.studies.store import begin

from cheap_runs import cheap, study_text


@pytest.fixture(scope="session")
def plan():
    """A study of 3 points and 3 draws: 12 runs, baselines among them."""
    return Plan.of(parse_study(study_text()))


@pytest.fixture
def finished(plan, tmp_path):
    """The store of that study, with all of its runs."""
    store = begin(tmp_path / "finished", plan)
    run_study(plan, store, HerePool, run=cheap)
    return store

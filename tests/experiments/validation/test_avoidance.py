"""What the survey of avoidance says of fear's two weights: by hand where it can be, and as it ships."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit, ndtr, ndtri

from experiments.validation import avoidance
from simulator.evidence.parameters import Evidence, load_evidence
from simulator.evidence.profiles import load_table

from ..conftest import in_process
from cities import grid_city

COUNT = 40


def made_up_runs(slope, left=0.0):
    """Runs in which those who stopped hang on `not_made_per_minute` alone, by so much a standard deviation."""
    ranks = (np.arange(COUNT) + 0.5) / COUNT
    other = np.random.default_rng(3).permutation(ranks)  # a made-up design, nothing of the model
    columns = {}
    for name, quantiles in zip(avoidance.PRIOR, (ranks, other), strict=True):
        prior = Evidence(name, *avoidance.PRIOR[name], "split lognormal", "", "", "", "", "")
        columns[name] = [prior.at(one) for one in quantiles]
    extra = left * np.where(np.arange(COUNT) % 2, 1.0, -1.0)
    shares = {gender: 100.0 * expit(slope * ndtri(ranks) + extra) for gender in avoidance.SURVEYED}
    return pd.DataFrame({"draw": np.arange(COUNT), **columns, **shares})


def test_what_alone_decides_is_known_to_the_survey_s_error_and_the_rest_as_little_as_before(monkeypatch):
    monkeypatch.setattr(avoidance, "SURVEYED", {"woman": (32.0, 37.0), "man": (32.0, 37.0)})
    fitted = avoidance.fit(made_up_runs(1.0)).set_index("parameter")
    ends = logit(np.array([0.32, 0.37]))
    score = ends.mean()  # the slope is 1 and shares are even at 0
    prior = Evidence("x", *avoidance.PRIOR["not_made_per_minute"], "split lognormal", "", "", "", "", "")
    found = fitted.loc["not_made_per_minute"]
    assert found["fitted"] == pytest.approx(prior.at(float(ndtr(score))), rel=0.01)
    variance = ((ends[1] - ends[0]) / (2 * 1.645)) ** 2 / 2  # two groups say the same
    assert found["contraction"] == pytest.approx(1.0 - variance / (1.0 + variance), abs=0.003)
    other = fitted.loc["darkness_distance"]
    assert other["contraction"] < 0.05
    assert other["fitted"] == pytest.approx(other["prior"], rel=0.05)


def test_what_other_parameters_do_is_error_and_leaves_more_open():
    sure, unsure = (avoidance.fit(made_up_runs(1.0, left))["contraction"][0] for left in (0.1, 1.0))
    assert 0.2 < unsure < sure - 0.1


def test_the_shipped_fit_is_that_of_the_shipped_runs_and_the_evidence_has_it():
    fitted = avoidance.fit(pd.DataFrame(dict(load_table(avoidance.RUNS))))
    shipped = pd.DataFrame(dict(load_table(avoidance.FIT)))
    assert fitted["parameter"].tolist() == shipped["parameter"].tolist()
    for name in ("fitted", "low", "high", "contraction"):
        np.testing.assert_allclose(fitted[name], shipped[name], atol=avoidance.TOLERANCE)
    for row in shipped.itertuples():
        has = load_evidence()[row.parameter]
        assert (has.value, has.low, has.high) == pytest.approx((row.fitted, row.low, row.high), rel=0.02)
        assert has.distribution == "split lognormal"


def test_runs_are_lived_with_what_was_assumed_before_whatever_the_evidence_has_now(monkeypatch):
    monkeypatch.setattr(avoidance, "MONTH_NIGHTS", 1)
    monkeypatch.setattr(avoidance, "SETTLE_DAYS", 1)
    monkeypatch.setattr(avoidance, "PRIOR", {"not_made_per_minute": (0.9, 0.8, 1.0), "darkness_distance": (9, 8, 10)})
    city = grid_city(4)
    city = dataclasses.replace(
        city, streets=dataclasses.replace(city.streets, in_park=np.ones(len(city.streets), bool))
    )
    days = []
    runs = avoidance.lived_runs(city, agents=150, draws=2, progress=days.append)
    assert sum(days) == 2 * 2
    assert runs["not_made_per_minute"].between(0.7, 1.1).all()
    assert runs["darkness_distance"].between(7, 11).all()
    assert runs[["woman", "man"]].ge(0.0).all(axis=None)


def test_the_command_writes_both_tables_and_says_what_was_learnt(tmp_path, monkeypatch):
    monkeypatch.setattr(avoidance, "lived_runs", lambda network, **told: made_up_runs(1.0).head(told["draws"] + 20))
    words = ("calibrate", "avoidance", "--draws", "8", "--out", "out", "--quiet")
    told = in_process(*words, cwd=tmp_path)
    assert told.status == 0, told.err
    assert "not_made_per_minute: " in told.out
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["avoidance_fit.csv", "avoidance_runs.csv"]
    assert in_process(*words, cwd=tmp_path).status == 2

"""`compare` says how much was decided anew in each case."""

import json
from types import SimpleNamespace

import pytest

from experiments.cli import logs
from experiments.cli.telling import tell_second_look
from simulator.travel.second_look import Anew


@pytest.fixture
def store(tmp_path):
    days = {"base": [], "a0": [Anew(10, 100, 1, 9, 0, 40), Anew(50, 100, 1, 9, 20, 40)]}
    days["a1"] = [Anew(30, 100, 1, 9, 10, 60), Anew(50, 100, 1, 9, 30, 60)]
    for name, lived in days.items():
        (tmp_path / name).mkdir()
        manifest = {"kind": "run"} | ({"anew": [one._asdict() for one in lived]} if lived else {})
        (tmp_path / name / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return SimpleNamespace(path=lambda name: tmp_path / name)


def plan_of(*draws):
    jobs = [SimpleNamespace(ids=ids) for ids in draws]
    return SimpleNamespace(jobs=lambda: jobs, scenarios=(SimpleNamespace(name="lamps"),))


def test_shares_are_those_of_all_draws_together_day_by_day(store, capsys):
    logs.configure("compare")
    tell_second_look(store, plan_of(("base", "a0"), ("base", "a1")))
    assert "second look at lamps: decided anew were, day by day, 20% of the people and 10% of the ways; " in (
        told := " ".join(capsys.readouterr().err.split())
    )
    assert "; 50% of the people and 50% of the ways; all else is as in the baseline" in told


def test_runs_that_do_not_say_it_are_passed_over(store, capsys):
    tell_second_look(store, plan_of(("base", "base"), ("base", "a0")))
    assert capsys.readouterr().err == ""

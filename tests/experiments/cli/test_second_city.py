"""The town that ships beside central Helsinki: it is listed, cases fit it or say why not, and it is simulated."""

import json
import sys
from pathlib import Path

import pytest

from experiments.cli.main import main


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)

    def command(*words):
        monkeypatch.setattr(sys, "argv", ["afterdark", *words])
        with pytest.raises(SystemExit) as left:
            main()
        told = capsys.readouterr()
        return left.value.code, told.out, told.err

    return command


def test_both_cities_are_listed(run):
    status, out, _ = run("network", "list", "--json")
    assert status == 0
    told = {row["name"]: (row["walkable_km"], row["lamps"]) for row in json.loads(out)}
    assert told == {"helsinki-centre": (94.5, 586), "karhula": (50.5, 0)}


@pytest.mark.parametrize("case", ["school-route-stewards", "night-bus-every-30"])
def test_cases_that_the_page_of_cities_shows_fit_it_and_its_light_is_said_to_be_guessed(run, case):
    page = (Path(__file__).parents[3] / "docs" / "cities.md").read_text(encoding="utf-8")
    assert case in page
    status, out, err = run("scenario", "check", case, "--city", "karhula")
    assert status == 0, err
    assert "nothing wrong found, on karhula" in out + err
    assert "for 100% of the street length in the core of karhula neither a tag nor a lamp says" in out + err


@pytest.mark.parametrize(("case", "word"), [("square-hosts", "nightlife"), ("part-night-switch-off", "lit")])
def test_cases_for_what_it_has_not_are_refused_with_the_word_that_finds_nothing(run, case, word):
    status, _, err = run("scenario", "check", case, "--city", "karhula")
    assert status == 2
    assert f'"{word}" holds for 0' in err


@pytest.mark.slow
def test_it_is_simulated(run, tmp_path):
    words = ("run", "school-route-stewards", "--city", "karhula", "--people", "200", "--out", "one", "--quiet")
    status, _, err = run(*words)
    assert status == 0, err
    told = json.loads((tmp_path / "one" / "manifest.json").read_text(encoding="utf-8"))
    assert "karhula" in json.dumps(told)

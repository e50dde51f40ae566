"""A city file that a case names is looked for beside the case, from wherever the program runs."""

import shutil

import pytest

from scenarios import load_scenario
from street_networks import load_city, write_city

CASE = """format = 1
title = "Lamps"
city = "town.gpkg"

[[measures]]
kind = "lighting"
name = "Lamps"
where = { selector = "unlit park paths" }
standard = "P5"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    write_city(load_city("helsinki-centre"), folder / "town.gpkg")
    (folder / "case.toml").write_text(CASE)
    return folder


def test_the_city_beside_the_case_is_taken(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scenario = load_scenario(folder / "case.toml")
    assert scenario.city == str(folder / "town.gpkg")
    assert load_city(scenario.city).name == "helsinki-centre"
    assert scenario.canonical() == load_scenario(folder / "case.toml").canonical()


def test_a_city_where_the_program_runs_is_still_found(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(folder / "case.toml", tmp_path / "case.toml")
    shutil.copy(folder / "town.gpkg", tmp_path / "town.gpkg")
    assert load_city(load_scenario("case.toml").city).name == "helsinki-centre"


def test_a_short_name_stays_one(tmp_path):
    (tmp_path / "case.toml").write_text(CASE.replace("town.gpkg", "helsinki-centre"))
    assert load_scenario(tmp_path / "case.toml").city == "helsinki-centre"

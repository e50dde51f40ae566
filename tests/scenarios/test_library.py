"""The shipped cases: each says where it comes from and what to watch, fits the default city, runs, and runs elsewhere."""

import dataclasses
import datetime
import json
import math
from pathlib import Path

import pytest
import shapely

from experiments.comparing import Plan, make_comparison
from experiments.runs import Job, Options, run_job
from experiments.store import Store
from scenarios import bind, copy_case, differences, explain, list_cases, load_scenario
from simulator.errors import ScenarioError
from simulator.interventions import MEASURES
from street_networks import load_city
from street_networks.build import Order, build_city

from rawdata import raw_file

CASES = [name for name in list_cases() if load_scenario(name).measures and name != "nothing-changes"]


def test_there_are_at_least_twenty_four():
    assert len(CASES) >= 24


def test_every_kind_of_measure_is_in_some_case():
    used = {measure.kind for name in CASES for measure in load_scenario(name).measures}
    assert used == set(MEASURES)


@pytest.mark.parametrize("name", CASES)
def test_a_case_says_what_a_planner_asks(name):
    case = load_scenario(name)
    for text in (case.question, case.origin, case.for_whom, case.watch, *case.boards):
        assert text
    assert case.boards


@pytest.mark.parametrize("name", CASES)
def test_a_case_fits_the_default_city_and_is_explained(name):
    city, case = load_city("helsinki-centre"), load_scenario(name)
    placed = bind(case, city)
    assert all(one.segments.size for one in placed)
    told = explain(case, city)
    for measure in case.measures:
        assert measure.name in told
        assert not measure.displaces or "harm not assessed" in told
        assert measure.evaluated or "break-even" in told


def together(most):
    """The cases in groups of one date each, which share their baseline."""
    by_date = {}
    for name in CASES:
        by_date.setdefault(load_scenario(name).date, []).append(name)
    return [names[at : at + most] for names in by_date.values() for at in range(0, len(names), most)]


@pytest.mark.slow
@pytest.mark.parametrize("names", together(9), ids=lambda names: names[0])
def test_cases_run_end_to_end_at_a_small_size(names, tmp_path):
    cases = tuple(load_scenario(name) for name in names)
    usual = Options(agents=300, settle_days=1, adapt_days=1)
    options = dataclasses.replace(usual, date=cases[0].date or usual.date)
    answer = make_comparison(Plan(load_scenario("baseline"), cases, options, 1, tmp_path), tmp_path / "out", workers=1)
    assert (answer.folder / "report.html").is_file()
    assert set(answer.comparison["scenario"]) == set(names)


LATITUDE, LONGITUDE = 28.1075, -15.4165
"""Triana, in Las Palmas."""


@pytest.mark.slow
def test_every_case_runs_in_las_palmas_with_nothing_edited(tmp_path):
    """1.0 x 1.7 km round Triana: only the city is another one."""
    osm = raw_file("osm/las_palmas_2023.osm.pbf")
    up, right = 850.0 / 111_320, 500.0 / 111_320 / math.cos(math.radians(LATITUDE))
    box = shapely.box(LONGITUDE - right, LATITUDE - up, LONGITUDE + right, LATITUDE + up)
    feature = {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(box)}
    outline = tmp_path / "box.geojson"
    outline.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    city = tmp_path / "triana.gpkg"
    build_city(Order(city, osm, within=outline), lambda stage: None)
    options = Options(city=str(city), agents=300, settle_days=1, adapt_days=1, date=datetime.date(2026, 12, 18))
    cases = tuple(load_scenario(name) for name in CASES)
    job = Job.plan(options, 0, cases, tmp_path / "store")
    run_job(job)
    for identity in job.ids:
        assert len(Store(job.store).read(identity).summary)


def test_a_copy_is_the_same_case_under_another_name(tmp_path):
    path = copy_case("my-idea", "square-hosts", tmp_path)
    assert differences(load_scenario("square-hosts"), load_scenario(path)) == []
    assert "# Hosts out at once" in path.read_text(encoding="utf-8")
    with pytest.raises(ScenarioError, match="is there already"):
        copy_case("my-idea", "square-hosts", tmp_path)
    with pytest.raises(ScenarioError, match="shipped"):
        copy_case("square-hosts", "baseline", tmp_path)
    with pytest.raises(ScenarioError, match="expected a name"):
        copy_case("../up", "baseline", tmp_path)
    with pytest.raises(ScenarioError, match="cannot be written"):
        copy_case("other", "baseline", Path(tmp_path / "nowhere"))


def test_a_copy_in_another_folder_still_finds_what_it_names(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there" / "deep"
    here.mkdir()
    there.mkdir(parents=True)
    square = {"type": "Polygon", "coordinates": [[[24.94, 60.17], [24.95, 60.17], [24.95, 60.18], [24.94, 60.17]]]}
    (here / "area.geojson").write_text(
        json.dumps(
            {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": square}]}
        )
    )
    (here / "first.toml").write_text(
        'format = 1\ntitle = "One"\n# A note.\n[[measures]]\nkind = "hosts"\nname = "Hosts"\n'
        'where = { layer = "area.geojson" } # where it is\n'
    )
    (here / "second.toml").write_text('format = 1\ntitle = "Two"\nextends = "first.toml"\n')
    for name in ("first", "second"):
        path = copy_case(f"copy-of-{name}", here / f"{name}.toml", there)
        copied, original = load_scenario(path), load_scenario(here / f"{name}.toml")
        assert copied.measures[0].where.shape == original.measures[0].where.shape
    text = (there / "copy-of-first.toml").read_text()
    assert "# A note." in text
    assert 'layer = "../../here/area.geojson" } # where it is' in text
    assert 'extends = "../../here/first.toml"' in (there / "copy-of-second.toml").read_text()
    beside = copy_case("beside", here / "first.toml", here)
    assert 'layer = "area.geojson"' in beside.read_text()


def test_differences_are_told_lever_by_lever():
    one, other = load_scenario("night-bus-every-30"), load_scenario("night-bus-every-15")
    assert "'Night bus': headway_min: 30 -> 15" in differences(one, other)
    lines = differences(load_scenario("light-the-park-paths"), load_scenario("balanced-portfolio"))
    assert any(line.startswith("with 'Hosts on weekend nights' (hosts)") for line in lines)
    back = differences(load_scenario("balanced-portfolio"), load_scenario("light-the-park-paths"))
    assert "without 'Hosts on weekend nights' (hosts)" in back
    assert differences(one, one) == []

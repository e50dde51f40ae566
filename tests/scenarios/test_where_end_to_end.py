"""Every way of saying where, run from case to answer on the shipped city at a small size."""

import dataclasses

import geopandas
import pytest
import shapely

from experiments.comparing import Plan, make_comparison
from experiments.runs import Options
from scenarios import bind, load_scenario
from street_networks import load_city

BOX = shapely.box(24.938, 60.165, 24.955, 60.179)
"""Streets around the railway station and north of it, core and ring."""
HEAD = 'format = 1\ntitle = "case"\nquestion = "Does it run?"\n'
LAMPS = '[[measures]]\nkind = "lighting"\nname = "lamps"\nheight_m = 5\nflux_lm = 6000\nspacing_m = 20\n'
HOSTS = '[[measures]]\nkind = "hosts"\nname = "hosts"\nwhere = { selector = "streets", part = "core" }\nhosts = 20\n'
WHERE = {
    "selector": 'where = { selector = "unlit streets", part = "core" }\n',
    "geojson": 'where = { layer = "area.geojson", part = "core" }\n',
    "geopackage": 'where = { layer = "area.gpkg", part = "core" }\n',
    "all of a layer": 'where = { layer = "area.gpkg", part = "all" }\n',
}


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    """A case for each way, one that goes on from another, and both layers, in a folder."""
    folder = tmp_path_factory.mktemp("where")
    geopandas.GeoDataFrame(geometry=[BOX], crs="EPSG:4326").to_file(folder / "area.geojson")
    geopandas.GeoDataFrame(geometry=[BOX], crs="EPSG:4326").to_crs("EPSG:3067").to_file(folder / "area.gpkg")
    for name, where in WHERE.items():
        (folder / f"{name}.toml").write_text(HEAD + LAMPS + where)
    (folder / "extended.toml").write_text(HEAD + 'extends = "geojson.toml"\n' + HOSTS)
    return {path.stem: load_scenario(path) for path in sorted(folder.glob("*.toml"))}


@pytest.mark.slow
def test_every_way_of_saying_where_runs_from_the_case_to_the_answer(cases, tmp_path):
    city = load_city("helsinki-centre")
    placed = {name: bind(case, city) for name, case in cases.items()}
    rows = {name: one[0].segments.tolist() for name, one in placed.items()}
    assert all(rows.values())
    core = set(city.streets.in_core.nonzero()[0].tolist())
    assert rows["geojson"] == rows["geopackage"] == rows["extended"]
    assert set(rows["selector"]) <= core
    assert set(rows["geojson"]) == set(rows["all of a layer"]) & core != set(rows["all of a layer"])
    assert [one.measure.kind for one in placed["extended"]] == ["lighting", "hosts"]

    options = dataclasses.replace(Options(), agents=300, settle_days=1, adapt_days=1)
    plan = Plan(load_scenario("baseline"), tuple(cases.values()), options, 2, tmp_path)
    answer = make_comparison(plan, tmp_path / "out", workers=1)
    assert (answer.folder / "report.html").is_file()
    assert answer.comparison["scenario"].nunique() == len(cases)

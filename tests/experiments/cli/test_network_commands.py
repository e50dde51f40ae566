"""`afterdark network inspect`: tables that fit a terminal, JSON for programs, a map, and nothing half-done."""

import json
import math
import re
import sys

import pytest

from experiments.cli.main import main
from street_networks import Layer, write_city
from street_networks.inspection.inspection import RULES
from street_networks.sources.extract import Extract, Way

from cities import grid_city
from overpass import Servers, serving


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)

    def command(*words):
        monkeypatch.setattr(sys, "argv", ["afterdark", "network", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return left.value.code, out, err

    return command


def test_the_tables_fit_a_hundred_columns_and_tell_everything(run):
    status, out, err = run("inspect", "helsinki-centre")
    assert (status, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 100
    for told in ("94.5 km", "8 971", "69 013", "586", "2019-04-21", "ODbL 1.0", "rules version: 7", "Europe/Helsinki"):
        assert told in out
    for title in ("What is in it", "Places", "Light, by length of streets", "Data confidence"):
        assert title in out
    for name, rule in RULES.items():
        assert f"{name}: {rule.split()[0]}" in out
    assert "good from 80 % known, fair from 50 %, poor below" in out


def test_long_remarks_of_a_build_squeeze_no_name_away(run):
    """The residents of this city are told in a sentence, which stands below the counts and not beside them."""
    _, out, _ = run("inspect", "karhula")
    assert re.search(r"(?m)^ +building levels assumed +1 *$", out)
    assert re.search(r"(?m)^ +walkable ways +285 *$", out)
    told = " ".join(out.split())
    assert "residents estimated: 3284: 1037 houses by household statistics" in told
    assert max(map(len, out.splitlines())) <= 100


def test_shares_are_rounded_down_so_that_word_and_number_agree(run):
    """A share of 79.6 % is fair, and is not shown as 80 %."""
    _, out, _ = run("inspect", "helsinki-centre")
    _, told, _ = run("inspect", "helsinki-centre", "--json")
    rows = [row for row in json.loads(told)["confidence"] if row["zone"] == "core" and row["known"] is not None]
    assert any(round(100 * row["known"]) > math.floor(100 * row["known"]) for row in rows)  # some would be rounded up
    for row in rows:
        (line,) = (line for line in out.splitlines() if line.strip().startswith(f"{row['attribute']}  "))
        assert f"{row['word']}, {math.floor(100 * row['known'] + 1e-9)} %" in line


def test_json_has_the_same_figures(run):
    status, out, _ = run("inspect", "helsinki-centre", "--json")
    told = json.loads(out)
    assert status == 0
    assert told["figures"]["network"]["walkable_km"] == 94.52
    assert told["places"]["nightlife"]["with_opening_hours"] == 42  # two more are not understood
    assert {row["word"] for row in told["confidence"]} <= {"good", "fair", "poor", "nothing"}
    assert set(told["confidence_rules"]) == {row["attribute"] for row in told["confidence"]}


def test_many_zones_make_further_tables_and_unsaid_things_are_not_invented(run, tmp_path):
    import numpy as np
    import shapely

    boxes = [shapely.MultiPolygon([shapely.box(-5 + 100 * at, -5, 105 + 100 * at, 600)]) for at in range(5)]
    names = np.array([f"Quarter {at}" for at in range(5)], object)
    write_city(grid_city(), tmp_path / "grid.gpkg", layers={"zones": Layer(np.array(boxes, object), {"zone": names})})
    status, out, _ = run("inspect", "grid.gpkg")
    assert status == 0
    assert out.count("Data confidence") == 3  # city, core and five quarters
    assert all(name in out for name in names)
    assert "licence: not stated" in out
    assert "nothing there" in out


def test_the_map_is_written_and_told(run, tmp_path):
    write_city(grid_city(), tmp_path / "grid.gpkg")
    status, out, _ = run("inspect", "grid.gpkg", "--map", "deep/grid.png")
    assert status == 0
    assert (tmp_path / "deep" / "grid.png").read_bytes().startswith(b"\x89PNG")
    assert f"Map: {tmp_path / 'deep' / 'grid.png'}" in out
    status, out, _ = run("inspect", "grid.gpkg", "--map", "deep/grid.png", "--json")
    json.loads(out)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("inspect", "helsinki-centre", "--map", "map.pdf"), "--map: found map.pdf, expected a file that ends in .png"),
        (("inspect", "helsinki-centre", "--map", "here/map.png"), "cannot be written"),
        (("inspect", "nowhere.gpkg"), "no such city file"),
        (("validate", "nowhere.gpkg"), "no such city file"),
        (("inspect",), "found no city, expected short name or GeoPackage"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else None,
)
def test_what_cannot_be_done_is_explained(run, tmp_path, words, said):
    (tmp_path / "here").write_text("a file")
    status, _, err = run(*words)
    assert status == 2
    assert said in err
    assert "Traceback" not in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["here"]


def test_a_city_is_fetched_or_the_way_offline_is_named(run, tmp_path, monkeypatch):
    """From a server on this machine, then from what was kept; without either the status is 1 and nothing is written."""
    pytest.importorskip("osmnx", reason="needs OSMnx: pip install osmnx")
    square = {1: (24.94, 60.17), 2: (24.95, 60.17), 3: (24.95, 60.175), 4: (24.94, 60.175)}
    ways = {10: Way((1, 2, 3, 4, 1), {"highway": "residential"})}
    words = ("build", "--bbox", "24.935,60.165,24.955,60.18", "--cache", "kept")
    with serving(Servers(Extract(square, {}, ways, {}, (0, 0, 1, 1), ""))) as servers:
        monkeypatch.setenv("AFTERDARK_OVERPASS", f"{servers.url}/api")
        status, out, err = run(*words, "--out", "one.gpkg")
    assert (status, err) == (0, "building one.gpkg ...\n")
    assert out.startswith("one (FI, EPSG:32635): 2.2 km of walkable ways in 1 segments, 2.2 km of them in the core")
    status, _, _ = run(*words, "--out", "two.gpkg", "--name", "one")
    assert status == 0
    assert (tmp_path / "one.gpkg").read_bytes() == (tmp_path / "two.gpkg").read_bytes()
    status, out, err = run(
        "build", "--point", "60.17,24.94", "--radius", "300", "--cache", "kept", "--out", "three.gpkg"
    )
    assert (status, out) == (1, "")
    assert "afterdark: Overpass: cannot be reached" in err
    assert "--osm FILE" in err
    assert not (tmp_path / "three.gpkg").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--bbox", "1,2,3"), "--bbox 1,2,3: expected west,south,east,north"),
        (("--point", "60.17,24.94"), "--point and --radius: found one of them"),
        (("--place", "Kallio", "--osm", "x.osm"), "found --place and --osm, expected one of"),
        (("--place", "Kallio", "--within", "x.geojson"), "--within: cuts a file"),
        (("--cache", "kept"), "--cache: found without --place, --bbox or --point"),
    ],
)
def test_areas_that_cannot_be_meant_are_refused(run, tmp_path, words, said):
    status, out, err = run("build", *words, "--out", "city.gpkg")
    assert (status, out) == (2, "")
    assert said in err
    assert list(tmp_path.iterdir()) == []

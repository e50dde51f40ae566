"""Validation: each edit that goes wrong in QGIS gives its warning or fault, names the feature, and says what to do."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely
from spoiling import add_row, draw, move, rewrite, sql

from simulator.city.network import Lamps
from simulator.errors import CityError
from street_networks import Layer, find_city, read_city, write_city
from street_networks.inspection.validation import CHECKS, validate_city

from cities import make_city

TOLD = {"source": "drawn", "licence": "none", "attribution": "drawn", "data_date": "2026-01-01T00:00:00Z"}


@pytest.fixture
def city_file(tmp_path: Path) -> Path:
    """A square of four streets of 100 and 80 m near Helsinki, with a lamp, a zone and nothing to be warned of.

    ::

        4 -1002- 3       home at 1, pub at 3, way in at 2
        |        |
        1 -1000- 2
    """
    import dataclasses

    x, y = 385_000.0, 6_672_000.0
    network = make_city(
        [(x, y), (x + 100, y), (x + 100, y + 80), (x, y + 80)],
        [(0, 1), (1, 2), (2, 3), (3, 0)],
        places=[("home", 0, 10.0), ("nightlife", 2, 1.0), ("gateway", 1, 1.0)],
        unlit=(2,),
    )
    lamps = Lamps(np.array([1, 2]), np.array([x, x + 50]), np.array([y + 5, y + 5]), np.full(2, 8.0), np.full(2, 8e3))
    network = dataclasses.replace(network, lamps=lamps, metadata=TOLD)
    zone = np.array([shapely.MultiPolygon([shapely.box(x, y, x + 50, y + 50)])], object)
    path = tmp_path / "city.gpkg"
    write_city(network, path, layers={"zones": Layer(zone, {"zone": np.array(["core"], object)})})
    return path


def line(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([(385_000 + x, 6_672_000 + y) for x, y in points])


BOW = shapely.Polygon([(385_000, 6_672_000), (385_010, 6_672_010), (385_010, 6_672_000), (385_000, 6_672_010)])

WARNED = {
    "islands": (
        add_row("junctions", shapely.Point(385_500, 6_672_000), junction_id=5),
        add_row("junctions", shapely.Point(385_550, 6_672_000), junction_id=6),
        add_row("streets", line((500, 0), (550, 0)), segment_id=7, from_junction_id=5, to_junction_id=6, length_m=50.0),
        sql("UPDATE places SET junction_id = 5, segment_id = 7 WHERE kind = 'home'"),
        "feature 7: 1 segments, 50 m, 10 residents",
    ),
    "junctions without a street": (
        add_row("junctions", shapely.Point(385_500, 6_672_000), junction_id=5),
        "junctions, feature 5: no street ends here",
    ),
    "streets that left their junction": (
        move("junctions", 0, 385_000 - 12, 6_672_000),
        "feature 1000: starts 12.0 m from its junction 1",
    ),
    "lengths that disagree with the geometry": (
        sql("UPDATE streets SET length_m = 170 WHERE segment_id = 1000"),
        "feature 1000: length_m is 170.00, expected 100.00",
    ),
    "streets that cross without a junction": (
        draw("streets", 3, line((0, 80), (50, -20), (0, 0))),
        "feature 1000: crosses segment 1003 at 385040, 6672000",
    ),
    "ends that all but meet another street": (
        add_row("junctions", shapely.Point(385_050, 6_672_000.6), junction_id=5),
        add_row(
            "streets", line((50, 0.6), (100, 80)), segment_id=7, from_junction_id=5, to_junction_id=3, length_m=93.8
        ),
        "feature 7: ends 0.60 m from segment 1000",
    ),
    "copies": (
        add_row("streets", line((100, 0), (0, 0)), segment_id=1009),
        "feature 1009: lies exactly on feature 1000",
    ),
    "places and stops astray": (
        move("places", 0, 385_050, 6_674_000),
        "places, feature 1: is 2000 m from its street 1000; 1002 is nearer",
    ),
    "lamps outside the city": (
        move("lamps", 1, 385_050, 6_671_000),
        "lamps, feature 2: is 1000 m from the nearest street",
    ),
    "hours the wrong way round": (
        sql("UPDATE places SET opens_h = 22, closes_h = 6 WHERE kind = 'nightlife'"),
        "places, feature 2: opens at 22 and closes at 6",
    ),
    "light that contradicts itself": (
        sql("UPDATE streets SET lit_min_lx = 0, lit_mean_lx = 0 WHERE segment_id = 1000"),
        "feature 1000: is tagged lit with 0 lx",
    ),
    "steps that contradict themselves": (
        sql("UPDATE streets SET is_steps = 1 WHERE segment_id = 1001"),
        "feature 1001: street_class is footway and is_steps yes",
    ),
    "what is lacking": (sql("DELETE FROM metadata WHERE key = 'licence'"), "metadata: no licence"),
    "layers that cannot be drawn": (draw("zones", 0, BOW), "zones, feature fid 1: crosses itself"),
}


def lines(found) -> list[str]:
    return [one.line() for one in found]


def test_a_sound_file_has_no_faults_and_no_warnings(city_file: Path) -> None:
    told = validate_city(city_file)
    assert (told.faults, dict(told.warnings), told.complete) == ((), {}, True)


def test_every_check_has_an_edit_that_it_finds() -> None:
    assert set(WARNED) == set(CHECKS)


@pytest.mark.parametrize("check", WARNED)
def test_an_edit_gives_its_warning(check: str, city_file: Path) -> None:
    *edits, expected = WARNED[check]
    for edit in edits:
        edit(city_file)
    told = validate_city(city_file)
    assert told.faults == ()
    assert any(expected in one for one in lines(told.warnings[check])), told.warnings
    assert all(one.remedy for found in told.warnings.values() for one in found)
    read_city(city_file)  # warnings stop nothing


def test_light_is_checked_against_its_tag(city_file: Path) -> None:
    sql(
        "UPDATE streets SET lit_probability = 0.5 WHERE segment_id = 1000",
        "UPDATE streets SET lit_probability = 0.5 WHERE segment_id = 1002",
        "UPDATE streets SET light_imputed = 1 WHERE segment_id = 1001",
        "UPDATE streets SET lit_min_lx = 60, lit_mean_lx = 50 WHERE segment_id = 1003",
    )(city_file)
    told = " ".join(lines(validate_city(city_file).warnings["light that contradicts itself"]))
    for expected in ("1000: is tagged lit", "1002: is tagged unlit", "1001: has a tag", "1003: has lit_min_lx above"):
        assert expected in told


def test_swapped_latitude_and_longitude_are_noticed(city_file: Path) -> None:
    sql(
        "UPDATE metadata SET value = '24.94' WHERE key = 'latitude'",
        "UPDATE metadata SET value = '60.17' WHERE key = 'longitude'",
    )(city_file)
    (told,) = lines(validate_city(city_file).warnings["what is lacking"])
    assert "km from the streets" in told


def test_a_layer_in_another_crs_is_noticed_and_not_drawn(city_file: Path) -> None:
    rewrite("zones", lambda shapes, columns: None, crs="EPSG:3067")(city_file)
    (told,) = lines(validate_city(city_file).warnings["layers that cannot be drawn"])
    assert "zones: coordinates in EPSG:3067, expected the city's EPSG:32635" in told


def test_every_fault_is_told_with_layer_feature_and_remedy(tmp_path: Path) -> None:
    """Not only the first five of a kind, and those of one layer also where another is missing."""
    network = make_city(
        [(100 * at, 0) for at in range(12)], [(at, at + 1) for at in range(11)], places=[("home", 0, 1.0)]
    )
    path = tmp_path / "long.gpkg"
    write_city(network, path)
    sql(
        "UPDATE streets SET length_m = -5",
        "UPDATE places SET kind = 'pub', opens_h = 99",
        "DELETE FROM metadata WHERE key = 'timezone'",
        "UPDATE metadata SET value = '600' WHERE key = 'latitude'",
        "DROP TABLE lamps",
        "DELETE FROM gpkg_contents WHERE table_name = 'lamps'",
    )(path)
    told = validate_city(path)
    found = lines(told.faults)
    assert len([one for one in found if "length_m is -5.0" in one]) == 11
    for expected in (
        "kind is 'pub'",
        "opens_h is 99",
        "no timezone",
        "metadata, feature latitude: value '600'",
        "lamps: no such layer",
    ):
        assert any(expected in one for one in found), expected
    assert len(found) == 11 + 5
    assert all(fault.remedy for fault in told.faults)
    assert not told.complete
    with pytest.raises(CityError) as caught:
        read_city(path)
    assert len(caught.value.faults) == 6 + 5  # there only the first five of a kind, and how many more


def test_a_spoilt_cell_is_told_once(city_file: Path) -> None:
    def change(shapes: np.ndarray, columns: dict) -> None:
        columns["length_m"] = np.array(["long", "80", "100", "80"], object)
        columns["to_junction_id"] = np.array(["two", "3", "4", "1"], object)

    rewrite("streets", change)(city_file)
    assert lines(validate_city(city_file).faults) == [
        "streets, feature 1000: column to_junction_id is 'two', expected a whole number",
        "streets, feature 1000: column length_m is 'long', expected a number",
    ]


def run(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "experiments.cli", "network", "validate", *map(str, words)],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[3],
    )  # fmt: skip


@pytest.mark.slow
def test_the_command_leaves_with_0_or_2_and_tells_why(city_file: Path) -> None:
    done = run(city_file)
    assert (done.returncode, done.stderr) == (0, "")
    assert "no faults" in done.stdout
    assert "No warnings" in done.stdout
    sql("UPDATE streets SET length_m = -5 WHERE segment_id = 1001")(city_file)
    done = run(city_file)
    assert done.returncode == 2
    assert "one fault" in done.stdout
    assert "feature 1001: length_m is -5.0" in done.stdout
    assert "-> write such a number" in done.stdout
    told = json.loads(run(city_file, "--json").stdout)
    assert told["faults"][0]["layer"] == "streets"
    assert set(told["faults"][0]) == {"layer", "feature", "found", "expected", "remedy"}


def test_the_shipped_city_has_no_faults_and_its_warnings_are_counted() -> None:
    told = validate_city(find_city("helsinki-centre"))
    assert told.faults == ()
    assert set(told.warnings) <= set(CHECKS)
    done = run("helsinki-centre")
    assert done.returncode == 0
    assert f"{sum(map(len, told.warnings.values()))} warnings" in done.stdout

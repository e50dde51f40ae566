"""City files: what is written is read again, the same in gives the same bytes, and bad files are explained."""

import datetime
import hashlib
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyogrio
import pyogrio.raw
import pytest
import shapely
from spoiling import sql

from simulator.city.network import StreetNetwork
from simulator.city.opening_hours import places_open
from simulator.errors import CityError, InputError
from street_networks import Layer, read_city, write_city
from street_networks.catalogue import find_city

from cities import grid_city


def _sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_is_written_is_read_again_to_the_bit(small: StreetNetwork, small_file: Path) -> None:
    again = read_city(small_file)
    assert again.digest() == small.digest()
    assert again.metadata["attribution"] == "drawn for tests"


def test_the_shipped_city_survives_a_round_trip(helsinki: StreetNetwork, tmp_path: Path) -> None:
    write_city(helsinki, tmp_path / "again.gpkg")
    again = read_city(tmp_path / "again.gpkg")
    assert again.digest() == helsinki.digest()
    assert again.metadata == helsinki.metadata


def test_writing_twice_gives_the_same_bytes(small: StreetNetwork, tmp_path: Path) -> None:
    write_city(small, tmp_path / "one.gpkg")
    time.sleep(1.1)  # the clock that GDAL would write has seconds
    write_city(small, tmp_path / "two.gpkg")
    assert _sha(tmp_path / "one.gpkg") == _sha(tmp_path / "two.gpkg")
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


def test_a_user_sees_words_and_units(small_file: Path) -> None:
    fields = {name: list(pyogrio.read_info(small_file, layer=name)["fields"]) for name in ("streets", "places")}
    assert {"segment_id", "from_junction_id", "length_m", "lit_min_lx", "tagged_lit"} <= set(fields["streets"])
    with sqlite3.connect(small_file) as file:
        assert {row[0] for row in file.execute("SELECT street_class FROM streets")} == {"footway"}
        assert {row[0] for row in file.execute("SELECT kind FROM places")} == {"home", "nightlife", "gateway"}
        assert {row[0] for row in file.execute("SELECT tagged_lit FROM streets")} == {"yes", "no"}


def test_an_edit_in_qgis_is_read_as_the_same_city(small: StreetNetwork, small_file: Path, tmp_path: Path) -> None:
    edited = tmp_path / "edited.gpkg"
    for name, geometry_type in pyogrio.list_layers(small_file):
        meta, _, wkb, values = pyogrio.raw.read(small_file, layer=name)
        fields = [*meta["fields"][::-1], "remark"]
        rows = np.arange(len(values[0]))[::-1]
        columns = [*(column[rows] for column in values[::-1]), np.array(["seen"] * len(rows), object)]
        if wkb is not None and name == "streets":
            wkb = shapely.to_wkb([shapely.MultiLineString([line]) for line in shapely.from_wkb(wkb)])
        shapes = None if wkb is None else wkb[rows]
        pyogrio.raw.write(
            edited,
            shapes,
            columns,
            np.array(fields, object),
            layer=name,
            driver="GPKG",
            geometry_type="MultiLineString" if name == "streets" else geometry_type,
            crs=meta["crs"],
        )
    note = shapely.to_wkb([shapely.Point(5, 5)])
    pyogrio.raw.write(
        edited, note, [np.array([1])], np.array(["n"], object), layer="notes", driver="GPKG",
        geometry_type="Point", crs="EPSG:4326",
    )  # fmt: skip
    assert read_city(edited).digest() == small.digest()


def test_further_layers_and_columns_are_kept_in_the_file(small: StreetNetwork, tmp_path: Path) -> None:
    path = tmp_path / "more.gpkg"
    core = np.array([shapely.MultiPolygon([shapely.box(0, 0, 50, 50)])], object)
    layers = {
        "zones": Layer(core, {"zone": np.array(["core"], object)}),
        "places": Layer(None, {"wikidata": np.array(["Q1", None, None], object)}),
    }
    write_city(small, path, layers=layers)
    assert "zones" in {name for name, _ in pyogrio.list_layers(path)}
    assert "wikidata" in pyogrio.read_info(path, layer="places")["fields"]
    assert read_city(path).digest() == small.digest()


def test_hours_written_in_qgis_are_the_hours_of_the_city(small_file: Path) -> None:
    sql("UPDATE places SET opening_hours = ' Fr-Sa 22:00-04:00 ' WHERE place_id = 2")(small_file)
    city = read_city(small_file)
    friday, tuesday = (places_open(city, datetime.date(2026, 6, day))[:, 1] for day in (5, 2))
    assert set(np.flatnonzero(friday)) == {22, 23, 0, 1, 2, 3}
    assert not tuesday.any()
    again = small_file.with_name("again.gpkg")
    write_city(city, again)
    assert read_city(again).digest() == city.digest()


@pytest.mark.slow
def test_26_000_segments_are_read_as_written(tmp_path: Path) -> None:
    city = grid_city(side=115)
    assert len(city.streets) > 26_000
    write_city(city, tmp_path / "large.gpkg")
    assert read_city(tmp_path / "large.gpkg").digest() == city.digest()


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = (
        "import sys, street_networks; street_networks.list_cities(); "
        "print(sorted({'numpy', 'pyogrio', 'shapely', 'pandas', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in ("[]", "['numpy']")  # the result type of a network is numpy's


def test_a_folder_that_cannot_be_made_is_explained_and_nothing_is_left(small: StreetNetwork, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written"):
        write_city(small, tmp_path / "file" / "city.gpkg")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


# -- bad files ---------------------------------------------------------------------------------------------------------


def _text_lengths(path: Path) -> None:
    meta, _, wkb, values = pyogrio.raw.read(path, layer="streets")
    fields = list(meta["fields"])
    values[fields.index("length_m")] = np.array(["long", "100", "80", "100"], object)
    pyogrio.raw.write(
        path, wkb, values, meta["fields"], layer="streets", driver="GPKG", geometry_type="LineString",
        crs=meta["crs"], append=False, layer_options={"OVERWRITE": "YES"},
    )  # fmt: skip


BAD = {
    "a missing layer": (sql("DROP TABLE lamps", "DELETE FROM gpkg_contents WHERE table_name = 'lamps'"), "lamps: no such layer"),
    "a missing column": (sql("ALTER TABLE streets DROP COLUMN lit_min_lx"), "streets: no column lit_min_lx"),
    "text for numbers": (_text_lengths, "column length_m is 'long', expected a number"),
    "a negative length": (sql("UPDATE streets SET length_m = -5 WHERE segment_id = 1001"), "feature 1001: length_m is -5"),
    "an absurd illuminance": (sql("UPDATE streets SET lit_min_lx = 9000"), "lit_min_lx is 9000.0, expected at least 0 and at most 500 lx"),
    "an empty cell": (sql("UPDATE streets SET lit_mean_lx = NULL WHERE segment_id = 1002"), "feature 1002: column lit_mean_lx is nan"),
    "an unknown kind": (sql("UPDATE places SET kind = 'pub' WHERE place_id = 2"), "feature 2: kind is 'pub', expected one of home"),
    "an unknown class": (sql("UPDATE streets SET street_class = NULL"), "street_class is None, expected one of primary"),
    "an unknown lit word": (sql("UPDATE streets SET tagged_lit = 'maybe'"), "tagged_lit is 'maybe', expected one of yes, no, unknown"),
    "keys found twice": (sql("UPDATE streets SET segment_id = 1000"), "segment_id is 1000, expected a key of its own"),
    "a junction that is not there": (sql("UPDATE streets SET to_junction_id = 77"), "to_junction_id is 77, expected a junction_id of layer junctions"),
    "a segment that is not there": (sql("UPDATE places SET segment_id = 5"), "segment_id is 5, expected a segment_id of layer streets"),
    "an empty layer": (sql("DELETE FROM streets"), "streets: no features, expected at least one"),
    "a lost geometry": (sql("UPDATE junctions SET geom = NULL WHERE junction_id = 3"), "junctions, feature 3: geometry is missing"),
    "another CRS": (sql("UPDATE metadata SET value = 'EPSG:32636' WHERE key = 'crs'"), "coordinates in EPSG:32635, expected the city's EPSG:32636"),
    "no CRS": (sql("UPDATE gpkg_contents SET srs_id = -1", "UPDATE gpkg_geometry_columns SET srs_id = -1"), "expected EPSG:32635"),
    "no metadata": (sql("DELETE FROM metadata WHERE key = 'timezone'"), "metadata: no timezone"),
    "a latitude in words": (sql("UPDATE metadata SET value = 'north' WHERE key = 'latitude'"), "value 'north', expected degrees"),
    "closing hours past two days": (sql("UPDATE places SET closes_h = 99"), "closes_h is 99.0, expected at least 0 and at most 48 h"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_explained(name: str, small_file: Path) -> None:
    spoil, message = BAD[name]
    spoil(small_file)
    with pytest.raises(CityError) as caught:
        read_city(small_file)
    assert message in str(caught.value)
    assert str(small_file) in str(caught.value)


def test_all_faults_come_at_once(small_file: Path) -> None:
    sql(
        "UPDATE streets SET length_m = -5 WHERE segment_id = 1001",
        "UPDATE places SET kind = 'pub' WHERE place_id = 2",
        "UPDATE junctions SET geom = NULL WHERE junction_id = 3",
    )(small_file)
    with pytest.raises(CityError) as caught:
        read_city(small_file)
    assert len(caught.value.faults) == 3


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not a GeoPackage"),
        (b"{}", "is not a GeoPackage"),
        (b"SQLite format 3\0 but no more", "cannot be opened"),
    ],
)
def test_a_file_of_another_kind_is_explained(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.gpkg"
    path.write_bytes(content)
    with pytest.raises(CityError, match=message):
        read_city(path)


def test_a_file_cut_short_is_explained(tmp_path: Path) -> None:
    whole = find_city("helsinki-centre").read_bytes()
    path = tmp_path / "short.gpkg"
    path.write_bytes(whole[: len(whole) // 3])
    with pytest.raises(CityError):
        read_city(path)


def test_a_missing_file_is_explained(tmp_path: Path) -> None:
    with pytest.raises(CityError, match="no such file"):
        read_city(tmp_path / "none.gpkg")

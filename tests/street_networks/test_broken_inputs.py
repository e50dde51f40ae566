"""Ways in which a city file or an OpenStreetMap extract is broken: each gives one clear error, or a counted warning.

An error names the file, says what was found and what was expected, and never shows a traceback. Each row of the
tables is a name, how the file comes to be, and what the message must say. Other kinds of input (timetables, audits,
lamp inventories) have theirs in tests of their own.
"""

import bz2
import gzip
import importlib.util
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely
from spoiling import Spoil, add_row, draw, rewrite, sql

from simulator.errors import CityError, InputError
from street_networks import city_from_osm, read_city
from street_networks.inspection.validation import validate_city

needs_osmium = pytest.mark.skipif(
    importlib.util.find_spec("osmium") is None, reason="needs pyosmium: pip install 'afterdark[recipe]'"
)
ROOT = Path(__file__).parents[2]


def content(data: bytes) -> Spoil:
    """Replace the whole file."""
    return lambda path: path.write_bytes(data) and None


def cut(share: float) -> Spoil:
    """Keep the first share of the file."""

    def edit(path: Path) -> None:
        data = path.read_bytes()
        path.write_bytes(data[: int(share * len(data))])

    return edit


def garble(path: Path) -> None:
    """Overwrite every page of a database but the first two."""
    data = bytearray(path.read_bytes())
    data[8192:] = b"\xa5" * len(data[8192:])
    path.write_bytes(bytes(data))


def folder(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


def database(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE streets (length REAL)")


def cells(layer: str, **values: list[Any]) -> Spoil:
    """Give columns other values, and so another type."""

    def change(shapes: np.ndarray, columns: dict[str, Any]) -> None:
        for name, column in values.items():
            columns[name] = np.array(column, object if isinstance(column[0], str | None) else None)

    return rewrite(layer, change)


def without_shapes(layer: str) -> Spoil:
    """The layer as a plain table, as after a detour through CSV."""

    def edit(path: Path) -> None:
        meta, _, _, values = pyogrio.raw.read(path, layer=layer, read_geometry=False)
        pyogrio.raw.write(
            path, None, values, meta["fields"], layer=layer, driver="GPKG", geometry_type=None,
            layer_options={"OVERWRITE": "YES"},
        )  # fmt: skip

    return edit


def drop(table: str) -> Spoil:
    return sql(f"DROP TABLE {table}", f"DELETE FROM gpkg_contents WHERE table_name = '{table}'")


def told_in(key: str, value: str) -> Spoil:
    return sql(f"UPDATE metadata SET value = '{value}' WHERE key = '{key}'")


with np.errstate(invalid="ignore"):
    ILL = {word: shapely.LineString([(0, 0), (float(word), 5)]) for word in ("nan", "inf")}
SQUARE = shapely.box(0, 0, 10, 10)
LINE = shapely.LineString([(0, 0), (100, 0)])
BOTH = shapely.MultiLineString([[(0, 0), (50, 0)], [(60, 0), (100, 0)]])
HTML = b"<!DOCTYPE html><html><body><h1>504 Gateway Time-out</h1></body></html>"

CITY: dict[str, tuple[Spoil, str]] = {
    # no city file at all
    "an empty file": (content(b""), "it is empty"),
    "a text file": (content(b"name,length\nA,5\n"), "its first bytes are b'name,len'"),
    "an error page": (content(HTML), "its first bytes are b'<!DOCTYP'"),
    "GeoJSON": (content(b'{"type": "FeatureCollection", "features": []}'), "is not a GeoPackage"),
    "a zip archive": (content(b"PK\x03\x04" + bytes(60)), "is not a GeoPackage"),
    "only the head of a database": (content(b"SQLite format 3\0"), "cannot be opened as a GeoPackage"),
    "a folder": (folder, "is a folder; expected a city as a GeoPackage"),
    "a database that is no GeoPackage": (database, "gpkg_spatial_ref_sys or gpkg_contents, is missing"),
    "cut to a third": (cut(0.33), ""),
    "cut to nine tenths": (cut(0.9), ""),
    "garbled inside": (garble, ""),
    # layers and columns
    "no lamps layer": (drop("lamps"), "lamps: no such layer (the file has"),
    "no streets layer": (drop("streets"), "streets: no such layer"),
    "no metadata table": (drop("metadata"), "metadata: no such table"),
    "metadata with other columns": (sql("ALTER TABLE metadata RENAME COLUMN value TO wert"), "expected columns key and value"),
    "streets without geometry": (without_shapes("streets"), "streets: a table without geometry"),
    "no streets": (sql("DELETE FROM streets"), "streets: no features, expected at least one"),
    "no junctions": (sql("DELETE FROM junctions"), "junctions: no features"),
    "no places": (sql("DELETE FROM places"), "places: no features"),
    "a column lost": (sql("ALTER TABLE streets DROP COLUMN lit_min_lx"), "no column lit_min_lx (it has segment_id"),
    "a column renamed": (sql("ALTER TABLE places RENAME COLUMN kind TO type"), "places: no column kind"),
    # what the file says of itself
    "no time zone": (sql("DELETE FROM metadata WHERE key = 'timezone'"), "metadata: no timezone"),
    "an empty time zone": (sql("UPDATE metadata SET value = NULL WHERE key = 'timezone'"), "metadata: no timezone"),
    "a time zone that is none": (told_in("timezone", "Helsinki"), "'Helsinki', expected a time zone such as"),
    "a time zone outside its folder": (told_in("timezone", "../../etc/passwd"), "expected a time zone"),
    "latitude 600": (told_in("latitude", "600"), "value '600', expected degrees from -90 to 90"),
    "latitude in words": (told_in("latitude", "60 N"), "value '60 N', expected degrees"),
    "longitude nan": (told_in("longitude", "nan"), "value 'nan', expected degrees from -180 to 180"),
    "a decimal comma": (told_in("longitude", "24,94"), "value '24,94', expected degrees"),
    # coordinates
    "another CRS": (told_in("crs", "EPSG:32636"), "coordinates in EPSG:32635, expected the city's EPSG:32636"),
    "a CRS in degrees": (told_in("crs", "EPSG:4326"), "'EPSG:4326' is in degree, expected a projected one in metres"),
    "a CRS in feet": (told_in("crs", "EPSG:2263"), "is in US survey foot, expected a projected one"),
    "a CRS that is none": (told_in("crs", "UTM 35"), "'UTM 35' is not known, expected a projected one"),
    "no CRS on a layer": (sql("UPDATE gpkg_geometry_columns SET srs_id = -1 WHERE table_name = 'streets'",
                              "UPDATE gpkg_contents SET srs_id = -1 WHERE table_name = 'streets'"), "streets: no coordinate reference system, expected EPSG:32635"),
    "one layer in degrees": (rewrite("junctions", lambda shapes, columns: None, crs="EPSG:4326"), "junctions: coordinates in EPSG:4326"),
    # geometry
    "polygons for streets": (draw("streets", 1, SQUARE), "feature 1001: geometry is a Polygon, expected one line"),
    "points for streets": (draw("streets", 1, shapely.Point(0, 0)), "feature 1001: geometry is a Point"),
    "a street of two parts": (draw("streets", 1, BOTH), "feature 1001: geometry is a MultiLineString"),
    "a street without geometry": (draw("streets", 1, None), "feature 1001: geometry is missing"),
    "an empty line": (draw("streets", 1, shapely.LineString()), "feature 1001: geometry is "),
    "a line to nowhere": (draw("streets", 1, ILL["nan"]), "with a coordinate that is no number"),
    "a line to infinity": (draw("streets", 1, ILL["inf"]), "with a coordinate that is no number"),
    "lines for junctions": (draw("junctions", 1, LINE), "junctions, feature 2: geometry is a LineString, expected one point"),
    "a place of two points": (draw("places", 1, shapely.MultiPoint([(0, 0), (1, 1)])), "places, feature 2: geometry is a MultiPoint"),
    "bytes that are no geometry": (sql("UPDATE streets SET geom = x'0102' WHERE segment_id = 1001"), "feature 1001: geometry is missing"),
    # keys
    "a street twice": (add_row("streets", LINE), "feature 1000: segment_id is 1000, expected a key of its own, found twice"),
    "a junction twice": (sql("UPDATE junctions SET junction_id = 1"), "junction_id is 1, expected a key of its own"),
    "a place twice": (sql("UPDATE places SET place_id = 1"), "place_id is 1, expected a key of its own"),
    "a junction that is not there": (sql("UPDATE streets SET to_junction_id = 77 WHERE segment_id = 1001"), "feature 1001: to_junction_id is 77, expected a junction_id of layer junctions"),
    "no junction": (sql("UPDATE streets SET to_junction_id = NULL WHERE segment_id = 1001"), "feature 1001: column to_junction_id is nan, expected a whole number"),
    "a street that is not there": (sql("UPDATE places SET segment_id = 5 WHERE place_id = 1"), "places, feature 1: segment_id is 5, expected a segment_id of layer streets"),
    "half a key": (cells("streets", segment_id=[1000.5, 1001, 1002, 1003]), "segment_id is 1000.5, expected a whole number"),
    "a key beyond counting": (cells("streets", segment_id=["9" * 30, "1001", "1002", "1003"]), "expected a whole number"),
    # numbers
    "text for a length": (cells("streets", length_m=["long", "80", "100", "80"]), "feature 1000: column length_m is 'long', expected a number"),
    "a decimal comma in a length": (cells("streets", length_m=["12,5", "80", "100", "80"]), "length_m is '12,5', expected a number"),
    "no length": (sql("UPDATE streets SET length_m = NULL WHERE segment_id = 1001"), "column length_m is nan, expected a number"),
    "a negative length": (sql("UPDATE streets SET length_m = -5 WHERE segment_id = 1001"), "feature 1001: length_m is -5.0, expected at least 0.01 and at most 50000 m"),
    "no length at all": (sql("UPDATE streets SET length_m = 0 WHERE segment_id = 1001"), "feature 1001: length_m is 0.0"),
    "an endless length": (sql("UPDATE streets SET length_m = 9e999 WHERE segment_id = 1001"), "column length_m is inf, expected a number"),
    "a length of 90 km": (sql("UPDATE streets SET length_m = 90000 WHERE segment_id = 1001"), "length_m is 90000.0"),
    "negative light": (sql("UPDATE streets SET unlit_mean_lx = -1"), "unlit_mean_lx is -1.0, expected at least 0 and at most 500 lx"),
    "daylight at night": (sql("UPDATE streets SET lit_min_lx = 9000"), "lit_min_lx is 9000.0"),
    "a probability of 150 %": (sql("UPDATE streets SET lit_probability = 1.5"), "lit_probability is 1.5, expected at least 0 and at most 1 share"),
    "half a lamp": (cells("streets", lamps_in_reach=[0.5, 0.0, 0.0, 0.0]), "lamps_in_reach is 0.5, expected a whole number"),
    "more lamps than can be counted": (sql("UPDATE streets SET lamps_in_reach = 100000"), "streets: cannot be read (Python integer 100000 out of bounds"),
    "fewer than no residents": (sql("UPDATE places SET size = -3 WHERE place_id = 1"), "places, feature 1: size is -3.0"),
    "opening before midnight": (sql("UPDATE places SET opens_h = -2 WHERE place_id = 2"), "opens_h is -2.0, expected at least 0 and at most 24 h"),
    "closing in four days": (sql("UPDATE places SET closes_h = 99 WHERE place_id = 2"), "closes_h is 99.0, expected at least 0 and at most 48 h"),
    "opening hours in words": (cells("places", opens_h=["0", "evening", "0"]), "column opens_h is 'evening', expected a number"),
    "a name in another encoding": (sql("UPDATE streets SET name = CAST(x'ff41ff' AS TEXT)"), "streets: cannot be read ('utf-8' codec"),
    # words
    "a kind of place that is none": (sql("UPDATE places SET kind = 'pub' WHERE place_id = 2"), "feature 2: kind is 'pub', expected one of home, work"),
    "a kind in capitals": (sql("UPDATE places SET kind = 'HOME' WHERE place_id = 1"), "kind is 'HOME', expected one of home"),
    "no kind": (sql("UPDATE places SET kind = NULL WHERE place_id = 1"), "kind is None, expected one of home"),
    "a motorway": (sql("UPDATE streets SET street_class = 'motorway'"), "street_class is 'motorway', expected one of primary"),
    "perhaps lit": (sql("UPDATE streets SET tagged_lit = 'maybe'"), "tagged_lit is 'maybe', expected one of yes, no, unknown"),
    "perhaps in a park": (cells("streets", in_park=["maybe", "yes", "no", "no"]), "column in_park is 'maybe', expected yes or no"),
    "neither steps nor none": (sql("UPDATE streets SET is_steps = NULL WHERE segment_id = 1001"), "column is_steps is "),
    "2 for yes or no": (cells("streets", in_core=[2, 1, 0, 1]), "column in_core is 2, expected yes or no"),
}  # fmt: skip


def refused(path: Path, expected: str) -> str:
    with pytest.raises(InputError) as caught:
        read_city(path)
    told = str(caught.value)
    assert isinstance(caught.value, CityError)
    assert str(path) in told
    assert expected in told
    assert "expected" in told or "cut short" in told
    return told


@pytest.mark.parametrize("name", CITY)
def test_a_broken_city_file_is_refused(name: str, small_file: Path) -> None:
    spoil, expected = CITY[name]
    spoil(small_file)
    refused(small_file, expected)


# -- counted warnings ---------------------------------------------------------------------------------------------------

WARNED: dict[str, tuple[Spoil, str, str]] = {
    "latitude and longitude swapped": (
        sql("UPDATE metadata SET value = '24.94' WHERE key = 'latitude'", "UPDATE metadata SET value = '60.17' WHERE key = 'longitude'"),
        "what is lacking", "km from the streets",
    ),
    "a place 2 km away": (
        draw("places", 0, shapely.Point(50, -2000)), "places and stops astray", "is 2000 m from its street",
    ),
    "no licence": (told_in("attribution", ""), "what is lacking", "metadata: no attribution"),
    "closing before opening": (
        sql("UPDATE places SET opens_h = 22, closes_h = 4"), "hours the wrong way round", "opens at 22 and closes at 4",
    ),
    "a street drawn twice": (add_row("streets", LINE, segment_id=1009), "copies", "lies exactly on feature 1000"),
    "tagged lit without light": (
        sql("UPDATE streets SET lit_min_lx = 0, lit_mean_lx = 0"), "light that contradicts itself", "is tagged lit with 0 lx",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WARNED)
def test_what_can_be_used_is_counted_and_stops_nothing(name: str, small_file: Path) -> None:
    spoil, check, expected = WARNED[name]
    spoil(small_file)
    read_city(small_file)
    told = validate_city(small_file)
    assert told.faults == ()
    assert expected in " ".join(one.line() for one in told.warnings[check])


# -- OpenStreetMap extracts ---------------------------------------------------------------------------------------------


def osm(*, nodes: str | None = None, ways: str = "", bounds: str = "") -> bytes:
    """A file of two streets of some hundred metres in Helsinki that cross, or of other nodes and ways."""
    usual = "".join(
        node(number, *at)
        for number, at in enumerate(((60.170, 24.940), (60.172, 24.940), (60.174, 24.940), (60.172, 24.936)), start=1)
    )
    usual_ways = way(10, (1, 2, 3), highway="residential") + way(11, (4, 2), highway="footway")
    body = f"{bounds}{usual if nodes is None else nodes}{ways or usual_ways}"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6">{body}</osm>'.encode()


def node(number: int, lat: object, lon: object) -> str:
    return f'<node id="{number}" version="1" timestamp="2024-01-01T00:00:00Z" lat="{lat}" lon="{lon}"/>'


def way(number: int, nodes: tuple[int, ...], **tags: str) -> str:
    refs = "".join(f'<nd ref="{one}"/>' for one in nodes)
    told = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
    return f'<way id="{number}" version="1" timestamp="2024-01-01T00:00:00Z">{refs}{told}</way>'


BOUNDS = '<bounds minlat="60.16" minlon="24.93" maxlat="60.18" maxlon="24.95"/>'
PBF = "city.osm.pbf"
XML = "city.osm"

EXTRACT: dict[str, tuple[str, bytes, str]] = {
    "an empty pbf": (PBF, b"", "expected"),
    "an error page as pbf": (PBF, HTML, "cannot be read as OpenStreetMap data"),
    "a pbf of zeros": (PBF, bytes(5000), "expected"),
    "XML named pbf": (PBF, osm(), "cannot be read as OpenStreetMap data"),
    "an empty file": (XML, b"", "cannot be read as OpenStreetMap data"),
    "an error page": (XML, HTML, "cannot be read as OpenStreetMap data"),
    "JSON of Overpass": (XML, b'{"version": 0.6, "elements": []}', "cannot be read as OpenStreetMap data"),
    "cut short": (XML, osm()[:-40], "cannot be read as OpenStreetMap data"),
    "two roots": (XML, osm() + osm(), "cannot be read as OpenStreetMap data"),
    "names in another encoding": (XML, osm().replace(b"footway", b"f\xff\xfe"), "cannot be read as OpenStreetMap data"),
    "a gzip of nothing": ("city.osm.gz", gzip.compress(b""), "cannot be read as OpenStreetMap data"),
    "a gzip cut short": ("city.osm.gz", gzip.compress(osm())[:-30], "cannot be read as OpenStreetMap data"),
    "no gzip at all": ("city.osm.gz", b"not gzip", "cannot be read as OpenStreetMap data"),
    "no bzip2 at all": ("city.osm.bz2", osm(), "cannot be read as OpenStreetMap data"),
    "a bzip2 cut short": ("city.osm.bz2", bz2.compress(osm())[:-30], "cannot be read as OpenStreetMap data"),
    "an ending that is none": ("city.xyz", osm(), "cannot be read as OpenStreetMap data"),
    "nothing in it": (XML, osm(nodes="", ways=" "), "holds no nodes"),
    "ways without nodes": (XML, osm(nodes=""), "holds no nodes"),
    "nodes without ways": (XML, osm(ways=" "), "no walkable way found"),
    "no way for people on foot": (XML, osm(ways=way(10, (1, 2, 3), highway="motorway")), "no walkable way found"),
    "ways of one node": (XML, osm(ways=way(10, (1,), highway="footway")), "no walkable way found"),
    "ways on the spot": (XML, osm(ways=way(10, (1, 1, 1), highway="footway")), "no walkable way found"),
    "ways to nodes that are not there": (XML, osm(ways=way(10, (7, 8, 9), highway="footway")), "no walkable way found"),
    "latitude 600": (XML, osm(nodes=node(1, 600, 24) + node(2, 60.17, 24)), "expected"),
    "latitude in words": (XML, osm(nodes=node(1, "north", 24) + node(2, 60.17, 24)), "cannot be read as OpenStreetMap data"),
    "an id in words": (XML, osm().replace(b'id="1"', b'id="one"'), "cannot be read as OpenStreetMap data"),
    "latitude and longitude swapped": (
        XML,
        osm(bounds=BOUNDS, nodes=node(1, 24.94, 60.17) + node(2, 24.94, 60.172) + node(3, 24.941, 60.174) + node(4, 24.942, 60.17)),
        "swapped",
    ),
    "every node on one spot": (XML, osm(nodes="".join(node(one, 60.17, 24.94) for one in (1, 2, 3, 4))), "all on one spot"),
    "at the pole": (XML, osm(nodes="".join(node(one, 89 + one / 10, 24.94) for one in (1, 2, 3, 4))), "expected"),
    "all the world": (XML, osm(nodes=node(1, -60, -170) + node(2, 60, 170) + node(3, 10, 0) + node(4, 0, 0)), "expected"),
}  # fmt: skip


def build(path: Path) -> Any:
    return city_from_osm(path, name="broken", country="FI")


@needs_osmium
def test_the_unbroken_extract_builds(tmp_path: Path) -> None:
    for name, data in ((XML, osm()), ("b.osm.gz", gzip.compress(osm())), ("c.osm.bz2", bz2.compress(osm()))):
        (tmp_path / name).write_bytes(data)
        assert len(build(tmp_path / name).network.streets) == 3


@needs_osmium
@pytest.mark.parametrize("case", EXTRACT)
def test_a_broken_extract_is_refused(case: str, tmp_path: Path) -> None:
    name, data, expected = EXTRACT[case]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError) as caught:
        build(tmp_path / name)
    told = str(caught.value)
    assert str(tmp_path / name) in told
    assert "expected" in told
    assert expected in told


@needs_osmium
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_pbf_cut_short_is_refused(share: float, tmp_path: Path) -> None:
    import osmium

    (tmp_path / XML).write_bytes(osm())
    whole = tmp_path / "whole.osm.pbf"
    with osmium.SimpleWriter(str(whole)) as writer:
        for item in osmium.FileProcessor(str(tmp_path / XML)):
            writer.add(item)
    assert len(build(whole).network.streets) == 3
    cut(share)(whole)
    with pytest.raises(CityError, match="cannot be read as OpenStreetMap data") as caught:
        build(whole)
    assert str(whole) in str(caught.value)


@needs_osmium
def test_folders_and_files_that_are_not_there_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / PBF).mkdir()
    for name, found in ((PBF, "is a folder"), ("none.osm", "no such file")):
        with pytest.raises(CityError, match=f"{name}: {found}; expected an OpenStreetMap extract"):
            build(tmp_path / name)


# -- through the command line -------------------------------------------------------------------------------------------


def run(*words: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "experiments.cli", *map(str, words)],
        capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


TOLD = {
    "an empty file": "it is empty",
    "a folder": "is a folder",
    "garbled inside": "cannot be opened as a GeoPackage",
    "a line to nowhere": "with a coordinate that is no number",
    "more lamps than can be counted": "cannot be read",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TOLD)
def test_the_command_line_tells_it_without_a_traceback(name: str, small_file: Path) -> None:
    spoil, _ = CITY[name]
    spoil(small_file)
    done = run("network", "inspect", small_file)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"afterdark: {small_file}: ")
    assert TOLD[name] in done.stderr
    assert "Traceback" not in done.stderr
    assert "Warning" not in done.stderr


@pytest.mark.parametrize("name", ["a folder", "more lamps than can be counted"])
def test_validation_tells_it_too(name: str, small_file: Path) -> None:
    spoil, _ = CITY[name]
    spoil(small_file)
    done = run("network", "validate", small_file)
    assert done.returncode == 2
    assert TOLD[name] in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to this user")
def test_a_file_that_may_not_be_read_is_explained(small_file: Path) -> None:
    small_file.chmod(0)
    refused(small_file, "cannot be read (Permission denied)")


def test_a_file_that_may_not_be_read_is_explained_to_anyone(small_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbidden)
    refused(small_file, "cannot be read (Permission denied)")


def test_a_city_that_is_misspelt_gets_the_nearest() -> None:
    done = run("network", "inspect", "helsinki-center")
    assert done.returncode == 2
    assert "did you mean helsinki-centre?" in done.stderr


def test_there_are_at_least_fifty_ways() -> None:
    assert len(CITY) >= 50
    assert len(CITY) + len(WARNED) + len(EXTRACT) >= 100

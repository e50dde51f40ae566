"""What QGIS, ogr2ogr and spreadsheets do to a city file leaves the same city: to the bit, by its digest."""

import hashlib
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
import pytest
import shapely

from simulator.city.network import StreetNetwork
from street_networks import find_city, read_city

CITY = "helsinki-centre"


def copy(target: Path, change: Any = None, *, source: Path | None = None, **options: Any) -> Path:
    """Write every layer into a new file through GDAL, after `change(name, shapes, columns)`."""
    source = source or find_city(CITY)
    for name, geometry_type in pyogrio.list_layers(source):
        meta, _, wkb, values = pyogrio.raw.read(source, layer=name)
        columns = dict(zip(map(str, meta["fields"]), values, strict=True))
        shapes = None if wkb is None else shapely.from_wkb(wkb)
        if change is not None:
            shapes, columns = change(name, shapes, columns)
        pyogrio.raw.write(
            target,
            None if shapes is None else shapely.to_wkb(shapes),
            list(columns.values()),
            np.array(list(columns), object),
            layer=name,
            driver="GPKG",
            geometry_type=None if shapes is None else ("Unknown" if change else geometry_type),
            crs=meta["crs"],
            **options,
        )
    return target


def as_it_is(name: str, shapes: Any, columns: dict[str, Any]) -> Any:
    return shapes, columns


def other_orders(name: str, shapes: Any, columns: dict[str, Any]) -> Any:
    """Columns from last to first, rows shuffled: GDAL numbers them anew."""
    rows = np.random.default_rng(1).permutation(len(next(iter(columns.values()))))
    columns = {field: columns[field][rows] for field in reversed(columns)}
    return None if shapes is None else shapes[rows], columns


def multi_part(name: str, shapes: Any, columns: dict[str, Any]) -> Any:
    kinds = {"Point": shapely.MultiPoint, "LineString": shapely.MultiLineString}
    if shapes is not None:
        shapes = np.array([kinds.get(shape.geom_type, lambda parts: parts[0])([shape]) for shape in shapes], object)
    return shapes, columns


def with_heights(name: str, shapes: Any, columns: dict[str, Any]) -> Any:
    return None if shapes is None else shapely.force_3d(shapes, 7.0), columns


def numbers_for_yes_and_no(name: str, shapes: Any, columns: dict[str, Any]) -> Any:
    return shapes, {
        field: column.astype(np.int32) if column.dtype.kind == "b" else column for field, column in columns.items()
    }


def words_for_yes_and_no(name: str, shapes: Any, columns: dict[str, Any]) -> Any:
    words = np.array(["false", "true"], object)
    return shapes, {
        field: words[column.astype(int)] if column.dtype.kind == "b" else column for field, column in columns.items()
    }


def reals_for_integers(name: str, shapes: Any, columns: dict[str, Any]) -> Any:
    return shapes, {
        field: column.astype(float) if column.dtype.kind == "i" else column for field, column in columns.items()
    }


def text_for_numbers(name: str, shapes: Any, columns: dict[str, Any]) -> Any:
    """As after a detour through CSV."""
    return shapes, {
        field: np.array([repr(value.item()) for value in column], object) if column.dtype.kind in "if" else column
        for field, column in columns.items()
    }


def empty_text_for_null(name: str, shapes: Any, columns: dict[str, Any]) -> Any:
    return shapes, {
        field: np.array([value if value is not None else "" for value in column], object)
        if column.dtype == object
        else column
        for field, column in columns.items()
    }


def further_columns(name: str, shapes: Any, columns: dict[str, Any]) -> Any:
    count = len(next(iter(columns.values())))
    return shapes, {"fid_2": np.arange(count), **columns, "remark": np.array(["seen"] * count, object)}


CHANGES = (
    as_it_is, other_orders, multi_part, with_heights, numbers_for_yes_and_no, words_for_yes_and_no, reals_for_integers,
    text_for_numbers, empty_text_for_null, further_columns,
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_rewrite_is_the_same_city(change: Any, helsinki: StreetNetwork, tmp_path: Path) -> None:
    again = read_city(copy(tmp_path / "again.gpkg", change))
    assert again.digest() == helsinki.digest()
    assert again.metadata == helsinki.metadata


def test_names_of_key_and_geometry_columns_do_not_matter(helsinki: StreetNetwork, tmp_path: Path) -> None:
    path = copy(tmp_path / "again.gpkg", layer_options={"FID": "ogc_fid", "GEOMETRY_NAME": "the_geom"})
    with sqlite3.connect(path) as file:
        assert {"ogc_fid", "the_geom"} <= {row[1] for row in file.execute("PRAGMA table_info(streets)")}
    assert read_city(path).digest() == helsinki.digest()


def test_other_feature_ids_do_not_matter(helsinki: StreetNetwork, tmp_path: Path) -> None:
    path = tmp_path / "again.gpkg"
    shutil.copy(find_city(CITY), path)
    with sqlite3.connect(path) as file:
        for name in ("rtree_junctions_geom_update6", "rtree_junctions_geom_update7", "rtree_junctions_geom_update5"):
            file.execute(f'DROP TRIGGER IF EXISTS "{name}"')
        triggers = file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'junctions'")
        for (name,) in triggers.fetchall():
            file.execute(f'DROP TRIGGER "{name}"')
        file.execute("UPDATE junctions SET fid = -fid")
        file.execute("UPDATE junctions SET fid = 90000 - fid")
    assert read_city(path).digest() == helsinki.digest()


def test_styles_and_views_that_qgis_adds_do_not_matter(helsinki: StreetNetwork, tmp_path: Path) -> None:
    path = tmp_path / "styled.gpkg"
    shutil.copy(find_city(CITY), path)
    style = {
        "f_table_name": ["streets"], "styleName": ["by light"], "styleQML": ["<qgis/>"], "useAsDefault": ["1"],
    }  # fmt: skip
    pyogrio.raw.write(
        path, None, [np.array(column, object) for column in style.values()], np.array(list(style), object),
        layer="layer_styles", driver="GPKG", geometry_type=None,
    )  # fmt: skip
    with sqlite3.connect(path) as file:
        file.execute("CREATE VIEW dark AS SELECT * FROM streets WHERE tagged_lit = 'no'")
    assert read_city(path).digest() == helsinki.digest()


def test_write_ahead_logging_as_qgis_leaves_it_does_not_matter(helsinki: StreetNetwork, tmp_path: Path) -> None:
    path = tmp_path / "open.gpkg"
    shutil.copy(find_city(CITY), path)
    file = sqlite3.connect(path)
    file.execute("PRAGMA journal_mode = WAL")
    file.execute("UPDATE metadata SET value = 'seen' WHERE key = 'rules_version'")
    file.commit()
    try:
        again = read_city(path)  # while another program has it open
    finally:
        file.close()
    assert again.digest() == helsinki.digest()
    assert again.metadata["rules_version"] == "seen"


def test_reading_leaves_the_file_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "city.gpkg"
    shutil.copy(find_city(CITY), path)
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    read_city(path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert [one.name for one in tmp_path.iterdir()] == ["city.gpkg"]


def test_every_layer_opens_in_gdal_with_its_type_and_crs() -> None:
    path = find_city(CITY)
    layers = dict(pyogrio.list_layers(path).tolist())
    points, lines, areas = (
        ("junctions", "lamps", "places", "stops", "waysides"),
        ("streets",),
        ("buildings", "open_spaces", "zones"),
    )
    for name in (*points, *lines, *areas, "wayside_kinds", "metadata"):
        info = pyogrio.read_info(path, layer=name)
        assert info["driver"] == "GPKG"
        assert info["features"] > 0
    assert {layers[name] for name in points} == {"Point"}
    assert {layers[name] for name in lines} == {"LineString"}
    assert {layers[name] for name in areas} == {"MultiPolygon"}
    for name, geometry_type in layers.items():
        assert pyogrio.read_info(path, layer=name)["crs"] == (None if geometry_type is None else "EPSG:32635")
    with sqlite3.connect(path) as file:
        assert file.execute("PRAGMA application_id").fetchone()[0] == int.from_bytes(b"GPKG", "big")
        assert file.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert file.execute("PRAGMA foreign_key_check").fetchall() == []
        registered = {row[0] for row in file.execute("SELECT table_name FROM gpkg_contents")}
    assert registered == set(layers)


def test_geopandas_reads_it() -> None:
    pytest.importorskip("geopandas", reason="geopandas is not installed; pip install geopandas")
    frame = pyogrio.read_dataframe(find_city(CITY), layer="streets")
    assert frame.crs.to_epsg() == 32635
    assert frame.length_m.sum() == pytest.approx(frame.length.sum(), rel=0.001)

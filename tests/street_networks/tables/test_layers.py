"""One reader of map layers, whatever they are of."""

from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import shapely

from simulator.errors import CityError, InputError
from street_networks.streets.frame import read_polygon
from street_networks.tables.layers import read_map_layer

SQUARE = "[[[24.9, 60.1], [25.0, 60.1], [25.0, 60.2], [24.9, 60.2], [24.9, 60.1]]]"


def collection(*features: str) -> str:
    return f'{{"type": "FeatureCollection", "features": [{",".join(features)}]}}'


def feature(geometry: str, properties: str = "{}") -> str:
    return f'{{"type": "Feature", "properties": {properties}, "geometry": {geometry}}}'


@pytest.fixture
def two_layers(tmp_path: Path) -> Path:
    path = tmp_path / "both.gpkg"
    for name, shapes in (
        ("empty", []),
        ("streets", [shapely.LineString([(0, 0), (1, 1)])]),
        ("lamps", [shapely.Point(0, 0)]),
    ):
        kind = "Point" if name == "lamps" else "LineString"
        wkb = np.array([shapely.to_wkb(shape) for shape in shapes], object)
        pyogrio.raw.write(
            path,
            wkb,
            [],
            np.zeros(0, object),
            layer=name,
            geometry_type=kind,
            crs="EPSG:4326",
            driver="GPKG",
            append=path.exists(),
        )
    return path


def test_of_several_layers_none_is_taken_at_random(two_layers: Path) -> None:
    with pytest.raises(CityError, match=r"both.gpkg: holds 2 layers \(streets, lamps\); expected one with streets"):
        read_map_layer(two_layers, what="streets", error=CityError)
    assert [len(read_map_layer(two_layers, what="x", layer=name)) for name in ("empty", "streets", "lamps")] == [
        0,
        1,
        1,
    ]


def test_a_date_that_is_none_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    point = '{"type": "Point", "coordinates": [25, 60]}'
    path.write_text(collection(*(feature(point, f'{{"day": "{day}"}}') for day in ("2026-02-28", "2026-02-30"))))
    with pytest.raises(InputError, match=r"a.geojson: cannot be read as a map layer \(day is out of range for month\)"):
        read_map_layer(path, what="x")


@pytest.mark.parametrize("content", ["", "{", "words", '{"type": "FeatureCollection", "features": 3}'])
def test_what_is_no_layer_is_told(content: str, tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(content)
    with pytest.raises(
        InputError, match=r"a.geojson: cannot be read as a map layer \(.*\); expected polygons as GeoJSON"
    ):
        read_map_layer(path, what="polygons")
    with pytest.raises(InputError, match=r"none.gpkg: no such file; expected polygons"):
        read_map_layer(tmp_path / "none.gpkg", what="polygons")


def test_polygons_in_collections_count(tmp_path: Path) -> None:
    path = tmp_path / "area.geojson"
    polygon = f'{{"type": "Polygon", "coordinates": {SQUARE}}}'
    mixed = f'{{"type": "GeometryCollection", "geometries": [{polygon}, {{"type": "Point", "coordinates": [3, 3]}}]}}'
    path.write_text(collection(feature(mixed), feature("null")))
    assert read_polygon(path).area == pytest.approx(0.01)

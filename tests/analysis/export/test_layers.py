"""What is exported: numbers worked out by hand, every column explained, nothing of groups or hazards on a street."""

import re
import sqlite3
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pyarrow.parquet
import pyogrio
import pytest
import shapely

from analysis.comparison.paired import compare_runs
from analysis.export.geopackage import write_geopackage
from analysis.export.ground import ground_layers
from analysis.export.layers import Layer, Meaning, Source, Style
from analysis.export.parquet import write_geoparquet
from analysis.export.qgis_style import qml_of
from analysis.export.streets import StreetFacts, compared_layer, run_layer
from analysis.export.text_table import write_csv, write_meanings
from analysis.export.zones import comparison_layer, zones_layer
from analysis.maps.context import PARK, WATER, Context
from analysis.maps.panels import Streets

DARK = tuple(hour >= 16 or hour < 9 for hour in range(24))
SOURCE = Source("EPSG:3067", "2026-12-21", "© OSM", "Explored, not forecast.")


@pytest.fixture
def facts(make_grid):
    vertices, starts, ids = make_grid()
    lines = Streets(ids, vertices, starts).lines()
    table = pd.DataFrame(
        {
            "segment_id": ids,
            "name": [None, *["Päätie"] * 59],
            "street_class": "footway",
            "length_m": 90.0,
            "in_core": True,
        }
    )
    return StreetFacts(table, np.array([shapely.linestrings(line) for line in lines], object), DARK)


@pytest.fixture
def layer(facts, make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(2))
    runs = [run.segments for run in base], [run.segments for run in lamps]
    return compared_layer(facts, "streets_lamps", "Lamps", runs)


def test_before_after_and_change_are_those_of_the_tables(layer):
    row = layer.table.set_index("segment_id").loc[1012]
    # 17 hours of dark; 50 + 3 * (12 % 7) people an hour, and 60 * (1 + 0.01 * draw) more of them with lamps
    assert row["footfall_dark_before_people"] == pytest.approx(17 * 65.0)
    assert row["footfall_dark_change_people"] == pytest.approx(17 * 60.0 * 1.005)
    assert row["footfall_22h_after_people"] == pytest.approx(65.0 + 60.0 * 1.005)
    assert row["footfall_day_change_people"] == 0.0
    assert row["feels_safe_dark_before_percent"] == pytest.approx(60.0)
    assert row["feels_safe_dark_change_points"] == pytest.approx(12.0)
    assert row["light_dark_before_lx"] == pytest.approx(0.2)
    assert row["light_05h_change_lx"] == pytest.approx(2.8)
    assert row["treated"]
    assert layer.table["treated"].sum() == 5


def test_hours_of_the_dark_add_up_to_the_dark(layer):
    for when in ("before", "after", "change"):
        hours = [f"footfall_{hour:02d}h_{when}_people" for hour in range(24)]
        dark = [name for name, is_dark in zip(hours, DARK, strict=True) if is_dark]
        assert np.allclose(layer.table[dark].sum(axis=1), layer.table[f"footfall_dark_{when}_people"])
        both = layer.table[f"footfall_dark_{when}_people"] + layer.table[f"footfall_day_{when}_people"]
        assert np.allclose(layer.table[hours].sum(axis=1), both)


def test_no_group_and_no_hazard_has_a_column_and_light_of_lamps_is_told_after_dark_only(layer):
    words = " ".join(layer.table.columns) + " ".join(str(one) for one in layer.meanings.values())
    assert not re.search(r"wom[ae]n|\bmen\b|age|incident|hazard|robbery|assault|harass", words.replace("name", ""))
    assert not [name for name in layer.table if name.startswith(("light_12h", "light_day"))]
    assert all(str(layer.meanings[name]) for name in layer.table)
    endings = {name.rsplit("_", 1)[-1] for name in layer.table if re.search(r"_(dark|day|\d\dh)_", name)}
    assert endings == {"people", "percent", "points", "lx"}


def test_a_column_that_nobody_explains_is_refused():
    with pytest.raises(ValueError, match="without a meaning"):
        Layer("x", "x", pd.DataFrame({"a": [1]}), {"b": Meaning("", "b")})


def test_where_less_than_a_minute_is_walked_feeling_safe_is_empty(facts, make_run):
    segments = make_run().segments
    segments = segments.assign(walking_s=np.where(segments["segment_id"] == 1003, 1.0, segments["walking_s"]))
    table = run_layer(facts, "streets", "A run", segments).table.set_index("segment_id")
    assert np.isnan(table.loc[1003, "feels_safe_dark_percent"])
    assert table.loc[1004, "feels_safe_dark_percent"] == pytest.approx(60.0)
    assert table.loc[1003, "footfall_dark_people"] == pytest.approx(17 * 59.0)


def test_a_geopackage_reads_back_with_descriptions_and_styles(layer, tmp_path, make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(3))
    comparison = compare_runs(base, {"lamps": lamps})
    for name in ("a.gpkg", "b.gpkg"):
        write_geopackage([layer, comparison_layer(comparison)], SOURCE, tmp_path / name)
    path = tmp_path / "a.gpkg"
    assert path.read_bytes() == (tmp_path / "b.gpkg").read_bytes()
    meta, _, wkb, values = pyogrio.raw.read(path, layer="streets_lamps")
    read = dict(zip(meta["fields"], values, strict=True))
    assert meta["crs"] == "EPSG:3067"
    assert shapely.equals(shapely.from_wkb(wkb), layer.shapes).all()
    assert list(read) == list(layer.table.columns)
    assert read["name"][0] is None
    assert read["name"][1] == "Päätie"
    for name in ("footfall_dark_change_people", "feels_safe_23h_after_percent", "light_dark_change_lx"):
        assert np.array_equal(read[name], layer.table[name].to_numpy(), equal_nan=True)
    assert pyogrio.read_info(path, layer="comparison")["features"] == len(comparison)
    database = sqlite3.connect(path)
    told = dict(database.execute("SELECT column_name, description FROM gpkg_data_columns WHERE table_name LIKE 'st%'"))
    assert told["light_dark_change_lx"].endswith("(lx)")
    assert set(told) == set(layer.table.columns)
    assert database.execute("SELECT count(*) FROM gpkg_extensions WHERE extension_name = 'gpkg_schema'").fetchone() == (
        2,
    )
    styles = database.execute("SELECT f_table_name, styleQML, useAsDefault FROM layer_styles").fetchall()
    assert [default for *_, default in styles] == [1, 0, 0]
    for table, qml, _ in styles:
        attribute = ElementTree.fromstring(qml).find("renderer-v2").get("attr")
        assert (table, attribute in layer.table.columns) == ("streets_lamps", True)
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_geopandas_reads_the_geoparquet(layer, tmp_path):
    geopandas = pytest.importorskip("geopandas")
    for name in ("a.parquet", "b.parquet"):
        write_geoparquet(layer, SOURCE, tmp_path / name)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    read = geopandas.read_parquet(tmp_path / "a.parquet")
    assert read.crs.to_epsg() == 3067
    assert shapely.equals(read.geometry.to_numpy(), layer.shapes).all()
    pd.testing.assert_series_equal(read["light_dark_change_lx"], layer.table["light_dark_change_lx"])
    schema = pyarrow.parquet.read_schema(tmp_path / "a.parquet")
    assert schema.field("light_dark_change_lx").metadata[b"unit"] == b"lx"
    assert b'"version": "1.1.0"' in schema.metadata[b"geo"]


def test_a_csv_has_degrees_and_a_table_of_its_columns(layer, tmp_path):
    write_csv(layer, SOURCE, tmp_path / "a.csv")
    write_meanings(layer, tmp_path / "a.columns.csv")
    read = pd.read_csv(tmp_path / "a.csv")
    assert list(pd.read_csv(tmp_path / "a.columns.csv")["column"]) == list(read.columns)
    lines = shapely.from_wkt(read["geometry_wkt"])
    assert shapely.get_num_coordinates(lines).tolist() == [3] * 60
    assert np.allclose(read["footfall_dark_change_people"], layer.table["footfall_dark_change_people"])
    assert (abs(shapely.get_coordinates(lines)) <= 180).all()


@pytest.mark.parametrize("diverging", [True, False])
def test_the_classes_of_a_style_cover_every_number_once(layer, diverging):
    style = Style("S", "light_dark_change_lx", 8.0, "lx", diverging)
    root = ElementTree.fromstring(qml_of(style, layer))
    ranges = [(float(one.get("lower")), float(one.get("upper"))) for one in root.iter("range")]
    assert all(low < high for low, high in ranges)
    assert [high for _, high in ranges[:-1]] == [low for low, _ in ranges[1:]]
    assert ranges[0][0] == (-1e9 if diverging else 0.0)
    assert ranges[-1][1] == 1e9
    assert (-0.4, 0.4) in ranges or not diverging
    symbols = {one.get("name") for one in root.iter("symbol")}
    assert symbols == {one.get("symbol") for one in root.iter("range")}


def test_zones_have_the_indicators_that_they_have_rows_of(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(3))
    comparison = compare_runs(base, {"lamps": lamps})
    square = shapely.box(0, 0, 10, 10)
    zones = ["north", "south", "core"], np.array([square, shapely.MultiPolygon([square]), square], object)
    assert zones_layer(comparison, ("lamps", "Lamps"), "zones", zones) is None
    whole = comparison[
        (comparison["age"] == "all") & (comparison["hour_band"] == "all") & (comparison["period"] == "dark")
    ]
    whole = whole[
        (whole["indicator"] == "feels_safe_share") & (whole["carer"] == "all") & (whole["disability"] == "all")
    ]
    whole = whole[whole["night_worker"] == "all"]
    rows = [whole.assign(zone="north"), whole.assign(zone="elsewhere"), whole.assign(zone="south", baseline=0.25)]
    layer = zones_layer(pd.concat([comparison, *rows]), ("lamps", "Lamps"), "zones_lamps", zones)
    assert layer.table["zone"].tolist() == ["north", "south"]
    assert layer.table["feels_safe_share_woman_dark_before"].iloc[1] == 0.25
    women = whole[whole["gender"] == "woman"].iloc[0]
    assert layer.table["feels_safe_share_woman_dark_change"].iloc[0] == women["difference"]
    assert {shape.geom_type for shape in layer.shapes} == {"MultiPolygon"}


def test_the_ground_is_that_of_the_maps_in_its_colours(tmp_path):
    """A lake of 20 x 10 m and a park in two parts; a city without buildings has no layer of them."""
    none, nowhere = np.zeros(0, object), np.zeros((0, 2))
    park = shapely.MultiPolygon([shapely.box(0, 0, 5, 5), shapely.box(10, 0, 15, 5)])
    context = Context(
        parks=np.array([park]), water=np.array([shapely.box(0, 20, 20, 30)]), buildings=none, names=(),
        rank=np.zeros(0), venues=nowhere, stops=nowhere,
    )  # fmt: skip
    layers = ground_layers(context)
    assert {layer.name: layer.table["area_m2"].tolist() for layer in layers} == {"parks": [50.0], "water": [200.0]}
    write_geopackage(layers, SOURCE, tmp_path / "ground.gpkg")
    with sqlite3.connect(tmp_path / "ground.gpkg") as database:
        styles = dict(database.execute("SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault"))
    for name, colour in (("parks", PARK), ("water", WATER)):
        drawn = {one.get("name"): one.get("value") for one in ElementTree.fromstring(styles[name]).iter("Option")}
        assert drawn["color"] == ",".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5)) + ",255"
        assert drawn["outline_style"] == "no"
    _, _, shapes, _ = pyogrio.raw.read(tmp_path / "ground.gpkg", layer="water")
    assert shapely.from_wkb(shapes[0]).equals(shapely.box(0, 20, 20, 30))

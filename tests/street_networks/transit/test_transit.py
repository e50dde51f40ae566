"""Public transport in a city: merged stops, headway tables, access on foot, and a real feed."""

import csv
import dataclasses
import datetime
import hashlib
import io
import os
import time
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from simulator.city.network import StreetNetwork
from simulator.city.transit import DAY_KINDS, HEADWAY_SOURCES, STOP_KINDS, Stops, departures_at, headway_at
from simulator.errors import InputError
from simulator.evidence.parameters import nominal
from street_networks import Layer, read_city, write_city
from street_networks.derive import City, city_from_osm
from street_networks.inspection.inspection import inspect_city
from street_networks.places.stops import stop_kind
from street_networks.transit.access import transit_access, walks_to_stops
from street_networks.transit.transit import add_transit

from feeds import degrees, feed, street, write

HOURLY = {
    "t": "a 02:00:00, d 02:10:00",
    "u": "a 14:00:00, b 14:05:00, d 14:15:00",
    "v": "a 14:30:00, b 14:35:00, d 14:45:00",
}


def with_stops(network: StreetNetwork, x_m: list[float], kinds: list[str]) -> City:
    """The city with stops on its street, as OpenStreetMap would give them."""
    stops = Stops(
        stop_id=10 + np.arange(len(x_m)),
        kind=[STOP_KINDS.index(kind) for kind in kinds],
        x_m=x_m,
        y_m=np.zeros(len(x_m)),
        junction=np.minimum((np.array(x_m) + 200) // 400, 4).astype(int),
        segment=np.minimum(np.array(x_m) // 400, 3).astype(int),
        name=[f"Osm {x:g}" for x in x_m],
    )
    return City(dataclasses.replace(network, stops=stops), {})


@pytest.fixture
def served(tmp_path: Path) -> City:
    """The drawn street with a feed."""
    return add_transit(City(street(), {}), write(feed(HOURLY), tmp_path / "feed"))


def test_stops_of_the_feed_replace_those_on_the_map(tmp_path: Path) -> None:
    city = with_stops(street(), [30.0, 390.0, 760.0, 1200.0], ["bus", "tram", "bus", "bus"])
    found = add_transit(city, write(feed(HOURLY), tmp_path / "feed")).network
    # 30 m from a: replaced. A tram at b: another kind. c has no trip, and nothing is near 1 200 m
    assert sorted(found.stops.name.tolist()) == ["Osm 1200", "Osm 390", "Osm 760", "Stop a", "Stop b", "Stop d"]
    assert found.metadata["transit_osm_stops_replaced"] == "1"
    assert found.metadata["transit_stops_matched"] == "3"
    assert found.metadata["transit_stops_without_departures"] == "4", "three of the map and the terminus d"
    assert np.all(np.diff(found.stops.stop_id) > 0)


def test_places_where_people_arrive_follow_the_stops(served: City) -> None:
    network = served.network
    assert set(network.stops.stop_id.tolist()) <= set(network.places.place_id[network.places_of("stop")].tolist())
    assert np.all(np.diff(network.places.place_id) > 0)
    assert len(network.places_of("home")) == 3


def test_further_columns_of_places_stay_with_their_rows(tmp_path: Path) -> None:
    network = street()
    names = np.array(["one", "two", None, "way"], object)
    city = City(network, {"places": Layer(None, {"name": names, "level": np.array([1, 2, 3, 4])})})
    found = add_transit(city, write(feed(HOURLY), tmp_path / "feed"))
    told = found.layers["places"].columns
    by_key = dict(
        zip(found.network.places.place_id.tolist(), zip(told["name"], told["level"], strict=True), strict=True)
    )
    assert [by_key[key] for key in (1, 2, 3, 4)] == [("one", 1), ("two", 2), (None, 3), ("way", 4)]
    assert {name for key, (name, _) in by_key.items() if key > 4} == {"Stop a", "Stop b", "Stop d"}


def test_a_round_trip_and_the_same_bytes(served: City, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_city(served.network, tmp_path / f"{name}.gpkg", layers=served.layers)
        time.sleep(0.6)
    assert read_city(tmp_path / "one.gpkg").digest() == served.network.digest()
    one, two = (hashlib.sha256((tmp_path / f"{name}.gpkg").read_bytes()).hexdigest() for name in ("one", "two"))
    assert one == two


def test_two_feeds_stand_side_by_side(served: City, tmp_path: Path) -> None:
    other = feed({"t": "b 14:10:00, d 14:20:00"}, line="2")
    other["agency"] = "agency_name,agency_url,agency_timezone\nThe other one,https://example.org,Europe/Helsinki\n"
    both = add_transit(served, write(other, tmp_path / "other")).network
    assert sorted(both.lines.name.tolist()) == ["1", "2"]
    assert len(both.stops) == 5
    at_two = departures_at(both.headways, len(both.stops), day_kind="weekday", hour=14)
    assert at_two.sum() == 2 + 2 + 1
    with pytest.raises(InputError, match="is in the city already"):
        add_transit(served, tmp_path / "feed")


# -- headways without a timetable --------------------------------------------------------------------------------------


def test_without_a_feed_headways_are_assumed_and_say_so() -> None:
    found = add_transit(with_stops(street(), [0.0, 400.0, 800.0], ["bus", "train", "taxi"])).network
    assert set(found.headways.source.tolist()) == {HEADWAY_SOURCES.index("assumed")}
    by_day = headway_at(found.headways, 3, day_kind="weekday", hour=14)[:, 0]
    assert by_day.tolist() == [nominal("assumed_headway_bus"), nominal("assumed_headway_train"), np.inf]
    late = headway_at(found.headways, 3, day_kind="saturday", hour=21)[0, 0]
    factors = nominal("assumed_headway_evening_factor") * nominal("assumed_headway_weekend_factor")
    assert late == pytest.approx(nominal("assumed_headway_bus") * factors)
    assert np.isinf(headway_at(found.headways, 3, day_kind="friday", hour=2)).all(), "no night service is assumed"
    assert found.metadata["transit_feed"].startswith("none")


def test_assumed_headways_are_no_timetable_and_written_ones_are(tmp_path: Path) -> None:
    """Two bus stops and a taxi rank: nothing known, one written, and with a feed its three stops of four known."""

    def known(city: City) -> tuple[float | None, float]:
        write_city(city.network, tmp_path / "city.gpkg", layers=city.layers)
        told = inspect_city(tmp_path / "city.gpkg").confidence
        return next((row.known, row.amount) for row in told if (row.attribute, row.zone) == ("timetable", "city"))

    city = with_stops(street(), [0.0, 400.0, 800.0], ["bus", "bus", "taxi"])
    assert known(city) == (0, 2)
    assert known(add_transit(city)) == (0, 2)
    assert known(add_transit(city, headways=_table(tmp_path, "Osm 400,,all,6,20,10"))) == (0.5, 2)
    fed = add_transit(with_stops(street(), [1200.0], ["bus"]), write(feed(HOURLY), tmp_path / "feed"))
    assert known(fed) == (0.75, 4)


def _table(folder: Path, *rows: str) -> Path:
    path = folder / "headways.csv"
    path.write_text("stop,line,day_kind,from_hour,until_hour,headway_min\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_a_table_goes_over_assumed_headways(tmp_path: Path) -> None:
    city = with_stops(street(), [0.0, 400.0], ["bus", "bus"])
    rows = ("bus,,all,6,20,10", "Osm 400,,friday,22,3,30", "11,,weekday,6,24,none")
    found = add_transit(city, headways=_table(tmp_path, *rows)).network
    at = lambda day, hour: headway_at(found.headways, 2, day_kind=day, hour=hour)[:, 0].tolist()
    assert at("saturday", 14) == [10, 10]
    assert at("friday", 2) == [np.inf, 30]
    assert at("friday", 3) == [np.inf, np.inf]
    assert at("weekday", 14) == [10, np.inf]
    assert at("weekday", 21) == [40, np.inf], "still assumed"


def test_a_table_changes_a_line_at_all_its_stops(served: City, tmp_path: Path) -> None:
    path = write(feed(HOURLY), tmp_path / "again")
    found = add_transit(City(street(), {}), path, headways=_table(tmp_path, ",1,friday,0,4,15")).network
    at = headway_at(found.headways, len(found.stops), day_kind="friday", hour=2).min(axis=1)
    assert {str(name): value for name, value in zip(found.stops.name, at.tolist(), strict=True)} == {
        "Stop a": 15, "Stop b": 15, "Stop d": np.inf,
    }  # fmt: skip
    before = headway_at(served.network.headways, 3, day_kind="friday", hour=14)
    assert np.array_equal(headway_at(found.headways, 3, day_kind="friday", hour=14), before)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("Nowhere,,all,6,20,10", "line 2: stop is 'Nowhere', expected the name or key of a stop"),
        (",99,all,6,20,10", "line is '99', expected the name or key of a line"),
        ("bus,1,all,6,20,10", "both filled or both empty"),
        (",,all,6,20,10", "both filled or both empty"),
        ("bus,,monday,6,20,10", "day_kind is 'monday', expected one of weekday"),
        ("bus,,all,six,20,10", "from_hour is 'six'"),
        ("bus,,all,20,8,10", "until_hour is 8, expected an hour after from_hour"),
        ("bus,,all,6,20,0", "headway_min is '0', expected minutes above 0"),
        ("bus,,all,6,20,often", "headway_min is 'often'"),
        ("bus,,all,6", "until_hour is ''"),
    ],
)
def test_a_bad_table_is_explained(row: str, message: str, tmp_path: Path) -> None:
    city = with_stops(street(), [0.0], ["bus"])
    with pytest.raises(InputError) as caught:
        add_transit(city, headways=_table(tmp_path, row))
    assert message in str(caught.value)


@pytest.mark.parametrize("stop", ["taxi", "Osm 400", "11"])
def test_a_taxi_rank_gets_no_headway(stop: str, tmp_path: Path) -> None:
    city = with_stops(street(), [0.0, 400.0], ["bus", "taxi"])
    with pytest.raises(InputError, match="a taxi rank; expected a stop where something runs to a headway"):
        add_transit(city, headways=_table(tmp_path, f"{stop},,all,6,20,10"))
    assert add_transit(city).network.metadata["transit_stops"] == "1"


def test_a_table_of_something_else_is_explained(tmp_path: Path) -> None:
    city = with_stops(street(), [0.0], ["bus"])
    path = tmp_path / "odd.csv"
    for content, message in (
        (b"a,b\n1,2\n", "no column stop, line"),
        (b"\xff\xfe", "is empty"),
        (b"", "is empty"),
    ):
        path.write_bytes(content)
        with pytest.raises(InputError, match=message):
            add_transit(city, headways=path)
    with pytest.raises(InputError, match="no rows"):
        add_transit(city, headways=_table(tmp_path))


def test_kinds_of_stop_on_the_map() -> None:
    assert stop_kind({"highway": "bus_stop"}) == "bus"
    assert stop_kind({"railway": "station", "station": "subway"}) == "metro"
    assert stop_kind({"railway": "station"}) == "train"
    assert stop_kind({"amenity": "ferry_terminal"}) == "ferry"
    assert stop_kind({"amenity": "taxi"}) == "taxi"
    assert stop_kind({"amenity": "taxi", "highway": "bus_stop"}) == "bus", "where taxis wait at a bus stop, buses stop"


# -- access ------------------------------------------------------------------------------------------------------------


def test_walks_go_along_the_streets(tmp_path: Path) -> None:
    network = with_stops(street(), [300.0], ["bus"]).network
    # homes at 0, 800 and 1 600 m; the first shares its segment with the stop
    assert walks_to_stops(network, np.array([0])).tolist() == pytest.approx([300, 500, 1300], abs=1e-3)
    assert np.isinf(walks_to_stops(network, np.array([0]), limit_m=600)).tolist() == [False, False, True]
    assert np.isinf(walks_to_stops(network, np.zeros(0, int))).all()


def test_a_stop_on_ones_own_street_is_walked_to_directly() -> None:
    """Home 30 m off the street at 100 m, stop at 300 m of the same segment: not by way of a junction."""
    network = with_stops(street(), [300.0], ["bus"]).network
    places = network.places.take(network.places_of("home")[:1])
    moved = dataclasses.replace(places, x_m=np.array([100.0]), y_m=np.array([30.0]))
    network = dataclasses.replace(network, places=moved)
    assert walks_to_stops(network, np.array([0])).tolist() == pytest.approx([230])


def test_access_counts_residents_by_the_reach_of_the_kind() -> None:
    bus, train, taxi = (
        transit_access(with_stops(street(), [300.0], [kind]).network) for kind in ("bus", "train", "taxi")
    )
    assert (bus.residents, bus.within_reach) == (100, 30)
    assert train.within_reach == 30, "1 300 m are beyond 1 000"
    assert taxi.within_reach == 0
    assert transit_access(with_stops(street(), [600.0], ["train"]).network).share == 1.0
    assert transit_access(with_stops(street(), [600.0], ["bus"]).network).share == pytest.approx(0.2)


def test_access_by_night_needs_a_departure(served: City) -> None:
    assert transit_access(served.network).share == 1.0, "d counts as a stop"
    night = transit_access(served.network, day_kind="weekday", hour=2)
    assert night.share == pytest.approx(0.10), "only a has a departure at 02:00"
    day = transit_access(served.network, day_kind="weekday", hour=14)
    assert day.share == pytest.approx(0.30), "a and b, whose stop is 400 m from the middle home"
    assert transit_access(served.network, day_kind="weekday", hour=14, headway_min=20).share == 0
    with pytest.raises(InputError, match="expected both a kind of day and an hour"):
        transit_access(served.network, hour=2)
    with pytest.raises(InputError, match="kind of day 'monday'"):
        transit_access(served.network, day_kind="monday", hour=2)
    with pytest.raises(InputError, match="hour 28"):
        transit_access(served.network, day_kind="friday", hour=28)


# -- a real feed -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def las_palmas() -> tuple[City, Path]:
    """Las Palmas with its buses; the build takes about a minute."""
    folder = Path(os.environ.get("AFTERDARK_DATA") or "none")
    osm, gtfs = folder / "osm" / "las_palmas_2023.osm.pbf", folder / "gtfs" / "las_palmas_guaguas_2023.zip"
    if not (osm.is_file() and gtfs.is_file()):
        pytest.skip(f"set AFTERDARK_DATA to the folder that holds osm/{osm.name} and gtfs/{gtfs.name}")
    return add_transit(city_from_osm(osm, name="las-palmas", country="ES"), gtfs), gtfs


def _rows(path: Path, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as archive, archive.open(f"{name}.txt") as file:
        return list(csv.DictReader(io.TextIOWrapper(file, "utf-8-sig")))


def _departures(path: Path, date: datetime.date, hour: int) -> Counter[str]:
    """Departures by the name of the stop from `hour` o'clock of the clock and date, counted line by line."""
    running: dict[datetime.date, set[str]] = {}
    for day in (date, date - datetime.timedelta(days=1)):
        text = day.strftime("%Y%m%d")
        running[day] = {
            row["service_id"]
            for row in _rows(path, "calendar")
            if row["start_date"] <= text <= row["end_date"] and row[day.strftime("%A").lower()] == "1"
        }
        for row in _rows(path, "calendar_dates"):
            if row["date"] == text:
                (running[day].add if row["exception_type"] == "1" else running[day].discard)(row["service_id"])
    service = {row["trip_id"]: row["service_id"] for row in _rows(path, "trips")}
    name = {row["stop_id"]: row["stop_name"] for row in _rows(path, "stops")}
    calls = _rows(path, "stop_times")
    last: dict[str, int] = {}
    for row in calls:
        last[row["trip_id"]] = max(last.get(row["trip_id"], 0), int(row["stop_sequence"]))
    counted: Counter[str] = Counter()
    for row in calls:
        told = int(row["departure_time"].split(":")[0])
        day = date - datetime.timedelta(days=told // 24)
        if told % 24 == hour and service[row["trip_id"]] in running.get(day, ()):
            counted[name[row["stop_id"]]] += int(row["stop_sequence"]) < last[row["trip_id"]]
    return +counted


@pytest.mark.slow
@pytest.mark.rawdata
@pytest.mark.parametrize(("day_kind", "hour"), [("weekday", 14), ("weekday", 2), ("friday", 2), ("sunday", 14)])
def test_las_palmas_agrees_with_a_count_by_hand(las_palmas: tuple[City, Path], day_kind: str, hour: int) -> None:
    city, path = las_palmas
    network = city.network
    date = datetime.date.fromisoformat(network.metadata[f"transit_date_{day_kind}"])
    on_the_clock = date + datetime.timedelta(days=hour < 4)
    counted = _departures(path, on_the_clock, hour)
    ours = departures_at(network.headways, len(network.stops), day_kind=day_kind, hour=hour).sum(axis=1)
    by_name: Counter[str] = Counter()
    for name, departures in zip(network.stops.name.tolist(), ours.tolist(), strict=True):
        by_name[name] += int(departures)
    assert +by_name == Counter({name.strip(): number for name, number in counted.items()})


@pytest.mark.slow
@pytest.mark.rawdata
def test_las_palmas_is_plausible(las_palmas: tuple[City, Path], tmp_path: Path) -> None:
    network = las_palmas[0].network
    assert network.metadata["transit_stops_matched"] == "792"
    assert network.metadata["transit_stops_beyond_reach"] == "0"
    assert {str(name) for name in network.lines.name[network.lines.is_night]} == {"L1", "L2", "L3", "64"}
    by_day, by_night = (
        headway_at(network.headways, len(network.stops), day_kind="weekday", hour=hour).min(axis=1) for hour in (14, 2)
    )
    assert 10 <= np.median(by_day[np.isfinite(by_day)]) <= 20
    assert 30 <= np.median(by_night[np.isfinite(by_night)]) <= 60
    assert np.isfinite(by_night).sum() < np.isfinite(by_day).sum() / 2
    assert {DAY_KINDS[kind] for kind in np.unique(network.headways.day_kind)} == set(DAY_KINDS)
    whole, night = transit_access(network), transit_access(network, day_kind="weekday", hour=2)
    assert 0.90 < whole.share <= 1.0
    assert 0.5 < night.share < whole.share
    for name in ("one", "two"):
        write_city(network, tmp_path / f"{name}.gpkg", layers=las_palmas[0].layers)
    assert (tmp_path / "one.gpkg").read_bytes() == (tmp_path / "two.gpkg").read_bytes()
    assert read_city(tmp_path / "one.gpkg").digest() == network.digest()


def test_degrees_and_metres_of_the_drawn_city_agree() -> None:
    latitude, longitude = map(float, degrees(0).split(","))
    assert abs(latitude) < 1
    assert 20 < longitude < 25

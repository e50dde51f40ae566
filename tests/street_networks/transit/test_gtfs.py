"""GTFS feeds: drawn ones checked by hand, broken ones explained."""

import re
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest

from simulator.city.transit import headway_at
from simulator.errors import InputError
from street_networks.transit import gtfs_files
from street_networks.transit.gtfs import Feed, read_feed

from feeds import Files, degrees, feed, hourly, street, write

AFTERNOON = {
    "t1": "a 14:00:00, b 14:05:00, c 14:12:00",
    "t2": "a 14:20:00, b 14:25:00, c 14:32:00",
    "t3": "a 14:58:00, b 15:03:00, c 15:10:00",
}


def read(files: Files, folder: Path) -> Feed:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return read_feed(write(files, folder / "feed"), street())


def test_departures_by_hour_and_minutes_in_the_vehicle(tmp_path: Path) -> None:
    found = read(feed(AFTERNOON), tmp_path)
    assert np.all(np.diff(found.stops.stop_id) > 0)
    assert hourly(found, "a", "weekday") == {14: 3}
    assert hourly(found, "b", "sunday") == {14: 2, 15: 1}
    assert hourly(found, "c", "weekday") == {}, "the last call of a trip is no departure"
    assert found.services.from_first_min.tolist() == [0, 5, 12]
    assert found.services.to_next_min.tolist() == [5, 7, 0]
    assert found.services.trips.tolist() == [12, 12, 12], "three trips on one day of each of four kinds"
    row = int(np.flatnonzero(found.stops.name == "Stop a")[0])
    cells = (found.headways.stop == row) & (found.headways.day_kind == 0)
    assert found.headways.first_min[cells].tolist() == [14 * 60]
    assert found.headways.last_min[cells].tolist() == [14 * 60 + 58]
    assert found.headways.headway_min[cells].tolist() == [20]


def test_stops_lie_at_the_nearest_street_and_far_ones_are_counted(tmp_path: Path) -> None:
    files = feed({"t": "a 14:00:00, b 14:05:00, far 14:10:00, near 14:11:00"})
    files["stops"] += f"far,Far,{degrees(800, 260)}\nnear,Near,{degrees(1250, -240)}\n"
    found = read(files, tmp_path)
    assert found.metadata["transit_stops_beyond_reach"] == "1"
    row = found.stops.name.tolist().index("Near")
    assert (found.stops.segment[row], found.stops.junction[row]) == (3, 3)
    assert found.stops.x_m[row] == pytest.approx(1250, abs=0.02)
    # the line goes on past the stop that is too far away
    assert found.services.from_first_min.tolist() == [0, 5, 11]


def test_the_night_belongs_to_the_day_on_which_it_began(tmp_path: Path) -> None:
    files = feed({"late": "a 25:10:00, b 25:15:00"}, service="fri")
    early = feed({"early": "a 00:30:00, b 00:35:00"}, service="sat")
    files["trips"] += early["trips"].split("\n", 1)[1]
    files["stop_times"] += early["stop_times"].split("\n", 1)[1]
    found = read(files, tmp_path)
    assert hourly(found, "a", "friday") == {24: 1, 25: 1}
    for other in ("weekday", "saturday", "sunday"):
        assert hourly(found, "a", other) == {}
    assert found.lines.is_night.all()
    assert np.isfinite(headway_at(found.headways, len(found.stops), day_kind="friday", hour=1)).any()


def test_a_time_past_28_hours_is_the_next_morning(tmp_path: Path) -> None:
    found = read(feed({"t": "a 27:50:00, b 28:10:00, c 28:20:00"}, service="sat"), tmp_path)
    assert hourly(found, "a", "saturday") == {27: 1}
    assert hourly(found, "b", "sunday") == {4: 1}


def test_trips_with_frequencies_stand_for_their_copies(tmp_path: Path) -> None:
    files = feed({"t": "a 10:00:00, b 10:05:00, c 10:09:00"})
    files["frequencies"] = (
        "trip_id,start_time,end_time,headway_secs\nt,06:00:00,08:00:00,600\nt,25:00:00,26:00:00,1800\n"
    )
    found = read(files, tmp_path)
    assert hourly(found, "a", "weekday") == {6: 6, 7: 6, 25: 2}
    assert hourly(found, "b", "weekday") == {6: 6, 7: 6, 25: 2}
    assert found.services.from_first_min.tolist() == [0, 5, 9]


def test_empty_times_are_interpolated(tmp_path: Path) -> None:
    found = read(feed({"t": "a 14:00:00, b, c, d 14:30:00"}), tmp_path)
    assert found.services.from_first_min.tolist() == [0, 10, 20, 30]
    assert hourly(found, "b", "weekday") == {14: 1}


def test_times_that_go_back_are_counted(tmp_path: Path) -> None:
    found = read(feed({"t": "a 14:00:00, b 13:59:00, c 14:10:00"}), tmp_path)
    assert found.metadata["transit_times_repaired"] == "1"
    assert found.services.from_first_min.tolist() == [0, 0, 10]


def test_a_direction_that_is_missing_is_found(tmp_path: Path) -> None:
    trips = {"o1": "a 14:00:00, b 14:05:00, d 14:20:00", "o2": "a 15:00:00, b 15:05:00, d 15:20:00"}
    found = read(feed(trips | {"back": "c 16:00:00, b 16:05:00, a 16:09:00"}), tmp_path)
    assert sorted(set(zip(found.headways.direction.tolist(), found.headways.service_hour.tolist(), strict=True))) == [
        (0, 14), (0, 15), (1, 16),
    ]  # fmt: skip


def test_a_direction_that_is_told_is_kept(tmp_path: Path) -> None:
    found = read(feed(AFTERNOON, direction="1"), tmp_path)
    assert set(found.headways.direction.tolist()) == {1}


def test_a_loop_departs_once_from_its_ends(tmp_path: Path) -> None:
    found = read(feed({"t": "a 14:00:00, b 14:05:00, c 14:10:00, a 14:20:00"}), tmp_path)
    assert hourly(found, "a", "weekday") == {14: 1}
    assert found.services.stop.tolist()[0] == found.services.stop.tolist()[3]


def test_patterns_of_a_line_are_kept_the_commonest_first(tmp_path: Path) -> None:
    found = read(feed({**AFTERNOON, "short": "a 16:00:00, b 16:05:00"}, direction="0"), tmp_path)
    assert found.services.pattern.tolist() == [0, 0, 0, 1, 1]
    assert found.services.stop_order.tolist() == [0, 1, 2, 0, 1]
    assert found.services.trips.tolist() == [12, 12, 12, 4, 4]


def test_nobody_boards_where_boarding_is_not_allowed(tmp_path: Path) -> None:
    files = feed({"t": "a 14:00:00, b 14:05:00, c 14:10:00"})
    lines = files["stop_times"].splitlines()
    ends = ["pickup_type", "0", "1", "0"]
    files["stop_times"] = "".join(f"{line},{end}\n" for line, end in zip(lines, ends, strict=True))
    found = read(files, tmp_path)
    assert hourly(found, "a", "weekday") == {14: 1}
    assert hourly(found, "b", "weekday") == {}


def test_holidays_drop_out_and_the_dates_are_told(tmp_path: Path) -> None:
    files = feed(AFTERNOON, service="wd")
    # 2 January 2023 was a Monday: nothing runs on it; Sunday the 8th has what else never runs on Sundays
    files["calendar_dates"] = "service_id,date,exception_type\nwd,20230102,2\nwd,20230108,1\n"
    found = read(files, tmp_path)
    assert found.metadata["transit_date_weekday"] == "2023-01-17"
    assert found.metadata["transit_date_friday"] == "2023-01-20"
    assert found.metadata["transit_date_saturday"] == "nothing runs"
    assert found.metadata["transit_date_sunday"] == "2023-01-08"
    assert hourly(found, "a", "saturday") == {}


def test_a_feed_of_single_dates_only(tmp_path: Path) -> None:
    files = feed(AFTERNOON)
    del files["calendar"]
    files["calendar_dates"] = "service_id,date,exception_type\nall,20230104,1\nall,20230105,1\nall,20230106,1\n"
    found = read(files, tmp_path)
    assert found.metadata["transit_date_weekday"] in ("2023-01-04", "2023-01-05")
    assert found.metadata["transit_date_friday"] == "2023-01-06"
    assert hourly(found, "a", "friday") == {14: 3}


def test_a_week_can_be_asked_for(tmp_path: Path) -> None:
    path = write(feed(AFTERNOON), tmp_path / "feed")
    assert read_feed(path, street(), week_of="2023-01-09").metadata["transit_date_friday"] == "2023-01-13"
    with pytest.raises(InputError, match="no service runs on any date from 2024-01-01 to 2024-01-07"):
        read_feed(path, street(), week_of="2024-01-01")
    with pytest.raises(InputError, match="expected a date such as"):
        read_feed(path, street(), week_of="May")


def test_a_zip_is_read_as_its_folder_is(tmp_path: Path) -> None:
    folder = write(feed(AFTERNOON), tmp_path / "feed")
    path = tmp_path / "feed.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.iterdir():
            archive.writestr(f"inner/{file.name}", "\ufeff" + file.read_text())
        archive.writestr("__MACOSX/inner/._stops.txt", b"\0\1")
    one, two = read_feed(folder, street()), read_feed(path, street())
    for name in ("stops", "lines", "services", "headways"):
        for column, values in vars(getattr(one, name)).items():
            assert np.array_equal(values, getattr(getattr(two, name), column)), (name, column)


# -- broken feeds ------------------------------------------------------------------------------------------------------


def _without(name: str) -> object:
    return lambda files: files.pop(name)


def _swap(name: str, old: str, new: str) -> object:
    def spoil(files: Files) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new)

    return spoil


BROKEN = {
    "no stop_times": (_without("stop_times"), "stop_times.txt: not there (the feed has calendar, routes, stops, trips)"),
    "no calendar at all": (_without("calendar"), "neither is there, so no trip runs on any date"),
    "an empty file": (lambda files: files.update(routes=""), "routes.txt: cannot be read as comma-separated"),
    "only a head": (lambda files: files.update(trips="route_id,service_id,trip_id\n"), "trips.txt: no rows"),
    "a missing column": (_swap("stop_times", "stop_sequence", "order"), "stop_times.txt: no column stop_sequence, found"),
    "text for a sequence": (_swap("stop_times", "b,2", "b,two"), "stop_times.txt, line 3: stop_sequence is 'two', expected a whole number"),
    "text for a time": (_swap("stop_times", "t2,14:20:00,14:20:00", "t2,noon,noon"), "line 5: arrival_time is 'noon', expected a time such as"),
    "minutes past 60": (_swap("stop_times", "14:05:00", "14:65:00"), "arrival_time is '14:65:00'"),
    "no time at the end": (_swap("stop_times", "14:12:00", ""), "line 4: departure_time is '', expected a time at both ends"),
    "a stop that is not there": (_swap("stop_times", ",b,", ",x,"), "line 3: stop_id is 'x', expected a stop_id of stops.txt"),
    "a trip that is not there": (_swap("trips", "t3", "t9"), "trip_id is 't3', expected a trip_id of trips.txt"),
    "a route that is not there": (_swap("routes", "L1", "L2"), "route_id is 'L1', expected a route_id of routes.txt"),
    "a number twice in a trip": (_swap("stop_times", "b,2", "b,1"), "expected a number of its own within the trip"),
    "a stop twice": (lambda files: files.update(stops=files["stops"] + f"a,Again,{degrees(0)}\n"), "line 6: stop_id is 'a', expected a name of its own, found twice"),
    "a latitude in words": (lambda files: files.update(stops=re.sub(r"Stop b,[^,]*", "Stop b,north", files["stops"])), "line 3: stop_lat is 'north', expected degrees from -90 to 90"),
    "a latitude of 200": (lambda files: files.update(stops=re.sub(r"Stop b,[^,]*", "Stop b,200", files["stops"])), "stop_lat is '200'"),
    "an unknown route type": (_swap("routes", ",3", ",99"), "route_type is '99', expected a route type of GTFS"),
    "a direction of 2": (lambda files: files.update(trips="route_id,service_id,trip_id,direction_id\nL1,all,t1,2\nL1,all,t2,0\nL1,all,t3,0\n"), "direction_id is '2', expected a whole number from 0 to 1"),
    "a date in words": (_swap("calendar", "20230131", "31 Jan"), "end_date is '31 Jan', expected a date such as"),
    "a weekday of 2": (_swap("calendar", "all,1", "all,2"), "monday is '2', expected 0 or 1"),
    "no service on any date": (_swap("trips", ",all,", ",never,"), "no service runs on any date"),
    "a headway of nothing": (lambda files: files.update(frequencies="trip_id,start_time,end_time,headway_secs\nt1,06:00:00,08:00:00,0\n"), "headway_secs is '0', expected a whole number from 1"),
    "an end before its start": (lambda files: files.update(frequencies="trip_id,start_time,end_time,headway_secs\nt1,08:00:00,06:00:00,600\n"), "expected a time after its start_time"),
    "stops elsewhere": (lambda files: files.update(stops=re.sub(r"(Stop .),.*", r"\1,48.2,16.37", files["stops"])), "around latitude 48.2000, longitude 16.3700, the city around"),
    "swapped degrees": (lambda files: files.update(stops=re.sub(r"(Stop .),([^,]*),(.*)", r"\1,\3,\2", files["stops"])), "none of its 3 stops lies within 250 m"),
    "a quote that never ends": (_swap("stops", "Stop b", '"Stop b'), "stops.txt: cannot be read as comma-separated"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_feed_is_explained(name: str, tmp_path: Path) -> None:
    spoil, message = BROKEN[name]
    files = feed(AFTERNOON)
    spoil(files)
    with pytest.raises(InputError) as caught:
        read(files, tmp_path)
    assert message in str(caught.value)
    assert str(tmp_path / "feed") in str(caught.value)


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    files = feed(AFTERNOON)
    for name in ("text for a sequence", "a trip that is not there", "a latitude in words", "an unknown route type"):
        BROKEN[name][0](files)
    with pytest.raises(InputError) as caught:
        read(files, tmp_path)
    told = "\n".join(caught.value.faults)
    for word in ("'two'", "'t3'", "'north'", "'99'"):
        assert word in told


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04 cut short"])
def test_what_is_no_zip_is_explained(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "feed.zip"
    path.write_bytes(content)
    with pytest.raises(InputError, match="cannot be read as a zip"):
        read_feed(path, street())
    with pytest.raises(InputError, match="no such file"):
        read_feed(tmp_path / "none.zip", street())


def test_a_zip_with_a_broken_member_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "feed.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in feed(AFTERNOON).items():
            archive.writestr(f"{name}.txt", text)
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"Stop b", b"Stop X"))  # its checksum is wrong now
    with pytest.raises(InputError, match="cannot be read as a zip"):
        read_feed(path, street())


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "feed.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("stop_times.txt", b"0" * (30 * 2**20))
    with pytest.raises(InputError, match="Nothing was unpacked"):
        read_feed(path, street())


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gtfs_files, "LARGEST_FILE", 100)
    with pytest.raises(InputError, match="expected at most 100"):
        read(feed(AFTERNOON), tmp_path)


def test_frequencies_beyond_reason_are_refused(tmp_path: Path) -> None:
    files = feed(AFTERNOON)
    rows = "".join("t1,00:00:00,99:00:00,1\n" for _ in range(6))
    files["frequencies"] = "trip_id,start_time,end_time,headway_secs\n" + rows
    with pytest.raises(InputError, match=r"stands for 2,138,400 trips"):
        read(files, tmp_path)


def with_zone(files: Files, *zones: str) -> Files:
    rows = "".join(f"Company {number},{zone}\n" for number, zone in enumerate(zones))
    return files | {"agency": f"agency_name,agency_timezone\n{rows}"}


@pytest.mark.parametrize(
    ("zone", "hour"),
    [("Europe/Helsinki", 23), ("Europe/Stockholm", 24), ("Europe/London", 25), ("Asia/Tokyo", 16), ("", 23)],
)
def test_the_clock_of_the_feed_is_turned_into_that_of_the_city(zone: str, hour: int, tmp_path: Path) -> None:
    """In January Helsinki is an hour before Stockholm, two before London, and seven behind Tokyo."""
    found = read(with_zone(feed({"t": "a 23:15:00, b 23:20:00"}), zone), tmp_path)
    assert hourly(found, "a", "weekday") == {hour: 1}
    assert found.metadata["transit_timezone"] == (zone or "not stated: taken for Europe/Helsinki")


@pytest.mark.parametrize(
    ("zones", "told"),
    [
        (("Europe/Paris", "Europe/London"), "agency_timezone is Europe/London, Europe/Paris, expected one time zone"),
        (("Europe/Pariss",), "agency_timezone is 'Europe/Pariss', expected a time zone such as Europe/Paris"),
        (("../etc/passwd",), "agency_timezone is '../etc/passwd', expected a time zone"),
    ],
)
def test_a_clock_that_cannot_be_known_is_told(zones: tuple[str, ...], told: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=re.escape(told)):
        read(with_zone(feed(AFTERNOON), *zones), tmp_path)


@pytest.mark.parametrize("file", ["calendar", "trips", "stop_times", "stops", "routes", "calendar_dates"])
@pytest.mark.parametrize("blank", [" ", "\t", "\u00a0"])
def test_blanks_round_cells_make_no_other_identifiers(file: str, blank: str, tmp_path: Path) -> None:
    files = feed({"day": "a 12:00:00, b 12:05:00"}, service="all")
    files |= {"calendar_dates": "service_id,date,exception_type\nnight,20230111,1\n"}
    night = feed({"night": "a 26:00:00, b 26:05:00"}, service="all")
    for name in ("trips", "stop_times"):
        files[name] += night[name].partition("\n")[2]
    clean = read(files, tmp_path / "clean")
    head, _, rows = files[file].partition("\n")
    rows = "".join(f"{row.replace(',', blank + ',')}{blank}\n" for row in rows.splitlines())
    spaced = read(files | {file: f"{head}\n{rows}"}, tmp_path / "spaced")
    assert hourly(spaced, "a", "weekday") == hourly(clean, "a", "weekday") == {12: 1, 26: 1}


def test_trips_that_can_never_run_are_counted(tmp_path: Path) -> None:
    files = feed(AFTERNOON)
    files["trips"] += "L1,nobody-knows,lost\nL1,all,empty\n"
    files["stop_times"] += "lost,14:00:00,14:00:00,a,1\nlost,14:05:00,14:05:00,b,2\n"
    trips = {entry.source: entry for entry in read(files, tmp_path).ledger}["feed: trips.txt"]
    assert (trips.read, trips.used) == (5, 3)
    assert dict(trips.faulty) == {"service_id in no calendar": 1, "without a call in stop_times.txt": 1}


def test_calls_on_demand_are_left_out_and_counted(tmp_path: Path) -> None:
    """An area without a stop, a window of time at a stop, and a fixed trip that turns off into an area on the way."""
    files = feed(AFTERNOON)
    files["trips"] += "".join(f"L1,all,{name}\n" for name in ("area", "window", "mixed"))
    extra = ("location_id", "location_group_id", "start_pickup_drop_off_window")
    rows = [line + ",,," for line in files["stop_times"].splitlines()[1:]]
    rows += [
        "area,,,,1,zone,,20:00:00",
        "area,,,,2,zone,,20:00:00",
        "window,,,a,1,,,20:00:00",
        "window,,,b,2,,,20:00:00",
    ]
    rows += [
        "mixed,16:00:00,16:00:00,a,1,,,",
        "mixed,,,,2,,group,16:00:00",
        "mixed,,,b,3,,,",
        "mixed,16:30:00,16:30:00,c,4,,,",
    ]
    files["stop_times"] = "\n".join([files["stop_times"].splitlines()[0] + "," + ",".join(extra), *rows]) + "\n"
    found = read(files, tmp_path)
    assert hourly(found, "a", "weekday") == {14: 3, 16: 1}
    calls = {entry.source: entry for entry in found.ledger}["feed: stop_times.txt"]
    assert (calls.read, calls.used) == (17, 11)
    assert dict(calls.by_rule) == {"on demand, without a timetable": 6}


def test_the_typical_day_is_not_the_busiest_where_each_date_has_a_service_of_its_own(tmp_path: Path) -> None:
    """Twenty working days of January, each its own service: on most 3 trips run, on one 9, on two 1."""
    files = feed({})
    days = [day for day in range(2, 29) if (day - 1) % 7 in range(1, 5)]  # Monday to Thursday; the first is a Sunday
    many = dict.fromkeys(days, 3) | {days[3]: 9, days[7]: 1, days[8]: 1}
    trips, calls, dates = [], [], []
    for day, count in many.items():
        dates.append(f"s{day},202301{day:02d},1")
        for number in range(count):
            trips.append(f"L1,s{day},t{day}x{number}")
            calls += [
                f"t{day}x{number},{10 + number}:00:00,{10 + number}:00:00,{stop},{n}" for n, stop in enumerate("ab")
            ]
    for name, rows in (("trips", trips), ("stop_times", calls)):
        files[name] += "\n".join(rows) + "\n"
    files["calendar_dates"] = "service_id,date,exception_type\n" + "\n".join(dates) + "\n"
    del files["calendar"]
    assert hourly(read(files, tmp_path), "a", "weekday") == {10: 1, 11: 1, 12: 1}

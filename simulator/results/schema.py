"""The result schema: the tables of one run, their columns with units, and their files.

This is the only module of the simulator's model side that `analysis` reads.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, overload

import pandas as pd

from simulator.errors import ResultsError
from simulator.foundation.stages import recorded, stage, told
from simulator.results.coded import Array, Coded, coded_frame, coded_parquet, parquet_table

SUMMARY_KEYS = {
    "breakdown": "by which attribute the row tells people apart beside their gender: age_band, disability, carer, "
    "night_worker; or what is told apart: purpose (of trips), walked_in (by the neighbourhood of the street), lives_in "
    "(by that of the home). Everybody stands once in each: keep to the rows of one before adding up",
    "itinerary": "realised: trips as walked in this run; frozen: the baseline's trips on this run's streets; "
    "before: the baseline's trips on the baseline's streets, by this run's zones; "
    "asked: every resident of 16 and over, asked virtually; affected: whom the measures can touch, by the hour in "
    "which a walk begins; affected_before: the same people in the baseline; near, near_before: residents of 16 and "
    "over who are affected or live within 400 m, asked virtually in both; living: every resident, by what is in reach "
    "of home",
    "gender": "woman, man, another",
    "age_band": "age in years; all where another attribute is told apart",
    "disability": "none, walking, sight; all where another attribute is told apart",
    "carer": "no, child, older person; all where another attribute is told apart",
    "night_worker": "no, yes; all where another attribute is told apart",
    "purpose": "what trips are for, in rows of the breakdown purpose; else all",
    "neighbourhood": "zone of the city file, in rows of the breakdowns walked_in and lives_in; else all; (none): a "
    "street or home of no zone, or outside the core",
    "hour": "local clock hour, 0 to 23; the day runs from 4 to 4",
    "period": "day or dark, by the sun at the half hour",
    "zone": "core or ring; _treated where a measure stands",
}
"""Columns that name a row of summary.parquet."""

SUMMARY_VALUES = {
    "agents": "agents in the demographic group, the same on each of its rows (rows `asked`: those asked in that zone; "
    "breakdowns purpose, walked_in, lives_in: agents who wish for such a trip, walk or wait there, live there)",
    "population": "people that the agents stand for, the same on each of its rows",
    "walking_s": "person-seconds walked",
    "safe_s": "person-seconds walked that feel safe (expected)",
    "unlit_s": "person-seconds walked after dark below the darkness threshold",
    "alone_s": "person-seconds walked with nobody in view (expected)",
    "waiting_s": "person-seconds waited at stops",
    "waiting_safe_s": "person-seconds waited at stops that feel safe (expected)",
    "waiting_unlit_s": "person-seconds waited at stops after dark below the darkness threshold",
    "waiting_alone_s": "person-seconds waited at stops with nobody else in view (expected)",
    "staying_s": "person-seconds out without travelling (traders and others)",
    "staying_safe_s": "person-seconds of those stays that feel safe (expected)",
    "staying_unlit_s": "person-seconds of those stays after dark below the darkness threshold",
    "staying_alone_s": "person-seconds of those stays with nobody else in view (expected)",
    "toilet_known_s": "person-seconds walked, waited at stops and stayed, in a city that has public toilets",
    "toilet_near_s": "of these, those on streets from which one that is open is at most 300 m away on foot",
    "trips_planned": "trips wished by any mode, by wished departure hour and zone of origin",
    "trips_made": "trips made",
    "trips_walk": "trips made on foot all the way",
    "trips_bicycle": "trips made by bicycle",
    "trips_driver": "trips made driving a car",
    "trips_passenger": "trips made as passenger of a car",
    "trips_transit": "trips made by public transport",
    "trips_taxi": "trips made by taxi",
    "trips_as_planned": "trips made as they would be at noon and without fear",
    "trips_detoured": "trips made so, but on foot by a longer way",
    "trips_shifted": "trips made earlier or later",
    "trips_switched": "trips made by another mode",
    "trips_accompanied": "trips made in company instead of alone",
    "trips_not_made": "trips not made (expected)",
    "detour_m": "metres above the quickest way (steps count by the time they take), summed over trips made on foot",
    "incidents_harassment": "incidents (expected) per such day, walking and waiting at stops",
    "incidents_robbery": "incidents (expected) per such day, walking and waiting at stops",
    "incidents_assault": "incidents (expected) per such day, walking and waiting at stops",
    "recorded_harassment": "incidents (expected) that somebody records, per such day",
    "recorded_robbery": "incidents (expected) that somebody records, per such day",
    "recorded_assault": "incidents (expected) that somebody records, per such day",
    "staying_incidents_harassment": "incidents (expected) per such day, of those out without travelling",
    "staying_incidents_robbery": "incidents (expected) per such day, of those out without travelling",
    "staying_incidents_assault": "incidents (expected) per such day, of those out without travelling",
    "in_vehicle_s": "person-seconds in vehicles of public transport, changes included, "
    "by the zone of the stop boarded (of that left, if it comes from outside)",
    "in_vehicle_incidents_harassment": "incidents (expected) per such day in those vehicles",
    "in_vehicle_incidents_robbery": "incidents (expected) per such day in those vehicles",
    "in_vehicle_incidents_assault": "incidents (expected) per such day in those vehicles",
    "people_affected": "people whom the measures can touch, once a day (rows `affected`)",
    "night_nightlife_s": "person-seconds of visits to nightlife from 20:00 to 06:00, by the zone of the place",
    "night_leisure_s": "person-seconds of visits to leisure and culture from 20:00 to 06:00",
    "night_shop_s": "person-seconds of visits to shops from 20:00 to 06:00",
    "night_work_s": "person-seconds at work from 20:00 to 06:00, wherever that is",
    "home_residents": "residents of the core (rows `living`, as all that begins with home_)",
    "home_stop_known": "of these, those in a city that has stops",
    "home_stop": "with a stop of a bus or tram within 500 m on foot, or of a train, metro or ferry within 1 km",
    "home_late_known": "residents in a city whose departures are known",
    "home_stop_late": "with such a stop that is served after 22:00",
    "home_transit_at_02": "with a stop within 15 minutes on foot that is served from 02:00 to 03:00",
    "home_space_known": "residents in a city with open spaces",
    "home_space": "with an open space within 400 m on foot at noon",
    "home_space_dark": "with one that is open at 21:00",
    "home_venue_known": "residents in a city with shops, health, care, leisure, culture or nightlife",
    "home_open_at_02": "with such a place open at 02:00 within 15 minutes on foot",
    "home_asked": "residents of 16 and over",
    "home_kinds": "kinds of place open at 21:00 within 15 minutes on foot, summed over them",
    "home_kinds_safe": "the same by streets that are likelier than not to feel safe to them",
    "year_residents": "residents of the simulated area (rows `living` by age, as all that begins with year_)",
    "year_met_harassment": "of these, those who meet harassment outdoors or aboard in a year (expected)",
    "year_met_violence": "of these, those who meet robbery or assault outdoors or aboard in a year (expected)",
    "survey_respondents": "people asked (rows `asked`)",
    "survey_feel_safe": "people who would feel safe alone after dark near home (expected; rows `asked`)",
}
"""Values of summary.parquet: real people of one such day."""

GROUP_VALUES = (
    *("walking_s", "walking_safe_s", "waiting_s", "waiting_safe_s", "aboard_s", "aboard_safe_s"),
    *("incidents_harassment", "incidents_robbery", "incidents_assault"),
    *("trips_planned", "trips_not_made", "trips_made", "companion_s", "companion_back_s", "detour_s"),
    *("asked", "asked_safe"),
)
"""What a manifest's `groups` sum up of each group behind its agents and people, in order: person-seconds, expected
incidents, trips and people of one such day in the core.

`walking_*`, `waiting_*` and `aboard_*` are of the baseline's trips on this run's streets, so that staying at home
improves nothing; all else is of the run's own day.
"""

SEGMENT_COLUMNS = {
    "segment_id": "stable key",
    "hour": "local clock hour",
    "footfall_people": "people passing",
    "walking_s": "person-seconds",
    "safe_s": "person-seconds that feel safe (expected)",
    "illuminance_min_lx": "minimum horizontal illuminance by lamps (lx)",
    "illuminance_mean_lx": "mean horizontal illuminance by lamps (lx)",
    "treated": "whether a measure stands on it",
    "in_core": "whether it lies in the core",
    "band": "treated: a measure acts on it; near: within displacement_reach on foot of those; elsewhere",
    "neighbourhood": "zone of the city file that holds most of it; (none) outside the core or where results know none",
}
"""Columns of segments.parquet; nobody is told apart by group on one street."""

PEOPLE_COLUMNS = {
    "person_id": "stable key",
    "gender": "woman, man, another",
    "age": "age in years",
    "resident": "whether they live in the district; else visitors",
    "disability": "disability that bears on walking: none, walking, sight",
    "carer": "looks after somebody: no, child, older person",
    "wheelchair": "uses a wheelchair: takes no steps",
    "works": "has a job",
    "night_worker": "has a job with evening or night shifts",
    "student": "pupil or student",
    "has_car": "drives, and has a car at hand",
    "can_afford_taxi": "can pay a taxi",
    "newcomer": "does not know the place well",
    "weight_people": "people that the agent stands for",
    "trips_made": "trips made on the last measured day",
    "walking_s": "seconds walked",
    "waiting_s": "seconds waited at stops",
    "feels_safe_share": "share of the time walked that feels safe (expected); empty for who does not walk",
}
"""Columns of people.parquet (`--keep people`): the last measured day of each agent, and nobody's home."""

TRIP_COLUMNS = {
    "person_id": "stable key of the person",
    "tour": "which tour of that person's day",
    "leg": "number of the leg in its tour",
    "purpose": "what is done at the destination: work, study, shop, leisure, care, other, home",
    "depart_h": "departure as it came to be, in hours since midnight; past 24 after midnight",
    "mode": "walk, bicycle, driver, passenger, transit, taxi; none for a trip not made",
    "outcome": "as planned, detoured, shifted, switched mode, accompanied, not made",
    "why": "why it is not as it would be at noon and without fear: feeling unsafe (by day too: tunnels, drinking "
    "crowds, nobody about), no service, cannot pay a taxi, steps, other; several with commas",
    "made_probability": "probability with which its tour is made",
    "waited_min": "minutes waited at stops",
    "length_m": "metres walked",
    "detour_m": "metres of them above the quickest way",
}
"""Columns of trips.parquet (`--keep all`): each wished trip of the last measured day, without where from and to."""

PLACEMENT_COLUMNS = {
    "measure": "name of the measure in its case; one row each",
    "quantity": "how much of it is placed in the city",
    "unit": "what the quantity counts, such as lamps",
    "capital": "cost of building all of it (currency), in this draw",
    "running_per_year": "cost of running all of it (currency a year), in this draw",
    "lifetime_years": "years over which the capital is spread",
    "annual_cost": "capital as an annuity at the social discount rate, and running cost (currency a year)",
    "currency": "of the costs",
}
"""Columns of placements.parquet."""
TABLES = ("summary", "segments", "placements")
MANIFEST = "manifest.json"


class StoredTable(NamedTuple):
    """A table in a file, which must be as it was written."""

    file: Path
    checksum: str | None

    def read(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The table, or some of its columns, read from the file each time.

        Raises
        ------
        ResultsError
            If the file is missing or changed.
        """
        return parquet_table(self.checked(), columns).to_pandas()

    def coded(self, columns: Sequence[str] | None, words: Sequence[str]) -> Coded:
        """The table, or some of its columns, as codes and numbers; raises as `read`. `words` are columns of words."""
        return coded_parquet(self.checked(), columns, words)

    def checked(self) -> bytes:
        """What the file holds.

        Raises
        ------
        ResultsError
            If it is missing or changed.
        """
        found = self.file.read_bytes() if self.file.is_file() else b""
        if hashlib.sha256(found).hexdigest() != self.checksum:
            folder = self.file.parent
            raise ResultsError(f"{self.file}: is missing or not as it was written; remove {folder} and run again")
        return found


class RunTables:
    """The results of one run (one scenario, one draw).

    Of a run that was read, `summary` and `segments` are read whenever they are asked for, and not kept: an answer rests
    on hundreds of runs, and two of these tables fill some ten megabytes a run. Whoever needs one several times holds it
    while it is needed. Asking for them raises `ResultsError` if a file is missing or has been changed since.

    Parameters
    ----------
    summary, segments, placements
        Tables, or where they are stored.
    manifest
        As in the file.
    """

    def __init__(
        self,
        summary: pd.DataFrame | StoredTable,
        segments: pd.DataFrame | StoredTable,
        placements: pd.DataFrame,
        manifest: dict[str, Any],
    ) -> None:
        self._summary, self._segments = summary, segments
        self.placements, self.manifest = placements, manifest

    @property
    def summary(self) -> pd.DataFrame:
        """The table of sums."""
        return _columns_of(self._summary)

    @property
    def segments(self) -> pd.DataFrame:
        """The table of streets."""
        return _columns_of(self._segments)

    def summary_columns(self, *names: str) -> pd.DataFrame:
        """Some columns of `summary`, without reading the others."""
        return _columns_of(self._summary, names)

    def coded_summary(self, *names: str) -> Coded:
        """`summary`, or some of its columns, as codes and numbers: quicker to read and to add up than words."""
        return _coded_columns_of(self._summary, names, [name for name in SUMMARY_KEYS if name != "hour"])

    def coded_segments(self, *names: str) -> Coded:
        """Some columns of `segments` as codes and numbers, without reading the others."""
        return _coded_columns_of(self._segments, names, ["band"])

    def segment_columns(self, *names: str) -> pd.DataFrame:
        """Some columns of `segments`, without reading the others."""
        return _columns_of(self._segments, names)

    def _replace(self, **changed: Any) -> "RunTables":
        """The run with other tables or another manifest; what is stored stays so."""
        own = {"summary": self._summary, "segments": self._segments}
        return RunTables(**({**own, "placements": self.placements, "manifest": self.manifest} | changed))


def _columns_of(table: pd.DataFrame | StoredTable, names: Sequence[str] | None = None) -> pd.DataFrame:
    if isinstance(table, StoredTable):
        return table.read(names)
    return table if names is None else table[list(names)]


def _coded_columns_of(table: pd.DataFrame | StoredTable, names: Sequence[str], words: Sequence[str]) -> Coded:
    if isinstance(table, StoredTable):
        return table.coded(names or None, words)
    return coded_frame(_columns_of(table, names or None))


Columns = Mapping[str, Array]
"""Columns of a table by name: those of a `pandas.DataFrame`, or arrays."""


class SegmentsOf(Sequence[Columns]):
    """Some columns of numbers of the `segments` of runs, a run each: read when it is its turn, and not kept."""

    def __init__(self, runs: Sequence[RunTables], columns: Sequence[str]) -> None:
        self._runs, self._columns = runs, tuple(columns)

    def __len__(self) -> int:
        return len(self._runs)

    @overload
    def __getitem__(self, at: int) -> Columns: ...
    @overload
    def __getitem__(self, at: slice) -> "SegmentsOf": ...
    def __getitem__(self, at: int | slice) -> "Columns | SegmentsOf":
        if isinstance(at, slice):
            return SegmentsOf(self._runs[at], self._columns)
        return self._runs[at].coded_segments(*self._columns).numbers


def write_run(tables: RunTables, folder: Path, extra: Mapping[str, pd.DataFrame] | None = None) -> None:
    """Write the tables as Parquet and the manifest with their checksums into an existing, empty folder.

    Parameters
    ----------
    extra
        More tables by name (`people`, `trips`) as `--keep` asks for.
    """
    manifest = dict(tables.manifest)
    checksums = {}
    frames = {name: getattr(tables, name) for name in TABLES} | dict(extra or {})
    with recorded() as spent, stage("write") as out:
        for name, frame in frames.items():
            file = folder / f"{name}.parquet"
            frame.to_parquet(file, index=False)
            checksums[file.name] = hashlib.sha256(file.read_bytes()).hexdigest()
            out.out(len(frame), file.stat().st_size)
    manifest["checksums"] = checksums
    if "stages" in manifest:  # writing it down is the last of them
        manifest["stages"] = manifest["stages"] | {"arm": manifest["stages"]["arm"] | told(spent)}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a folder of results.

    Raises
    ------
    ResultsError
        If there is none, or it cannot be read.
    """
    file = Path(folder) / MANIFEST
    if not file.is_file():
        raise ResultsError(f"{folder}: holds no {MANIFEST}; expected a folder written by `afterdark run` or `compare`")
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ResultsError(f"{file}: cannot be read ({error}); run it again") from error
    if not isinstance(manifest, dict) or "kind" not in manifest:
        raise ResultsError(f"{file}: is not a manifest of ours (it names no kind); run it again")
    return manifest


def read_run(folder: Path) -> RunTables:
    """Read a run's folder, checking that the files are those that were written; large tables are read when asked for.

    Raises
    ------
    ResultsError
        If a file is missing or changed.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    if manifest["kind"] != "run":
        raise ResultsError(f"{folder}: holds a {manifest['kind']}, expected a run")
    checksums = manifest.get("checksums", {})
    files = [folder / f"{name}.parquet" for name in TABLES]
    summary, segments, placements = (StoredTable(file, checksums.get(file.name)) for file in files)
    summary.checked()
    segments.checked()
    return RunTables(summary, segments, placements.read(), manifest)

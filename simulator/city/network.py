"""The street network as frozen arrays: streets, junctions, places and lamps of one city.

The simulator owns this type because it needs it; `street_networks` makes it out of files. Codes stand for words
only in memory: files carry the words.
"""

import dataclasses
import hashlib
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import numpy as np

from simulator.city.audits import Audits
from simulator.city.transit import Headways, Lines, Services, Stops
from simulator.city.waysides import Waysides
from simulator.city.zones import Population, Zones, ZoneStreets
from simulator.errors import CityError
from simulator.foundation.columns import Table, column, columns_of

STREET_CLASSES = (
    "primary",
    "secondary",
    "tertiary",
    "residential",
    "unclassified",
    "service",
    "living_street",
    "pedestrian",
    "footway",
    "cycleway",
    "path",
    "steps",
    "track",
    "corridor",
)
"""OpenStreetMap's `highway` values that we walk on, in the order of their codes."""

PLACE_KINDS = (
    "home",
    "work",
    "school",
    "care",
    "shop",
    "leisure",
    "culture",
    "nightlife",
    "worship",
    "health",
    "stop",
    "open_space",
    "gateway",
    "toilets",
)
"""Kinds of place, in the order of their codes."""

Array = np.ndarray[Any, Any]


@dataclasses.dataclass(frozen=True)
class StreetCourses(Table):
    """Where streets run and what kind of way they are."""

    segment_id: Array = column("int64", unit="key", meaning="stable key of the segment", unique=True)
    from_junction: Array = column("int32", unit="index", meaning="where it starts", refers="junctions", low=0)
    to_junction: Array = column("int32", unit="index", meaning="where it ends", refers="junctions", low=0)
    length_m: Array = column("float64", unit="m", meaning="length along the way", low=0.01, high=50_000)
    street_class: Array = column("int8", unit="code", meaning="kind of way", words=STREET_CLASSES)
    in_park: Array = column("bool", unit="yes/no", meaning="most of it lies in a park or other green open space")
    is_steps: Array = column("bool", unit="yes/no", meaning="a flight of steps")
    is_tunnel: Array = column("bool", unit="yes/no", meaning="in a tunnel or underpass")
    is_informal: Array = column("bool", unit="yes/no", meaning="an informal or unpaved path")


@dataclasses.dataclass(frozen=True)
class StreetLights(StreetCourses):
    """What is known of the light of streets."""

    tagged_lit: Array = column("int8", unit="code", meaning="lit tag: 1 yes, 0 no, -1 none", low=-1, high=1)
    lamps_in_reach: Array = column("int16", unit="lamps", meaning="mapped lamps within 15 m", low=0)
    lit_probability: Array = column(
        "float64", unit="share", meaning="probability that it is lit by night; 0 or 1 where known", low=0, high=1
    )
    light_imputed: Array = column("bool", unit="yes/no", meaning="neither tag nor lamp says whether it is lit")
    lit_min_lx: Array = column("float64", unit="lx", meaning="minimum horizontal illuminance if lit", low=0, high=500)
    lit_mean_lx: Array = column("float64", unit="lx", meaning="mean horizontal illuminance if lit", low=0, high=500)
    unlit_min_lx: Array = column("float64", unit="lx", meaning="minimum if not lit (spill only)", low=0, high=500)
    unlit_mean_lx: Array = column("float64", unit="lx", meaning="mean if not lit (spill only)", low=0, high=500)


@dataclasses.dataclass(frozen=True)
class Streets(StreetLights):
    """Street segments between two junctions, each walkable both ways."""

    title: ClassVar[str] = "streets"
    overlooking_residents: Array = column(
        "float64", unit="people/100 m", meaning="residents living within 25 m, per 100 m of street", low=0
    )
    in_core: Array = column("bool", unit="yes/no", meaning="in the core, for which results are reported")
    name_index: Array = column("int32", unit="index", meaning="row in street_names, -1 for none", low=-1)


@dataclasses.dataclass(frozen=True)
class Junctions(Table):
    """Points where segments meet or end."""

    title: ClassVar[str] = "junctions"
    junction_id: Array = column("int64", unit="key", meaning="stable key of the junction", unique=True)
    x_m: Array = column("float64", unit="m", meaning="easting in the city's projected CRS")
    y_m: Array = column("float64", unit="m", meaning="northing in the city's projected CRS")


@dataclasses.dataclass(frozen=True)
class Places(Table):
    """Where people start, stay and end: homes, work, venues, open spaces, stops and gateways."""

    title: ClassVar[str] = "places"
    place_id: Array = column("int64", unit="key", meaning="stable key of the place", unique=True)
    kind: Array = column("int8", unit="code", meaning="kind of place", words=PLACE_KINDS)
    x_m: Array = column("float64", unit="m", meaning="easting in the city's projected CRS")
    y_m: Array = column("float64", unit="m", meaning="northing in the city's projected CRS")
    junction: Array = column("int32", unit="index", meaning="the nearest junction", refers="junctions", low=0)
    segment: Array = column("int32", unit="index", meaning="the nearest segment", refers="streets", low=0)
    size: Array = column("float64", unit="people or weight", meaning="residents, jobs or relative pull", low=0)
    opens_h: Array = column(
        "float64", unit="h", meaning="clock hour at which it opens on any day, without opening_hours", low=0, high=24
    )
    closes_h: Array = column(
        "float64", unit="h", meaning="hour at which it closes, past 24 if by night", low=0, high=48
    )
    hours_index: Array = column(
        "int32", unit="index", meaning="row in opening_hours, -1 where opens_h and closes_h hold", low=-1
    )


@dataclasses.dataclass(frozen=True)
class Lamps(Table):
    """Mapped street lamps."""

    title: ClassVar[str] = "lamps"
    lamp_id: Array = column("int64", unit="key", meaning="stable key of the lamp", unique=True)
    x_m: Array = column("float64", unit="m", meaning="easting in the city's projected CRS")
    y_m: Array = column("float64", unit="m", meaning="northing in the city's projected CRS")
    height_m: Array = column("float64", unit="m", meaning="mounting height", low=0.1, high=60)
    flux_lm: Array = column("float64", unit="lm", meaning="luminous flux", low=0, high=200_000)


@dataclasses.dataclass(frozen=True)
class LampSchedules(Table):
    """Lamps that do not burn fully all night, one row a lamp; hours may pass midnight, equal ones mean never."""

    title: ClassVar[str] = "lamp_schedules"
    lamp: Array = column("int32", unit="index", meaning="the lamp", refers="lamps", low=0, unique=True)
    off_from_h: Array = column("float64", unit="h", meaning="local clock hour at which it goes out", low=0, high=24)
    off_until_h: Array = column("float64", unit="h", meaning="hour at which it may burn again", low=0, high=24)
    dim_from_h: Array = column("float64", unit="h", meaning="hour at which it is dimmed", low=0, high=24)
    dim_until_h: Array = column("float64", unit="h", meaning="hour at which it burns fully again", low=0, high=24)
    dim_share: Array = column("float64", unit="share", meaning="share of its light left when dimmed", low=0, high=1)
    out_of_order: Array = column("bool", unit="yes/no", meaning="does not burn at all")


@dataclasses.dataclass(frozen=True)
class LightHours(Table):
    """Hours in which a segment's light is other than `streets` says: part-night lighting and dimming."""

    title: ClassVar[str] = "light_hours"
    light_hours_id: Array = column("int64", unit="key", meaning="stable key of the row", unique=True)
    segment: Array = column("int32", unit="index", meaning="the segment", refers="streets", low=0)
    from_h: Array = column("int8", unit="h", meaning="first clock hour", low=0, high=23)
    until_h: Array = column("int8", unit="h", meaning="clock hour at which it ends", low=1, high=24)
    lit_min_lx: Array = column("float64", unit="lx", meaning="minimum illuminance then if lit", low=0, high=500)
    lit_mean_lx: Array = column("float64", unit="lx", meaning="mean illuminance then if lit", low=0, high=500)
    unlit_min_lx: Array = column("float64", unit="lx", meaning="minimum then if not lit", low=0, high=500)
    unlit_mean_lx: Array = column("float64", unit="lx", meaning="mean then if not lit", low=0, high=500)


LONGEST_HOURS = 255
"""Letters of the longest text of opening hours that a way may have, as in OpenStreetMap."""


@dataclasses.dataclass(frozen=True)
class WayHours(Table):
    """Hours in which nobody may walk along a segment: gates, ways and parks that close."""

    title: ClassVar[str] = "way_hours"
    way_hours_id: Array = column("int64", unit="key", meaning="stable key of the row", unique=True)
    segment: Array = column("int32", unit="index", meaning="the segment", refers="streets", low=0)
    hours: Array = column("U255", unit="text", meaning="opening hours in OpenStreetMap's grammar")
    says_open: Array = column("bool", unit="yes/no", meaning="they say when it is open; else when it is closed")


def tables_of(network: "type[StreetNetwork] | StreetNetwork") -> dict[str, type[Table]]:
    """The tables of a network by the name of field and layer, those that a file may lack last."""
    kinds = {field.name: field.type for field in dataclasses.fields(network)}
    return {name: kind for name, kind in kinds.items() if isinstance(kind, type) and issubclass(kind, Table)}


class Arcs(NamedTuple):
    """Both directions of every segment, grouped by the junction that they leave (compressed sparse rows)."""

    start: Array  # int32 (J + 1,): arcs of junction j are start[j]:start[j + 1]
    head: Array  # int32 (2 S,): junction that the arc leads to
    segment: Array  # int32 (2 S,): segment that the arc walks


@dataclasses.dataclass(frozen=True)
class CityIdentity:
    """Which city it is, and what is said of where it comes from."""

    name: str
    crs: str
    latitude: float
    longitude: float
    timezone: str
    country: str
    street_names: tuple[str, ...]
    metadata: Mapping[str, str]


@dataclasses.dataclass(frozen=True)
class StreetTables(CityIdentity):
    """The streets and what stands along them."""

    streets: Streets
    junctions: Junctions
    places: Places
    lamps: Lamps
    vertices: Array
    vertex_start: Array


@dataclasses.dataclass(frozen=True)
class StreetServices(StreetTables):
    """What runs and burns by the hour."""

    stops: Stops = dataclasses.field(default_factory=Stops.empty)
    lamp_schedules: LampSchedules = dataclasses.field(default_factory=LampSchedules.empty)
    light_hours: LightHours = dataclasses.field(default_factory=LightHours.empty)
    lines: Lines = dataclasses.field(default_factory=Lines.empty)
    services: Services = dataclasses.field(default_factory=Services.empty)
    headways: Headways = dataclasses.field(default_factory=Headways.empty)


@dataclasses.dataclass(frozen=True)
class StreetNetwork(StreetServices):
    """One city: tables of arrays, the shapes of its streets and what is known of where they come from.

    Parameters
    ----------
    name, crs, timezone, country
        Short name, projected CRS ("EPSG:..."), IANA time zone, ISO 3166 country code.
    latitude, longitude
        Centre of the city (degrees).
    street_names
        Distinct names, `Streets.name_index` points here.
    opening_hours
        Distinct texts of opening hours in OpenStreetMap's grammar, `Places.hours_index` points here.
    metadata
        Source, date, licence, attribution, what was imputed, what was dropped.
    vertices, vertex_start
        float64 (V, 2) projected metres and int32 (S + 1,): the shape of street s is
        ``vertices[vertex_start[s]:vertex_start[s + 1]]``.

    Raises
    ------
    CityError
        If tables do not fit each other.
    """

    zones: Zones = dataclasses.field(default_factory=Zones.empty)
    zone_streets: ZoneStreets = dataclasses.field(default_factory=ZoneStreets.empty)
    population: Population = dataclasses.field(default_factory=Population.empty)
    audits: Audits = dataclasses.field(default_factory=Audits.empty)
    waysides: Waysides = dataclasses.field(default_factory=Waysides.empty)
    way_hours: WayHours = dataclasses.field(default_factory=WayHours.empty)
    opening_hours: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check that indices point into the tables they refer to."""
        faults = []
        limits = [("streets.name_index", self.streets.name_index, len(self.street_names))]
        limits.append(("places.hours_index", self.places.hours_index, len(self.opening_hours)))
        for name in tables_of(self):
            table = getattr(self, name)
            for declared in columns_of(type(table)):
                if declared.refers is not None:
                    rows = len(getattr(self, declared.refers))
                    limits.append((f"{name}.{declared.name}", getattr(table, declared.name), rows))
        if not len(self.streets):
            faults.append("streets: no rows, expected at least one walkable segment")
        for where, index, length in limits:
            if index.size and index.max() >= length:
                faults.append(f"{where}: row {int(index.argmax())} points at {index.max()}, the last is {length - 1}")
        if self.vertex_start.shape != (len(self.streets) + 1,):
            faults.append(f"vertex_start: shape {self.vertex_start.shape}, expected ({len(self.streets) + 1},)")
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            faults.append(f"centre: latitude {self.latitude}, longitude {self.longitude} are not degrees on Earth")
        if faults:
            raise CityError(f"city {self.name}: its tables do not fit each other", faults)
        for name, dtype in (("vertices", "float64"), ("vertex_start", "int32")):
            array = np.array(getattr(self, name), dtype=dtype)
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    @cached_property
    def arcs(self) -> Arcs:
        """Both directions of every segment by the junction they leave, in a fixed order."""
        tail = np.concatenate([self.streets.from_junction, self.streets.to_junction])
        head = np.concatenate([self.streets.to_junction, self.streets.from_junction])
        segment = np.tile(np.arange(len(self.streets), dtype=np.int32), 2)
        order = np.lexsort((self.streets.segment_id[segment], head, tail))
        start = np.zeros(len(self.junctions) + 1, np.int32)
        np.cumsum(np.bincount(tail, minlength=len(self.junctions)), out=start[1:])
        return Arcs(start=start, head=head[order].astype(np.int32), segment=segment[order])

    @cached_property
    def islands(self) -> Array:
        """Island (int32 (J,)) of each junction: 0 for the longest network that hangs together, then by length."""
        from scipy import sparse
        from scipy.sparse.csgraph import connected_components

        streets, count = self.streets, len(self.junctions)
        links = (np.ones(len(streets), bool), (streets.from_junction, streets.to_junction))
        number, part = connected_components(sparse.csr_matrix(links, shape=(count, count)), directed=False)
        metres = np.bincount(part[streets.from_junction], weights=streets.length_m, minlength=number)
        first = np.full(number, np.iinfo(np.int64).max)
        np.minimum.at(first, part, self.junctions.junction_id)  # equal lengths: the same order in every run
        rank = np.empty(number, np.int32)
        rank[np.lexsort((first, -metres))] = np.arange(number)
        return rank[part]

    def places_of(self, kind: str) -> Array:
        """Rows (int64) of the places of one kind."""
        return np.flatnonzero(self.places.kind == PLACE_KINDS.index(kind))

    def digest(self) -> str:
        """SHA-256 over the arrays as read, so that opening a file in QGIS does not make another city."""
        sha = hashlib.sha256()
        words = (self.name, self.crs, repr(self.latitude), repr(self.longitude), self.timezone, self.country)
        for word in (*words, *self.street_names, *self.opening_hours):
            sha.update(word.encode() + b"\0")
        for name in tables_of(self):
            table = getattr(self, name)
            for declared in columns_of(type(table)):
                sha.update(declared.name.encode() + b"\0")
                sha.update(np.ascontiguousarray(getattr(table, declared.name)).tobytes())
        sha.update(self.vertices.tobytes())
        sha.update(self.vertex_start.tobytes())
        return sha.hexdigest()

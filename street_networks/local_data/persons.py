"""Read a ready table of persons (CSV or Parquet), such as a synthetic population, for a city.

Each row is a person: gender and age, and as far as known the home (a place, a position or a zone), how many people it
stands for, and what it is besides. What is wrong is told with its row; nothing is guessed from it.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.city.network import StreetNetwork
from simulator.city.zones import OLDEST_COUNTED
from simulator.errors import InputError
from simulator.foundation.categories import CARERS, DISABILITIES, GENDERS
from simulator.foundation.short_lists import in_short
from simulator.foundation.spelling import GENDER_WORDS, nearest
from simulator.people.given_people import FLAGS, MISSING, GivenPeople
from simulator.people.labels import UNLABELLED, Labels
from simulator.people.margins import YOUNGEST
from street_networks.keys import stable_key
from street_networks.tables.cell_values import has_decimal_comma
from street_networks.tables.column_mapping import ColumnMapping, read_mapping
from street_networks.tables.rows import RowFaults, number_in
from street_networks.tables.texts import read_text_rows, truth_of, widths_fault

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray[Any, Any]
OURS = (
    *("id", "gender", "age", "place_id", "lon", "lat", "zone", "weight", "resident", "disability", "carer"),
    *FLAGS,
    "label",
)
"""Columns that are read; gender and age must be there."""
HOME_WITHIN_M = 250.0
"""Farther than this from any mapped home a position lies outside the city."""
_SYNONYMS = {
    "gender": GENDER_WORDS,
    "disability": {word: word for word in DISABILITIES} | {"no": "none"},
    "carer": {word: word for word in CARERS} | {"none": "no", "older": "older person"},
}
MOST_LABELS = 20
"""More groups than these are too many to read, and too few people each to be told."""
_ALL_ZONES = "`afterdark network inspect` names them all"
_CODES = {"gender": GENDERS, "disability": DISABILITIES, "carer": CARERS}


def read_persons(path: Path | str, columns: str | None, network: StreetNetwork) -> tuple[GivenPeople, str]:
    """Persons of a file, in the order of their keys, and what there is to say of them in a sentence.

    Parameters
    ----------
    path
        CSV (comma, semicolon or tab; heading in the first row) or Parquet.
    columns
        Which column is which of `OURS`, as `read_mapping` takes it; columns of the same name need no mapping.
    network
        The city in which they live.

    Raises
    ------
    InputError
        With every row that cannot be used: unknown words, ages beyond 120, weights that are not above zero, homes
        that are not in the city, persons listed twice, jobs that contradict shifts.
    """
    path = Path(path)
    frame, numbers, likely_comma = _read(path)
    mapping = read_mapping(columns, OURS, option="--persons-columns", theirs=list(map(str, frame.columns)))
    reader = _Reader(path, frame, mapping, numbers=numbers, likely_comma=likely_comma)
    gender = reader.words("gender")
    age = reader.ages()
    old_enough = age >= YOUNGEST
    resident = np.where((given := reader.flags("resident")) == MISSING, 1, given).astype(bool)
    home, zone = _homes(reader, network, resident)
    told: dict[str, Array] = {name: reader.flags(name) for name in FLAGS}
    told |= {"disability": reader.words("disability"), "carer": reader.words("carer")}
    _check_roles(told, reader)
    persons = {"person_id": reader.keys(), "gender": gender, "age": age, "resident": resident, "home": home}
    persons |= {"zone": zone, "weight": reader.weights()} | told
    if not (old_enough & resident).any() and not reader.faults.lines:
        reader.faults.add(None, "no resident of 10 and over", "somebody who lives there")
    reader.faults.raise_any()
    order = np.argsort(persons["person_id"], kind="stable")
    table = GivenPeople(**{name: values[order][old_enough[order]] for name, values in persons.items()})
    return table, _in_words(table, int((~old_enough).sum()), named="id" in reader.columns)


def read_labels(path: Path | str, columns: str | None) -> Labels:
    """The user's own labels of the persons of a file, which nothing in the model reads; none without such a column.

    Raises
    ------
    InputError
        If the file cannot be read, or holds more labels than `MOST_LABELS`.
    """
    path = Path(path)
    frame, numbers, likely_comma = _read(path)
    mapping = read_mapping(columns, OURS, option="--persons-columns", theirs=list(map(str, frame.columns)))
    reader = _Reader(path, frame, mapping, numbers=numbers, likely_comma=likely_comma)
    text, keys = reader.text("label").astype(str), reader.keys()
    words = tuple(str(word) for word in np.unique(text[text != ""]))
    if len(words) > MOST_LABELS:
        raise InputError(
            f"--persons {path}: found {len(words)} labels ({', '.join(words[:3])}, ...), expected at most "
            f"{MOST_LABELS}; put them together, or give another column with --persons-columns label=..."
        )
    order = np.argsort(keys, kind="stable")
    code = np.where(text == "", UNLABELLED, np.searchsorted(np.array(words, str), text) if words else UNLABELLED)
    return Labels(keys[order], code[order].astype(np.int64), words)


def _in_words(table: GivenPeople, children: int, *, named: bool) -> str:
    words = [f"{len(table)} persons of {YOUNGEST} and over taken"]
    words += [f"{children} younger ones left out: they do not walk alone"] if children else []
    words += [f"drawn from margins: {', '.join(table.drawn)}"] if table.drawn else []
    words += ["visitors are drawn as usual"] if table.resident.all() else []
    words += [] if named else ["no column id: random numbers go by the number of the row"]
    return "; ".join(words)


def _read(path: Path) -> "tuple[pd.DataFrame, list[int], bool]":
    """The table, the number of each row as a user counts them, and whether decimal commas are likely."""
    import pandas as pd
    import pyarrow as pa

    what = "a table of persons as CSV or Parquet"
    if not path.is_file():
        raise InputError(f"--persons {path}: no such file; expected {what}")
    if path.suffix.lower() == ".parquet":
        try:
            frame = pd.read_parquet(path)
        except (OSError, ValueError, pa.ArrowException) as error:
            raise InputError(f"--persons {path}: cannot be read ({error}); expected {what}") from None
        named = [name for name in frame.index.names if name is not None and name not in frame.columns]
        frame = frame.reset_index(level=named) if named else frame  # an id is often the index
        numbers, likely_comma = list(range(1, len(frame) + 1)), False
    else:
        rows = read_text_rows(path, what=what)
        faults = RowFaults(path, "this table of persons")
        for number, found in widths_fault(rows):
            faults.add(number, f"{found} cells", f"{len(rows.headings)} as in the heading")
        faults.raise_any()
        frame = pd.DataFrame(rows.rows, columns=list(rows.headings), dtype=object)
        numbers, likely_comma = rows.numbers, rows.likely_comma
    if not len(frame):
        raise InputError(f"--persons {path}: holds no rows; expected {what}")
    return frame, numbers, likely_comma


class _Reader:
    """Columns of a file as arrays, with their faults."""

    def __init__(
        self, path: Path, frame: "pd.DataFrame", mapping: ColumnMapping, *, numbers: list[int], likely_comma: bool
    ) -> None:
        self.faults = RowFaults(path, "this table of persons")
        self.columns, self._values, self.crs = mapping.columns, mapping.values, mapping.crs or "EPSG:4326"
        self._frame = frame
        self.row_number, self._likely_comma = numbers, likely_comma
        self.count = len(frame)
        for name in ("gender", "age"):
            if name not in self.columns:
                found = f"columns {', '.join(map(str, frame.columns))}"
                self.faults.add(None, found, f"a column {name}, or --persons-columns {name}=...")
        self.faults.raise_any()

    def text(self, name: str) -> Array:
        """A column as stripped text, "" where it is empty or the file lacks it."""
        if name not in self.columns:
            return np.full(self.count, "", object)
        column = self._frame[self.columns[name]]
        text = column.astype(object).where(column.notna(), "").astype(str).str.strip()
        if column.dtype.kind == "f":
            text = text.str.removesuffix(".0")  # a whole number with gaps in its column: 1.0 is the word 1
        given: Mapping[str, str] = self._values.get(name, {})
        return np.asarray(text.map(lambda word: given.get(word, word)), object)

    def fault(self, wrong: Array, found: Callable[[int], str], expected: str) -> None:
        """Note the rows (bool) that are wrong."""
        for row in np.flatnonzero(wrong):
            self.faults.add(self.row_number[int(row)], found(int(row)), expected)

    def numbers(self, name: str) -> Array:
        """A column as float64; NaN where it is empty, a fault where it is no number."""
        text = self.text(name)
        distinct, place = np.unique(text.astype(str), return_inverse=True)
        comma = has_decimal_comma((word for word in distinct if word), likely=self._likely_comma)
        read = [number_in(word, decimal_comma=comma) for word in distinct]
        values = np.array([np.nan if value is None else value for value in read])[place]
        wrong = (text != "") & ~np.isfinite(values)
        self.fault(wrong, lambda row: f"{name} {text[row]!r}", "a number")
        return values

    def words(self, name: str) -> Array:
        """Codes (int8) of a column of words; -1 where it is empty (a fault for gender)."""
        text = self.text(name)
        known = {word: _CODES[name].index(ours) for word, ours in _SYNONYMS[name].items()} | {"": MISSING}
        distinct, place = np.unique(np.char.lower(text.astype(str)), return_inverse=True)
        codes = np.array([known.get(word, -2) for word in distinct], np.int8)[place]
        near = {word: nearest(word, _SYNONYMS[name]) for word in distinct if word not in known}
        aim = {word: f" (nearest {right!r})" if right else "" for word, right in near.items()}
        expected = f"one of {', '.join(_CODES[name])}"
        self.fault(codes == -2, lambda row: f"{name} {text[row]!r}{aim[text[row].lower()]}", expected)
        if name == "gender":
            self.fault(codes == MISSING, lambda row: "no gender", expected)
        return codes

    def flags(self, name: str) -> Array:
        """A column of yes and no as 1 and 0 (int8), -1 where it is empty."""
        text = self.text(name)
        distinct, place = np.unique(np.char.lower(text.astype(str)), return_inverse=True)
        known = {None: -2, False: 0, True: 1}
        codes = np.array([known[truth_of(word)] if word else MISSING for word in distinct], np.int8)[place]
        self.fault(codes == -2, lambda row: f"{name} {text[row]!r}", "yes or no")
        return codes

    def ages(self) -> Array:
        """Ages in whole years (int64)."""
        age = self.numbers("age")
        text = self.text("age")
        whole = np.where(np.isfinite(age), age, -1.0)
        wrong = (whole != np.floor(whole)) | (whole < 0) | (whole > OLDEST_COUNTED)
        wrong &= np.isfinite(age) | (text == "")  # what is no number was told already
        self.fault(wrong, lambda row: f"age {text[row]!r}", f"whole years from 0 to {OLDEST_COUNTED}")
        return whole.astype(np.int64)

    def weights(self) -> Array:
        """People stood for (float64): of everybody above zero, or 0 for all where the file does not say."""
        weight = self.numbers("weight")
        if "weight" not in self.columns:
            return np.zeros(self.count)
        text = self.text("weight")
        wrong = ~(weight > 0) & (np.isfinite(weight) | (text == ""))
        self.fault(wrong, lambda row: f"weight {text[row]!r}", "a number above 0")
        return np.nan_to_num(np.maximum(weight, 0.0))

    def keys(self) -> Array:
        """Stable keys (int64) of the ids, or the number of the row where there are none."""
        if "id" not in self.columns:
            return np.arange(self.count)
        text = self.text("id")
        self.fault(text == "", lambda row: "no id", "an id of each person")
        distinct, first, place = np.unique(text.astype(str), return_index=True, return_inverse=True)
        again = (first[place] != np.arange(self.count)) & (text != "")
        self.fault(
            again, lambda row: f"id {text[row]!r} again (row {self.row_number[first[place[row]]]})", "each id once"
        )
        if again.any():
            return np.arange(self.count)
        return np.array([stable_key("person", word) for word in distinct], np.int64)[place]


def _check_roles(told: Mapping[str, Array], reader: _Reader) -> None:
    walking = DISABILITIES.index("walking")
    other = (told["wheelchair"] == 1) & (told["disability"] != MISSING) & (told["disability"] != walking)
    reader.fault(other, lambda row: "a wheelchair without disability walking", "disability walking, or none given")
    shifts = (told["night_worker"] == 1) & (told["works"] == 0)
    reader.fault(shifts, lambda row: "night_worker yes and works no", "works yes, or none given")


def _homes(reader: _Reader, network: StreetNetwork, resident: Array) -> tuple[Array, Array]:
    """Place and zone of the home of each person, -1 where not given; a place goes before a position."""
    home = np.full(reader.count, MISSING, np.int64)
    placed = _of_places(reader, network, resident, home)
    lon, lat = reader.numbers("lon"), reader.numbers("lat")
    half = np.isfinite(lon) != np.isfinite(lat)
    reader.fault(half, lambda row: "a position with one number", "both lon and lat")
    rows = np.flatnonzero(resident & ~placed & np.isfinite(lon) & np.isfinite(lat))
    if rows.size:
        _of_positions(reader, network, (rows, lon[rows], lat[rows]), home)
    zone = np.full(reader.count, MISSING, np.int64)
    text = reader.text("zone")
    names = [str(name) for name in network.zones.zone]
    distinct, place = np.unique(text.astype(str), return_inverse=True)
    codes = np.array([names.index(word) if word in names else MISSING for word in distinct])
    wrong = ((codes == MISSING) & (distinct != ""))[place]
    listed = f"a zone of the city: {in_short(names, see=_ALL_ZONES)}" if names else "no zone: this city has none"
    reader.fault(wrong, lambda row: f"zone {text[row]!r}", listed)
    zone[resident] = codes[place][resident]
    return home, zone


def _of_places(reader: _Reader, network: StreetNetwork, resident: Array, home: Array) -> Array:
    """Fill in the places that are named by their keys, and say (bool) of whom one was named."""
    text = reader.text("place_id")
    named = text != ""
    if not named.any():
        return named
    key = np.where(named, reader.numbers("place_id"), -1.0)
    order = np.argsort(network.places.place_id, kind="stable")
    at = np.searchsorted(network.places.place_id[order], key).clip(0, order.size - 1)
    row = order[at]
    homes, ways_in = network.places_of("home"), [*network.places_of("gateway"), *network.places_of("stop")]
    known = np.isfinite(key) & (network.places.place_id[row] == key)
    reader.fault(
        named & np.isfinite(key) & ~known, lambda n: f"place_id {text[n]!r}", "the place_id of a home of the city"
    )
    fits = np.where(resident, np.isin(row, homes), np.isin(row, ways_in))
    unfit = named & known & ~fits
    reader.fault(unfit, lambda n: f"place_id {text[n]!r}, which is none", "a home, or for visitors a gateway or stop")
    home[named & known & fits] = row[named & known & fits]
    return named


def _of_positions(reader: _Reader, network: StreetNetwork, found: tuple[Array, Array, Array], home: Array) -> None:
    import pyproj
    from scipy.spatial import cKDTree

    rows, lon, lat = found
    try:
        transformer = pyproj.Transformer.from_crs(reader.crs, network.crs, always_xy=True)
    except pyproj.exceptions.CRSError as error:
        raise InputError(
            f"--persons-columns: unknown coordinate reference system {reader.crs[:40]} ({error})"
        ) from None
    x, y = transformer.transform(lon, lat)
    homes = network.places_of("home")
    if not homes.size:
        raise InputError(f"city {network.name}: has no homes, in which persons could live")
    here = np.isfinite(x) & np.isfinite(y)
    tree = cKDTree(np.column_stack([network.places.x_m[homes], network.places.y_m[homes]]))
    away, nearest = tree.query(np.column_stack([np.where(here, x, 1e12), np.where(here, y, 1e12)]))
    outside = np.zeros(reader.count, bool)
    outside[rows[away > HOME_WITHIN_M]] = True
    metres = dict(zip(rows.tolist(), away.tolist(), strict=True))

    def told(row: int) -> str:
        if metres[row] > 1e7:
            return "a position that is nowhere on Earth"
        return f"a home {metres[row] / 1000:.1f} km from the nearest of the city"

    reader.fault(outside, told, f"a position within {HOME_WITHIN_M:.0f} m of a mapped home")
    home[rows] = homes[nearest]

"""Read the text files of a GTFS feed, a zip or a folder, into checked tables; all faults come in one error.

Plain pandas, not a GTFS library: eight small files are read, every check names the file and its line, and the
nights from 04:00 to 04:00 that a simulator of the dark needs are in none of them.
"""

import dataclasses
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple

import numpy as np
import pandas as pd

from simulator.errors import InputError

LARGEST_FILE = 3 * 2**30
"""Bytes of text that one file of a feed may unfold to: beyond every national feed that we know of."""
LARGEST_RATIO = 200
_RATIO_COUNTS_FROM = 20 * 2**20
SHOWN = 5

Array = np.ndarray[Any, Any]


class Wanted(NamedTuple):
    """What is read of one file."""

    needed: tuple[str, ...]
    further: tuple[str, ...] = ()
    must_be: bool = False


FLEXIBLE = ("location_id", "location_group_id", "start_pickup_drop_off_window")
"""Columns of stop_times.txt that say that a vehicle comes on demand, to an area or within a window of time."""
WANTED = {
    "stops": Wanted(("stop_id", "stop_lat", "stop_lon"), ("stop_name",), must_be=True),
    "routes": Wanted(("route_id", "route_type"), ("route_short_name", "route_long_name"), must_be=True),
    "trips": Wanted(("route_id", "service_id", "trip_id"), ("direction_id",), must_be=True),
    "stop_times": Wanted(
        ("trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time"),
        ("pickup_type", *FLEXIBLE),
        must_be=True,
    ),
    "calendar": Wanted(
        (
            "service_id",
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
            "start_date",
            "end_date",
        )
    ),
    "calendar_dates": Wanted(("service_id", "date", "exception_type")),
    "frequencies": Wanted(("trip_id", "start_time", "end_time", "headway_secs")),
    "agency": Wanted((), ("agency_name", "agency_timezone")),
    "feed_info": Wanted((), ("feed_start_date", "feed_end_date")),
}


@dataclasses.dataclass
class Faults:
    """Faults of one feed."""

    path: Path
    lines: list[str] = dataclasses.field(default_factory=list)

    def rows(self, file: str, column: str, values: "pd.Series[Any]", bad: Array, expected: str) -> None:
        """Note the first rows of a file where `bad` holds, by their line, and how many more there are."""
        rows = np.flatnonzero(bad)
        for row in rows[:SHOWN]:
            self.lines.append(
                f"{file}.txt, line {values.index[row] + 2}: {column} is {values.iloc[row]!r}, expected {expected}"
            )
        if rows.size > SHOWN:
            self.lines.append(f"{file}.txt: {rows.size - SHOWN} more lines like the last")

    def raise_any(self) -> None:
        """Raise InputError with all faults if there are any."""
        if self.lines:
            count = f"{len(self.lines)} faults" if len(self.lines) > 1 else "one fault"
            raise InputError(
                f"{self.path}: this GTFS feed has {count}; ask its publisher for a right one, or edit the files",
                self.lines,
            )


def read_files(path: Path | str, faults: Faults) -> dict[str, pd.DataFrame]:
    """Read the files of a feed as text, only the wanted columns.

    Parameters
    ----------
    path
        A zip, or the folder that it unfolds to. The files may lie in one folder inside it.
    faults
        Takes what is wrong with single files.

    Returns
    -------
    dict
        By the name of the file without its ending; optional files and columns that are not there are empty. The
        index counts the rows of the file from 0.

    Raises
    ------
    InputError
        If it is neither a zip nor a folder, a file is missing, or it unfolds to more than can be read.
    """
    path = Path(path)
    with _opened(path) as (members, open_member):
        found = _by_name(members)
        for name, wanted in WANTED.items():
            if wanted.must_be and name not in found:
                faults.lines.append(
                    f"{name}.txt: not there (the feed has {', '.join(sorted(found)) or 'no text files'})"
                )
        if not {"calendar", "calendar_dates"} & set(found):
            faults.lines.append("calendar.txt, calendar_dates.txt: neither is there, so no trip runs on any date")
        faults.raise_any()
        tables = {}
        for name, wanted in WANTED.items():
            if name not in found:
                tables[name] = pd.DataFrame({column: [] for column in (*wanted.needed, *wanted.further)}, dtype="str")
                continue
            with open_member(found[name]) as file:
                tables[name] = _read(file, name, wanted, faults)
    faults.raise_any()
    return tables


@contextmanager
def _opened(path: Path) -> Iterator[tuple[list[str], Any]]:
    """Names of the files of a feed, and a function that opens one of them."""
    if path.is_dir():
        inside = sorted(file for file in path.rglob("*.txt") if file.is_file())
        for file in inside:
            _check_size(path, file.name, file.stat().st_size, file.stat().st_size)
        yield [file.relative_to(path).as_posix() for file in inside], lambda name: (path / name).open("rb")
        return
    if not path.is_file():
        raise InputError(f"{path}: no such file; expected a GTFS feed, a zip or a folder of text files")
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                _check_size(path, info.filename, info.file_size, info.compress_size)
            yield [info.filename for info in archive.infolist() if not info.is_dir()], archive.open
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        EOFError,
        NotImplementedError,
        RuntimeError,
        zlib.error,
        OSError,
    ) as error:
        raise InputError(
            f"{path}: cannot be read as a zip ({error}); expected a GTFS feed: a zip, not encrypted, or a folder"
        ) from error


def _check_size(path: Path, name: str, size: int, packed: int) -> None:
    swollen = size > _RATIO_COUNTS_FROM and size > LARGEST_RATIO * max(packed, 1)
    if size > LARGEST_FILE or swollen:
        raise InputError(
            f"{path}: {name} unfolds from {packed:,} to {size:,} bytes; expected at most {LARGEST_FILE:,} and at most "
            f"{LARGEST_RATIO} times what it is packed. Nothing was unpacked"
        )


def _by_name(members: list[str]) -> dict[str, str]:
    """The file of each table: that which lies highest, if there are several."""
    found: dict[str, str] = {}
    for member in sorted(members, key=lambda name: (name.count("/"), name)):
        parts = PurePosixPath(member)
        hidden = any(part.startswith((".", "__MACOSX")) for part in parts.parts)
        if parts.suffix == ".txt" and not hidden:
            found.setdefault(parts.stem, member)
    return found


def _read(file: IO[bytes], name: str, wanted: Wanted, faults: Faults) -> pd.DataFrame:
    columns = (*wanted.needed, *wanted.further)
    empty = pd.DataFrame({column: [] for column in columns}, dtype="str")
    try:
        table = pd.read_csv(
            file,
            dtype="str",
            na_filter=False,
            skipinitialspace=True,
            skip_blank_lines=False,
            encoding="utf-8-sig",
            usecols=lambda column: column.strip() in columns,
            index_col=False,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeError, ValueError) as error:
        told = str(error).strip().replace("\n", " ")
        faults.lines.append(f"{name}.txt: cannot be read as comma-separated UTF-8 text ({told})")
        return empty
    table.columns = [column.strip() for column in table.columns]
    missing = [column for column in wanted.needed if column not in table.columns]
    if missing:
        there = ", ".join(table.columns) or "none of those wanted"
        faults.lines.append(f"{name}.txt: no column {', '.join(missing)}, found {there}")
        return empty
    table = table.reindex(columns=list(columns), fill_value="").fillna("").apply(_stripped)
    return table[(table != "").any(axis=1)]  # an empty line, often the last


def _stripped(column: "pd.Series[str]") -> "pd.Series[str]":
    """Cells without blanks around them: a blank after an identifier would make it another."""
    codes, words = pd.factorize(column)
    return pd.Series(pd.Index(words, dtype="str").str.strip().to_numpy(object)[codes], column.index, dtype="str")

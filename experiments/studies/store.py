"""The store of a study: one folder that many workers write to, that can be stopped at any moment, and that merges.

    study.json      what the store is of
    segments/       what workers append to, one file a writer (`experiments.studies.segments`)
    runs/           Parquet: tables of what is compacted (`experiments.studies.tables`), a few large files each
    outcomes/  parameters/  timings/  failures/  manifests/

Rows are named by what they follow from, so a row that is there twice is one row: stores of one study merge by copying
their files into one folder.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from experiments.identity import digest_of
from experiments.runs import city_of
from experiments.studies import segments
from experiments.studies.outcomes import Spot
from experiments.studies.planning import Plan
from experiments.studies.tables import COLUMNS, Tables, consistent, merged, schema_of, tables_of
from simulator.errors import InputError, ResultsError
from simulator.results.files import whole_file

HEAD = "study.json"
FORMAT = 1
_ROWS_A_FILE = 4_000_000
"""Rows of one Parquet file at most: a few hundred megabytes in memory."""
_TRIES = 5
"""How often reading begins again when another process merges files away meanwhile."""


class StudyStore:
    """The store below one folder.

    Parameters
    ----------
    folder
        Made by `begin`.
    head
        What it is of, as `study.json` says.
    """

    def __init__(self, folder: Path, head: dict[str, Any]) -> None:
        self.folder, self.head = folder, head
        self.spots = tuple(Spot(*spot) for spot in head["outcomes"])
        self.factors: dict[str, str] = head["columns"]
        self.damaged = 0

    @property
    def segments(self) -> Path:
        """Where workers write."""
        return self.folder / segments.FOLDER

    def paths(self, name: str) -> list[Path]:
        """The Parquet files of a table."""
        return sorted((self.folder / name).glob("*.parquet"))

    def files(self) -> list[Path]:
        """All files."""
        return [file for file in self.folder.rglob("*") if file.is_file()]

    def read(self) -> Tables:
        """Everything that is stored, sorted, every row once.

        Raises
        ------
        ResultsError
            If a file is damaged or of another version.
        """
        for attempt in range(_TRIES):
            try:
                return self._read(self._segment_paths())
            except FileNotFoundError:  # merged away while we read
                if attempt == _TRIES - 1:
                    raise ResultsError(f"{self.folder}: others keep merging its files; try again later") from None
        raise AssertionError

    def _segment_paths(self) -> list[Path]:
        return list(segments.segments_below(self.folder))

    def _records(self, paths: Sequence[Path]) -> list[dict[str, Any]]:
        found, self.damaged = [], 0
        for path in paths:
            records, damaged = segments.read_segment(path)
            found += records
            self.damaged += damaged
        return found

    def _read(self, paths: Sequence[Path]) -> Tables:
        fresh = tables_of(self._records(paths), self.spots, self.factors)
        tables, compacted = {}, True
        for name in COLUMNS:
            schema = schema_of(name, self.factors)
            parts = [_parquet(path, schema) for path in self.paths(name)]
            added = getattr(fresh, name)
            clean = len(parts) == 1 and not len(added)  # as `compact` left it
            tables[name] = parts[0] if clean else merged([*parts, added], name, schema)
            compacted &= clean or (name == "failures" and not len(tables[name]))
        return Tables(**tables) if compacted else consistent(Tables(**tables))

    def ids(self) -> tuple[set[str], set[str]]:
        """Runs that are stored, and those that failed and are not."""
        records = self._records(self._segment_paths())
        parts = {
            name: {
                run for path in self.paths(name) for run in pc.unique(_parquet(path, None, ["run"])["run"]).to_pylist()
            }
            for name in ("runs", "outcomes", "failures")
        }
        done = (parts["runs"] & parts["outcomes"]) | {one["run"]["run"] for one in records if one["kind"] == "run"}
        failed = parts["failures"] | {one["failure"]["run"] for one in records if one["kind"] == "failure"}
        return done, failed - done

    def compact(self) -> Tables:
        """Merge everything into a few large files, but what others are writing; what was merged is removed.

        The new files are whole before anything is removed: stopped at any moment, rows may be there twice, which
        reading sees through, and the next time ends it.
        """
        with self._only_one(), _held(self._segment_paths()) as mine:
            tables = self._read(mine)
            old = {path for name in COLUMNS for path in self.paths(name)}
            kept = {path for name in COLUMNS for path in self._write(name, getattr(tables, name))}
            for path in (*(old - kept), *mine):
                path.unlink(missing_ok=True)
        return tables

    def _write(self, name: str, table: pa.Table) -> Iterator[Path]:
        """Write a table as files whose names follow from their content: the same rows give the same files."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        for begin in range(0, len(table), _ROWS_A_FILE):
            with whole_file(folder / "part.parquet.new") as part:
                pq.write_table(table.slice(begin, _ROWS_A_FILE), part, compression="zstd", use_dictionary=True)
                path = folder / f"{name}-{hashlib.sha256(part.read_bytes()).hexdigest()[:16]}.parquet"
            (folder / "part.parquet.new").replace(path)
            yield path

    @contextmanager
    def _only_one(self) -> Iterator[None]:
        with (self.folder / ".compact").open("wb") as file:
            if not segments.lock(file):
                raise InputError(
                    f"{self.folder}: found another process that merges its files, or a disk that cannot lock files, "
                    "expected neither; wait for it, or copy the store to a local disk and compact it there"
                )
            yield
        (self.folder / ".compact").unlink(missing_ok=True)


def _parquet(path: Path, schema: pa.Schema | None, columns: Sequence[str] | None = None) -> pa.Table:
    try:
        table = pq.read_table(path, columns=list(columns or ()) or None, partitioning=None)
        return table if schema is None else table.cast(schema)
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        raise ResultsError(
            f"{path}: cannot be read ({str(error).splitlines()[0][:200]}); copy it again from where it came, or remove "
            "it: what it held is computed again"
        ) from None


def _runs_in(path: Path) -> list[str]:
    return list(pc.unique(_parquet(path, None, ["run"])["run"]).to_pylist())


@contextmanager
def _held(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """Those of some segments that nobody writes to, locked."""
    held = []
    try:
        for path in paths:
            file = path.open("rb")
            if segments.lock(file):
                held.append((path, file))
            else:
                file.close()
        yield [path for path, _ in held]
    finally:
        for _, file in held:
            file.close()


def head_of(plan: Plan) -> dict[str, Any]:
    """What a store of a plan says that it is of."""
    options = plan.options
    must_agree = {
        "city": city_of(options.city).digest(),
        "people": options.agents,
        "date": options.date.isoformat(),
        "days": options.days,
        "seed": options.seed,
        "baseline": plan.baseline.canonical(),
        "levers": [
            {"name": one.name, "case": one.case, "measure": one.measure, "field": one.field}
            for one in plan.study.levers
        ],
        "uncertainties": [one.name for one in plan.study.uncertainties],
        "columns": plan.column_kinds,
        "outcomes": [list(spot) for spot in plan.spots],
    }
    return {
        "kind": "store of a study",
        "format": FORMAT,
        "study": plan.study.name,
        "title": plan.study.title,
        **must_agree,
        "agrees": digest_of(must_agree),
    }


def begin(folder: Path, plan: Plan) -> StudyStore:
    """The store of a plan in a folder, made if there is none.

    The store takes a study that grew: more replications, other values and ranges, more scenarios. Levers,
    uncertainties, outcomes, and what all runs share stay as they are.

    Raises
    ------
    InputError
        If the folder holds something else, or another study's store.
    """
    head = head_of(plan)
    if (folder / HEAD).exists():
        store = open_store(folder)
        if store.head["agrees"] != head["agrees"]:
            differ = [key for key in head if store.head.get(key) != head[key] and key not in _MAY_DIFFER]
            raise InputError(
                f"--store {folder}: holds the study {store.head['study']}, and this one differs from it in "
                f"{', '.join(differ)}; give a folder of its own"
            )
        return store
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            f"--store {folder}: found something else there, expected a store of studies, or a new or empty folder; "
            "give another one"
        )
    with whole_file(folder / HEAD) as part:
        part.write_text(json.dumps(head, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return StudyStore(folder, head)


_MAY_DIFFER = ("study", "title", "agrees", "kind", "format")


def open_store(folder: Path) -> StudyStore:
    """The store that a folder holds.

    Raises
    ------
    ResultsError
        If it holds none, or one of another version.
    """
    file = folder / HEAD
    if not file.is_file():
        raise ResultsError(
            f"--store {folder}: holds no {HEAD}, expected the store of a study; `afterdark study run` makes one"
        )
    try:
        head = json.loads(file.read_text(encoding="utf-8"))
        version = head["format"]
        if version == FORMAT:
            return StudyStore(folder, head)
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise ResultsError(
            f"{file}: cannot be read ({error}); copy it from another store of the study, or run the study into a new "
            "folder"
        ) from None
    raise ResultsError(
        f"--store {folder}: is of version {version}, expected {FORMAT}; read it with the version of afterdark that "
        "wrote it (its `study export`), or run the study into a new folder"
    )

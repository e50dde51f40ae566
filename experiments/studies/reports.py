"""What a store holds of a study, in counts; its tables written out for others; questions to them in SQL."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from experiments.identity import code_version
from experiments.studies.planning import Plan
from experiments.studies.store import StudyStore
from experiments.studies.tables import COLUMNS, Tables
from simulator.errors import InputError
from simulator.results.files import whole_folder

FORMATS = ("csv", "parquet")
EXPORTED = ("runs", "outcomes", "parameters", "manifests")
"""Tables that follow from the study alone: when and where a run was made is left out."""


@dataclasses.dataclass(frozen=True)
class Status:
    """What there is of a study.

    Attributes
    ----------
    planned, stored, failed
        Runs of the plan; what is neither stored nor failed is missing.
    besides
        Stored runs that the study does not ask for (any more).
    older
        Those among them that another version of the code made.
    causes
        Why runs failed: stage, cause, how many.
    damaged
        Places in segments that cannot be read: what a writer was at when it was stopped.
    """

    planned: int
    stored: int
    failed: int
    besides: int
    older: int
    causes: tuple[tuple[str, str, int], ...]
    damaged: int
    files: int
    bytes: int

    @property
    def missing(self) -> int:
        """Runs that are still to be made."""
        return self.planned - self.stored - self.failed


def status_of(plan: Plan, store: StudyStore) -> Status:
    """Count what a store has of a plan."""
    tables, wanted = store.read(), set(plan.run_ids())
    runs, failures = tables.runs.to_pandas(), tables.failures.to_pandas()
    mine = failures[failures["run"].isin(wanted)]
    causes = mine.groupby(["stage", "cause"], sort=True).size().sort_values(ascending=False, kind="stable")
    stored = runs["run"].isin(wanted)
    files = store.files()
    return Status(
        planned=len(wanted),
        stored=int(stored.sum()),
        failed=len(mine),
        besides=int((~stored).sum()),
        older=int((runs["code_version"] != code_version()).sum()),
        causes=tuple((str(stage), str(cause), int(count)) for (stage, cause), count in causes.items()),
        damaged=store.damaged,
        files=len(files),
        bytes=sum(file.stat().st_size for file in files),
    )


def tables_of_plan(plan: Plan, tables: Tables) -> Tables:
    """The rows that belong to a plan, of all that are stored."""
    wanted = pa.array(plan.run_ids(), pa.string())
    runs = tables.runs.filter(pc.is_in(tables.runs["run"], value_set=wanted))

    def those(table: pa.Table, column: str, of: pa.ChunkedArray) -> pa.Table:
        return table.filter(pc.is_in(table[column], value_set=pc.unique(of)))

    return tables._replace(
        runs=runs,
        outcomes=those(tables.outcomes, "run", runs["run"]),
        parameters=those(tables.parameters, "sample", runs["sample"]),
        timings=those(tables.timings, "run", runs["run"]),
        manifests=those(tables.manifests, "manifest", runs["manifest"]),
    )


def export(plan: Plan, store: StudyStore, out: Path, *, kind: str) -> Path:
    """Write the tables of a study into a new folder, with one that says what their columns mean.

    The same study gives the same files, whoever ran it on whatever.

    Raises
    ------
    InputError
        If the format is not known, the folder holds something, or nothing is stored.
    """
    if kind not in FORMATS:
        raise InputError(f"--format: found {kind!r}, expected {' or '.join(FORMATS)}")
    tables = tables_of_plan(plan, store.read())
    if not len(tables.runs):
        raise InputError(f"--store {store.folder}: holds no run of {plan.study.name}; run it: `afterdark study run`")
    with whole_folder(out) as part:
        for name in EXPORTED:
            _write(getattr(tables, name).to_pandas(), part / f"{name}.{kind}", kind)
        _write(columns_table(store), part / "columns.csv", "csv")
    return out


def columns_table(store: StudyStore) -> pd.DataFrame:
    """What each column of each table means."""
    rows = [(name, column, meaning) for name, columns in COLUMNS.items() for column, meaning in columns.items()]
    for column in store.factors:
        kind, _, name = column.partition("_")
        meaning = f"value of the {'lever' if kind == 'lever' else 'parameter'} {name}; empty where it moves nothing"
        rows.append(("runs", column, meaning))
    return pd.DataFrame(rows, columns=["table", "column", "meaning"])


def _write(frame: pd.DataFrame, path: Path, kind: str) -> None:
    if kind == "csv":
        frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
    else:
        frame.to_parquet(path, index=False)


def ask(store: StudyStore, question: str) -> pd.DataFrame:
    """Ask the tables of a store in SQL.

    Parameters
    ----------
    question
        One statement over the tables `runs`, `outcomes`, `parameters`, `timings`, `failures`, `manifests`.

    Raises
    ------
    InputError
        If DuckDB is not installed, or does not understand the question.
    """
    try:
        import duckdb
    except ImportError:
        raise InputError(
            "study sql: the package duckdb is not installed; install it with `pip install 'afterdark[sql]'`, or read "
            "the store with pandas (docs/studies.md)"
        ) from None
    with duckdb.connect() as connection:
        for name, table in store.read()._asdict().items():
            connection.register(name, table)
        connection.execute("SET enable_external_access = false")
        try:
            answer: pd.DataFrame = connection.execute(question).df()
        except duckdb.Error as error:
            lines: Sequence[Any] = str(error).splitlines()
            raise InputError(
                f"study sql: the question cannot be answered: {lines[0]}; the tables are {', '.join(COLUMNS)}"
            ) from None
    return answer

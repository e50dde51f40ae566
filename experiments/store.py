"""A folder of runs by identity: what exists is never computed again, and stores merge by copying."""

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from simulator.errors import ResultsError
from simulator.files import whole_folder
from simulator.results import MANIFEST, RunTables, read_run, write_run


class Store:
    """Runs below one folder, each in a folder named by its identity.

    Parameters
    ----------
    folder
        Made when the first run is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, run_id: str) -> Path:
        """Where a run lies or will lie."""
        return self.folder / run_id

    def has(self, run_id: str, extra: Iterable[str] = ()) -> bool:
        """Whether a run is there, whole, with the extra tables asked for."""
        folder = self.path(run_id)
        if not (folder / MANIFEST).is_file() or not all((folder / f"{name}.parquet").is_file() for name in extra):
            return False
        try:
            read_run(folder)
        except ResultsError:  # damaged by hand: it is computed again, and the damaged one replaced
            return False
        return True

    def read(self, run_id: str) -> RunTables:
        """Read a run."""
        return read_run(self.path(run_id))

    def write(self, tables: RunTables, extra: Mapping[str, pd.DataFrame] | None = None) -> None:
        """Write a run whole, replacing one of the same identity (which had fewer tables or was damaged)."""
        target = self.path(str(tables.manifest["id"]))
        shutil.rmtree(target, ignore_errors=True)
        with whole_folder(target) as part:
            write_run(tables, part, extra)

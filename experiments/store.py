"""A folder of runs by identity: what exists is never computed again, and stores merge by copying."""

import hashlib
import shutil
import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import pandas as pd

from experiments.interruption import undisturbed
from simulator.errors import ResultsError
from simulator.files import whole_folder
from simulator.results import RunTables, read_run, write_run


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
        return is_whole(self.path(run_id), run_id, extra)

    def read(self, run_id: str) -> RunTables:
        """Read a run."""
        return read_run(self.path(run_id))

    def write(self, tables: RunTables, extra: Mapping[str, pd.DataFrame] | None = None) -> None:
        """Write a run whole, in the place of one of the same identity that has fewer tables or is damaged.

        Several processes may write the same run at once; the first whole one stays.
        """
        run_id = str(tables.manifest["id"])
        target, mark = self.path(run_id), uuid.uuid4().hex[:12]
        fresh, old = self.folder / f".{run_id}-{mark}-new", self.folder / f".{run_id}-{mark}-old"
        with undisturbed():
            try:
                with whole_folder(fresh) as part:
                    write_run(tables, part, extra)
                if not self.has(run_id, extra or ()):
                    with suppress(FileNotFoundError):
                        target.rename(old)
                    try:
                        fresh.replace(target)
                    except OSError:  # another process may have been quicker
                        if not self.has(run_id, extra or ()):
                            raise
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
                shutil.rmtree(old, ignore_errors=True)


def is_whole(folder: Path, run_id: str, extra: Iterable[str] = ()) -> bool:
    """Whether a folder holds this run as it was written, with the extra tables asked for."""
    try:
        manifest = read_run(folder).manifest
        if manifest.get("id") != run_id:
            return False
        for name in (f"{table}.parquet" for table in extra):
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != manifest["checksums"].get(name):
                return False
    except (ResultsError, OSError):  # damaged by hand: it is computed again, and the damaged one replaced
        return False
    return True

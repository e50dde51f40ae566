"""A folder of runs by identity: what exists is never computed again, and stores merge by copying."""

import hashlib
import json
import shutil
import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.interruption import defer_interrupts
from simulator.errors import ResultsError
from simulator.results.files import whole_file, whole_folder
from simulator.results.schema import MANIFEST, TABLES, RunTables, read_run, write_run

if TYPE_CHECKING:
    from scenarios import Scenario

_ATTEMPTS = 20
"""How often a run is tried to be put in its place while other processes write the same one."""


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

        Several processes may write the same run at once; the first that has all that is asked for stays.
        """
        run_id = str(tables.manifest["id"])
        target, mark = self.path(run_id), uuid.uuid4().hex[:12]
        fresh = self.folder / f".{run_id}-{mark}-new"
        old = [self.folder / f".{run_id}-{mark}-old{attempt}" for attempt in range(_ATTEMPTS)]
        with defer_interrupts():
            try:
                with whole_folder(fresh) as part:
                    write_run(tables, part, extra)
                for aside in old:
                    if self.has(run_id, extra or ()):
                        break
                    with suppress(FileNotFoundError):
                        target.rename(aside)
                    with suppress(OSError):  # another process was quicker: look again whether its run will do
                        fresh.replace(target)
                        break
                else:
                    raise ResultsError(f"{target}: others keep writing it at the same time; run again")
            finally:
                for folder in (fresh, *old):
                    shutil.rmtree(folder, ignore_errors=True)

    def copy(self, run_id: str, scenario: "Scenario", folder: Path, extra: Iterable[str] = ()) -> None:
        """Copy a run under a scenario's words, whole, to a new folder, or into one that holds this run already."""
        manifest = with_scenario_text(scenario, self.read(run_id)).manifest
        names = [f"{table}.parquet" for table in (*TABLES, *extra)]
        manifest |= {"checksums": {name: manifest["checksums"][name] for name in names}}
        if folder.is_dir() and any(folder.iterdir()):
            for name in names:
                with whole_file(folder / name) as part:
                    shutil.copyfile(self.path(run_id) / name, part)
            with whole_file(folder / MANIFEST) as part:
                write_manifest(manifest, part)
            return
        with whole_folder(folder) as fresh:
            for name in names:
                shutil.copyfile(self.path(run_id) / name, fresh / name)
            write_manifest(manifest, fresh / MANIFEST)


def with_scenario_text(scenario: "Scenario", run: RunTables) -> RunTables:
    """A stored run under a scenario's words: cases that do the same share their runs, whatever they are called."""
    told = {"name": scenario.name, "title": scenario.title, "question": scenario.question}
    return run._replace(manifest=run.manifest | {"scenario": run.manifest["scenario"] | told})


def write_manifest(manifest: Mapping[str, Any], file: Path) -> None:
    """Write a manifest as people and programs read it."""
    file.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


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

"""What the tests of reproducibility compare: the whole answer to one small question, to the bit.

`python -m reproducibility.worlds FOLDER CITY THREADS` answers it in a process of its own and prints what it got.
"""

import dataclasses
import json
import sys
from pathlib import Path
from typing import NamedTuple

from analysis.comparison.paired import compare_runs, write_comparison
from experiments.comparing import Plan, run_plan
from experiments.runs import Options
from scenarios import load_scenario

SMALL = Options(agents=600, settle_days=1, adapt_days=1)
MANY = 3000
"""Agents enough that steps of measured days are walked on several threads."""


class Answer(NamedTuple):
    """The bytes of comparison.csv, and the checksum of every table of every run by run and file."""

    comparison: bytes
    tables: dict[str, dict[str, str]]


def answer(folder: Path, *, workers: int = 1, draws: int = 1, **options: object) -> Answer:
    """Ask what lamps in the park change, with a store of its own; several workers need as many draws to work on."""
    cases = (load_scenario("light-the-park-paths"),)
    plan = Plan(load_scenario("baseline"), cases, dataclasses.replace(SMALL, **options), draws, folder / "store")
    baseline, scenarios = run_plan(plan, workers=workers)
    write_comparison(compare_runs(baseline, scenarios), folder / "comparison.csv")
    runs = [*baseline, *(run for runs in scenarios.values() for run in runs)]
    tables = {str(run.manifest["id"]): dict(run.manifest["checksums"]) for run in runs}
    return Answer((folder / "comparison.csv").read_bytes(), tables)


def differences(one: Answer, other: Answer) -> list[str]:
    """What is not the same bytes in two answers, in words."""
    found = ["comparison.csv"] * (one.comparison != other.comparison)
    if one.tables.keys() != other.tables.keys():
        return [*found, "run ids"]
    return found + [
        f"run {run}: {file}"
        for run, files in one.tables.items()
        for file in files
        if files[file] != other.tables[run][file]
    ]


if __name__ == "__main__":
    out, city, threads = sys.argv[1:]
    got = answer(Path(out), city=city, threads=int(threads), agents=MANY)
    print(json.dumps({"comparison": got.comparison.decode(), "tables": got.tables}))  # noqa: T201

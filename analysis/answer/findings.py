"""What is worked out of a comparison's runs beside its rows: each finding a table, sentences, a place in an answer.

A finding is one `Finding` in the list below. `compare` works out its table once, keeps it as `NAME.csv` beside
`comparison.csv` under a checksum, and report and terminal tell it: no one of them knows what findings there are.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.answer import cost, decides, displacement, equity, gap, groups, harm, review
from analysis.answer.finding import Basis, Finding, Place
from analysis.answer.provenance import Provenance
from simulator.errors import ResultsError

_IN_ORDER = (
    *(gap.FINDING, equity.FINDING, harm.FINDING, groups.FINDING, displacement.FINDING, decides.FINDING),
    *(cost.FINDING, review.FINDING),
)
FINDINGS: dict[str, Finding] = {one.name: one for one in _IN_ORDER}
"""Every finding by name, in the order in which an answer tells them."""


def work_out(basis: Basis) -> dict[str, pd.DataFrame]:
    """The table of every finding, by name."""
    return {name: one.work_out(basis)[list(one.all_columns)] for name, one in FINDINGS.items()}


def write_findings(tables: Mapping[str, pd.DataFrame], folder: Path) -> list[str]:
    """Write each table as NAME.csv into a folder that is being made; return the names of the files."""
    names = []
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", float_format="%.9g")
        names.append(f"{name}.csv")
    return names


def read_findings(folder: Path) -> dict[str, pd.DataFrame]:
    """Read the tables back that `write_findings` wrote.

    Raises
    ------
    ResultsError
        If one is missing, cannot be read or has other columns.
    """
    return {
        name: read_declared(folder / f"{name}.csv", one.all_columns, ("scenario", *one.words), again="compare again")
        for name, one in FINDINGS.items()
    }


def read_declared(file: Path, columns: Sequence[str], words: Sequence[str], *, again: str) -> pd.DataFrame:
    """Read a table of ours whose columns are declared: some words, all others numbers.

    Parameters
    ----------
    file
        As CSV.
    columns, words
        All columns in order, and those of them that hold words: a case may be called 007 or NA.
    again
        What to do if it is not as it was written, behind "remove FOLDER and".

    Raises
    ------
    ResultsError
        If it is missing, cannot be read or has other columns.
    """
    numbers = [name for name in columns if name not in words]
    kinds: Any = dict.fromkeys(words, "str") | dict.fromkeys(numbers, "float64")
    try:
        table = pd.read_csv(file, dtype=kinds, keep_default_na=False, na_values={name: [""] for name in numbers})
    except (OSError, ValueError) as error:
        raise ResultsError(f"{file}: cannot be read ({error}); remove {file.parent} and {again}") from None
    if list(table.columns) != list(columns):
        raise ResultsError(
            f"{file}: has columns {', '.join(map(str, table.columns))}, expected {', '.join(columns)}; "
            f"remove {file.parent} and {again}"
        )
    return table


def of_scenario(tables: Mapping[str, pd.DataFrame], scenario: str) -> dict[str, pd.DataFrame]:
    """The rows of one scenario in each table, without their first column."""
    return {
        name: table[table["scenario"] == scenario].drop(columns="scenario").reset_index(drop=True)
        for name, table in tables.items()
    }


def brief_sentences(
    tables: Mapping[str, pd.DataFrame], scenario: str, facts: Provenance, place: Place
) -> Sequence[str]:
    """What findings say in the answer in short at one of its places, a sentence each."""
    own = of_scenario(tables, scenario)
    told = (FINDINGS[name].brief(rows, scenario, facts) for name, rows in own.items() if FINDINGS[name].place == place)
    return [sentence for sentence in told if sentence]

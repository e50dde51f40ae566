"""What a finding is: a table worked out of the runs of a comparison, and how an answer tells it."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

import pandas as pd

from analysis.answer.provenance import Provenance
from analysis.answer.tables import Table
from analysis.comparison.sums import ComparedSums, Tallies, sum_cells
from simulator.results.schema import RunTables

Place = Literal["", "loses", "surely", "price"]
"""Where the answer in short tells a finding: after who loses, after how surely, after the price, or not at all."""


@dataclasses.dataclass(frozen=True)
class Basis:
    """All that a finding may be worked out of.

    Attributes
    ----------
    baseline, scenarios
        Runs, one a draw; those of each scenario by its name.
    comparison
        As `compare_runs` gives it.
    facts
        As `collect_provenance` gives it.
    given
        What the user gave for the answer and not for the runs, by its name.
    sums
        As `sum_cells` gives them of the runs, where somebody has added them up already.
    parameters
        What uncertain numbers mean: rows with at least `name` and `note`, as the report has them.
    """

    baseline: Sequence[RunTables]
    scenarios: Mapping[str, Sequence[RunTables]]
    comparison: pd.DataFrame
    facts: Provenance
    given: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    sums: ComparedSums | None = None
    parameters: Sequence[Mapping[str, object]] = ()

    @cached_property
    def compared(self) -> ComparedSums:
        """The sums behind every cell, added up once for all findings."""
        return self.sums or sum_cells(self.baseline, self.scenarios)

    @property
    def tallies(self) -> Tallies:
        """The runs added up, once for all findings, in order of draw."""
        return self.compared.tallies


def _nothing(rows: pd.DataFrame, scenario: str, facts: Provenance) -> str:
    return ""


@dataclasses.dataclass(frozen=True)
class Finding:
    """One finding. The functions that tell it get its rows of one scenario, that scenario's name, and the facts.

    Attributes
    ----------
    name
        Name of its file, without .csv, and of its section in the report.
    heading
        Heading of that section.
    columns
        Every column but `scenario`, which comes first, with its meaning and unit.
    words
        Those columns that hold words; the others hold numbers.
    work_out
        Its table for all scenarios.
    sentences
        What it says, at any length, for the report and `--full`.
    tables
        Its tables for the report and `--full`.
    brief, place
        One sentence of at most 25 words for the answer in short, or none; and where that stands.
    """

    name: str
    heading: str
    columns: Mapping[str, str]
    words: tuple[str, ...]
    work_out: Callable[[Basis], pd.DataFrame]
    sentences: Callable[[pd.DataFrame, str, Provenance], Sequence[str]]
    tables: Callable[[pd.DataFrame, str, Provenance], Sequence[Table]]
    brief: Callable[[pd.DataFrame, str, Provenance], str] = _nothing
    place: Place = ""

    @property
    def all_columns(self) -> tuple[str, ...]:
        """Columns of its file, in order."""
        return ("scenario", *self.columns)

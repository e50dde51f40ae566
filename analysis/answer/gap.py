"""The gap between women and men as a finding: `gap.csv`, its table, its sentences."""

import pandas as pd

from analysis.answer import wording
from analysis.answer.finding import Basis, Finding
from analysis.answer.provenance import Provenance
from analysis.answer.tables import Table
from analysis.comparison.gap import GAP_COLUMNS, QUANTITIES, decompose_gap, gap_in_words
from analysis.comparison.sums import Tallies
from analysis.language import tr


def _work_out(basis: Basis) -> pd.DataFrame:
    parts = []
    for name, runs in basis.scenarios.items():
        tallies = Tallies(basis.tallies.baseline, {name: basis.tallies.scenarios[name]})
        gap = decompose_gap(basis.baseline, runs, tallies=tallies)
        parts.append(gap.assign(scenario=name)[["scenario", *GAP_COLUMNS]])
    return pd.concat(parts, ignore_index=True)


def _sentences(rows: pd.DataFrame, scenario: str, facts: Provenance) -> list[str]:
    return [gap_in_words(rows)]


def _tables(rows: pd.DataFrame, scenario: str, facts: Provenance) -> list[Table]:
    return [gap_table(rows)] if len(rows) else []


def gap_table(gap: pd.DataFrame) -> Table:
    """The decomposition of the gap between women and men, in points."""
    body = []
    for row in gap.to_dict("records"):
        share = "share of walking time"
        if str(row["quantity"]).startswith("baseline"):
            body.append((tr(QUANTITIES[str(row["quantity"])]), wording.level(float(row["estimate"]), share)))
            continue
        numbers = pd.Series(
            {"difference": row["estimate"], "low": row["low"], "high": row["high"], "unit": share},
            dtype=object,
        )
        body.append((tr(QUANTITIES[str(row["quantity"])]), wording.change_with_interval(numbers)))
    return Table(
        title=tr("The gap between women and men after dark"),
        columns=("what", "points (90 % interval); baselines in per cent"),
        rows=tuple(body),
    )


FINDING = Finding(
    name="gap",
    heading="Women and men",
    columns={
        "quantity": "key of the row",
        "meaning": "what it is",
        "estimate": "mean over draws, share of walking time after dark",
        "low": "lower end of the predictive 90 % interval, share of walking time after dark",
        "high": "upper end of it",
    },
    words=("quantity", "meaning"),
    work_out=_work_out,
    sentences=_sentences,
    tables=_tables,
)

"""What decides the outcomes of a finished study: indices, rankings and boxes, in tables and in words."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.comparison.influence import FAMILYWISE
from experiments.studies.answers import Answer, Answers, spots_asked, words_of
from experiments.studies.discovery import BOXES, Box, box_rows, find_boxes
from experiments.studies.planning import Plan
from experiments.studies.ranking import RANKING, SIGN, VALUE, Ranked, is_worse, rank_numbers
from experiments.studies.sensitivity import MORRIS, PAIRS, SOBOL, morris_measures, sobol_indices
from experiments.studies.tables import Tables
from experiments.studies.trees import check_installed
from scenarios.words import listed
from simulator.errors import InputError
from simulator.results.files import whole_folder

OUTCOME = {
    "scenario": "name of the case",
    "indicator": "name of the indicator",
    "gender": "for whom; all for everybody",
    "age": "of which age; all for everybody",
    "period": "day, dark or all",
    "unit": "unit of the indicator",
}
"""Columns of each table that say of what a row is."""
TABLES = {"sobol": SOBOL, "sobol_pairs": PAIRS, "morris": MORRIS, "ranking": RANKING, "boxes": BOXES}
"""Columns of each table and their meanings, beside `OUTCOME`; a table without rows is not written."""
WORDS = "findings.txt"


@dataclasses.dataclass(frozen=True)
class Explained:
    """What was found of one answer.

    Attributes
    ----------
    answer
        Of which outcome of which scenario.
    indices
        Rows of the tables that belong to the design, by table.
    ranked
        Rankings, by target and level.
    boxes, box_rows
        Where runs are worse.
    share_worse
        Share of all runs that are worse than the baseline.
    worse_by
        By more than which difference a run has to be worse for the boxes.
    """

    answer: Answer
    indices: dict[str, list[dict[str, Any]]]
    ranked: tuple[Ranked, ...]
    boxes: tuple[Box, ...]
    box_rows: tuple[dict[str, Any], ...]
    share_worse: float
    worse_by: float


@dataclasses.dataclass(frozen=True)
class Findings:
    """What was found of a study."""

    answers: Answers
    explained: tuple[Explained, ...]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Tables that have rows, by name."""
        rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
        for one in self.explained:
            of = dict(zip(OUTCOME, (one.answer.scenario, *one.answer.spot, one.answer.unit), strict=True))
            own = {**one.indices, "ranking": [row for part in one.ranked for row in part.rows], "boxes": one.box_rows}
            for name, found in own.items():
                rows[name] += [{**of, **row} for row in found]
        return {name: pd.DataFrame(found, columns=[*OUTCOME, *TABLES[name]]) for name, found in rows.items() if found}

    def words(self) -> list[str]:
        """What there is to say, a line each."""
        return [line for one in self.explained for line in _words_of(self.answers, one)]


def explain(
    plan: Plan, tables: Tables, asked: Sequence[str], *, trees: bool = False, worse_by: float = 0.0
) -> Findings:
    """Find what decides outcomes of a study, without further runs.

    Parameters
    ----------
    plan, tables
        The study, and what is stored of it.
    asked
        Outcomes, as `spots_asked` takes them.
    trees
        Whether a random forest is asked too.
    worse_by
        A run counts as bad for the boxes if it is worse than the baseline by more than this (indicator's unit).

    Raises
    ------
    InputError
        If runs are missing, an outcome is not kept or not defined, nothing differs, or scikit-learn is not there.
    """
    if trees:
        check_installed()
    if not worse_by >= 0.0:
        raise InputError(f"--worse-by: found {worse_by}, expected zero or more, in the indicator's unit")
    answers = Answers.of(plan, tables)
    found = [answer for spot in spots_asked(plan, asked) for answer in answers.at(spot)]
    ranked = rank_numbers(answers, found, seed=plan.study.seed, trees=trees)
    if not ranked:
        raise InputError(
            f"{plan.study.name}: found no number that differs between points or draws, expected levers, uncertainties "
            "or several draws; give the study more replications"
        )
    return Findings(
        answers, tuple(_explained(answers, one, ranked, (worse_by, FAMILYWISE / len(found))) for one in found)
    )


def _explained(answers: Answers, answer: Answer, ranked: Sequence[Ranked], test: tuple[float, float]) -> Explained:
    worse_by, limit = test
    plan, bad = answers.plan, is_worse(answer, worse_by)
    boxes = find_boxes(bad, answers.levels(answer), seed=plan.study.seed, limit=limit)
    return Explained(
        answer,
        _indices(plan, answer),
        tuple(one for one in ranked if one.answer is answer),
        tuple(boxes),
        tuple(box_rows(bad, boxes, seed=plan.study.seed)),
        float(bad.mean()),
        worse_by,
    )


def _indices(plan: Plan, answer: Answer) -> dict[str, list[dict[str, Any]]]:
    kind = plan.study.design.kind
    if kind == "saltelli":
        return dict(zip(("sobol", "sobol_pairs"), sobol_indices(plan, answer), strict=True))
    return {"morris": morris_measures(plan, answer)} if kind == "morris" else {}


def write(findings: Findings, out: Path) -> list[Path]:
    """Write tables, words and pictures into a new folder.

    Raises
    ------
    InputError
        If the folder holds something.
    """
    from experiments.studies.pictures import draw

    tables = findings.tables()
    with whole_folder(out) as part:
        for name, table in tables.items():
            table.to_csv(part / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
        columns_of({name: OUTCOME | TABLES[name] for name in tables}).to_csv(
            part / "columns.csv", index=False, lineterminator="\n", encoding="utf-8"
        )
        (part / WORDS).write_text("\n".join(findings.words()) + "\n", encoding="utf-8")
        draw(findings, part)
        names = sorted(file.name for file in part.iterdir())
    return [out / name for name in names]


def columns_of(tables: dict[str, dict[str, str]]) -> pd.DataFrame:
    """What each column of each table means, as a table."""
    rows = [(name, column, meaning) for name, columns in tables.items() for column, meaning in columns.items()]
    return pd.DataFrame(rows, columns=["table", "column", "meaning"])


def _words_of(answers: Answers, one: Explained) -> list[str]:
    points, draws = one.answer.of_each.shape
    share = f"{one.share_worse:.0%}".replace("%", " %")
    lines = [
        f"{words_of(one.answer.spot)}, {one.answer.scenario}: {share} of {points * draws} runs ({points} points, "
        f"{draws} draws) are {bad_in_words(one)}."
    ]
    for target in (VALUE, SIGN):
        asked = "Value" if target == VALUE else "Sign"
        lines += [
            f"  {asked}, over {ranked.told.level}: {_ranking_in_words(ranked)}"
            for ranked in one.ranked
            if ranked.target == target
        ]
    lines.append(f"  Where: {_boxes_in_words(one)}")
    return lines


def bad_in_words(one: Explained) -> str:
    """Such as "worse than the baseline by more than 0.01"."""
    from analysis.indicators.catalogue import INDICATORS

    worse = "worse" if INDICATORS[one.answer.spot.indicator].better else "less"
    return f"{worse} than the baseline" + (f" by more than {one.worse_by:g}" if one.worse_by else "")


def _ranking_in_words(ranked: Ranked) -> str:
    if not ranked.told.changes:
        return "it is the same everywhere; nothing can decide it."
    named = [
        f"{row['number']} ({row['coefficient']:+.2f}, 90 %: {row['low']:+.2f} to {row['high']:+.2f})"
        for row in ranked.rows
        if row["stands_out"]
    ]
    count = f"{len(ranked.rows)} number{'s' * (len(ranked.rows) > 1)} and {ranked.told.units} {ranked.told.level}"
    told = f"{listed(named, 'and')} stand{'s' * (len(named) == 1)} out of {count}."
    if not named:
        told = f"nothing stands out of {count}; {_seen(ranked)}"
    if ranked.told.both_ways:
        told += f" {listed(ranked.told.both_ways, 'and')}: one way in some draws, the other way in others."
    if ranked.told.by_trees:
        by_trees = [row["number"] for row in ranked.rows if row["trees_agree"]]
        told += f" Trees name {listed(by_trees, 'and') if by_trees else 'none'}."
    return told


def _seen(ranked: Ranked) -> str:
    if ranked.told.seen >= 1.0:
        return f"so few {ranked.told.level} cannot tell."
    return f"what explains less than {ranked.told.seen:.0%} of the variance would most likely not be seen.".replace(
        "%", " %"
    )


def _boxes_in_words(one: Explained) -> str:
    if one.share_worse in (0.0, 1.0):
        return "all runs are alike in this."
    if not one.box_rows:
        return "no box stands out."
    row = one.box_rows[-1]
    return (
        f"where {row['box']}, {_percent(row, 'density')} of runs are {bad_in_words(one)}; that covers "
        f"{_percent(row, 'coverage')} of all that are."
    )


def _percent(row: dict[str, Any], key: str) -> str:
    return f"{100 * row[key]:.0f} % (90 %: {100 * row[f'{key}_low']:.0f} to {100 * row[f'{key}_high']:.0f} %)"

"""The answer in a few short sentences for a terminal: whom, there, everywhere, who loses, how surely, at what price.

Each has at most 25 words and no brackets inside brackets; tests hold that. The report says the same at length.
"""

from collections.abc import Mapping

import pandas as pd

from analysis.answer import wording
from analysis.answer.findings import brief_sentences
from analysis.answer.plain_answer import plain_answer
from analysis.answer.provenance import Provenance
from analysis.answer.those_affected import people_in_words, there_in_words
from analysis.comparison.intervals import FEWEST_DRAWS, INCONCLUSIVE, ZERO
from analysis.indicators.indicator import SHARES

_BOTH = ("woman", "man")


def brief_answer(
    comparison: pd.DataFrame, scenario: str, facts: Provenance, findings: Mapping[str, pd.DataFrame] | None = None
) -> list[str]:
    """The sentences, in this order; those that have nothing to say are left out.

    Parameters
    ----------
    comparison
        As `compare_runs` gives it.
    scenario
        Name of the scenario.
    facts
        Its provenance.
    findings
        Tables by name; each may say a sentence at its place.
    """
    if not facts.scenario(scenario).has_measures:
        return plain_answer(comparison, scenario, facts)
    sentences = (
        *people_in_words(comparison, scenario, facts),
        there_in_words(comparison, scenario, facts),
        _everywhere(comparison, scenario, facts),
        *brief_sentences(findings or {}, scenario, facts, "loses"),
        *brief_sentences(findings or {}, scenario, facts, "surely"),
        _rests_on(comparison, scenario, facts),
        *brief_sentences(findings or {}, scenario, facts, "price"),
        wording.DISCLAIMER,
    )
    return [sentence for sentence in sentences if sentence]


def _rows(comparison: pd.DataFrame, scenario: str, facts: Provenance) -> dict[str, pd.Series]:
    """What the answer leads with, after dark, for women and men."""
    lead, period = facts.scenario(scenario).leads[0], "dark" if any(facts.dark_hours) else "all"
    found = wording.select(comparison, scenario, indicator=lead.indicator, period=period, gender="*")
    rows = found.set_index("gender")
    return {who: rows.loc[who] for who in _BOTH if who in rows.index}


def _everywhere(comparison: pd.DataFrame, scenario: str, facts: Provenance) -> str:
    rows = _rows(comparison, scenario, facts)
    if not rows:
        return f"Too few people walk after dark in {facts.city} for an answer about women and men."
    lead = facts.scenario(scenario).leads[0]
    told = []
    for who, row in rows.items():
        unit = str(row["unit"])
        points = " points" if unit in SHARES else ""
        told.append(f"{wording.change(float(row['difference']), unit)}{points} for {wording.who(who)}")
    found = {str(row["verdict"]) for row in rows.values()}
    alike = len(found) == 1 or facts.draws < FEWEST_DRAWS
    verdict = wording.verdict_in_words(found.pop(), facts.draws) if alike else _each(rows)
    return f"{lead.title}, everybody in the core: {' and '.join(told)}; {verdict}."


def _each(rows: dict[str, pd.Series]) -> str:
    """A short verdict for each gender, where they differ."""
    short = {INCONCLUSIVE: "unclear", ZERO: "zero"}
    return ", ".join(
        f"{short.get(str(row['verdict']), row['verdict'])} for {wording.who(who)}" for who, row in rows.items()
    )


def _rests_on(comparison: pd.DataFrame, scenario: str, facts: Provenance) -> str:
    rows = _rows(comparison, scenario, facts)
    grade = str(next(iter(rows.values()))["grade"]) if rows and facts.draws >= FEWEST_DRAWS else ""
    return f"The weakest evidence behind that is graded “{grade}”." if grade else ""

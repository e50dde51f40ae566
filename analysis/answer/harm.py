"""Harm as a finding: whom it is found for, whom it is possible for, who stops using a place, who was not asked."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.answer import wording
from analysis.answer.finding import Basis, Finding
from analysis.answer.provenance import Provenance
from analysis.answer.tables import Entry, Table, treated_table, worse_table
from analysis.answer.told_before import said
from analysis.comparison.intervals import FEWEST_DRAWS, INCONCLUSIVE
from analysis.comparison.paired import INCIDENTS
from analysis.harm.families import ACCESS, family_of
from analysis.harm.found import ADVERSE, NOT_ASSESSED, anybody_harmed, harm_of, in_margins
from analysis.harm.losses import FALSE_FINDINGS, FOUND, GROUP, LABELS, POSSIBLE, POSSIBLY
from analysis.indicators.catalogue import INDICATORS
from analysis.indicators.indicator import SHARES
from analysis.language import marked, marked_values, spoken, tr

_USE = "use_of_treated_minutes"
_STOPPED = 0.10
"""Below this share of the baseline's use a group is said to stop using a place, not to use it less."""
_MOST_ROWS, _MOST_NAMED = 30, 4
_TITLES = {
    ADVERSE: marked("Expected incidents near by, at the adverse end of displacement"),
    "feels_safe_share_frozen": marked("Walking time that feels safe, on the baseline's trips"),
}
"""What is called otherwise where it does not stand below another indicator."""
_PERIODS = marked_values({"all": "whole day", "day": "by day", "dark": "after dark"})
_HARM = marked_values({FOUND: "harm found", POSSIBLY: "possible harm"})
METHOD = marked(
    "Every group, hour and place is tested on every judged indicator: is the expected loss beyond the material margin? "
    "Tests stand in a tree, so that on each level of it at most {false} % of what is found is "
    "found by chance. Possible harm: not found, but expected, and one more draw would show it with a chance of "
    "{possible} % or more. No harm found is no proof that there is none."
)


def _work_out(basis: Basis) -> pd.DataFrame:
    parts = [
        harm_of(name, basis.comparison, basis.compared, runs).assign(scenario=name)
        for name, runs in basis.scenarios.items()
    ]
    return pd.concat(parts, ignore_index=True)


def harmed_in_words(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """A sentence for each scenario in which harm is found, from tables of findings by name: for whom."""
    table = tables["harm"]
    return [
        f"{scenario}: harm is found for {_whom(anybody_harmed(rows))}"
        for scenario, rows in table.groupby("scenario", sort=False)
        if (rows["harm"] == FOUND).any()
    ]


def _who(row: Mapping[str, object]) -> str:
    return wording.aged(wording.group(row), str(row["age"]))


def _whom(rows: pd.DataFrame, *, most: int = _MOST_NAMED) -> str:
    """Groups of rows as the rows stand; those beyond `most` are counted, and everybody is told only for want of others.

    The mean of everybody may lose while some gain, so it names nobody.
    """
    found = list(dict.fromkeys(_who(row) for row in rows[list(GROUP)].to_dict("records")))
    named = [who for who in found if who != wording.who("all")] or [tr("everybody together")]
    if len(named) <= most:
        return wording.listed(named)
    more = tr("{count} more group") if len(named) == most + 1 else tr("{count} more groups")
    return tr("{first} and {last}", first=", ".join(named[:most]), last=more.format(count=len(named) - most))


def _when(row: Mapping[str, object]) -> str:
    band = str(row["hour_band"])
    return tr(_PERIODS[str(row["period"])]) if band == "all" else f"{band.replace('-', '–')} h"


def _title(name: str) -> str:
    return tr(_TITLES.get(name) or INDICATORS[name].title)


def _sentences(rows: pd.DataFrame, scenario: str, facts: Provenance) -> list[str]:
    if facts.draws < FEWEST_DRAWS:
        return [
            tr(wording.TOO_FEW[facts.draws]),
            tr("Harm can neither be found nor be ruled out."),
            *_not_assessed(rows),
        ]
    said = []
    found, possible = anybody_harmed(rows), rows[rows["harm"] == POSSIBLY]
    counts = _counts(rows)
    tests = wording.whole_number(counts["tested"])
    if len(found):
        count = wording.whole_number(len(found))
        said.append(
            tr(
                "Harm is found in {count} of {tests} tests, for {whom}: {what}.",
                count=count,
                tests=tests,
                whom=_whom(found),
                what=_what(found),
            )
        )
    elif counts["tested"]:
        said.append(tr("No harm is found in {tests} tests of groups, hours and places.", tests=tests))
    else:
        said.append(tr("No group, hour or place could be tested for harm."))
    beside = {
        "same": tr("in {count} nothing differs in any draw"),
        "unknown": tr("in {count} too few draws have anybody to tell"),
    }
    clauses = [words.format(count=wording.whole_number(counts[name])) for name, words in beside.items() if counts[name]]
    if clauses:
        said.append(tr("Of all others, {clauses}.", clauses=wording.listed(clauses)))
    said += _inconclusive(rows)
    named = possible[possible["indicator"] != ADVERSE]
    if len(named):
        one = tr("{count} other test") if len(found) else tr("{count} test")
        many = tr("{count} other tests") if len(found) else tr("{count} tests")
        count = (one if len(named) == 1 else many).format(count=len(named))
        put = {"count": count, "whom": _whom(named), "what": _what(named)}
        said.append(tr("Harm is possible in {count}, for {whom}: {what}.", **put))
    if not rows["indicator"].str.startswith(INCIDENTS).any():
        said.append(tr("Incidents are not tested, as nobody has evaluated what such measures do to them."))
    return [*said, *_who_stays_away(rows), *_adverse(rows), *_not_assessed(rows), method()]


def method() -> str:
    """How harm is looked for."""
    return tr(METHOD, false=f"{100 * FALSE_FINDINGS:.0f}", possible=f"{100 * POSSIBLE:.0f}")


def _counts(rows: pd.DataFrame) -> dict[str, int]:
    """Cells that are tested, in which nothing differs in any draw (which is no test), and of which nobody can tell."""
    cells = rows[rows["indicator"].isin(INDICATORS)]
    same = (cells[["difference", "low", "high"]] == 0.0).all(axis=1) & cells["p_value"].notna()
    unknown = cells["p_value"].isna()
    return {"tested": int((~same & ~unknown).sum()), "same": int(same.sum()), "unknown": int(unknown.sum())}


def _inconclusive(rows: pd.DataFrame) -> list[str]:
    """In how many tests the answer holds both gain and loss: no harm found there is not that nobody is worse off."""
    open_ended = rows[(rows["verdict"] == INCONCLUSIVE) & ~rows["harm"].isin([FOUND, POSSIBLY])]
    if open_ended.empty:
        return []
    bands = wording.whole_number(int((open_ended["hour_band"] != "all").sum()))
    one = tr("{count} is inconclusive")
    count = (one if len(open_ended) == 1 else tr("{count} are inconclusive")).format(
        count=wording.whole_number(len(open_ended))
    )
    return [
        tr(
            "{count} ({bands} of single hour bands), for {whom}: gain and loss both lie within what the draws hold, so "
            "that nobody can tell.",
            count=count,
            bands=bands,
            whom=_whom(open_ended),
        )
    ]


def _what(rows: pd.DataFrame) -> str:
    """The indicators of rows, the greatest loss in margins first, those beyond a few counted."""
    names = list(dict.fromkeys(rows["indicator"]))
    told = "; ".join(_title(str(name)) for name in names[:_MOST_NAMED])
    more = len(names) - _MOST_NAMED
    return tr("{what}; and {count} more", what=told, count=more) if more > 0 else told


def _who_stays_away(rows: pd.DataFrame) -> list[str]:
    """Groups that leave the treated streets, or that lose access to something."""
    told = []
    lost = rows[rows["harm"].isin([FOUND, POSSIBLY])]
    use = lost[lost["indicator"] == _USE]
    stopped = use["baseline"] + use["difference"] <= _STOPPED * use["baseline"]
    for words, some in (
        (tr("The treated streets are no longer used by {whom} ({surely})."), use[stopped]),
        (tr("The treated streets are used less by {whom} ({surely})."), use[~stopped]),
    ):
        if len(some):
            told.append(words.format(whom=_whom(some), surely=_surely(some)))
    access = lost[lost["indicator"].map(lambda name: name in INDICATORS and family_of(str(name)) == ACCESS)]
    if len(access):
        put = {"whom": _whom(access), "surely": _surely(access), "what": _what(access)}
        told.append(tr("Access is lost by {whom} ({surely}): {what}.", **put))
    return told


def _surely(rows: pd.DataFrame) -> str:
    found, possible = (int((rows["harm"] == word).sum()) for word in (FOUND, POSSIBLY))
    counts = [
        (found, tr("found in {count} test"), tr("found in {count} tests")),
        (possible, tr("possible in {count} test"), tr("possible in {count} tests")),
    ]
    return ", ".join((one if count == 1 else many).format(count=count) for count, one, many in counts if count)


def _adverse(rows: pd.DataFrame) -> list[str]:
    for row in rows[rows["indicator"] == ADVERSE].to_dict("records"):
        change = wording.change_with_interval(pd.Series(row))
        opening = tr("Harm is possible") if row["harm"] == POSSIBLY else tr("No harm beyond the margin is expected")
        if row["harm"] != POSSIBLY and float(row["difference"]) > float(row["margin"]):
            opening = tr("Harm beyond the margin is expected in the mean, but not surely enough to be called possible,")
        return [
            tr(
                "{opening} for whoever is on streets near by, were displacement at its adverse end: {change} expected "
                "incidents a day there, on {before}.",
                opening=opening,
                change=change,
                before=wording.level(float(row["baseline"]), str(row["unit"])),
            )
        ]
    return []


def _not_assessed(rows: pd.DataFrame) -> list[str]:
    told = rows[rows["indicator"] == NOT_ASSESSED]["note"]
    return [tr("Not assessed: harm to {whom}.", whom=said(str(whom))) for whom in told]


def _tables(rows: pd.DataFrame, scenario: str, facts: Provenance) -> list[Table]:
    told = rows[rows["indicator"].isin(INDICATORS)].assign(scenario=scenario)
    treated = [treated_table(told, scenario, name) for name in (_USE, "feels_safe_share_treated")]
    return [table for table in (harm_table(rows), worse_table(told, scenario), *treated) if table.rows]


def harm_table(rows: pd.DataFrame) -> Table:
    """Every test in which harm is found, then those in which it is possible, greatest loss in margins first."""
    named = rows[rows["harm"].isin([FOUND, POSSIBLY])]
    order = np.lexsort((-in_margins(named), named["harm"] != FOUND))
    body: list[tuple[Entry, ...]] = [
        (
            tr(_HARM[str(row["harm"])]),
            _title(str(row["indicator"])),
            _who(row),
            _when(row),
            wording.change_with_interval(pd.Series(row)),
            _margin(float(row["margin"]), str(row["unit"])),
            f"{100.0 * float(row['chance']):.0f} %",
        )
        for row in named.iloc[order].head(_MOST_ROWS).to_dict("records")
    ]
    more = len(named) - len(body)
    return Table(
        title=tr("Losses beyond the material margin"),
        columns=("harm", "indicator", "who", "when", "change (90 % interval)", "margin", "chance"),
        rows=tuple(body),
        numbers=(5, 6),
        notes=(
            tr(
                "Change and margin: in the indicator's unit, shares in points. Chance: that the loss of one more draw "
                "lies beyond the margin."
            ),
            *((tr("{count} more stand in harm.csv.", count=more),) if more > 0 else ()),
        ),
    )


def _margin(value: float, unit: str) -> str:
    """A margin with three figures, in the unit of the change beside it."""
    return spoken().digits(f"{(100.0 if unit in SHARES else 1.0) * value:.3g}")


def _brief(rows: pd.DataFrame, scenario: str, facts: Provenance) -> str:
    if facts.draws < FEWEST_DRAWS:
        return ""
    found, possible = anybody_harmed(rows), rows[(rows["harm"] == POSSIBLY) & (rows["indicator"] != ADVERSE)]
    if len(found):
        return f"Harm is found for {_whom(found, most=1)}: `--full` and the report list what."
    if len(possible):
        return f"No harm is found; it is possible for {_whom(possible, most=1)}: see `--full`."
    return "For no group is harm beyond the margins found, which is no proof that there is none."


FINDING = Finding(
    name="harm",
    heading="Does it harm anybody?",
    columns={
        "indicator": f"its name; {ADVERSE}: incidents near by at the adverse end; {NOT_ASSESSED}: see note",
        "unit": "unit of baseline, difference, low, high and margin",
        **{name: f"{name} as in comparison.csv" for name in LABELS},
        "baseline": "mean over draws",
        "difference": "mean over draws, scenario minus baseline",
        "low": "lower end of the predictive 90 % interval",
        "high": "upper end of it",
        "verdict": "as in comparison.csv",
        "margin": "material margin",
        "p_value": "one-sided, of the expected loss lying within the margin; not corrected",
        "chance": "predictive chance that the loss of one more draw lies beyond the margin, share",
        "harm": "harm found, possible harm, no harm found, cannot tell, not assessed",
        "note": "whom measures may displace",
    },
    words=("indicator", "unit", *LABELS, "verdict", "harm", "note"),
    work_out=_work_out,
    sentences=_sentences,
    tables=_tables,
    brief=_brief,
    place="loses",
)

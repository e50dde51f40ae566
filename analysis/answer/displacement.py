"""Displacement as a finding: footfall and incidents on the treated streets, near them, and elsewhere."""

import math

import pandas as pd

from analysis.answer import wording
from analysis.answer.finding import Basis, Finding
from analysis.answer.provenance import Provenance
from analysis.answer.risk_wording import ASSUMED_DISPLACEMENT
from analysis.answer.tables import Entry, Table
from analysis.comparison.bands import (
    ADVERSE,
    BOOKED,
    EVERYWHERE,
    FOOTFALL,
    INCIDENTS,
    OUTSIDE,
    QUOTIENT,
    displacement_of,
)
from analysis.comparison.intervals import FEWEST_DRAWS
from analysis.language import marked, marked_values, spoken, tr

_PLACES = marked_values(
    {"treated": "the treated streets", "near": "streets near them on foot", "elsewhere": "all other streets"}
)
_ALL_STREETS = marked("all streets")
_PERIODS = marked_values({"day": "by day", "dark": "after dark", "all": "whole day"})
_NAMES = marked_values({FOOTFALL: "Footfall (simulated)", INCIDENTS: "Expected incidents (assumed)"})
_NOTHING = marked("No street of the simulated area is treated, so there is nothing to be displaced from.")
_QUOTIENT = marked("weighted quotient")
_SUBJECTS = marked_values({FOOTFALL: "Footfall", INCIDENTS: "Expected incidents (displacement of offending assumed)"})
_WHAT = marked_values({FOOTFALL: "footfall", INCIDENTS: "incidents"})
_SIDES = ("before", "after")


def _work_out(basis: Basis) -> pd.DataFrame:
    parts = [
        displacement_of(name, basis.baseline, runs, basis.comparison).assign(scenario=name)
        for name, runs in basis.scenarios.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _sentences(rows: pd.DataFrame, scenario: str, facts: Provenance) -> list[str]:
    if rows.empty:
        return [tr(_NOTHING)]
    rows, period = rows[rows["zone"] == EVERYWHERE], _period(facts)
    when = tr("after dark") if period == "dark" else tr("that day")
    told = []
    for what, subject in _SUBJECTS.items():
        own = rows[(rows["what"] == what) & (rows["period"] == period)].set_index("band")
        if len(own):
            changes = [(tr(words), own.loc[band]) for band, words in _PLACES.items()]
            listed = ", ".join(tr("{change} on {where}", change=_relative(row), where=words) for words, row in changes)
            told.append(f"{tr(subject)} {when}: {listed}{_surely([row for _, row in changes], facts)}.")
            told += _moved(own, what, facts)
    return [*told, tr(ASSUMED_DISPLACEMENT), *_booked(rows)]


def _period(facts: Provenance) -> str:
    return "dark" if any(facts.dark_hours) else "all"


def _relative(row: pd.Series) -> str:
    """A change in per cent of before."""
    before, difference = float(row["before"]), float(row["difference"])
    if difference == 0.0:
        return tr("no change")
    if before <= 0.0:
        unit = str(row["unit"])
        return f"{wording.change(difference, unit)} {wording.unit_in_words(unit)} ({tr('none before')})"
    percent = spoken().digits(f"{100.0 * difference / before:+.1f} %").replace("-", wording.MINUS)
    return (
        percent
        if any(digit in percent for digit in "123456789")
        else tr("under {limit}", limit=spoken().digits("0.1 %"))
    )


def _surely(rows: list[pd.Series], facts: Provenance) -> str:
    """Which of the changes can be told from none."""
    changed = [row for row in rows if float(row["difference"]) or float(row["low"]) != float(row["high"])]
    if not changed or facts.draws < FEWEST_DRAWS:
        return ""
    sure = [row for row in changed if float(row["low"]) > 0.0 or float(row["high"]) < 0.0]
    if len(sure) == len(changed):
        return ""
    if not sure:
        return f"; {tr(wording.UNSURE)}"
    named = wording.listed([tr(_PLACES[str(row.name)]) for row in sure])
    return tr("; only that on {where} is distinguishable from no effect", where=named)


def _moved(own: pd.DataFrame, what: str, facts: Provenance) -> list[str]:
    """What the weighted quotient says, no further than its interval goes."""
    if QUOTIENT not in own.index or facts.draws < FEWEST_DRAWS:
        return []
    row = own.loc[QUOTIENT]
    low, high = float(row["low"]), float(row["high"])
    numbers = f"{tr(_QUOTIENT)} {wording.change_with_interval(row)}"
    of = {"what": tr(_WHAT[what]), "numbers": numbers}
    if low <= 0.0 <= high or not (math.isfinite(low) and math.isfinite(high)):
        return [tr("Whether that of {what} is moved from or to streets near by cannot be told: {numbers}.", **of)]
    if high < 0.0:
        return [
            tr("What changes of {what} there moves from or to streets near by: {numbers}; at −1 all of it does.", **of)
        ]
    return [tr("The {what} of streets near by changes the same way: {numbers}.", **of)]


def _booked(rows: pd.DataFrame) -> list[str]:
    """What is displaced near by and off the map, and what could be at the adverse end; nothing if none is averted."""
    own = rows[rows["what"] == BOOKED].set_index("band")
    if own.empty:
        return []
    near, outside, adverse = (wording.change_with_interval(own.loc[band]) for band in ("near", OUTSIDE, ADVERSE))
    return [
        tr(
            "Expected incidents a day displaced to streets near by: {near}; off the map: {outside}. "
            "At the adverse end of the share it would be {adverse} in all.",
            near=near,
            outside=outside,
            adverse=adverse,
        )
    ]


def _tables(rows: pd.DataFrame, scenario: str, facts: Provenance) -> list[Table]:
    if rows.empty:
        return []
    whole = rows["zone"] == EVERYWHERE
    places = rows[~whole & (rows["period"] == _period(facts))]
    return [bands_table(rows[whole]), *([places_table(places)] if len(places) else [])]


def bands_table(rows: pd.DataFrame) -> Table:
    """Footfall and incidents by band and period."""
    body: list[tuple[Entry, ...]] = []
    for row in rows[rows["what"] != BOOKED].to_dict("records"):
        is_quotient = row["band"] == QUOTIENT
        body.append(
            (
                f"{tr(_NAMES[str(row['what'])])}, {tr(_PERIODS[str(row['period'])])}",
                tr(_QUOTIENT) if is_quotient else tr(_PLACES[str(row["band"])]),
                *(
                    "–" if is_quotient else wording.level(float(row[name]), str(row["unit"]))
                    for name in ("before", "after")
                ),
                wording.change_with_interval(pd.Series(row)),
                wording.unit_in_words(str(row["unit"])),
            )
        )
    return Table(
        title=tr("On the treated streets, near them, and elsewhere"),
        columns=("what", "where", "before", "after", "change (90 % interval)", "unit"),
        rows=tuple(body),
        stubs=2,
        numbers=(2, 3, 4),
        notes=(
            tr(
                "On all simulated streets, the ring around the core included; near: within displacement_reach on foot "
                "(see `afterdark evidence displacement_reach`)."
            ),
            tr("Weighted quotient: change near by over that on the treated streets, each against all other streets."),
        ),
    )


def places_table(rows: pd.DataFrame) -> Table:
    """Footfall by neighbourhood and band, incidents by neighbourhood only."""
    body: list[tuple[Entry, ...]] = [
        (
            wording.place(str(row["zone"])),
            f"{tr(_NAMES[str(row['what'])])}, {tr(_PERIODS[str(row['period'])])}",
            tr(_ALL_STREETS if row["band"] == EVERYWHERE else _PLACES[str(row["band"])]),
            *(wording.level(float(row[name]), str(row["unit"])) for name in ("before", "after")),
            wording.change_with_interval(pd.Series(row)),
            wording.unit_in_words(str(row["unit"])),
        )
        for row in rows.to_dict("records")
    ]
    return Table(
        title=tr("Does it move to another neighbourhood?"),
        columns=("neighbourhood", "what", "where", "before", "after", "change (90 % interval)", "unit"),
        rows=tuple(body),
        stubs=3,
        numbers=(3, 4, 5),
        notes=(
            tr(
                "Streets of the core by the zone of the city file that holds most of them; zones with fewer than 30 "
                "agents out together. Incidents are told by zone only, never by street."
            ),
        ),
    )


FINDING = Finding(
    name="displacement",
    heading="Does it move elsewhere?",
    columns={
        "what": "footfall, incidents; booked: incidents that the drawn share displaces",
        "band": "treated, near, elsewhere; all (of a neighbourhood); quotient: the weighted displacement quotient, "
        "in difference; of what is booked near, outside the map, and adverse: in all, at the end of the share's range",
        "zone": "all: the whole simulated area; else a neighbourhood's streets in the core, incidents for all bands",
        "period": "day, dark, all",
        "unit": "unit of before, after, difference, low and high",
        "label": "simulated, or assumed (the share of averted hazard that moves is drawn)",
        "before": "mean over draws",
        "after": "the same with measures",
        "difference": "mean over draws",
        "low": "lower end of the predictive 90 % interval",
        "high": "upper end of it",
        "draws": "draws in which it is known",
    },
    words=("what", "band", "zone", "period", "unit", "label"),
    work_out=_work_out,
    sentences=_sentences,
    tables=_tables,
)

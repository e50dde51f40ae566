"""Displacement as a finding: footfall and incidents on the treated streets, near them, and elsewhere."""

import math
from collections.abc import Mapping

import pandas as pd

from analysis.answer import wording
from analysis.answer.finding import Basis, Finding
from analysis.answer.provenance import Provenance
from analysis.answer.risk_wording import ASSUMED_DISPLACEMENT
from analysis.answer.tables import Entry, Table
from analysis.comparison.bands import FOOTFALL, INCIDENTS, QUOTIENT, displacement_of
from analysis.comparison.intervals import FEWEST_DRAWS

_PLACES = {"treated": "the treated streets", "near": "streets near them on foot", "elsewhere": "all other streets"}
_PERIODS = {"day": "by day", "dark": "after dark", "all": "whole day"}
_NAMES = {FOOTFALL: "Footfall (simulated)", INCIDENTS: "Expected incidents (assumed)"}
_NOTHING = "No street of the simulated area is treated, so there is nothing to be displaced from."
_QUOTIENT = "weighted quotient"


def _work_out(basis: Basis) -> pd.DataFrame:
    parts = [displacement_of(basis.baseline, runs).assign(scenario=name) for name, runs in basis.scenarios.items()]
    return pd.concat(parts, ignore_index=True)


def _sentences(rows: pd.DataFrame, scenario: str, facts: Provenance) -> list[str]:
    if rows.empty:
        return [_NOTHING]
    period = "dark" if any(facts.dark_hours) else "all"
    when = f"{_PERIODS[period][0].upper()}{_PERIODS[period][1:]}" if period == "dark" else "That day"
    told = []
    for what, verb in ((FOOTFALL, "people walk"), (INCIDENTS, "expected incidents change by")):
        own = rows[(rows["what"] == what) & (rows["period"] == period)].set_index("band")
        if len(own):
            parts = [f"{_relative(own.loc[band].to_dict())} on {words}" for band, words in _PLACES.items()]
            told.append(f"{when} {verb} {', '.join(parts[:-1])} and {parts[-1]}{_assumed(what)}.")
            told += _moved(own, what, facts)
    return [*told, ASSUMED_DISPLACEMENT]


def _assumed(what: str) -> str:
    return " (displacement of offending assumed)" if what == INCIDENTS else ""


def _relative(row: Mapping[str, object]) -> str:
    """A change in per cent of before, and whether it can be told from none."""
    before, difference, low, high = (float(str(row[name])) for name in ("before", "difference", "low", "high"))
    if difference == low == high == 0.0:
        return "as before"
    if before <= 0.0:
        return f"{wording.change(difference, str(row['unit']))} (none before)"
    percent = f"{100.0 * difference / before:+.1f} %".replace("-", wording.MINUS)
    unsure = math.isfinite(low) and low <= 0.0 <= high
    return f"{percent} (not distinguishable from no effect)" if unsure else percent


def _moved(own: pd.DataFrame, what: str, facts: Provenance) -> list[str]:
    """What the weighted quotient says, no further than its interval goes."""
    if QUOTIENT not in own.index or facts.draws < FEWEST_DRAWS:
        return []
    row = own.loc[QUOTIENT]
    low, high = float(row["low"]), float(row["high"])
    numbers = wording.change_with_interval(row)
    name = "footfall" if what == FOOTFALL else "incidents"
    if not (math.isfinite(low) and math.isfinite(high)) or low <= 0.0 <= high:
        return [f"Whether {name} moves between them and streets near by cannot be told: quotient {numbers}."]
    if high < 0.0:
        return [f"What changes there moves from or to streets near by: quotient {numbers}; at −1 all of it would."]
    return [f"Streets near by change the same way: quotient {numbers}."]


def _tables(rows: pd.DataFrame, scenario: str, facts: Provenance) -> list[Table]:
    return [bands_table(rows)] if len(rows) else []


def bands_table(rows: pd.DataFrame) -> Table:
    """Footfall and incidents by band and period."""
    body: list[tuple[Entry, ...]] = []
    for row in rows.to_dict("records"):
        is_quotient = row["band"] == QUOTIENT
        body.append(
            (
                f"{_NAMES[str(row['what'])]}, {_PERIODS[str(row['period'])]}",
                _QUOTIENT if is_quotient else _PLACES[str(row["band"])],
                *(
                    "" if is_quotient else wording.level(float(row[name]), str(row["unit"]))
                    for name in ("before", "after")
                ),
                wording.change_with_interval(pd.Series(row)),
                "" if is_quotient else str(row["unit"]),
            )
        )
    return Table(
        title="On the treated streets, near them, and elsewhere",
        columns=("what", "where", "before", "after", "change (90 % interval)", "unit"),
        rows=tuple(body),
        stubs=2,
        numbers=(2, 3, 4),
        notes=(
            "On all simulated streets, the ring around the core included; near: within 500 m on foot "
            "(displacement_reach).",
            "Weighted quotient: change near by over that on the treated streets, each against all other streets.",
        ),
    )


FINDING = Finding(
    name="displacement",
    heading="Does it move elsewhere?",
    columns={
        "what": "footfall or incidents",
        "band": "treated, near, elsewhere; quotient: the weighted displacement quotient, in difference",
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
    words=("what", "band", "period", "unit", "label"),
    work_out=_work_out,
    sentences=_sentences,
    tables=_tables,
)

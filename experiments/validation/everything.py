"""`afterdark validate all`: every pattern on one page, with its target, result, interval, how, and what was tried."""

import html
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.validation import CHECKED, FITTED, HOLDS, MISSES, as_table, write_validation
from experiments.runs import Progress
from experiments.validation import patterns, patterns_people
from simulator.city.network import StreetNetwork

PAGE = "validation.html"
DAYS_OF_A_DRAW = patterns.DAYS_OF_A_DRAW + 1
PEOPLE_OVER_SAFETY = 5
"""So many times the agents for people's days, as the two commands have by default: their cells are finer."""
TRIED = {
    "A": "Few parameters for 14 cells; one intercept a cell would fit and say nothing.",
    "B": "One park and one busy place for both sexes; the surveys' difference between the sexes is left unexplained.",
    "C1": "Tables are read off one half of the survey, targets off the other.",
    "C3": "Hours of tours with several stops, and minutes of start, as stated: it missed by a quarter before.",
    "C4": "Nothing: the half that the tables come from misses as much.",
    "D": "Fear alone left it near 0.9 for men. Daylight as a reason of its own was added from other sources, but the "
    "range of its ratio for strolls was set with these counts in view, so that they are no check. A city's centre is "
    "another place than Arlington's paths: counts in Auckland's centre are the check.",
    "E": "Any avoidance of anything; one night's share raised to the power of 30; 30 nights lived through; 90 nights, "
    "to tell a habit from chance: 0 to 4 points off 30, so that chance from night to night is not the reason. Then "
    "fear's two weights were fitted to it.",
    "F": "Constants of modes come from the day; fear and last departures alone carry the night.",
    "G": "As many incidents thrown at random by length, for comparison.",
    "H": "Ages of disabled people are told apart from disability.",
    "I1": "Trips by kind of place, before passers-by on streets of a kind.",
    "I2": "Ratios of Auckland's nights multiply leisure alone; who goes home from work at 21:00 is not multiplied.",
    "I3": "Visitors as people come to a centre: it was half of this before.",
}
"""What was tried on a pattern, by its letter; `docs/validation.md` says more."""
_COLUMNS = ("group", "target", "result", "90 % interval", "how", "verdict")
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;"
    "background:#fff}"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0 1rem}"
    "th,td{border-bottom:1px solid #767676;padding:.3rem .6rem;text-align:left;vertical-align:top}"
    "td.n{text-align:right;white-space:nowrap}caption,h2{text-align:left;font-size:1.1rem;font-weight:600}"
    ".misses{font-weight:700}img{max-width:100%}"
)


def validate_all(
    network: StreetNetwork, out: Path, *, agents: int, replications: int, seed: int, progress: Progress
) -> pd.DataFrame:
    """Hold every pattern against its target; write `validation.csv`, a page and a figure, whole or not at all.

    Parameters
    ----------
    agents
        Of the patterns of feeling safe; people's days take `PEOPLE_OVER_SAFETY` times as many.

    Returns
    -------
    The table; rows that only point to the other of the two checks are left out.

    Raises
    ------
    InputError
        If the folder holds something else.
    """
    common = {"replications": replications, "seed": seed}
    rows = patterns.safety_rows(network, agents=agents, progress=progress, **common)
    of_people, drawn = patterns_people.people_rows(
        network, agents=PEOPLE_OVER_SAFETY * agents, progress=progress, **common
    )
    rows = [row for row in (*rows, *of_people) if not str(row["target"]).startswith("see `afterdark validate")]
    told = f"{network.name}; {agents} agents, {PEOPLE_OVER_SAFETY * agents} for people's days; {replications} draws"
    return write_validation(rows, out, {patterns_people.FIGURE: drawn, PAGE: page(as_table(rows), told)})


def page(table: pd.DataFrame, told: str) -> str:
    """The page (HTML): how many patterns hold, then a table a pattern; `told` says what was simulated.

    Nothing on it comes from elsewhere, and all text is escaped.
    """
    parts = [
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
        f"<title>What the model reproduces: {html.escape(told)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n",
        f"<h1>What the model reproduces, and what it does not</h1>\n<p>{html.escape(told)}.</p>\n",
        f"<p>{html.escape(_summary(table))}</p>\n",
    ]
    held = np.isfinite(table["result"])
    for pattern, rows in table[held].groupby("pattern", sort=False):
        beside = table[~held & (table["pattern"] == pattern)]
        parts += _of_pattern(str(pattern), rows, beside)
    known = set(table[held]["pattern"])
    rest = table[~held & ~table["pattern"].isin(known)]
    parts.append("<h2>Not held against anything</h2>\n<ul>\n")
    parts += [
        f"<li>{_plain(row.pattern, row.group)}: {_plain(row.verdict, row.target)}</li>\n" for row in rest.itertuples()
    ]
    parts.append(
        f'</ul>\n<h2>When trips start</h2>\n<img src="{patterns_people.FIGURE}" '
        'alt="Trips that start in each hour, simulated and surveyed, by gender">\n</body>\n</html>\n'
    )
    return "".join(parts)


def _summary(table: pd.DataFrame) -> str:
    parts = []
    for how, words in ((CHECKED, "checked, with no parameter chosen for them"), (FITTED, "fitted")):
        mine = table[table["fitted"] == how]
        verdicts = mine["verdict"].value_counts()
        parts.append(
            f"Of {len(mine)} figures {words}, {verdicts.get(HOLDS, 0)} hold and {verdicts.get(MISSES, 0)} miss."
        )
    return " ".join(parts)


def _of_pattern(pattern: str, rows: pd.DataFrame, beside: pd.DataFrame) -> Iterator[str]:
    yield f"<h2>{html.escape(pattern)}</h2>\n<table>\n<thead><tr>"
    yield "".join(f'<th scope="col">{name}</th>' for name in _COLUMNS)
    yield "</tr></thead>\n<tbody>\n"
    for row in rows.itertuples():
        interval = f"{row.low:.3g} to {row.high:.3g}" if np.isfinite(row.low) else "one draw"
        yield f'<tr><th scope="row">{html.escape(row.group)}</th><td>{_plain(row.target)}</td>'
        yield f'<td class="n">{row.result:.3g} {html.escape(row.unit)}</td><td class="n">{interval}</td>'
        yield f'<td>{_plain(row.fitted)}</td><td class="{_plain(row.verdict)}">{_plain(row.verdict)}</td></tr>\n'
    yield "</tbody>\n</table>\n"
    for row in beside.itertuples():
        yield f"<p>{_plain(row.group)}: {_plain(row.target)} ({_plain(row.verdict)}).</p>\n"
    tried = TRIED.get(pattern.split(maxsplit=1)[0])
    if tried:
        yield f"<p>Tried: {html.escape(tried)}</p>\n"


def _plain(*words: object) -> str:
    return html.escape(", ".join(str(word) for word in words if str(word)))

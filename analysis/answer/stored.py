"""A stored comparison for Python and notebooks: tables, whom it can reach, the answer in sentences, and its maps."""

import shutil
from collections.abc import Sequence
from html import escape
from pathlib import Path

import pandas as pd

from analysis.answer.brief import brief_answer
from analysis.answer.html_tables import html_table
from analysis.answer.provenance import Provenance
from analysis.answer.tables import Table
from analysis.answer.those_affected import affected_table
from analysis.comparison.paired import read_comparison_table
from simulator.errors import InputError, ResultsError
from simulator.foundation.spelling import nearest, with_article
from simulator.results.files import whole_file
from simulator.results.schema import MANIFEST, read_manifest

TOTALS = {
    **dict.fromkeys(
        ("gender", "age", "disability", "carer", "night_worker", "hour_band", "purpose", "period"), ("all",)
    ),
    "zone": ("all", "core"),
}
"""Columns that name a cell, with the words that make it a total."""
AFFECTED = ("affected_people", "feels_safe_share_treated", "safe_minutes_treated", "affected_trips_not_made")
PICTURES = {"change": "map", "hours": "hours", "zones": "zones"}
"""Kinds of maps, and how the names of their files begin."""
_COMPARISON = "comparison.csv"


class Picture:
    """A stored map: `path`, shown by notebooks; `save` copies it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def save(self, path: Path | str) -> Path:
        """Copy the PNG, whole or not at all, and give where it is."""
        with whole_file(path) as part:
            shutil.copyfile(self.path, part)
        return Path(path)

    def _repr_png_(self) -> bytes:
        return self.path.read_bytes()

    def __repr__(self) -> str:
        """Say where it is."""
        return f"<Picture {self.path}>"


class Comparison:
    """What `afterdark compare` wrote; see `read_comparison`.

    Parameters
    ----------
    frame
        Every cell, the columns of `comparison.csv`.
    facts
        Place, date, draws and scenarios; None of a table without its folder.
    folder
        Where it lies; None of a table without its folder.
    """

    def __init__(self, frame: pd.DataFrame, facts: Provenance | None = None, folder: Path | None = None) -> None:
        self.frame, self.facts, self.folder = frame, facts, folder

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the scenarios, in the order of the table."""
        return tuple(map(str, self.frame["scenario"].unique()))

    @property
    def indicators(self) -> tuple[str, ...]:
        """Names of the indicators, in the order of the table."""
        return tuple(map(str, self.frame["indicator"].unique()))

    def table(
        self,
        indicator: str | Sequence[str] | None = None,
        by: str | Sequence[str] = (),
        *,
        scenario: str | None = None,
        **fixed: str,
    ) -> pd.DataFrame:
        """Rows of the comparison, a cell each.

        Parameters
        ----------
        indicator
            One or several; all of them by default.
        by
            Columns that tell people apart: gender, age, disability, carer, night_worker, hour_band, zone, purpose,
            period. The table then has a row for each group, and none for all of them together (`any` of a disability or
            of care stands for all its kinds).
        scenario
            One of `scenarios`; all of them by default.
        fixed
            Words of such columns, as `gender="woman"` or `period="dark"`; all others are totals.

        Returns
        -------
        pandas.DataFrame
            scenario, indicator, the columns of `by`, then unit, baseline, value, difference, low, high, share_better,
            verdict, people, grade. Without a row where the comparison has no such cells.

        Raises
        ------
        InputError
            If a name is not known.
        """
        wanted = [indicator] if isinstance(indicator, str) else list(indicator or self.indicators)
        groups = [by] if isinstance(by, str) else list(by)
        _check("indicator", wanted, self.indicators)
        _check("by", [*groups, *fixed], tuple(TOTALS))
        kept = self.frame["indicator"].isin(wanted)
        if scenario is not None:
            _check("scenario", [scenario], self.scenarios)
            kept &= self.frame["scenario"] == scenario
        for name, totals in TOTALS.items():
            if name in fixed:
                _check(name, [fixed[name]], tuple(map(str, self.frame[name].unique())))
                kept &= self.frame[name] == fixed[name]
            else:
                kept &= self.frame[name].isin(totals) != (name in groups)
        told = ["unit", "baseline", "value", "difference", "low", "high", "share_better", "verdict", "people", "grade"]
        columns = ["scenario", "indicator", *(name for name in TOTALS if name in groups), *told]
        return self.frame.loc[kept, columns].reset_index(drop=True)

    def affected(self, scenario: str | None = None) -> pd.DataFrame:
        """Whom a scenario can reach: how many, how safe they feel on its streets, minutes, trips not made; by gender.

        Returns
        -------
        pandas.DataFrame
            Rows as `table` gives them, with `gender` (`all`: everybody together); after dark where a quantity has that.
            Nothing is told of fewer than 30 agents, so there is no row where a run has affected so few.
        """
        parts = []
        for name in AFFECTED:
            if name in self.indicators:
                dark = self.table(name, scenario=scenario, period="dark") if "dark" in set(self.frame["period"]) else []
                when = {"period": "dark"} if len(dark) else {}
                parts += [
                    self.table(name, "gender", scenario=scenario, **when),
                    self.table(name, scenario=scenario, **when).assign(gender="all"),
                ]
        return pd.concat(parts, ignore_index=True) if parts else self.table((), "gender").iloc[:0]

    def answer(self, scenario: str | None = None) -> str:
        """The answer in a few sentences, a line each.

        Raises
        ------
        ResultsError
            If only the table is there, without its folder.
        """
        name, facts = self._one(scenario), self._facts()
        return "\n".join(brief_answer(self.frame, name, facts))

    def map(self, scenario: str | None = None, kind: str = "change") -> Picture:
        """A stored map.

        Parameters
        ----------
        scenario
            One of `scenarios`; of several the default is the map of all of them beside each other.
        kind
            `change` (after dark), `hours` or `zones`.

        Raises
        ------
        InputError
            If a name is not known.
        ResultsError
            If there is no such picture in the folder.
        """
        _check("kind", [kind], tuple(PICTURES))
        self._facts()
        assert self.folder is not None
        together = len(self.scenarios) == 1 or (scenario is None and kind == "change")
        name = PICTURES[kind] if together else f"{PICTURES[kind]}-{self._one(scenario)}"
        if scenario is not None:
            _check("scenario", [scenario], self.scenarios)
        file = self.folder / f"{name}.png"
        if not file.is_file():
            raise ResultsError(
                f"{file}: no such picture; hours are drawn where feeling safe changes on a street, zones where "
                "the answer tells of two or more; else compare again"
            )
        return Picture(file)

    def _one(self, scenario: str | None) -> str:
        if scenario is None and len(self.scenarios) != 1:
            raise InputError(f"scenario: found none, expected one of {', '.join(self.scenarios)}")
        _check("scenario", [scenario or self.scenarios[0]], self.scenarios)
        return scenario or self.scenarios[0]

    def _facts(self) -> Provenance:
        if self.facts is None:
            raise ResultsError(
                f"this comparison is a table alone, expected its folder with {MANIFEST}; read the folder that "
                "`afterdark compare` wrote"
            )
        return self.facts

    def __repr__(self) -> str:
        """Say what it compares."""
        where = "" if self.facts is None else f" in {self.facts.city} on {self.facts.date}, {self.facts.draws} draws"
        return f"<Comparison of {', '.join(self.scenarios)}{where}: {len(self.frame)} cells>"

    def _repr_html_(self) -> str:
        if self.facts is None:
            return str(self.table(by="gender").to_html(index=False, border=0))
        parts = []
        for told in self.facts.scenarios:
            words = "".join(f"<p>{escape(one)}</p>" for one in brief_answer(self.frame, told.name, self.facts))
            table: Table = affected_table(self.frame, told.name, self.facts)
            parts.append(f"<h3>{escape(told.title)}</h3>{words}{html_table(table) if table.rows else ''}")
        return "".join(parts)


def read_comparison(path: Path | str) -> Comparison:
    """Read what `afterdark compare` wrote.

    Parameters
    ----------
    path
        The folder, or a `comparison.csv`; one that lies alone has tables, but neither answer nor map.

    Raises
    ------
    ResultsError
        If there is none, or it cannot be read.
    """
    given = Path(path)
    folder, file = (given, given / _COMPARISON) if given.is_dir() else (given.parent, given)
    if given.is_dir() and read_manifest(folder)["kind"] != "comparison":
        raise ResultsError(f"{folder}: holds {with_article(read_manifest(folder)['kind'])}, expected a comparison")
    frame = read_comparison_table(file)
    if file.name != _COMPARISON or not (folder / MANIFEST).is_file():
        return Comparison(frame)
    return Comparison(frame, Provenance.from_dict(read_manifest(folder).get("provenance", {})), folder)


def _check(what: str, found: Sequence[str], known: Sequence[str]) -> None:
    for name in found:
        if name not in known:
            near = nearest(name, known)
            hint = f"did you mean {near}?" if near else f"expected one of {', '.join(known)}"
            raise InputError(f"{what}: found {name!r}; {hint}")

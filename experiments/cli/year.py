"""`afterdark compare --calendar year`: the mean day of a year, its seasons and kinds of day."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from experiments.cli.asking import carry_out, name_of, of_persons, plan_of
from experiments.cli.telling import relative, show_parts
from simulator.errors import InputError

if TYPE_CHECKING:
    from experiments.year import Year

YEAR = "year"
_ONE_DAY_ONLY = {"fail_on_harm": "--fail-on-harm", "profile": "--profile", "unit_values": "--unit-values"}
_ONE_DAY_ONLY |= {"observed": "--observed", "equity_weight": "--equity-weight"}
"""Options that a year does not take."""


def compare_year(asked: Mapping[str, Any]) -> None:
    """Compare over a year and tell it; what is in the store is not computed again.

    Parameters
    ----------
    asked
        The parameters of `compare` by name.

    Raises
    ------
    InputError
        If an option is for one day only, or the comparison cannot be made.
    """
    from experiments.year import YearPlan, make_year

    refused = [word for name, word in _ONE_DAY_ONLY.items() if asked[name]]
    if refused:
        raise InputError(
            f"--calendar year: found {refused[0]}, which is for one day; leave it out, or compare a --date by itself"
        )
    plan, note = plan_of(asked)
    year = YearPlan(dataclasses.replace(plan, light_extremes=False))
    told = [*of_persons(note), *year.check()]
    made, _ = carry_out(year, asked, make_year, told=told, name=name_of(plan), word=YEAR)
    _tell(made, as_json=asked["as_json"])


def show_year(folder: Path, *, as_json: bool) -> None:
    """Print what a folder of a year holds."""
    from experiments.year import read_year

    _tell(read_year(folder), as_json=as_json)


def _tell(year: "Year", *, as_json: bool) -> None:
    import json

    from rich.text import Text

    from analysis.answer import year as told
    from analysis.answer.terminal import render_table
    from analysis.answer.wording import DISCLAIMER, draws_note
    from experiments.year import PICTURE

    if as_json:
        rows = {"mean_day": year.mean, "days": year.days}
        typer.echo(
            json.dumps({name: json.loads(one.to_json(orient="records")) for name, one in rows.items()}, indent=1)
        )
        return
    parts: list[Any] = [render_table(told.mean_day_table(year.mean, year.titles)), Text("")]
    parts += [Text(f"Caution: {caution}.\n") for caution in year.cautions]
    for name, title in year.titles.items():
        parts += [render_table(told.by_day_table(year.days, name, title)), Text(f"{told.in_words(year.days, name)}\n")]
    draws = int(year.mean["draws"].iloc[0])
    parts.append(Text("\n".join(filter(None, (draws_note(draws), told.RESTS_ON, DISCLAIMER, "")))))
    show_parts(parts)
    typer.echo("One of its days in full: afterdark compare ... --date DATE (its runs are in the store already)")
    typer.echo(f"Tables:  {relative(year.folder)}")
    typer.echo(f"Picture: {(year.folder / PICTURE).resolve()}")

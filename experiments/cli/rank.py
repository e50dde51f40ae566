"""`afterdark rank`: several cases beside each other, what they cost against what they gain."""

import inspect
import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.cli.runs import answer_of, compare
from experiments.cli.telling import show_parts
from simulator.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from analysis.answer.rank import Ranking
    from experiments.comparing import Answer, Plan

FRONT = "front.png"
_HOW_TOLD = ("full", "profile", "fail_on_harm", "calendar")
"""Options of `compare` that are not those of `rank`."""
Budget = Annotated[float | None, typer.Option(help="money there is a year. The answer says which cases keep to it.")]
Currency = Annotated[str | None, typer.Option(help="currency of the budget  [default: that of the costs]")]


def rank(**asked: Any) -> None:
    """Rank cases: cost against gain in the same draws, for whom, which is dominated, which keep to a budget.

    Example: afterdark rank light-the-park-paths square-hosts --budget 35000
    """
    from analysis.answer.rank import rank_table, ranking_of

    cases, budget, currency = asked["cases"], asked["budget"], asked["currency"]
    if len(cases) < 2:
        raise InputError(
            f"rank: found one case, expected two or more to hold against each other; for one, `afterdark compare "
            f"{cases[0]}`"
        )
    if budget is not None and not (math.isfinite(budget) and budget >= 0.0):
        raise InputError(f"--budget: found {budget}, expected money a year, zero or more, such as 100000")
    if currency is not None and budget is None:
        raise InputError(f"--currency {currency}: found no --budget, expected the budget that is in it")
    answer = answer_of(asked, word="rank", check=lambda plan: _check_currency(plan, currency))[0]
    ranking = ranking_of(answer.findings["cost"], answer.facts)
    table = rank_table(ranking, budget=budget)
    _draw(answer, ranking, table, budget)
    if asked["as_json"]:
        typer.echo(table.to_json(orient="records", indent=1))
    else:
        _tell(answer, ranking, table, budget)


def _check_currency(plan: "Plan", currency: str | None) -> None:
    paid_in = sorted(plan.currencies())
    if currency is not None and paid_in and paid_in != [currency]:
        raise InputError(
            f"--currency: found {currency}, expected {' and '.join(paid_in)}, in which these cases cost; convert the "
            "budget, or give the cases' own costs with their currency"
        )


def _draw(answer: "Answer", ranking: "Ranking", table: "pd.DataFrame", budget: float | None) -> None:
    from analysis.maps.front import Point, draw_front

    facts = answer.facts
    points = [
        Point(
            title=title,
            cost=(row["annual_cost"], row["annual_cost_low"], row["annual_cost_high"]),
            gain=(row["gain"], row["gain_low"], row["gain_high"]),
            on_front=row["on_front"],
            is_gain=row["is_gain"],
        )
        for title, row in zip(ranking.titles, table.to_dict("records"), strict=True)
    ]
    draw_front(
        points,
        answer.folder / FRONT,
        currency=ranking.currency,
        unit=ranking.unit,
        below=f"{facts.city}, {facts.date_in_words}; {facts.draws} draws, the same for all ideas. Not a forecast.",
        budget=budget,
    )


def _tell(answer: "Answer", ranking: "Ranking", table: "pd.DataFrame", budget: float | None) -> None:
    from rich.text import Text

    from analysis.answer import rank as ranked
    from analysis.answer.terminal import render_table, uncertainty_notes
    from analysis.answer.wording import DISCLAIMER

    facts, comparison = answer.facts, answer.comparison
    where = f"{facts.city} on {facts.date_in_words}; after dark: {facts.dark_in_words}"
    shown = [
        ranked.money_and_gain(ranking, table, budget=budget),
        ranked.for_whom(comparison, facts),
        ranked.pairs_table(ranking),
        ranked.values_table(ranking),
    ]
    parts: list[Any] = [Text(f"{where}\n"), render_table(shown[0]), Text("")]
    parts += [Text(f"{sentence}\n") for sentence in ranked.sentences(ranking, facts)]
    parts += [Text(f"Caution: {caution}.\n") for caution in facts.cautions]
    for one in shown[1:]:
        parts += [render_table(one), Text("")] if one.rows else []
    parts.append(Text("\n".join((*uncertainty_notes(comparison, facts, brief=True), DISCLAIMER, ""))))
    show_parts(parts)
    typer.echo(f"Front:  {(answer.folder / FRONT).resolve()}")
    typer.echo(f"Report: {(answer.folder / 'report.html').resolve()}")


def _with_options_of_compare() -> None:
    """Give `rank` the parameters of `compare`, so that what one takes the other does, with a budget beside."""
    own = {name: one for name, one in inspect.signature(compare).parameters.items() if name not in _HOW_TOLD}
    added = {
        name: inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=annotation)
        for name, annotation in (("budget", Budget), ("currency", Currency))
    }
    cases = own.pop("cases")
    rank.__signature__ = inspect.Signature([cases, *added.values(), *own.values()])  # type: ignore[attr-defined]
    rank.__annotations__ = {name: one.annotation for name, one in {"cases": cases, **added, **own}.items()}


_with_options_of_compare()

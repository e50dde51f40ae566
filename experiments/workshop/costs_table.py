"""What a draft costs, as a table with ranges and grades, and how much of a budget that is."""

from html import escape

from analysis.answer.wording import GRADE_WORDS
from analysis.language import Language
from experiments.workshop.costs import Cost, yearly_of
from simulator.evidence.parameters import load_evidence
from simulator.interventions import Measure


def costs_html(costs: list[Cost], budget: float | None, say: Language) -> str:
    """A table of what each measure takes, the sum, and how much of a budget that is."""
    if not costs:
        return f"<p class='soft'>{escape(say('Nothing is drafted yet.'))}</p>"
    rows = "".join(
        f"<tr><th scope='row'>{escape(one.name)}<br><small class='soft'>"
        f"{say.number(one.quantity)} {escape(say(one.unit))}, {say.number(one.length_m)} m</small></th>"
        f"<td>{_money(one.yearly[0], say)}<br><small class='soft'>"
        f"{escape(say('{low} to {high}', low=_money(one.yearly[1], say), high=_money(one.yearly[2], say)))}; "
        f"{escape(', '.join(say(GRADE_WORDS[grade]) for grade in dict.fromkeys(one.grades)))}</small></td></tr>"
        for one in costs
    )
    yearly = yearly_of(costs)
    total = ", ".join(f"{_money(value, say)} {escape(currency)}" for currency, value in yearly.items())
    table = (
        f"<table class='told'><thead><tr><th>{escape(say('Measure'))}</th>"
        f"<th>{escape(say('Cost a year'))}</th></tr></thead>"
        f"<tbody>{rows}<tr><th scope='row'>{escape(say('Together'))}</th><td><b>{total}</b></td></tr></tbody></table>"
    )
    if not budget:
        return table
    spent = sum(yearly.values())
    share = min(100.0, 100.0 * spent / budget)
    told = say("{spent} of {budget} a year", spent=_money(spent, say), budget=_money(budget, say))
    kind = " over" if spent > budget else ""
    bar = f"<div class='bar{kind}' role='img' aria-label='{escape(told)}'><i style='width:{share:.0f}%'></i></div>"
    return f"{table}<p>{escape(told)}</p>{bar}"


def evidence_html(measure: Measure, say: Language) -> str:
    """The parameters that a measure's effect and cost rest on, each with its range and how sure it is."""
    known = load_evidence()
    rows = "".join(
        f"<tr><th scope='row'>{escape(name.replace('_', ' '))}</th><td>{known[name].value:g} "
        f"({escape(say('{low} to {high}', low=f'{known[name].low:g}', high=f'{known[name].high:g}'))}) "
        f"{escape(known[name].unit)}<br>"
        f"<small class='soft'>{escape(say(GRADE_WORDS[known[name].grade]))}</small></td></tr>"
        for name in dict.fromkeys(measure.evidence())
        if name in known
    )
    return f"<table class='told'>{rows}</table>"


def _money(value: float, say: Language) -> str:
    return say.number(float(f"{value:.3g}"))

"""A confirmed answer as HTML, for the page and for what is taken along: cards, sentences, charts by group and hour."""

from html import escape

from analysis.answer.charts import NARROW, Frame, hours_chart
from analysis.answer.findings import of_scenario
from analysis.answer.first_screen import first_screen
from analysis.answer.plain_answer import plain_answer
from analysis.language import Language, speaking
from analysis.language import html as as_html
from experiments.comparing import Answer
from experiments.workshop.group_chart import TITLE, group_chart


def answer_html(answer: Answer, say: Language, prefix: str, frames: tuple[Frame, ...] = (NARROW,)) -> str:
    """The first screen of the report, the answer in sentences, and changes by group and hour.

    Parameters
    ----------
    answer
        Of one scenario.
    say
        The language.
    prefix
        How ids begin; links lead to parts of a report by such ids.
    frames
        Widths in which the chart by hour is drawn; the style sheet of a report shows the one that fits.
    """
    with speaking(say):
        return _answer_html(answer, say, prefix, frames)


def _answer_html(answer: Answer, say: Language, prefix: str, frames: tuple[Frame, ...]) -> str:
    name, facts, comparison = answer.facts.scenarios[0].name, answer.facts, answer.comparison
    harm = of_scenario(answer.findings, name).get("harm")
    screen = first_screen(comparison, name, facts, say=say, prefix=prefix, harm=harm)
    sentences = "".join(f"<li>{as_html(one)}</li>" for one in plain_answer(comparison, name, facts))
    lead = facts.scenario(name).leads[0]
    hours = "".join(
        hours_chart(comparison, name, dark_hours=facts.dark_hours, name=f"{prefix}hours{at}", lead=lead, frame=frame)
        for at, frame in enumerate(frames)
    )
    charts = "".join(
        f"<h3>{escape(heading)}</h3><figure class='chart' style='max-width:40rem;font-size:12px'>{drawn}</figure>"
        for heading, drawn in ((say(TITLE), group_chart(comparison, name, say)), (say("By clock hour"), hours))
        if drawn
    )
    return f"{screen}<h3>{escape(say('In sentences'))}</h3><ul>{sentences}</ul>{charts}"

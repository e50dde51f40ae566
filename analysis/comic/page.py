"""The picture story as one HTML page: for each scenario one walk today and with its measures."""

from collections.abc import Mapping
from html import escape

from analysis.answer.html_page import html_page, licences, where_and_when
from analysis.answer.provenance import Provenance
from analysis.comic.night import Night, Trip
from analysis.comic.panels import panels
from analysis.language import Language


def comic_page(nights: Mapping[str, Night | None], facts: Provenance, *, say: Language) -> str:
    """Draw the nights of a comparison.

    Parameters
    ----------
    nights
        By name of the scenario; None where no woman qualifies, which the page says.
    facts
        As `collect_provenance` gives it.
    say
        The language.
    """
    stories = "".join(
        story(facts.scenario(name).title, night, prefix=f"n{at}", say=say)
        for at, (name, night) in enumerate(nights.items())
    )
    title = say("One walk after dark: today, and with it")
    inner = (
        f'<header>\n<h1>{escape(title)}</h1>\n<p class="place">{where_and_when(facts, say)}</p>\n</header>\n'
        f'<main id="content">\n{stories}<p class="note">{escape(_how_to_read(say))}</p></main>\n'
        f"<footer>\n{licences(facts, say)}</footer>\n"
    )
    return html_page(title, inner, say, "comic.css")


def _how_to_read(say: Language) -> str:
    return say(
        "The face and the ten boxes: of ten minutes, how many feel safe. A star: here something changes. Lamps that "
        "are drawn are lit. Grey figures: people about. Ways and places are not those of any real person."
    )


def story(title: str, night: Night | None, *, prefix: str, say: Language) -> str:
    """One scenario's night as a section of a page (HTML)."""
    heading = f'<h2 id="{prefix}">{escape(title)}</h2>'
    if night is None:
        nobody = say(
            "In the first draw of this comparison no woman whom it reaches is outdoors after dark, so there is no "
            "walk to draw. More simulated people (--people) may hold one."
        )
        return f'<section aria-labelledby="{prefix}">{heading}<p>{escape(nobody)}</p></section>'
    who = say(
        "A simulated woman, chosen by rule: of all women whom it reaches and who are out after dark ({count} "
        "simulated), hers is the gain in the middle.",
        count=say.number(night.women),
    )
    rows = "".join(
        f'<h3 class="head {kind}">{escape(words)} <span class="sum">{escape(_sum(trip, say))}</span></h3>'
        f'<ol class="{kind}" aria-label="{escape(words)}">{"".join(drawn)}</ol>'
        for kind, words, trip, drawn in (
            ("today", say("Today"), night.today, panels(night.today, say=say, name=f"{prefix}t", measures=False)),
            ("with", say("With it"), night.with_it, panels(night.with_it, say=say, name=f"{prefix}w", measures=True)),
        )
    )
    inner = f'{heading}<p>{escape(who)}</p><div class="comic">{rows}</div>'
    return f'<section class="story" aria-labelledby="{prefix}">{inner}</section>'


def _sum(trip: Trip, say: Language) -> str:
    """What the whole trip is like, in a sentence."""
    if not trip.goes:
        return say("She does not go.")
    if trip.feels_safe is None:
        return say("She is not on the street.")
    safe = say.number(10 * trip.feels_safe, 1)
    return say(
        "{minutes} min outdoors; of ten minutes, {count} feel safe.", minutes=say.number(trip.minutes), count=safe
    )

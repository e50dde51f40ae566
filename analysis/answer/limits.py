"""What an answer does not say, and what its verdicts mean: said in each language, beside the words of the tables."""

from html import escape

from analysis.answer.risk_wording import ASSUMED_DISPLACEMENT
from analysis.answer.wording import MARKS
from analysis.comparison.intervals import BETTER, BREAK_EVEN, INCONCLUSIVE, NEGLIGIBLE, WORSE, ZERO
from analysis.language import ENGLISH, Language, marked

MOSTLY_ENGLISH = marked(
    "The sections below are in English, but for their headings, what is outside, and what the verdicts mean."
)
OUTSIDE = (
    marked("Violence between partners and at home is outside this model."),
    marked("There are no offenders in it: hazard belongs to situations, and nobody's attributes raise it."),
    ASSUMED_DISPLACEMENT,
    marked("Hazards are never mapped, and one group's footfall on one street is never shown."),
    marked("Levels of incidents come from the country of their base rates; read the changes, not the levels."),
)
VERDICT_WORDS = {
    BETTER: marked("better"),
    WORSE: marked("worse"),
    NEGLIGIBLE: marked("negligible"),
    INCONCLUSIVE: marked("inconclusive"),
    ZERO: marked("zero by assumption"),
    BREAK_EVEN: marked("break-even only"),
}
MEANINGS = {
    BETTER: marked("the 90 % interval lies wholly on the better side of zero, and not inside the material margin"),
    WORSE: marked("the 90 % interval lies wholly on the worse side of zero, and not inside the material margin"),
    NEGLIGIBLE: marked("the 90 % interval lies inside the indicator's material margin"),
    INCONCLUSIVE: marked("the interval holds both better and worse, or there are fewer than three draws"),
    ZERO: marked(
        "exactly zero in every draw: nothing in the model leads from the measure to this number, so the "
        "zero is put in, not found out"
    ),
    BREAK_EVEN: marked("no evaluation exists: the effect that would be needed is given, not a verdict"),
}
"""What each verdict says."""


def outside(say: Language) -> str:
    """List what is outside (HTML)."""
    items = "".join(f"<li>{escape(say(words))}</li>" for words in OUTSIDE)
    return f"<ul{_spoken(say)}>{items}</ul>"


def verdict_meanings(say: Language) -> str:
    """List the verdicts with their marks and meanings (HTML); beside their own words those of the tables."""
    items = "".join(
        f'<dt><span class="mark" aria-hidden="true">{MARKS[word]}</span> {_named(word, say)}</dt>'
        f"<dd>{escape(say(meaning))}</dd>"
        for word, meaning in MEANINGS.items()
    )
    return f"<div{_spoken(say)}><h3>{escape(say('The verdicts'))}</h3><dl>{items}</dl></div>"


def _named(word: str, say: Language) -> str:
    own = escape(say(VERDICT_WORDS[word]))
    return own if say == ENGLISH else f'{own} (<span lang="en">{escape(word)}</span>)'


def _spoken(say: Language) -> str:
    return "" if say == ENGLISH else f' lang="{say.code}"'

"""What an answer does not say, and what its verdicts mean."""

from html import escape

from analysis.answer.risk_wording import ASSUMED_DISPLACEMENT
from analysis.answer.wording import MARKS, verdict_word
from analysis.comparison.intervals import BETTER, BREAK_EVEN, INCONCLUSIVE, NEGLIGIBLE, WORSE, ZERO
from analysis.language import marked, tr

AS_WRITTEN = marked("Titles, questions and names, and the names and sources of parameters, stand as they were written.")
"""Said where another language than English is spoken."""
ENGLISH_MAPS = marked("The words in the maps are English: below each stands what it shows.")
OUTSIDE = (
    marked("Violence between partners and at home is outside this model."),
    marked("There are no offenders in it: hazard belongs to situations, and nobody's attributes raise it."),
    ASSUMED_DISPLACEMENT,
    marked("Hazards are never mapped, and one group's footfall on one street is never shown."),
    marked("Levels of incidents come from the country of their base rates; read the changes, not the levels."),
)
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


def outside() -> str:
    """List what is outside (HTML)."""
    items = "".join(f"<li>{escape(tr(words))}</li>" for words in OUTSIDE)
    return f"<ul>{items}</ul>"


def verdict_meanings() -> str:
    """List the verdicts with their marks and meanings (HTML)."""
    items = "".join(
        f'<dt><span class="mark" aria-hidden="true">{MARKS[word]}</span> {escape(verdict_word(word))}</dt>'
        f"<dd>{escape(tr(meaning))}</dd>"
        for word, meaning in MEANINGS.items()
    )
    return f"<h3>{escape(tr('The verdicts'))}</h3><dl>{items}</dl>"

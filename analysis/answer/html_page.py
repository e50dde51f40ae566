"""What stands around an answer in HTML: the page itself, place and date above it, runs and licences below."""

from collections.abc import Iterator
from html import escape
from importlib.resources import files

from analysis.answer import wording
from analysis.answer.provenance import Provenance
from analysis.language import Language, marked_values, tr

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


_DAYS = marked_values({"settle": "settle", "adapt": "adapt", "measured": "counted"})
"""What the days of a run are called in its manifest, and here."""


def html_page(title: str, inner: str, say: Language, *sheets: str) -> str:
    """Put a whole page around its body: one file that may fetch nothing.

    Parameters
    ----------
    title
        What a browser calls it.
    inner
        The body, HTML; its main part has the id `content`.
    say
        The language.
    sheets
        Names of further style sheets, behind that of the report.
    """
    styles = "".join(
        files("analysis").joinpath("assets", name).read_text(encoding="utf-8") for name in ("report.css", *sheets)
    )
    turned = ' dir="rtl"' if say.direction == "rtl" else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{say.code}"{turned}>\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)} – afterdark</title>\n<style>\n{styles}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#content">{escape(say("Skip to the answer"))}</a>\n{inner}</body>\n</html>\n'
    )


def where_and_when(facts: Provenance, say: Language) -> str:
    """Place and date, and that this is no forecast (HTML)."""
    usual = {True: say("(the default date)"), False: say("(not the default date)"), None: ""}[facts.date_is_default]
    told = (
        f"{facts.city}, {say.date(facts.day)}",
        usual,
        say("A scenario explored under stated assumptions, not a forecast."),
    )
    shocks = " · ".join(facts.under)
    under = f"<strong>{escape(say('Under {shocks}: today and every idea alike.', shocks=shocks))}</strong> "
    return (under if shocks else "") + escape(f"{' '.join(filter(None, told[:2]))}. {told[2]}")


def _draws(count: int) -> str:
    return tr("1 draw") if count == 1 else tr("{count} draws", count=count)


def place_and_runs(facts: Provenance) -> Iterator[str]:
    """Everything that is needed to make the same answer again (HTML)."""
    days = ", ".join(f"{tr(_DAYS.get(key, key))} {value}" for key, value in facts.days.items())
    pairs = [
        (tr("Place"), ", ".join(word for word in (facts.city, facts.country) if word)),
        (
            tr("Date"),
            tr("{date}, with {hours} after dark", date=facts.date_in_words, hours=facts.dark_in_words),
        ),
        (
            tr("Agents"),
            tr(
                "{agents} for {people} people",
                agents=wording.whole_number(facts.agents),
                people=wording.whole_number(facts.population),
            ),
        ),
        (
            tr("Draws and seeds"),
            tr("{draws}; seed {seeds}", draws=_draws(facts.draws), seeds=", ".join(str(seed) for seed in facts.seeds)),
        ),
        (tr("Days simulated"), days or tr("not recorded")),
        (tr("Settled"), facts.settled_in_words),
        (tr("Code version"), facts.code_version),
        (
            tr("Versions"),
            ", ".join(f"{key} {value}" for key, value in facts.versions.items()) or tr("not recorded"),
        ),
        (tr("Runs of the baseline"), ", ".join(facts.baseline_run_ids)),
        *((tr("Runs of {title}", title=told.title), ", ".join(told.run_ids)) for told in facts.scenarios),
    ]
    rows = "".join(f"<dt>{escape(key)}</dt><dd>{escape(value)}</dd>" for key, value in pairs)
    yield f"<dl>{rows}</dl>"


def licences(facts: Provenance, say: Language) -> str:
    """Whose the data are (HTML)."""
    whose = say("Streets, buildings and places: {whose}.", whose=facts.attribution or "© OpenStreetMap contributors")
    link = '<a href="https://www.openstreetmap.org/copyright">Open Database Licence (ODbL)</a>'
    under = escape(say("Data from OpenStreetMap are under the {licence}.")).replace("{licence}", link)
    ours = say("The program afterdark is under the Apache Licence 2.0.")
    return f"<h2>{escape(say('Licences'))}</h2><p>{escape(whose)} {under} {escape(ours)}</p>\n"

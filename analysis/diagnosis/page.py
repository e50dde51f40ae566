"""A diagnosis as a page, and the sheet for a night walk: HTML files that open offline and print."""

import base64
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

import pandas as pd

from analysis.answer.html_page import html_page
from analysis.answer.html_tables import html_table
from analysis.diagnosis.words import LIMITS, all_tables, sentences
from analysis.language import ENGLISH

RATED = {
    "lighting": "Lighting: can you see everything around you?",
    "openness": "Openness: how far can you see in every direction?",
    "visibility": "Visibility: can shops, homes and people see you?",
    "people": "People: how many are around?",
    "security": "Security: is anybody there who would help?",
    "walk_path": "Walk path: how good is the pavement?",
    "public_transport": "Public transport: how near is a stop?",
    "gender_usage": "Who is here: women, children, older people?",
    "feeling": "Feeling: how safe do you feel?",
}
"""What an audit rates from 0 (poor) to 3 (good), by the names that `network build --audits` reads, as we ask it."""


def diagnosis_page(
    parts: Mapping[str, pd.DataFrame],
    *,
    title: str,
    when: str,
    missing: Sequence[str],
    png: Path,
    attribution: str,
    first: Sequence[str] = (),
) -> str:
    """The diagnosis as one HTML file.

    Parameters
    ----------
    parts
        As for `sentences`.
    title, when
        Name of the city, and date, hours of darkness, draws and agents in words.
    missing
        What is not known of the city, a sentence each.
    png
        The map.
    attribution
        Source of the streets.
    first
        What must be known before anything else, such as shocks that everything is under.
    """
    told = "".join(f"<p>Caution: {escape(one)}.</p>" for one in first)
    told += "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences(parts))
    tables = "".join(html_table(table) for table in all_tables(parts))
    lacking = "".join(f"<li>{escape(one)}</li>" for one in missing) or "<li>Nothing that stands out.</li>"
    limits = "".join(f"<p>{escape(one)}</p>" for one in LIMITS)
    data = base64.b64encode(png.read_bytes()).decode("ascii")
    alt = "Map of the core: on each street the one thing whose mending would help most after dark."
    as_it_is = "max-height:90vh;width:auto;min-width:0"  # a tall map: as wide as it comes, or it would be stretched
    figure = f'<figure><img style="{as_it_is}" src="data:image/png;base64,{data}" alt="{alt}"></figure>'
    sections = {
        "In short": f'<div class="answer">{told}</div>',
        "What would help most, street by street": figure,
        "Who, when and why": tables,
        "What is not known of this city": f"<ul>{lacking}</ul>",
        "How to read this": limits,
    }
    body = "".join(f"<section><h2>{heading}</h2>{inner}</section>" for heading, inner in sections.items())
    return _page(f"{title}: a diagnosis", when, body, attribution)


def audit_sheet(points: pd.DataFrame, *, title: str, attribution: str) -> str:
    """The sheet for a night walk: a table a point, to be rated from 0 (poor) to 3 (good) on paper.

    Parameters
    ----------
    points
        Columns `point`, `street`, `latitude`, `longitude`.
    """
    boxes = "".join(f"<td>&#9744; {mark}</td>" for mark in range(4))
    rated = "".join(f"<tr><th scope='row'>{escape(words)}</th>{boxes}</tr>" for words in RATED.values())
    sheets = "".join(
        f"<section><h2>Point {row.point}: {escape(row.street or 'a way without a name')}</h2><p>{row.latitude:.5f}, "
        f"{row.longitude:.5f}. Time: ____ : ____</p><table><caption>0 poor, 3 good</caption>{rated}</table></section>"
        for row in points.itertuples()
    )
    first = (
        "<p>Walk in a group, after dark, women and men, older and younger people, disabled people. Stop at each point "
        "and rate what you see and feel before you talk about it. Put the ratings into audit-points.csv and give it to "
        "<code>afterdark network build --audits</code>. No names are kept.</p>"
    )
    return _page(f"{title}: a night walk", "", f"<section>{first}</section>{sheets}", attribution)


def _page(title: str, when: str, body: str, attribution: str) -> str:
    inner = (
        f'<header><h1>{escape(title)}</h1><p class="place">{escape(when)}</p></header>\n'
        f'<main id="content">{body}</main>\n<footer><p>Streets: {escape(attribution)}. Data from OpenStreetMap are '
        "under the Open Database Licence (ODbL).</p></footer>\n"
    )
    return html_page(title, inner, ENGLISH)

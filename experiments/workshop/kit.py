"""The one-file kit: a page with everything that a group takes along, which opens without the program and asks nobody.

Files of the kit are in the page itself, as links that hold their bytes.
"""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from analysis.answer.charts import NARROW, WIDE
from analysis.answer.findings import of_scenario
from analysis.answer.html_maps import street_map
from analysis.answer.html_page import html_page, licences, where_and_when
from analysis.comic.night import read_night
from analysis.comic.page import story
from analysis.language import Language, speaking
from experiments.comparing import Answer, read_answer
from experiments.report_parts import read_parts
from experiments.workshop.answer_html import answer_html
from experiments.workshop.boards import EXERCISES
from experiments.workshop.exercises import judged
from experiments.workshop.levers import name_of, title_of
from experiments.workshop.room import Session, by_name
from experiments.workshop.weights import weights_of
from experiments.workshop.weights_table import choices_html, weights_html
from scenarios import parse_scenario
from simulator.errors import ResultsError

KINDS = {
    ".toml": "application/toml",
    ".html": "text/html",
    ".csv": "text/csv",
    ".png": "image/png",
    ".zip": "application/zip",
}
Files = Mapping[str, bytes]


def group_kit(session: Session, files: Files, say: Language) -> str:
    """The kit of one group.

    Parameters
    ----------
    session
        Whose it is; it has a confirmed answer.
    files
        What stands in it, by file name.
    say
        The language.

    Raises
    ------
    ResultsError
        If there is no answer, or it cannot be read.
    """
    weights = weights_of(session.answers)
    own = weights_html({session.name: weights}, say) if weights is not None else ""
    told = f"<h2>{escape(say('What mattered to the group'))}</h2>{own}" if own else ""
    return _page([(session, files)], told, say)


def room_kit(handed_in: Sequence[tuple[Session, Files]], groups: Sequence[Session], walk: bytes, say: Language) -> str:
    """The kit of a room: all proposals that were handed in, weights side by side, and the walk of all groups.

    Parameters
    ----------
    handed_in
        Groups with what stands in the kit of each; their answers are those that they handed in.
    groups
        All groups, for their weights.
    walk
        The file of audits of all groups.

    Raises
    ------
    ResultsError
        If nothing was handed in, or an answer cannot be read.
    """
    if not handed_in:
        raise ResultsError("nothing is handed in yet, so there is nothing to take along")
    told = {name: weights_of(one.answers) for name, one in by_name(groups).items()}
    found = {name: weights for name, weights in told.items() if weights is not None}
    proposals = [(name, read_answer(_folder_of(one))) for name, one in by_name(one for one, _ in handed_in).items()]
    end = f"<h2>{escape(say('What matters to the groups'))}</h2>{weights_html(found, say)}"
    end += choices_html(found, proposals, say)
    end += f"<h2>{escape(say('Safety walk'))}</h2><p>{link_with('walk.csv', walk)}</p>"
    return _page(handed_in, end, say)


def _folder_of(session: Session) -> Path:
    if session.results.answer is None:
        raise ResultsError("there is no confirmed answer yet: run and confirm first")
    return session.results.answer


def _page(groups: Sequence[tuple[Session, Files]], told: str, say: Language) -> str:
    parts, facts = [], None
    names = list(by_name(session for session, _ in groups))
    for at, (session, files) in enumerate(groups):
        answer = read_answer(_folder_of(session))
        facts = facts or answer.facts
        parts.append("".join(_section((names[at], session), answer, files, (f"k{at}-", say))))
    assert facts is not None
    title = say("afterdark: what we worked out")
    index = "".join(f'<li><a href="#k{at}-top">{escape(name)}</a></li>' for at, name in enumerate(names))
    contents = f"<nav><ul>{index}</ul></nav>" if len(groups) > 1 else ""
    inner = (
        f'<header>\n<h1>{escape(title)}</h1>\n<p class="place">{where_and_when(facts, say)}</p>\n</header>\n'
        f'<main id="content">\n{contents}{"".join(parts)}{told}</main>\n<footer>\n{licences(facts, say)}</footer>\n'
    )
    return html_page(title, inner, say, "comic.css")


def _section(group: tuple[str, Session], answer: Answer, files: Files, told: tuple[str, Language]) -> Iterator[str]:
    (called, session), (prefix, say) = group, told
    name = answer.facts.scenarios[0].name
    yield f'<section aria-labelledby="{prefix}top"><h2 id="{prefix}top">{escape(called)}</h2>'
    yield "".join(f"<li>{one}</li>" for one in _measures(session, say)).join(("<ul>", "</ul>"))
    exercise = EXERCISES[session.exercise]
    parts = judged(exercise, answer.comparison, of_scenario(answer.findings, name)["harm"], answer.facts.draws)
    if parts:
        rows = "".join(f"<li>{escape(say(what))}: <b>{escape(say(verdict))}</b></li>" for what, verdict in parts)
        yield f"<h3>{escape(say(exercise.words))}</h3><ul>{rows}</ul>"
    yield _within(answer_html(answer, say, prefix, (WIDE, NARROW)), prefix)
    title = answer.facts.scenarios[0].title
    with speaking(say):
        yield f'<div id="{prefix}map">{street_map(answer.folder / "map.png", title)}</div>'
    for number, night in enumerate(read_parts(answer.folder).nights.values()):
        if night:
            yield story(title, read_night(night), prefix=f"{prefix}n{number}", say=say)
    items = "".join(f"<li>{link_with(file, body)}</li>" for file, body in files.items())
    yield f'<h3 id="{prefix}files">{escape(say("Files"))}</h3><ul>{items}</ul></section>'


def _measures(session: Session, say: Language) -> Iterator[str]:
    for one in parse_scenario(session.results.answered).measures:
        what = f"{name_of(one.kind, say)}: {say(title_of(one.kind))}"
        yield f"<b>{escape(one.name)}</b> ({escape(what)})"


def _within(html: str, prefix: str) -> str:
    """Links to parts of the whole report lead to the files: the report is one of them."""
    return re.sub(rf'href="#{prefix}(?!map")[^"]*"', f'href="#{prefix}files"', html)


def link_with(name: str, body: bytes) -> str:
    """A link that holds a file (HTML)."""
    kind = next((kind for end, kind in KINDS.items() if name.endswith(end)), "application/octet-stream")
    data = base64.b64encode(body).decode("ascii")
    size = f"{max(1, round(len(body) / 1024))} KB"
    return f'<a download="{escape(name)}" href="data:{kind};base64,{data}">{escape(name)}</a> ({size})'

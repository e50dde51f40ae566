"""What a group takes along: its scenario, the report, the picture story, the map, and all of it in one file."""

import dataclasses
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from analysis.language import Language
from experiments.told_again import comic_of, page_of
from experiments.workshop.night_panel import one_night_page
from experiments.workshop.room import STORE, Session
from simulator.errors import AfterdarkError, ResultsError


@dataclasses.dataclass(frozen=True)
class Export:
    """One file: what makes it, its kind, and whether a browser shows it instead of saving it."""

    made: Callable[[Session], bytes]
    kind: str
    shown: bool = False


def _answer(session: Session) -> Path:
    if session.results.answer is None:
        raise ResultsError("there is no confirmed answer yet: run and confirm first")
    return session.results.answer


def _scenario(session: Session) -> bytes:
    return session.draft.text.encode()


def _answered_scenario(session: Session) -> bytes:
    return session.results.answered.encode()


def _report(session: Session) -> bytes:
    folder = _answer(session)
    return page_of(folder, Language(session.language), folder.parent.parent / STORE).encode()


def _comic(session: Session) -> bytes:
    return comic_of(_answer(session), Language(session.language)).encode()


def _map(session: Session) -> bytes:
    return (_answer(session) / "map.png").read_bytes()


def _table(session: Session) -> bytes:
    return (_answer(session) / "comparison.csv").read_bytes()


def _one_night(session: Session) -> bytes:
    return one_night_page(session).encode()


def _all(session: Session) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("scenario.toml", _answered_scenario(session))
        for name in ("report.html", "night.html", "map.png", "comparison.csv"):
            try:
                file.writestr(name, EXPORTS[name].made(session))
            except AfterdarkError as error:
                file.writestr(f"{name}.missing.txt", str(error))
    return body.getvalue()


EXPORTS = {
    "scenario.toml": Export(_scenario, "application/toml"),
    "report.html": Export(_report, "text/html; charset=utf-8", shown=True),
    "night.html": Export(_comic, "text/html; charset=utf-8", shown=True),
    "one-night.html": Export(_one_night, "text/html; charset=utf-8", shown=True),
    "map.png": Export(_map, "image/png", shown=True),
    "comparison.csv": Export(_table, "text/csv"),
    "all.zip": Export(_all, "application/zip"),
}
"""Files by name."""


def export_of(name: str, session: Session) -> tuple[bytes, str]:
    """A file's bytes and kind.

    Raises
    ------
    AfterdarkError
        If there is nothing yet to make it of.
    """
    export = EXPORTS[name]
    return export.made(session), export.kind

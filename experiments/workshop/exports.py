"""What a group takes along: its scenario, the report, the picture story, the map, and all of it in one file."""

import dataclasses
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from analysis.language import Language
from experiments.told_again import comic_of, page_of
from experiments.workshop.kit import group_kit, room_kit
from experiments.workshop.night_panel import one_night_page
from experiments.workshop.room import STORE, Room, Session
from experiments.workshop.walk import audits_csv
from simulator.city.network import StreetNetwork
from simulator.errors import AfterdarkError, ResultsError


@dataclasses.dataclass(frozen=True)
class Export:
    """One file: what makes it, its kind, and whether a browser shows it instead of saving it."""

    made: Callable[[Session, StreetNetwork], bytes]
    kind: str
    shown: bool = False


def _answer(session: Session) -> Path:
    if session.results.answer is None:
        raise ResultsError("there is no confirmed answer yet: run and confirm first")
    return session.results.answer


def _scenario(session: Session, _: StreetNetwork) -> bytes:
    return session.draft.text.encode()


def _report(session: Session, _: StreetNetwork) -> bytes:
    folder = _answer(session)
    return page_of(folder, Language(session.language), folder.parent.parent / STORE).encode()


def _comic(session: Session, _: StreetNetwork) -> bytes:
    return comic_of(_answer(session), Language(session.language)).encode()


def _map(session: Session, _: StreetNetwork) -> bytes:
    return (_answer(session) / "map.png").read_bytes()


def _table(session: Session, _: StreetNetwork) -> bytes:
    return (_answer(session) / "comparison.csv").read_bytes()


def _one_night(session: Session, _: StreetNetwork) -> bytes:
    return one_night_page(session).encode()


def _walk(session: Session, network: StreetNetwork) -> bytes:
    if not session.marks:
        raise ResultsError("nothing is marked yet: rate what you saw, and mark the place on the map")
    return audits_csv(session.marks, network).encode()


def _each(session: Session, network: StreetNetwork, names: tuple[str, ...]) -> dict[str, bytes]:
    """Files by name; of what there is not, why."""
    found = {}
    for name in names:
        try:
            found[name] = EXPORTS[name].made(session, network)
        except AfterdarkError as error:
            found[f"{name}.missing.txt"] = str(error).encode()
    return found


def _all(session: Session, network: StreetNetwork) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("scenario.toml", session.results.answered.encode())
        names = ("report.html", "night.html", "map.png", "comparison.csv", *(("walk.csv",) if session.marks else ()))
        for name, made in _each(session, network, names).items():
            file.writestr(name, made)
    return body.getvalue()


def _kit(session: Session, network: StreetNetwork) -> bytes:
    _answer(session)
    files = {"scenario.toml": session.results.answered.encode()}
    names = ("report.html", "night.html", "comparison.csv", *(("walk.csv",) if session.marks else ()))
    files |= _each(session, network, names)
    return group_kit(session, files, Language(session.language)).encode()


def kit_of_room(room: Room, say: Language) -> bytes:
    """The kit of all proposals that were handed in, as `kit.room_kit`.

    Raises
    ------
    AfterdarkError
        If nothing was handed in.
    """
    sessions = list(room.sessions.values())
    handed = [of_handed_in(one) for one in sessions if one.handed_in is not None]
    files = [
        (one, {"scenario.toml": one.results.answered.encode(), "all.zip": _all(one, room.network)}) for one in handed
    ]
    return room_kit(files, sessions, walk_of_room(room), say).encode()


def walk_of_room(room: Room) -> bytes:
    """What all groups marked on their walks, in one file: nobody can tell which group marked what."""
    return audits_csv([mark for one in list(room.sessions.values()) for mark in one.marks], room.network).encode()


def of_handed_in(session: Session) -> Session:
    """A session as it was handed in: what the group was answered since then stays its own."""
    if session.handed_in is None:
        return session
    results = dataclasses.replace(session.results, answer=session.handed_in, answered=session.handed_text)
    return dataclasses.replace(session, results=results)


EXPORTS = {
    "scenario.toml": Export(_scenario, "application/toml"),
    "report.html": Export(_report, "text/html; charset=utf-8", shown=True),
    "night.html": Export(_comic, "text/html; charset=utf-8", shown=True),
    "one-night.html": Export(_one_night, "text/html; charset=utf-8", shown=True),
    "map.png": Export(_map, "image/png", shown=True),
    "comparison.csv": Export(_table, "text/csv"),
    "all.zip": Export(_all, "application/zip"),
    "kit.html": Export(_kit, "text/html; charset=utf-8"),
    "walk.csv": Export(_walk, "text/csv; charset=utf-8"),
}
"""Files by name."""


def export_of(name: str, session: Session, network: StreetNetwork) -> tuple[bytes, str]:
    """A file's bytes and kind.

    Raises
    ------
    AfterdarkError
        If there is nothing yet to make it of.
    """
    export = EXPORTS[name]
    return export.made(session, network), export.kind

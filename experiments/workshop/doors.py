"""Who comes in: a cookie names a group's session; without one, a code is asked for where other machines are let in."""

import secrets
from collections.abc import Awaitable, Callable
from html import escape
from http.cookies import SimpleCookie
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from analysis.language import LANGUAGES, Language
from experiments.workshop.room import Room, Session

COOKIE, TRAINER = "afterdark_group", "afterdark_trainer"
_OPEN = ("/join", "/workshop-assets/", "/_nicegui", "/favicon")
"""Paths that tell nothing of any group; sockets are bound to pages by ids that cannot be guessed."""
_TRAINERS = ("/trainer", "/room/")
_FROM_HERE = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss:; frame-ancestors 'self'; "
    "form-action 'self'; base-uri 'self'"
)
"""The browser is told to ask nobody but this server."""
_HERE = ("127.0.0.1", "localhost")
_MOST_BYTES = 2 << 20
Next = Callable[[Request], Awaitable[Response]]


def gate(room: Room) -> Callable[[Request, Next], Awaitable[Response]]:
    """Let in who has a session; send others to the door, or give them a session where only this machine can come."""

    async def at_the_gate(request: Request, goes_on: Next) -> Response:
        path = request.url.path
        if not room.open_to_others and request.url.hostname not in _HERE:  # a page elsewhere that calls itself us
            return Response("Only this machine can reach this page.", 403)
        if int(request.headers.get("content-length") or 0) > _MOST_BYTES:
            return Response("The file is too large: at most 2 MiB.", 413)
        if path == "/trainer" and request.query_params.get("key") is not None:
            return _let_trainer_in(room, request.query_params["key"])
        if path.startswith(_TRAINERS) and not is_trainer(room, request):
            return Response("This is the trainer's.", 403)
        if not path.startswith((*_OPEN, *_TRAINERS)) and session_of(room, request) is None:
            return _sent_to_door(room, request)
        answer = await goes_on(request)
        answer.headers.setdefault("Content-Security-Policy", _FROM_HERE)
        answer.headers.setdefault("Referrer-Policy", "no-referrer")
        answer.headers.setdefault("X-Content-Type-Options", "nosniff")
        return answer

    return at_the_gate


def _sent_to_door(room: Room, request: Request) -> Response:
    if request.url.path != "/":
        return Response("This needs a session of your own: open the page first.", 403)
    if room.open_to_others:
        return RedirectResponse("/join", 303)
    return welcome(room.join("", language_of_browser(request).code))


def _let_trainer_in(room: Room, key: str) -> Response:
    if not secrets.compare_digest(key.encode(), room.trainer_key.encode()):
        return Response("This is not the key of the trainer's screen; it stands in the terminal.", 403)
    answer = RedirectResponse("/trainer", 303)
    answer.set_cookie(TRAINER, room.trainer_key, httponly=True, samesite="strict")
    return answer


def welcome(session: Session) -> Response:
    """To the page, with the cookie of a session."""
    answer = RedirectResponse("/", 303)
    answer.set_cookie(COOKIE, session.token, httponly=True, samesite="lax")
    return answer


def session_of(room: Room, request: Request | Any) -> Session | None:
    """The session that a request's cookie names."""
    return room.sessions.get(_cookie(request, COOKIE))


def is_trainer(room: Room, request: Request) -> bool:
    """Whether a request comes from the trainer's screen."""
    return secrets.compare_digest(_cookie(request, TRAINER).encode(), room.trainer_key.encode())


def _cookie(request: Any, name: str) -> str:
    found = SimpleCookie(request.headers.get("cookie", ""))
    return found[name].value if name in found else ""


def address_of(request: Request) -> str:
    """From where a request comes."""
    return request.client.host if request.client else ""


def language_of_browser(request: Request) -> Language:
    """The first language that a browser asks for and that there is, else English."""
    asked = request.headers.get("accept-language", "")[:200].split(",")
    codes = (one.partition(";")[0].strip().partition("-")[0].lower() for one in asked)
    return Language(next((code for code in codes if code in LANGUAGES), "en"))


def join_page(room: Room, say: Language, fault: str = "") -> str:
    """The door: a name for the group, and the code where one is needed."""
    told = f'<p class="warn" role="alert">{escape(fault)}</p>' if fault else ""
    code = (
        f"<p><label>{escape(say('Code of the room, from the trainer'))}<br>"
        '<input name="code" autocomplete="off" required maxlength="20" autocapitalize="characters"></label></p>'
        if room.open_to_others
        else ""
    )
    kept = say("What you draw stays on the trainer's machine, and is deleted when the workshop ends.")
    return (
        f'<!doctype html><html lang="{say.code}" dir="{say.direction}"><head><meta charset="utf-8">'
        f"<title>afterdark: {escape(say('come in'))}</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/workshop-assets/workshop.css"></head><body><main class="narrow">'
        f"<h1>{escape(say('afterdark, a workshop'))}</h1>{told}"
        f'<form method="post" action="/join"><p><label>{escape(say("Name of your group (no names of persons)"))}<br>'
        f'<input name="name" maxlength="60"></label></p>{code}<p><button>{escape(say("Come in"))}</button></p></form>'
        f"<p>{escape(kept)}</p></main></body></html>"
    )

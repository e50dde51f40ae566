"""The web application: who may come in, bodies for the map, files to take along, and the pages of NiceGUI."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from nicegui import ui

from analysis.language import Language
from experiments.workshop import doors, group_page, trainer_page
from experiments.workshop.binary import pack
from experiments.workshop.city_body import city_body
from experiments.workshop.draft import text_of_upload
from experiments.workshop.exports import EXPORTS, export_of, kit_of_room, of_handed_in, walk_of_room
from experiments.workshop.night import NightSide
from experiments.workshop.room import Room, Session
from experiments.workshop.work import in_words
from scenarios.toml import LARGEST_BYTES
from simulator.errors import AfterdarkError, InputError
from street_networks.catalogue import find_city

ASSETS = Path(__file__).with_name("assets")
_YEAR_S = 365 * 24 * 3600


def run(room: Room, listener: socket.socket, *, opened: Callable[[], None]) -> None:
    """Serve a room on a socket until the process is told to stop.

    Parameters
    ----------
    opened
        Called as soon as the page can be asked for.
    """
    server = uvicorn.Server(
        uvicorn.Config(application(room, opened), log_level="warning", timeout_graceful_shutdown=2, ws_max_size=1 << 21)
    )
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])


def application(room: Room, opened: Callable[[], None] = lambda: None) -> FastAPI:
    """The application of a room."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        room.start()
        asyncio.get_running_loop().call_later(0.5, opened)
        yield

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.middleware("http")(doors.gate(room))
    _doors(app, room)
    _bodies(app, room)
    _files(app, room)
    _trainers_files(app, room)
    app.mount("/workshop-assets", StaticFiles(directory=ASSETS))
    group_page.add(room)
    trainer_page.add(room)
    ui.run_with(app, title="afterdark", show_welcome_message=False, tailwind=False, reconnect_timeout=8.0, favicon="🌒")
    return app


def _doors(app: FastAPI, room: Room) -> None:
    @app.get("/join", response_class=HTMLResponse)
    def join_form(request: Request) -> str:
        return doors.join_page(room, doors.language_of_browser(request))

    @app.post("/join")
    def join(request: Request, name: str = Form("", max_length=200), code: str = Form("", max_length=50)) -> Response:
        say = doors.language_of_browser(request)
        try:
            if room.open_to_others and not room.check_code(code, doors.address_of(request)):
                fault = say("This is not the code of this room. Nothing was changed.")
                return HTMLResponse(doors.join_page(room, say, fault), 403)
            return doors.welcome(room.join(name, say.code))
        except InputError as error:
            return HTMLResponse(doors.join_page(room, say, error.message), 429)


def _bodies(app: FastAPI, room: Room) -> None:
    city = city_body(find_city(room.city), room.network)

    @app.get("/data/city.bin")
    def whole_city() -> Response:
        return Response(city, media_type="application/octet-stream", headers={"Cache-Control": "private, max-age=3600"})

    @app.get("/data/layer.bin")
    def layer(request: Request, side: str, layer: str, gender: str = "all", age: str = "all") -> Response:
        night = _side(doors.session_of(room, request), side)
        try:
            codes = None if night is None else night.layer(layer, gender, age)
        except KeyError:
            codes = None
        return _found(None if codes is None else pack({}, {"codes": codes.ravel()}))

    @app.get("/data/walks.bin")
    def walks(request: Request, side: str) -> Response:
        night = _side(doors.session_of(room, request), side)
        return _found(None if night is None else night.walks_body())

    @app.get("/data/added.bin")
    def added(request: Request, side: str) -> Response:
        night = _side(doors.session_of(room, request), side)
        return _found(None if night is None else night.added_body())


def _files(app: FastAPI, room: Room) -> None:
    @app.get("/take/{name}")
    async def take(request: Request, name: str) -> Response:
        session = doors.session_of(room, request)
        if session is None or name not in EXPORTS:
            return PlainTextResponse("There is no such file.", 404)
        try:
            body, kind = await asyncio.to_thread(export_of, name, session, room.network)
        except AfterdarkError as error:
            return PlainTextResponse(str(error), 404)
        headers = {} if EXPORTS[name].shown else {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(body, media_type=kind, headers=headers)

    @app.post("/open")
    async def opened(request: Request) -> Response:
        session, raw = doors.session_of(room, request), b""
        async for part in request.stream():
            raw += part
            if len(raw) > LARGEST_BYTES:
                break
        try:
            if session is not None:
                session.draft.put(text_of_upload(raw))
                session.touch()
        except InputError as error:
            return JSONResponse({"fault": in_words(error)})
        return JSONResponse({"fault": ""})


def _trainers_files(app: FastAPI, room: Room) -> None:
    of_all = {
        "kit.html": ("text/html; charset=utf-8", lambda: kit_of_room(room, Language(room.language))),
        "walk.csv": ("text/csv; charset=utf-8", lambda: walk_of_room(room)),
    }

    @app.get("/room/{name}")
    async def of_group(request: Request, name: str, group: str = "") -> Response:
        named = [one for one in room.sessions.values() if one.key == group]
        known = name in (EXPORTS if named else {} if group else of_all)
        if not known or not doors.is_trainer(room, request):
            return PlainTextResponse("There is no such file.", 404)
        try:
            if named:
                body, kind = await asyncio.to_thread(export_of, name, of_handed_in(named[0]), room.network)
                return Response(body, media_type=kind)
            kind, made = of_all[name]
            headers = {"Content-Disposition": f'attachment; filename="{name}"'}
            return Response(await asyncio.to_thread(made), media_type=kind, headers=headers)
        except AfterdarkError as error:
            return PlainTextResponse(str(error), 404)


def _side(session: Session | None, name: str) -> NightSide | None:
    preview = None if session is None else session.results.preview
    if preview is None or name not in ("before", "after"):
        return None
    return preview.before if name == "before" else preview.after


def _found(body: bytes | None) -> Response:
    if body is None:
        return PlainTextResponse("There is no such thing.", 404)
    return Response(body, media_type="application/octet-stream", headers={"Cache-Control": "no-store"})

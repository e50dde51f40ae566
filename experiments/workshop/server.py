"""Start the page: read the city and the case, say who can reach it, open the browser, and clean up at the end."""

import dataclasses
import os
import socket
import sys
import webbrowser
from pathlib import Path

from experiments.runs import city_of
from experiments.workshop.draft import text_of_case
from experiments.workshop.room import Room
from scenarios import bind, list_cases, load_scenario
from scenarios.writing import scenario_text
from simulator.errors import InputError

LOCAL, EVERYBODY = "127.0.0.1", "0.0.0.0"  # noqa: S104  # only with --host, and then a code is asked for


@dataclasses.dataclass(frozen=True)
class Order:
    """How the page is wanted."""

    city: str
    case: str | None
    host: bool
    port: int
    workers: int
    browser: bool


def serve(order: Order) -> None:
    """Serve the page until Ctrl-C.

    Raises
    ------
    InputError
        If the city or the case cannot be read, or the port is taken.
    """
    room = room_of(order)
    address = EVERYBODY if order.host else LOCAL
    try:
        listener = _listen(address, order.port)
        os.environ.setdefault("NICEGUI_STORAGE_PATH", str(room.folder / "nicegui"))
        from experiments.workshop.app import run

        sys.stderr.write(told_of(room, order))
        sys.stderr.flush()
        run(room, listener, opened=lambda: _open(order, room))
    finally:
        room.close()


def room_of(order: Order) -> Room:
    """The room, with all that may be wrong found before anything is started."""
    network = city_of(order.city)
    case = None
    if order.case is not None:
        scenario = load_scenario(order.case)
        bind(scenario, network)
        case = text_of_case(order.case) if order.case in list_cases() else _own_text(Path(order.case))
    return Room(order.city, case=case, open_to_others=order.host, workers=order.workers)


def _own_text(file: Path) -> str:
    """The trainer's own file with its comments; one that rests on other files with all of its measures."""
    scenario, text = load_scenario(file), file.read_text(encoding="utf-8-sig")
    alone = "extends" not in scenario.model_fields_set and all(one.where.layer is None for one in scenario.measures)
    return text if alone else scenario_text(scenario)


def _listen(address: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(128)  # from now on callers wait instead of being refused
    except OSError as error:
        listener.close()
        raise InputError(
            f"--port {port}: cannot be used ({error.strerror}); another page may be running: give another --port"
        ) from None
    return listener


def told_of(room: Room, order: Order) -> str:
    """Who can reach the page and how, for the terminal."""
    here = f"http://{LOCAL}:{order.port}"
    lines = [f"The page: {here}/", f"The trainer's screen: {here}/trainer?key={room.trainer_key}"]
    if order.host:
        lines.append("Everybody on this machine's networks can reach it; only who has the code comes in.")
        lines += [f"  on the room's network: http://{one}:{order.port}/" for one in addresses()]
        lines.append(f"  code: {room.code}")
    else:
        lines.append("Only this machine can reach it; --host lets others of the room's network in, with a code.")
    lines.append("Ctrl-C ends it, and deletes all sessions.")
    return "\n".join(lines) + "\n"


def addresses() -> list[str]:
    """Addresses of this machine on its networks, as far as its own name tells; asks no other machine."""
    try:
        found = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
    except OSError:
        return []
    return sorted({str(one[4][0]) for one in found if not str(one[4][0]).startswith("127.")})


def _open(order: Order, room: Room) -> None:
    if order.browser:
        webbrowser.open(f"http://{LOCAL}:{order.port}/")

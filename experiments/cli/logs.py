"""What is told beside an answer: progress, cautions and errors on standard error, as lines to read or as JSON.

`--log-level` and `--log-json` belong to every command that shows progress. Cautions change how an answer is read, so no
level hides them.
"""

import datetime
import functools
import inspect
import json
import logging
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

import typer

_LOGGER = logging.getLogger("afterdark")
_EVENT, _FIELDS = "afterdark_event", "afterdark_fields"


class Level(StrEnum):
    """From which weight on a line is told."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"


LogLevel = Annotated[
    Level,
    typer.Option(
        "--log-level",
        help="what is told on standard error: debug (also versions, simulated days and times); info (progress too); "
        "warning (cautions and errors, as --quiet)",
    ),
]
LogJson = Annotated[
    bool, typer.Option("--log-json", help="tell it as JSON, one object a line, for programs that collect logs")
]


class _Handler(logging.Handler):
    """Writes to whatever standard error is when a line comes: tests and notebooks put another in its place."""

    command = ""
    as_json = False

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, _EVENT, record.name)
        message = record.getMessage()
        if not self.as_json:
            mark = {"caution": "caution: ", "error": "afterdark: "}.get(event, "")
            typer.echo(f"{mark}{message}", err=True)
            return
        moment = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        line = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": event,
            "command": self.command,
            "message": message,
            **getattr(record, _FIELDS, {}),
        }
        typer.echo(json.dumps(line, ensure_ascii=False, default=str), err=True)


def _handler() -> _Handler:
    for one in _LOGGER.handlers:
        if isinstance(one, _Handler):
            return one
    handler = _Handler()
    _LOGGER.addHandler(handler)
    _LOGGER.propagate = False
    _LOGGER.setLevel(logging.INFO)
    return handler


def configure(command: str = "", *, level: Level = Level.INFO, as_json: bool = False) -> None:
    """Say how lines are told from now on; without arguments: as text, with progress."""
    handler = _handler()
    handler.command, handler.as_json = command, as_json
    _LOGGER.setLevel(level.value.upper())
    logging.captureWarnings(as_json)  # what libraries warn of must not stand between the lines of a program's log
    others = logging.getLogger("py.warnings")
    others.handlers = [handler] if as_json else []
    others.propagate = not as_json


def as_json() -> bool:
    """Whether lines are JSON: then no bar is drawn."""
    return _handler().as_json


def note(message: str, event: str = "progress", **fields: Any) -> None:
    """Tell how far the work is."""
    _tell(logging.INFO, message, event, fields)


def detail(message: str, event: str = "detail", **fields: Any) -> None:
    """Tell what only somebody who looks for a fault wants to know."""
    _tell(logging.DEBUG, message, event, fields)


def caution(message: str, event: str = "caution", **fields: Any) -> None:
    """Tell what changes how the answer is read; `event` names what else it may be, such as harm."""
    _tell(logging.WARNING, message, event, fields)


def error(message: str, status: int) -> None:
    """Tell why the program ends without an answer; as text without `status`, which the shell has."""
    _tell(logging.ERROR, message, "error", {"status": status})


def _tell(level: int, message: str, event: str, fields: dict[str, Any]) -> None:
    _handler()
    _LOGGER.log(level, "%s", message, extra={_EVENT: event, _FIELDS: fields})


def add_log_options(app: typer.Typer, above: str = "") -> None:
    """Give every command that shows progress the options `--log-level` and `--log-json`."""
    for group in app.registered_groups:
        if group.typer_instance is not None:
            add_log_options(group.typer_instance, f"{above}{group.name} ")
    for command in app.registered_commands:
        work = command.callback
        if work is not None and "quiet" in inspect.signature(work).parameters:
            command.callback = _logged(work, f"{above}{command.name or work.__name__}")


def _logged(work: Callable[..., Any], name: str) -> Callable[..., Any]:
    """A command as typer reads it, with the two options behind its own."""

    @functools.wraps(work)
    def logged(*args: Any, log_level: Level = Level.INFO, log_json: bool = False, **given: Any) -> Any:
        configure(name, level=log_level, as_json=log_json)
        given["quiet"] = given["quiet"] or log_level is Level.WARNING
        if log_level is Level.DEBUG:
            _tell_of_start(name, given)
        begun = time.monotonic()
        result = work(*args, **given)
        seconds = round(time.monotonic() - begun, 3)
        detail(f"{name}: done in {seconds} s", "end", seconds=seconds)
        return result

    signature = inspect.signature(work)
    keyword = inspect.Parameter.KEYWORD_ONLY
    added = [
        inspect.Parameter("log_level", keyword, default=Level.INFO, annotation=LogLevel),
        inspect.Parameter("log_json", keyword, default=False, annotation=LogJson),
    ]
    # typer asks for both: the signature for the order and defaults, the annotations for the types
    logged.__signature__ = signature.replace(parameters=[*signature.parameters.values(), *added])  # type: ignore[attr-defined]
    logged.__annotations__ = {**work.__annotations__, "log_level": LogLevel, "log_json": LogJson}
    del logged.__wrapped__  # type: ignore[attr-defined]
    return logged


def _tell_of_start(name: str, given: dict[str, Any]) -> None:
    import platform

    from experiments.cli.options import processors
    from experiments.identity import code_version, library_versions

    asked = {key: str(value) for key, value in given.items() if value not in (None, False)}
    facts = {
        "python": platform.python_version(),
        "system": platform.platform(),
        "processors": processors(),
        "code_version": code_version(),
        "libraries": library_versions(),
        "options": asked,
    }
    told = ", ".join(f"{key} {value}" for key, value in facts.items())
    detail(f"{name}: {told}", "start", **facts)

"""Usage errors in our words: what was found, what was expected, what to do."""

from collections.abc import Mapping
from typing import Any

from simulator.foundation.spelling import nearest

_EXPECTED = {
    "int_parsing": "a whole number such as 8000",
    "int_from_float": "a whole number such as 8000",
    "int_parsing_size": "a smaller whole number",
    "float_parsing": "a number such as 0.5",
    "path_type": "a path",
    "bool_parsing": "yes or no",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
}


def usage_message(error: Any) -> str:
    """The message of one of typer's usage errors, for standard error.

    Parameters
    ----------
    error
        Any exception with `format_message`.
    """
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        return f"found no command, expected one of {_commands(context)}\n\n{error.format_message()}"
    hint = f"; see `{context.command_path} --help`" if context is not None else ""
    return f"{_told(error, context)}{hint}"


def _told(error: Any, context: Any) -> str:
    kind, message = type(error).__name__, str(error.format_message()).rstrip(".")
    parameter = getattr(error, "param", None)
    if kind == "NoSuchOption":
        near = [name for name in error.possibilities or () if name != "--help"]
        meant = nearest(error.option_name, near)
        aim = f"; did you mean {meant}?" if meant else ""
        return f"found {error.option_name}, expected an option of `{context.command_path}`{aim}"
    if kind == "MissingParameter" and parameter is not None:
        options = [name for name in getattr(parameter, "opts", None) or () if name.startswith("--")]
        return f"found no {(options or [parameter.name])[0]}, expected {getattr(parameter, 'help', None) or 'one'}"
    if parameter is not None:
        name = (getattr(parameter, "opts", None) or [parameter.name])[0]
        return f"{name}: {_found(error) or message}"
    if message.startswith("No such command") and context is not None:
        return f"{message.rstrip('.')}; expected one of {_commands(context)}"
    return message


def _found(error: Any) -> str | None:
    """What stood there and what should have, if pydantic said it."""
    cause = error.__cause__
    if not hasattr(cause, "errors"):
        return None
    detail: Mapping[str, Any] = cause.errors(include_url=False)[0]
    expected = _EXPECTED.get(detail["type"])
    if expected is None:
        return None
    return f"found {str(detail['input'])[:80]!r}, expected {expected.format(**detail.get('ctx', {}))}"


def _commands(context: Any) -> str:
    return ", ".join(getattr(getattr(context, "command", None), "commands", {})) or "its commands"

"""Renew docs/commands.md from the command line itself; run it after changing a command or an option."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

import typer  # noqa: E402  # the path comes first

from experiments.cli.main import app  # noqa: E402

COMMANDS_PAGE = ROOT / "docs" / "commands.md"


def commands_page() -> str:
    """Every command with what it does, an example, its arguments and options, as `--help` tells them."""
    parts = [
        "# Commands",
        "What `afterdark COMMAND --help` says, on one page. It is written from the program by `.ci/commands.py`. "
        "[Using afterdark](use.md) explains what they are for; exit status: 0 done, 2 bad input, 3 harm found and "
        "`--fail-on-harm` given, 130 interrupted, 1 anything else.",
    ]
    for words, command in _leaves(typer.main.get_command(app), ()):
        parts += _section(words, command)
    return "\n\n".join(parts) + "\n"


def _leaves(command: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Commands that do something, in order of their names."""
    below = getattr(command, "commands", None)
    if not below:
        yield words, command
        return
    for name in sorted(below):
        yield from _leaves(below[name], (*words, name))


def _section(words: tuple[str, ...], command: Any) -> list[str]:
    about, _, example = (command.help or "").partition("Example:")
    parts = [f"## `afterdark {' '.join(words)}`", " ".join(about.split()), f"    {example.strip()}"]
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option" and one.name != "help"]
    rows = [_argument(one) for one in arguments] + [_option(one) for one in options]
    if rows:
        parts.append("\n".join(["| argument or option | meaning | default |", "|---|---|---|", *rows]))
    return parts


def _argument(one: Any) -> str:
    name = (one.name or "").upper() + (" ..." if one.nargs != 1 else "")
    told = "needed" if one.required else _plain(one.default)
    return f"| `{name}` | {_cell(getattr(one, 'help', '') or '')} | {told} |"


def _option(one: Any) -> str:
    names = ", ".join(f"`{name}`" for name in (*one.opts, *one.secondary_opts))
    told = "needed" if one.required else _plain(one.default)
    return f"| {names} | {_cell(one.help or '')} | {told} |"


def _plain(default: Any) -> str:
    if default is None or isinstance(default, bool | tuple) or callable(default):
        return "on" if default is True else ""
    return f"`{getattr(default, 'value', default)}`"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "\\<")


if __name__ == "__main__":
    COMMANDS_PAGE.write_text(commands_page(), encoding="utf-8")
    sys.stdout.write(f"{COMMANDS_PAGE} renewed\n")

"""Do what a page tells a stranger to do, from an empty folder: save its files, type its commands, run its Python.

    python .ci/follow.py docs/start/planners.md FOLDER [--small]

A block of `sh` is typed line by line; a block of `toml` or `csv` before which a file is named is saved under that name;
a block of `python` is run. `--small` takes few agents and draws, so that a test is soon done.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_BLOCK = re.compile(r"^([^\n]*)\n\n```(sh|toml|csv|python)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_NAMED = re.compile(r"`([\w./-]+\.(?:toml|csv))`[^`]*$")
SMALL = {
    "--people": "500",
    "--replications": "2",
    "people=": "300",
    "replications=": "2",
    "people =": "300",
    "replications =": "2",
}


class Step(NamedTuple):
    """One thing to do: `save` a file of a name, `type` a command, or `run` Python."""

    kind: str
    what: str
    name: str = ""


def steps_of(page: Path) -> Iterator[Step]:
    """What a page tells its reader to do, in its order."""
    for before, language, text in _BLOCK.findall(page.read_text(encoding="utf-8")):
        named = _NAMED.search(before)
        if language == "sh":
            yield from (Step("type", line) for line in text.splitlines() if line.strip() and not line.startswith("#"))
        elif language == "python":
            yield Step("run", text)
        elif named:
            yield Step("save", text, named[1])


def smaller(text: str) -> str:
    """The same with few agents and draws."""
    for word, size in SMALL.items():
        text = re.sub(rf"({re.escape(word)}\s?)\d+", rf"\g<1>{size}", text)
    return text


def follow(page: Path, folder: Path, *, programs: Path, small: bool) -> Iterator[tuple[Step, str]]:
    """Do the steps of a page one after the other in a folder, and give each with what it printed.

    Parameters
    ----------
    programs
        The folder with `afterdark` and `python`, put first on the path.
    small
        Whether few agents and draws are taken.

    Raises
    ------
    SystemExit
        If a step does not end well.
    """
    environment = os.environ | {"PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"}
    environment.pop("PYTHONPATH", None)
    for step in steps_of(page):
        text = smaller(step.what) if small else step.what
        if step.kind == "save":
            target = folder / step.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            yield step, ""
            continue
        command = ["python", "-c", text] if step.kind == "run" else ["sh", "-c", text]
        command[0] = shutil.which(command[0], path=environment["PATH"]) or command[0]
        done = subprocess.run(  # noqa: S603
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        if done.returncode:
            raise SystemExit(f"{page.name}: {text.strip()}\nended with {done.returncode}:\n{done.stdout}{done.stderr}")
        yield step, done.stdout


def main(arguments: list[str]) -> int:
    """Follow a page in a folder; returns the exit status."""
    page, folder = Path(arguments[0]), Path(arguments[1])
    folder.mkdir(parents=True, exist_ok=True)
    for step, told in follow(page, folder, programs=Path(sys.executable).parent, small="--small" in arguments):
        sys.stdout.write(f"--- {step.kind} {step.name or step.what.strip()}\n{told}")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

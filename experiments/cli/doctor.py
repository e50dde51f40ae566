"""`afterdark doctor`: look at this machine and this installation, and say of each thing what to do if it fails."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from experiments.cli.options import STORE, AsJson, processors

if TYPE_CHECKING:
    from experiments.doctor.finding import Finding

FAILED = 1
_MARKS = {"ok": "ok", "note": "note", "fails": "FAILS"}


def doctor(as_json: AsJson = False) -> None:
    """Check this machine and this installation: versions, memory, folders, and one tiny run against a stored result.

    The exit status is 0 if nothing fails, else 1. The first time it takes about a minute, since it compiles.

    Example: afterdark doctor
    """
    rows = []
    for finding in findings():
        rows.append(finding._asdict())
        if not as_json:
            typer.echo(f"{_MARKS[finding.state]:6}{finding.what:11}{finding.found}")
            if finding.to_do:
                typer.echo(f"{'':17}-> {finding.to_do}")
    failed = [row["what"] for row in rows if row["state"] == "fails"]
    if as_json:
        typer.echo(json.dumps(rows, indent=1, ensure_ascii=False))
    else:
        typer.echo(f"Fails: {', '.join(failed)}." if failed else "All is well: afterdark can be used here.")
    if failed:
        raise typer.Exit(FAILED)


def findings() -> "Iterator[Finding]":
    """Look at one thing after the other, the quick ones first; whatever goes wrong on the way is a finding too."""
    from experiments.doctor import installed, machine

    here = processors()
    yield from _looked_at("versions", installed.check_versions)
    yield from _looked_at("packages", installed.check_packages)
    yield from _looked_at("files", installed.check_files)
    yield from _looked_at("libraries", installed.check_libraries)
    yield from _looked_at("extras", installed.check_extras)
    yield from _looked_at("processors", lambda: machine.check_processors(here))
    yield from _looked_at("memory", lambda: machine.check_memory(machine.free_memory_mb(), here))
    yield from _looked_at("cache", _cache)
    yield from _looked_at("folders", lambda: machine.check_folders(Path(STORE).parent))
    yield from _looked_at("tiny run", _tiny_run)


def _cache() -> "Finding":
    from experiments.doctor.machine import check_cache
    from simulator.kernels.policy import CACHE_FOLDER

    return check_cache(CACHE_FOLDER)


def _tiny_run() -> "list[Finding]":
    from experiments.doctor.tiny_run import check_tiny_run

    return check_tiny_run()


def _looked_at(what: str, look: "Callable[[], Finding | Iterable[Finding]]") -> "Iterator[Finding]":
    from experiments.doctor.finding import Finding

    try:
        found = look()
        yield from [found] if isinstance(found, Finding) else list(found)
    except Exception as error:  # noqa: BLE001  # the doctor goes on, whatever is broken: that is what it is for
        told = f"could not be looked at: {type(error).__name__}: {error}"
        yield Finding(what, "fails", told, "install again: pip install --force-reinstall afterdark")

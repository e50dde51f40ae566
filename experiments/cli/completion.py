"""Tab completion: which words may stand for a parameter. Only names are read for it, never a city or a case.

One table by the names of parameters, so that a command need not know of it. Where nothing is offered the shell
completes names of files by itself, with its own quoting.
"""

import csv
import os
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import typer
from typer.models import ParameterInfo

Offers: TypeAlias = list[str | tuple[str, str]]
"""Words, or words with what they mean, which shells other than bash show."""
_TITLE = re.compile(r'^title = "(.*)"', re.MULTILINE)
KEPT = {
    "summary": "the table of groups",
    "people": "also one row per agent",
    "all": "also one row per trip",
    "reasons": "why walks do not feel safe",
}
"""What `--keep` takes, as `experiments.runs.KEEP`, which is slow to load."""


def cases(incomplete: str) -> Offers:
    """Cases that are shipped, with their titles, and files of cases."""
    from scenarios.catalogue import LIBRARY, list_cases

    fits = [name for name in list_cases() if name.startswith(incomplete)]
    return [*((name, _title(LIBRARY / f"{name}.toml")) for name in fits), *_files(incomplete, ".toml")]


def studies(incomplete: str) -> Offers:
    """Studies that are shipped, with their titles, and files of studies."""
    import experiments

    shipped = sorted((Path(experiments.__path__[0]) / "studies" / "library").glob("*.toml"))
    fits = [(file.stem, _title(file)) for file in shipped if file.stem.startswith(incomplete)]
    return [*fits, *_files(incomplete, ".toml")]


def cities(incomplete: str) -> Offers:
    """Cities that are shipped, and city files."""
    from street_networks.catalogue import list_cities

    return [*(name for name in list_cities() if name.startswith(incomplete)), *_files(incomplete, ".gpkg")]


def parameters(incomplete: str) -> Offers:
    """Names of the evidence."""
    return [row["name"] for row in _evidence() if row["name"].startswith(incomplete)]


def grades(incomplete: str) -> Offers:
    """Grades of the evidence, written so that no shell takes them for two words."""
    found = dict.fromkeys(row["grade"].replace(" ", "-") for row in _evidence())
    return [grade for grade in found if grade.startswith(incomplete)]


def kept(incomplete: str) -> Offers:
    """Tables that a run may keep."""
    return [(word, told) for word, told in KEPT.items() if word.startswith(incomplete)]


COMPLETERS: dict[str, Callable[[str], Offers]] = {
    **dict.fromkeys(("case", "cases", "baseline", "one", "other", "of"), cases),
    "study": studies,
    "city": cities,
    "evidence.name": parameters,
    "grade": grades,
    "keep": kept,
}
"""What completes a parameter, by its name, or by that of its command and its own."""


def complete_by_name(app: typer.Typer) -> None:
    """Give the parameters of all commands what completes them."""
    for group in app.registered_groups:
        if group.typer_instance is not None:
            complete_by_name(group.typer_instance)
    for command in app.registered_commands:
        annotations = getattr(command.callback, "__annotations__", {})
        for name, annotation in annotations.items():
            fits = COMPLETERS.get(f"{command.name}.{name}") or COMPLETERS.get(name)
            for told in getattr(annotation, "__metadata__", ()):
                if fits is not None and isinstance(told, ParameterInfo):
                    told.autocompletion = fits


def _title(file: Path) -> str:
    found = _TITLE.search(file.read_text(encoding="utf-8"))
    return found[1] if found else ""


def _evidence() -> Iterator[dict[str, str]]:
    """Rows of the evidence as they are written: `load_evidence` checks them, and loads what takes long."""
    import simulator.evidence

    file = Path(simulator.evidence.__path__[0]) / "evidence.csv"
    with file.open(newline="", encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


def _files(incomplete: str, ending: str) -> Offers:
    """Files of an ending; where a path is being written, the folders beside them too.

    Nothing where there are folders only: the shell goes into them by itself, and puts no blank behind them. Nothing
    that would have to be quoted either.
    """
    folder, start = os.path.split(incomplete)
    try:
        there = sorted(Path(folder or ".").iterdir())
        fits = [path for path in there if path.name.startswith(start) and (start or path.name[0] != ".")]
        files = [os.path.join(folder, path.name) for path in fits if path.name.endswith(ending) and path.is_file()]
        folders = [os.path.join(folder, path.name, "") for path in fits if folder and path.is_dir()]
    except OSError:  # no such folder, or none that may be read
        return []
    return [path for path in (*files, *folders) if shlex.quote(path) == path] if files else []

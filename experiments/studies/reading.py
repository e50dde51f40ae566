"""Studies by name or path: read with every fault and its line, listed, copied, described to editors."""

from pathlib import Path
from typing import Any

from experiments.studies.checks import check_study
from experiments.studies.study import Study, named
from scenarios.typed import Faults, checked, parse, read_text, write_copy
from scenarios.words import listed
from simulator.errors import InputError
from simulator.foundation.spelling import near_ones

LIBRARY = Path(__file__).with_name("library")
"""Folder of the studies that are shipped."""


def list_studies() -> tuple[str, ...]:
    """Short names of the studies that are shipped."""
    return tuple(sorted(file.stem for file in LIBRARY.glob("*.toml")))


def load_study(path_or_name: str | Path) -> Study:
    """Read a study, and check its names against cases, evidence and indicators.

    Parameters
    ----------
    path_or_name
        The short name of a shipped study, or the path of a TOML file.

    Raises
    ------
    InputError
        If there is no such file, it is not TOML, or with a line for every key that cannot be used.
    """
    path = _path_of(path_or_name)
    return parse_study(_read(path), file=str(path), name=path.stem, folder=path.parent)


def parse_study(text: str, *, file: str = "study.toml", name: str = "study", folder: Path = Path()) -> Study:
    """Read a study from the text of a TOML file; see `load_study`.

    Parameters
    ----------
    text
        The TOML document.
    file, name, folder
        What faults call the file; the study's short name; where cases and points that it names are looked for.
    """

    def validate(data: dict[str, Any], faults: Faults) -> Study | None:
        study = checked(Study, data, (), faults)
        if study is not None:
            check_study(study, folder, faults)
        return study

    study, _ = parse(text, validate, file=file, error=InputError)
    return named(study, name, str(folder))


def copy_study(name: str, of: str | Path, folder: Path = Path()) -> Path:
    """Write a study of one's own: another one's file with all its notes, under a new name.

    Raises
    ------
    InputError
        If the other cannot be read, the name cannot be one, or such a file or shipped study is there already.
    """
    load_study(of)
    text = f"# A copy of {Path(of).stem}, to be changed.\n\n{_read(_path_of(of))}"
    return write_copy(text, name, folder, shipped=list_studies(), error=InputError)


def schema() -> dict[str, Any]:
    """Describe the file format as a JSON Schema (draft 2020-12); as JSON a date is text."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Study.model_json_schema(),
        "title": "afterdark study",
        "description": "Many runs: scenarios, levers, uncertainties, a design and outcomes.",
    }


def _path_of(path_or_name: str | Path) -> Path:
    return LIBRARY / f"{path_or_name}.toml" if str(path_or_name) in list_studies() else Path(path_or_name)


def _read(path: Path) -> str:
    try:
        return read_text(path, what="study", error=InputError)
    except FileNotFoundError:
        studies = list_studies()
        near = near_ones(path.stem, studies)
        aim = f"did you mean {listed(near)}?" if near else f"the shipped ones are {listed(studies, 'and')}"
        raise InputError(
            f"{path}: found no such study or file, expected a short name or the path of a TOML file; {aim}"
        ) from None

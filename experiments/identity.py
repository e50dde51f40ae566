"""What a run is: its identity is a hash of everything that its numbers follow from."""

import datetime
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

import analysis
import simulator
import street_networks
from simulator.errors import InputError

_LOCK = "requirements.lock"
RUN_SOURCES = ("runs.py", "grades.py")
"""Files beside this one that make what a run stores."""
_CODE = (".py", ".csv", ".toml", ".js", ".css", ".html", ".json", ".po")
_FIRST_DAY, _LAST_DAY = datetime.date(1901, 1, 1), datetime.date(2099, 12, 31)
"""The years for which the sun's place is reckoned well (NOAA's formulae)."""


@cache
def code_version() -> str:
    """SHA-256 (16 hex digits) over what makes the numbers: two packages' sources, `RUN_SOURCES`, and the lock file.

    `runs.py` orders the days of a run and averages them, two others grade the indicators that there are; the rest of
    `analysis` is left out, since it only reads what is stored.
    """
    lock = Path(str(simulator.__file__)).parent.parent / _LOCK
    libraries = lock.read_bytes() if lock.is_file() else json.dumps(library_versions()).encode()
    ours = [Path(__file__).with_name(name) for name in RUN_SOURCES]
    graded = _folder(analysis) / "indicators"
    return digest_of_sources(_folder(simulator), _folder(street_networks), *ours, graded, besides=libraries)


@cache
def analysis_version() -> str:
    """SHA-256 (16 hex digits) over what turns runs into an answer, so that none of an older version is shown as new."""
    ours = [Path(__file__).with_name(name) for name in ("comparing.py", "pictures.py", "report_parts.py")]
    return digest_of_sources(_folder(analysis), *ours)


def digest_of_sources(*places: Path, besides: bytes = b"") -> str:
    """Identity (16 hex digits) of files and of all source files below folders: names and bytes."""
    sha = hashlib.sha256()
    for place in places:
        below = sorted(place.rglob("*")) if place.is_dir() else [place]
        for file in below:
            if file.suffix in _CODE and "__pycache__" not in file.parts:
                content = file.read_bytes()
                name = f"{place.name}/{file.relative_to(place).as_posix()}"
                sha.update(f"{name}\0{len(content)}\0".encode() + content)
    sha.update(besides)
    return sha.hexdigest()[:16]


def _folder(package: ModuleType) -> Path:
    return Path(str(package.__file__)).parent


@cache
def library_versions() -> dict[str, str]:
    """Versions of the libraries that the numbers depend on."""
    from importlib.metadata import version

    return {name: version(name) for name in ("numpy", "numba", "scipy", "pandas", "mesa", "astral")}


def digest_of(content: Mapping[str, Any]) -> str:
    """Identity (16 hex digits) of JSON-able content."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def digest_of_array(array: np.ndarray[Any, Any]) -> str:
    """Identity (16 hex digits) of an array's type and values."""
    content = np.ascontiguousarray(array)
    return hashlib.sha256(str(content.dtype).encode() + content.tobytes()).hexdigest()[:16]


def parse_date(text: str | None, default: datetime.date) -> datetime.date:
    """A date written as YYYY-MM-DD.

    Raises
    ------
    InputError
        If it is not one, or lies outside 1901 to 2099.
    """
    if text is None:
        return default
    expected = f"a date from {_FIRST_DAY} to {_LAST_DAY} such as 2026-12-21"
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        raise InputError(f"--date: found {text!r}, expected {expected}") from None
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise InputError(f"--date: found {text}, expected {expected}; give another with --date or in the case")
    return day

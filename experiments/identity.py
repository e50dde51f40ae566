"""What a run is: its identity is a hash of everything that its numbers follow from."""

import datetime
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import simulator
import street_networks
from simulator.errors import InputError

_LOCK = "requirements.lock"
_CODE = (".py", ".csv", ".toml")
_LIVES_DAYS = "runs.py"
"""The module of this package that decides which days are lived, averaged and stored; others only arrange or tell."""


@cache
def code_version() -> str:
    """SHA-256 (16 hex digits) over all that a run's tables follow from: sources and lock file.

    Those are `simulator`, `street_networks` and `experiments/runs.py`. What a case chooses (`scenarios`) is in a
    run's identity as measures and segments; what is told of runs (`analysis`) changes no run.
    """
    sha = hashlib.sha256()
    root = Path(str(simulator.__file__)).parent.parent
    for package in (simulator, street_networks):
        folder = Path(str(package.__file__)).parent
        for file in sorted(folder.rglob("*")):
            if file.suffix in _CODE and "__pycache__" not in file.parts:
                sha.update(f"{folder.name}/{file.relative_to(folder).as_posix()}".encode() + b"\0")
                sha.update(file.read_bytes() + b"\0")
    runs = Path(__file__).with_name(_LIVES_DAYS)
    sha.update(f"experiments/{runs.name}".encode() + b"\0" + runs.read_bytes() + b"\0")
    lock = root / _LOCK
    sha.update(lock.read_bytes() if lock.is_file() else json.dumps(library_versions()).encode())
    return sha.hexdigest()[:16]


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
        If it is not one.
    """
    if text is None:
        return default
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise InputError(f"--date: found {text!r}, expected a date such as 2026-12-21") from None

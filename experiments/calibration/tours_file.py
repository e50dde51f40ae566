"""The file of a city's own tours, as `afterdark calibrate people --survey` writes it and `--tours` takes it."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.identity import digest_of
from experiments.profile_recipes.tours import DAYS_OF_ROLE
from simulator.agenda.survey_tables import AgendaTables, tables_of
from simulator.errors import InputError
from simulator.evidence.profiles import Array, load_table
from simulator.foundation.clock import HOURS

KIND = "tours of a city's own survey"
TABLE = "montpellier2014_tours"
"""The shipped table, whose rows and columns the file has too."""
KEYS = ("gender", "age_band", "day", "kind")
HOUR_COLUMNS = tuple(f"h{hour:02d}" for hour in range(HOURS))
NUMBERS = ("role_share", "tours_per_person", *HOUR_COLUMNS)
_SUM_WITHIN = 1e-3  # the file has six decimals


def shipped_tours() -> pd.DataFrame:
    """The shipped table of tours, in the order of its rows."""
    return pd.DataFrame(dict(load_table(TABLE)))


@lru_cache(maxsize=2)
def _taken(file: str) -> tuple[AgendaTables, str]:
    table, _ = read_tours(Path(file))
    return tables_of(table), digest_of({name: column.tolist() for name, column in table.items()})


def agenda_of(file: str) -> AgendaTables | None:
    """What a run plans days by; None, the shipped survey, where no file is given."""
    return _taken(file)[0] if file else None


def identity_of_tours(file: str) -> dict[str, str]:
    """The part of a run's identity that its tours are: their content; nothing where no file is given."""
    return {"tours": _taken(file)[1]} if file else {}


def read_tours(path: Path) -> tuple[dict[str, Array], dict[str, Any]]:
    """A table of tours by column, in the order of the shipped one, and the manifest in its first line.

    Raises
    ------
    InputError
        If it is no such file, or its numbers are not what they must be.
    """
    expected = "a file that `afterdark calibrate people --survey ... --out FILE` has written"
    try:
        first, _, rest = path.read_text(encoding="utf-8").partition("\n")
        manifest = json.loads(first.removeprefix("# "))
        kind = manifest.get("kind") if isinstance(manifest, dict) else None
        table = pd.read_csv(path, skiprows=1, dtype=dict.fromkeys(KEYS, "str")) if rest else pd.DataFrame()
    except (OSError, ValueError) as error:
        raise InputError(f"--tours {path}: cannot be read ({error}), expected {expected}") from None
    shipped = shipped_tours()
    if kind != KIND or list(table.columns) != list(shipped.columns):
        raise InputError(f"--tours {path}: found something else, expected {expected}")
    if len(table) != len(shipped) or not (table[list(KEYS)].to_numpy() == shipped[list(KEYS)].to_numpy()).all():
        raise InputError(f"--tours {path}: rows are missing, double or in another order; write it again")
    _check_numbers(path, table)
    return {name: table[name].to_numpy() for name in table.columns}, manifest


def _check_numbers(path: Path, table: pd.DataFrame) -> None:
    try:
        numbers = table[list(NUMBERS)].to_numpy(float)
    except ValueError:
        numbers = np.full((1, len(NUMBERS)), np.nan)
    if not (np.isfinite(numbers).all() and (numbers >= 0).all()):
        raise InputError(f"--tours {path}: found what is no number from 0 up, expected rates; write it again")
    last = table["day"].isin(days[-1] for days in DAYS_OF_ROLE.values()) & (table["kind"] == "leisure")
    off_roles = np.abs(table[last].groupby(["gender", "age_band"])["role_share"].sum() - 1.0)
    off_hours = np.abs(numbers[:, 2:].sum(axis=1) - 1.0)
    if (off_hours[numbers[:, 1] > 0] > _SUM_WITHIN).any() or np.max(off_roles) > _SUM_WITHIN:
        raise InputError(f"--tours {path}: shares of hours or roles do not sum to 1; write it again")

"""What a report needs beside the tables of a comparison, kept in its folder so that the report can be written again."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from simulator.errors import ResultsError
from simulator.results.schema import read_manifest

PARTS = "report.json"


@dataclasses.dataclass(frozen=True)
class ReportParts:
    """Parts of a report that no table holds.

    Attributes
    ----------
    parameters
        The uncertain parameters, one row each, as they were when the comparison was made.
    rests_on
        How many parameters of each grade every answer depends on.
    maps
        Names of the files of maps, by scenario; under "" that of all of them.
    nights
        One person's night by scenario, as `simulator.accounting.one_night` tells it; None where nobody qualifies.
    """

    parameters: Sequence[Mapping[str, object]]
    rests_on: Mapping[str, Sequence[int]]
    maps: Mapping[str, str]
    nights: Mapping[str, Mapping[str, Any] | None]


def write_parts(parts: ReportParts, folder: Path) -> list[str]:
    """Write them into a folder that is being made; return the names of all files that the report is made of."""
    text = json.dumps(dataclasses.asdict(parts), indent=1, ensure_ascii=False) + "\n"
    (folder / PARTS).write_text(text, encoding="utf-8", newline="\n")
    return [PARTS, *dict.fromkeys(parts.maps.values())]


def read_parts(folder: Path) -> ReportParts:
    """Read them back from a comparison's folder.

    Raises
    ------
    ResultsError
        If a part is missing, or is not as it was written.
    """
    checksums = read_manifest(folder).get("checksums", {})
    try:
        _check(folder, PARTS, checksums)
        parts = ReportParts(**json.loads((folder / PARTS).read_text(encoding="utf-8")))
        for name in parts.maps.values():
            _check(folder, name, checksums)
    except ResultsError:
        raise
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ResultsError(f"{folder / PARTS}: cannot be read ({error}); remove {folder} and compare again") from None
    return parts


def _check(folder: Path, name: str, checksums: Mapping[str, str]) -> None:
    file = folder / name
    if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != checksums.get(name):
        raise ResultsError(f"{file}: is missing or not as it was written; remove {folder} and compare again")

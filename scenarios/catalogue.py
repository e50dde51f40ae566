"""The cases that come with the project, by name; imports nothing heavy, for whoever only asks for names."""

from pathlib import Path

LIBRARY = Path(__file__).with_name("library")
"""Folder of the cases that are shipped."""


def list_cases() -> tuple[str, ...]:
    """Short names of the cases that are shipped, the baseline first."""
    names = sorted(file.stem for file in LIBRARY.glob("*.toml"))
    return (*(name for name in names if name == "baseline"), *(name for name in names if name != "baseline"))

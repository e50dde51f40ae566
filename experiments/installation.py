"""Whether the five packages come from one installation: their names are common words, and others may use them too.

Imports nothing of ours and nothing heavy, since the command line asks each time that it starts.
"""

import importlib.util
from collections.abc import Iterable
from pathlib import Path

PACKAGES = ("simulator", "street_networks", "scenarios", "analysis", "experiments")


def foreign_packages(names: Iterable[str] = PACKAGES, home: Path | None = None) -> dict[str, str]:
    """Packages of ours that Python would take from elsewhere, with where from; none is imported for it.

    Parameters
    ----------
    names
        The packages looked for.
    home
        Where they are expected; by default where this file's own package lies.
    """
    expected = (home or Path(__file__).parents[1]).resolve()
    found = {name: _place_of(name) for name in names}
    return {
        name: str(place) if place else "nowhere"
        for name, place in found.items()
        if place is None or place.parent != expected
    }


def in_words(foreign: dict[str, str], home: Path | None = None) -> str:
    """What to tell somebody whose packages come from several places; empty if they do not."""
    if not foreign:
        return ""
    found = ", ".join(f"the package {name} {_where(place)}" for name, place in foreign.items())
    return (
        f"found {found}, expected all five beside each other in {(home or Path(__file__).parents[1]).resolve()}. "
        "Something else of that name comes first on Python's path, or a part of afterdark is missing. Run from another "
        "folder, take that place off PYTHONPATH, or install afterdark in an environment of its own: "
        "pipx install afterdark"
    )


def _where(place: str) -> str:
    return "nowhere" if place == "nowhere" else f"in {place}"


def _place_of(name: str) -> Path | None:
    """The folder of a package, or the file of a module of that name."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    if spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations))).resolve()
    return None if spec.origin is None else Path(spec.origin).resolve()

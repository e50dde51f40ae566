"""Street networks out of files: city files in and out, and cities derived from OpenStreetMap."""

from importlib import import_module
from typing import Any

_HOME = {
    "list_cities": "catalogue",
    "find_city": "catalogue",
    "load_city": "catalogue",
    "read_city": "city_file.geopackage",
    "write_city": "city_file.geopackage",
    "Layer": "city_file.geopackage",
    "city_from_osm": "derive",
}
__all__ = ["Layer", "city_from_osm", "find_city", "list_cities", "load_city", "read_city", "write_city"]


def __getattr__(name: str) -> Any:
    """Import what is asked for only when it is asked for."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)

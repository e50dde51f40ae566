"""What OpenStreetMap files in XML say beside their objects: several boxes, and objects that an editor has deleted.

JOSM writes a box for each download into one file, and keeps deleted objects with `action="delete"` until they are
uploaded. The package that reads the objects tells of neither.
"""

import bz2
import dataclasses
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast
from xml.etree import ElementTree

_ENDINGS = (".osm", ".gz", ".bz2")
_OBJECTS = ("node", "way", "relation")
_CHUNK = 1 << 20

Box = tuple[float, float, float, float]


@dataclasses.dataclass(frozen=True)
class XmlFacts:
    """What stands beside the objects.

    Parameters
    ----------
    boxes
        West, south, east, north (degrees) of every `<bounds>`.
    deleted
        Kind ("node", "way", "relation") and id of the objects that are deleted.
    """

    boxes: tuple[Box, ...] = ()
    deleted: frozenset[tuple[str, int]] = frozenset()


def read_xml_facts(path: Path) -> XmlFacts:
    """Boxes and deleted objects of a .osm, .osm.gz or .osm.bz2 file; nothing of a file of another kind.

    Raises
    ------
    ElementTree.ParseError, OSError, EOFError, ValueError
        If the file is broken.
    """
    if path.suffix.lower() not in _ENDINGS:
        return XmlFacts()
    return XmlFacts(tuple(_boxes(path)), frozenset(_deleted(path)) if _mentions(path, b"action") else frozenset())


def _opened(path: Path) -> IO[bytes]:
    if path.suffix.lower() == ".gz":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return bz2.open(path, "rb") if path.suffix.lower() == ".bz2" else path.open("rb")


def _mentions(path: Path, word: bytes) -> bool:
    """Whether a word stands anywhere in a file: far quicker than to parse it."""
    tail = b""
    with _opened(path) as file:
        while chunk := file.read(_CHUNK):
            if word in tail + chunk:
                return True
            tail = chunk[-len(word) :]
    return False


def _boxes(path: Path) -> Iterator[Box]:
    """Boxes stand before all objects."""
    with _opened(path) as file:
        for _, item in ElementTree.iterparse(file, events=("start",)):  # noqa: S314  (expat bounds entities by itself)
            if item.tag in _OBJECTS:
                return
            if item.tag == "bounds":
                west, south, east, north = (float(item.get(f"{end}{axis}", "nan")) for end, axis in _SIDES)
                yield west, south, east, north


_SIDES = (("min", "lon"), ("min", "lat"), ("max", "lon"), ("max", "lat"))


def _deleted(path: Path) -> Iterator[tuple[str, int]]:
    with _opened(path) as file:
        parsed = iter(ElementTree.iterparse(file, events=("start", "end")))  # noqa: S314
        _, root = next(parsed)
        for event, item in parsed:
            if event == "end" and item.tag in _OBJECTS:
                if item.get("action") == "delete":
                    yield item.tag, int(item.get("id", "0"))
                root.clear()  # what was read is not kept

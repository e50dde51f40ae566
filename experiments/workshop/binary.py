"""Arrays as the page reads them: a line of JSON that names them, then their bytes, each at a multiple of eight."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
_STEP = 8
_TYPES = ("uint8", "int8", "uint16", "int32", "uint32", "float32", "float64")


def pack(told: Mapping[str, Any], arrays: Mapping[str, Array]) -> bytes:
    """Put values and arrays into one body of bytes.

    Parameters
    ----------
    told
        Plain values for the page, JSON-able.
    arrays
        Of types that a browser has too; they are put in the order in which they are given.

    Raises
    ------
    ValueError
        If an array is of a type that a browser does not have.
    """
    told_of, parts, at = [], [], 0
    for name, array in arrays.items():
        if array.dtype.name not in _TYPES:
            raise ValueError(f"{name}: found {array.dtype}, expected one of {', '.join(_TYPES)}")
        raw = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
        told_of.append({"name": name, "type": array.dtype.name, "at": at, "size": int(array.size)})
        parts.append(raw + bytes(-len(raw) % _STEP))
        at += len(parts[-1])
    head = json.dumps({"told": told, "arrays": told_of}).encode()
    head += b" " * (-(len(head) + 4) % _STEP)
    return b"".join([len(head).to_bytes(4, "little"), head, *parts])


def unpack(body: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    """Read what `pack` wrote."""
    size = int.from_bytes(body[:4], "little")
    head, start = json.loads(body[4 : 4 + size]), 4 + size
    arrays = {
        one["name"]: np.frombuffer(body, np.dtype(one["type"]).newbyteorder("<"), one["size"], start + one["at"])
        for one in head["arrays"]
    }
    return head["told"], arrays

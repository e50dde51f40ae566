"""Segment files: what a worker appends as it goes, readable up to the last whole record whenever it was stopped.

A file begins with a line that says what it is; then come records: a mark, the length and the CRC-32 of what follows,
and JSON, compressed. Each record is handed to the disk before the next is begun. A record that is cut off or damaged is
left out and counted, and reading goes on at the next mark. One writer holds one file, locked while it is open, so that
nobody merges it away beneath a writer; the system lets go of the lock however the writer ends.
"""

import errno
import json
import os
import struct
import threading
import uuid
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from experiments.interruption import defer_interrupts
from simulator.errors import AfterdarkError, ResultsError

ENDING = ".segment"
FOLDER = "segments"
"""Where in a store workers write."""
_HEAD = b"afterdark segment 1\n"
_ANY_HEAD = b"afterdark segment "
_MARK = b"\x93REC"
_SIZES = struct.Struct("<II")


class CannotWriteError(AfterdarkError):
    """The store's disk is full or gone: nothing that is computed could be kept."""


class Segment:
    """One file to append to.

    Parameters
    ----------
    folder
        Where it is made, when the first record is written.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / f"{uuid.uuid4().hex}{ENDING}"
        self._file: BinaryIO | None = None

    def append(self, record: Mapping[str, Any]) -> None:
        """Append a record and wait until it is on the disk.

        Raises
        ------
        AfterdarkError
            If it cannot be written; what was there before stays readable.
        """
        payload = zlib.compress(json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode())
        told = _MARK + _SIZES.pack(len(payload), zlib.crc32(payload)) + payload
        with defer_interrupts():
            try:
                file = self._opened()
                before = file.tell()
                try:
                    file.write(told)
                    file.flush()
                    os.fsync(file.fileno())
                except OSError:
                    with suppress(OSError):
                        os.ftruncate(file.fileno(), before)
                        file.seek(before)
                    raise
            except OSError as error:
                raise _cannot_write(self.path, error) from None

    def _opened(self) -> BinaryIO:
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("xb", buffering=0)
            lock(self._file)
            self._file.write(_HEAD)
        return self._file

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


_open: dict[tuple[int, Path], Segment] = {}
_guard = threading.Lock()


def segment_in(folder: Path) -> Segment:
    """The segment of this thread in a folder, made when first asked for: no two threads write to one file."""
    with _guard:
        return _open.setdefault((threading.get_ident(), folder), Segment(folder))


def close_all(folder: Path) -> None:
    """Let go of this process's segments in a folder, when none of its threads writes there any more."""
    with _guard:
        for key in [key for key in _open if key[1] == folder]:
            _open.pop(key).close()


def read_segment(path: Path) -> tuple[list[dict[str, Any]], int]:
    """The whole records of a segment, and how many places in it are damaged (a cut end counts as one).

    Raises
    ------
    ResultsError
        If it is of another version.
    """
    content = path.read_bytes()
    if not content.startswith(_HEAD):
        if content.startswith(_ANY_HEAD) and b"\n" in content[:40]:
            found = content.split(b"\n", 1)[0].decode(errors="replace")
            raise ResultsError(
                f"{path}: found '{found}', expected '{_HEAD.decode().strip()}'; read it with the version of afterdark "
                "that wrote it (its `study export`), or run the study into a new store"
            )
        return [], int(bool(content) and not _HEAD.startswith(content))
    return _records(content)


def _records(content: bytes) -> tuple[list[dict[str, Any]], int]:
    records, damaged, at = [], 0, len(_HEAD)
    while at < len(content):
        begin = at + len(_MARK) + _SIZES.size
        if content.startswith(_MARK, at) and begin <= len(content):
            length, checksum = _SIZES.unpack_from(content, at + len(_MARK))
            payload = content[begin : begin + length]
            if len(payload) == length and zlib.crc32(payload) == checksum:
                records.append(json.loads(zlib.decompress(payload)))
                at = begin + length
                continue
        damaged += 1
        at = content.find(_MARK, at + 1)
        if at < 0:
            break
    return records, damaged


def segments_below(folder: Path) -> Iterator[Path]:
    """Segment files in a folder and below it, in the order of their names."""
    return iter(sorted(folder.rglob(f"*{ENDING}")))


def lock(file: BinaryIO) -> bool:
    """Lock an open file if nobody else has; whether that went well, where files can be locked at all."""
    try:
        import fcntl
    except ImportError:  # Windows: an open file cannot be removed there anyway
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # somebody has it, or it is a file system without locks, on which nothing is taken for abandoned
        return False
    return True


def _cannot_write(path: Path, error: OSError) -> CannotWriteError:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    aim = "make room on that disk" if full else "see that the folder can be written to"
    return CannotWriteError(
        f"{path}: cannot be written ({error.strerror or error}); {aim}. What was stored before is whole, and the same "
        "command goes on from it"
    )

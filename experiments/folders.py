"""Folders that answers are written to: what they hold is known before any work, and nothing of others is touched."""

from pathlib import Path

from simulator.errors import InputError, ResultsError
from simulator.results.files import check_writable, whole_file
from simulator.results.schema import read_manifest


def check_folders(out: Path, store: Path | None = None, *, own: bool = False) -> None:
    """Refuse before any work an `--out` that holds something else, and folders that cannot be written.

    Parameters
    ----------
    store
        Where runs are kept; None where none are.
    own
        What `out` holds is known to be the same run, to be corrected or to get more tables.

    Raises
    ------
    InputError
    """
    if not own:
        refuse_other(out)
    _check_writable("--out", out, out.parent)
    if store is not None:
        _check_writable("--store", store, store)


def holds(out: Path, identity: str) -> bool:
    """Whether a folder holds the comparison or run of this identity."""
    try:
        return bool(read_manifest(out).get("id") == identity)
    except ResultsError:
        return False


def write_once(path: Path, text: str) -> None:
    """Write a file whole, unless it is there with the same text; another one is never overwritten.

    Raises
    ------
    InputError
        If a file with something else is there, or it cannot be written.
    """
    if path.exists():
        check_same(path, text.encode())
        return
    with whole_file(path) as part:
        part.write_bytes(text.encode())


def check_same(path: Path, content: bytes) -> None:
    """Refuse a file that is there and holds something else.

    Raises
    ------
    InputError
    """
    if path.exists() and not (path.is_file() and path.read_bytes() == content):
        raise InputError(
            f"--out: {path} is there already with something else in it; nothing was overwritten. Give another name, or "
            "move it away"
        )


def refuse_other(out: Path) -> None:
    """Refuse a folder that holds anything.

    Raises
    ------
    InputError
    """
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    try:
        found = f"another {read_manifest(out)['kind']}"
    except ResultsError:
        found = "something else" if out.is_dir() else "a file of that name"
    raise InputError(
        f"--out {out}: found {found}, expected a new or an empty folder; nothing was overwritten. "
        "Choose another folder, or leave --out away"
    )


def _check_writable(option: str, folder: Path, there: Path) -> None:
    while not there.exists() and there != there.parent:  # nothing is made yet: a refusal leaves no empty folders
        there = there.parent
    try:
        if there.exists() and not there.is_dir():
            raise NotADirectoryError(0, "a file is in the way", str(there))
        check_writable(there)
    except (InputError, OSError) as error:
        cause = error if isinstance(error, OSError) else error.__cause__
        reason = getattr(cause, "strerror", None) or str(cause)
        raise InputError(
            f"{option} {folder}: cannot be written ({there}: {reason}), expected a folder that you may write to; "
            "choose another one"
        ) from None

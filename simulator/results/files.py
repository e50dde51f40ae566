"""Files and folders that are written whole or not at all."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulator.errors import InputError


def _explain(path: Path, error: OSError) -> InputError:
    reason = error.strerror or str(error)
    return InputError(f"{path}: cannot be written ({reason}); choose a folder that you may write to, with --out")


def _beside(target: Path) -> Path:
    """A hidden name beside a file or folder that nothing else has, with the same ending."""
    return target.with_name(f".{target.stem}-{uuid.uuid4().hex[:12]}{target.suffix}")


def _is_empty_folder(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


@contextmanager
def whole_file(path: Path | str) -> Iterator[Path]:
    """Give a temporary path beside `path`; rename it onto `path` when the block ends well, else remove it.

    Raises
    ------
    InputError
        If the folder cannot be made or written to.
    """
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _explain(target, error) from error
    part = _beside(target)  # named, not made: writers such as GDAL want to create the file themselves
    try:
        yield part
        part.replace(target)
    except OSError as error:
        raise _explain(target, error) from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path | str) -> Iterator[Path]:
    """Give a temporary folder beside `path`; rename it to `path` when the block ends well, else remove it.

    Raises
    ------
    InputError
        If `path` exists and is not an empty folder, or the folder around it cannot be written to.
    """
    target = Path(path)
    if target.exists() and not _is_empty_folder(target):
        raise InputError(
            f"{target}: exists already and holds something else; nothing was overwritten. Choose another --out"
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _explain(target, error) from error
    part = _beside(target)
    try:  # the name is known before the folder is made, so that Ctrl-C at any moment leaves nothing behind
        part.mkdir()
        yield part
        part.replace(target)  # on POSIX an empty target folder is replaced, a filled one refused
    except OSError as error:
        raise _explain(target, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def check_writable(folder: Path | str) -> None:
    """Raise InputError now, before hours of work, if nothing can be written below `folder`."""
    with whole_file(Path(folder) / ".afterdark-write-test") as part:
        part.touch()
    (Path(folder) / ".afterdark-write-test").unlink(missing_ok=True)

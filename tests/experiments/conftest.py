"""The command line in this process and in one of its own, and one small comparison of the real city for all tests."""

import contextlib
import dataclasses
import hashlib
import io
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import pytest

from experiments.cli.main import main
from experiments.runs import Options
from simulator.results.files import whole_file

ROOT = Path(__file__).parents[2]
SMALL = ("--people", "500", "--replications", "2", "--workers", "1", "--quiet")


class Told(NamedTuple):
    """What a command told."""

    status: int
    out: str
    err: str


def in_process(*words, cwd):
    """Run a command in this process, in a folder."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(cwd),
        mock.patch.object(sys, "argv", ["afterdark", *map(str, words)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit) as left,
    ):
        main()
    return Told(left.value.code or 0, out.getvalue(), err.getvalue())


def start(*words, cwd, **environment):
    """Start a command as a process at the head of a group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "experiments.cli", *map(str, words)],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def content_of(folder):
    """Everything below a folder: names, and digests of files."""
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
        for file in Path(folder).rglob("*")
    }


@pytest.fixture(scope="session", autouse=True)
def few_days():
    """Runs in this process settle and adapt for a day each: what these tests are about does not need more."""
    names = [field.name for field in dataclasses.fields(Options)]
    defaults = dict(zip(names, Options.__init__.__defaults__, strict=True)) | {"settle_days": 1, "adapt_days": 1}
    with mock.patch.object(Options.__init__, "__defaults__", tuple(defaults.values())):
        yield


@pytest.fixture
def afterdark(tmp_path):
    """Run a command in this process, in an empty folder."""
    return lambda *words, cwd=tmp_path: in_process(*words, cwd=cwd)


@pytest.fixture
def refused(tmp_path):
    """Run a command that must be refused: status 2, one message, and nothing is written or changed."""

    def refuse(*words, cwd=tmp_path):
        before = content_of(cwd)
        told = in_process(*words, cwd=cwd)
        assert told.status == 2, told
        assert told.out == ""
        assert told.err.startswith("afterdark: ")
        assert "Traceback" not in told.err
        assert content_of(cwd) == before
        return told.err

    return refuse


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A folder with a comparison made as a user would make it: `store`, `answer`, `told`; not to be changed.

    All workers of a test run share it: the first to come makes it, the others wait.
    """
    here = tmp_path_factory.getbasetemp()
    folder = (here.parent if "PYTEST_XDIST_WORKER" in os.environ else here) / "made"
    try:
        folder.mkdir()
    except FileExistsError:
        until = time.monotonic() + 600
        while not (folder / "told").exists():
            assert not (folder / "failed").exists(), "the comparison could not be made: see the other worker's error"
            assert time.monotonic() < until, f"nobody finished {folder}"
            time.sleep(0.2)
        return folder
    words = ("compare", "light-the-park-paths", *SMALL, "--store", "store", "--out", "answer")
    told = in_process(*words, cwd=folder)
    if told.status != 0:
        (folder / "failed").touch()
    assert told.status == 0, told.err
    with whole_file(folder / "told") as part:
        part.write_text(told.out, encoding="utf-8")
    return folder

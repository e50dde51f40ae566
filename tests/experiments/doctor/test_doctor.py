"""The doctor finds what is broken, says what to do, and stays well where nothing is."""

import json
import sys
from importlib import metadata

import pytest

from experiments.cli import doctor as command
from experiments.doctor import installed, machine, tiny_run
from experiments.doctor.finding import Finding
from experiments.installation import foreign_packages, in_words

from ..conftest import ROOT, start


@pytest.mark.slow
def test_here_nothing_fails_and_the_tiny_run_is_as_stored(afterdark):
    told = afterdark("doctor", "--json")
    rows = {row["what"]: row for row in json.loads(told.out)}
    assert (told.status, [what for what, row in rows.items() if row["state"] == "fails"]) == (0, [])
    assert "as stored" in rows["tiny run"]["found"]
    assert "one thread and two give the same" in rows["threads"]["found"]
    assert {"versions", "packages", "files", "libraries", "memory", "cache", "answers", "temporary"} <= set(rows)


def test_what_fails_ends_with_status_1_and_says_what_to_do(afterdark, monkeypatch):
    def broken():
        raise RuntimeError("no such thing")

    monkeypatch.setattr(command, "_tiny_run", broken)
    monkeypatch.setattr(installed, "check_libraries", lambda: Finding("libraries", "fails", "numpy is gone", "get it"))
    told = afterdark("doctor")
    assert told.status == 1
    assert "FAILS libraries  numpy is gone\n                 -> get it\n" in told.out
    assert "could not be looked at: RuntimeError: no such thing" in told.out
    assert told.out.endswith("Fails: libraries, tiny run.\n")


def test_libraries_that_are_missing_old_or_broken_are_named():
    def load(module):
        if module == "scipy":
            raise ImportError("a library of the system is missing")

    needed = ["numpy>=9999", "no-such-library", "scipy", "mesa", "duckdb; extra == 'sql'", "old; python_version < '3'"]
    found = installed.check_libraries(needed, load)
    assert found.state == "fails"
    version = metadata.version("numpy")
    assert found.found == (
        f"numpy is {version}, expected >=9999; no-such-library is missing; "
        "scipy cannot be loaded (a library of the system is missing)"
    )
    assert "pip install" in found.to_do
    assert installed.check_libraries(["mesa"]).state == "ok"


def test_every_library_of_ours_is_found_by_the_name_it_is_imported_by():
    modules = installed._modules()
    names = {
        "SALib": "SALib",
        "salib": "SALib",
        "opening-hours-py": "opening_hours",
        "pillow": "PIL",
        "tzdata": "tzdata",
    }
    assert {name: installed._module_of(name, modules) for name in names} == names


def test_another_distribution_with_our_names_is_a_clash():
    claims = {name: ["afterdark"] for name in installed.PACKAGES} | {"analysis": ["afterdark", "other-tool"]}
    found = installed.check_packages(claims)
    assert found.state == "fails"
    assert found.found.startswith("analysis is also installed by other-tool.")
    assert "pipx" in found.to_do


def test_five_packages_from_one_place_are_well():
    assert foreign_packages() == {}
    assert in_words({}) == ""


def test_files_that_were_changed_after_the_installation_are_found(tmp_path, monkeypatch):
    site = tmp_path / "site"
    about = site / "afterdark-1.0.dist-info"
    about.mkdir(parents=True)
    (site / "simulator").mkdir()
    (site / "simulator" / "one.py").write_bytes(b"as it was")
    # sha256 of "as it was", URL-safe base64 without padding, as RECORD has it
    digest = "sha256=" + _record_hash(b"as it was")
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: afterdark\nVersion: 1.0\n")
    (about / "RECORD").write_text(f"simulator/one.py,{digest},9\nsimulator/gone.py,{digest},9\n")
    there = metadata.PathDistribution(about)
    monkeypatch.setattr(metadata, "distribution", lambda name: there)
    found = installed.check_files()
    assert (found.state, found.found) == (
        "fails",
        "1 of 2 are not as they were installed: simulator/gone.py (missing)",
    )
    (site / "simulator" / "gone.py").write_bytes(b"as it was")
    assert installed.check_files() == Finding("files", "ok", "2 are as they were installed")
    (site / "simulator" / "one.py").write_bytes(b"as it is")
    assert installed.check_files().found == "1 of 2 are not as they were installed: simulator/one.py"


def _record_hash(content):
    import base64
    import hashlib

    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def test_the_command_does_not_start_with_somebody_elses_package(tmp_path):
    other = tmp_path / "other"
    (other / "analysis").mkdir(parents=True)
    (other / "analysis" / "__init__.py").write_text("raise RuntimeError('somebody else')\n")
    process = start("--version", cwd=tmp_path, PYTHONPATH=f"{other}:{ROOT}")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert err.startswith(f"afterdark: found the package analysis in {other / 'analysis'}, expected all five beside")
    assert "pipx install afterdark" in err
    assert "Traceback" not in err


def test_a_package_that_is_missing_is_told(tmp_path):
    told = in_words(foreign_packages(["analysis", "no_such_package"], ROOT), ROOT)
    assert told.startswith(f"found the package no_such_package nowhere, expected all five beside each other in {ROOT}")


@pytest.mark.parametrize(
    ("free", "state", "aim"),
    [
        (None, "note", ""),
        (100.0, "fails", "--people 2000"),
        (machine.WORKER_MB * 1.5, "note", "--workers 1"),
        (machine.WORKER_MB * 2.5, "ok", ""),
    ],
)
def test_memory(free, state, aim):
    found = machine.check_memory(free, 2)
    assert found.state == state
    assert aim in found.to_do


def test_a_container_has_the_memory_that_it_is_allowed(tmp_path):
    info = tmp_path / "meminfo"
    info.write_text("MemTotal: 24000000 kB\nMemAvailable:   16000000 kB\n")
    limit = tmp_path / "memory.max"
    assert machine.free_memory_mb(info, [limit]) == 16_000
    limit.write_text("max\n")
    assert machine.free_memory_mb(info, [limit]) == 16_000
    limit.write_text("2000000000\n")
    assert machine.free_memory_mb(info, [limit]) == 2_000
    assert machine.free_memory_mb(tmp_path / "none", []) is None


def test_folders_that_cannot_be_written_are_told(tmp_path):
    (tmp_path / "file").write_text("in the way")
    answers, temporary = machine.check_folders(tmp_path / "file" / "runs", tmp_path)
    assert (answers.state, temporary.state) == ("fails", "ok")
    assert "--out" in answers.to_do
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]
    found = machine.check_cache(tmp_path / "file" / "cache")
    assert found.state == "fails"
    assert "NUMBA_CACHE_DIR" in found.to_do
    assert machine.check_cache(tmp_path / "cache").state == "ok"


def test_another_result_is_told_and_rounding_of_another_processor_is_not():
    stored = json.loads(tiny_run.EXPECTED.read_text(encoding="utf-8"))
    assert tiny_run.compare(stored, stored).state == "ok"
    rounded = stored | {"bits": {}, "cells": [round(one * (1 + 1e-9)) for one in stored["cells"]]}
    assert tiny_run.compare(stored, rounded).found.startswith("as stored within")
    other = rounded | {"cells": [round(one * 1.001) for one in stored["cells"]]}
    assert tiny_run.compare(stored, other).state == "fails"
    assert tiny_run.compare(stored, other | {"cells": [1]}).state == "fails"
    assert "shipped" in tiny_run.compare(stored, stored | {"city": "another"}).found
    assert tiny_run._compare_threads(stored, other | {"bits": {"cells": "0"}}).state == "fails"


def test_the_doctor_lets_itself_be_imported_without_what_is_heavy():
    assert "numpy" in sys.modules  # of the other tests: so a process of its own is asked
    process = start("doctor", "--help", cwd=ROOT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "tiny run" in out

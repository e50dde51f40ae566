"""A release: wheel and sdist are built, installed in an empty environment, and do there what the pages say.

The environment has nothing of the checkout; it borrows the libraries of this one through a line in a .pth file, so that no registry is asked.
"""

import json
import re
import runpy
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
HOURS = sorted((ROOT / "docs" / "start").glob("*.md"))
WITHOUT_CHECKOUT = (
    "simulator/foundation",
    "simulator/results",
    "scenarios/test_positions.py",
    "scenarios/test_library.py",
)
"""Tests that read nothing of the checkout, only what is installed."""
pytestmark = pytest.mark.slow


class Release(NamedTuple):
    wheel: Path
    sdist: Path
    programs: Path

    @property
    def version(self):
        return self.wheel.name.split("-")[1]


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    out = tmp_path_factory.mktemp("dist")
    make = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    made = subprocess.run(make, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    (wheel,), (sdist,) = out.glob("*.whl"), out.glob("*.tar.gz")
    home = tmp_path_factory.mktemp("empty") / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    python = home / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "install", "-q"]
    subprocess.run([*pip, "--no-index", "--no-deps", str(wheel)], check=True)
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True).stdout.strip())
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return Release(wheel, sdist, python.parent)


def run(release, *words, cwd, status=0):
    command = [str(release.programs / words[0]), *map(str, words[1:])]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


def test_wheel_and_sdist_have_the_same_version_and_the_command_tells_it(release, tmp_path):
    # the wheel is made of the sdist, in a folder where git tells nothing
    assert release.sdist.name == f"afterdark-{release.version}.tar.gz"
    assert run(release, "afterdark", "--version", cwd=tmp_path) == f"afterdark {release.version}\n"


def test_the_wheel_has_the_five_packages_their_data_and_nothing_else(release):
    names = zipfile.ZipFile(release.wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {
        *("simulator", "street_networks", "scenarios", "analysis", "experiments"),
        f"afterdark-{release.version}.dist-info",
    }
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    ours = {name for name in tracked if name.split("/")[0] in tops}
    assert ours <= set(names)
    assert any(name.endswith("licenses/NOTICE") for name in names)
    with tarfile.open(release.sdist) as packed:
        inside = {name.partition("/")[2] for name in packed.getnames()}
    assert {"pyproject.toml", "requirements.lock", "Makefile", "docs/index.md", "tests/test_release.py"} <= inside


def test_what_is_imported_is_what_was_installed(release, tmp_path):
    code = "import analysis, experiments, simulator; print(analysis.__file__, experiments.__file__, simulator.__file__)"
    for file in run(release, "python", "-c", code, cwd=tmp_path).split():
        assert Path(file).is_relative_to(release.programs.parent)


def test_the_doctor_finds_nothing_that_fails(release, tmp_path):
    rows = {row["what"]: row for row in json.loads(run(release, "afterdark", "doctor", "--json", cwd=tmp_path))}
    assert {row["state"] for row in rows.values()} <= {"ok", "note"}
    assert re.fullmatch(r"\d{3,} are as they were installed", rows["files"]["found"])
    assert rows["tiny run"]["found"].startswith("200 people")


def test_a_file_that_was_changed_by_hand_is_found(release, tmp_path):
    file = next(release.programs.parent.rglob("scenarios/library/baseline.toml"))
    before = file.read_bytes()
    try:
        file.write_bytes(before + b"\n# changed\n")
        rows = json.loads(run(release, "afterdark", "doctor", "--json", cwd=tmp_path, status=1))
        assert "scenarios/library/baseline.toml" in next(row for row in rows if row["what"] == "files")["found"]
    finally:
        file.write_bytes(before)


def test_a_run_outside_the_checkout_knows_its_code_and_is_found_again(release, tmp_path):
    words = ("afterdark", "run", "light-the-park-paths", "--people", "200", "--out")
    run(release, *words, "one", cwd=tmp_path)
    run(release, *words, "two", cwd=tmp_path)
    one, two = (json.loads((tmp_path / name / "manifest.json").read_text()) for name in ("one", "two"))
    assert one == two
    assert len(list((tmp_path / "runs" / "store").iterdir())) == 1
    assert re.fullmatch(r"[0-9a-f]{16}", one["code_version"])


def test_tests_pass_outside_the_checkout(release, tmp_path):
    shutil.copytree(ROOT / "tests", tmp_path / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\npythonpath = tests\naddopts = --import-mode=importlib -p no:cacheprovider\n"
        "markers =\n    slow: slow\n    browser: browser\n    rawdata: rawdata\n",
        encoding="utf-8",
    )
    wanted = [f"tests/{name}" for name in WITHOUT_CHECKOUT]
    told = run(release, "python", "-m", "pytest", "-q", "-m", "not slow", *wanted, cwd=tmp_path)
    assert int(re.search(r"(\d+) passed", told)[1]) > 100, told[-1000:]
    assert "failed" not in told


@pytest.mark.parametrize("page", HOURS, ids=lambda page: page.stem)
def test_a_first_hour_from_an_empty_folder(release, page, tmp_path):
    follow = runpy.run_path(str(ROOT / ".ci" / "follow.py"))["follow"]
    done = [step for step, _ in follow(page, tmp_path, programs=release.programs, small=True)]
    typed = [step.what for step in done if step.kind == "type"]
    assert len(typed) >= 8
    for name in re.findall(r"`([\w-]+/[\w.-]+\.(?:html|png|json|csv|parquet))`", page.read_text(encoding="utf-8")):
        assert (tmp_path / name).is_file(), f"{page.name} says that there is {name}"

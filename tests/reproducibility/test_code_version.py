"""A changed source is another run and another cache of compiled code: nothing old is ever taken for new."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from street_networks import write_city

from cities import grid_city

ROOT = Path(__file__).parents[2]
PACKAGES = ("simulator", "street_networks", "scenarios", "analysis", "experiments")
COMPILED = """
import json
from simulator.kernels.policy import CACHE_FOLDER
from simulator.kernels.walking import walk
import numpy as np
from simulator.kernels.walking import People, Streets, Trips

streets = Streets(
    np.array([100.0, 50.0]), np.zeros((3, 2), np.float32), np.zeros((3, 2), np.float32), np.zeros(3), np.ones(2),
    np.zeros(2, bool), np.zeros((1, 2), np.int32), np.zeros(2, np.int8),
)
people = People(np.zeros(1), np.zeros(1, np.int8), np.zeros(1, np.int32), np.array([1]), np.array([700.0]))
trips = Trips(
    np.zeros(1, np.int32), np.zeros(1, np.int64), np.array([0, 2]), np.array([0, 1], np.int32),
    np.zeros(1, np.int8), np.zeros(1, np.int64), np.zeros(1), np.ones(1), np.ones(1, np.int64), *(np.zeros(1, np.int64) for _ in range(4)),
)
cells = np.zeros((1, 1, 15), np.int64)
walk(streets, people, trips, np.arange(1), (0, 3_600_000), cells, np.zeros((2, 4), np.int64))
told = {"walked_ms": int(cells[0, 0, 0]), "cache": str(CACHE_FOLDER), "from": walk.__code__.co_filename}
"""
IDENTIFIED = """
import sys
from experiments.identity import code_version
from experiments.runs import Options, run_id
from scenarios import load_scenario
told |= {"code": code_version(), "run": run_id(Options(city=sys.argv[1], agents=600), load_scenario("baseline"), 0)}
"""
EDITED = """
import json, sys
from pathlib import Path
from experiments import identity

told = {"from": identity.__file__, "changed": []}
version = identity.code_version.__wrapped__
for name in sys.argv[1:]:
    before, content = version(), Path(name).read_bytes()
    Path(name).write_bytes(content + b"\\n")
    if version() != before:
        told["changed"].append(name)
    Path(name).write_bytes(content)
    assert version() == before
"""
IN_A_RUN = (
    "simulator/evidence/evidence.csv",
    "simulator/evidence/profiles/walking_speed.csv",
    "simulator/kernels/pace.py",
    "simulator/accounting/tables.py",
    "street_networks/city_file/geopackage.py",
    "experiments/runs.py",
    "experiments/grades.py",
    "requirements.lock",
)
NOT_IN_A_RUN = (
    "experiments/cli/main.py",
    "experiments/executors.py",
    "analysis/answer/report.py",
    "scenarios/selectors.py",
)
HELPER = '''"""How long a segment takes."""

from simulator.kernels.policy import part_of_kernel


'''
IMPORT = "from simulator.kernels.policy import kernel, part_of_kernel\n"


class Tree:
    """A copy of the packages, in which a helper kernel stands in a module of its own: what numba does not look at.

    Parameters
    ----------
    folder
        Where the copy and its cache of compiled code go.
    """

    def __init__(self, folder: Path):
        self.root, self.cache = folder / "copy", folder / "cache"
        for package in PACKAGES:
            ignored = shutil.ignore_patterns("__pycache__", "*.gpkg")
            shutil.copytree(ROOT / package, self.root / package, ignore=ignored)
        shutil.copy(ROOT / "requirements.lock", self.root)
        walking = (self.root / "simulator/kernels/walking.py").read_text(encoding="utf-8")
        helper = re.search(r"@part_of_kernel\ndef segment_ms\(.*?\n\n\n", walking, re.DOTALL)
        assert helper, "the helper kernel segment_ms is gone from walking.py; choose another for this test"
        (self.root / "simulator/kernels/pace.py").write_text(HELPER + helper[0].rstrip() + "\n", encoding="utf-8")
        self.edit("simulator/kernels/walking.py", helper[0], "")
        self.edit("simulator/kernels/walking.py", IMPORT, "from simulator.kernels.pace import segment_ms\n" + IMPORT)

    def edit(self, file, old, new):
        text = (self.root / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file}: {old!r} stands {text.count(old)} times, expected once"
        (self.root / file).write_text(text.replace(old, new), encoding="utf-8")

    def tell(self, script, *arguments, **environment):
        """Run a script on the copy in a process of its own; the cache folder of this user is not touched."""
        variables = os.environ | {"PYTHONPATH": str(self.root), "XDG_CACHE_HOME": str(self.cache)} | environment
        if "NUMBA_CACHE_DIR" not in environment:
            variables.pop("NUMBA_CACHE_DIR", None)
        variables.pop("NUMBA_DISABLE_JIT", None)
        command = [sys.executable, "-c", script + "print(json.dumps(told))", *map(str, arguments)]
        done = subprocess.run(
            command, env=variables, cwd=self.root, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert told["from"].startswith(str(self.root)), "the copy was not what ran"
        return told


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path)


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    path = tmp_path_factory.mktemp("toy") / "drawn.gpkg"
    write_city(grid_city(4), path)
    return path


def slow_down(tree):
    tree.edit("simulator/kernels/pace.py", "walk_m * pace + 0.5", "2.0 * walk_m * pace + 0.5")


@pytest.mark.slow
def test_an_edited_helper_kernel_changes_result_run_and_cache(tree, toy):
    before = tree.tell(COMPILED + IDENTIFIED, toy)
    slow_down(tree)
    after = tree.tell(COMPILED + IDENTIFIED, toy)
    assert (before["walked_ms"], after["walked_ms"]) == (105_000, 210_000)
    assert before["run"] != after["run"]
    assert before["code"] != after["code"]
    assert before["cache"] != after["cache"]


@pytest.mark.slow
def test_it_does_so_where_the_user_names_numbas_cache(tree, tmp_path):
    own = {"NUMBA_CACHE_DIR": str(tmp_path / "mine")}
    before = tree.tell(COMPILED, **own)
    slow_down(tree)
    after = tree.tell(COMPILED, **own)
    assert (before["walked_ms"], after["walked_ms"]) == (105_000, 210_000)
    assert before["cache"] != after["cache"]
    assert Path(after["cache"]).parent == tmp_path / "mine"


@pytest.mark.slow
def test_without_the_key_numba_would_give_the_old_result(tree):
    """What the key is for: with one folder for all sources the edited helper is not noticed."""
    tree.edit("simulator/kernels/policy.py", "return base / kernel_sources_hash()[:16]", 'return base / "all"')
    before = tree.tell(COMPILED)
    slow_down(tree)
    assert tree.tell(COMPILED)["walked_ms"] == before["walked_ms"] == 105_000


def test_whatever_a_run_follows_from_makes_another_code_version_and_nothing_else(tree):
    told = tree.tell(EDITED, *IN_A_RUN, *NOT_IN_A_RUN)
    assert tuple(told["changed"]) == IN_A_RUN

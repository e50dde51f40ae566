"""Threads, processes and numba's threading layer leave no trace: the same bytes. Each check is shown to be able to fail."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from simulator.foundation.blocks import BLOCKS, run_blocks
from simulator.kernels import routing
from simulator.kernels import walking as walking_kernels
from simulator.travel import day_walk as walking
from street_networks import write_city

from cities import grid_city
from reproducibility.worlds import MANY, Answer, answer, differences

ROOT = Path(__file__).parents[2]
DIES_IN_A_PARALLEL_KERNEL = """
import threading
import numba, numpy as np

@numba.njit(parallel=True, nogil=True)
def total(values):
    found = 0.0
    for row in numba.prange(values.size):
        found += values[row]
    return found

values = np.ones(20_000_000)
total(values[:10])
threads = [threading.Thread(target=lambda: [total(values) for _ in range(20)]) for _ in range(2)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    path = tmp_path_factory.mktemp("toy") / "drawn.gpkg"
    write_city(grid_city(6), path)
    return str(path)


@pytest.fixture(scope="module")
def on_one_thread(toy, tmp_path_factory):
    return answer(tmp_path_factory.mktemp("one"), city=toy, agents=MANY)


@pytest.fixture(scope="module")
def in_one_process(tmp_path_factory):
    return answer(tmp_path_factory.mktemp("process"), draws=2)


class Spy:
    """Passes blocks on and notes on how many threads they were to run."""

    def __init__(self, run=run_blocks):
        self.threads, self.run = [], run

    def __call__(self, work, threads):
        self.threads.append(threads)
        return self.run(work, threads)


def rounding(work, threads):
    """Sums of a part a thread, rounded to single floats: what adding up floats across people does."""
    parts = [part for part in run_blocks(work, threads) if part is not None]
    shares = [parts[first::threads] for first in range(threads)]
    return [
        tuple(np.sum([part[column] for part in share], axis=0).astype(np.float32).astype(np.int64) for column in (0, 1))
        for share in shares
        if share
    ]


@pytest.mark.slow
@pytest.mark.parametrize("threads", [2, 4])
def test_threads_give_the_same_bytes(toy, on_one_thread, tmp_path, monkeypatch, threads):
    spy = Spy()
    monkeypatch.setattr(walking, "run_blocks", spy)
    many = answer(tmp_path, city=toy, agents=MANY, threads=threads)
    assert differences(on_one_thread, many) == []
    assert threads in spy.threads, "no step had enough walkers to be walked on several threads: nothing was tested"


@pytest.mark.slow
def test_a_float_sum_across_people_would_be_noticed(toy, tmp_path, monkeypatch):
    spy = Spy(rounding)
    monkeypatch.setattr(walking, "run_blocks", spy)
    one, two = (answer(tmp_path / str(n), city=toy, agents=MANY, threads=n) for n in (1, 2))
    assert 2 in spy.threads
    assert "comparison.csv" in differences(one, two)


@pytest.mark.slow
def test_helsinki_on_threads_gives_the_same_bytes(in_one_process, tmp_path):
    assert differences(in_one_process, answer(tmp_path, threads=4, draws=2)) == []


@pytest.mark.slow
def test_spawned_processes_give_the_same_bytes(in_one_process, tmp_path):
    assert differences(in_one_process, answer(tmp_path, workers=2, draws=2)) == []


@pytest.mark.slow
def test_random_numbers_from_pythons_own_hash_would_be_noticed(in_one_process, tmp_path, monkeypatch):
    """Only the spawned processes hear of `sitecustomize`; in each of them Python hashes words in another way."""
    hashed = "from simulator.foundation import draws\ndraws.word = lambda name: hash(name) & (2**64 - 1)\n"
    (tmp_path / "sitecustomize.py").write_text(hashed, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(ROOT)]))
    assert "comparison.csv" in differences(in_one_process, answer(tmp_path, workers=2, draws=2))


def under_workqueue(*command):
    environment = os.environ | {
        "NUMBA_THREADING_LAYER": "workqueue",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]),
    }
    command = [sys.executable, *map(str, command)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.slow
def test_threads_under_the_workqueue_layer_give_the_same_bytes(toy, on_one_thread, tmp_path):
    done = under_workqueue("-m", "reproducibility.worlds", tmp_path, toy, 4)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert differences(on_one_thread, Answer(told["comparison"].encode(), told["tables"])) == []


def test_a_parallel_kernel_would_not_survive_the_workqueue_layer():
    done = under_workqueue("-c", DIES_IN_A_PARALLEL_KERNEL)
    assert done.returncode != 0
    assert "threading layer" in done.stderr


@pytest.mark.parametrize("module", [walking_kernels, routing], ids=lambda module: module.__name__)
def test_no_kernel_is_parallel_or_loose_with_numbers(module):
    kernels = [value for value in vars(module).values() if hasattr(value, "targetoptions")]
    if not kernels:
        pytest.skip("kernels are not compiled (NUMBA_DISABLE_JIT): they have no options")
    for kernel in kernels:
        options = kernel.targetoptions
        found = {name: bool(options.get(name)) for name in ("nopython", "nogil", "parallel", "fastmath")}
        assert found == {"nopython": True, "nogil": True, "parallel": False, "fastmath": False}, kernel
    assert "prange" not in Path(str(module.__file__)).read_text(encoding="utf-8")


def test_blocks_do_not_depend_on_threads():
    assert [run_blocks(lambda block: block, threads) for threads in (1, 2, 3, 16)] == [list(range(BLOCKS))] * 4

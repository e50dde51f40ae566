"""A Dask cluster gives the same tables, though one of its workers is killed; what cannot be used is refused at once."""

import builtins
import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from experiments.executors import HerePool
from experiments.studies.cluster import DaskPool
from experiments.studies.running import run_study
from experiments.studies.store import begin
from simulator.errors import AfterdarkError, InputError

from ..conftest import ROOT
from cheap_runs import cheap, content_of, slow, very_slow


def test_without_dask_it_is_said_what_to_install(monkeypatch, tmp_path):
    whole = builtins.__import__

    def without(name, *rest, **more):
        if name == "distributed":
            raise ImportError(name)
        return whole(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match=r"pip install 'afterdark\[cluster\]'"):
        DaskPool("tcp://127.0.0.1:1", tmp_path)


distributed = pytest.importorskip("distributed", reason="the extra `cluster` (Dask) is not installed")


def test_a_scheduler_that_is_not_there_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("experiments.studies.cluster._WAIT_S", 1)
    for address in ("tcp://127.0.0.1:1", "nonsense://x"):
        with pytest.raises(InputError, match=r"does not answer .*start one with `dask scheduler`"):
            DaskPool(address, tmp_path)


@pytest.mark.slow
def test_a_cluster_gives_the_same_tables_though_a_worker_is_killed(plan, finished, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}{ROOT / 'tests'}")
    store = begin((tmp_path / "store").resolve(), plan)
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        address = cluster.scheduler_address
        victim = next(iter(cluster.workers.values())).pid

        def kill():
            while not any(store.segments.glob("*.segment")):  # the first run is being written
                time.sleep(0.01)
            os.kill(victim, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        end = run_study(plan, store, lambda: DaskPool(address, store.folder), workers=2, run=slow)
        killer.join()
        assert (end.stored, end.failed) == (12, 0)
        with pytest.raises(InputError, match="does not see"):
            DaskPool(address, tmp_path / "elsewhere")
    store.compact()
    assert content_of(store.read()) == content_of(finished.read())
    assert len(list(store.segments.iterdir())) == 0


@pytest.mark.slow
def test_a_scheduler_that_goes_is_told_and_the_study_goes_on_without_it(plan, finished, tmp_path):
    store = begin((tmp_path / "store").resolve(), plan)
    words = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard"]
    words += ["--scheduler-file", str(tmp_path / "address.json")]
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    scheduler = subprocess.Popen(words, env=environment, stderr=subprocess.DEVNULL)
    worker = None
    try:
        while not (tmp_path / "address.json").exists():
            time.sleep(0.05)
        address = json.loads((tmp_path / "address.json").read_text())["address"]
        start = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard"]
        worker = subprocess.Popen(start, env=environment, stderr=subprocess.DEVNULL, cwd=tmp_path)
        with distributed.Client(address, set_as_default=False) as client:
            client.wait_for_workers(1, timeout=120)

        def kill():
            while not any(store.segments.glob("*.segment")):
                time.sleep(0.01)
            scheduler.kill()

        threading.Thread(target=kill).start()
        with pytest.raises(AfterdarkError, match="the scheduler or all of its workers are gone; start them again"):
            run_study(plan, store, lambda: DaskPool(address, store.folder), workers=1, run=very_slow)
    finally:
        for process in (scheduler, worker):
            if process is not None:
                process.kill()
                process.wait()
    assert run_study(plan, store, HerePool, run=cheap).stored == 12
    assert content_of(store.read()) == content_of(finished.read())

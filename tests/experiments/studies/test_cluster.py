"""A Dask cluster gives the same tables, though one of its workers is killed; what cannot be used is refused at once."""

import builtins
import os
import signal
import threading
import time

import pytest

from experiments.studies.cluster import DaskPool
from experiments.studies.running import run_study
from experiments.studies.store import begin
from simulator.errors import InputError

from ..conftest import ROOT
from cheap_runs import content_of, slow


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

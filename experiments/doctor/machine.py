"""Processors, memory and folders."""

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from experiments.doctor.finding import Finding
from simulator.errors import InputError
from simulator.results.files import check_writable

WORKER_MB = 1_100
"""What one run of 8 000 agents in central Helsinki takes at most, measured (resident size, in MB)."""
RUNS_MB = 500
"""Disk that a first hour writes, with room to spare: a comparison of 32 draws takes about 60 MB."""
_CGROUP = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
_UNLIMITED = 1 << 60


def check_processors(count: int) -> Finding:
    """How many processors this process may use, and what they are used for."""
    found = f"{count}, so that `compare` has {count} runs at once; `--workers` and `--threads` say otherwise"
    return Finding("processors", "ok", found)


def check_memory(free_mb: float | None, processors: int) -> Finding:
    """Whether the memory that is free will do for as many runs at once as there are processors.

    Parameters
    ----------
    free_mb
        Free memory in MB; None where the system does not say.
    processors
        Runs at once.
    """
    if free_mb is None:
        return Finding("memory", "note", f"how much is free cannot be told here; a run takes about {WORKER_MB} MB")
    at_once = int(free_mb // WORKER_MB)
    found = f"{free_mb / 1000:.1f} GB free; a run of 8 000 agents takes up to {WORKER_MB / 1000:.1f} GB"
    if at_once < 1:
        return Finding("memory", "fails", found, "close other programs, or give fewer agents: --people 2000")
    if at_once < processors:
        return Finding("memory", "note", found, f"give --workers {at_once}, since {processors} runs at once need more")
    return Finding("memory", "ok", found)


def free_memory_mb(meminfo: Path = Path("/proc/meminfo"), limits: Iterable[Path] = _CGROUP) -> float | None:
    """Memory in MB that this process may still take, as far as the system says; a container's limit counts."""
    try:
        rows = dict(line.split(":", 1) for line in meminfo.read_text().splitlines() if ":" in line)
        free = float(rows["MemAvailable"].split()[0]) / 1000
    except (OSError, KeyError, ValueError, IndexError):
        return None
    for limit in limits:
        try:
            allowed = int(limit.read_text().strip())
        except (OSError, ValueError):  # none there, or "max"
            continue
        if allowed < _UNLIMITED:
            free = min(free, allowed / 1e6)
    return free


def check_cache(folder: Path) -> Finding:
    """Whether compiled code can be kept, so that only the first run waits for the compiler."""
    aim = "give a folder that you may write to: export NUMBA_CACHE_DIR=/some/folder"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        check_writable(folder)
        files = [file.stat().st_size for file in folder.rglob("*") if file.is_file()]
    except (InputError, OSError) as error:
        found = f"compiled code cannot be kept in {folder} ({_reason(error)}), so that every run compiles for a minute"
        return Finding("cache", "fails", found, aim)
    kept = f"{len(files)} files, {sum(files) / 1e6:.0f} MB" if files else "still empty: the first run compiles"
    return Finding("cache", "ok", f"{folder} ({kept})")


def check_folders(runs: Path, temporary: Path | None = None) -> Iterable[Finding]:
    """Whether answers can be written where they go by default, and temporary files where the system keeps them."""
    temporary = Path(tempfile.gettempdir()) if temporary is None else temporary
    for what, folder, aim in (
        ("answers", runs, "go to a folder that you may write to, or name folders with --out and --store"),
        ("temporary", temporary, "give another folder: export TMPDIR=/some/folder"),
    ):
        there = folder.absolute()
        while not there.exists() and there != there.parent:
            there = there.parent
        try:
            check_writable(there)
            free_mb = shutil.disk_usage(there).free / 1e6
        except (InputError, OSError) as error:
            yield Finding(what, "fails", f"{folder.absolute()} cannot be written ({_reason(error)})", aim)
            continue
        found = f"{folder.absolute()} can be written, {free_mb / 1000:.1f} GB free"
        if free_mb < RUNS_MB:
            yield Finding(what, "note", found, f"make room: a first hour writes up to {RUNS_MB} MB")
            continue
        yield Finding(what, "ok", found)


def _reason(error: Exception) -> str:
    cause = error if isinstance(error, OSError) else error.__cause__
    return getattr(cause, "strerror", None) or str(error)

"""The machine on which the figures were taken: processor, memory bandwidth, versions, load."""

import os
import platform
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np


def median_s(work, repeats):
    """Median wall seconds of a few calls."""
    return float(np.median([seconds(work) for _ in range(repeats)]))


def seconds(work):
    """Wall seconds of one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processor_name() -> str:
    """Model of the processor, as the system tells it."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def copy_bandwidth() -> float:
    """Bytes read and written per second by a numpy copy of 256 MB on one thread, the best of five."""
    source = np.ones(32 * 1024 * 1024)
    target = np.empty_like(source)
    np.copyto(target, source)
    return 2 * source.nbytes / min(seconds(lambda: np.copyto(target, source)) for _ in range(5))


def load() -> str:
    """Mean number of processes that wanted a processor in the last minute."""
    return f"{os.getloadavg()[0]:.2f}" if hasattr(os, "getloadavg") else "unknown"


def facts() -> list[tuple[str, str]]:
    """What to state beside every figure."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "scipy", "mesa"))
    return [
        ("processor", processor_name()),
        ("processors", str(processors())),
        ("copy_bandwidth", f"{copy_bandwidth() / 1e9:.1f} GB/s (numpy copy, read + written, one thread)"),
        ("system", f"{platform.system()} {platform.release()}, Python {platform.python_version()}"),
        ("libraries", libraries),
        ("load_before", load()),
    ]

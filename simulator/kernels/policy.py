"""The one place that says how kernels are compiled, and where the compiled code is kept.

No Python objects, no global lock, no fast-math, no parallel loops inside a kernel: threads run whole blocks, see
`simulator.foundation.blocks`. Numba does not notice that a helper in another module changed, so the cache folder is
keyed by a hash of every kernel source; it lies in the user's cache folder because the install may be read-only.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from platformdirs import user_cache_path


def kernel_sources_hash(folder: Path | None = None) -> str:
    """SHA-256 over the names and bytes of all kernel sources."""
    sha = hashlib.sha256()
    for file in sorted((folder or Path(__file__).parent).glob("*.py")):
        sha.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return sha.hexdigest()


def _cache_folder() -> Path:
    """Where compiled code is kept: below NUMBA_CACHE_DIR where the user names one, and by the sources there too."""
    named: Any = numba.config
    base = Path(named.CACHE_DIR) if named.CACHE_DIR else user_cache_path("afterdark") / "numba"
    return base / kernel_sources_hash()[:16]


CACHE_FOLDER = _cache_folder()


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a kernel with our policy."""
    return _compiled(function)


def part_of_kernel(function: Callable[..., Any]) -> Any:
    """Compile what kernels call many times: it must neither make nor return arrays, so nobody counts who holds them.

    Counting costs more than the work where a function is handed tables of dozens of arrays.
    """
    return _compiled(function, _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def _compiled(function: Callable[..., Any], **options: Any) -> Any:
    settings: Any = numba.config
    previous = settings.CACHE_DIR
    settings.CACHE_DIR = str(CACHE_FOLDER)
    try:
        return numba.njit(nogil=True, cache=True, fastmath=False, error_model="numpy", **options)(function)
    finally:
        settings.CACHE_DIR = previous

"""One pool of threads that runs kernels over fixed blocks.

The number of blocks never depends on the number of threads, and whatever is summed across blocks is whole
numbers, so the results are the same bits on any number of threads.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")
BLOCKS = 8


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="afterdark")


def run_blocks(work: Callable[[int], T], threads: int) -> list[T]:
    """Call `work(block)` for every block and give the results in order of blocks."""
    if threads <= 1:
        return [work(block) for block in range(BLOCKS)]
    return list(_pool(threads).map(work, range(BLOCKS)))


def edges(length: int) -> np.ndarray[Any, Any]:
    """Bounds (int64 (BLOCKS + 1,)) of contiguous blocks of `length` rows."""
    return np.linspace(0, length, BLOCKS + 1).astype(np.int64)

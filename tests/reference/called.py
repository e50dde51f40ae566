"""Parts of kernels, which only kernels call, as functions that a test can call."""

import numba


def called(part):
    """A part of a kernel inside a kernel of its own; where nothing is compiled, the part itself."""
    if not hasattr(part, "py_func"):
        return part
    return numba.njit(lambda *arguments: part(*arguments))  # noqa: PLW0108  # the part itself cannot be called

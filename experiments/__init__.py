"""The way in: runs, comparisons, the store, robustness, and the command line. Composes everything else.

In Python and notebooks: ``from experiments import compare, study``.
"""

from typing import Any

_HOMES = {"compare": "experiments.in_python", "study": "experiments.in_python"}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for (PEP 562), so that `import experiments` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'experiments' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)

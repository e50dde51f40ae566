"""Reads results: indicators, paired comparison with intervals, tables, map and report."""

from typing import Any

_HOMES = {
    "INDICATORS": "analysis.indicators",
    "compare_runs": "analysis.comparison",
    "read_comparison": "analysis.comparison",
    "write_comparison": "analysis.comparison",
    "decompose_gap": "analysis.gap",
    "Provenance": "analysis.provenance",
    "collect_provenance": "analysis.provenance",
    "render_answer": "analysis.tables",
    "draw_difference_map": "analysis.maps",
    "write_report": "analysis.report",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for (PEP 562), so that `import analysis` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)

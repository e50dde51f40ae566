"""Reads results: indicators, paired comparison with intervals, tables, map and report."""

from typing import Any

_HOMES = {
    "INDICATORS": "analysis.indicators.catalogue",
    "compare_runs": "analysis.comparison.paired",
    "read_comparison": "analysis.answer.stored",
    "write_comparison": "analysis.comparison.paired",
    "decompose_gap": "analysis.comparison.gap",
    "Provenance": "analysis.answer.provenance",
    "collect_provenance": "analysis.answer.provenance",
    "render_answer": "analysis.answer.tables",
    "draw_difference_map": "analysis.maps.difference",
    "write_report": "analysis.answer.report",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for (PEP 562), so that `import analysis` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)

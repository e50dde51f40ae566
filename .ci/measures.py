"""Renew docs/measures.md and docs/cases.md from the measures' own fields and from the cases' own words."""

import sys
import types
import typing
from pathlib import Path
from typing import Any

from pydantic import BaseModel

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from scenarios import list_cases, load_scenario  # noqa: E402  # the path comes first
from simulator.evidence.parameters import load_evidence  # noqa: E402
from simulator.interventions import MEASURES, Measure  # noqa: E402
from simulator.interventions.when import When  # noqa: E402

MEASURES_PAGE, CASES_PAGE = ROOT / "docs" / "measures.md", ROOT / "docs" / "cases.md"
_SAME = ("kind", "name", "when")


def measures_page() -> str:
    """Every kind of measure: what it is, its levers, through what it acts, what it rests on."""
    parts = [
        "# Measures",
        "Each `[[measures]]` block of a case is one of these; `kind` says which. This page is written from the "
        "program by `.ci/measures.py`. A lever without a default has to be given. "
        "`name` is what the report calls the measure.",
        "How they reach the model: [the model's description](odd.md). Ready cases: [cases](cases.md).",
    ]
    parts += ["## `when`", _when(), _levers(When)]
    for kind, measure in MEASURES.items():
        family = measure.__module__.split(".")[2].replace("_", " ")
        parts += [f"## `{kind}`", f"*{family}.* {_first(measure)}", _levers(measure)]
    return "\n\n".join(parts) + "\n"


def _when() -> str:
    """What `when` is, and what there is less of while a part of a measure is there."""
    by_part: dict[str, list[str]] = {}
    for kind, measure in MEASURES.items():
        by_part.setdefault(measure.grows, []).append(f"`{kind}`")
    whole = ", ".join(by_part.pop(""))
    return (
        "Any measure may have a table `when`, such as "
        "`when = { begins = 2026-09-01, after_weeks = 26, reaches = 0.8 }`. What stands in it limits the measure "
        "further; shares multiply. On a day without any of the measure every number is the baseline's to the bit. "
        "On a day with a part of it, there is that part of "
        + "; ".join(
            f"{'its streets' if lever == 'streets' else f'`{lever}`'} ({', '.join(kinds)})"
            for lever, kinds in by_part.items()
        )
        + f". There or not, never in part: {whole}. Cost is that of the whole. `scenario explain` tells the dates. "
        "Of a phase: `begins`, a date, and `share`, 0 to 1."
    )


def _first(measure: type[Measure]) -> str:
    harm = f" **Harm not assessed** to {measure.displaces}." if measure.displaces else ""
    return (measure.__doc__ or "").split("\n\n")[0].replace("\n", " ").strip() + harm


def _levers(measure: type[BaseModel]) -> str:
    rows = ["| lever | values | default | meaning |", "|---|---|---|---|"]
    for name, field in measure.model_fields.items():
        if name in _SAME:
            continue
        default = "must be given" if field.is_required() else _default(field.get_default(call_default_factory=True))
        rows.append(f"| `{name}` | {_values(field)} | {default} | {field.description} |")
    return "\n".join(rows)


def _default(value: Any) -> str:
    if value is None or value == ():
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if hasattr(value, "selector"):
        return f'"{value.selector}"' + (', part = "all"' if value.part == "all" else "")
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _values(field: Any) -> str:
    low = next((str(getattr(one, end)) for one in field.metadata for end in ("ge", "gt") if hasattr(one, end)), "")
    high = next((str(getattr(one, end)) for one in field.metadata for end in ("le", "lt") if hasattr(one, end)), "")
    words = _words(field.annotation)
    if words:
        return ", ".join(words)
    if low and high:
        return f"{low} to {high}"
    return f"from {low}" if low else _kind(field.annotation)


def _words(annotation: Any) -> list[str]:
    if typing.get_origin(annotation) is typing.Literal:
        return [f"`{word}`" for word in typing.get_args(annotation)]
    inner = [one for one in typing.get_args(annotation) if one not in (type(None), Ellipsis)]
    return [word for one in inner for word in _words(one)]


def _kind(annotation: Any) -> str:
    if isinstance(annotation, types.UnionType):
        annotation = next(one for one in typing.get_args(annotation) if one is not type(None))
    name = getattr(annotation, "__name__", str(annotation))
    return {
        "float": "number",
        "int": "whole number",
        "str": "text",
        "bool": "true or false",
        "Area": "area",
        "When": "table",
        "date": "date",
        "tuple": "list",
    }[name]


def _flat(text: str) -> str:
    return " ".join(text.split())


def cases_page() -> str:
    """Every shipped case: where it comes from, for whom, what to watch, what is known."""
    cases = [load_scenario(name) for name in list_cases() if load_scenario(name).measures]
    boards: dict[str, list[str]] = {}
    for case in cases:
        for board in case.boards:
            boards.setdefault(board, []).append(f"[{case.name}](#{case.name})")
    parts = [
        "# Cases",
        "Ideas from real cities, ready to run on the default city without a network: `afterdark compare NAME`. "
        "For a city of your own add `--city CITY.gpkg`; for a case of your own, "
        "`afterdark scenario new my-idea --from NAME`. "
        "This page is written from the cases' files by `.ci/measures.py`.",
        "**Boards for workshops.** "
        + "; ".join(f"*{board}*: {', '.join(names)}" for board, names in sorted(boards.items()))
        + ".",
    ]
    for case in cases:
        if not case.origin:
            continue
        kinds = ", ".join(f"[{measure.kind}](measures.md#{measure.kind})" for measure in case.measures)
        grades = sorted({load_evidence()[name].grade for measure in case.measures for name in measure.evidence()})
        known = "; ".join(case.published) or "no outcome evaluation was found, or none was looked for"
        parts += [
            f"## {case.name}",
            f"**{case.title}.** {_flat(case.question)}",
            f"- From: {case.origin}. Measures: {kinds}.\n- For whom: {_flat(case.for_whom)}\n"
            f"- Watch: {_flat(case.watch)}\n"
            f"- Known: {known}.\n- Rests on: {', '.join(grades)}."
            + (f"\n- Sources: {'; '.join(case.sources)}." if case.sources else ""),
        ]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    for page, text in ((MEASURES_PAGE, measures_page()), (CASES_PAGE, cases_page())):
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            page.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{page} renewed\n")

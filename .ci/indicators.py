"""Renew docs/indicators.md from the registry of indicators; run it after adding or changing one."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from analysis.indicators.catalogue import INDICATORS, SUBJECTS  # noqa: E402  # the path comes first
from analysis.indicators.indicator import Indicator  # noqa: E402

INDICATORS_PAGE = ROOT / "docs" / "indicators.md"
BETTER = {1: "more", -1: "less", 0: "neither"}
CELLS = {
    "hours": "gender x age x period; gender x hours; gender x disability, care or night shifts x period",
    "periods": "gender x age x period; gender x disability, care or night shifts x period",
    "once": "gender x age; gender x disability, care or night shifts; whole day",
    "total": "one number",
}
GROUPED = {
    "purpose": "what trips are for",
    "walked_in": "neighbourhood of the street",
    "lives_in": "neighbourhood of the home",
}


def indicators_page() -> str:
    """Every indicator: what it says, in which unit, which way is better, from when on, by what it is told."""
    parts = [
        "# Indicators",
        "Rows of `comparison.csv`, and of `afterdark show RUN --json` for one run. This page is written from the "
        "program by `.ci/indicators.py`; how to add one says [extending](extend.md).",
        "- **Better**: whether more or less of it is better; *neither* is never judged.\n"
        "- **Margin**: a change whose whole interval lies inside it is *negligible*; in the indicator's unit, or "
        "relative to the baseline.\n"
        "- **Tag**: *process* (was it done), *product* (what was delivered), *impact* (what it changed for people), "
        "and the earliest time at which a count or survey of it could mean something.\n"
        "- **Label**: *proxy* stands for something that is defined otherwise; *assumed* follows from an assumption "
        "more than from the simulation.\n"
        "- **By**: what it is told by. Neighbourhoods are the zones of the city file (`network build --zones`), as far "
        "as they lie in the core; column `zone` holds their names, and `core` for all else. Fewer than 30 agents "
        "behind a cell are merged with neighbours (ages) or left to the totals. A row that is not defined is left out: "
        "a city without stops has none of stops.",
    ]
    for subject in SUBJECTS:
        of_subject = [one for one in INDICATORS.values() if one.formula.__module__ == subject.__name__]
        parts += [f"## {_heading(subject.__doc__ or '')}", *map(_told, of_subject)]
    return "\n\n".join(parts) + "\n"


def _heading(text: str) -> str:
    head = text.split("\n", 1)[0].removeprefix("Indicators: ").rstrip(".")
    return head[0].upper() + head[1:]


def _told(one: Indicator) -> str:
    by = "; ".join([CELLS[one.breakdown], *(GROUPED[name] for name in one.groupings)])
    margin = f"{100 * one.margin:g} % of the baseline" if one.margin_is_relative else f"{one.margin:g}"
    rows = {
        "unit": one.unit,
        "better": BETTER[one.better],
        "margin": f"{margin}: {one.margin_reason}" if one.better else one.margin_reason,
        "tag": f"{one.tag}; {one.earliest}",
        "label": one.label,
        "by": by,
    }
    lines = [f"- {name}: {value}" for name, value in rows.items() if value]
    return f"### `{one.name}`\n\n**{one.title}.** {one.meaning}\n\n" + "\n".join(lines)


if __name__ == "__main__":
    text = indicators_page()
    if not INDICATORS_PAGE.exists() or INDICATORS_PAGE.read_text(encoding="utf-8") != text:
        INDICATORS_PAGE.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{INDICATORS_PAGE} renewed\n")

"""Renew the tables of docs/formats.md from the program, and make the page of evidence for the site.

    python .ci/formats.py

Run it after a table that `compare` writes has changed. `.ci/site.py` takes the page of evidence from here: it is made
of `evidence.csv` each time, and not kept.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from analysis.answer.findings import FINDINGS  # noqa: E402  # the path comes first
from simulator.evidence.parameters import GRADES, Evidence, load_evidence  # noqa: E402

PAGE = ROOT / "docs" / "formats.md"
BEGIN, END = "<!-- tables -->", "<!-- end of tables -->"
_MEANT = {
    "measured": "by us, from data at hand",
    "review": "of several studies, or an official rule",
    "single study": "looked up in one study or statistic",
    "recalled": "published, but read in the press or not looked up again",
    "weak": "practice, vendors, or taken from something else",
    "assumption": "no source",
}


def tables() -> str:
    """The columns of each table beside `comparison.csv`, as the program declares them."""
    parts = []
    for name, finding in FINDINGS.items():
        rows = "\n".join(f"| `{column}` | {_cell(meaning)} |" for column, meaning in finding.columns.items())
        parts.append(
            f"### {name}.csv\n\n{finding.heading}. Beside `scenario`:\n\n| column | meaning |\n|---|---|\n{rows}"
        )
    return "\n\n".join(parts)


def page_with(text: str) -> str:
    """The page with its tables as they are now."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n\n{tables()}\n\n{END}{after}"


def evidence_page() -> str:
    """Every parameter by grade, from the surest to the least sure: value, range, unit, source."""
    known = load_evidence()
    by_grade = {grade: [one for one in known.values() if one.grade == grade] for grade in GRADES}
    counted = "\n".join(f"| {grade} | {_MEANT[grade]} | {len(by_grade[grade])} |" for grade in GRADES)
    parts = [
        "# Evidence",
        f"All {len(known)} parameters of the model, as they stand in `simulator/evidence/evidence.csv`. Low and high "
        "are the ends of the 90 % range that draws are taken from. `afterdark evidence NAME` tells one of them; "
        "[the model, described](odd.md) says where each acts.",
        f"| grade | the source is | parameters |\n|---|---|---|\n{counted}",
    ]
    for grade in GRADES:
        rows = "\n".join(map(_row, by_grade[grade]))
        parts.append(
            f"## {grade.capitalize()}\n\n| parameter | value | low to high | unit | source, and remarks |\n"
            f"|---|---|---|---|---|\n{rows}"
        )
    return "\n\n".join(parts) + "\n"


def _row(one: Evidence) -> str:
    told = "; ".join(text for text in (one.source.rstrip("."), one.note) if text and text != "none")
    drawn = "fixed" if one.low == one.high else f"{one.low:g} to {one.high:g}"
    return f"| `{one.name}` | {one.value:g} | {drawn} | {one.unit} | {_cell(told or 'no source')} |"


def _cell(text: str) -> str:
    return text.replace("|", "/").replace("<", "&lt;").replace("\n", " ")


if __name__ == "__main__":
    PAGE.write_text(page_with(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{PAGE} renewed\n")

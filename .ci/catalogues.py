"""Renew the catalogues in analysis/assets/locale: all words that are said or marked, with the translations there are.

What is new has an empty translation, to be filled in; what nobody says any more goes.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "analysis" / "assets" / "locale"
SPEAKERS = ("say", "tr", "marked")
"""A `Language` is called `say` wherever it is used; `tr` and `marked` are of `analysis.language`."""
ENGLISH_ONLY = (
    *("answer/levels.py", "answer/rank.py", "answer/evaluation.py", "diagnosis/tables.py", "diagnosis/words.py"),
)
"""Modules whose tables are never written in another language."""
HEADS = ("columns", "groups")
"""Arguments of a `Table` that are said where it is written as HTML."""


def words_said() -> dict[str, str]:
    """Words in calls of `say` and `marked`, in order of the files, with the file in which each is said first."""
    found: dict[str, str] = {}
    page = sorted((ROOT / "experiments" / "workshop").rglob("*.py"))
    for path in [*sorted((ROOT / "analysis").rglob("*.py")), ROOT / "experiments" / "pictures.py", *page]:
        if str(path.relative_to(ROOT / path.relative_to(ROOT).parts[0])) in ENGLISH_ONLY:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for words in said_in(node):
                found.setdefault(words, str(path.relative_to(ROOT)))
    for where, words in (
        ("analysis/indicators", registered()),
        ("simulator/interventions", of_measures()),
        ("simulator", of_the_model()),
    ):
        for one in words:
            found.setdefault(one, where)
    return found


def of_the_model() -> Iterator[str]:
    """Words of the evidence on what is drawn, whom measures may harm, and the days and months in which they hold."""
    from analysis.answer.decides import first_clause
    from simulator.evidence.parameters import load_evidence
    from simulator.interventions import MEASURES
    from simulator.interventions.when import DAYS_IN_WORDS, MONTHS

    for row in load_evidence().values():
        if row.distribution != "fixed":
            yield from filter(None, (first_clause(row.note), row.applies_to, row.unit))
    yield from (measure.displaces for measure in MEASURES.values() if measure.displaces)
    yield from (*DAYS_IN_WORDS.values(), *MONTHS)


def registered() -> Iterator[str]:
    """What indicators are called and mean, which no call says word by word."""
    from analysis.indicators.catalogue import INDICATORS

    for one in INDICATORS.values():
        yield from (one.title, one.unit, one.margin_reason, one.earliest, one.meaning)


def of_measures() -> Iterator[str]:
    """What measures, their levers and choices are called on the workshop page."""
    from experiments.workshop.levers import words_of_levers

    yield from words_of_levers()


def said_in(node: ast.AST) -> list[str]:
    """Words that one call says or marks, the heading of a finding, and the heads of a table."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
        return []
    name, given = node.func.id if isinstance(node.func, ast.Name) else node.func.attr, list[ast.AST]()
    if name in SPEAKERS:
        given = [*node.args[:1]]
    elif name == "marked_each":
        given = [part for one in node.args for part in ast.walk(one)]
    elif name == "marked_values":
        given = [value for one in node.args if isinstance(one, ast.Dict) for value in one.values]
    elif name == "Finding":
        given = [one.value for one in node.keywords if one.arg == "heading"]
    elif name == "Table":
        heads = [one.value for one in node.keywords if one.arg in HEADS]
        given = [part for head in heads for part in ast.walk(head)]
    words = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return [one for one in words if one]


def renew(code: str) -> int:
    """Write one catalogue again; how many of its words are not translated."""
    file = FOLDER / f"{code}.po"
    old = {}
    if file.exists():
        with file.open("rb") as opened:
            old = {message.id: message.string for message in read_po(opened, locale=code)}
    catalogue = Catalog(locale=code, project="afterdark", charset="utf-8")
    for words, where in words_said().items():
        catalogue.add(words, old.get(words, ""), locations=[(where, None)])
    with file.open("wb") as opened:
        write_po(opened, catalogue, width=110, omit_header=True, sort_by_file=True)
    return sum(not message.string for message in catalogue if message.id)


if __name__ == "__main__":
    left = {code: renew(code) for code in sorted(file.stem for file in FOLDER.glob("*.po"))}
    sys.stdout.write("".join(f"{code}: {count} to be translated\n" for code, count in left.items()))

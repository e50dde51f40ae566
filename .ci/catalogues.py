"""Renew the catalogues in analysis/assets/locale: all words that are said or marked, with the translations there are.

What is new has an empty translation, to be filled in; what nobody says any more goes.
"""

import ast
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "analysis" / "assets" / "locale"
ROOMS = ("analysis", "experiments/workshop")
SPEAKERS = ("say", "marked")
"""A `Language` is called `say` wherever it is used; `marked` is of `analysis.language`."""


def words_said() -> dict[str, str]:
    """Words in calls of `say` and `marked`, in order of the files, with the file in which each is said first."""
    found: dict[str, str] = {}
    for path in (one for room in ROOMS for one in sorted((ROOT / room).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for words in said_in(node):
                found.setdefault(words, str(path.relative_to(ROOT)))
    return found


def said_in(node: ast.AST) -> list[str]:
    """Words that one call says or marks, and the heading of a finding."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
        return []
    name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
    given = node.args[:1] if name in SPEAKERS else []
    if name == "Finding":
        given = [one.value for one in node.keywords if one.arg == "heading"]
    return [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]


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
    left = {code: renew(code) for code in ("es", "fr")}
    sys.stdout.write("".join(f"{code}: {count} to be translated\n" for code, count in left.items()))

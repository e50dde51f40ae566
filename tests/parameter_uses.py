"""Which modules read which parameter, found in the source: by it the tests hold the column `acts_in` of the evidence.

The program itself never reads its own source: a run records what it reads (`Parameters.reads`), and the column says
where a parameter acts. After a change of either, write the column again:

    .venv/bin/python tests/parameter_uses.py
"""

import ast
import csv
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from simulator.evidence.parameters import EVIDENCE_FILE, OF_GENDER, load_evidence  # noqa: E402  # the path comes first
from simulator.results.files import whole_file  # noqa: E402

_PACKAGES = ("simulator", "street_networks", "experiments")
_LEFT_OUT = ("experiments.cli", "experiments.grades", "experiments.values")
_LISTS = "simulator.evidence.parameters"
"""The module that names parameters without reading them."""
_CALLED = ("parameters", "_parameters", "values", "evidence")
"""What holds parameters is called in the program."""
_READERS = ("nominal", "amount_of", "by_gender", "load_evidence")
_LONG = 8  # letters before the first gap in a text that may stand for a name


@cache
def parameters_by_module() -> dict[str, frozenset[str]]:
    """Names of the parameters that each module reads, by the module's name; the command line is left out."""
    known = frozenset(load_evidence())
    found: dict[str, frozenset[str]] = {}
    for package in _PACKAGES:
        folder = ROOT / package
        for path in sorted(folder.rglob("*.py")):
            parts = [package, *path.relative_to(folder).with_suffix("").parts]
            module = ".".join(part for part in parts if part != "__init__")
            if not module.startswith(_LEFT_OUT):
                tree = ast.parse(path.read_text(encoding="utf-8"))
                names = frozenset(_read(tree, known) if module == _LISTS else _names(tree, known))
                found |= {module: names} if names else {}
    return found


def modules_of(name: str) -> list[str]:
    """Modules that read a parameter, in order of their names."""
    return [module for module, names in parameters_by_module().items() if name in names]


def _names(tree: ast.AST, known: frozenset[str]) -> Iterator[str]:
    """Parameters that are read, and those that stand in a table of names, to be read by name."""
    yield from _read(tree, known)
    for node in ast.walk(tree):
        if _may_name(node):
            yield from _matching(node, known)
        elif isinstance(node, ast.Name) and node.id == "OF_GENDER":
            yield from OF_GENDER


def _read(tree: ast.AST, known: frozenset[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in known and _is_parameters(node.value):
            yield node.attr
        elif isinstance(node, ast.Subscript) and _is_parameters(node.value):
            yield from _matching(node.slice, known)
        elif isinstance(node, ast.Call) and _called(node) in _READERS:
            yield from (name for argument in node.args for name in _matching(argument, known))


def _may_name(node: ast.AST) -> bool:
    """Whether a piece of text may name a parameter wherever it stands: in a table of names, or made up from parts."""
    if isinstance(node, ast.JoinedStr):
        first = node.values[0] if node.values else None
        return isinstance(first, ast.Constant) and len(str(first.value)) >= _LONG and str(first.value).endswith("_")
    return isinstance(node, ast.Constant) and "_" in str(node.value)


def _is_parameters(node: ast.AST) -> bool:
    """Whether something holds parameters, by what it is called."""
    if isinstance(node, ast.Call):
        return _called(node) == "load_evidence"
    return getattr(node, "id", getattr(node, "attr", "")) in _CALLED


def _called(node: ast.Call) -> str:
    return str(getattr(node.func, "id", getattr(node.func, "attr", "")))


def _matching(node: ast.AST, known: frozenset[str]) -> Iterator[str]:
    """The names that a piece of text, with or without something put into it, may stand for."""
    if isinstance(node, ast.Constant) and node.value in known:
        yield str(node.value)
    elif isinstance(node, ast.JoinedStr):
        pieces = [re.escape(str(one.value)) if isinstance(one, ast.Constant) else "[a-z0-9_]+" for one in node.values]
        yield from (name for name in known if re.fullmatch("".join(pieces), name))


def write_column() -> None:
    """Write the column `acts_in` of the evidence again."""
    with EVIDENCE_FILE.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with whole_file(EVIDENCE_FILE) as part, part.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(
            file, [*(name for name in rows[0] if name != "acts_in"), "acts_in"], lineterminator="\n"
        )
        writer.writeheader()
        writer.writerows(row | {"acts_in": " ".join(modules_of(row["name"]))} for row in rows)


if __name__ == "__main__":
    write_column()

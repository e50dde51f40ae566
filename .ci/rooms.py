"""Renew the table of rooms in docs/architecture.md: lines of each room, and which rooms it imports from."""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("experiments", "analysis", "scenarios", "street_networks", "simulator")
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- rooms -->", "<!-- end of rooms -->"


def room_of(parts: tuple[str, ...]) -> str:
    """The room of a module by the parts of its name: a folder in a package, or a module that stands by itself."""
    package = ROOT / parts[0]
    if len(parts) == 1:
        return parts[0]
    return f"{parts[0]}/{parts[1]}/" if (package / parts[1]).is_dir() else f"{parts[0]}/{parts[1]}.py"


def rooms() -> dict[str, tuple[int, set[str], str]]:
    """Lines, rooms imported from, and the first sentence of what lives there, by room."""
    found: dict[str, tuple[int, set[str], str]] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            module = path.relative_to(ROOT).with_suffix("").parts
            if len(module) == 2 and module[1] == "__init__":
                continue
            room = room_of(module)
            text = path.read_text(encoding="utf-8")
            tree = ast.parse(text)
            lines, uses, told = found.get(room, (0, set(), ""))
            for node in ast.walk(tree):
                for name in imported(node):
                    if name.split(".")[0] in PACKAGES:
                        uses.add(room_of(tuple(name.split("."))))
            if (path.name == "__init__.py" and len(module) == 3) or room.endswith(".py"):
                told = (ast.get_docstring(tree) or "").split("\n\n")[0].replace("\n", " ")
            found[room] = (lines + text.count("\n"), uses - {room}, told)
    return found


def imported(node: ast.AST) -> list[str]:
    """Modules that an import statement names; `from package import module` is the module."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        inside = ROOT.joinpath(*node.module.split("."))
        if inside.is_dir() and "." not in node.module:
            return [f"{node.module}.{a.name}" if is_room(inside / a.name) else node.module for a in node.names]
        return [node.module]
    return []


def is_room(path: Path) -> bool:
    """Whether a module or a folder of modules stands at a path."""
    return path.is_dir() or path.with_suffix(".py").is_file()


def table() -> str:
    """The table in Markdown."""
    lines = ["| room | lines | what lives there | imports from |", "|---|---|---|---|"]
    for room, (count, uses, told) in rooms().items():
        package = room.split("/")[0]
        own = [name.removeprefix(f"{package}/") for name in sorted(uses) if name.startswith(f"{package}/")]
        others = sorted({name.split("/")[0] for name in uses if not name.startswith(f"{package}/") and name != package})
        said = ", ".join([*own, *(f"*{name}*" for name in others)])
        lines.append(f"| `{room}` | {count} | {told} | {said} |")
    return "\n".join(lines)


def page_with(text: str) -> str:
    """The page with the table as it is now."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page_with(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{PAGE} renewed\n")

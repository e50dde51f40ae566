"""Make the documentation site: put its sources together, build them with warnings as errors, and look at every link.

    python .ci/site.py [--out build/site] [--quick]

The pages of docs/ stay as they are read beside the code. README, CONTRIBUTING, CHANGELOG and SECURITY are laid beside
them, links between all of them are turned, a page of evidence is made from its table, and a page for each package from
docstrings.
"""

import argparse
import ast
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PACKAGES = ("experiments", "analysis", "scenarios", "street_networks", "simulator")
BESIDE = {
    "README.md": "readme.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "security.md",
}
"""Pages at the top of the project, and their names in the site."""
_LINK = re.compile(r"(\]\()(?!https?://|mailto:|#)([^)\s#]+)(#[^)\s]*)?(\))")
_ABOUT_API = (
    "What each package defines, from its docstrings: shapes, units, errors, sources. Begin with `compare` and `study` "
    "in `experiments.in_python`, `SafetyModel` in `simulator.model`, `load_city` in `street_networks.catalogue`, and "
    "`read_comparison` in `analysis`. Each package imports only from those below it in this list."
)
_NOT_SHOWN = {"profile_recipes", "calibration", "assets", "doctor"}


def gather(sources: Path, packages: tuple[str, ...] = PACKAGES) -> None:
    """Lay all pages into one folder, with links between them as they are there; `packages` get pages of docstrings."""
    shutil.copytree(DOCS, sources, dirs_exist_ok=True, ignore=shutil.ignore_patterns("_build", "__pycache__"))
    for page in sorted(DOCS.rglob("*.md")):
        target = sources / page.relative_to(DOCS)
        target.write_text(turned(page.read_text(encoding="utf-8"), page, target, sources), encoding="utf-8")
    for name, short in BESIDE.items():
        page, target = ROOT / name, sources / short
        target.write_text(turned(page.read_text(encoding="utf-8"), page, target, sources), encoding="utf-8")
    made = runpy.run_path(str(ROOT / ".ci" / "formats.py"))
    (sources / "evidence.md").write_text(made["evidence_page"](), encoding="utf-8")
    write_api(sources / "api", packages)


def turned(text: str, page: Path, target: Path, sources: Path) -> str:
    """A page with its links to other pages and pictures as they are in the site; links to code become names."""

    def turn(found: re.Match[str]) -> str:
        aim = (page.parent / unquote(found[2])).resolve()
        if aim.is_relative_to(DOCS):
            there = sources / aim.relative_to(DOCS)
        elif aim.parent == ROOT and aim.name in BESIDE:
            there = sources / BESIDE[aim.name]
        else:
            raise SystemExit(f"{page}: the link to {found[2]} leads out of the pages; write the path as code instead")
        return f"{found[1]}{_from(there, target.parent)}{found[3] or ''}{found[4]}"

    return _LINK.sub(turn, text)


def _from(path: Path, folder: Path) -> str:
    up = 0
    while not path.is_relative_to(folder):
        folder, up = folder.parent, up + 1
    return "../" * up + path.relative_to(folder).as_posix()


def write_api(folder: Path, packages: tuple[str, ...]) -> None:
    """One page a package: what its modules define for others, from their docstrings."""
    folder.mkdir()
    head = ["In Python", "=" * 9, "", _ABOUT_API, "", ".. toctree::", "", *(f"   {package}" for package in packages)]
    (folder / "index.rst").write_text("\n".join(head) + "\n", encoding="utf-8")
    for package in packages:
        lines = [package, "=" * len(package), "", first_sentence(ROOT / package / "__init__.py"), ""]
        for module, file in modules_of(package):
            lines += [
                module,
                "-" * len(module),
                "",
                f".. automodule:: {module}",
                f"   :members: {', '.join(public(file))}",
                "",
            ]
        (folder / f"{package}.rst").write_text("\n".join(lines), encoding="utf-8")


def modules_of(package: str) -> list[tuple[str, Path]]:
    """Modules with something public in them, in order of their names; the command line has a page of its own."""
    found = []
    for file in sorted((ROOT / package).rglob("*.py")):
        parts = file.relative_to(ROOT).with_suffix("").parts
        if (
            file.name.startswith("_")
            or _NOT_SHOWN & set(parts)
            or parts[:2] == ("experiments", "cli")
            or not public(file)
        ):
            continue
        found.append((".".join(parts), file))
    return found


def public(file: Path) -> list[str]:
    """Functions and classes that a module defines for others."""
    body = ast.parse(file.read_text(encoding="utf-8")).body
    kinds = ast.FunctionDef | ast.ClassDef
    return [one.name for one in body if isinstance(one, kinds) and not one.name.startswith("_") and one.name != "main"]


def first_sentence(file: Path) -> str:
    """The first line of a module's docstring."""
    return (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").split("\n")[0]


class _Links(HTMLParser):
    """What a page refers to, what it can be referred to by, and what it would load from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.names |= {name for name in (given.get("id"), given.get("name")) if name}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")
        elif tag == "link" and given.get("rel") not in ("index", "search", "next", "prev", "genindex", "canonical"):
            self.loads.append(given.get("href") or "")
        elif tag in ("script", "img", "iframe", "source", "video"):
            self.loads.append(given.get("src") or "")


def faults_of(site: Path) -> list[str]:
    """Links that lead nowhere, and whatever a reader's browser would fetch from elsewhere."""
    pages = {}
    for page in sorted(site.rglob("*.html")):
        pages[page.resolve()] = parsed = _Links()
        parsed.feed(page.read_text(encoding="utf-8"))
    faults = []
    for page, parsed in pages.items():
        told = page.relative_to(site.resolve())
        for load in parsed.loads:
            if re.match(r"(https?:)?//", load):
                faults.append(f"{told} fetches {load}")
            elif load and not load.startswith("data:") and not (page.parent / unquote(load.split("?")[0])).exists():
                faults.append(f"{told} lacks {load}")
        for link in parsed.links:
            if re.match(r"[a-z]+:", link):
                continue
            path, _, name = link.partition("#")
            aim = (page.parent / unquote(path)).resolve() if path else page
            if not aim.exists():
                faults.append(f"{told} leads to {link}, which is not there")
            elif name and aim in pages and unquote(name) not in pages[aim].names:
                faults.append(f"{told} leads to {link}, where there is no such place")
    fetched = re.compile(r"(url\(|@import)\s*['\"]?(https?:)?//")
    sheets = [sheet for sheet in sorted(site.rglob("*.css")) if fetched.search(sheet.read_text(encoding="utf-8"))]
    return faults + [f"{sheet.relative_to(site)} fetches from elsewhere" for sheet in sheets]


def main(arguments: list[str]) -> int:
    """Make the site; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "site")
    parser.add_argument("--quick", action="store_true", help="leave out what is made from docstrings")
    given = parser.parse_args(arguments)
    out = given.out.resolve()
    with tempfile.TemporaryDirectory() as folder:
        sources = Path(folder) / "docs"
        gather(sources, () if given.quick else PACKAGES)
        shutil.rmtree(out, ignore_errors=True)
        options = ("-W", "--keep-going", "-q", "-b", "html", "-d", str(Path(folder) / "trees"))
        command = [sys.executable, "-m", "sphinx", *options, str(sources), str(out)]
        done = subprocess.run(command, cwd=ROOT, check=False)  # noqa: S603
        if done.returncode:
            return done.returncode
    (out / ".buildinfo").unlink(missing_ok=True)
    faults = faults_of(out)
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    if faults:
        return 1
    sys.stdout.write(
        f"{out / 'index.html'}: {len(list(out.rglob('*.html')))} pages; open it in a browser, no server is needed\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

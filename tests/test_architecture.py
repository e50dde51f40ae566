"""The shape of the project: one direction of imports, small modules and functions, a light way in, locked packages."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("experiments", "analysis", "scenarios", "street_networks", "simulator")
SOURCES = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
HEAVY = ("numba", "pandas", "matplotlib", "mesa", "scipy", "pyogrio", "shapely", "pyarrow")


def test_imports_go_one_way():
    linter = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert linter, "import-linter is not installed beside this Python"
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_import_contracts_name_every_room():
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    forbidden = {contract["source_modules"][0]: contract for contract in contracts if contract["type"] == "forbidden"}
    rooms = {contract["containers"][0]: contract for contract in contracts if "containers" in contract}
    found = {f"simulator.{name}" for name in rooms_of("simulator")}
    readable = {"simulator.results", "simulator.errors", "simulator.foundation"}
    assert set(forbidden["analysis"]["forbidden_modules"]) == found - readable
    for package in ("simulator", "street_networks", "analysis", "experiments"):
        assert rooms[package]["exhaustive"]  # a room that no layer names is refused


def rooms_of(package):
    """Names of the folders and modules that stand directly in a package."""
    folder = ROOT / package
    return {path.stem for path in folder.glob("[!_]*.py")} | {path.parent.name for path in folder.glob("*/__init__.py")}


def test_nothing_but_the_agreed_folders_stands_at_the_top():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    if not tracked:
        pytest.skip("not a git checkout: what belongs to the project cannot be told from what was made here")
    folders = {Path(file).parts[0] for file in tracked if "/" in file}
    assert folders <= {*PACKAGES, "tests", "docs", ".ci"}


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_modules_and_functions_are_small(file):
    text = file.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length < 60, f"{node.name} has {length} lines"


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_class_with_many_fields_has_them_in_groups(file):
    """A dozen fields in one class body are enough: more are given to base classes, each a group with a name."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef) and any("dataclass" in ast.unparse(one) for one in node.decorator_list):
            fields = [one for one in node.body if isinstance(one, ast.AnnAssign) and "ClassVar" not in ast.unparse(one)]
            assert len(fields) <= 12, f"{node.name} has {len(fields)} fields in one group"


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_says_that_it_is_typed(package):
    assert (ROOT / package / "py.typed").is_file()


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_gives_at_most_ten_names_and_imports_nothing_heavy(package):
    code = (
        f"import sys, {package}; names = getattr({package}, '__all__', []);"
        f"print(len(names), *[name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    count, *heavy = done.stdout.split()
    assert int(count) <= 10
    assert heavy == []


def test_help_imports_nothing_heavy():
    code = (
        "import sys; sys.argv = ['afterdark', '--help']\n"
        "from experiments.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print('heavy:', *[name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "Example: afterdark compare light-the-park-paths" in done.stdout
    assert done.stdout.strip().endswith("heavy:")


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-bench.lock"])
def test_locks_have_hashes_and_name_no_index(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    requirements = re.split(r"\n(?=[a-z0-9])", re.sub(r"(?m)^\s*#.*\n", "", text).strip(), flags=re.IGNORECASE)
    assert len(requirements) > 20
    for requirement in requirements:
        assert "==" in requirement.splitlines()[0], requirement
        assert "--hash=sha256:" in requirement, requirement
    assert "://" not in text
    assert not re.search(r"(?m)^\s*(-i|--index-url|--extra-index-url|--find-links|-f|--trusted-host)\b", text)


def test_the_dev_lock_agrees_with_the_lock():
    def pins(name):
        return dict(re.findall(r"(?m)^([A-Za-z0-9_.-]+)==([^ \\]+)", (ROOT / name).read_text(encoding="utf-8")))

    runtime, dev = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {name: dev.get(name) for name in runtime} == runtime


def test_no_bare_except_no_pickle_no_eval():
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.ExceptHandler) and node.type is None), file
            if isinstance(node, ast.Import):
                assert all(name.name != "pickle" for name in node.names), file
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                of_ours = all(isinstance(argument, ast.Constant) for argument in node.args)
                assert node.func.id not in ("eval", "exec") or of_ours, file

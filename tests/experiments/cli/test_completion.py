"""Tab completion as shells ask for it: the words in the environment, the offers on standard output, nothing written."""

import os
import shutil
import subprocess
import sys

import pytest
import typer

from experiments.cli.completion import COMPLETERS, KEPT, grades, parameters
from experiments.cli.main import app
from experiments.runs import KEEP
from scenarios import list_cases, load_scenario
from simulator.evidence.parameters import GRADES, load_evidence

from ..conftest import ROOT, content_of, start

HEAVY = ("numpy", "pandas", "numba", "pyarrow", "shapely", "matplotlib", "mesa", "scipy", "pyogrio")


def completed(tmp_path, shell, line):
    """What a shell is offered for a line whose last word is being written, in a folder of its own."""
    words = line.split(" ")
    asked = {
        "bash": {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)},
        "zsh": {"_TYPER_COMPLETE_ARGS": line},
        "fish": {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
    }[shell]
    before = content_of(tmp_path)
    process = start(cwd=tmp_path, HOME=str(tmp_path), _AFTERDARK_COMPLETE=f"complete_{shell}", **asked)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert content_of(tmp_path) == before
    return out.split("\n")[:-1] if shell == "zsh" else out.split()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("afterdark co", ["compare"]),
        ("afterdark scenario di", ["diff"]),
        ("afterdark compare --val", ["--values"]),
        ("afterdark compare light-", ["light-the-park-paths"]),
        ("afterdark compare square-hosts light-", ["light-the-park-paths"]),
        ("afterdark run night-bus-every-1", ["night-bus-every-15"]),
        ("afterdark compare square-hosts --baseline noth", ["nothing-changes"]),
        ("afterdark scenario diff baseline noth", ["nothing-changes"]),
        ("afterdark scenario new mine --from noth", ["nothing-changes"]),
        ("afterdark validate robustness noth", ["nothing-changes"]),
        ("afterdark compare square-hosts --city hel", ["helsinki-centre"]),
        ("afterdark network inspect ", ["helsinki-centre", "karhula"]),
        ("afterdark validate safety --city ", ["helsinki-centre", "karhula"]),
        ("afterdark evidence light_relief_l", ["light_relief_lx"]),
        ("afterdark evidence --grade s", ["single-study"]),
        ("afterdark run square-hosts --keep ", list(KEPT)),
        ("afterdark compare no-such-case", []),
        ("afterdark show ru", []),  # the shell knows folders itself
        ("afterdark network build --name ", []),
    ],
)
def test_bash_is_offered(tmp_path, line, offered):
    assert completed(tmp_path, "bash", line) == offered


def test_all_cases_and_the_files_of_cases(tmp_path):
    (tmp_path / "mine.toml").touch()
    (tmp_path / "night-walk.toml").touch()
    (tmp_path / "two words.toml").touch()  # the shell quotes it better
    (tmp_path / ".hidden.toml").touch()
    (tmp_path / "notes.txt").touch()
    assert completed(tmp_path, "bash", "afterdark compare ") == [*list_cases(), "mine.toml", "night-walk.toml"]
    assert completed(tmp_path, "bash", "afterdark compare night-w") == ["night-walk.toml"]
    assert completed(tmp_path, "bash", "afterdark network inspect mine") == []


def test_a_path_is_followed(tmp_path):
    (tmp_path / "sub" / "deeper").mkdir(parents=True)
    assert completed(tmp_path, "bash", "afterdark compare sub/") == []  # a folder only: left to the shell
    (tmp_path / "sub" / "mine.toml").touch()
    (tmp_path / "sub" / "town.gpkg").touch()
    assert completed(tmp_path, "bash", "afterdark compare sub/") == ["sub/mine.toml", "sub/deeper/"]
    assert completed(tmp_path, "bash", "afterdark compare x --city ./sub/t") == ["./sub/town.gpkg"]
    assert completed(tmp_path, "bash", "afterdark compare none/") == []


def test_zsh_and_fish_are_told_what_a_word_means(tmp_path):
    title = load_scenario("light-the-park-paths").title
    told = completed(tmp_path, "zsh", "afterdark compare light-")
    assert told == [f"""_arguments '*: :(("light-the-park-paths":"{title}"))'"""]
    assert completed(tmp_path, "zsh", "afterdark show ru") == ["_files"]
    cities = " ".join(completed(tmp_path, "zsh", "afterdark network inspect "))  # a line each
    assert cities.split() == ["_arguments", "'*:", """:(("helsinki-centre\"""", """"karhula"))'"""]
    assert " ".join(completed(tmp_path, "fish", "afterdark compare light-")) == f"light-the-park-paths {title}"


def test_to_complete_loads_nothing_heavy():
    for line in (
        "afterdark compare ",
        "afterdark evidence ",
        "afterdark network inspect ",
        "afterdark evidence --grade ",
    ):
        code = (
            "import sys\nfrom experiments.cli.main import main\n"
            "try: main()\nexcept SystemExit: pass\n"
            f"print('heavy:', *[name for name in {HEAVY} if name in sys.modules])"
        )
        asked = {"COMP_WORDS": line, "COMP_CWORD": str(line.count(" ")), "_AFTERDARK_COMPLETE": "complete_bash"}
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=os.environ | asked, capture_output=True, text=True, check=True
        )
        *offers, heavy = done.stdout.strip().split("\n")
        assert offers
        assert heavy == "heavy:"


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_the_script_for_bash_completes_in_bash(tmp_path):
    program = tmp_path / "afterdark"
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m experiments.cli "$@"\n')
    program.chmod(0o755)
    script = (
        'eval "$(_AFTERDARK_COMPLETE=source_bash ./afterdark)"\n'
        "COMP_WORDS=(./afterdark compare night-bus-every-1); COMP_CWORD=2\n"
        '_afterdark_completion ./afterdark; echo "${COMPREPLY[@]}"; complete -p afterdark'
    )
    done = subprocess.run(["bash", "--norc", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "night-bus-every-15\ncomplete -o default -F _afterdark_completion afterdark\n"


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_what_is_installed_is_written_where_the_user_asked(tmp_path):
    command = (
        f'"{sys.executable}" -m experiments.cli --install-completion; exit $?'  # not exec: bash must be its parent
    )
    environment = os.environ | {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    subprocess.run(["bash", "--norc", "-c", command], cwd=tmp_path, env=environment, capture_output=True, check=True)
    assert set(content_of(tmp_path)) == {".bashrc", ".bash_completions", ".bash_completions/afterdark.sh"}


def test_every_name_of_the_table_is_a_parameter_that_it_completes():
    found = set()

    def look(command, name=""):
        for parameter in command.params:
            ours = {parameter.name, f"{name}.{parameter.name}"} & set(COMPLETERS)
            found.update(ours)
            assert (parameter._custom_shell_complete is not None) == bool(ours), (name, parameter.name)
        for word, one in getattr(command, "commands", {}).items():
            look(one, word)

    look(typer.main.get_command(app))
    assert found == set(COMPLETERS)


def test_what_is_offered_is_what_there_is():
    assert parameters("") == list(load_evidence())
    assert sorted(grades("")) == sorted(grade.replace(" ", "-") for grade in GRADES)
    assert list(KEPT) == list(KEEP)


def test_a_grade_that_was_completed_is_taken(afterdark):
    assert afterdark("evidence", "--grade", "single-study").out == afterdark("evidence", "--grade", "single study").out

"""Logs of long commands: levels, JSON lines, and what no level hides."""

import json
import warnings

import pytest
import typer

from experiments.cli import logs
from experiments.cli.main import app
from experiments.cli.progress import counting_runs, progress_bar

LONG = {
    ("run",),
    ("compare",),
    ("diagnose",),
    ("evaluate",),
    ("rank",),
    ("network", "build"),
    ("study", "run"),
    ("study", "retry"),
    ("validate", "robustness"),
    ("validate", "safety"),
    ("calibrate", "counts"),
}


def commands(command, words=()):
    yield words, command
    for name, one in getattr(command, "commands", {}).items():
        yield from commands(one, (*words, name))


def test_long_commands_have_both_options_and_quick_ones_none():
    having = {
        words
        for words, command in commands(typer.main.get_command(app))
        if {"log_level", "log_json"} <= {one.name for one in command.params}
    }
    assert having >= LONG
    assert not having & {("show",), ("scenario", "list"), ("evidence",)}


@pytest.fixture
def told(capsys):
    """Lines on standard error since the last time."""

    def since():
        return capsys.readouterr().err.splitlines()

    yield since
    logs.configure()


def test_text_is_as_it_always_was(told):
    logs.configure("run")
    logs.note("running: 2 simulated days ...")
    logs.caution("lamps do nothing that day")
    logs.detail("nobody asked for this")
    logs.error("no such case", 2)
    assert told() == ["running: 2 simulated days ...", "caution: lamps do nothing that day", "afterdark: no such case"]


def test_json_lines_say_when_what_and_how_grave(told):
    logs.configure("compare", as_json=True)
    logs.note("1 of 2", done=1)
    logs.caution("ünsure", "harm")
    logs.error("gone", 130)
    lines = [json.loads(line) for line in told()]
    assert [(one["level"], one["event"], one["message"]) for one in lines] == [
        ("info", "progress", "1 of 2"),
        ("warning", "harm", "ünsure"),
        ("error", "error", "gone"),
    ]
    assert lines[0]["done"] == 1
    assert lines[2]["status"] == 130
    assert {one["command"] for one in lines} == {"compare"}
    assert all(one["time"].endswith("Z") for one in lines)


def test_no_level_hides_a_caution(told):
    logs.configure(level=logs.Level.WARNING)
    logs.note("progress")
    logs.caution("read this")
    assert told() == ["caution: read this"]
    logs.configure(level=logs.Level.DEBUG)
    logs.detail("a day")
    assert told() == ["a day"]


def test_progress_is_lines_of_json_too(told):
    logs.configure("study run", as_json=True)
    with progress_bar("comparing", 4, draws=2, quiet=False) as heard:
        heard(4)
        heard.draw_done()
    with counting_runs("study", 3, quiet=False) as ran:
        ran(3)
    messages = [json.loads(line)["message"] for line in told()]
    assert messages == [
        "comparing: 4 simulated days ...",
        "comparing: 1 of 2 draws done",
        "study: 3 of 3 runs done",
    ]


def test_warnings_of_libraries_are_lines_of_json_too(told):
    logs.configure(as_json=True)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logs.configure(as_json=True)
        warnings.warn("old", FutureWarning, stacklevel=1)
    (line,) = [json.loads(one) for one in told()]
    assert line["event"] == "py.warnings"
    assert "old" in line["message"]


def test_a_command_of_several_words_is_named_and_an_error_is_json(afterdark):
    refused = afterdark("study", "run", "no-such-study", "--log-json")
    assert refused.status == 2
    (line,) = [json.loads(one) for one in refused.err.splitlines()]
    assert (line["command"], line["level"], line["status"]) == ("study run", "error", 2)
    assert "no-such-study" in line["message"]
    assert afterdark("run", "baseline", "--log-level", "loud").status == 2


def test_a_real_run_tells_its_start_its_days_and_its_end(afterdark):
    ran = afterdark("run", "baseline", "--people", "200", "--log-json", "--log-level", "debug")
    assert ran.status == 0
    lines = [json.loads(one) for one in ran.err.splitlines()]
    assert [one["event"] for one in lines if one["event"] != "days"] == ["start", "progress", "end"]
    start, *_, end = lines
    assert start["options"]["case"] == "baseline"
    assert len(start["code_version"]) == 16
    assert end["seconds"] > 0
    # settling may end before the days that were reckoned with are lived
    assert 0 < sum(one.get("days", 0) for one in lines if one["event"] == "days") <= lines[1]["days"]

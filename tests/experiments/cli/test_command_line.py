"""The command line as its users see it: every help has an example that works, programs get JSON, terminals stay whole."""

import json
import re
import shlex
import shutil
import subprocess
import sys

import jsonschema
import pytest
import typer

from experiments.cli.evidence_words import GRADE_MEANS
from experiments.cli.main import app
from simulator.evidence.parameters import GRADES, load_evidence

from ..conftest import ROOT, SMALL, start

COMMAND = typer.main.get_command(app)


def commands(command=COMMAND, words=()):
    """Every command and group with the words that call it."""
    yield words, command
    for name, one in getattr(command, "commands", {}).items():
        yield from commands(one, (*words, name))


EVERY = dict(commands())
QUICK = ("scenario", "evidence", "network")


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_every_help_shows_an_example_that_is_a_command(afterdark, words):
    told = afterdark(*words, "--help")
    assert told.status == 0
    assert told.err == ""
    examples = re.findall(r"Example: (afterdark .*)", told.out)
    assert len(examples) == 1, told.out
    program, *example = shlex.split(examples[0])
    command, rest = COMMAND, list(example)
    while getattr(command, "commands", None):
        command = command.commands[rest.pop(0)]
    command.make_context(program, rest)  # parses, and complains of what is missing or not known
    assert tuple(example[: len(words)]) == words
    if example[0] in QUICK and example[1:2] != ["build"]:  # that one needs the network
        told = afterdark(*example)
        assert (told.status, told.err) == (0, "")
        assert told.out


def test_without_words_the_commands_are_shown(refused):
    err = refused()
    assert err.startswith("afterdark: found no command, expected one of run, compare, show")
    assert "Example: afterdark compare" in err
    assert "expected one of list, new, diff, check" in refused("scenario")


def test_version(afterdark):
    told = afterdark("--version")
    assert told.status == 0
    assert re.fullmatch(r"afterdark (\d+\.\d+\S*|of unknown version, .*)\n", told.out)


def test_help_waits_for_nothing_heavy():
    heavy = ("numpy", "pandas", "numba", "pyarrow", "shapely", "matplotlib", "mesa", "scipy", "pyogrio")
    code = f"import experiments.cli, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_scenario_list(afterdark):
    lines = afterdark("scenario", "list").out.splitlines()
    names = [line.split()[0] for line in lines]
    assert names[0] == "baseline"
    assert names[1:] == sorted(names[1:])
    assert {"light-the-park-paths", "night-bus-every-30", "square-hosts"} < set(names)
    assert any("Hosts where the bars are (Amsterdam)" in line for line in lines)
    rows = json.loads(afterdark("scenario", "list", "--json").out)
    assert [row["name"] for row in rows] == names
    assert all(line.startswith(f"{row['name']:30} {row['title']}") for row, line in zip(rows, lines, strict=True))


def test_scenario_new_and_diff(afterdark, tmp_path):
    told = afterdark("scenario", "new", "mine", "--from", "night-bus-every-30")
    assert "mine.toml: a copy of night-bus-every-30" in told.out
    assert "say the same" in afterdark("scenario", "diff", "night-bus-every-30", "mine.toml").out
    path = tmp_path / "mine.toml"
    path.write_text(path.read_text().replace("headway_min = 30", "headway_min = 20"))
    assert "'Night bus': headway_min: 30 -> 20" in afterdark("scenario", "diff", "night-bus-every-30", "mine.toml").out


def test_scenario_check_and_explain(afterdark, tmp_path):
    told = afterdark("scenario", "check", "light-the-park-paths")
    assert "nothing wrong found, on helsinki-centre" in told.out
    assert re.search(r"\d+ lamps on \d+ segments", told.out)
    case = (ROOT / "scenarios" / "library" / "light-the-park-paths.toml").read_text()
    (tmp_path / "mine.toml").write_text(case.replace('where = "unlit park paths"', 'where = "lit tunnels"'))
    assert "mine.toml: nothing wrong found" in afterdark("scenario", "check", "mine.toml").out
    assert "lit tunnels" in afterdark("scenario", "explain", "mine.toml", "--city", "helsinki-centre").out


def test_scenario_schema_is_a_json_schema(afterdark):
    schema = json.loads(afterdark("scenario", "schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert "measures" in schema["properties"]


def test_evidence(afterdark, refused):
    everything = afterdark("evidence").out.splitlines()
    assert len(everything) == len(load_evidence()) + 3
    line = next(line for line in everything if "relief_lx" in line)
    assert re.fullmatch(r"light_relief_lx +2 +1.5 to 4 +single study +lx", line)
    assert f"{len(load_evidence())} parameters" in everything[-2]
    some = json.loads(afterdark("evidence", "lamp_", "--json").out)
    assert len(some) > 3
    assert all("lamp_" in row["name"] for row in some)
    assert {"value", "low", "high", "unit", "grade", "source", "countries", "acts_in"} <= set(some[0])


def test_evidence_of_one_parameter(afterdark):
    one = afterdark("evidence", "light_relief_lx").out
    for words in (
        "light_relief_lx = 2 lx",
        "1.5 to 4 (90 % of draws; split lognormal, with the value as median)",
        "single study: from one study or survey, looked up",
        "doi 10.1177/1477153518775464",
        "acts in    simulator.safety.perception: P(feel safe)",
    ):
        assert words in one
    robbery = afterdark("evidence", "robbery-all").out
    assert "England and Wales (GB)" in robbery
    assert "in a city of another country 0.00133 to 0.00599 (see transfer_ratio)" in robbery
    assert "company_arranging_min" not in afterdark("evidence", "company").out  # a whole name is that one
    assert "draws do not vary it" in afterdark("evidence", "lamp_flux").out
    assert "joint ones of the fit: mean 1.2" in afterdark("evidence", "feel_man").out
    assert max(map(len, one.splitlines())) <= 110


def test_evidence_of_a_grade_and_what_is_not_there(afterdark, refused):
    weak = afterdark("evidence", "--grade", "weak").out
    assert "lamp_capital" in weak
    assert "isolation_ratio" not in weak
    assert set(GRADE_MEANS) == set(GRADES)
    assert "--grade: found 'sure', expected one of measured, review" in refused("evidence", "--grade", "sure")
    assert "called 'isolation' is graded 'weak'; found assumption" in refused(
        "evidence", "isolation", "--grade", "weak"
    )
    assert "the nearest are light_relief_lx" in refused("evidence", "light_releif_lx")
    assert "the nearest" not in refused("evidence", "qqqq")


def test_network_list(afterdark):
    told = afterdark("network", "list")
    assert told.out.startswith("helsinki-centre  ")
    assert "OpenStreetMap" in told.out  # the licence asks for it
    centre, town = json.loads(afterdark("network", "list", "--json").out)
    assert (centre["name"], town["name"]) == ("helsinki-centre", "karhula")
    assert (centre["lamps"], town["lamps"]) == (586, 0)


def test_json_on_standard_output_and_the_rest_on_standard_error(afterdark, made):
    words = ("compare", "light-the-park-paths", *SMALL, "--store", made / "store", "--out", "again", "--json")
    told = afterdark(*[word for word in words if word != "--quiet"])
    assert told.status == 0
    cells = json.loads(told.out)
    assert {"indicator", "difference", "low", "high", "verdict", "grade"} <= set(cells[0])
    assert "simulated days" in told.err
    assert "comparing light-the-park-paths: 2 of 2 draws done" in told.err
    quiet = afterdark(*words[:-1], "--out", "once-more", "--json").err.splitlines()
    assert all(line.startswith("caution: ") for line in quiet)  # what changes how an answer is read is always said
    assert json.loads(afterdark("show", "again", "--json").out) == cells


def test_show_a_run(afterdark, made):
    run = next(folder for folder in (made / "store").iterdir())
    told = afterdark("show", run)
    assert told.status == 0
    assert "500 agents" in told.out
    read = json.loads(afterdark("show", run, "--json").out)
    assert read["manifest"]["id"] == run.name
    assert read["summary"][0]["itinerary"] == "realised"


def test_the_example_of_show_works_after_the_demo(afterdark, made, tmp_path):
    told = afterdark("compare", "light-the-park-paths", *SMALL, "--store", made / "store")
    assert told.status == 0
    (folder,) = tmp_path.glob("runs/compare-light-the-park-paths-*")
    assert str(folder / "report.html") in told.out
    assert afterdark("show", folder.relative_to(tmp_path)).out == told.out


@pytest.mark.slow
def test_a_terminal_without_unicode_keeps_every_sign_of_a_number(made):
    process = start("show", made / "answer", "--full", cwd=made, PYTHONIOENCODING="ascii")
    plain, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    whole, _ = start("show", made / "answer", "--full", cwd=made, PYTHONIOENCODING="utf-8").communicate(timeout=60)
    assert plain.count("-") > whole.count("−") > 20
    assert not re.search(r"\?\d", plain)


@pytest.mark.skipif(shutil.which("head") is None, reason="needs head")
def test_a_reader_that_goes_early_sees_no_traceback():
    process = start("evidence", cwd=ROOT)
    head = subprocess.run(["head", "-n", "1"], stdin=process.stdout, capture_output=True, text=True, check=True)
    process.stdout.close()
    assert head.stdout.startswith("dark_begins_deg")
    assert process.stderr.read() == ""
    process.stderr.close()
    process.wait(timeout=60)


@pytest.mark.slow
def test_a_run_as_json_has_its_indicators(afterdark):
    told = afterdark("run", "baseline", "--people", "300", "--quiet", "--out", "one")
    assert told.status == 0, told.err
    read = json.loads(afterdark("show", "one", "--json").out)
    assert {row["indicator"] for row in read["indicators"]} >= {"feels_safe_share", "trips_not_made"}
    breakdowns = {"age_band", "disability", "carer", "night_worker"}
    assert {row["breakdown"] for row in read["summary"]} == breakdowns | {"purpose"}
    read["summary"] = [row for row in read["summary"] if row["breakdown"] in breakdowns]
    walked = dict.fromkeys(breakdowns, 0.0)
    for row in read["summary"]:
        if row["itinerary"] == "realised":
            walked[row["breakdown"]] += row["walking_s"]
    assert len({round(seconds) for seconds in walked.values()}) == 1  # everybody once in each

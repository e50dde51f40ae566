"""The pages are true: examples run, links lead somewhere, parameters and columns are those of the program."""

import json
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from analysis.answer.findings import FINDINGS
from analysis.comparison.paired import COLUMNS
from analysis.indicators.catalogue import INDICATORS
from scenarios import bind, parse_scenario
from simulator.agenda.plans import Tours, Trips
from simulator.city.network import StreetNetwork, tables_of
from simulator.city.stays import Stays
from simulator.evidence.parameters import GRADES, load_evidence
from simulator.foundation.columns import columns_of, describe
from simulator.people.population import People
from simulator.results.schema import (
    PEOPLE_COLUMNS,
    PLACEMENT_COLUMNS,
    SEGMENT_COLUMNS,
    SUMMARY_KEYS,
    SUMMARY_VALUES,
    TRIP_COLUMNS,
)
from street_networks import load_city

ROOT = Path(__file__).parent.parent
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def block(language, page="README.md", *, number=0):
    found = re.findall(rf"```{language}\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    return found[number]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_every_parameter_is_in_the_models_description():
    told = set(re.findall(r"`([a-z0-9_]+)`", (ROOT / "docs" / "odd.md").read_text(encoding="utf-8")))
    assert set(load_evidence()) - told == set()


def test_the_columns_page_is_the_registry():
    page = (ROOT / "docs" / "columns.md").read_text(encoding="utf-8")
    for table in (*tables_of(StreetNetwork).values(), People, Tours, Trips, Stays):
        assert describe(table) in page
        assert len(list(columns_of(table))) > 2
    for table in (SUMMARY_KEYS | SUMMARY_VALUES, SEGMENT_COLUMNS, PLACEMENT_COLUMNS, PEOPLE_COLUMNS, TRIP_COLUMNS):
        assert "\n".join(f"| {name} | {meaning} |" for name, meaning in table.items()) in page


def test_the_case_in_the_readme_can_be_used():
    (placed,) = bind(parse_scenario(block("toml")), load_city("helsinki-centre"))
    assert placed.segments.size > 0


def test_the_notebook_in_the_readme_runs(capsys):
    exec(compile(block("python").replace("agents=2000", "agents=400"), "README.md", "exec"), {})
    told = capsys.readouterr().out
    assert "2026-12-21 17:00:00" in told


@pytest.mark.slow
def test_the_example_for_mesas_users_runs():
    names = {}
    exec(compile(block("python", "docs/mesa.md").replace("agents=2000", "agents=400"), "mesa.md", "exec"), names)
    assert names["collector"].get_model_vars_dataframe()["outdoors"].tolist() == [
        names["model"].people.select(outdoors=True).count()
    ]
    assert len(names["collector"].get_agenttype_vars_dataframe(names["Person"])) == 400


@pytest.mark.slow
def test_the_adapter_for_ema_workbench_runs(capsys):
    pytest.importorskip("ema_workbench", reason="ema_workbench is not installed: pip install ema_workbench")
    adapter = block("python", "docs/mesa.md", number=2).replace(
        "agents=500, settle_days=1", "agents=200, settle_days=0"
    )
    names = {}
    exec(compile(adapter.replace("14 * 3600", "5 * 3600"), "mesa.md", "exec"), names)
    tried, outcomes = names["tried"], names["outcomes"]
    assert len(tried) == 8
    assert set(tried["case"]) <= {"baseline", "light-the-park-paths"}
    assert ((outcomes["women"] > 0) & (outcomes["women"] < 1)).all()
    in_order = tried.assign(women=outcomes["women"]).sort_values("feel_level")["women"].to_numpy()
    assert in_order[-1] > in_order[0], "who feels safer in general feels safer on these walks"


@pytest.mark.slow
def test_the_batch_for_mesas_users_runs(capsys):
    batch = block("python", "docs/mesa.md", number=1)
    exec(compile(batch.replace('"agents": 500', '"agents": 200').replace("14 * 60", "5 * 60"), "mesa.md", "exec"), {})
    told = capsys.readouterr().out
    assert "light-the-park-paths" in told
    assert "2026-12-21T09:01:00" in told


def test_every_command_in_the_pages_exists(monkeypatch, capsys):
    import sys

    from experiments.cli.main import main

    commands = set()
    told = [*PAGES, *(ROOT / "street_networks").rglob("*.py"), *(ROOT / "scenarios").glob("*.py")]
    for page in told:
        commands |= set(
            re.findall(r"`afterdark ((?:[a-z]+ ?)+?)(?: [A-Z\[|\\-].*?)?`", page.read_text(encoding="utf-8"))
        )
    for case in (ROOT / "scenarios" / "library").glob("*.toml"):
        said = case.read_text(encoding="utf-8")
        commands |= {one.strip() for one in re.findall(r"^#.*afterdark ((?:[a-z]+ )+)", said, re.MULTILINE)}
    assert {"compare", "run", "show", "evidence"} <= {command.split()[0] for command in commands}
    for command in commands:
        words = [word for word in command.split() if word not in ("list", "light")]
        monkeypatch.setattr(sys, "argv", ["afterdark", *words[:2], "--help"])
        with pytest.raises(SystemExit) as left:
            main()
        assert left.value.code == 0, command
        capsys.readouterr()


def test_the_pages_of_measures_and_cases_are_those_of_the_program():
    pages = runpy.run_path(str(ROOT / ".ci" / "measures.py"))
    for name in ("MEASURES", "CASES"):
        written = pages[f"{name}_PAGE"].read_text(encoding="utf-8")
        assert written == pages[f"{name.lower()}_page"](), "run python .ci/measures.py"


def test_the_page_of_commands_is_that_of_the_command_line():
    page = runpy.run_path(str(ROOT / ".ci" / "commands.py"))
    written = page["COMMANDS_PAGE"].read_text(encoding="utf-8")
    assert written == page["commands_page"](), "run python .ci/commands.py"
    assert "## `afterdark compare`" in written
    assert "| `--log-json` |" in written


def commands_shown():
    """Every line of a page that is typed: in blocks of `sh`, and indented by four blanks."""
    for page in PAGES:
        if page.name in ("commands.md", "CHANGELOG.md"):
            continue
        text = page.read_text(encoding="utf-8")
        typed = [*re.findall(r"(?m)^ {4}(?:\.venv/bin/)?(afterdark [a-z][^\n]*(?:\n {8}[^\n]+)*)", text)]
        for lines in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
            typed += [line for line in lines.splitlines() if line.startswith("afterdark ")]
        for line in typed:
            yield page.name, re.sub(r"\s{2,}#.*", "", " ".join(line.replace("\\\n", " ").split("\n"))).strip()


@pytest.mark.parametrize(("page", "line"), sorted(set(commands_shown())))
def test_every_line_that_is_shown_is_understood(page, line):
    """Its command exists, and takes these options and as many words; the first hours are also run, in test_release."""
    import typer

    from experiments.cli.main import app

    if ": found" in line:
        pytest.skip("a message, not a command")
    if re.search(r"(^|\s)(--version|--install-completion|--show-completion)", line):
        return
    command, words = typer.main.get_command(app), shlex.split(re.sub(r" (\||>|&) ?.*$", "", line))[1:]
    while getattr(command, "commands", None):
        assert words, line
        assert words[0] in command.commands, line
        command = command.commands[words.pop(0)]
    if "--help" not in words:
        command.make_context(line, [word for word in words if word != "..."])


def test_pages_that_are_followed_have_steps_and_sizes_can_be_made_small():
    told = runpy.run_path(str(ROOT / ".ci" / "follow.py"))
    for page in sorted((ROOT / "docs" / "start").glob("*.md")):
        steps = list(told["steps_of"](page))
        assert [step.what for step in steps].count("afterdark doctor") == 1
        shown = page.read_text(encoding="utf-8").count("\n```") // 2
        assert len({step.what for step in steps}) >= shown, "a block of the page is not followed"
        small = " ".join(told["smaller"](step.what) for step in steps)
        assert not re.search(r"--people [1-9]\d{3}|--replications [3-9]|people=[1-9]\d{3}", small)


@pytest.mark.slow
def test_the_first_change_works_as_it_is_written(tmp_path):
    page = (ROOT / "docs" / "first-change.md").read_text(encoding="utf-8")
    function, test = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    copy = tmp_path / "copy"
    for folder in (*("simulator", "street_networks", "scenarios", "analysis", "experiments"), "docs", ".ci"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    changed = copy / "analysis" / "indicators" / "feelings_and_trips.py"
    assert str(changed.relative_to(copy)) in page
    changed.write_text(f"{changed.read_text(encoding='utf-8')}\n\n{function}", encoding="utf-8")
    there = copy / "tests" / "analysis" / "indicators" / "test_first_change.py"
    assert str(there.relative_to(copy)) in page
    there.parent.mkdir(parents=True)
    there.write_text(test, encoding="utf-8")

    def python(*words, status=0):
        done = subprocess.run(
            [sys.executable, *words],
            check=False,
            cwd=copy,
            env=os.environ | {"PYTHONPATH": str(copy)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    assert "1 passed" in python("-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(copy), str(there))
    python(".ci/indicators.py")
    assert "### `walk_minutes`" in (copy / "docs" / "indicators.md").read_text(encoding="utf-8")
    words = (
        "compare light-the-park-paths --people 300 --replications 2 --workers 1 --quiet --no-light-extremes --out look"
    )
    python("-m", "experiments.cli", *words.split())
    rows = [row for row in (copy / "look" / "comparison.csv").read_text().splitlines() if ",walk_minutes," in row]
    assert len(rows) > 3
    changed.write_text(
        changed.read_text(encoding="utf-8").replace(
            'sums.realised["trips_walk"], 1.0 / 60.0', 'sums.realised["trips_walk"], 60.0'
        )
    )
    assert "1 failed" in python(
        "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(copy), str(there), status=1
    )


def test_the_figures_of_the_plain_page_show_what_it_says():
    """Hers rises more than his and more in the first two lux than after; columns of draws overlap, and every line rises."""
    told = runpy.run_path(str(ROOT / ".ci" / "plain_words.py"))
    page = told["PAGE"].read_text(encoding="utf-8")
    shown = re.findall(r"\]\(images/(plain-[a-z]+)\.png\)", page)
    assert sorted(shown) == sorted(told["FIGURES"])
    hers, his = (told["feels_safe"](gender, np.array([0.0, 2.0, 10.0]), -1) for gender in (0, 1))
    assert (np.diff(hers) > np.diff(his)).all()
    assert np.diff(hers)[0] > 4 * np.diff(hers)[1] > 0
    before, after = told["paired"]().T
    assert before.max() > after.min()
    assert (after > before).all()
    for word in ("better", "worse", "negligible", "inconclusive", "zero by assumption", "break-even"):
        assert f"{word}" in page


@pytest.mark.slow
def test_the_day_of_the_plain_page_is_that_of_the_model(monkeypatch):
    """With few agents: the night is long and empty, and the town has fewer people out than the centre."""
    told = runpy.run_path(str(ROOT / ".ci" / "plain_words.py"))
    told["outdoors_by_hour"].__globals__["AGENTS"] = 400
    women, men, dark = told["outdoors_by_hour"]("karhula")
    assert women.shape == men.shape == dark.shape == (24,)
    assert dark.tolist() == [True] * 5 + [False] * 6 + [True] * 13
    assert (women + men)[4:16].sum() > 3 * (women + men)[20:].sum() > 0


def test_citation_and_metadata_for_archives_agree():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    archive = json.loads((ROOT / ".zenodo.json").read_text(encoding="utf-8"))
    assert f"title: {archive['title']}\n" in citation
    assert f"license: {archive['license']}\n" in citation
    for author in archive["creators"]:
        assert f"name: {author['name']}\n" in citation
    version = re.search(r"^version: (.*)$", citation, re.MULTILINE)[1]
    released = re.findall(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert version == (released or ["0.1.0"])[0], "CITATION.cff names another version than the newest of the changelog"


def test_every_decision_is_in_the_list_and_says_why():
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\((0.*?\.md)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert listed == sorted(path.name for path in folder.glob("0*.md"))
    for name in listed:
        text = (folder / name).read_text(encoding="utf-8")
        assert all(part in text for part in ("**Decided.**", "**Why not", "**What it costs.**", "**What would change"))


@pytest.fixture(scope="module")
def made_site(tmp_path_factory):
    """The site without what is made of docstrings, which takes long."""
    folder = tmp_path_factory.mktemp("made") / "site"
    assert runpy.run_path(str(ROOT / ".ci" / "site.py"))["main"](["--quick", "--out", str(folder)]) == 0
    return folder


@pytest.mark.browser
def test_the_site_is_searched_without_a_server_and_without_the_network(request, browser):
    """In the site of `make docs`, if it is newer than its pages, as in CI; else in one that is made for it."""
    built = ROOT / "build" / "site" / "search.html"
    fresh = built.exists() and built.stat().st_mtime > max(page.stat().st_mtime for page in PAGES)
    page = built if fresh else request.getfixturevalue("made_site") / "search.html"
    tab = browser.new_context(offline=True).new_page()
    tab.goto(f"{page.as_uri()}?q=karhula")
    tab.wait_for_selector("#search-results li")
    assert "Your own city" in tab.inner_text("#search-results")


@pytest.mark.slow
def test_the_site_is_made_without_a_warning_and_fetches_nothing(made_site, tmp_path):
    site = runpy.run_path(str(ROOT / ".ci" / "site.py"))
    shutil.copytree(made_site, tmp_path / "site")
    home = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert "start/planners.html" in home
    (tmp_path / "site" / "bad.html").write_text(
        '<a href="none.html">x</a><a href="index.html#none">y</a><script src="https://cdn.example.org/a.js"></script>'
    )
    faults = site["faults_of"](tmp_path / "site")
    assert faults == [
        "bad.html fetches https://cdn.example.org/a.js",
        "bad.html leads to none.html, which is not there",
        "bad.html leads to index.html#none, where there is no such place",
    ]


def test_the_page_of_indicators_is_that_of_the_registry():
    page = runpy.run_path(str(ROOT / ".ci" / "indicators.py"))
    assert page["INDICATORS_PAGE"].read_text(encoding="utf-8") == page["indicators_page"](), "run .ci/indicators.py"
    assert set(page["CELLS"]) >= {one.breakdown for one in INDICATORS.values()}
    for one in INDICATORS.values():
        assert f"### `{one.name}`" in page["indicators_page"]()
        assert one.meaning
        assert one.margin_reason
        assert one.earliest


def test_the_page_of_file_formats_is_that_of_the_program():
    told = runpy.run_path(str(ROOT / ".ci" / "formats.py"))
    text = told["PAGE"].read_text(encoding="utf-8")
    assert text == told["page_with"](text), "run python .ci/formats.py"
    for name, finding in FINDINGS.items():
        assert f"### {name}.csv" in text
        assert set(finding.all_columns) - {"scenario"} == set(finding.columns)
    row = text.split("**`comparison.csv`**")[1].split("[How to read")[0]
    assert re.findall(r"`([a-z_]+)`", row) == list(COLUMNS)


def test_the_page_of_evidence_has_every_parameter_under_its_grade():
    page = runpy.run_path(str(ROOT / ".ci" / "formats.py"))["evidence_page"]()
    parts = dict(zip(GRADES, re.split(r"(?m)^## .*$", page)[1:], strict=True))
    for one in load_evidence().values():
        assert f"| `{one.name}` | {one.value:g} |" in parts[one.grade]
    assert len(re.findall(r"(?m)^\| `", page)) == len(load_evidence())


ROOMS = runpy.run_path(str(ROOT / ".ci" / "rooms.py"))


def test_the_table_of_rooms_is_that_of_the_code():
    text = ROOMS["PAGE"].read_text(encoding="utf-8")

    def without_lines(page):
        return re.sub(r"(?m)^(\| `[^`]+` \|) \d+ ", r"\1 ", page)

    assert without_lines(text) == without_lines(ROOMS["page_with"](text)), "run python .ci/rooms.py"
    counts = dict(re.findall(r"(?m)^\| `([^`]+)` \| (\d+) ", text))
    for room, (lines, _, told) in ROOMS["rooms"]().items():
        assert abs(int(counts[room]) - lines) <= 0.2 * lines + 20, f"{room}: run python .ci/rooms.py"
        assert len(told.split()) >= 4, f"{room}: its docstring does not say what lives there"


def test_rooms_import_each_other_in_no_circle():
    uses = {room: set(uses) for room, (_, uses, _) in ROOMS["rooms"]().items()}
    while uses:
        free = [room for room, used in uses.items() if not used & uses.keys()]
        assert free, f"a circle among {sorted(uses)}"
        for room in free:
            del uses[room]


def test_walks_through_the_code_name_what_is_there():
    named = re.findall(
        r"`([a-z_/]+\.py):([A-Za-z_.]+)`", (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    )
    assert len(named) > 25
    for file, name in named:
        text = (ROOT / file).read_text(encoding="utf-8")
        for part in name.split("."):
            assert re.search(rf"(?m)^\s*(def|class) {part}\b", text), f"{file} has no {name}"


def test_the_glossary_has_every_verdict_in_five_columns():
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| (.+) \|$", text)[2:]
    terms = [row.split(" | ") for row in rows]
    assert len(terms) >= 60
    assert {len(term) for term in terms} == {5}
    assert all(all(cell.strip() for cell in term) for term in terms)
    named = {term[0] for term in terms}
    for verdict in ("negligible", "inconclusive", "zero by assumption", "break-even effect"):
        assert verdict in named


def test_the_example_of_a_cluster_holds_together():
    yaml = pytest.importorskip("yaml")
    parts = list(yaml.safe_load_all(block("yaml", "docs/cluster.md")))
    pods = [part["spec"]["template"]["spec"] for part in parts if part["kind"] in ("Deployment", "Job")]
    assert len(pods) == 3
    assert len({container["image"] for pod in pods for container in pod["containers"]}) == 1
    labels = [p["spec"]["template"]["metadata"]["labels"] for p in parts if p["kind"] == "Deployment"]
    (service,) = (part for part in parts if part["kind"] == "Service")
    assert service["spec"]["selector"] in labels
    claims = {volume["persistentVolumeClaim"]["claimName"] for pod in pods for volume in pod.get("volumes", ())}
    assert claims == {part["metadata"]["name"] for part in parts if part["kind"] == "PersistentVolumeClaim"}
    where = [mount["mountPath"] for pod in pods for one in pod["containers"] for mount in one.get("volumeMounts", ())]
    assert where == ["/work", "/work"], "the store must be at the same path for all"
    address = f"tcp://{service['metadata']['name']}:{service['spec']['ports'][0]['port']}"
    assert str(parts).count(address) == 2
    (job,) = (pod["containers"][0] for pod in pods if "args" in pod["containers"][0])
    line = " ".join(["afterdark", *job["args"]])
    test_every_line_that_is_shown_is_understood("cluster.md", line)

"""The main job from end to end on the real city, small: same bytes however it is computed, and nothing from nothing."""

import json
import os
import shutil
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from analysis.answer.findings import FINDINGS
from experiments.cli.main import main

ROOT = Path(__file__).parents[2]
SMALL = ("--people", "500", "--replications", "2", "--quiet")


def afterdark(monkeypatch, capsys, *words):
    """Run a command in this process: status, standard output and standard error."""
    monkeypatch.setattr(sys, "argv", ["afterdark", *map(str, words)])
    with pytest.raises(SystemExit) as left:
        main()
    out, err = capsys.readouterr()
    return left.value.code, out, err


@pytest.fixture
def run(monkeypatch, capsys):
    return lambda *words: afterdark(monkeypatch, capsys, *words)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("answers")


def compared(run, folder, name, *words, case="light-the-park-paths", store="store"):
    out = folder / name
    status, told, err = run("compare", case, *SMALL, "--out", out, "--store", folder / store, *words)
    assert status == 0, err
    return out, told


@pytest.fixture(scope="module")
def first(made, folder):
    """A comparison that the others are held against: its folder and what was told."""
    shutil.copytree(made / "store", folder / "store")
    return made / "answer", (made / "told").read_text(encoding="utf-8")


def test_a_comparison_answers_the_question_and_writes_its_files(first):
    out, told = first
    where_hours_differ = {"hours.png"}  # drawn if a street has enough walkers and a change in some hours
    assert {file.name for file in out.iterdir()} - where_hours_differ == {
        "comparison.csv",
        *(f"{name}.csv" for name in FINDINGS),
        "manifest.json",
        "map.png",
        "report.html",
        "report.json",
    }
    for words in ("after dark", "everybody in the core", "women", "men", "EUR a year", "not a forecast"):
        assert words in " ".join(told.split())  # wherever lines end
    assert f"Report: {(out / 'report.html').resolve()}" in told
    assert (out / "report.html").stat().st_size < 6_000_000
    table = pd.read_csv(out / "comparison.csv")
    commanded = (
        "scenario indicator unit gender age disability carer night_worker hour_band zone purpose period baseline"
    )
    assert list(table)[:13] == commanded.split()
    assert set(table["gender"]) == {"woman", "man", "all"}  # 18 agents of another gender are too few to stand alone
    assert set(table["period"]) == {"all", "day", "dark"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "words", [("--workers", "2"), ("--workers", "1", "--threads", "2"), ("--workers", "1", "--threads", "4")], ids=str
)
def test_same_bytes_with_any_workers_and_threads(run, folder, first, words):
    again, _ = compared(run, folder, "-".join(words), *words, store="-".join(("store", *words)))
    assert (again / "comparison.csv").read_bytes() == (first[0] / "comparison.csv").read_bytes()


def test_what_exists_is_not_computed_again(run, folder, first):
    written = {file: file.stat().st_mtime_ns for file in (folder / "store").rglob("*.parquet")}
    again, _ = compared(run, folder, "again", "--workers", "1")
    assert (again / "comparison.csv").read_bytes() == (first[0] / "comparison.csv").read_bytes()
    assert {file: file.stat().st_mtime_ns for file in (folder / "store").rglob("*.parquet")} == written


@pytest.mark.slow
def test_nothing_changes_is_exactly_zero_in_every_cell(run, folder):
    out, told = compared(run, folder, "nothing", "--workers", "1", "--full", case="nothing-changes")
    table = pd.read_csv(out / "comparison.csv")
    assert (table[["difference", "low", "high"]] == 0.0).all().all()
    assert len(table) > 500
    assert (table["value"] == table["baseline"]).all()
    assert "zero by assumption" in told


def test_show_tells_the_same_without_computing(run, first):
    status, told, _ = run("show", first[0])
    assert status == 0
    assert "Light the dark park paths" in told
    status, told, _ = run("show", first[0], "--json")
    assert status == 0
    assert len(json.loads(told)) == len(pd.read_csv(first[0] / "comparison.csv"))


def test_a_run_keeps_people_without_saying_where_they_live(run, folder):
    out = folder / "one"
    words = ("run", "light-the-park-paths", "--people", "200", "--quiet", "--out", out, "--store", folder / "store")
    status, told, err = run(*words, "--keep", "all")
    assert status == 0, err
    assert f"Tables: {out.resolve()}" in told
    assert {file.stem for file in out.glob("*.parquet")} == {"summary", "segments", "placements", "people", "trips"}
    for name in ("people", "trips"):
        columns = set(pd.read_parquet(out / f"{name}.parquet"))
        assert not columns & {
            "home",
            "origin",
            "destination",
            "x_m",
            "y_m",
            "place",
            "junction",
            "segment",
            "segment_id",
        }
    status, told, _ = run("show", out)
    assert status == 0
    segments = pd.read_parquet(out / "segments.parquet")
    assert not {"gender", "age", "age_band"} & set(segments)
    assert not [column for column in segments if "incident" in column or "hazard" in column]


@pytest.mark.slow
def test_more_measured_days_are_averaged(run, folder):
    words = ("run", "light-the-park-paths", "--people", "500", "--quiet", "--store", folder / "store")
    totals = []
    for days in (1, 3):
        out = folder / f"days-{days}"
        assert run(*words, "--days", days, "--out", out)[0] == 0
        totals.append(pd.read_parquet(out / "summary.parquet").query("itinerary == 'realised'")["walking_s"].sum())
    assert totals[1] == pytest.approx(totals[0], rel=0.2)


@pytest.mark.slow
def test_a_damaged_run_is_computed_again(run, folder, first):
    facts = json.loads((first[0] / "manifest.json").read_text())["provenance"]
    damaged = folder / "store" / facts["baseline_run_ids"][1] / "summary.parquet"
    before = damaged.read_bytes()
    damaged.write_bytes(before[:100])
    again, _ = compared(run, folder, "corrected", "--workers", "1")
    assert (again / "comparison.csv").read_bytes() == (first[0] / "comparison.csv").read_bytes()
    assert damaged.stat().st_size > 100


def ends_within(seconds, group):
    """Whether nobody of a process group is left after a while."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False

"""Identities: they change with whatever the numbers follow from, and with nothing else."""

import dataclasses
import datetime
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.comparing import Plan
from experiments.identity import RUN_SOURCES, code_version, digest_of, digest_of_array, digest_of_sources, parse_date
from experiments.runs import Job, Options, run_id
from scenarios import load_scenario, parse_scenario
from simulator.errors import InputError
from street_networks import load_city, write_city

from .conftest import ROOT

CASE = (ROOT / "scenarios" / "library" / "light-the-park-paths.toml").read_text(encoding="utf-8")
STORE = Path("nowhere")


def changed(text, old, new):
    assert old in text
    return parse_scenario(text.replace(old, new), name="light-the-park-paths")


@pytest.fixture(scope="module")
def case():
    return load_scenario("light-the-park-paths")


@pytest.fixture(scope="module")
def known(case):
    return run_id(Options(), case, 0)


# --- code --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """A copy of what a run's code version covers."""
    folder = tmp_path_factory.mktemp("sources")
    for name in ("simulator", "street_networks"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.gpkg"))
    shutil.copytree(ROOT / "analysis" / "indicators", folder / "indicators")
    for name in RUN_SOURCES:
        shutil.copy(ROOT / "experiments" / name, folder)
    return folder


def version_of(folder, lock=b""):
    ours = (folder / name for name in (*RUN_SOURCES, "indicators"))
    return digest_of_sources(folder / "simulator", folder / "street_networks", *ours, besides=lock)


def test_the_code_version_is_that_of_these_sources(sources):
    assert code_version() == version_of(sources, (ROOT / "requirements.lock").read_bytes())
    assert code_version() != version_of(sources, b"another lock")


@pytest.mark.parametrize(
    "name",
    [
        "simulator/kernels/walking.py",
        "simulator/interventions/lighting/new_lamps.py",
        "simulator/evidence/evidence.csv",
        "simulator/evidence/profiles/__init__.py",
        "street_networks/city_file/geopackage.py",
        "street_networks/places/place_kinds.csv",
        "indicators/incidents.py",
        *RUN_SOURCES,
    ],
)
def test_any_byte_of_the_sources_changes_the_code_version(sources, name):
    file, before = sources / name, version_of(sources)
    whole = file.read_bytes()
    for other in (whole + b" ", whole[:-1], whole[:5] + bytes([whole[5] ^ 1]) + whole[6:]):
        file.write_bytes(other)
        assert version_of(sources) != before
    file.write_bytes(whole)
    assert version_of(sources) == before


def test_names_of_sources_count_and_leavings_do_not(sources):
    before = version_of(sources)
    cache = sources / "simulator" / "__pycache__"
    cache.mkdir(exist_ok=True)
    (cache / "model.cpython-311.pyc").write_bytes(b"compiled")
    (cache / "left.py").write_bytes(b"left")
    (sources / "simulator" / "model.py~").write_bytes(b"an editor's")
    assert version_of(sources) == before
    moved = sources / "simulator" / "renamed.py"
    (sources / "simulator" / "city" / "sun.py").rename(moved)
    assert version_of(sources) != before
    moved.rename(sources / "simulator" / "city" / "sun.py")
    assert version_of(sources) == before


# --- runs --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"agents": 8001},
        {"date": datetime.date(2026, 12, 22)},
        {"seed": 2},
        {"days": 2},
        {"settle_days": 5},
        {"adapt_days": 4},
        {"values": (("light_relief_lx", 2.0),)},
        {"values": (("light_relief_lx", 2.5),)},
    ],
    ids=str,
)
def test_what_numbers_follow_from_makes_another_run(case, known, change):
    assert run_id(dataclasses.replace(Options(), **change), case, 0) != known


@pytest.mark.parametrize("change", [{"threads": 7}, {"keep": "all"}], ids=str)
def test_how_it_is_computed_does_not(case, known, change):
    assert run_id(dataclasses.replace(Options(), **change), case, 0) == known


def test_draw_and_code_make_another_run(case, known, monkeypatch):
    assert run_id(Options(), case, 1) != known
    monkeypatch.setattr("experiments.runs.code_version", lambda: "other")
    assert run_id(Options(), case, 0) != known


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('standard = "P4"', 'standard = "P3"'),
        ("spacing_m = 30", "spacing_m = 31"),
        ('where = "unlit park paths"', 'where = "unlit paths"'),
        ("spacing_m = 30", "spacing_m = 30\nuntil_hour = 6"),
    ],
)
def test_another_measure_makes_another_run(known, old, new):
    assert run_id(Options(), changed(CASE, old, new), 0) != known


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('title = "Light the dark park paths"', 'title = "Lamps"'),
        ("sources = ", "date = 2026-01-01\nsources = "),
        ("format = 1", "format = 1 # a remark"),
    ],
)
def test_words_do_not(known, old, new):
    assert run_id(Options(), changed(CASE, old, new), 0) == known
    assert run_id(Options(), parse_scenario(CASE, name="another-name"), 0) == known


def test_the_city_counts_by_what_is_in_it_not_by_its_file(case, known, tmp_path):
    city = load_city("helsinki-centre")
    write_city(city, tmp_path / "copy.gpkg")
    assert run_id(Options(city=str(tmp_path / "copy.gpkg")), case, 0) == known
    lit = city.streets.lit_min_lx.copy()
    lit[0] += 0.5
    other = dataclasses.replace(city, streets=dataclasses.replace(city.streets, lit_min_lx=lit))
    write_city(other, tmp_path / "other.gpkg")
    assert run_id(Options(city=str(tmp_path / "other.gpkg")), case, 0) != known


def test_a_comparison_knows_its_words_its_reading_and_its_draws(case, monkeypatch):
    plan = Plan(load_scenario("baseline"), (case,), Options(agents=500), 2, STORE)
    known = plan.identity()
    retitled = parse_scenario(CASE.replace("Light the dark park paths", "Lamps"), name=case.name)
    for other in (
        dataclasses.replace(plan, replications=3),
        dataclasses.replace(plan, scenarios=(retitled,)),
        dataclasses.replace(plan, scenarios=(parse_scenario(CASE, name="other"),)),
        dataclasses.replace(plan, scenarios=(case, load_scenario("nothing-changes"))),
        dataclasses.replace(plan, options=Options(agents=501)),
    ):
        assert other.identity() != known
    assert dataclasses.replace(plan, store=Path("elsewhere")).identity() == known
    assert dataclasses.replace(plan, options=Options(agents=500, threads=2)).identity() == known
    assert [job.ids for job in dataclasses.replace(plan, scenarios=(retitled,)).jobs()] == [
        job.ids for job in plan.jobs()
    ]
    monkeypatch.setattr("experiments.comparing.analysis_version", lambda: "another way to read runs")
    assert plan.identity() != known


def test_identities_are_worked_out_when_the_run_is_planned(case, monkeypatch):
    job = Job.plan(Options(), 0, (case,), STORE)
    monkeypatch.setattr("experiments.runs.code_version", lambda: "edited meanwhile")
    assert job.ids == (Job(job.options, 0, (case,), job.ids, STORE)).ids
    assert Job.plan(Options(), 0, (case,), STORE).ids != job.ids


# --- digests and dates -------------------------------------------------------------------------------------------


@given(st.dictionaries(st.text(), st.integers() | st.floats(allow_nan=False) | st.text()))
def test_digests_do_not_depend_on_order(content):
    turned = dict(reversed(list(content.items())))
    assert digest_of(content) == digest_of(turned)
    assert digest_of(content | {"one more": 1}) != digest_of(content)


def test_digests_of_arrays_know_type_and_order():
    rows = np.arange(5, dtype=np.int32)
    assert digest_of_array(rows) == digest_of_array(np.arange(10, dtype=np.int32)[:5])
    assert digest_of_array(rows) != digest_of_array(rows.astype(np.int64))
    assert digest_of_array(rows) != digest_of_array(rows[::-1])


@given(st.dates(datetime.date(1901, 1, 1), datetime.date(2099, 12, 31)))
def test_dates_are_read_as_written(day):
    assert parse_date(day.isoformat(), datetime.date(2026, 12, 21)) == day
    assert parse_date(None, day) == day


@given(st.text() | st.dates().map(str))
def test_dates_are_read_or_refused(text):
    try:
        day = parse_date(text, datetime.date(2026, 12, 21))
    except InputError as error:
        said = str(error)
    else:
        said = "" if datetime.date(1901, 1, 1) <= day <= datetime.date(2099, 12, 31) else "taken"
    assert not said or said.startswith("--date: found ")

"""The check of robustness: variants differ in one thing, and agreement is what it says, by numbers made by hand."""

import dataclasses
import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.runs import Options
from experiments.validation import robustness
from experiments.validation.robustness import (
    COLUMNS,
    HEADLINES,
    Variant,
    check_robustness,
    identity_of,
    render,
    variants,
)
from scenarios import load_scenario

from ..conftest import content_of, in_process

TINY = Options(agents=200, settle_days=1, adapt_days=1)


@pytest.fixture(scope="module")
def cases():
    return load_scenario("baseline"), load_scenario("light-the-park-paths")


def row(variant, difference, low, high, indicator="feels_safe_share"):
    return {
        "variant": variant,
        "indicator": indicator,
        "unit": "share",
        "gender": "all",
        "period": "dark",
        "baseline": 0.5,
        "difference": difference,
        "low": low,
        "high": high,
        "verdict": "better",
    }


# --- the plan ----------------------------------------------------------------------------------------------------


def test_each_variant_changes_one_thing(cases):
    default, *others = variants(*cases, Options(), Path("store"))
    assert default.changed == "reference: 8 000 agents, 16 draws, 21 December"
    assert [one.changed for one in others] == [
        *("2000 agents", "20000 agents", "8 draws", "32 draws", "21 March", "another seed")
    ]
    assert default.plan.options == Options()
    assert default.plan.replications == 16
    for one in others:
        asked, usual = dataclasses.asdict(one.plan.options), dataclasses.asdict(default.plan.options)
        changes = [name for name in usual if asked[name] != usual[name]]
        changes += ["replications"] * (one.plan.replications != 16)
        assert len(changes) == 1, one.changed
    assert len({one.plan.identity() for one in (default, *others)}) == 7


def test_fewer_draws_are_among_those_of_the_default(cases):
    by_name = {one.changed: one.plan for one in variants(*cases, Options(), Path("store"))}
    default = by_name["reference: 8 000 agents, 16 draws, 21 December"]
    ids = [job.ids for job in default.jobs()]
    assert [job.ids for job in by_name["8 draws"].jobs()] == ids[:8]
    assert [job.ids for job in by_name["32 draws"].jobs()][:16] == ids


# --- agreement ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variant", "agrees"),
    [
        ((0.02, 0.00, 0.04), True),  # the same
        ((0.03, 0.01, 0.05), True),  # each lies in the other's interval
        ((0.04, 0.01, 0.07), True),  # on the edge of the default's
        ((0.041, 0.01, 0.07), False),  # outside the default's, though it holds the default
        ((0.03, 0.025, 0.035), False),  # inside the default's, but too sure of itself to hold the default
        ((-0.03, -0.05, -0.01), False),  # elsewhere
        ((0.02, float("nan"), float("nan")), False),  # one draw has no interval
        ((float("nan"), 0.0, 0.04), False),
    ],
)
def test_agreement(variant, agrees):
    table = pd.DataFrame([row("default", 0.02, 0.00, 0.04), row("other", *variant)])
    assert list(robustness._agreement(table)) == [True, agrees]


def test_headlines_are_compared_with_their_own_default():
    first, second = "feels_safe_share", "dark_minutes"
    table = pd.DataFrame(
        [
            *(row("default", 0.02, 0.0, 0.04, first), row("default", 5.0, 4.0, 6.0, second)),
            *(row("other", 5.0, 4.0, 6.0, first), row("other", 5.5, 4.5, 6.5, second)),
            row("other", 1.0, 0.0, 2.0, "not in the default"),
        ]
    )
    assert list(robustness._agreement(table)) == [True, True, False, True, False]


def test_nothing_agrees_with_nothing():
    table = pd.DataFrame([row("default", 0.0, 0.0, 0.0), row("other", 0.0, 0.0, 0.0)])
    assert list(robustness._agreement(table)) == [True, True]


@given(st.lists(st.tuples(*[st.floats(-1, 1)] * 3).map(sorted), min_size=2, max_size=2))
def test_agreement_is_mutual(two):
    tables = [
        pd.DataFrame([row("a", middle, low, high) for low, middle, high in order]).assign(variant=["a", "b"])
        for order in (two, two[::-1])
    ]
    first, second = (robustness._agreement(table).iloc[1] for table in tables)
    assert first == second


# --- the table ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def checked(cases, tmp_path_factory):
    """A check in a tiny setting: folder, plans and table."""
    folder = tmp_path_factory.mktemp("robustness")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(robustness, "AGENTS", (200, 300))
        patch.setattr(robustness, "DRAWS", (3, 4))
        patch.setattr(robustness, "REFERENCE_DRAWS", 3)
        plans = variants(*cases, TINY, folder / "store")
    days = []
    table = check_robustness(plans, folder / "out", workers=1, progress=days.append)
    assert 0 < sum(days) <= sum(job.simulated_days() for one in plans for job in one.plan.jobs())
    return folder, plans, table


@pytest.mark.slow
def test_the_table_has_every_headline_of_every_variant(checked):
    folder, plans, table = checked
    assert [one.changed for one in plans] == [
        *("reference: 200 agents, 3 draws, 21 December", "300 agents", "4 draws", "21 March", "another seed")
    ]
    assert tuple(table.columns) == COLUMNS
    assert list(table["variant"].unique()) == [one.changed for one in plans]
    for _, rows in table.groupby("variant"):
        found = set(rows[["indicator", "gender"]].itertuples(index=False, name=None))
        assert found >= {(indicator, gender) for indicator, gender, _ in HEADLINES if "treated" not in indicator}
    assert table["agrees"].dtype == bool
    told = table["low"].notna()  # so few agents walk the treated streets in one draw only, which gives no interval
    assert table.loc[(table["variant"] == plans[0].changed) & told, "agrees"].all()
    told = table.dropna(subset="low")  # in a tiny setting nobody may walk on a treated street in a draw
    assert (told["low"] <= told["high"]).all()
    assert len(told) >= 0.6 * len(table)
    assert (folder / "out" / "robustness.csv").read_text().splitlines()[0] == ",".join(COLUMNS)


@pytest.mark.slow
def test_a_check_that_is_there_is_only_read(checked, monkeypatch):
    folder, plans, table = checked
    monkeypatch.setattr(robustness, "run_plan", None)
    before = content_of(folder)
    again = check_robustness(plans, folder / "out", workers=1)
    pd.testing.assert_frame_equal(again, table)
    assert content_of(folder) == before


@pytest.mark.slow
def test_another_check_does_not_overwrite_it(checked):
    folder, plans, _ = checked
    with pytest.raises(ValueError, match="found another robustness, expected a new or an empty folder"):
        check_robustness(plans[:2], folder / "out", workers=1)
    renamed = [Variant("something", one.plan) for one in plans]
    assert len({identity_of(plans), identity_of(plans[:2]), identity_of(renamed)}) == 3


@pytest.mark.slow
def test_it_is_shown(checked):
    folder, plans, table = checked
    told = in_process("show", "out", cwd=folder)
    assert told.status == 0
    for one in plans:
        assert one.changed in told.out
    assert "agrees with reference" in told.out
    rows = json.loads(in_process("show", "out", "--json", cwd=folder).out)
    assert len(rows) == len(table)
    assert len(render(table)) == 2 * table.groupby(["indicator", "gender", "period"]).ngroups


@pytest.mark.slow
def test_a_damaged_check_is_not_shown(checked, tmp_path):
    folder, _, _ = checked
    for name, content in (("robustness.csv", "a,b\n1,2\n"), ("robustness.csv", None), ("manifest.json", "{}")):
        copy = tmp_path / f"{name}-{content is None}"
        copy.mkdir()
        for file in (folder / "out").iterdir():
            (copy / file.name).write_bytes(file.read_bytes())
        (copy / name).unlink()
        if content is not None:
            (copy / name).write_text(content)
        told = in_process("show", copy, cwd=tmp_path)
        assert told.status == 2
        assert told.err.startswith("afterdark: ")
        assert name in told.err

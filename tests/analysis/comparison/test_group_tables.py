"""Groups and journeys of a comparison: shares, differences and who is too few, worked out by hand."""

import copy

import pandas as pd
import pytest

from analysis.answer.groups import FINDING
from analysis.comparison.group_tables import group_table
from simulator.foundation.categories import GENDERS
from simulator.results.schema import GROUP_VALUES, SUMMARY_VALUES

NOTHING = dict.fromkeys(GROUP_VALUES, 0.0)
WOMEN = NOTHING | {
    "walking_s": 100.0, "walking_safe_s": 60.0, "waiting_s": 50.0, "waiting_safe_s": 20.0, "aboard_s": 50.0,
    "aboard_safe_s": 30.0, "trips_planned": 10.0, "trips_not_made": 1.0, "companion_s": 7200.0, "companion_back_s": 1800.0, "detour_s": 600.0,
    "asked": 8.0, "asked_safe": 2.0, "incidents_harassment": 0.2, "incidents_assault": 0.1,
}  # fmt: skip


PLACES = {"Harbour": 40, "Hill": 30, "Mill": 20, "Marsh": 15, "(none)": 90}
"""Neighbourhoods, and the agents of each gender who live there."""


def told(women=WOMEN, agents=40):
    """What a run tells: women after dark only, and as many agents of each gender."""
    cell = lambda sums: [agents, 10.0 * agents, *(sums[name] for name in GROUP_VALUES)]
    genders = {
        gender: {"day": cell(NOTHING), "dark": cell(women if gender == "woman" else NOTHING)} for gender in GENDERS
    }
    lives_in = {place: copy.deepcopy(genders) for place in PLACES}
    for place, live in PLACES.items():
        for told_of in lives_in[place].values():
            for period in told_of.values():
                period[0] = live
    crowds = {"Harbour": 6.0, "Hill": 3.0, "Mill": 2.0, "Marsh": 1.0, "(none)": 0.0}
    out = {gender: [0.0] * 20 + [3.0 if gender == "woman" else 1.0] + [0.0] * 3 for gender in GENDERS}
    return {
        "rows": {
            "everybody": {"all": genders},
            "means": {"can pay a taxi": copy.deepcopy(genders)},
            "lives in": lives_in,
        },
        "out_by_hour": out,
        "mix": {"day": None, "dark": 0.5},
        "stays": {
            "trader": {
                "woman": {"day": [4.0, 4.0], "dark": [6.0, 1.0]},
                "man": {"day": [6.0, 5.0], "dark": [4.0, 4.0]},
            }
        },
        "crowd_hours_near_homes": 12.0,
        "open_venue_hours": 30.0,
        "sides_by_neighbourhood": {
            "crowd_hours_near_homes": crowds,
            "open_venue_hours": {place: 2.0 * hours for place, hours in crowds.items()},
        },
    }


def walked_in(run):
    """The run with people out in each neighbourhood after dark: of four hours there women walk one and wait one."""
    rows = []
    for place, agents in PLACES.items():
        for gender, walking, waiting, staying in (("woman", 1.0, 1.0, 0.0), ("man", 1.0, 0.0, 1.0)):
            row = run.summary.iloc[0].to_dict() | dict.fromkeys(SUMMARY_VALUES, 0.0)
            row |= {"breakdown": "walked_in", "neighbourhood": place, "gender": gender, "itinerary": "realised"}
            row |= {"age_band": "all", "zone": "core", "period": "dark", "agents": agents}
            row |= {"walking_s": walking * 3600, "waiting_s": waiting * 3600, "staying_s": staying * 3600}
            rows.append(row)
    return run._replace(summary=pd.concat([run.summary, pd.DataFrame(rows)], ignore_index=True))


@pytest.fixture
def sides(make_pair, make_pushes):
    before, after = make_pair(make_pushes(3))
    safer = WOMEN | {"walking_safe_s": 80.0, "companion_s": 3600.0, "companion_back_s": 900.0}
    for runs, women in ((before, WOMEN), (after, safer)):
        for run in runs:
            run.manifest["groups"] = told(women)
    return before, after


def row_of(table, **labels):
    rows = table[(table[list(labels)] == list(labels.values())).all(axis=1)]
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.mark.parametrize(
    ("indicator", "before", "after"),
    [
        ("feels_safe_walking", 60 / 100, 80 / 100),
        ("feels_safe_waiting", 20 / 50, 20 / 50),
        ("feels_safe_aboard", 30 / 50, 30 / 50),
        ("feels_safe_door_to_door", 110 / 200, 130 / 200),
        ("trips_not_made_share", 0.1, 0.1),
        ("feels_safe_near_home", 0.25, 0.25),
        ("incidents", 0.3, 0.3),
        ("companions_hours", 2.0, 1.0),
        ("companions_hours_back", 0.5, 0.25),
        ("fear_minutes", 160.0, 85.0),
    ],
)
def test_numbers_of_a_group_are_those_by_hand(sides, indicator, before, after):
    for gender in ("woman", "all"):  # nobody else is out
        row = row_of(
            group_table(*sides), by="everybody", level="all", gender=gender, period="dark", indicator=indicator
        )
        assert [row["before"], row["after"], row["difference"]] == pytest.approx([before, after, after - before])
        assert [row["low"], row["high"]] == pytest.approx([after - before] * 2)


def test_what_is_not_defined_is_not_told(sides):
    table = group_table(*sides)
    assert table[(table["indicator"] == "feels_safe_walking") & (table["period"] == "day")].empty
    assert table[(table["indicator"] == "mix_of_people")]["period"].tolist() == ["dark"]
    assert table[table["by"] == "hour"]["level"].tolist() == ["20"]


def test_the_hour_the_stays_and_the_crowds(sides):
    table = group_table(*sides)
    assert row_of(table, by="hour", level="20")["before"] == pytest.approx(3 / 5)
    stays = {"by": "stays", "level": "trader", "indicator": "feels_safe_staying"}
    assert row_of(table, **stays, gender="all", period="all")["before"] == pytest.approx(14 / 20)
    assert row_of(table, **stays, gender="woman", period="dark")["before"] == pytest.approx(1 / 6)
    assert row_of(table, **stays, gender="man", period="dark")["before"] == pytest.approx(1.0)
    out = row_of(table, by="stays", gender="woman", period="all", indicator="stay_hours")
    assert out["before"] == pytest.approx(10.0)
    assert row_of(table, indicator="crowd_hours_near_homes")["before"] == 12.0
    assert row_of(table, indicator="open_venue_hours")["before"] == 30.0


def test_a_group_of_fewer_than_thirty_agents_in_any_run_is_not_told(sides):
    sides[1][1].manifest["groups"] = told(agents=29)
    table = group_table(*sides)
    women = table[(table["by"] == "means") & (table["gender"] == "woman")]
    assert women.empty
    assert len(table[(table["by"] == "means") & (table["gender"] == "all")])  # 87 agents together
    assert len(table[(table["by"] == "everybody") & (table["gender"] == "all")])


def test_runs_that_tell_nothing_make_no_rows(make_pair, make_pushes):
    assert group_table(*make_pair(make_pushes(3))).empty


def test_the_answer_says_what_it_can_and_cannot_tell(sides):
    class Facts:
        dark_hours = (True,)
        draws = 3

    rows = group_table(*sides)
    said = " ".join(FINDING.sentences(rows, "one", Facts))
    assert "women feel safe 55.0 % of the time now; change +10.0 (+10.0 to +10.0) points." in said.replace(
        "\u00a0", " "
    )
    assert "proxy" in " ".join(str(row[0]) for table in FINDING.tables(rows, "one", Facts) for row in table.rows)
    unsure = rows.assign(low=-1.0)
    assert "not distinguishable from no effect" in " ".join(FINDING.sentences(unsure, "one", Facts))


def test_fear_costs_money_only_at_a_value_that_was_given(sides):
    assert "fear_cost" not in set(group_table(*sides)["indicator"])
    table = group_table(*sides, {"value": 0.2, "currency": "EUR", "source": "the council, 2026"})
    of = {"by": "everybody", "gender": "woman", "period": "dark"}
    minutes, money = (row_of(table, **of, indicator=name) for name in ("fear_minutes", "fear_cost"))
    assert minutes["before"] == pytest.approx((7200 + 1800 + 600) / 60)
    assert money["before"] == pytest.approx(0.2 * 160.0)
    assert money["difference"] == pytest.approx(0.2 * minutes["difference"])
    assert money["unit"] == "EUR per such day"


def test_neighbourhoods_are_told_by_home_and_by_street_with_small_ones_together(sides):
    table = group_table(*([walked_in(run) for run in side] for side in sides))
    of_homes, of_streets = (table[table["by"] == by] for by in ("lives in", "out in"))
    for rows in (of_homes, of_streets):
        assert set(rows["zone"]) == {"Harbour", "Hill", "other neighbourhoods"}  # of those in none nothing is told
        assert (rows["zone"] == rows["level"]).all()
    assert set(table.loc[~table["by"].isin(["lives in", "out in"]), "zone"]) == {"core"}
    door = {"indicator": "feels_safe_door_to_door", "gender": "woman", "period": "dark"}
    others = row_of(of_homes, zone="other neighbourhoods", **door)
    assert others["before"] == pytest.approx(110 / 200)
    assert others["agents"] == 35
    minutes = {"indicator": "fear_minutes", "gender": "woman", "period": "dark"}
    assert row_of(of_homes, zone="other neighbourhoods", **minutes)["before"] == pytest.approx(2 * 160.0)
    out = {"indicator": "share_of_those_out", "gender": "woman", "period": "all"}
    assert row_of(of_streets, zone="Hill", **out)["before"] == pytest.approx(2 / 4)
    assert row_of(of_streets, zone="other neighbourhoods", indicator="crowd_hours_near_homes")["before"] == 3.0
    assert row_of(of_streets, zone="Harbour", indicator="open_venue_hours")["after"] == 12.0


def test_neighbourhoods_too_small_even_together_are_not_told(sides):
    for side in sides:
        for run in side:
            for place in ("Mill", "Marsh"):
                for cell in run.manifest["groups"]["rows"]["lives in"][place].values():
                    for period in cell.values():
                        period[0] = 14
    table = group_table(*([walked_in(run) for run in side] for side in sides))
    assert set(table.loc[table["by"] == "lives in", "zone"]) == {"Harbour", "Hill"}


def test_the_answer_has_a_table_of_neighbourhoods(sides):
    class Facts:
        dark_hours = (True,)
        draws = 3

    rows = group_table(*([walked_in(run) for run in side] for side in sides))
    tables = FINDING.tables(rows, "one", Facts)
    (table,) = [one for one in tables if one.title.startswith("By neighbourhood")]
    first = [str(row[0]) for row in table.rows]
    assert "Harbour: those who live there, from door to door, time that feels safe, women" in first
    assert "Hill: share of those out there, women" in first
    assert not any("Harbour" in str(row[0]) for one in tables if one is not table for row in one.rows)

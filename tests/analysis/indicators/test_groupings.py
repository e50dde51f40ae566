"""Cells by purpose and neighbourhood on tiny results: sums by hand, small ones left out, totals as they were."""

import numpy as np
import pandas as pd
import pytest

from analysis.answer.levels import levels
from analysis.answer.wording import group, select
from analysis.comparison.paired import COLUMNS, compare_runs
from analysis.indicators.cells import MIN_AGENTS, Cell, agents_behind, cell_sums, choose_cells, labels, tally
from analysis.indicators.groupings import levels_of
from simulator.foundation.categories import ELSEWHERE
from simulator.results.schema import SUMMARY_KEYS, SUMMARY_VALUES

SAME = dict.fromkeys(("age_band", "disability", "carer", "night_worker", "purpose", "neighbourhood"), "all")
EAST, WEST = "Östra", "Västra, with a comma"


def row(breakdown, level, *, gender="woman", agents=40, hour=21, itinerary="realised", zone="core", **values):
    """One row of a grouping."""
    column = "purpose" if breakdown == "purpose" else "neighbourhood"
    keys = SAME | {"breakdown": breakdown, column: level, "itinerary": itinerary, "gender": gender, "hour": hour}
    keys |= {"period": "dark" if hour >= 16 or hour < 9 else "day", "zone": zone}
    return keys | dict.fromkeys(SUMMARY_VALUES, 0.0) | {"agents": agents, "population": 2.0 * agents} | values


ROWS = (
    row("purpose", "shop", trips_planned=100.0, trips_not_made=4.0),
    row("purpose", "shop", hour=12, trips_planned=50.0, trips_not_made=1.0),
    row("purpose", "shop", gender="man", trips_planned=10.0, trips_not_made=1.0),
    row("purpose", "shop", zone="ring", trips_planned=1e6),
    row("purpose", "care", agents=MIN_AGENTS - 1, trips_planned=20.0, trips_not_made=2.0),
    row("walked_in", EAST, walking_s=3600.0, safe_s=1800.0),
    row("walked_in", EAST, hour=12, walking_s=3600.0, safe_s=2700.0),
    row("walked_in", ELSEWHERE, walking_s=7200.0, safe_s=0.0),
    row("walked_in", WEST, agents=5, walking_s=60.0, safe_s=60.0),
    row("lives_in", WEST, trips_planned=8.0, trips_not_made=2.0),
    row("lives_in", EAST, itinerary="asked", survey_respondents=10.0, survey_feel_safe=4.0),
)


@pytest.fixture
def run(make_run):
    """A run with rows of groupings behind its own."""
    one = make_run()
    further = pd.DataFrame(list(ROWS))[[*SUMMARY_KEYS, *SUMMARY_VALUES]]
    return one._replace(summary=pd.concat([one.summary, further], ignore_index=True))


def told(table, indicator, **where):
    """Values of an indicator by (gender, period) in some cells."""
    rows = table[table["indicator"] == indicator]
    for name, word in where.items():
        rows = rows[rows[name] == word]
    return {(row.gender, row.period): row.value for row in rows.itertuples()}


def test_levels_are_those_that_rows_are_of(run, make_run):
    expected = [("purpose", "care"), ("purpose", "shop"), ("walked_in", WEST), ("walked_in", EAST)]
    assert levels_of([run]) == (*expected, ("lives_in", WEST), ("lives_in", EAST))
    assert levels_of([make_run()]) == ()


def test_values_by_purpose_are_those_by_hand(run):
    table = levels(run)
    found = told(table, "trips_not_made", purpose="shop")
    assert found == pytest.approx(
        {
            ("woman", "all"): 1000 * 5 / 150,
            ("woman", "day"): 1000 * 1 / 50,
            ("woman", "dark"): 1000 * 4 / 100,
            ("man", "all"): 100.0,
            ("man", "dark"): 100.0,
            ("all", "all"): 1000 * 6 / 160,
            ("all", "day"): 20.0,
            ("all", "dark"): 1000 * 5 / 110,
        }
    )
    assert told(table, "trips_planned", purpose="shop")["all", "all"] == 160.0
    assert set(table[table["purpose"] == "shop"]["zone"]) == {"core"}


def test_fewer_than_thirty_are_left_out(run):
    table = levels(run)
    assert told(table, "trips_not_made", purpose="care") == {}  # 29 women
    assert set(table["zone"]) == {"core", EAST, WEST}
    assert told(table, "feels_safe_share", zone=WEST) == {}  # five walk there
    assert told(table, "trips_not_made", zone=WEST)["woman", "all"] == 250.0  # forty live there


def test_neighbourhoods_tell_what_is_walked_there_and_what_those_say_who_live_there(run):
    table = levels(run)
    found = told(table, "feels_safe_share", zone=EAST)
    assert found["woman", "all"] == pytest.approx(0.625)
    assert found["woman", "dark"] == pytest.approx(0.5)
    assert found["woman", "day"] == pytest.approx(0.75)
    assert ("man", "all") not in found
    assert told(table, "sdg_16_1_4_proxy", zone=EAST) == pytest.approx({("woman", "all"): 0.4, ("all", "all"): 0.4})
    assert not told(table, "cost", zone=EAST)
    assert not told(table, "trips_not_made", zone=EAST)


def test_the_rest_is_as_without_them(run, make_run):
    with_them, without = levels(run), levels(make_run())
    rest = with_them[(with_them["zone"] == "core") & (with_them["purpose"] == "all")].reset_index(drop=True)
    pd.testing.assert_frame_equal(rest, without)


def test_sums_of_a_cell_are_those_of_plain_loops(run):
    further = levels_of([run])
    added = tally(run, further)
    chosen = choose_cells(added.agents["realised"], run.manifest["dark_hours"], further)
    sums, behind = cell_sums(added, chosen), agents_behind(added.agents["realised"], chosen)
    grouped = [at for at, cell in enumerate(chosen) if cell.attribute in ("purpose", "walked_in", "lives_in")]
    assert grouped
    for at in grouped:
        cell: Cell = chosen[at]
        assert cell.gender in ("woman", "man", "all")
        column = "purpose" if cell.attribute == "purpose" else "neighbourhood"
        rows = run.summary[(run.summary["breakdown"] == cell.attribute) & (run.summary[column] == cell.level)]
        rows = rows[(rows["itinerary"] == "realised") & (rows["zone"] == "core")]
        rows = rows if cell.gender == "all" else rows[rows["gender"] == cell.gender]
        assert behind[at] == rows.groupby("gender")["agents"].max().sum()
        assert sums.realised["population"][at] == 2.0 * behind[at]
        rows = rows if cell.period == "all" else rows[rows["period"] == cell.period]
        for name in ("trips_planned", "walking_s", "safe_s"):
            assert sums.realised[name][at] == rows[name].sum()
            assert sums.frozen[name][at] == rows[name].sum()  # without rows of its own the realised ones
        assert labels(cell)["zone"] == ("core" if cell.attribute == "purpose" else cell.level)


def test_a_comparison_has_rows_of_them_and_what_is_selected_has_none(run):
    scenario = run._replace(manifest=run.manifest | {"scenario": {"name": "same", "measures": []}})
    table = compare_runs([run], {"same": [scenario]})
    assert list(table.columns) == list(COLUMNS)
    rows = table[table["purpose"] == "shop"]
    assert set(rows["indicator"]) >= {"trips_not_made", "trips_planned"}
    assert (rows["difference"] == 0).all()
    assert set(rows[rows["gender"] == "woman"]["people"]) == {40}
    picked = select(table, "same", indicator="trips_not_made", gender="*")
    assert set(picked["purpose"]) == {"all"}
    assert set(picked["zone"]) == {"core"}
    assert picked["gender"].is_unique
    whole = {"disability": "all", "carer": "all", "night_worker": "all"}
    assert group(rows[rows["gender"] == "woman"].iloc[0].to_dict()) == "women, trips for shopping"
    assert group(whole | {"gender": "man", "purpose": "all", "zone": EAST}) == f"men, zone {EAST}"
    assert np.isfinite(table["value"]).all()

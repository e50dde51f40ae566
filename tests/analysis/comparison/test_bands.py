"""What moves by band: footfall by hand, incidents of the manifest, quotients, and nothing where nothing is treated."""

import numpy as np
import pandas as pd
import pytest

from analysis.answer.displacement import FINDING
from analysis.answer.finding import Basis
from analysis.answer.provenance import collect_provenance
from analysis.comparison.bands import BOOKED, FOOTFALL, INCIDENTS, QUOTIENT, displacement_of
from analysis.comparison.paired import compare_runs
from analysis.indicators.run_totals import changes_against_control
from simulator.results.schema import SUMMARY_VALUES

DARK_HOURS = 17


def with_manifest(pair, **manifest):
    base, lamps = pair
    return base, [one._replace(manifest=one.manifest | manifest) for one in lamps]


def told(pair):
    base, lamps = pair
    facts = collect_provenance(base, {"lamps": lamps})
    basis = Basis(base, {"lamps": lamps}, compare_runs(base, {"lamps": lamps}), facts)
    rows = FINDING.work_out(basis).drop(columns="scenario")
    return rows, " ".join(FINDING.sentences(rows, "lamps", facts))


def test_footfall_by_band_by_hand(make_pair, make_pushes):
    rows, said = told(make_pair(make_pushes(8)))
    own = rows[rows["what"] == FOOTFALL].set_index(["period", "band"])
    # five treated streets, people 50 + 3 (n mod 7), each a minute; after dark 60 more each, seven near by 12 fewer each
    before = DARK_HOURS * sum(50.0 + 3.0 * (street % 7) for street in range(10, 15))
    more = 1.0 + 0.01 * np.arange(8).mean()
    assert own.loc[("dark", "treated"), "before"] == pytest.approx(before)
    assert own.loc[("dark", "treated"), "difference"] == pytest.approx(DARK_HOURS * 5 * 60.0 * more)
    assert own.loc[("dark", "near"), "difference"] == pytest.approx(-DARK_HOURS * 7 * 12.0 * more)
    assert own.loc[("dark", "elsewhere"), "difference"] == 0.0
    assert (own.loc["day", "difference"].dropna() == 0.0).all()
    assert ("day", QUOTIENT) not in own.index  # nothing changes on the treated streets by day
    # elsewhere is as before, so it cancels out: 84 of 300 come from near by
    assert own.loc[("dark", QUOTIENT), "difference"] == pytest.approx(-84.0 / 300.0)
    assert set(own["label"]) == {"simulated"}
    assert "Footfall after dark: +" in said
    assert "moves from or to streets near by: weighted quotient −0.28" in said


def test_day_and_dark_make_the_whole(make_pair, make_pushes):
    rows, _ = told(make_pair(make_pushes(3)))
    own = rows[(rows["what"] == FOOTFALL) & (rows["band"] != QUOTIENT)].pivot(
        index="band", columns="period", values="after"
    )
    np.testing.assert_allclose(own["all"], own["day"] + own["dark"])


def test_streets_that_a_measure_adds_had_nobody(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(3))
    new = [one._replace(segments=one.segments[~one.segments["segment_id"].between(1010, 1014)]) for one in base]
    rows, _ = told((new, lamps))
    own = rows[(rows["what"] == FOOTFALL) & (rows["period"] == "all")].set_index("band")
    assert own.loc["treated", "before"] == 0.0
    assert own.loc["treated", "after"] > 0.0


BY_BAND = {
    "day": {"treated": [20.0, 20.0], "near": [40.0, 40.0], "elsewhere": [100.0, 100.0]},
    "dark": {"treated": [30.0, 20.0], "near": [60.0, 65.0], "elsewhere": [100.0, 100.0]},
}


def test_incidents_by_band_are_those_of_the_runs(make_pair, make_pushes):
    areas = {name: np.add(BY_BAND["day"][name], BY_BAND["dark"][name]).tolist() for name in BY_BAND["day"]}
    displaced = {"share": 0.1, "averted": 10.0, "near": 1.5, "outside": 0.5, "adverse": 4.0, "areas": areas}
    rows, said = told(with_manifest(make_pair(make_pushes(4)), incidents_by_band=BY_BAND, displacement=displaced))
    own = rows[rows["what"] == INCIDENTS].set_index(["period", "band"])
    assert own.loc[("dark", "treated"), ["before", "after", "difference"]].tolist() == [30.0, 20.0, -10.0]
    assert own.loc[("all", "near"), ["before", "after", "difference"]].tolist() == [100.0, 105.0, 5.0]
    assert own.loc[("dark", QUOTIENT), "difference"] == pytest.approx(-0.5)
    assert ("day", QUOTIENT) not in own.index  # the treated streets do not gain
    assert set(own["label"]) == {"assumed"}
    assert rows[rows["what"] == BOOKED].set_index("band")["difference"].to_dict() == {
        "near": 1.5,
        "outside": 0.5,
        "adverse": 4.0,
    }
    assert "Expected incidents (displacement of offending assumed) after dark: −33.3 % on the treated streets" in said
    assert "displaced to streets near by: +1.5" in said
    assert "adverse end of the share it would be +4.0" in said
    unknown, said = told(with_manifest(make_pair(make_pushes(4)), incidents_by_band=BY_BAND, unevaluated=["closure"]))
    assert set(unknown["what"]) == {FOOTFALL}
    assert "xpected incidents" not in said


def test_changes_are_against_the_control():
    areas = {"treated": [50.0, 40.0], "near": [100.0, 110.0], "elsewhere": [100.0, 200.0]}
    assert changes_against_control(areas) == pytest.approx((-0.3, -0.45))
    assert changes_against_control(areas | {"elsewhere": [0.0, 0.0]}) == pytest.approx((-10.0, 10.0))


def test_nothing_is_told_where_nothing_is_treated(make_run):
    base, same = ([make_run(draw, name=name) for draw in range(3)] for name in ("baseline", "lamps"))
    assert displacement_of("lamps", base, same, compare_runs(base, {"lamps": same})).empty
    rows, said = told((base, same))
    assert rows.empty
    assert "nothing to be displaced from" in said
    assert FINDING.tables(rows, "lamps", None) == []


def in_zones(run, agents):
    """The run with streets 0 to 12 in West, 13 to 59 in East, and what walkers meet there."""
    segments = run.segments.assign(neighbourhood=np.where(run.segments["segment_id"] < 1013, "West", "East"))
    rows = []
    for place, met in (("West", 3.0), ("East", 1.0)):
        row = run.summary.iloc[0].to_dict() | dict.fromkeys(SUMMARY_VALUES, 0.0)
        row |= {"breakdown": "walked_in", "neighbourhood": place, "gender": "man", "itinerary": "realised"}
        row |= {"age_band": "all", "zone": "core", "period": "dark", "agents": agents[place]}
        rows.append(row | {"incidents_robbery": met, "staying_incidents_assault": 0.5})
    summary = pd.concat([run.summary, pd.DataFrame(rows)], ignore_index=True)
    return run._replace(segments=segments, summary=summary)


def test_neighbourhoods_footfall_by_band_and_incidents_for_all_streets_of_one(make_pair, make_pushes):
    pair = [[in_zones(run, {"West": 30, "East": 80}) for run in side] for side in make_pair(make_pushes(3))]
    rows, _ = told(with_manifest(pair, incidents_by_band=BY_BAND))
    own = rows[(rows["what"] == FOOTFALL) & (rows["period"] == "dark")].set_index(["zone", "band"])
    more = 1.0 + 0.01 * np.arange(3).mean()
    assert own.loc[("West", "treated"), "difference"] == pytest.approx(DARK_HOURS * 3 * 60.0 * more)  # 10 to 12
    assert own.loc[("East", "treated"), "difference"] == pytest.approx(DARK_HOURS * 2 * 60.0 * more)
    assert ("West", "near") not in own.index  # 15 to 21 lie in the east
    assert own.loc[("East", "all"), "difference"] == pytest.approx(DARK_HOURS * (2 * 60.0 - 7 * 12.0) * more)
    for column in ("before", "after"):
        zones = own.loc[["West", "East"]].query("band != 'all'")[column].groupby("band").sum()
        whole = own.loc["all", column].drop(QUOTIENT)
        np.testing.assert_allclose(zones, whole.loc[zones.index])
    crimes = rows[(rows["what"] == INCIDENTS) & (rows["zone"] != "all")]
    assert set(crimes["band"]) == {"all"}  # never of a part of a zone
    dark = crimes[crimes["period"] == "dark"].set_index("zone")["before"]
    assert dark.to_dict() == {"West": 3.5, "East": 1.5}
    facts = collect_provenance(*pair[:1], {"lamps": pair[1]})
    tables = FINDING.tables(rows, "lamps", facts)
    assert [len(table.rows[0]) for table in tables] == [6, 7]
    assert {row[0] for row in tables[1].rows} == {"West", "East"}


def test_one_neighbourhood_that_is_large_enough_is_told_and_a_small_one_is_not(make_pair, make_pushes):
    pair = [[in_zones(run, {"West": 29, "East": 80}) for run in side] for side in make_pair(make_pushes(3))]
    rows, _ = told(pair)
    assert set(rows["zone"]) == {"all", "East"}

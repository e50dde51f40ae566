"""What is said before the numbers: cases that do nothing that day, light that is guessed, a baseline with itself."""

import dataclasses
import datetime
import json

import numpy as np
import pytest

from analysis.answer.provenance import Provenance
from experiments.cautions import cautions
from scenarios import load_scenario
from street_networks import load_city
from street_networks.inspection.soundness import findings

WEEKEND = """
format = 1
title = "At weekends"

[[measures]]
kind = "transit"
name = "Weekend bus"
vehicles = ["bus"]
days = ["friday", "saturday"]
from_hour = 0
until_hour = 4
headway_min = 30
"""


@pytest.fixture
def weekend(tmp_path):
    file = tmp_path / "weekend.toml"
    file.write_text(WEEKEND)
    return file


@pytest.mark.parametrize("command", [("compare", "--replications", "2"), ("run",)])
def test_a_weekend_bus_is_refused_on_a_monday_with_the_date_to_try(refused, weekend, command):
    said = refused(*command, weekend, "--people", "500", "--quiet")
    assert "weekend: “Weekend bus” is for Fridays and Saturdays only" in said
    assert "2026-12-21 is a Monday: try --date 2026-12-25 (a Friday)" in said


def test_checking_a_case_tells_whether_it_does_anything_that_day(afterdark, refused, weekend):
    told = refused("scenario", "check", weekend)
    assert "weekend: “Weekend bus”" in told
    assert "try --date 2026-12-25" in told
    assert "caution" not in afterdark("scenario", "check", weekend, "--date", "2026-12-26").out


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        (("baseline",), "name one that changes something, as `afterdark compare light-the-park-paths`"),
        (("baseline", "night-bus-every-30"), "leave it out, and keep night-bus-every-30"),
        (("night-bus-every-30", "night-bus-every-30"), "found night-bus-every-30 twice"),
    ],
)
def test_a_case_is_not_compared_with_itself(refused, cases, said):
    assert said in refused("compare", *cases)


def test_mostly_guessed_light_is_told_by_its_share_of_the_core():
    city = load_city("helsinki-centre")
    assert findings(city) == ()
    length, core = city.streets.length_m, city.streets.in_core
    order = np.argsort(~core, kind="stable")
    share = np.cumsum(length[order]) / length[core].sum()
    for wanted, tells in ((0.45, False), (0.62, True)):
        guessed = np.zeros(len(length), bool)
        guessed[order[share <= wanted]] = True
        told = findings(dataclasses.replace(city, streets=dataclasses.replace(city.streets, light_imputed=guessed)))
        assert bool(told) == tells
    assert told[0].found.startswith("for 62% of the street length in the core of helsinki-centre")


def test_what_the_builder_assumes_is_not_called_guessed():
    city, case = load_city("helsinki-centre"), load_scenario("light-the-park-paths")
    date = datetime.date(2026, 12, 21)
    assert any("that light is guessed there" in told for told in cautions([case], city, date))
    assumed = dataclasses.replace(city, metadata={**city.metadata, "lit_assumed": "park=0.4"})
    assert not any("guessed" in told for told in cautions([case], assumed, date))


@pytest.mark.slow
def test_cautions_are_kept_with_the_answer(made):
    kept = json.loads((made / "answer" / "manifest.json").read_text())["provenance"]
    facts = Provenance.from_dict(kept | {"cautions": ["one", "two"]})
    assert facts.cautions == ("one", "two")
    assert Provenance.from_dict({key: value for key, value in kept.items() if key != "cautions"}).cautions == ()


@pytest.mark.slow
def test_who_is_left_out_of_a_table_of_persons_is_said_however_quiet(afterdark, tmp_path):
    rows = ["gender,age", *(f"{gender},{age}" for gender in ("f", "male") for age in range(8, 60))]
    (tmp_path / "persons.csv").write_text("\n".join(rows))
    told = afterdark("run", "baseline", "--persons", "persons.csv", "--people", "200", "--quiet", "--days", "1")
    assert told.status == 0, told.err
    assert "100 persons of 10 and over taken; 4 younger ones left out" in told.err
    assert "simulated days" not in told.err


TWICE = """
format = 1
title = "Twice"

[[measures]]
kind = "venue_hours"
name = "Later"
where = "nightlife segments"
closes_later_h = 1

[[measures]]
kind = "venue_hours"
name = "Spread"
where = "nightlife segments"
stagger_h = 1

[[measures]]
kind = "frontage"
name = "Fronts"
where = "nightlife segments"
"""


def test_measures_of_one_kind_on_the_same_streets_and_harm_that_nobody_assessed_are_told(afterdark, tmp_path):
    file = tmp_path / "twice.toml"
    file.write_text(TWICE)
    told = afterdark("scenario", "check", file).out
    assert "Later and Spread meet on 36 segments" in told
    assert told.count("harm not assessed to those who live next to venues (noise)") == 2
    assert "Fronts meet" not in told
    assert "Fronts: harm" not in told


def test_lamps_where_the_map_does_not_say_whether_it_is_lit_are_told_to_rest_on_a_guess(afterdark):
    told = afterdark("scenario", "check", "light-the-park-paths").out
    assert "on 100% of its length the map does not tell whether it is lit now" in told
    assert "does not tell whether" not in afterdark("scenario", "check", "part-night-switch-off").out
    assert "does not tell whether" not in afterdark("scenario", "check", "square-hosts").out


def test_a_part_of_a_measure_is_told_with_the_date(afterdark, tmp_path):
    file = tmp_path / "slow.toml"
    slow = "when = { begins = 2026-01-05, after_weeks = 10, reaches = 0.8 }"
    file.write_text(AGAINST.format(when="").replace("until_hour = 2", f"until_hour = 2\n{slow}"))
    told = afterdark("scenario", "check", file, "--date", "2026-02-09").out
    assert "Hosts inside: on 2026-02-09 there is 40% of it; effects are of that part" in told
    assert "Gates: on 2026-02-09" not in told


AGAINST = """
format = 1
title = "Against each other"

[[measures]]
kind = "hosts"
name = "Hosts inside"
where = "park paths"
from_hour = 20
until_hour = 2

[[measures]]
kind = "closure"
name = "Gates"
where = "park paths"
from_hour = 22
until_hour = 5
{when}

[[measures]]
kind = "lighting"
name = "Lamps"
where = "park paths"
standard = "P3"
when = {{ begins = 2030-01-01 }}

[[measures]]
kind = "renewal"
name = "Hedges cut"
where = "park paths"
sight_lines = 1.0
"""


def test_measures_that_stand_in_each_others_way_are_told(afterdark, tmp_path):
    file = tmp_path / "against.toml"
    file.write_text(AGAINST.format(when=""))
    told = afterdark("scenario", "check", file).out
    assert "Hosts inside and Gates meet on" in told
    assert "Gates lets nobody walk there in some of the hours of the other" in told
    assert "Hosts inside and Hedges cut" not in told
    file.write_text(AGAINST.format(when="when = { ends = 2029-01-01 }"))
    assert "Gates and Lamps meet" not in afterdark("scenario", "check", file).out  # the gates are open again by then
    file.write_text(AGAINST.format(when='days = ["sunday"]').replace("from_hour = 20", 'days = ["friday"]'))
    assert "Hosts inside and Gates meet" not in afterdark("scenario", "check", file).out

"""A night as the map shows it: the same numbers as the run's, walks as they were walked, and no home."""

import datetime

import numpy as np
import pandas as pd
import pytest

from experiments.runs import city_of
from experiments.workshop.binary import unpack
from experiments.workshop.city_body import origin_of
from experiments.workshop.night import MOST_LX, NightSide, Walks, coded, groups_of
from experiments.workshop.preview import PreviewOrder, _agents_there, _before, _Told, figures_of, preview
from scenarios import load_scenario
from simulator.accounting.one_night import Night, pieces_of
from simulator.foundation.categories import GENDERS
from simulator.kernels.walking import STAY, WALK

DAY = datetime.date(2026, 12, 21)
ORDER = PreviewOrder("helsinki-centre", DAY, agents=150)


@pytest.fixture(scope="module")
def lived():
    preview(ORDER)
    return _before(ORDER, _Told(lambda days: None))


def test_codes_keep_order_and_ends():
    values = np.array([0.0, 0.5, 1.0, 5.0, 30.0, 900.0])
    codes = coded(values, MOST_LX)
    assert codes[0] == 0
    assert codes[-1] == codes[-2] == 255
    assert (np.diff(codes[:5].astype(int)) > 0).all()
    back = np.expm1(codes[:5] / 255 * np.log1p(MOST_LX))  # as the page reads them
    assert back == pytest.approx(values[:5], rel=0.02, abs=0.01)


def test_feeling_of_several_groups_is_their_mean_by_people():
    feeling = np.zeros((9, 24, 1), np.uint8)
    feeling[0], feeling[1] = 100, 200
    people = np.array([3.0, 1.0, 0, 0, 0, 0, 0, 0, 0])
    none = Walks(*(np.zeros(0) for _ in range(7)))
    night = NightSide(feeling[0], feeling[0], feeling, people, np.zeros(24), none)
    assert (night.layer("feeling", "woman", "0") == 100).all()
    assert (night.layer("feeling", "woman", "all") == 125).all()
    assert groups_of("man", "all") == [3, 4, 5]
    for wrong in (("nobody", "all"), ("woman", "9")):
        with pytest.raises(KeyError):
            night.layer("feeling", *wrong)
    with pytest.raises(KeyError):
        night.layer("hazard")


def test_light_feeling_and_footfall_are_those_of_the_run(lived):
    arm, side = lived.reference, lived.side
    assert (side.light == coded(arm.conditions.light_min_lx, MOST_LX)).all()
    hour, street = 22, int(np.argmax(arm.walk.segments[22, :, 0]))
    streets = arm.streets[hour]
    from simulator.accounting.one_night import _feels_safe

    for group, (gender, own) in enumerate(arm.setting.class_parts):
        exact = _feels_safe(streets, int(gender), float(own))[street]
        assert side.feeling[group, hour, street] == pytest.approx(255 * exact, abs=0.51)


def test_walks_are_as_they_were_walked_without_their_ends(lived):
    arm, walks = lived.reference, lived.side.walks
    day = Night(arm, arm.chosen, arm.walk, arm.streets)
    rows = [
        row
        for row in range(len(arm.walk.walks.person))
        if arm.walk.walks.kind[row] == WALK
        and arm.walk.walks.route_start[row + 1] - arm.walk.walks.route_start[row] >= 3
    ]
    assert len(rows) == len(walks.leaves_s) > 20
    streets = arm.setting.network.streets
    for at, row in enumerate(rows):
        segment, begins, spent, _, _ = pieces_of(day, row)
        mine = slice(int(walks.start[at]), int(walks.start[at + 1]))
        code = walks.street[mine]
        found = np.where(code < 0, -1 - code, code)
        assert (found == segment[1:-1]).all()  # neither the first nor the last street
        assert walks.enters_s[mine] == pytest.approx(begins[1:-1] / 1000.0, abs=0.02)
        assert walks.leaves_s[at] == pytest.approx((begins[-2] + spent[-2]) / 1000.0, abs=0.02)
        for one, other, sign in zip(found[:-1], found[1:], code[:-1], strict=True):
            leaves = streets.from_junction[one] if sign < 0 else streets.to_junction[one]
            assert leaves in (streets.from_junction[other], streets.to_junction[other])


def test_a_scenario_that_changes_nothing_shows_the_same_night():
    told = preview(PreviewOrder(ORDER.city, DAY, load_scenario("nothing-changes"), ORDER.agents))
    assert told.after is not None
    assert (told.after.feeling == told.before.feeling).all()
    assert (told.after.footfall == told.before.footfall).all()
    assert all(one.before == one.after for one in told.figures)


def test_lamps_raise_light_where_they_stand_and_nowhere_else():
    told = preview(PreviewOrder(ORDER.city, DAY, load_scenario("light-the-park-paths"), ORDER.agents))
    assert (told.after.light >= told.before.light).all()
    changed = (told.after.light > told.before.light).any(axis=0)
    assert 0 < changed.sum() < 0.2 * changed.size


def test_figures_are_sums_over_the_streets_that_are_meant():
    rows = []
    for zone, itinerary, walking, safe in (
        ("core_treated", "before", 100.0, 20.0),
        ("core_treated", "frozen", 100.0, 40.0),
        ("core", "before", 300.0, 180.0),
        ("core", "frozen", 300.0, 180.0),
        ("ring", "before", 999.0, 999.0),
    ):
        rows.append(("age_band", "dark", zone, itinerary, "woman", "25-34", 40, walking, safe))
        rows.append(("age_band", "dark", zone, itinerary, "man", "25-34", 5, walking, safe))  # too few to be told
        rows.append(("age_band", "day", zone, itinerary, "woman", "25-34", 40, walking, walking))
        rows.append(("carer", "dark", zone, itinerary, "woman", "all", 40, walking, safe))  # counted once only
    names = ("breakdown", "period", "zone", "itinerary", "gender", "age_band", "agents", "walking_s", "safe_s")
    table = pd.DataFrame(rows, columns=names)
    touched, everywhere = figures_of(table, {"woman": 31, "man": 31})
    assert (touched.where, touched.before, touched.after) == ("touched", 2.0, 4.0)
    assert (everywhere.where, everywhere.before, everywhere.after) == ("all", 5.0, 5.5)
    assert [one.where for one in figures_of(table, {"woman": 29, "man": 31})] == ["all"]  # too few walk there


def test_agents_on_touched_streets_are_counted_once_each(lived):
    from scenarios import bind

    reference, network = lived.reference, lived.reference.setting.network
    arm = lived.baseline.fork(bind(load_scenario("light-the-park-paths"), network))
    walks, found = reference.walk.walks, {"woman": set(), "man": set(), "another": set()}
    for row, person in enumerate(walks.person):
        hour = walks.start_ms[row] // 3_600_000 % 24
        route = walks.route[walks.route_start[row] : walks.route_start[row + 1]]
        if walks.kind[row] == STAY or not reference.conditions.dark_hours[hour]:
            continue
        if any(arm.conditions.treated[street] and network.streets.in_core[street] for street in route):
            found[GENDERS[reference.setting.people.gender[person]]].add(int(person))
    assert _agents_there(arm, reference) == {name: len(who) for name, who in found.items()}


@pytest.mark.slow
def test_streets_that_a_measure_adds_are_shown_and_walked():
    told = preview(PreviewOrder(ORDER.city, DAY, load_scenario("stairs-and-links"), ORDER.agents))
    city, added = city_of(ORDER.city), told.after.added
    count = len(city.streets)
    assert len(added.length) == 3
    assert told.after.light.shape == (24, count + 3)
    assert told.after.feeling.shape[2] == count + 3
    assert told.before.light.shape == (24, count)
    for one in range(3):
        line = added.line[added.start[one] : added.start[one + 1]]
        assert np.hypot(*np.diff(line, axis=0).T).sum() == pytest.approx(added.length[one], abs=0.1)
        ends = city.vertices - origin_of(city)
        assert np.hypot(*(ends - line[0]).T).min() < 0.1  # it begins where streets meet
    _, arrays = unpack(told.after.added_body())
    assert arrays["length"].tolist() == added.length.tolist()
    assert unpack(told.before.added_body())[1]["length"].size == 0
    assert told.after.walks.street.max() < count + 3

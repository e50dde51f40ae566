"""Each measure on a drawn street, its effect on conditions, its cost and one outcome worked out by hand."""

import dataclasses
import datetime
import itertools
import math

import numpy as np
import pytest

from simulator.accounting.tables import placements_table
from simulator.agenda.plans import PURPOSES
from simulator.city.conditions import GUARDIANS, HAZARDS, Draw, conditions_of
from simulator.city.stays import STAYS
from simulator.evidence.parameters import draw_parameters
from simulator.interventions import (
    MEASURES,
)
from simulator.interventions.community.patrol import direct_of_patrols
from simulator.interventions.lighting.lamp_hours import direct_of_darkening
from simulator.interventions.night.hosts import direct_of_hosts
from simulator.interventions.night.venue_hours import _closing_moved, direct_of_closing
from simulator.interventions.timed import share_in_view
from simulator.kernels.costs import TAXI
from simulator.safety.perception import solve_perception, street_score
from simulator.safety.reference_area import DARK, MAIN, QUIET, hazard_exposure, reference_streets
from simulator.safety.reporting import channel_rates
from simulator.simulation import Simulation
from simulator.travel.day_tours import DayTours

from cities import grid_city, make_city
from linecity import evening, line_city

FRIDAY = datetime.date(2026, 12, 18)
NIGHT, NOON = 23, 12
STREET = make_city(
    [(0.0, 0.0), (300.0, 0.0), (600.0, 0.0)],
    [(0, 1), (1, 2)],
    places=[("home", 0, 100.0), ("nightlife", 1, 10.0), ("shop", 1, 10.0), ("gateway", 2, 1.0)],
    lit_min_lx=2.0,
)
STREET = dataclasses.replace(
    STREET,
    places=dataclasses.replace(
        STREET.places, opens_h=np.array([0.0, 18.0, 9.0, 0.0]), closes_h=np.array([24.0, 26.0, 20.0, 24.0])
    ),
)
"""Two streets of 300 m, lit, with a bar (18 to 2) and a shop (9 to 20) between them."""
BOTH = np.array([0, 1], np.int32)
PLAIN = draw_parameters(1, -1, {"view_radius_m": 60.0})
DRAW = Draw(STREET, PLAIN, FRIDAY)
BEFORE = conditions_of(STREET, PLAIN, FRIDAY)
PERCEPTION = solve_perception(PLAIN)
FLAGS = (np.zeros(2, bool), np.zeros(2, bool))


def put(kind, segments=BOTH, city=STREET, before=BEFORE, draw=DRAW, **levers):
    """A measure on some segments: where it stands, and the streets with it."""
    measure = MEASURES[kind](name="one", where="segments", **levers)
    placed = measure.place(city, segments)
    return placed, measure.change(before, placed, draw)


def yearly(placed):
    return placements_table((placed,), PLAIN).iloc[0]


def scores(conditions, hour=NIGHT):
    """Score of women on the two streets."""
    return street_score(PERCEPTION, conditions, FLAGS, hour)[0].astype(float)


def test_hosts_are_in_view_as_often_as_reckoned_by_hand():
    placed, after = put("hosts", hosts=2, from_hour=22, until_hour=4)
    share = 1.0 - math.exp(-2 * 120.0 / 600.0)  # each is within 60 m either side for a fifth of the time
    row = GUARDIANS.index("host")
    assert after.guardians[row, NIGHT].tolist() == pytest.approx([share] * 2)
    assert not after.guardians[row, NOON].any()
    assert scores(after) - scores(BEFORE) == pytest.approx(share * PERCEPTION.guardians[0, row], abs=1e-5)
    assert placed.quantity == pytest.approx(2 * 6 * 365.25)
    assert yearly(placed)["annual_cost"] == pytest.approx(2 * 6 * 365.25 * PLAIN.host_hour_cost)
    (out,) = after.gatherings
    assert out.stays.people_by_hour()[STAYS.index("host"), NIGHT] == pytest.approx(2.0)
    assert out.stays.people_by_hour()[:, NOON].sum() == 0.0


def test_hosts_act_on_assault_near_nightlife_only():
    parameters = draw_parameters(1, -1, {"host_hazard_ratio": 0.8})
    _, after = put("hosts", draw=Draw(STREET, parameters, FRIDAY), hosts=2, from_hour=22, until_hour=4)
    ratio = direct_of_hosts(parameters)
    share = 1.0 - math.exp(-0.4)
    assert ratio[HAZARDS.index("harassment")] == ratio[HAZARDS.index("robbery")] == 1.0
    assert after.hazard_ratio[:2].min() == after.hazard_ratio[:2].max() == 1.0
    expected = ratio[2] ** (share * BEFORE.nightlife[NIGHT] * BEFORE.dark[NIGHT])
    assert after.hazard_ratio[2, NIGHT] == pytest.approx(expected, rel=1e-6)
    assert (after.hazard_ratio[2, NIGHT] < 1.0).all()


@pytest.mark.parametrize("total", [0.7, 1.0])
def test_direct_ratio_of_a_patrol_times_what_people_do_is_the_total(total):
    parameters = draw_parameters(1, -1, {"patrol_hazard_ratio": total, "patrol_harassment_ratio": 1.0})
    streets = reference_streets(parameters)
    direct = direct_of_patrols(parameters)
    guardians, hazard = streets.guardians.copy(), streets.hazard_ratio.copy()
    guardians[GUARDIANS.index("patrol"), :, QUIET] = 1.0
    hazard[:, :, QUIET] = np.where(DARK, direct[:, 1:], direct[:, :1])
    guarded = dataclasses.replace(streets, guardians=guardians, hazard_ratio=hazard)
    found = hazard_exposure(guarded, parameters) / hazard_exposure(streets, parameters)
    assert found[HAZARDS.index("robbery")] == pytest.approx([total, total], rel=1e-5)
    assert found[HAZARDS.index("harassment")] == pytest.approx([1.0, 1.0], rel=1e-5)


def test_patrols_may_frighten():
    """The sign of what people feel is drawn, not built in."""
    for weight, sign in ((0.5, 1), (-0.4, -1)):
        parameters = draw_parameters(1, -1, {"guardian_patrol": weight})
        _, after = put("patrol", draw=Draw(STREET, parameters, FRIDAY), patrols=2)
        perception = solve_perception(parameters)
        change = (street_score(perception, after, FLAGS, NIGHT) - street_score(perception, BEFORE, FLAGS, NIGHT))[0]
        assert (np.sign(change) == sign).all()


def test_lamps_off_leave_the_street_without_lamps_and_save_their_energy():
    placed, after = put("lamp_hours", from_hour=0, until_hour=3)
    streets = STREET.streets
    assert after.light_min_lx[2].tolist() == streets.unlit_min_lx.tolist()
    assert after.light_min_lx[NIGHT].tolist() == BEFORE.light_min_lx[NIGHT].tolist()
    assert placed.quantity == 20  # 600 m, a lamp each 30 m
    assert placed.measure.dark_hours_a_year(STREET) == pytest.approx(
        3 * 365.25
    )  # dark from 0 to 3 in every month there
    saved = 20 * 3 * 365.25 * 0.030 * PLAIN.energy_price
    assert placed.quantity * placed.running_per_year.in_draw(PLAIN) == pytest.approx(-saved)
    assert scores(after, 2)[0] < scores(BEFORE, 2)[0]
    assert direct_of_darkening(draw_parameters(1, -1, {"darkening_ratio": 1.1})).min() > 1.0


def test_dimming_is_in_proportion_and_undone_by_its_inverse():
    _, dim = put("lamp_hours", light=0.5)
    own = BEFORE.light_min_lx - STREET.streets.unlit_min_lx
    assert dim.light_min_lx - STREET.streets.unlit_min_lx == pytest.approx(own / 2)


def test_repairs_change_light_by_the_share_of_lamps_that_burn():
    levers = {"outages_per_lamp_year": 0.73, "days_now": 25.0}
    placed, after = put("lamp_repair", days_then=0.0, **levers)
    burns = 1.0 - 0.73 * 25.0 / 365.25
    own = BEFORE.light_min_lx - STREET.streets.unlit_min_lx
    assert (after.light_min_lx - STREET.streets.unlit_min_lx)[NIGHT] == pytest.approx(own[NIGHT] / burns, rel=1e-6)
    assert placed.quantity == 20
    slower, darker = put("lamp_repair", days_then=60.0, **levers)
    assert (darker.light_min_lx[NIGHT] < BEFORE.light_min_lx[NIGHT]).all()
    assert slower.quantity == 0.0  # it saves nothing that is counted


def test_an_evening_ends_earlier_or_later_but_not_past_four():
    by_clock = np.isin(np.arange(24), [18, 19, 20, 21, 22, 23, 0, 1])
    assert np.flatnonzero(_closing_moved(by_clock, -2)).tolist() == [18, 19, 20, 21, 22, 23]
    assert np.flatnonzero(_closing_moved(by_clock, 1)).tolist() == [0, 1, 2, 18, 19, 20, 21, 22, 23]
    assert np.flatnonzero(_closing_moved(by_clock, 6)).tolist() == [0, 1, 2, 3, 18, 19, 20, 21, 22, 23]
    assert np.flatnonzero(_closing_moved(by_clock, -6)).tolist() == [18, 19]
    office = np.isin(np.arange(24), range(8, 17))
    for hours in (-3, 3):
        assert (_closing_moved(office, hours) == office).all()
        assert _closing_moved(np.ones(24, bool), hours).all()


def test_closing_earlier_empties_the_front_and_moves_nobody_else():
    _, after = put("venue_hours", closes_later_h=-6)
    bar, shop = (STREET.places_of(kind)[0] for kind in ("nightlife", "shop"))
    gone = np.flatnonzero(BEFORE.open_at[:, bar] & ~after.open_at[:, bar])
    assert gone.tolist() == [0, 1, 20, 21, 22, 23]
    assert (after.open_at[:, shop] == BEFORE.open_at[:, shop]).all()
    assert after.nightlife[gone] == pytest.approx(0.0, abs=1e-6)
    assert (after.frontage[gone] <= BEFORE.frontage[gone]).all()
    still = np.setdiff1d(np.arange(24), gone)
    assert np.array_equal(after.nightlife[still], BEFORE.nightlife[still])


def test_closing_later_is_the_inverse_of_closing_earlier_in_its_direct_ratio():
    assert direct_of_closing(PLAIN, 2) * direct_of_closing(PLAIN, -2) == pytest.approx([1.0] * 3)
    streets = reference_streets(PLAIN)
    nightlife = streets.nightlife.copy()
    nightlife[[2, 3], MAIN] = 0.0
    hazard = np.tile(direct_of_closing(PLAIN, -2)[:, None, None], (1, 24, 2)).astype(np.float32)
    earlier = dataclasses.replace(streets, nightlife=nightlife, hazard_ratio=hazard)
    found = hazard_exposure(earlier, PLAIN, MAIN) / hazard_exposure(streets, PLAIN, MAIN)
    assert found[HAZARDS.index("assault"), 1] == pytest.approx(PLAIN.closing_hour_ratio**-2, rel=1e-5)


def test_places_open_at_night_are_open_then_and_stay_as_they_were_else():
    _, after = put("venue_hours", venues=("shop",), opens=True, from_hour=22, until_hour=2)
    shop = STREET.places_of("shop")[0]
    assert after.open_at[[22, 23, 0, 1], shop].all()
    others = [hour for hour in range(24) if hour not in (22, 23, 0, 1)]
    assert (after.open_at[others, shop] == BEFORE.open_at[others, shop]).all()
    assert (after.frontage[NIGHT] > BEFORE.frontage[NIGHT]).all()
    assert np.array_equal(after.nightlife, BEFORE.nightlife)


def test_a_charter_reaches_uptake_times_training_times_what_is_left():
    placed, after = put("charter", uptake=0.5, trained=0.8, decay_a_year=0.5, years_since=1.0)
    share = 0.5 * 0.8 * 0.5
    staff = after.guardians[GUARDIANS.index("staff")]
    assert staff[NIGHT] == pytest.approx([share * BEFORE.nightlife[NIGHT, 0], 0.0])  # at the door, not round the corner
    assert not staff[NOON].any()
    assert placed.quantity == 0.5
    more = 1.0 + share * (PLAIN.reporting_campaign_ratio - 1.0)
    assert after.reporting_factor == pytest.approx([1.0, more, 1.0, 1.0])


def test_easier_reporting_raises_records_and_nothing_else():
    _, after = put("reporting", channels_eased=("phone",), more_reports=2.0)
    ratio = channel_rates(PLAIN, after.reporting_factor) / channel_rates(PLAIN)
    assert ratio[0, 0] == pytest.approx([1.0, 1.0, 2.0, 1.0])
    assert np.array_equal(after.hazard_ratio, BEFORE.hazard_ratio)
    assert np.array_equal(scores(after), scores(BEFORE))


def test_fronts_add_to_the_venues_per_100_m():
    placed, after = put("frontage", venues_per_100m=2.0, from_hour=18, until_hour=24 % 24)
    amount = -PLAIN.frontage_venues_100m * np.log(1.0 - BEFORE.frontage[NIGHT].astype(float))
    expected = 1.0 - np.exp(-(amount + 2.0) / PLAIN.frontage_venues_100m)
    assert after.frontage[NIGHT] == pytest.approx(expected, rel=1e-5)
    assert np.array_equal(after.frontage[NOON], BEFORE.frontage[NOON])
    assert placed.quantity == 12.0
    gain = (after.frontage[NIGHT] - BEFORE.frontage[NIGHT]) * PERCEPTION.frontage[0]
    assert scores(after) - scores(BEFORE) == pytest.approx(gain, abs=1e-5)


def test_a_market_brings_its_traders_and_part_of_a_front_a_stall():
    placed, after = put("market", stalls_per_100m=4.0, traders_per_stall=2.0, from_hour=16, until_hour=21)
    assert placed.quantity == 24.0
    (out,) = after.gatherings
    assert out.stays.people_by_hour()[STAYS.index("trader"), 18] == pytest.approx(48.0)
    fronts = np.log1p(-BEFORE.frontage[18].astype(float)) - np.log1p(-after.frontage[18].astype(float))
    assert fronts * PLAIN.frontage_venues_100m == pytest.approx([4.0 * PLAIN.stall_frontage] * 2, rel=1e-4)


def test_renewal_raises_what_is_worse_and_lowers_nothing():
    good = dataclasses.replace(BEFORE, visibility=np.array([0.8, -0.5], np.float32))
    _, after = put("renewal", before=good, sight_lines=0.5)
    assert after.visibility == pytest.approx([0.8, 0.5])
    gain = scores(after) - scores(good)
    assert gain == pytest.approx([0.0, PERCEPTION.visibility[0]], abs=1e-5)
    assert np.array_equal(after.condition, good.condition)


def test_a_programme_brings_those_whom_it_is_for():
    placed, after = put(
        "programme", attendance=40, staff=1, women_share=0.25, onset=0.5, from_age=10, until_age=17, from_hour=17,
        until_hour=21,
    )  # fmt: skip
    girls, boys = after.gatherings
    assert (girls.genders, boys.genders) == (("woman",), ("man",))
    assert [one.stays.people_by_hour()[:, 18].sum() for one in (girls, boys)] == pytest.approx([5.0, 15.0])
    share = share_in_view(1, 600.0, 60.0)
    assert share == pytest.approx(1.0 - math.exp(-0.2))
    assert after.guardians[GUARDIANS.index("staff"), 18] == pytest.approx([share] * 2)
    assert placed.quantity == pytest.approx(4 * 365.25)


def test_rides_for_shifts_are_paid_on_the_ways_to_work_alone():
    _, after = put("ride_home", trips="work", paid_share=0.5, rides_a_year=1000, from_hour=22, until_hour=4)
    assert after.offers.shift_paid[NIGHT].tolist() == [0.5] * 3
    assert not after.offers.shift_paid[NOON].any()
    assert not after.offers.taxi_paid.any()
    arm = evening(line_city(), agents=100)
    trips, setting = arm.chosen.trips, arm.setting
    fares = []
    for purpose, offers in itertools.product(("leisure", "work"), (BEFORE.offers, after.offers)):
        tours = dataclasses.replace(
            arm.chosen.tours, purpose=np.full(len(arm.chosen.tours), PURPOSES.index(purpose), np.int8)
        )
        wished = DayTours.of(0, (tours, trips), setting.journeys, setting.open_at, offers)
        order = np.argsort(wished.by_tour)
        fares.append(wished.trips_in_kernel["fixed"][order][:, TAXI] - setting.journeys.in_vehicle(trips)[:, TAXI])
    late = trips.hour == 1
    assert late.any()
    leisure, leisure_paid, work, work_paid = fares
    assert np.array_equal(leisure, leisure_paid)
    assert np.array_equal(leisure, work)
    assert work_paid[late] == pytest.approx(0.5 * work[late])
    assert np.array_equal(work_paid[~late], work[~late])


def test_a_paid_ride_costs_less_by_its_share_and_only_for_whom_it_is():
    _, after = put(
        "ride_home", paid_share=0.5, rides_a_year=1000, genders=("woman",), from_hour=22, until_hour=4
    )  # fmt: skip
    assert after.offers.taxi_paid[NIGHT].tolist() == [0.5, 0.0, 0.0]
    assert not after.offers.taxi_paid[NOON].any()
    _, twice = put("ride_home", before=after, paid_share=0.5, rides_a_year=1)
    assert twice.offers.taxi_paid[NIGHT].tolist() == [0.75, 0.5, 0.5]


def test_a_shelter_makes_waits_weigh_less_at_its_stop_only():
    city = line_city()
    before = conditions_of(city, PLAIN, FRIDAY)
    stop = np.array([city.stops.segment[0]], np.int32)
    placed, after = put("stop_care", stop, city, before, Draw(city, PLAIN, FRIDAY), shelter=True)
    assert after.wait_factor.tolist() == [PLAIN.stop_wait_better, 1.0]
    assert placed.quantity == 1
    assert yearly(placed)["capital"] == pytest.approx(PLAIN.stop_shelter_capital)


def test_a_sign_alone_makes_waits_weigh_less_by_its_own_ratio_at_its_own_price():
    city = line_city()
    before = conditions_of(city, PLAIN, FRIDAY)
    stop = np.array([city.stops.segment[0]], np.int32)
    placed, after = put("stop_care", stop, city, before, Draw(city, PLAIN, FRIDAY), sign=True)
    assert after.wait_factor.tolist() == [PLAIN.stop_sign_wait, 1.0]
    assert np.array_equal(after.light_min_lx, before.light_min_lx)
    assert yearly(placed)["capital"] == pytest.approx(PLAIN.stop_sign_capital)
    by_hand = PLAIN.stop_sign_running + PLAIN.stop_sign_capital * PLAIN.discount_rate / (
        1.0 - (1.0 + PLAIN.discount_rate) ** -PLAIN.stop_sign_lifetime
    )
    assert yearly(placed)["annual_cost"] == pytest.approx(by_hand)
    assert {"stop_sign_wait", "stop_sign_capital"} <= set(placed.measure.evidence())
    assert "stop_wait_better" not in placed.measure.evidence()
    no_gain = draw_parameters(1, -1, {"stop_sign_wait": 1.0})
    _, same = put("stop_care", stop, city, before, Draw(city, no_gain, FRIDAY), sign=True)
    assert same.wait_factor.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("levers", [{"shelter": True}, {"standard": "P2"}])
def test_a_sign_beside_a_shelter_or_a_lamp_is_refused(levers):
    with pytest.raises(ValueError, match="sign = true: found it beside shelter or standard"):
        MEASURES["stop_care"](name="one", where="segments", sign=True, **levers)


GRID = grid_city(6)
PARK = np.flatnonzero(GRID.streets.in_park).astype(np.int32)


@pytest.fixture(scope="module")
def settled():
    baseline = Simulation.baseline(GRID, draw_parameters(1, 0), agents=400, date=FRIDAY)
    baseline.settle(1)
    return baseline


def lived(baseline, kind, segments, **levers):
    measure = MEASURES[kind](name="one", where="segments", **levers)
    arm = baseline.fork((measure.place(GRID, segments),))
    arm.simulate_day()
    return arm


GATE = make_city(
    [(0.0, 0.0), (500.0, 0.0), (100.0, 0.0), (400.0, 0.0), (250.0, 100.0), (250.0, -100.0)],
    [(0, 2), (1, 3), (2, 3), (2, 4), (4, 3), (2, 5), (5, 3)],
    places=[("home", 0, 100.0), ("shop", 1, 5.0), ("work", 1, 5.0), ("leisure", 1, 5.0), ("gateway", 1, 1.0)],
)
"""A path of 300 m between two halves, and two ways round it of 361 m."""
PATH = np.array([2], np.int32)


@pytest.fixture(scope="module")
def by_the_gate():
    baseline = Simulation.baseline(GATE, draw_parameters(1, 0), agents=400, date=FRIDAY)
    baseline.settle(1)
    return baseline


def passes(arm, segments, hours):
    """Whether anybody sets out on foot along some segments in some hours, when they meant to.

    Who is late because the trip before took longer goes the way that was chosen, and is let through.
    """
    chosen = arm.chosen
    on_time = (chosen.depart_ms - chosen.trips.depart_ms) % 3_600_000 == 0
    walks = chosen.made & on_time & (chosen.mode == 0) & np.isin(chosen.depart_ms // 3_600_000 % 24, hours)
    rows = np.repeat(np.arange(walks.size), np.diff(chosen.routed.start))
    return bool((np.isin(chosen.routed.route, segments) & walks[rows]).any())


def through(baseline, segments, **levers):
    """An arm lived for a day with some streets closed, or with none."""
    placed = [MEASURES["closure"](name="one", where="segments", **levers).place(GATE, segments)] if levers else []
    arm = baseline.fork(placed)
    arm.simulate_day()
    return arm


def test_nobody_sets_out_through_a_closed_gate_and_everybody_may_by_day(by_the_gate):
    every = list(range(24))
    free = through(by_the_gate, PATH)
    assert passes(free, PATH, every)
    arm = through(by_the_gate, PATH, from_hour=13, until_hour=12)
    assert not passes(arm, PATH, [hour for hour in every if hour != 12])
    assert len(arm.chosen.trips) == len(free.chosen.trips)
    assert (arm.chosen.mode == 0).sum() > 0.9 * (free.chosen.mode == 0).sum()  # they walk round


def test_where_there_is_no_way_round_nobody_walks(by_the_gate):
    arm = through(by_the_gate, np.arange(2, 7, dtype=np.int32), from_hour=13, until_hour=12)
    hour = arm.chosen.trips.hour
    assert not ((arm.chosen.mode == 0) & (hour != 12)).any()
    assert arm.chosen.made.sum() > 0  # by other modes


def test_a_gate_is_counted_at_each_end_of_a_closed_path():
    placed = MEASURES["closure"](name="one", where="segments").place(GATE, PATH)
    assert placed.quantity == 2
    whole = MEASURES["closure"](name="one", where="segments").place(GATE, np.arange(7, dtype=np.int32))
    assert whole.segments.tolist() == [2, 3, 4, 5, 6]  # streets with doors stay open
    assert whole.quantity == 2


def test_a_gate_that_is_closed_on_no_hour_of_the_day_changes_nothing(by_the_gate):
    free = through(by_the_gate, PATH)
    arm = through(by_the_gate, PATH, from_hour=8, until_hour=7, days=("sunday",))
    assert np.array_equal(arm.walk.cells, free.walk.cells)


def test_cheaper_taxis_are_taken_more(settled):
    from simulator.kernels.costs import TAXI

    free = settled.fork()
    free.simulate_day()
    every = np.arange(len(GRID.streets), dtype=np.int32)
    arm = lived(settled, "ride_home", every, paid_share=1.0, rides_a_year=1)
    assert (arm.chosen.mode == TAXI).sum() > (free.chosen.mode == TAXI).sum()


def test_company_on_offer_is_taken_by_more_and_by_nobody_less(settled):
    free = settled.fork()
    free.simulate_day()
    every = np.arange(len(GRID.streets), dtype=np.int32)
    arm = lived(settled, "walking_group", every, offered=1.0)
    offered = arm.days.of(arm.day - 1, arm.inflation).tours_in_kernel["companion"]
    had = free.days.of(free.day - 1, free.inflation).tours_in_kernel["companion"]
    assert offered.all()
    assert not had.all()
    assert arm.chosen.probability_made.sum() >= free.chosen.probability_made.sum()


def test_a_programme_is_met_on_the_street(settled):
    free = settled.fork()
    free.simulate_day()
    arm = lived(settled, "programme", PARK, attendance=500, from_hour=17, until_hour=21)
    from simulator.travel.day_walk import outdoors

    more = (outdoors(arm.walk) - outdoors(free.walk))[18, PARK].sum() / (arm.walk.unit * 3_600_000)
    assert more == pytest.approx(500.0, rel=0.05)


BAY = make_city(
    [(0.0, 0.0), (0.0, 200.0), (0.0, 400.0), (100.0, 400.0), (100.0, 200.0), (100.0, 0.0)],
    [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)],
    places=[("home", 0, 100.0), ("shop", 5, 5.0), ("work", 5, 5.0), ("leisure", 5, 5.0), ("gateway", 5, 1.0)],
)
"""Two streets of 400 m, 100 m apart, that meet at one end: 900 m round from end to end."""
ALL_OF_BAY = np.arange(5, dtype=np.int32)


def test_the_link_that_is_missed_most_joins_the_open_ends():
    measure = MEASURES["new_links"](name="one", links=1, longest_m=120, cuts_off_m=100)
    placed = measure.place(BAY, ALL_OF_BAY)
    assert placed.joined == ((0, 5),)
    assert placed.quantity == pytest.approx(100.0)
    assert placed.segments.tolist() == [0, 4]
    built = measure.built_on(BAY, placed)
    assert len(built.streets) == 6
    assert built.streets.length_m[5] == pytest.approx(100.0)
    assert (built.streets.segment_id[:5] == BAY.streets.segment_id).all()
    more = MEASURES["new_links"](name="one", links=9, longest_m=120, cuts_off_m=100).place(BAY, ALL_OF_BAY)
    assert more.joined == ((0, 5), (1, 4))  # 900 - 100 and 500 - 100 m are cut off; the third pair is joined already
    with pytest.raises(Exception, match="found no two junctions"):
        MEASURES["new_links"](name="one", longest_m=120, cuts_off_m=900).place(BAY, ALL_OF_BAY)


def test_people_walk_over_a_new_link_and_no_memory_or_draw_of_others_moves():
    baseline = Simulation.baseline(BAY, draw_parameters(1, 0), agents=400, date=FRIDAY)
    baseline.settle(2)
    free = baseline.fork()
    measure = MEASURES["new_links"](name="one", links=1, longest_m=120, cuts_off_m=100)
    arm = baseline.fork((measure.place(BAY, ALL_OF_BAY),))
    assert np.array_equal(arm.conditions.light_min_lx[:, :5], free.conditions.light_min_lx)
    assert np.array_equal(arm.expected_on[:, :5], free.expected_on)
    for lived in (free, arm):
        lived.simulate_day()
    walked = [(one.chosen.mode == 0).sum() for one in (free, arm)]
    assert walked[1] > walked[0]  # 100 m in place of 900 m
    assert np.isin(5, arm.chosen.rows.routed.route)
    assert np.array_equal(arm.chosen.trips.depart_ms, free.chosen.trips.depart_ms)
    assert arm.expected_on[:, 5].sum() > 0


def test_no_link_is_the_baseline_to_the_bit():
    baseline = Simulation.baseline(BAY, draw_parameters(1, 0), agents=200, date=FRIDAY)
    baseline.settle(1)
    measure = MEASURES["new_links"](name="one", links=0)
    arms = [baseline.fork(), baseline.fork((measure.place(BAY, ALL_OF_BAY),))]
    for arm in arms:
        arm.simulate_day()
    assert np.array_equal(arms[0].walk.cells, arms[1].walk.cells)


def undone(kind, back, **levers):
    """The streets after a measure and its undoing."""
    _, there = put(kind, **levers)
    _, again = put(kind, before=there, **back)
    return there, again


def test_a_measure_and_its_undoing_are_the_streets_as_they_were():
    rate = {"outages_per_lamp_year": 0.5}
    there, again = undone("lamp_repair", {"days_then": 30, "days_now": 3, **rate}, days_then=3, days_now=30, **rate)
    assert not np.array_equal(there.light_min_lx, BEFORE.light_min_lx)
    assert again.light_min_lx == pytest.approx(BEFORE.light_min_lx, rel=1e-6)
    there, again = undone("venue_hours", {"closes_later_h": -1}, closes_later_h=1)
    assert not np.array_equal(there.open_at, BEFORE.open_at)
    assert np.array_equal(again.open_at, BEFORE.open_at)
    assert again.nightlife == pytest.approx(BEFORE.nightlife, abs=1e-6)
    assert again.hazard_ratio == pytest.approx(BEFORE.hazard_ratio, rel=1e-5)
    there, again = undone("reporting", {"more_reports": 0.5}, more_reports=2.0)
    assert again.reporting_factor == pytest.approx(np.ones(4))


def test_a_rank_saves_part_of_the_wait_of_those_near_it_and_brings_its_drivers():
    _, after = put("taxi_rank", np.array([0], np.int32), from_hour=22, until_hour=4, ranks=2, cabs=3, reach_m=160)
    places = STREET.places
    near = np.hypot(places.x_m - 150.0, places.y_m) <= 160.0  # of the middle of the street
    assert after.offers.taxi_nearer[NIGHT].tolist() == np.where(near, 0.75, 0.0).tolist()
    assert not after.offers.taxi_nearer[NOON].any()
    (out,) = after.gatherings
    assert out.stays.people_by_hour()[STAYS.index("driver"), NIGHT] == pytest.approx(6.0)


def test_more_ranks_are_in_reach_of_more_places():
    every = np.arange(len(GRID.streets), dtype=np.int32)
    reached = []
    for ranks in (1, 4, 60):
        measure = MEASURES["taxi_rank"](name="one", where="segments", ranks=ranks, reach_m=120)
        assert measure.stands(GRID, every).size == ranks
        draw = Draw(GRID, PLAIN, FRIDAY)
        after = measure.change(conditions_of(GRID, PLAIN, FRIDAY), measure.place(GRID, every), draw)
        reached.append(int((after.offers.taxi_nearer[NIGHT] > 0).sum()))
    assert 0 < reached[0] < reached[1] < reached[2] == len(GRID.places)


def test_a_rank_makes_taxis_quicker_and_more_taken(settled):
    from simulator.kernels.costs import TAXI

    free = settled.fork()
    every = np.arange(len(GRID.streets), dtype=np.int32)
    measure = MEASURES["taxi_rank"](name="one", where="segments", wait_saved_share=1.0, reach_m=2000)
    arm = settled.fork((measure.place(GRID, every),))
    tours = [one.days.of(one.day, one.inflation) for one in (free, arm)]
    minutes = [one.trips_in_kernel["fixed"][:, TAXI] for one in tours]
    assert minutes[0] - minutes[1] == pytest.approx(settled.setting.parameters.taxi_wait_min)
    for one in (free, arm):
        one.simulate_day()
    assert (arm.chosen.mode == TAXI).sum() >= (free.chosen.mode == TAXI).sum()


def test_a_care_block_stands_in_the_middle_and_is_gone_to():
    baseline = Simulation.baseline(GRID, draw_parameters(1, 0), agents=1500, date=FRIDAY)
    baseline.settle(1)
    every = np.arange(len(GRID.streets), dtype=np.int32)
    measure = MEASURES["care_block"](name="one", services=("care", "health"), pull=50.0, where="segments")
    placed = measure.place(GRID, every)
    assert placed.quantity == 1.0
    junction = placed.joined[0][0]
    assert abs(GRID.junctions.x_m[junction] - 250.0) <= 50.0  # the grid is 500 m wide
    built = measure.built_on(GRID, placed)
    known = len(GRID.places)
    assert len(built.places) == known + 2
    assert (built.places.place_id[:known] == GRID.places.place_id).all()
    usual = np.median(GRID.places.size[GRID.places_of("care")])
    assert built.places.size[known] == pytest.approx(50.0 * usual)
    free, arm = baseline.fork(), baseline.fork((placed,))
    assert np.array_equal(arm.conditions.open_at[:, :known], free.conditions.open_at)
    assert arm.conditions.open_at[8:20, known:].all()
    assert not arm.conditions.open_at[21, known:].any()
    for one in (free, arm):
        one.simulate_day()
    there = arm.chosen.trips.destination >= known
    assert there.any()
    assert not (free.chosen.trips.destination >= known).any()


def test_who_is_stopped_by_a_gate_is_not_said_to_be_afraid(by_the_gate):
    from simulator.travel.outcomes import FEAR, NO_SERVICE, OTHER

    free = through(by_the_gate, PATH)
    arm = through(by_the_gate, np.arange(2, 7, dtype=np.int32), from_hour=13, until_hour=12)
    changed = (arm.chosen.why & OTHER) > (free.chosen.why & OTHER)
    assert changed.sum() > 20
    for reason in (FEAR, NO_SERVICE):
        assert ((arm.chosen.why & reason) > 0).sum() <= ((free.chosen.why & reason) > 0).sum() + 5


def test_a_link_is_the_same_whichever_way_it_is_named():
    from simulator.interventions.public_space.links import with_links

    there, back = (with_links(BAY, pairs, False, (1.0, 5.0)) for pairs in (((0, 5),), ((5, 0),)))
    assert there.streets.segment_id.tolist() == back.streets.segment_id.tolist()
    assert len(with_links(there, ((5, 0),), False, (1.0, 5.0)).streets) == 6


def test_the_users_own_running_cost_of_a_lamp_is_its_cost():
    placed, _ = put("lamp_hours", from_hour=0, until_hour=3, running_each_year=10.0)
    assert placed.running_per_year.value == 10.0


def test_light_alone_at_a_stop_costs_a_lamp_and_staff_what_the_user_says():
    city = line_city()
    every = np.arange(len(city.streets), dtype=np.int32)
    levers = ({"standard": "P2"}, {"staffed": True, "running_each_year": 9.0})
    light, staff = (MEASURES["stop_care"](name="one", where="stops", **one).place(city, every) for one in levers)
    assert light.capital.parameter == "lamp_capital"
    assert (staff.capital.value, staff.running_per_year.value) == (0.0, 9.0)


def test_hours_that_do_not_move_leave_incidents_as_they_are():
    always = dataclasses.replace(BEFORE, open_at=np.ones_like(BEFORE.open_at))
    _, after = put("venue_hours", before=always, closes_later_h=-1)
    assert np.array_equal(after.hazard_ratio, always.hazard_ratio)

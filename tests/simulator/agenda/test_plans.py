"""Plans: nobody is in two places, everybody comes back, and the survey's totals are met."""

import dataclasses
import datetime

import numpy as np
import pytest

from simulator.agenda.calendar import Calendar, Wishes
from simulator.agenda.plans import HOME, Planner
from simulator.agenda.survey_tables import DAYS, KINDS, PURPOSES, STOPS, agenda_tables, weekend_ratios
from simulator.agenda.wishes import Agenda
from simulator.city.network import PLACE_KINDS
from simulator.city.opening_hours import places_open
from simulator.evidence.parameters import Parameters, draw_parameters
from simulator.foundation.categories import AGE_BANDS, AGE_GROUPS, GENDERS
from simulator.foundation.clock import DAY_END_MS, DAY_MS, DAY_START_MS, HOUR_MS, HOURS, MINUTE_MS
from simulator.people.margins import centrality
from simulator.people.population import CARERS, make_people

from cities import grid_city

DECEMBER = datetime.date(2026, 12, 21)  # a Monday
FRIDAY = datetime.date(2026, 12, 18)
CITY = grid_city(6)
NO_INFLATION = np.ones((len(GENDERS), AGE_GROUPS, HOURS))
CENTRAL = draw_parameters(1, -1)
WITHOUT_SUN = draw_parameters(
    1, -1, {f"daylight_{name}_ratio": 1.0 for name in ("stroll", "leisure", "shop")}
)  # people go by the clock, as on the survey's own days


@pytest.fixture(scope="module")
def planned():
    parameters = draw_parameters(1, 0)
    people = make_people(CITY, parameters, 3000)
    planner = Planner(CITY, people, parameters, date=DECEMBER)
    return people, planner, planner.everything(0, NO_INFLATION)


def in_order(trips):
    """Rows of the trips by tour and leg."""
    return np.lexsort((trips.leg, trips.tour))


def test_every_tour_starts_at_home_and_comes_back_or_crosses_the_district(planned):
    people, _, (_, trips, outside, _) = planned
    rows = in_order(trips)
    same = trips.tour[rows][1:] == trips.tour[rows][:-1]
    before, after = rows[:-1][same], rows[1:][same]
    junction = CITY.places.junction
    stays = junction[trips.destination[before]] == junction[trips.origin[after]]
    away = (trips.outside_m[before] > 0) & (trips.outside_m[after] > 0)
    assert (stays | away).all(), "whoever is somewhere leaves from there, or is outside the district"
    first, last = rows[np.r_[True, ~same]], rows[np.r_[~same, True]]
    assert (trips.origin[first] == people.home[trips.person[first]]).all()
    home = (trips.destination[last] == people.home[trips.person[last]]) & (trips.purpose[last] == HOME)
    crosses = ~people.resident[trips.person[last]] & (trips.leg[last] == 0)
    assert (home | crosses).all()
    assert 0.05 < crosses.sum() / (~people.resident[trips.person[last]]).sum() < 0.5
    assert not outside[crosses.nonzero()[0]].all()


def test_departures_lie_within_the_day_and_in_order(planned):
    trips = planned[2].trips
    assert (trips.depart_ms >= DAY_START_MS).all()
    assert (trips.depart_ms < DAY_END_MS).all()
    assert (np.diff(trips.depart_ms) >= 0).all()


def test_nobody_is_out_twice_at_one_moment_round_the_clock(planned):
    _, planner, _ = planned
    for day in range(3):
        wishes, rows, times, *_ = planner._planned(day, 2.0 * NO_INFLATION)
        person = wishes.person[rows]
        out = np.zeros((person.max() + 1, DAY_MS // MINUTE_MS), np.int8)
        for who, start, end in zip(person, times.start, times.end, strict=True):
            minutes = np.arange(start // MINUTE_MS + 1, end // MINUTE_MS) % out.shape[1]
            out[who, minutes] += 1
        assert out.max() == 1
        assert (times.end > times.start).all()
        from_previous_day = times.end > DAY_END_MS
        assert from_previous_day.any(), "some come home past 04:00"


def test_only_those_who_work_go_to_work_and_children_are_taken_by_their_carers(planned):
    people, _, (_, trips, _, _) = planned
    for purpose, flag in (("work", people.works), ("study", people.student)):
        assert flag[trips.person[trips.purpose == PURPOSES.index(purpose)]].all()
    assert trips.with_child.any()
    assert (people.carer[trips.person[trips.with_child]] == CARERS.index("child")).all()
    young = people.age[trips.person] < draw_parameters(1, 0).walks_alone_from_age
    np.testing.assert_array_equal(trips.with_adult, young)


def test_who_takes_a_child_somewhere_has_it_along_on_the_way_there_and_back_from_where_it_is_fetched(planned):
    people, _, (tours, trips, _, _) = planned
    care = PURPOSES.index("care")
    carer = people.carer[trips.person] == CARERS.index("child")
    alone = trips.take(carer & (np.bincount(trips.tour, minlength=len(tours))[trips.tour] == 2))
    main = tours.purpose[alone.tour] == care
    there, back = (alone.take(main & (alone.purpose == purpose)) for purpose in (care, HOME))
    out, home = np.zeros(len(tours), bool), np.zeros(len(tours), bool)
    out[there.tour], home[back.tour] = there.with_child, back.with_child
    kinds = np.unique(there.tour)
    assert (out[kinds] != home[kinds]).all(), "either taken there, or fetched"


def test_places_are_open_when_they_are_reached(planned):
    people, _, (_, trips, _, stay) = planned
    hours = places_open(CITY, DECEMBER)
    rows = in_order(trips)
    goes_on = np.flatnonzero(trips.tour[rows][1:] == trips.tour[rows][:-1])
    here, after = rows[goes_on], rows[goes_on + 1]
    reached = (trips.depart_ms[after] - stay[here]) // HOUR_MS % HOURS
    place = trips.destination[here]
    inside = (trips.outside_m[here] == 0) | ~people.resident[trips.person[here]] & (trips.leg[here] == 0)
    inside &= CITY.places.kind[place] != PLACE_KINDS.index("gateway")
    works = trips.purpose[here] == PURPOSES.index("work")
    assert hours[reached, place][inside & ~works].all()


def shut_by_night():
    """The drawn city with shops that close at 19 and a bar that opens at 18."""
    kind = CITY.places.kind
    shop, bar = (kind == PLACE_KINDS.index(word) for word in ("shop", "nightlife"))
    opens = np.where(shop, 9.0, np.where(bar, 18.0, 0.0))
    closes = np.where(shop, 19.0, np.where(bar, 26.0, 24.0))
    return dataclasses.replace(CITY, places=dataclasses.replace(CITY.places, opens_h=opens, closes_h=closes))


def hours_at_the_bar(city, planner, closes):
    """Person-hours of customers at bars that close then, at the same wishes, and the latest moment at which one leaves."""
    kind = city.places.kind
    bars = kind == PLACE_KINDS.index("nightlife")
    places = dataclasses.replace(city.places, closes_h=np.where(bars, closes, city.places.closes_h))
    hours = places_open(dataclasses.replace(city, places=places), FRIDAY)
    _, trips, _, stay = planner.on(city, hours).everything(0, NO_INFLATION)
    rows = in_order(trips)
    goes_on = np.flatnonzero(trips.tour[rows][1:] == trips.tour[rows][:-1])
    here, after = rows[goes_on], rows[goes_on + 1]
    there = bars[trips.destination[here]] & (trips.purpose[here] == PURPOSES.index("leisure"))
    leaves = (trips.depart_ms + DAY_MS * trips.from_previous_day)[after][there]
    return stay[here][there].sum() / HOUR_MS, leaves.max() / HOUR_MS


def test_an_earlier_closing_takes_hours_from_bars_and_a_later_one_gives_them():
    city, parameters = shut_by_night(), draw_parameters(1, 0)
    planner = Planner(city, make_people(city, parameters, 3000), parameters, date=FRIDAY)
    told = {closes: hours_at_the_bar(city, planner, closes) for closes in (21.0, 22.0, 23.0)}
    assert 0.0 < told[21.0][0] < told[22.0][0] < told[23.0][0]
    for closes, (_, latest) in told.items():
        assert latest <= closes


def test_who_finds_the_shop_shut_goes_to_one_outside():
    city = shut_by_night()
    people = make_people(city, CENTRAL, 3000)
    _, trips, _, stay = Planner(city, people, CENTRAL, date=DECEMBER).everything(0, NO_INFLATION)
    shop = city.places.kind[trips.destination] == PLACE_KINDS.index("shop")
    goes = shop & (trips.purpose == PURPOSES.index("shop"))
    rows = in_order(trips)
    next_of = np.full(len(trips), -1)
    next_of[rows[:-1]] = rows[1:]
    reached = (trips.depart_ms[next_of[goes]] - stay[goes]) // HOUR_MS % HOURS
    assert goes.any()
    assert ((reached >= 9) & (reached < 19)).all()


def expected_trips():
    """Trips per person by gender and age band, worked out from the tables (2, 8)."""
    tables = agenda_tables()
    legs = 1 + (tables.pattern_share * (tables.patterns >= 0).sum(axis=1)).sum(axis=-1)  # (g, r, k)
    role = np.array([0, 1, 0, 1, 2])
    firsts = [KINDS.index(word) for word in ("work", "work_first", "study", "study_first")]
    goes = tables.rate[:, :, [0, 0, 1, 1], firsts].reshape(3, 8, 2, 2).sum(axis=-1)
    share = tables.role_share
    people = np.stack([share[..., 0] * goes[..., 0], share[..., 1] * goes[..., 1]], axis=-1)
    people = np.concatenate([people, share[..., :2] - people, share[..., 2:]], axis=-1)
    mass = np.repeat(people[..., None], len(KINDS), axis=-1)
    mass[:, :, :2, :6] = share[..., :2, None]
    assert mass.shape[2] == len(DAYS)
    return (mass * tables.rate * legs[:, role][:, None]).sum(axis=(2, 3))[:2]


def as_surveyed(people):
    """The people with roles at the survey's shares, by a rule that any order of rows keeps."""
    shares = np.cumsum(agenda_tables().role_share[people.gender, people.age_band], axis=1)
    variate = (people.person_id * 0.6180339887498949) % 1.0
    role = (variate[:, None] > shares).sum(axis=1)
    return dataclasses.replace(people, works=role == 0, student=role == 1, night_worker=(role == 0) & (variate < 0.1))


def test_trips_do_not_fall_short_of_the_survey():
    people = as_surveyed(make_people(CITY, CENTRAL, 12_000))
    every = Planner(CITY, people, WITHOUT_SUN, date=DECEMBER).everything(0, NO_INFLATION)
    wanted = expected_trips()
    mine = people.resident[every.trips.person]
    for gender in range(2):
        found = every.trips.take(mine & (people.gender[every.trips.person] == gender))
        number = np.bincount(people.age_band[people.resident & (people.gender == gender)], minlength=8)
        assert len(found) / (number * wanted[gender]).sum() == pytest.approx(1.0, abs=0.03)


def test_evening_tours_have_as_few_stops_and_begin_as_soon_after_the_full_hour_as_surveyed():
    """Once, patterns of stops were the same at all hours and minutes even: evenings ended too late."""
    people = as_surveyed(make_people(CITY, CENTRAL, 12_000))
    wishes, rows, times, *_ = Planner(CITY, people, CENTRAL, date=DECEMBER)._planned(0, NO_INFLATION)
    table, mine = agenda_tables(), people.resident[wishes.person[rows]]
    kind, several = wishes.kind[rows][mine], (wishes.stops[rows][mine, 1] >= 0)
    start = times.start[mine]
    hour, minute = start // HOUR_MS % HOURS, start % HOUR_MS / HOUR_MS
    for block in (slice(8, 9), slice(17, 19), slice(19, 21)):
        there = np.isin(hour, np.arange(24)[block])
        for name in ("leisure", "shop"):
            cell = there & (kind == KINDS.index(name))
            assert cell.sum() > 50
            wanted = table.several_share[KINDS.index(name), block].mean()
            spread = np.sqrt(wanted * (1 - wanted) / cell.sum())
            assert several[cell].mean() == pytest.approx(wanted, abs=0.05 + 2.5 * spread), (name, block)
        # in the evening a little later: what begins early in the hour is more often in the way of the tour before
        assert -0.03 < minute[there].mean() - table.start_share[block].mean() < 0.06


def test_tours_to_work_keep_the_survey_s_totals_whoever_works():
    usual = as_surveyed(make_people(CITY, CENTRAL, 12_000))
    every_fifth = usual.works & (usual.person_id % 5 == 0)
    fewer = dataclasses.replace(usual, works=usual.works & ~every_fifth, night_worker=usual.night_worker & ~every_fifth)
    count = []
    for people in (usual, fewer):
        wishes = Agenda(CITY, people, CENTRAL, np.ones(HOURS)).wishes(0, NO_INFLATION)
        mine = people.resident[wishes.person]
        count.append(np.isin(wishes.kind[mine], [KINDS.index("work"), KINDS.index("work_first")]).sum())
    assert count[1] / count[0] == pytest.approx(1.0, abs=0.06)


def test_night_workers_take_the_shifts_that_begin_late():
    people = as_surveyed(make_people(CITY, CENTRAL, 12_000))
    every = Planner(CITY, people, CENTRAL, date=DECEMBER).everything(0, NO_INFLATION)
    tours = every.tours.take(every.tours.purpose == PURPOSES.index("work"))
    first = tours.number == 0
    hour = tours.start_ms // HOUR_MS % HOURS
    late = first & ((hour >= 17) | (hour < 4))
    night = people.night_worker[tours.person] & people.resident[tours.person]
    day = ~people.night_worker[tours.person] & people.resident[tours.person]
    assert late[night].mean() > 5 * max(late[day].mean(), 1e-9)


@pytest.mark.slow
def test_friday_nights_are_out_as_counts_say():
    people = make_people(CITY, CENTRAL, 12_000)
    late = weekend_ratios("Friday")[0]
    assert (weekend_ratios("Wednesday")[0] == 1.0).all()
    leisure = []
    for ratio in (np.ones(HOURS), late):
        agenda = Agenda(CITY, people, CENTRAL, ratio)
        hours = agenda.inflated(NO_INFLATION)[0, 0, :, :, :, KINDS.index("leisure")]
        leisure.append(hours)
    np.testing.assert_allclose(leisure[1][..., 22], leisure[0][..., 22] * late[22])
    np.testing.assert_allclose(leisure[1][..., 12], leisure[0][..., 12])
    assert late[22] > 1.3
    usual, friday = (
        Planner(CITY, people, CENTRAL, date=date).everything(0, NO_INFLATION).tours for date in (DECEMBER, FRIDAY)
    )
    out = [(tours.start_ms // HOUR_MS >= 21).sum() for tours in (usual, friday)]
    assert out[1] > 1.1 * out[0]


def test_a_stay_is_as_long_as_where_it_begins_not_where_the_way_to_it_does():
    people, tables = make_people(CITY, CENTRAL, 1000), agenda_tables()
    count, shop, kind = 400, STOPS.index("shop"), KINDS.index("shop")
    stops = np.tile([shop, -1, -1], (count, 1))
    wishes = Wishes(np.arange(count), np.full(count, 11), np.full(count, kind), np.full(count, 4), stops)
    travel = np.tile([2 * HOUR_MS, 0, 0, HOUR_MS], (count, 1)).astype(np.int64)
    at_nine = np.zeros((len(KINDS), HOURS))
    at_nine[:, 9] = 1.0
    rows, times = Calendar(people, tables, CENTRAL).fill(0, wishes, travel, (at_nine, np.full(count, kind)))
    assert rows.size == count
    assert set((times.reach[:, 0] // HOUR_MS).tolist()) == {11}
    stay = (times.leave - times.reach)[:, 0] / MINUTE_MS
    quantiles = tables.stay_min[shop, 0, tables.block_of_hour[11]]
    assert (stay <= quantiles[15]).mean() == pytest.approx(0.75, abs=0.08)
    later = tables.stay_min[shop, 0, tables.block_of_hour[9]]
    assert abs((stay <= later[15]).mean() - 0.75) > 0.04, "of 11 o'clock, not of 9"
    assert stay.max() <= quantiles[-1]
    np.testing.assert_array_equal(times.end, times.leave[:, 0] + HOUR_MS)


def test_order_of_people_changes_nobodys_plans(planned):
    people, _, (tours, trips, _, _) = planned
    shuffled = np.random.default_rng(0).permutation(len(people))
    other = people.take(shuffled)
    again = Planner(CITY, other, draw_parameters(1, 0), date=DECEMBER).everything(0, NO_INFLATION)

    def told(who, trips):
        columns = (trips.depart_ms, trips.origin, trips.destination, trips.outside_m, trips.with_child)
        return sorted(zip(who.person_id[trips.person], *columns, strict=True))

    assert told(people, trips) == told(other, again.trips)
    assert len(tours) == len(again.tours)


def test_more_wishes_are_more_tours(planned):
    people, planner, (tours, _, _, _) = planned
    many, _ = planner.plan(0, 1.5 * NO_INFLATION)
    assert 1.15 < people.resident[many.person].sum() / people.resident[tours.person].sum() < 1.6


def test_a_day_s_plan_holds_only_trips_that_touch_the_district(planned):
    _, planner, every = planned
    _, trips = planner.plan(0, NO_INFLATION)
    junction = CITY.places.junction
    assert (junction[trips.origin] != junction[trips.destination]).all()
    assert len(trips) < len(every.trips)
    out = every.trips.outside_m > 0
    touches = out & ~every.outside
    ways = [PLACE_KINDS.index(word) for word in ("gateway", "stop")]  # visitors may come in at a stop
    ends = [np.isin(CITY.places.kind[end[touches]], ways) for end in (every.trips.origin, every.trips.destination)]
    assert (ends[0] | ends[1]).all(), "what leaves the district leaves by a way out"


def test_through_walkers_go_from_one_way_in_to_another(planned):
    people, _, (tours, trips, outside, _) = planned
    back = np.bincount(trips.tour[trips.purpose == HOME], minlength=len(tours)) > 0
    crosses = trips.take(~people.resident[trips.person] & ~back[trips.tour])
    assert len(crosses) > 50
    assert (crosses.origin != crosses.destination).all()
    for end in (crosses.origin, crosses.destination):
        assert np.isin(CITY.places.kind[end], [PLACE_KINDS.index(word) for word in ("gateway", "stop")]).all()
    assert not outside[~people.resident[trips.person] & ~back[trips.tour]].any()


def test_work_is_at_the_same_place_every_day():
    people = as_surveyed(make_people(CITY, CENTRAL, 2000))
    planner = Planner(CITY, people, CENTRAL, date=DECEMBER)
    where = []
    for day in (0, 1):
        trips = planner.everything(day, NO_INFLATION).trips
        first = trips.take((trips.leg == 0) & (trips.purpose == PURPOSES.index("work")) & people.resident[trips.person])
        where.append(dict(zip(first.person.tolist(), np.round(first.outside_m).tolist(), strict=True)))
    both = set(where[0]) & set(where[1])
    assert len(both) > 100
    assert np.mean([where[0][one] == where[1][one] for one in both]) > 0.9


def test_bands_of_the_tables_are_those_of_the_results():
    assert agenda_tables().rate.shape == (len(GENDERS), len(AGE_BANDS), len(DAYS), len(KINDS))


def shares_of_wishes(pull_share, who):
    """Share of each kind among the wishes of visitors or of residents."""
    values = {"centre_pull_share": pull_share, "visitors_without_jobs_share": 1.0}
    parameters = Parameters(CENTRAL.as_dict() | values, seed=1, draw=-1)
    assert centrality(CITY, 1000.0, parameters) == 1.0  # small, and few jobs do not count
    people = make_people(CITY, parameters, 12_000)
    agenda = Agenda(CITY, people, parameters, np.ones(HOURS))
    wishes = agenda.wishes(0, NO_INFLATION)
    kind = wishes.kind[people.resident[wishes.person] == (who == "residents")]
    return np.bincount(kind, minlength=len(KINDS)) / kind.size


def test_visitors_come_to_a_centre_for_what_people_come_to_centres_for():
    pull = agenda_tables().centre_pull
    leisure, drop = KINDS.index("leisure"), KINDS.index("drop")
    assert pull[leisure, 22] > 1.5 > 1.0 > pull[drop, 8]
    assert (pull[leisure, [21, 22, 23, 0, 1, 2, 3]] == pull[leisure, 21]).all()  # one block of the survey's
    usual, drawn = (shares_of_wishes(share, "visitors") for share in (0.0, 1.0))
    assert drawn[leisure] > 1.05 * usual[leisure]
    assert drawn[drop] < 0.8 * usual[drop]
    np.testing.assert_array_equal(shares_of_wishes(0.0, "residents"), shares_of_wishes(1.0, "residents"))


def test_visitors_hours_are_the_survey_s_times_the_pull_so_far_as_the_place_is_a_centre():
    people = make_people(CITY, CENTRAL, 1000)
    agenda = Agenda(CITY, people, CENTRAL, np.ones(HOURS))
    residents, visitors = agenda.inflated(NO_INFLATION)
    central = centrality(CITY, float(people.weight[people.resident].sum()), CENTRAL)
    assert 0.0 < central < 1.0  # few jobs
    np.testing.assert_allclose(visitors, residents * agenda_tables().centre_pull ** central)


@pytest.mark.slow
def test_more_visitors_come_on_a_friday_and_they_are_out_later():
    people = make_people(CITY, CENTRAL, 12_000)
    count, late = [], []
    for date in (DECEMBER, FRIDAY):
        tours = Planner(CITY, people, CENTRAL, date=date).everything(0, NO_INFLATION).tours
        mine = ~people.resident[tours.person]
        count.append(mine.sum())
        late.append((tours.start_ms[mine] >= 19 * HOUR_MS).sum())
    assert 1.0 < count[1] / count[0] < 1.3
    assert late[1] > 1.1 * late[0]


def test_visitors_begin_when_they_wish_to_since_nothing_is_in_their_way():
    """What residents wish more often because their days are full is no visitor's wish."""
    people = make_people(CITY, CENTRAL, 12_000)
    agenda = Agenda(CITY, people, CENTRAL, np.ones(HOURS))
    before = agenda.inflated(NO_INFLATION).copy()
    wishes = agenda.wishes(0, NO_INFLATION)
    planned, times = agenda.place_in_time(0, wishes, np.full((wishes.person.size, 4), 5 * MINUTE_MS), NO_INFLATION)
    agenda.make_up(wishes, planned, times.start)
    after = agenda.inflated(NO_INFLATION)
    assert (after[0] != before[0]).any()
    np.testing.assert_array_equal(after[1], before[1])
    tours = Planner(CITY, people, WITHOUT_SUN, date=DECEMBER).everything(0, NO_INFLATION).tours
    mine = ~people.resident[tours.person]
    hour = tours.start_ms[mine] // HOUR_MS % HOURS
    visits = ~people.resident[wishes.person]
    weights = agenda.in_the_light(before).reshape(-1, HOURS)[agenda.rows_of(wishes)[visits]]
    wished = (weights / weights.sum(axis=1, keepdims=True)).mean(axis=0)
    evening = np.arange(HOURS) >= 19
    assert np.isin(hour, np.flatnonzero(evening)).mean() == pytest.approx(wished[evening].sum(), rel=0.15)

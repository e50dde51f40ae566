"""Shocks: what they do on drawn streets, counted by hand, and what is left of measures under them."""

import datetime
from functools import cache

import numpy as np
import pytest

from simulator.accounting import tables as accounting
from simulator.city.conditions import Draw, conditions_of
from simulator.evidence.parameters import draw_parameters
from simulator.interventions import MEASURES
from simulator.kernels.walking import KINDS, TIME
from simulator.setting import GROUP_SHAPE
from simulator.simulation import Simulation

from cities import grid_city, make_city

FRIDAY = datetime.date(2026, 12, 18)
CITY = grid_city(5)
EVERY = np.arange(len(CITY.streets), dtype=np.int32)
ROW = make_city(
    [(0.0, 0.0), (100.0, 0.0), (200.0, 0.0), (300.0, 0.0)],
    [(0, 1), (1, 2), (2, 3)],
    places=[("home", 0, 100.0), ("nightlife", 1, 10.0), ("nightlife", 3, 10.0), ("gateway", 3, 1.0)],
    unlit=(2,),
)
PARAMETERS = draw_parameters(1, 0)
NIGHT = {"from_hour": 22, "until_hour": 2}
AT = [22, 23, 0, 1]
ELSE = [hour for hour in range(24) if hour not in AT]


@cache
def settled():
    baseline = Simulation.baseline(CITY, PARAMETERS, agents=400, date=FRIDAY)
    baseline.settle(1)
    return baseline


def placed(kind, city=CITY, segments=None, **levers):
    measure = MEASURES[kind](name=kind, where="segments", **levers)
    return measure.place(city, EVERY[: len(city.streets)] if segments is None else np.array(segments, np.int32))


def struck(kind, segments=None, **levers):
    """The streets of the row before and after a shock."""
    before = conditions_of(ROW, PARAMETERS, FRIDAY)
    one = placed(kind, ROW, segments, **levers)
    return before, one.measure.change(before, one, Draw(ROW, PARAMETERS, FRIDAY))


def lived(arm):
    arm.simulate_day()
    return accounting.summary_table(arm, {})


@pytest.mark.parametrize(
    "zero",
    [
        ("blackout", {"light": 1.0}),
        ("curfew", {"venues": ()}),
        ("arrivals", {"times": 1.0}),
        ("event", {"attendance": 0}),
    ],
)
def test_a_shock_of_nothing_is_no_shock_to_the_bit(zero):
    kind, levers = zero
    lamps = [placed("lighting", standard="P1")]
    under = settled().under([placed(kind, **levers)])
    assert lived(under.fork(lamps)).equals(lived(settled().fork(lamps)))
    assert lived(under.fork()).equals(lived(settled().fork()))


def test_no_shock_is_the_arm_itself():
    assert settled().under([]) is settled()


def test_a_blackout_leaves_the_share_of_light_that_is_said_in_its_hours_only():
    before, after = struck("blackout", segments=[0, 2], light=0.25, **NIGHT)
    assert before.light_min_lx[0].tolist() == [1.0, 1.0, 0.0]
    assert (after.light_min_lx[AT] == [0.25, 1.0, 0.0]).all()
    assert (after.light_mean_lx[AT] == [1.25, 5.0, 0.0]).all()
    assert np.array_equal(after.light_min_lx[ELSE], before.light_min_lx[ELSE])
    assert np.array_equal(after.hazard_ratio, before.hazard_ratio)


@pytest.mark.parametrize("light", [0.0, 0.5])
def test_lamps_of_a_measure_are_out_in_a_blackout_with_their_ratio_on_incidents(light):
    shock, lamps = placed("blackout", light=light, **NIGHT), placed("lighting", standard="P1")
    under = settled().under([shock])
    dark, arm, usual = under.fork().conditions, under.fork([lamps]).conditions, settled().fork([lamps]).conditions
    share = np.float32(light)
    for name in ("light_min_lx", "light_mean_lx"):
        low, high, full = (getattr(one, name) for one in (dark, arm, usual))
        assert high[AT] == pytest.approx(share * full[AT], abs=1e-6)
        assert np.array_equal(high[ELSE], full[ELSE])
        assert low[AT] == pytest.approx(share * settled().conditions.light_min_lx[AT] * (1 if "min" in name else 5))
    near = usual.hazard_ratio[:, AT]
    assert (near < 1).any()
    if light == 0.0:
        assert (arm.hazard_ratio[:, AT][near < 1] >= 1.0).all()  # what is left there is what comes from elsewhere
    noon = [12]
    assert np.array_equal(arm.hazard_ratio[:, noon], usual.hazard_ratio[:, noon])
    assert arm.treated.sum() == lamps.segments.size


def test_hosts_work_in_a_blackout_as_ever():
    hosts = placed("hosts", hosts=3.0, from_hour=20, until_hour=4)
    under = settled().under([placed("blackout", **NIGHT)]).fork([hosts]).conditions
    usual = settled().fork([hosts]).conditions
    assert np.array_equal(under.guardians, usual.guardians)
    assert np.array_equal(under.hazard_ratio, usual.hazard_ratio)


def test_a_flood_closes_what_is_said_and_shuts_what_lies_there_but_no_home():
    before, after = struck("flood", segments=[0], **NIGHT)
    assert before.closed is None
    assert after.closed[AT].tolist() == [[True, False, False]] * 4
    assert not after.closed[ELSE].any()
    home, first_bar, second_bar, _ = after.open_at[AT].T  # the first bar's street is the one that is flooded
    assert home.all()
    assert not first_bar.any()
    assert second_bar.tolist() == before.open_at[AT, 2].tolist()


def test_a_curfew_shuts_venues_and_closes_streets_only_if_so_ordered():
    before, after = struck("curfew", **NIGHT)
    assert before.open_at[AT][:, 1:3].any()
    assert not after.open_at[AT][:, 1:3].any()
    assert np.array_equal(after.open_at[ELSE], before.open_at[ELSE])
    assert after.closed is None
    assert (after.nightlife[AT] < 1e-6).all()
    assert struck("curfew", streets=True, **NIGHT)[1].closed[AT].all()


def test_no_measure_opens_what_a_curfew_shuts():
    late = placed("venue_hours", opens=True, from_hour=20, until_hour=6)
    curfew = placed("curfew", **NIGHT)
    usual, under = settled().fork([late]).conditions, settled().under([curfew]).fork([late]).conditions
    bars = CITY.places_of("nightlife")
    assert usual.open_at[np.ix_(AT, bars)].all()
    assert not under.open_at[np.ix_(AT, bars)].any()
    together = settled().fork([late, curfew]).conditions  # in one case a shock comes first, wherever it stands
    assert np.array_equal(together.open_at, under.open_at)
    assert np.array_equal(together.frontage, under.frontage)


def walked_ms(arm):
    """Weighted time walked on the first day by visitors and by residents; the streets are as remembered by both arms."""
    arm.simulate_day()
    walks = np.split(arm.walk.cells.sum(axis=(0, 2)), KINDS, axis=-1)[0][:, TIME]
    return walks.reshape(GROUP_SHAPE[0], -1).sum(axis=1)


def test_three_times_as_many_visitors_walk_exactly_three_times_as_long_before_anybody_learns():
    visitors, residents = walked_ms(settled().fork())
    more, same = walked_ms(settled().under([placed("arrivals", times=3.0)]).fork())
    assert visitors > 0
    assert (more, same) == (3 * visitors, residents)


def test_arrivals_leave_wishes_and_residents_as_they_are():
    before, after = settled().setting, settled().under([placed("arrivals", times=2.0)]).setting
    assert after.planner is before.planner
    assert np.array_equal(after.residents, before.residents)
    visitors = ~before.people.resident
    assert np.array_equal(after.people.weight[visitors], 2 * before.people.weight[visitors])


def test_an_event_brings_out_so_many_of_each_gender_and_a_crowd_that_drinks_as_said():
    before, after = struck("event", attendance=60.0, women_share=0.25, drinking=0.5, segments=[0, 1], **NIGHT)
    women, men = after.gatherings
    for one, people, gender in ((women, 15.0, "woman"), (men, 45.0, "man")):
        assert one.genders == (gender,)
        out = one.stays.people_by_hour().sum(axis=0)
        assert out[AT] == pytest.approx([people] * 4)
        assert not out[ELSE].any()
    assert (after.nightlife[AT][:, :2] == np.maximum(before.nightlife[AT][:, :2], np.float32(0.5))).all()
    assert np.array_equal(after.nightlife[:, 2], before.nightlife[:, 2])


def test_streets_that_a_shock_strikes_do_not_count_as_treated():
    under = settled().under([placed("blackout"), placed("flood", segments=[0], **NIGHT)])
    assert not under.conditions.treated.any()
    assert settled().fork([placed("blackout")]).conditions.treated.all()

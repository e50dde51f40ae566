"""Ratings carried along streets, on drawn ones by hand."""

import dataclasses
import math

import numpy as np
import pytest

from simulator.city.audit_estimates import COLUMNS, audit_estimates
from simulator.city.audits import AUDIT_PARAMETERS, Audits
from simulator.evidence.parameters import nominal

from cities import make_city

DECAY = nominal("audit_decay")


def street(audits, *, links=None, nodes=None):
    """Four links of 100 m in a row, keys 1000 to 1003, with ratings (segment, parameter, rating, hour, month)."""
    nodes = nodes or [(100.0 * x, 0.0) for x in range(5)]
    city = make_city(nodes, links or [(x, x + 1) for x in range(4)])
    segment, parameter, rating, hour, month = zip(*audits, strict=True)
    table = Audits(
        audit_id=1 + np.arange(len(audits)),
        x_m=np.zeros(len(audits)),
        y_m=np.zeros(len(audits)),
        segment=np.array(segment),
        parameter=np.array([AUDIT_PARAMETERS.index(word) for word in parameter]),
        rating=np.array(rating, float),
        hour=np.array(hour),
        month=np.array(month),
    )
    return dataclasses.replace(city, audits=table)


def test_a_rating_fades_along_the_street():
    told = audit_estimates(street([(0, "lighting", 1, 22, "2024-12")])).set_index("segment_id")
    assert tuple(told.reset_index().columns) == COLUMNS
    assert told["estimate_points"].tolist() == [1.0] * len(told)
    assert told.loc[1000, "support"] == 1.0
    assert told.loc[1001, "support"] == pytest.approx(math.exp(-100 / DECAY))
    assert set(told["period"]) == {"dark"}


def test_two_ratings_are_averaged_by_their_distance():
    told = audit_estimates(street([(0, "feeling", 0, 22, "2024-01"), (2, "feeling", 3, 23, "2024-12")]))
    row = told.set_index("segment_id").loc[1001]
    assert row["estimate_points"] == pytest.approx(1.5)  # in the middle between them
    assert (row["audits"], row["youngest_month"]) == (2, "2024-12")
    near = told.set_index("segment_id").loc[1000]
    far = math.exp(-200 / DECAY)
    assert near["estimate_points"] == pytest.approx(3 * far / (1 + far))


def test_day_and_dark_and_parameters_are_kept_apart():
    told = audit_estimates(
        street([(0, "people", 3, 12, "2024-06"), (0, "people", 0, 23, "2024-12"), (0, "lighting", 2, 23, "2024-12")])
    )
    here = told[told["segment_id"] == 1000].set_index(["parameter", "period"])["estimate_points"]
    assert here.to_dict() == {("lighting", "dark"): 2.0, ("people", "dark"): 0.0, ("people", "day"): 3.0}


def test_the_way_on_foot_counts_and_not_the_air():
    """Two streets 5 m apart, joined only 300 m away: what was rated on one says little of the other."""
    nodes = [(0, 0), (100, 0), (400, 0), (400, 5), (100, 5), (0, 5)]
    city = street([(0, "people", 2, 12, "2024-06")], nodes=nodes, links=[(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)])
    told = audit_estimates(city).set_index("segment_id")
    assert 1000 in told.index
    assert 1004 not in told.index  # the opposite side of the wall


def test_little_support_gives_no_estimate():
    told = audit_estimates(street([(0, "people", 2, 12, "2024-06")]))
    assert (told["support"] >= nominal("audit_least_support")).all()
    assert 1003 not in set(told["segment_id"])  # 300 m away


def test_the_order_of_audits_changes_nothing():
    city = street([(row % 4, "people", row % 4, 6 + row, f"2024-{1 + row % 12:02d}") for row in range(16)])
    shuffled = dataclasses.replace(city, audits=city.audits.take(np.random.default_rng(0).permutation(16)))
    one, other = audit_estimates(city), audit_estimates(shuffled)
    assert one.equals(other)


def test_a_city_without_audits_has_no_estimates():
    told = audit_estimates(make_city([(0, 0), (100, 0)], [(0, 1)]))
    assert (len(told), tuple(told.columns)) == (0, COLUMNS)

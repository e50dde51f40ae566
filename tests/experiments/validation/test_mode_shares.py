"""Modes by day and night, added up by hand."""

import pandas as pd
import pytest

from experiments.validation.mode_shares import mode_shares, surveyed_shares
from simulator.foundation.categories import MODES


def row(gender, hour, itinerary="realised", **trips):
    return {"itinerary": itinerary, "gender": gender, "hour": hour} | {f"trips_{m}": trips.get(m, 0.0) for m in MODES}


def test_shares_are_of_trips_made_by_day_and_by_night():
    summary = pd.DataFrame(
        [
            row("woman", 6, walk=3.0, passenger=1.0),
            row("woman", 19, walk=4.0),
            row("woman", 20, passenger=1.0, taxi=1.0),
            row("woman", 5, walk=2.0),
            row("man", 12, driver=5.0),
            row("man", 12, itinerary="frozen", walk=100.0),
        ]
    )
    shares = mode_shares(summary).set_index(["period", "gender", "mode"])["share"]
    assert shares["day", "woman", "passenger"] == pytest.approx(1 / 8)
    assert shares["night", "woman", "passenger"] == pytest.approx(1 / 4)
    assert shares["day", "man", "driver"] == 1.0


def test_the_survey_has_more_women_riding_along_by_night_and_hardly_more_men():
    shares = surveyed_shares().set_index(["gender", "mode", "period"])["surveyed"]
    assert shares["woman", "passenger", "night"] / shares["woman", "passenger", "day"] > 1.8
    assert shares["man", "passenger", "night"] / shares["man", "passenger", "day"] < 1.5
    for gender in ("woman", "man"):
        assert shares[gender].groupby("period").sum().tolist() == pytest.approx([1.0, 1.0])

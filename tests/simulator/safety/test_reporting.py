"""Recorded incidents: channels together give the rate at all, and raise records without raising incidents."""

import numpy as np
import pytest

from simulator.evidence.parameters import draw_parameters
from simulator.foundation.categories import GENDERS, INCIDENTS
from simulator.safety.reporting import CHANNELS, channel_rates, recorded_share


@pytest.mark.parametrize("draw", [-1, *range(20)])
def test_channels_together_record_what_evidence_says(draw):
    parameters = draw_parameters(1, draw)
    share = recorded_share(parameters)
    more = parameters.reporting_women_over_men
    for kind, word in enumerate(INCIDENTS):
        mean = parameters[f"reporting_{word}"]
        women, men, another = share[kind]
        assert women == pytest.approx(mean * np.sqrt(more))
        assert men == pytest.approx(mean / np.sqrt(more))
        assert min(women, men) - 1e-12 <= another <= max(women, men) + 1e-12
    rates = channel_rates(parameters)
    assert rates.shape == (len(INCIDENTS), len(GENDERS), len(CHANNELS))
    assert (rates >= 0).all()
    assert (rates.sum(axis=-1) >= share - 1e-12).all()  # an incident recorded twice is recorded once


def test_an_app_that_is_used_twice_as_much_records_more_by_hand():
    parameters = draw_parameters(1, -1)
    factor = np.ones(len(CHANNELS))
    factor[CHANNELS.index("app")] = 2.0
    before, after = recorded_share(parameters), recorded_share(parameters, factor)
    by_app = 1 - (1 - 0.5) ** 0.05  # robbery, half recorded at all, a twentieth of that by app
    others = 1 - (1 - 0.5) ** 0.95
    assert before[1, 0] == pytest.approx(0.5)
    assert after[1, 0] == pytest.approx(1 - (1 - others) * (1 - 2 * by_app))
    assert (after > before).all()
    assert (recorded_share(parameters, 1000 * factor) <= 1.0).all()

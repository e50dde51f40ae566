"""What follows from a draw is worked out once, and whoever asks for it has read what it read."""

import numpy as np

from simulator.evidence.parameters import draw_parameters, once_a_draw
from simulator.interventions.lighting.new_lamps import direct_of_lamps
from simulator.safety.reference_area import hour_multiplier

OF_LAMPS = "simulator.interventions.lighting.new_lamps"


def test_it_is_worked_out_once_for_a_draw_and_anew_for_another():
    asked = []

    @once_a_draw
    def told(parameters, hours):
        asked.append((parameters.draw, hours))
        return hours + parameters.draw

    first, second = draw_parameters(1, 3), draw_parameters(1, 4)
    assert [told(first, 2), told(first, 2), told(first, 5), told(second, 2)] == [5, 5, 8, 6]
    assert asked == [(3, 2), (3, 5), (4, 2)]


def test_who_asks_later_has_read_the_same():
    parameters = draw_parameters(1, 0)
    ratio = direct_of_lamps(parameters)
    first = parameters.reads()
    assert "lamp_hazard_ratio" in first[OF_LAMPS]
    assert "hour_shape_weight" in first["simulator.safety.reference_area"]
    parameters.forget_reads()
    assert parameters.reads() == {}
    np.testing.assert_array_equal(direct_of_lamps(parameters), ratio)
    assert parameters.reads() == first


def test_what_was_worked_out_within_another_is_noted_for_both():
    parameters = draw_parameters(1, 0)
    hour_multiplier(parameters)
    inner = parameters.reads()
    parameters.forget_reads()
    direct_of_lamps(parameters)
    parameters.forget_reads()
    hour_multiplier(parameters)
    assert parameters.reads() == inner

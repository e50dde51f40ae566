"""The Mesa model by names, alone and in Mesa's own batch runner."""

import mesa
import numpy as np
import pytest

from experiments.case_model import CaseModel
from simulator.errors import AfterdarkError
from simulator.model import REPORTERS, SafetyModel

from cities import grid_city
from linecity import MONDAY


def test_a_batch_of_mesas_reports_each_step():
    city = grid_city(4)
    rows = mesa.batch_run(
        SafetyModel,
        {"network": [city], "agents": [150], "date": MONDAY, "seed": [1, 2], "settle_days": 0},
        max_steps=180,
        data_collection_period=60,
        display_progress=False,
    )
    assert len(rows) == 2 * 4
    assert set(REPORTERS) <= set(rows[0])
    first = [row for row in rows if row["seed"] == 1]
    assert [row["clock"][11:] for row in first] == ["04:01:00", "05:01:00", "06:01:00", "07:01:00"]
    assert first[-1]["people_outdoors"] > 0
    assert 0 < first[-1]["women_feel_safe_share"] < 1


def test_what_a_model_reports_is_what_its_people_say():
    model = SafetyModel(grid_city(4), agents=200, date=MONDAY, settle_days=0)
    for _ in range(5):
        model.step()
    model.advance(14 * 3600)
    model.step()
    told = model.datacollector.get_model_vars_dataframe()
    assert len(told) == 6, "advance() reports nothing"
    people = model.people
    women = people.select(gender="woman")
    share, walked, weight = (np.asarray(women.get(name)) for name in ("feels_safe_share", "walking_s", "weight"))
    on_foot = walked > 0
    expected = (share * walked * weight)[on_foot].sum() / (walked * weight)[on_foot].sum()
    assert told["women_feel_safe_share"].iloc[-1] == pytest.approx(expected, rel=1e-3)  # weights are whole units there
    outdoors = np.asarray(people.select(outdoors=True).get("weight")).sum()
    assert told["people_outdoors"].iloc[-1] == pytest.approx(outdoors)


def test_a_case_by_name_is_in_place_and_random_numbers_are_common():
    plain, lit = (CaseModel(case=case, agents=150, settle_days=0) for case in ("baseline", "light-the-park-paths"))
    assert not plain.simulation.conditions.treated.any()
    assert lit.simulation.conditions.treated.sum() == 40
    assert plain.now == lit.now
    tours = [model.simulation.chosen.tours.start_ms for model in (plain, lit)]
    np.testing.assert_array_equal(*tours)


def test_a_name_that_is_none_is_refused_as_on_the_command_line():
    with pytest.raises(AfterdarkError, match="did you mean"):
        CaseModel(case="light-the-park-path")
    assert CaseModel(agents=150, date="2026-06-21", settle_days=0).now.date().isoformat() == "2026-06-21"

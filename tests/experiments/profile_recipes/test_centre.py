"""What leads people to a centre, counted by hand on a few invented days."""

import pandas as pd
import pytest

from experiments.profile_recipes import centre
from experiments.profile_recipes.survey import AGE_BANDS


def day(person, home, *stops):
    """A person's trips: out to each stop (word, hour, sector) in turn and home again."""
    rows, origin = [], "home"
    for number, (word, hour, sector) in enumerate((*stops, ("home", stops[-1][1] + 1, home))):
        rows.append(
            {"person": person, "number": number, "origin": origin, "purpose": word, "stop": word, "tour": 1}
            | {"start": 60 * hour, "end": 60 * hour + 10, "stay": 30.0, "to_sector": sector, "home_sector": home}
            | {"gender": "woman", "age_band": AGE_BANDS[3], "role": "employed", "weight": 1.0}
        )
        origin = word
    return rows


def test_tours_of_those_who_live_elsewhere_are_counted():
    days = pd.DataFrame(
        [
            *day("a", "050", ("leisure", 22, "001")),
            *day("b", "050", ("leisure", 22, "060")),
            *day("c", "050", ("work", 8, "060"), ("shop", 17, "002")),  # led to the centre on the way
            *day("d", "050", ("work", 8, "060")),
            *day("e", "001", ("leisure", 22, "001")),  # lives there
        ]
    )
    every, into = centre.tours_into(days)
    assert sorted(every["person"]) == ["a", "b", "c", "d"]
    assert sorted(zip(into["person"], into["purpose"], into["block"], strict=True)) == [
        ("a", "leisure", 5),
        ("c", "work", 0),
    ]


def test_thin_cells_lean_on_the_purpose_and_thin_purposes_on_all_tours(monkeypatch):
    monkeypatch.setattr(centre, "_TOURS_LENT", 2.0)
    days = pd.DataFrame(
        [
            *day("a", "050", ("leisure", 22, "001")),
            *day("b", "050", ("leisure", 10, "060")),
            *day("c", "050", ("work", 8, "060")),
            *day("d", "050", ("work", 8, "060")),
        ]
    )
    table = centre.pull(days).set_index(["purpose", "from_hour"])
    overall = 1 / 4
    leisure = (1 + 2 * overall) / (2 + 2)
    assert table.loc[("leisure", 21), "pull"] == pytest.approx((1 + 2 * leisure) / (1 + 2) / overall)
    assert table.loc[("leisure", 9), "pull"] == pytest.approx((0 + 2 * leisure) / (1 + 2) / overall)
    assert table.loc[("leisure", 14), "pull"] == pytest.approx(leisure / overall)
    assert table.loc[("study", 4), "pull"] == pytest.approx(1.0)
    assert table.loc[("work", 4), ["n", "n_centre"]].tolist() == [2, 0]

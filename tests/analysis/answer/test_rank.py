"""Ideas ranked: dominance, the front and what cannot be told, in words and tables made from costs and gains by hand."""

import dataclasses

import numpy as np
import pytest

from analysis.answer import rank
from analysis.answer.rank import Ranking

STEPS = np.array([-1.0, 0.0, 1.0, 0.0])


@pytest.fixture
def ranking():
    """Lamps lie on the front, paint costs more and gains less, songs gain nothing to speak of, dance is not counted."""
    cost = np.array([[100.0], [200.0], [90.0], [95.0]]) + 0.0 * STEPS
    gain = np.array([[50.0], [40.0], [0.0], [np.nan]]) + np.array([[1.0], [20.0], [9.0], [0.0]]) * STEPS
    names = ("lamps", "paint", "songs", "dance")
    return Ranking(names, tuple(name.title() for name in names), cost, 10 * cost, gain, "EUR", 12, False)


class Facts:
    """The one fact that the sentences need."""

    date_in_words = "18 December 2026"


def test_the_table_by_hand(ranking):
    table = rank.rank_table(ranking, budget=100.0).set_index("scenario")
    assert table["dominated_by"].tolist() == ["", "lamps", "", ""]
    assert table["on_front"].tolist() == [True, False, False, False]
    assert table["within_budget"].tolist() == [True, False, True, True]
    assert table.loc["paint", "within_budget_share"] == 0.0
    assert table["gains_share"].tolist()[:3] == [1.0, 1.0, 0.25]
    assert np.isnan(table.loc["dance", "gains_share"])
    assert table.loc["lamps", "net_present_cost"] == 1000.0
    shown = rank.money_and_gain(ranking, rank.rank_table(ranking, budget=100.0), budget=100.0)
    assert [row[4] for row in shown.rows] == ["4 of 4", "4 of 4", "1 of 4", "–"]
    assert [row[5] for row in shown.rows] == ["yes\n(4 of 4)", "no\n(0 of 4)", "yes\n(4 of 4)", "yes\n(4 of 4)"]
    assert len(rank.money_and_gain(ranking, rank.rank_table(ranking)).columns) == 5


def test_sentences_say_what_dominates_what_and_what_cannot_be_told(ranking):
    said = rank.sentences(ranking, Facts())
    assert said[0] == (
        "In the mean “Paint” is dominated by “Lamps”: it costs more and gains less; so in 3 of 4 draws, which does not "
        "settle it."
    )
    assert "cheapest first: “Lamps”." in said[1]
    assert said[2].startswith("“Paint” and “Songs”: their gain in safe minutes is not distinguishable from no effect.")
    assert said[3].startswith("“Dance”: its gain in safe minutes is not counted")
    assert "18 December 2026" in said[4]
    assert len(rank.sentences(dataclasses.replace(ranking, per_year=True), Facts())) == 4


def test_what_holds_in_every_draw_settles_it(ranking):
    surely = dataclasses.replace(ranking, gain=np.round(ranking.gain - [[0.0], [30.0], [0.0], [0.0]]))
    assert rank.sentences(surely, Facts())[0].endswith("gains less; so in 4 of 4 draws.")


def test_what_is_not_counted_is_not_cleared_of_being_dominated(ranking):
    dear = dataclasses.replace(ranking, cost=np.array([[30.0], [20.0], [10.0], [40.0]]) + 0.0 * STEPS)
    assert rank.sentences(dear, Facts())[0].startswith("No idea whose gain is counted is dominated:")
    counted = dataclasses.replace(dear, gain=ranking.gain.copy())
    counted.gain[3] = 60.0
    assert rank.sentences(counted, Facts())[0].startswith("No idea is dominated:")


def test_pairs_and_values_leave_out_what_is_not_counted(ranking):
    pairs = rank.pairs_table(ranking)
    assert [row[0] for row in pairs.rows] == ["Lamps", "Paint", "Songs"]
    assert pairs.rows[0] == ("Lamps", "–", "3", "4")
    values = rank.values_table(ranking)
    assert [row[0] for row in values.rows] == ["Lamps", "Paint", "Songs", "none of them"]
    columns = list(zip(*(row[1:] for row in values.rows), strict=True))
    assert all(sum(int(share.split()[0]) for share in column) == 100 for column in columns)
    nothing = dataclasses.replace(ranking, gain=-np.abs(ranking.gain))
    assert rank.values_table(nothing).rows == ()

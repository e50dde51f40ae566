"""Conflict boards: one for each word of the cases, each with sides, cases and a goal that can be judged."""

import pandas as pd
import pytest

from analysis.indicators.catalogue import INDICATORS
from analysis.language import ENGLISH
from experiments.workshop.boards import BOARDS, EXERCISES
from experiments.workshop.cases_dialog import cases_of
from experiments.workshop.exercises import MET, MISSED, UNSURE, Ask, _asked, judged
from experiments.workshop.goal_panel import board_html
from scenarios import list_cases, load_scenario

from workshop_room import row


def test_there_is_a_board_for_each_word_of_the_cases():
    words = {board for name in list_cases() for board in load_scenario(name).boards}
    assert {one.board for one in BOARDS} == words
    assert len(BOARDS) == 5
    assert next(iter(EXERCISES)) == ""


@pytest.mark.parametrize("board", BOARDS, ids=lambda one: one.key)
def test_a_board_has_sides_cases_and_a_goal(board):
    assert len(board.sides) == 4
    assert board.asks
    assert {one.indicator for one in board.asks} <= set(INDICATORS)
    cases = cases_of(board.board)
    own = [board.board in scenario.boards for _, scenario in cases]
    assert any(own)
    assert own == sorted(own, reverse=True)  # its own cases stand first
    assert len(cases) == len(cases_of(""))
    told = board_html(board, ENGLISH)
    assert all(who in told for who, _ in board.sides)


def test_other_exercises_have_no_board():
    assert board_html(EXERCISES["gap"], ENGLISH) == ""


@pytest.mark.parametrize(
    ("verdict", "better", "found"),
    [
        ("better", True, MET),
        ("better", False, MET),
        ("worse", True, MISSED),
        ("worse", False, MISSED),
        ("negligible", True, MISSED),
        ("negligible", False, MET),
        ("inconclusive", False, UNSURE),
        ("break-even only", True, UNSURE),
        ("zero by assumption", False, UNSURE),
        ("", False, MET),  # exactly as it was
        ("", True, MISSED),
    ],
)
def test_a_goal_asks_for_better_or_for_not_worse(verdict, better, found):
    rows = pd.DataFrame([row("trips_not_made", "woman", "dark", "16-24", verdict=verdict)])
    ask = Ask("x", "trips_not_made", "woman", "16-24", "dark", better)
    assert _asked(ask, rows, "x") == found
    assert _asked(Ask("x", "detour_m"), rows, "x") == UNSURE


def test_of_few_draws_nothing_can_be_told():
    rows = pd.DataFrame([row("night_hours_nightlife"), row("cost", difference=1.0)])
    none = pd.DataFrame({"harm": pd.Series([], dtype=str), "difference": [], "margin": []})
    few = dict(judged(EXERCISES["economies"], rows, none, 2))
    many = dict(judged(EXERCISES["economies"], rows, none, 16))
    assert few["customers lose no hours of the night"] == UNSURE
    assert many["customers lose no hours of the night"] == MET
    assert many["nobody loses a night shift"] == UNSURE  # there is no such row

"""Where the time goes is written down once, by the innermost stage."""

import time

import pytest

from simulator.foundation.stages import STAGES, Spent, in_words, less, of_runs, recorded, stage, together, told


def test_the_time_of_an_inner_stage_is_not_counted_in_the_outer():
    with recorded() as table:
        with stage("choose") as outer:
            with stage("routes") as inner:
                time.sleep(0.05)
                inner.out(7, 100)
            outer.out(3)
        with stage("routes") as again:
            again.out(1, 10)
    assert table["routes"].seconds > 0.045
    assert table["choose"].seconds < 0.04
    assert table["routes"][1:] == (2, 8, 110)
    assert table["choose"][1:] == (1, 3, 0)


def test_nothing_is_written_down_where_nobody_listens_and_an_error_ends_a_stage():
    with stage("plan"):
        pass
    with recorded() as table:
        with pytest.raises(ValueError, match="within"), stage("plan"), stage("walk"):
            raise ValueError("within")
        with stage("learn"):
            pass
    assert set(table) == {"plan", "walk", "learn"}


def test_a_stage_without_a_name_is_refused():
    with pytest.raises(AssertionError):
        stage("lunch")


def test_what_was_added_since_and_what_runs_took_together():
    before = {"plan": Spent(1.0, 1, 5, 0)}
    after = {"plan": Spent(1.5, 2, 9, 4), "write": Spent(0.25, 1, 1, 8)}
    added = less(after, before)
    assert added == {"plan": Spent(0.5, 1, 4, 4), "write": Spent(0.25, 1, 1, 8)}
    runs = [{"stages": {"before": told(before), "arm": told(added)}}] * 2  # two arms of one draw
    assert of_runs(runs) == together(before, added, added)
    assert of_runs([{}]) == {}


def test_the_table_in_words_has_every_stage_in_order_and_the_sum():
    lines = in_words({name: Spent(0.5, 1, 2, 3_000_000) for name in reversed(STAGES)})
    assert [line.split()[0] for line in lines] == ["stage", *STAGES, "sum"]
    assert lines[-1].split() == ["sum", f"{0.5 * len(STAGES):.3f}"]
    assert lines[1].split()[1:] == ["0.500", "1", "2", "3.0"]

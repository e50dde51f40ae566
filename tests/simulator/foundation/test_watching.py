"""Whoever watches a terminal sees how long it takes; nobody else sees anything, and the numbers stay the same."""

import io
import os
import pty
import subprocess
import sys
import time

import numpy as np
import pytest

from experiments.case_model import CaseModel
from simulator.foundation.watching import bar_on_terminals
from simulator.model import SafetyModel

from cities import grid_city

WHAT = "settling the city before the first step"


class Terminal(io.StringIO):
    """A terminal as programs see it."""

    def isatty(self):
        return True


@pytest.fixture
def seen_on(monkeypatch):
    """Put something in the place of standard error, from within a test: pytest has its own before."""
    monkeypatch.setenv("TERM", "xterm")

    def put(stream):
        monkeypatch.setattr(sys, "stderr", stream)
        return stream

    return put


def stepped(**options):
    """What is known of a small city after its first step."""
    model = SafetyModel(grid_city(6), agents=200, settle_days=1, **options)
    model.step()
    assert model.steps == 1
    return model.simulation.expected_on, model.simulation.levels, model.people.get_array("segment_id")


def test_the_first_step_shows_a_bar_with_time_left_on_a_terminal_and_changes_nothing(seen_on):
    terminal = seen_on(Terminal())
    watched = stepped()
    told = terminal.getvalue()
    assert WHAT in told
    assert "left, about:" in told
    file = seen_on(io.StringIO())
    alone = stepped()
    assert file.getvalue() == ""
    assert all(np.array_equal(one, other) for one, other in zip(watched, alone, strict=True))


def test_nothing_is_shown_to_whoever_asks_for_quiet(seen_on):
    terminal = seen_on(Terminal())
    stepped(quiet=True)
    model = CaseModel(agents=100, settle_days=0)  # for `mesa.batch_run`, which has a bar of its own
    assert model._quiet
    assert terminal.getvalue() == ""


def test_the_second_step_shows_nothing(seen_on):
    terminal = seen_on(Terminal())
    model = SafetyModel(grid_city(6), agents=200, settle_days=1)
    model.step()
    terminal.truncate(0)
    model.step()
    assert terminal.getvalue().strip("\0") == ""


def test_without_a_standard_error_nothing_is_shown(seen_on):
    seen_on(None)
    with bar_on_terminals("work", 2) as advance:
        advance()


def test_a_bar_says_how_long_it_takes_and_bears_more_parts_than_were_said(seen_on):
    terminal = seen_on(Terminal())
    with bar_on_terminals("work", 4) as advance:
        for _ in range(3):
            time.sleep(0.3)
            advance()
        time.sleep(0.6)
        assert "left, about: \x1b[36m0:00:0" in terminal.getvalue()
        for _ in range(3):
            advance()


def test_a_real_terminal_and_a_real_pipe():
    code = (
        "from simulator.foundation.watching import bar_on_terminals\nwith bar_on_terminals('work', 2) as done: done()"
    )
    ours, theirs = pty.openpty()
    subprocess.run([sys.executable, "-c", code], stderr=theirs, env=os.environ | {"TERM": "xterm"}, check=True)
    os.close(theirs)
    seen = os.read(ours, 10_000).decode()
    os.close(ours)
    assert "work" in seen
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")

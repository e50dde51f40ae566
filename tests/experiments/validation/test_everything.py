"""`validate all`: one page of what holds and what misses, whole or not at all."""

import numpy as np
import pandas as pd
import pytest

from analysis.validation import Target, as_table, assess_target, unassessed_row
from experiments.validation import after_dark, avoidance, everything, passing, patterns, patterns_people
from simulator.errors import InputError

from cities import grid_city

ROWS = [
    assess_target(Target("D footfall <after> dark", "women & men", "ratio", 0.5, 0.7), [0.9, 0.8]),
    assess_target(Target("A safe alone", "woman", "%", 60.0, 66.0, fitted=True), [61.0, 63.0]),
    assess_target(Target("G segments", "all", "%", 2.0, 6.0), [3.0]),
    unassessed_row("G segments", "at random", "for comparison", "9 %"),
    unassessed_row("gains of light flatten", "all", "imposed", "inputs"),
    unassessed_row("I Friday night", "all", "for comparison", "see `afterdark validate people`"),
]


def test_the_page_counts_what_holds_and_tells_what_was_tried_and_escapes_names():
    told = everything.page(as_table(ROWS), "a city <b>")
    assert "Of 2 figures checked, with no parameter chosen for them, 1 hold and 1 miss." in told
    assert "Of 1 figures fitted, 1 hold and 0 miss." in told
    assert "<h2>D footfall &lt;after&gt; dark</h2>" in told
    assert "women &amp; men" in told
    assert "a city &lt;b&gt;" in told
    assert f"Tried: {everything.TRIED['G']}" in told
    assert "at random: 9 % (for comparison)." in told
    assert "<li>gains of light flatten, all: imposed, inputs</li>" in told
    assert "0.85 ratio" in told


def test_a_page_with_one_draw_has_no_interval_and_no_number_in_its_place():
    told = everything.page(as_table(ROWS[2:3]), "one draw")
    assert "one draw</td>" in told
    assert "nan" not in told


def test_what_was_tried_is_told_of_patterns_that_there_are(monkeypatch):
    known = {name.split()[0] for name in vars(patterns).values() if isinstance(name, str)}
    known |= {name.split()[0] for name in vars(patterns_people).values() if isinstance(name, str) and name}
    known |= {name.split()[0] for name in (after_dark.PATHS, avoidance.STOPPED, passing.I1, passing.I2, passing.I3)}
    assert set(everything.TRIED) <= known


def test_all_writes_a_page_a_table_and_a_figure_and_drops_what_points_elsewhere(tmp_path, monkeypatch):
    asked = {}
    monkeypatch.setattr(patterns, "safety_rows", lambda network, **told: asked.update(safety=told) or ROWS[:1])
    monkeypatch.setattr(
        patterns_people, "people_rows", lambda network, **told: asked.update(people=told) or (ROWS[1:], "<svg/>")
    )
    said = {"agents": 100, "replications": 2, "seed": 1, "progress": lambda days: None}
    made = everything.validate_all(grid_city(4), tmp_path / "out", **said)
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
        patterns_people.FIGURE,
        "validation.csv",
        "validation.html",
    ]
    assert not made["target"].str.startswith("see ").any()
    assert len(made) == len(ROWS) - 1
    assert asked["people"]["agents"] == everything.PEOPLE_OVER_SAFETY * asked["safety"]["agents"]
    stored = pd.read_csv(tmp_path / "out" / "validation.csv")
    np.testing.assert_allclose(stored["result"], made["result"], rtol=1e-5)
    with pytest.raises(InputError, match="nothing was overwritten"):
        everything.validate_all(grid_city(4), tmp_path / "out", **said)

"""The map: what it shows, what it never shows, and the same bytes every time."""

import dataclasses
import weakref

import numpy as np
import pandas as pd
import pytest

from analysis.maps.by_hour import changes_by_hours, draw_hours_map
from analysis.maps.choice import draw_choice_map
from analysis.maps.difference import Change, change_after_dark, draw_difference_map
from analysis.maps.layout import layout_of
from analysis.maps.panels import Streets
from analysis.maps.placement import draw_placements
from analysis.maps.street_means import COLUMNS
from simulator.errors import InputError, ResultsError
from simulator.results.schema import SegmentsOf, StoredTable, read_run, write_run

DARK = tuple(hour >= 16 or hour < 9 for hour in range(24))


@pytest.fixture
def drawn(make_pair, make_pushes, make_grid):
    """Streets and the change on them, of two draws."""
    base, lamps = make_pair(make_pushes(2))
    vertices, starts, ids = make_grid()
    change = change_after_dark(ids, [run.segments for run in base], [run.segments for run in lamps], dark_hours=DARK)
    return Streets(ids, vertices, starts), change


def draw(streets, change, path):
    draw_difference_map(streets, change, path, title="Lamps $1$", date_in_words="21 December 2026", attribution="© OSM")


def test_change_is_per_night_and_in_points(drawn):
    _, change = drawn
    assert change.footfall[12] == pytest.approx(17 * 60.0 * 1.005)
    assert change.footfall[16] == pytest.approx(-17 * 12.0 * 1.005)
    assert change.footfall[0] == 0.0
    assert change.safe_points[12] == pytest.approx(12.0)
    assert change.safe_points[0] == 0.0
    assert change.treated.sum() == 5
    assert change.in_core.sum() == 48


def test_streets_that_a_table_leaves_out_count_as_empty():
    table = pd.DataFrame(
        {
            "segment_id": [5], "hour": [22], "footfall_people": [3.0], "walking_s": [120.0], "safe_s": [60.0],
            "illuminance_min_lx": [2.0],
            "treated": [True], "in_core": [True],
        }
    )  # fmt: skip
    change = change_after_dark(np.array([4, 5]), [table.iloc[:0]], [table], dark_hours=DARK)
    assert change.footfall.tolist() == [0.0, 3.0]
    assert np.isnan(change.safe_points).all()
    with pytest.raises(ResultsError, match="as many"):
        change_after_dark(np.array([4]), [table], [], dark_hours=DARK)


def test_same_change_gives_the_same_bytes(drawn, tmp_path):
    for name in ("a.png", "b.png"):
        draw(*drawn, tmp_path / name)
    data = (tmp_path / "a.png").read_bytes()
    assert data == (tmp_path / "b.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    assert b"tIME" not in data


def test_a_map_without_any_change_can_be_drawn(drawn, tmp_path):
    streets, change = drawn
    nothing = np.zeros_like(change.footfall)
    draw(
        streets,
        Change(nothing, nothing * np.nan, nothing, change.treated & False, change.in_core & False),
        tmp_path / "m.png",
    )
    assert (tmp_path / "m.png").stat().st_size > 10_000


def test_an_unwritable_folder_leaves_nothing(drawn, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot be written"):
        draw(*drawn, tmp_path / "file" / "m.png")


def test_no_hazard_can_reach_the_map(drawn):
    _, change = drawn
    assert set(vars(change)) == {"footfall", "safe_points", "light_lx", "treated", "in_core"}


def test_ideas_are_drawn_on_one_scale_and_with_the_same_bytes(drawn, tmp_path):
    streets, change = drawn
    weaker = dataclasses.replace(change, safe_points=change.safe_points / 10.0)
    for name in ("a.png", "b.png"):
        ideas = [("Lamps $1$", change), ("x" * 90, weaker), ("Third", change), ("Third", weaker)]
        draw_choice_map(streets, ideas, tmp_path / name, date_in_words="21 December 2026", attribution="© OSM")
    data = (tmp_path / "a.png").read_bytes()
    assert data == (tmp_path / "b.png").read_bytes()
    alone = tmp_path / "c.png"
    draw_choice_map(streets, [("Lamps", weaker)], alone, date_in_words="21 December 2026", attribution="© OSM")
    assert alone.read_bytes() != data


def test_where_measures_are_is_drawn_before_anything_is_run(drawn, tmp_path):
    streets, change = drawn
    placed = {f"measure {number}": np.array([number, number + 1]) for number in range(8)} | {"none": np.zeros(0, int)}
    for name in ("a.png", "b.png"):
        draw_placements(streets, change.in_core, placed, tmp_path / name, title="A case", attribution="© OSM")
    data = (tmp_path / "a.png").read_bytes()
    assert data == (tmp_path / "b.png").read_bytes()
    assert data.startswith(b"\x89PNG")


BANDS = {"09-12": (9, 10, 11), "15-18": (15, 16, 17), "20-22": (20, 21)}


def test_hours_in_which_something_changes_have_a_map(make_pair, make_pushes, make_grid, tmp_path):
    base, lamps = ([run.segments for run in side] for side in make_pair(make_pushes(2)))
    vertices, starts, ids = make_grid()
    told = changes_by_hours(ids, (base, lamps), BANDS, DARK)
    assert [one.heading for one in told] == ["15–18 h, partly dark", "20–22 h, after dark"]
    # 72 points of 100 feel safe instead of 60 where it is dark; by day nothing changes
    assert told[1].values[12] == pytest.approx(12.0)
    dark, day = 65.0 + 60.0 * np.array([1.0, 1.01]), 65.0
    after = (0.72 * 2 * dark + 0.9 * day) / (2 * dark + day)
    assert told[0].values[12] == pytest.approx(100.0 * (after.mean() - (0.6 * 2 + 0.9) / 3))
    assert told[0].treated.sum() == 5
    streets = Streets(ids, vertices, starts)
    for name in ("a.png", "b.png"):
        draw_hours_map(streets, told, np.ones(60, bool), tmp_path / name, title="Lamps $1$", attribution="© OSM")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert changes_by_hours(ids, (base, base), BANDS, DARK) == []


@pytest.mark.parametrize(("count", "across", "columns"), [(5, 4, 3), (8, 4, 4), (3, 3, 3), (2, 4, 2), (1, 3, 1)])
def test_panels_stand_in_even_rows_and_never_over_each_other(count, across, columns):
    for own in (True, False):
        layout = layout_of(count, 1.3, across=across, own_scales=own)
        assert len(layout.cells) == count
        assert len({cell.left for cell in layout.cells}) == (columns if not own else min(count, across))
        every = [*layout.cells, layout.strip]
        for at, one in enumerate(every):
            assert 0 <= one.left < one.left + one.width <= layout.size[0] + 1e-9
            assert 0 <= one.bottom < one.bottom + one.height <= layout.size[1]
            for other in every[:at]:
                apart = one.left + one.width <= other.left or other.left + other.width <= one.left
                assert apart or one.bottom + one.height <= other.bottom or other.bottom + other.height <= one.bottom


def test_streets_of_stored_runs_are_read_one_run_at_a_time(make_pair, make_pushes, make_grid, tmp_path, monkeypatch):
    base, lamps = make_pair(make_pushes(3))
    stored = []
    for side, runs in (("base", base), ("lamps", lamps)):
        for at, run in enumerate(runs):
            (tmp_path / f"{side}{at}").mkdir()
            write_run(run._replace(manifest=run.manifest | {"kind": "run"}), tmp_path / f"{side}{at}")
        stored.append([read_run(tmp_path / f"{side}{at}") for at in range(3)])
    read, columns, alive = StoredTable.coded, [], []

    def watched(table, names, words):
        alive.append(sum(column() is not None for column in columns))
        found = read(table, names, words)
        columns.append(weakref.ref(found.numbers["walking_s"]))
        return found

    monkeypatch.setattr(StoredTable, "coded", watched)
    found = change_after_dark(make_grid()[2], *(SegmentsOf(side, COLUMNS) for side in stored), dark_hours=DARK)
    assert len(columns) == 6
    assert max(alive) <= 1  # the one that the loop still names
    kept = [[run.segments for run in side] for side in (base, lamps)]
    expected = change_after_dark(make_grid()[2], *kept, dark_hours=DARK)
    for field in dataclasses.fields(Change):
        np.testing.assert_array_equal(getattr(found, field.name), getattr(expected, field.name))
    (tmp_path / "base1" / "segments.parquet").write_bytes(b"other")
    with pytest.raises(ResultsError, match="not as it was written"):
        change_after_dark(make_grid()[2], *(SegmentsOf(side, COLUMNS) for side in stored), dark_hours=DARK)

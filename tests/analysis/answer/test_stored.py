"""A stored comparison in Python: rows picked by hand, words of the answer, and pictures as they are stored."""

import json

import pandas as pd
import pytest

from analysis import read_comparison
from analysis.answer.brief import brief_answer
from analysis.answer.provenance import collect_provenance
from analysis.answer.stored import Comparison
from analysis.comparison.paired import compare_runs, write_comparison
from simulator.errors import InputError, ResultsError


@pytest.fixture
def pair(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(4))
    return compare_runs(base, {"lamps": lamps}), collect_provenance(base, {"lamps": lamps})


@pytest.fixture
def folder(pair, tmp_path):
    frame, facts = pair
    write_comparison(frame, tmp_path / "comparison.csv")
    (tmp_path / "manifest.json").write_text(json.dumps({"kind": "comparison", "provenance": facts.as_dict()}))
    (tmp_path / "map.png").write_bytes(b"\x89PNG map")
    return tmp_path


def test_a_table_has_the_cells_that_were_asked_for(pair):
    frame, facts = pair
    told = Comparison(frame, facts).table("feels_safe_share", by="gender", period="dark")
    assert told["gender"].tolist() == ["woman", "man", "another"][: len(told)]
    assert len(told) >= 2
    by_hand = frame[
        (frame["indicator"] == "feels_safe_share") & (frame["gender"] == "woman") & (frame["period"] == "dark")
        & (frame["age"] == "all") & (frame["hour_band"] == "all") & (frame["carer"] == "all")
        & (frame["disability"] == "all") & (frame["night_worker"] == "all")
    ]  # fmt: skip
    assert len(by_hand) == 1
    assert told["difference"].iloc[0] == by_hand["difference"].iloc[0]
    assert list(told.columns[:4]) == ["scenario", "indicator", "gender", "unit"]


def test_every_cell_is_reached_and_totals_stand_alone(pair):
    told = Comparison(pair[0])
    assert len(told.table()) == len(told.indicators)
    bands = told.table("feels_safe_share", by=["hour_band", "gender"], scenario="lamps")
    assert len(bands) == 8 * len(told.table("feels_safe_share", by="gender"))
    assert set(told.table("trips_not_made", by="period")["period"]) == {"day", "dark"}
    assert told.table("trips_not_made", by="zone").empty


def test_names_that_are_not_known_are_told_with_the_nearest(pair):
    told = Comparison(pair[0])
    with pytest.raises(InputError, match="did you mean feels_safe_share"):
        told.table("feels_safe_shar")
    with pytest.raises(InputError, match="did you mean gender"):
        told.table(by="gende")
    with pytest.raises(InputError, match="scenario: found 'lamp'; did you mean lamps"):
        told.table(scenario="lamp")
    with pytest.raises(InputError, match="period: found 'night'"):
        told.table(period="night")


def test_a_folder_has_the_answer_and_the_map(pair, folder):
    told = read_comparison(folder)
    assert told.scenarios == ("lamps",)
    assert told.answer().split("\n") == brief_answer(read_comparison(folder).frame, "lamps", pair[1])
    assert told.map()._repr_png_() == b"\x89PNG map"
    assert told.map().save(folder / "copy.png").read_bytes() == b"\x89PNG map"
    with pytest.raises(ResultsError, match="no such picture"):
        told.map(kind="hours")
    assert "4 draws" in repr(told)
    html = told._repr_html_()
    assert html.startswith("<h3>lamps</h3><p>")
    assert "<script" not in html


def test_titles_are_escaped_in_a_notebook(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["provenance"]["scenarios"][0]["title"] = "<script>x</script>"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert "<script" not in read_comparison(folder)._repr_html_()


def test_a_table_alone_has_no_answer_but_its_rows(pair, tmp_path):
    write_comparison(pair[0], tmp_path / "alone.csv")
    told = read_comparison(tmp_path / "alone.csv")
    pd.testing.assert_frame_equal(told.table(by="gender"), Comparison(told.frame).table(by="gender"))
    for ask in (told.answer, told.map):
        with pytest.raises(ResultsError, match="table alone"):
            ask()
    assert "<table" in told._repr_html_()
    with pytest.raises(ResultsError, match="no such file"):
        read_comparison(tmp_path / "nothing.csv")


def test_those_affected_are_told_by_gender(pair):
    told = Comparison(*pair).affected()
    if len(told):
        assert set(told["gender"]) <= {"woman", "man", "another", "all"}
    assert "feels_safe_share_treated" in set(told["indicator"])

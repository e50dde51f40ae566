"""Columns, files and evidence: what is wrong is said at once, and nothing is half-written."""

import numpy as np
import pytest

from simulator.city.network import Junctions, Streets
from simulator.errors import CityError, InputError
from simulator.evidence.parameters import EVIDENCE_FILE, draw_parameters, fitted_ensemble, load_evidence
from simulator.foundation.columns import columns_of, describe
from simulator.results.files import check_writable, whole_file, whole_folder

from cities import grid_city


def test_a_table_lists_all_its_faults():
    with pytest.raises(InputError) as caught:
        Junctions(junction_id=[1, 1], x_m=[0.0, np.nan], y_m=[0.0])
    text = str(caught.value)
    for words in ("junction_id: 1 occurs 2 times", "x_m: row 1 is nan", "y_m: shape (1,)"):
        assert words in text


def test_a_table_cannot_be_changed():
    city = grid_city(3)
    with pytest.raises(ValueError, match="read-only"):
        city.streets.length_m[0] = 1.0


def test_text_for_numbers_is_refused():
    with pytest.raises(InputError, match="cannot be read as float64"):
        Junctions(junction_id=[1], x_m=["east"], y_m=[0.0])


def test_every_column_has_a_unit_and_a_meaning():
    for column in columns_of(Streets):
        assert column.unit
        assert column.meaning
        assert f"| {column.name} |" in describe(Streets)


def test_a_network_that_points_beyond_its_tables_is_refused():
    city = grid_city(3)
    import dataclasses

    broken = dataclasses.replace(city.streets, from_junction=city.streets.from_junction + 100)
    with pytest.raises(CityError, match="from_junction"):
        dataclasses.replace(city, streets=broken)


def test_digest_follows_the_arrays_and_nothing_else():
    import dataclasses

    city = grid_city(3)
    assert city.digest() == grid_city(3).digest()
    longer = dataclasses.replace(city.streets, length_m=city.streets.length_m + 1e-9)
    assert dataclasses.replace(city, streets=longer).digest() != city.digest()
    assert dataclasses.replace(city, metadata={"opened": "in QGIS"}).digest() == city.digest()


def test_arcs_are_both_directions_of_every_segment():
    city = grid_city(4)
    arcs = city.arcs
    assert np.bincount(arcs.segment).tolist() == [2] * len(city.streets)
    tail = np.repeat(np.arange(len(city.junctions)), np.diff(arcs.start))
    ends = np.sort(np.stack([tail, arcs.head], axis=1), axis=1)
    expected = np.sort(np.stack([city.streets.from_junction, city.streets.to_junction], axis=1), axis=1)
    np.testing.assert_array_equal(ends, expected[arcs.segment])


def test_a_file_is_whole_or_not_there(tmp_path):
    def fail():
        with whole_file(tmp_path / "a.txt") as part:
            part.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.iterdir()) == []
    with whole_file(tmp_path / "a.txt") as part:
        part.write_text("whole")
    assert (tmp_path / "a.txt").read_text() == "whole"


def test_a_folder_is_whole_or_not_there_and_never_overwritten(tmp_path):
    def interrupt():
        with whole_folder(tmp_path / "run") as part:
            (part / "a").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupt()
    assert list(tmp_path.iterdir()) == []
    with whole_folder(tmp_path / "run") as part:
        (part / "a").write_text("whole")
    with pytest.raises(InputError, match="nothing was overwritten"), whole_folder(tmp_path / "run"):
        pass
    assert (tmp_path / "run" / "a").read_text() == "whole"


def test_an_unwritable_folder_is_said_before_the_work(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="cannot be written"):
        check_writable(tmp_path / "file" / "below")


def test_every_parameter_is_within_its_range_and_has_a_source():
    for row in load_evidence().values():
        assert row.unit
        assert row.note
        assert row.source
        assert row.low <= row.value <= row.high
        if row.distribution == "fixed":
            continue
        ends = (0.0, 1.0) if row.distribution.endswith("uniform") else (0.05, 0.95)
        assert [row.at(end) for end in ends] == pytest.approx([row.low, row.high], abs=1e-9)


def test_a_draw_is_reproducible_and_differs_from_the_next():
    assert draw_parameters(1, 0).as_dict() == draw_parameters(1, 0).as_dict()
    assert draw_parameters(1, 0).as_dict() != draw_parameters(1, 1).as_dict()
    central = {name: row.value for name, row in load_evidence().items()}
    fitted = {name: members.mean() for name, members in fitted_ensemble().items()}
    assert draw_parameters(1, -1).as_dict() == pytest.approx(central | fitted)
    assert draw_parameters(1, 0, {"repeats": 1.5}).repeats == 1.5
    with pytest.raises(InputError, match="no such parameter: speeling"):
        draw_parameters(1, 0, {"speeling": 1.0})


def test_a_new_parameter_moves_no_other(tmp_path):
    lines = EVIDENCE_FILE.read_text().splitlines(keepends=True)
    longer = tmp_path / "evidence.csv"
    longer.write_text(
        lines[0] + "a_new_one,1,0.5,2,lognormal,ratio,assumption,anywhere,none,test\n" + "".join(lines[1:])
    )
    before = draw_parameters(5, 3).as_dict()
    assert set(load_evidence(longer)) == {*load_evidence(), "a_new_one"}
    assert draw_parameters(5, 3).as_dict() == before


def test_a_broken_evidence_file_lists_its_faults(tmp_path):
    lines = EVIDENCE_FILE.read_text().splitlines()
    broken = tmp_path / "evidence.csv"
    rows = [
        "a,2,3,4,fixed,m,assumption,x,y,z",
        "b,1,0,2,lognormal,m,assumption,x,y,z",
        "c,one,0,2,fixed,m,hearsay,x,y,z",
    ]
    broken.write_text("\n".join([lines[0], *rows]))
    with pytest.raises(InputError) as caught:
        load_evidence(broken)
    for words in ("line 2: a: value 2.0 lies outside", "line 3: b: a lognormal range", "line 4: could not convert"):
        assert words in str(caught.value)

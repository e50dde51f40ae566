"""`from experiments import compare, study`: thin, lazy, tidy; and the two notebooks, executed as they stand."""

import ast
import json
import subprocess
import sys
import time

import pandas as pd
import pytest

import experiments
from analysis import read_comparison
from experiments import compare, study
from experiments.studies.store import open_store
from simulator.errors import InputError

from .conftest import ROOT

NOTEBOOKS = sorted((ROOT / "experiments" / "notebooks").glob("*.ipynb"))
SMALL_STUDY = ROOT / "experiments" / "notebooks" / "lamps.toml"


def cells_of(notebook):
    told = json.loads(notebook.read_text(encoding="utf-8"))
    assert (told["nbformat"], told["nbformat_minor"]) == (4, 5)
    return told["cells"]


def shown(code, names):
    """Execute a cell as a notebook does, and give what it would show: the value of a last line that is an expression."""
    tree = ast.parse(code)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    return None if last is None else eval(compile(ast.Expression(last.value), "cell", "eval"), names)


def test_importing_the_package_imports_nothing_and_its_names_stay_functions():
    code = "import sys, experiments; assert not {'pandas', 'numpy', 'experiments.runs'} & set(sys.modules)\n"
    code += "from experiments import compare; import experiments.comparing\n"
    code += "from experiments import compare as again; assert again is compare and callable(again)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    with pytest.raises(AttributeError, match="no_such"):
        _ = experiments.no_such
    assert set(experiments.__all__) == {"compare", "study"}


def test_what_the_command_line_made_is_read_and_not_run_again(made):
    before = {path: path.stat().st_mtime_ns for path in (made / "store").iterdir()}
    words = {"people": 500, "replications": 2, "store": made / "store", "out": made / "answer"}
    answer = compare(["light-the-park-paths"], **words)
    assert {path: path.stat().st_mtime_ns for path in (made / "store").iterdir()} == before
    pd.testing.assert_frame_equal(answer.frame, read_comparison(made / "answer").frame)
    assert answer.folder == made / "answer"
    pd.testing.assert_frame_equal(compare("light-the-park-paths", **words).frame, answer.frame)


@pytest.mark.parametrize(
    ("cases", "options", "words"),
    [
        ([], {}, "found no case"),
        ("light-the-parks-path", {}, "did you mean"),
        ("light-the-park-paths", {"replications": 0}, "replications: found 0"),
        ("light-the-park-paths", {"workers": 1.5}, "workers: found 1.5"),
        ("light-the-park-paths", {"people": 3}, "--people: found 3"),
        ("light-the-park-paths", {"date": "21.12.2026"}, "21.12.2026"),
    ],
)
def test_what_cannot_be_compared_is_refused_before_any_work(tmp_path, monkeypatch, cases, options, words):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as refused:
        compare(cases, **options)
    assert words in refused.value.message
    assert list(tmp_path.iterdir()) == []


def test_a_study_gives_tidy_tables_and_goes_on(tmp_path):
    first = study(SMALL_STUDY, store=tmp_path / "store")
    table = first.table("feels_safe_share")
    assert list(table) == list(first.columns)
    assert len(table) == 2 * 3 * 6, "two points, three draws, three genders in two periods"
    assert not table["is_baseline"].any()
    assert set(table["lever_spacing_m"]) == {20, 45}
    filled = table.dropna(subset=["difference"])
    assert ((filled["value"] - filled["baseline"] - filled["difference"]).abs() < 1e-12).all()
    assert len(first.runs) == 9
    assert first.failures.empty
    assert set(first.parameters["sample"]) == set(first.runs["sample"])
    started = time.perf_counter()
    again = study(SMALL_STUDY, store=tmp_path / "store")
    assert time.perf_counter() - started < 5
    pd.testing.assert_frame_equal(again.table(), first.table())
    assert len(open_store(tmp_path / "store").read().runs) == 9
    with pytest.raises(InputError, match="cost, feels_safe_share; nearest 'feels_safe_share'"):
        first.table("feels_save_share")
    assert "9 runs, 0 failed" in repr(first)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_kept_without_outputs(notebook):
    assert len(NOTEBOOKS) == 2
    for cell in cells_of(notebook):
        assert cell["cell_type"] in ("markdown", "code")
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None)


@pytest.mark.slow
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_run_from_top_to_bottom_in_less_than_a_minute_of_processor(notebook, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names, seen, started = {"__name__": "__main__"}, [], time.process_time()
    for cell in cells_of(notebook):
        seen += [shown("".join(cell["source"]), names)] if cell["cell_type"] == "code" else []
    assert time.process_time() - started < 60
    frames = [one for one in seen if isinstance(one, pd.DataFrame)]
    assert len(frames) >= 3
    assert all(len(frame) for frame in frames)
    if notebook.stem == "compare":
        assert "<h3>" in names["answer"]._repr_html_()
        assert any(hasattr(one, "_repr_png_") and one._repr_png_().startswith(b"\x89PNG") for one in seen)
    else:
        assert "points of women's walking time" in capsys.readouterr().out

"""`afterdark export`: what a user asks for is written whole, is the comparison's, and overwrites nothing."""

import re
import shutil

import geopandas
import pandas as pd
import pyogrio
import pytest

from analysis.maps.difference import change_after_dark
from experiments.comparing import read_answer
from experiments.store import Store
from simulator.results.schema import read_run

from .conftest import ROOT


@pytest.fixture
def exported(afterdark, made):
    return lambda *words: afterdark("export", made / "answer", "--store", made / "store", *words)


def test_a_geopackage_holds_streets_and_the_comparison(exported, made, tmp_path):
    told = exported("--out", "a.gpkg")
    assert told.status == 0, told.err
    assert str(tmp_path / "a.gpkg") in told.out
    streets = geopandas.read_file(tmp_path / "a.gpkg", layer="streets_light-the-park-paths")
    answer = read_answer(made / "answer")
    store, scenario = Store(made / "store"), answer.facts.scenarios[0]
    sides = [[store.read(one).segments for one in ids] for ids in (answer.facts.baseline_run_ids, scenario.run_ids)]
    change = change_after_dark(streets["segment_id"].to_numpy(), *sides, dark_hours=answer.facts.dark_hours)
    assert streets["footfall_dark_change_people"].tolist() == pytest.approx(change.footfall.tolist())
    assert streets["treated"].sum() == scenario.touched
    assert streets.geometry.length.to_numpy() == pytest.approx(streets["length_m"].to_numpy(), rel=0.02, abs=0.01)
    assert pyogrio.read_info(tmp_path / "a.gpkg", layer="comparison")["features"] == len(answer.comparison)
    before = (tmp_path / "a.gpkg").read_bytes()
    assert exported("--out", "a.gpkg", "--format", "gpkg").status == 0
    assert (tmp_path / "a.gpkg").read_bytes() == before


def test_parquet_and_csv_hold_the_same_streets(exported, tmp_path):
    assert exported("--format", "parquet", "--out", "a.parquet").status == 0
    told = exported("--out", "deep/er/a.csv")
    assert told.status == 0
    read = geopandas.read_parquet(tmp_path / "a.parquet")
    text = pd.read_csv(tmp_path / "deep" / "er" / "a.csv")
    assert text["segment_id"].tolist() == read["segment_id"].tolist()
    assert text["light_dark_after_lx"].tolist() == pytest.approx(read["light_dark_after_lx"].tolist(), rel=1e-6)
    assert "a.columns.csv" in told.out


def test_a_run_is_exported_without_a_store(afterdark, made, tmp_path):
    run = next(iter(sorted((made / "store").iterdir())))
    assert afterdark("export", run, "--out", "run.gpkg").status == 0
    layers = dict(pyogrio.list_layers(tmp_path / "run.gpkg"))
    assert set(layers) == {"streets", "indicators", "layer_styles", "water", "parks", "buildings"}
    water = geopandas.read_file(tmp_path / "run.gpkg", layer="water")
    assert water.geometry.area.to_numpy() == pytest.approx(water["area_m2"].to_numpy())
    streets = geopandas.read_file(tmp_path / "run.gpkg", layer="streets")
    people = read_run(run).segments["footfall_people"].sum()
    assert (streets["footfall_dark_people"] + streets["footfall_day_people"]).sum() == pytest.approx(people)


def test_the_example_for_python_runs(made, tmp_path, monkeypatch, capsys):
    page = (ROOT / "docs" / "use.md").read_text(encoding="utf-8")
    examples = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (example,) = (one for one in examples if "from analysis import read_comparison" in one)
    shutil.copytree(made / "answer", tmp_path / "runs" / "answer")
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(compile(example, "use.md", "exec"), names)
    told = capsys.readouterr().out
    assert (
        "Empty DataFrame\nColumns: [scenario, indicator, gender" in told
    )  # fewer than 30 agents: nothing is told of them
    assert "22-01" in told
    assert names["women"]["hour_band"].is_unique
    assert (tmp_path / "map.png").read_bytes() == (made / "answer" / "map.png").read_bytes()


def test_what_cannot_be_exported_is_refused(refused, made, tmp_path):
    answer, store = made / "answer", made / "store"
    (tmp_path / "mine.csv").write_text("mine")
    (tmp_path / "b.columns.csv").write_text("mine")
    assert "ends in .parquet" in refused("export", answer, "--format", "parquet", "--out", "a.gpkg")
    assert "expected one of gpkg" in refused("export", answer, "--format", "shp", "--out", "a.shp")
    assert "ends in .gpkg" in refused("export", answer, "--out", "a.txt")
    assert "nothing was overwritten" in refused("export", answer, "--store", store, "--out", "mine.csv")
    assert "nothing was overwritten" in refused("export", answer, "--store", store, "--out", "b.csv")
    gone = refused("export", answer, "--store", "elsewhere", "--out", "a.gpkg")
    assert "4 of the 4 runs" in gone
    assert "--store" in gone
    assert "not the city" in refused("export", answer, "--store", store, "--out", "a.gpkg", "--city", other(tmp_path))
    assert "expected a folder" in refused("export", tmp_path, "--out", "a.gpkg")


def other(folder):
    from street_networks import write_city

    from cities import grid_city

    path = folder / "other.gpkg"
    write_city(grid_city(3), path)
    return path

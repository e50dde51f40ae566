"""A city's own counts: what was planted lies in what is found, and what cannot be is ruled out or refused."""

import dataclasses
import datetime
import json

import numpy as np
import pandas as pd
import pytest

from experiments.own_counts import calibrate_counts, error_of, hold_against, jobs_of, told, values_text
from experiments.runs import Job, Options, city_of, live
from experiments.values import read_values
from scenarios import load_scenario
from simulator.errors import InputError, ResultsError
from simulator.evidence.parameters import draw_parameters, nominal
from simulator.results.schema import RunTables
from street_networks import write_city
from street_networks.local_data.counts import Counts, check_enough, read_counts

from cities import grid_city

HOURS = (9, 13, 17, 21)
DAY = datetime.date(2026, 12, 21)


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    path = tmp_path_factory.mktemp("city") / "grid.gpkg"
    write_city(grid_city(4), path)
    return str(path)


def counted(city, **values):
    """Counts of a day of that city with many agents and known parameters."""
    options = Options(city=city, agents=4000, date=DAY, seed=9, values=tuple(sorted(values.items())))
    (job,) = jobs_of(options, 1, None)
    (((tables, _)),) = list(live(job, {job.ids[0]: load_scenario("baseline")}, month=False))
    total = tables.segments.groupby("segment_id")["footfall_people"].sum().sort_values(ascending=False)
    busiest, rows = total.index[:4], {int(key): row for row, key in enumerate(city_of(city).streets.segment_id)}
    table = tables.segments.set_index(["segment_id", "hour"])["footfall_people"]
    told_of = [(rows[int(key)], hour, float(table.get((key, hour), 0.0))) for key in busiest for hour in HOURS]
    segment, hour, count = map(np.array, zip(*told_of, strict=True))
    return Counts(segment, hour, count, np.full(len(count), 20.0), tuple(f"site {row}" for row in segment))


@pytest.fixture(scope="module")
def jobs(city, tmp_path_factory):
    """Draws of the drawn city."""
    return jobs_of(Options(city=city, agents=800, date=DAY, seed=1), 64, tmp_path_factory.mktemp("store"))


@pytest.mark.slow
def test_planted_counts_give_the_truth_back_and_rule_out_the_implausible(city, jobs, tmp_path):
    truth = {"visitors_per_resident": 5.5}
    counts = counted(city, **truth)
    found = calibrate_counts(counts, jobs, tmp_path / "counts.toml", workers=1)
    rows = found.parameters.set_index("parameter")
    learnt = rows.loc["visitors_per_resident"]
    assert learnt["contraction"] > 0.2
    # the truth lies within three of its standard errors on the log scale, and the counts moved towards it
    sd = np.log(learnt["high"] / learnt["low"]) / 2 / 1.645
    assert abs(np.log(truth["visitors_per_resident"] / learnt["value"])) < 3 * sd
    assert learnt["value"] > learnt["before"]
    kept = found.matched.kept
    drawn = np.array([draw_parameters(1, job.draw).visitors_per_resident for job in jobs])
    assert 0 < kept.sum() < len(kept)
    assert drawn[kept].mean() > drawn[~kept].mean(), "draws with few visitors are ruled out"
    assert not kept[np.argsort(drawn)[:5]].all()
    values = dict(read_values(tmp_path / "counts.toml"))
    assert values["visitors_per_resident"] == pytest.approx(learnt["value"], rel=1e-4)
    again = np.array([draw_parameters(1, draw, values).visitors_per_resident for draw in range(64)])
    assert np.quantile(again, 0.95) == pytest.approx(learnt["high"], rel=0.05)
    assert f"{kept.sum()} of 64 draws" in told(found)[0]
    # a second call only reads
    before = {path: path.stat().st_mtime_ns for path in jobs[0].store.rglob("*.parquet")}
    calibrate_counts(counts, jobs, tmp_path / "counts.toml", workers=1)
    assert {path: path.stat().st_mtime_ns for path in jobs[0].store.rglob("*.parquet")} == before


def made_up(city, count=60):
    """Runs whose footfall follows from the visitors that were drawn, and from chance."""
    keys = city_of(city).streets.segment_id
    runs = []
    for draw in range(count):
        values = draw_parameters(1, draw).as_dict()
        chance = np.exp(0.05 * np.random.default_rng(draw).normal(size=(len(keys), 24)))
        segments = pd.DataFrame(
            {
                "segment_id": np.repeat(keys, 24),
                "hour": np.tile(np.arange(24), len(keys)),
                "footfall_people": (40.0 * values["visitors_per_resident"] * chance).ravel(),
            }
        )
        manifest = {
            "parameters": values, "population": 1000.0, "agents": 1000, "city": {"name": "grid"},
            "parameters_read": {"simulator.people.margins": ["visitors_per_resident", "through_share", "feel_level"]},
        }  # fmt: skip
        runs.append(RunTables(pd.DataFrame(), segments, pd.DataFrame(), manifest))
    return runs


def same_everywhere(count, sites=8):
    rows = np.arange(sites)
    return Counts(rows, np.full(sites, 20), np.full(sites, float(count)), np.full(sites, 30.0), tuple(map(str, rows)))


def test_many_streets_alike_leave_what_one_streets_errors_leave(city):
    found = hold_against(same_everywhere(40 * 4.2), made_up(city), Options(city=city))
    rows = found.parameters.set_index("parameter")
    assert list(rows.index) == ["visitors_per_resident"]
    learnt = rows.loc["visitors_per_resident"]
    # eight streets, each off by year and model: sd of the log is their root over the root of eight; the prior's is 0.42
    apart = np.hypot(nominal("count_year_sd"), nominal("count_model_sd")) / np.sqrt(8)
    expected = (apart**-2 + 0.42**-2) ** -0.5
    assert np.log(learnt["high"] / learnt["low"]) / 2 / 1.645 == pytest.approx(expected, rel=0.25)
    assert 3.3 < learnt["value"] < 4.4
    text = values_text(found, made_up(city, 1)[0].manifest, same_everywhere(168))
    assert "visitors_per_resident = {value = " in text
    assert "through_share" not in text


def test_counts_outside_all_draws_are_told_and_nothing_is_fitted(city):
    with pytest.raises(ResultsError) as refused:
        hold_against(same_everywhere(40 * 400), made_up(city), Options(city=city))
    assert "outside all 60 draws" in refused.value.message
    assert "counted 16000, 90 % of draws" in refused.value.faults[0]


def test_what_is_given_alone_is_not_learnt_and_a_given_range_is(city):
    runs = made_up(city)
    fixed = Options(city=city, values=(("visitors_per_resident", 3.0),))
    assert "visitors_per_resident" not in set(hold_against(same_everywhere(150), runs, fixed).parameters["parameter"])
    ranged = (("visitors_per_resident", 3.0), ("visitors_per_resident.high", 6.0), ("visitors_per_resident.low", 2.0))
    found = hold_against(same_everywhere(150), runs, dataclasses.replace(fixed, values=ranged))
    assert "visitors_per_resident" in set(found.parameters["parameter"])


def test_errors_of_roots_are_half_the_relative_errors_and_shared_by_a_streets_hours():
    counts = Counts(np.array([0, 0, 1]), np.array([9, 20, 9]), np.full(3, 100.0), np.full(3, 4.0), ("a", "a", "b"))
    found = error_of(counts, np.full(3, 100.0))
    shared = (nominal("count_year_sd") ** 2 + nominal("count_model_sd") ** 2) * 5.0**2
    assert found[0, 1] == pytest.approx(shared)
    assert found[0, 2] == 0.0
    assert found[0, 0] == pytest.approx(shared + (nominal("count_night_sd") * 5.0) ** 2 / 4 + 1 / 16)


def write(tmp_path, text):
    path = tmp_path / "counts.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_counts_are_read_by_key_and_by_position(tmp_path):
    network = grid_city(4)
    key = int(network.streets.segment_id[5])
    read = read_counts(write(tmp_path, f"segment_id;hour;count;nights\n{key};20;12,5;3\n"), None, network)
    assert (read.segment.tolist(), read.hour.tolist(), read.count.tolist(), read.nights.tolist()) == (
        [5],
        [20],
        [12.5],
        [3],
    )
    assert read.name == (f"segment {key}",)
    import pyproj

    line = network.vertices[network.vertex_start[5] : network.vertex_start[6]].mean(axis=0)
    lon, lat = pyproj.Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True).transform(*line)
    text = f"Laenge,Breite,Stunde,Anzahl,name\n{lon},{lat},20,12,Market\n"
    mapped = read_counts(write(tmp_path, text), "longitude=Laenge,latitude=Breite,hour=Stunde,count=Anzahl", network)
    assert (mapped.segment.tolist(), mapped.name, mapped.nights.tolist()) == ([5], ("Market",), [1.0])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("segment_id,hour\n1,2\n", "a column count, or --columns count=..."),
        ("hour,count\n1,2\n", "a column segment_id, columns longitude and latitude"),
        ("segment_id,hour,count\n99999,20,5\n", "row 2: segment_id '99999'"),
        ("segment_id,hour,count\nKEY,24,5\n", "row 2: hour 24, expected a whole clock hour"),
        ("segment_id,hour,count\nKEY,20,-5\n", "row 2: count -5, expected 0 or more"),
        ("segment_id,hour,count\nKEY,20,many\n", "row 2: count 'many', expected a number"),
        ("segment_id,hour,count,nights\nKEY,20,5,0\n", "row 2: nights 0, expected a number above 0"),
        ("segment_id,hour,count\nKEY,20,5\nKEY,20,6\n", "row 3: the same street and hour as row 2"),
        ("longitude,latitude,hour,count\n-150.0,10.0,20,6\n", "row 2: a place far from every street"),
        ("longitude,latitude,hour,count\n,10.0,20,6\n", "row 2: a place without two numbers"),
    ],
)
def test_counts_that_cannot_be_used_are_refused_with_their_rows(tmp_path, text, words):
    network = grid_city(4)
    with pytest.raises(InputError) as refused:
        read_counts(write(tmp_path, text.replace("KEY", str(network.streets.segment_id[0]))), None, network)
    assert words in "\n".join([refused.value.message, *refused.value.faults])


def test_too_few_draws_for_many_counts_are_refused():
    check_enough(same_everywhere(10), 32)
    with pytest.raises(InputError, match="found 31 for 8 counts, expected 32 or more"):
        check_enough(same_everywhere(10), 31)


def test_the_command_refuses_before_any_run(refused, tmp_path):
    write(tmp_path, "segment_id,hour,count\n1,20,5\n")
    assert "segment_id '1'" in refused("calibrate", "counts", "--counts", "counts.csv")
    assert "no such file" in refused("calibrate", "counts", "--counts", "none.csv")


def test_jobs_are_those_of_a_comparison(tmp_path):
    options = Options()
    (first, second) = jobs_of(options, 2, tmp_path)
    assert first == Job.plan(options, 0, (load_scenario("baseline"),), tmp_path)
    assert (second.draw, json.dumps(second.ids[0])) == (1, f'"{second.ids[0]}"')

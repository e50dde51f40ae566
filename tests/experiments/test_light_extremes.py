"""Where most light is guessed, an answer comes with both ends: every such street lit, and none."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from experiments.comparing import LIGHT_ENDS, read_answer
from experiments.light_extremes import (
    COLUMNS,
    LIGHT,
    light_decides,
    rows_of_light,
    sentences_of_light,
    with_light,
)
from experiments.runs import Options, network_of
from street_networks import load_city, write_city
from street_networks.inspection.soundness import share_of_guessed_light
from street_networks.light.imputation import ASSUMABLE

from cities import grid_city

CITY = grid_city(5)


def guessed(share: float):
    """The drawn city with the light of so much of its length unknown."""
    streets = CITY.streets
    unknown = np.cumsum(streets.length_m) <= share * streets.length_m.sum() + 1e-6
    probability = np.where(unknown, 0.7, streets.lit_probability)
    streets = dataclasses.replace(streets, light_imputed=unknown, lit_probability=probability)
    return dataclasses.replace(CITY, streets=streets)


def test_only_unknown_light_is_changed() -> None:
    city = guessed(0.6)
    known = ~city.streets.light_imputed
    for light, sure in (("lit", 1.0), ("unlit", 0.0)):
        streets = with_light(city, light).streets
        assert (streets.lit_probability[~known] == sure).all()
        assert (streets.lit_probability[known] == city.streets.lit_probability[known]).all()


def test_what_the_builder_assumes_stays_at_both_ends() -> None:
    city = guessed(1.0)
    every = {"lit_assumed": ",".join(f"{word}=0.7" for word in ASSUMABLE)}
    assumed = dataclasses.replace(city, metadata={**city.metadata, **every})
    assert share_of_guessed_light(city) == 1.0
    assert share_of_guessed_light(assumed) == 0.0
    assert not light_decides(assumed)
    for light in LIGHT:
        assert (with_light(assumed, light).streets.lit_probability == city.streets.lit_probability).all()


def test_both_ends_are_run_only_where_most_of_the_core_is_guessed() -> None:
    assert not light_decides(guessed(0.3))
    assert light_decides(guessed(1.0))
    assert not light_decides(load_city("helsinki-centre"))


def test_a_run_at_an_end_of_light_has_another_city() -> None:
    plain = Options()
    lit, unlit = (network_of(dataclasses.replace(plain, light=light)) for light in LIGHT)
    assert len({network_of(plain).digest(), lit.digest(), unlit.digest()}) == 3
    assert lit.streets.lit_probability.sum() > unlit.streets.lit_probability.sum()


def ends(lit: float, unlit: float) -> pd.DataFrame:
    row = {"scenario": "lamps", "indicator": "feels_safe_share", "unit": "share of walking time", "gender": "woman"}
    rows = [
        row | {"light": light, "baseline": 0.5, "value": 0.5 + change, "difference": change, "draws": 4}
        for light, change in (("lit", lit), ("unlit", unlit))
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


@pytest.mark.parametrize(("unlit", "words"), [(0.06, "moves this answer"), (0.0012, "hardly moves this answer")])
def test_whether_light_decides_is_said_by_the_material_margin(unlit: float, words: str) -> None:
    city = guessed(0.9)
    (told,) = sentences_of_light(ends(0.001, unlit), city)
    assert (
        f"whether streets are lit {words}, and on {share_of_guessed_light(city):.0%} of their length in the core"
        in told
    )
    assert "+0.10 points (50.0\u00a0% to 50.1\u00a0%) with every one of them lit" in told
    assert "with none of them lit (4 draws each)" in told


def test_nothing_is_said_where_nothing_was_run() -> None:
    empty = rows_of_light({}, {"lamps": ["lighting"]}, 0)
    assert tuple(empty.columns) == COLUMNS
    assert not list(sentences_of_light(empty, CITY))


@pytest.mark.slow
def test_a_comparison_in_a_city_of_unknown_light_tells_both_ends(afterdark, tmp_path):
    city = load_city("helsinki-centre")
    streets = city.streets
    unknown = ~streets.in_park | (np.arange(len(streets)) % 2 == 0)
    probability = np.where(unknown, 0.8, streets.lit_probability)
    streets = dataclasses.replace(
        streets,
        light_imputed=unknown,
        lit_probability=probability,
        tagged_lit=np.where(unknown, -1, streets.tagged_lit),
        lamps_in_reach=np.where(unknown, 0, streets.lamps_in_reach),
    )
    write_city(dataclasses.replace(city, streets=streets), tmp_path / "dim.gpkg")
    words = ("compare", "light-the-park-paths", "--city", "dim.gpkg", "--people", "400", "--replications", "2")
    told = afterdark(*words, "--out", "both", "--quiet")
    assert told.status == 0, told.err
    both = read_answer(tmp_path / "both")
    table = pd.read_csv(tmp_path / "both" / LIGHT_ENDS)
    women = table[table["gender"] == "woman"].set_index("light")
    assert women.loc["lit", "baseline"] > women.loc["unlit", "baseline"] + 0.02
    assert any("whether streets are lit" in caution for caution in both.facts.cautions)
    assert "with every one of them lit" in " ".join(told.out.split())
    # without the ends: the same numbers, told without them
    told = afterdark(*words, "--out", "one", "--quiet", "--no-light-extremes")
    assert told.status == 0, told.err
    pd.testing.assert_frame_equal(read_answer(tmp_path / "one").comparison, both.comparison)
    assert "with every one of them lit" not in " ".join(told.out.split())

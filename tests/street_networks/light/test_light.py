"""Light: the rules for tags, lamps and imputation."""

import numpy as np
import pytest
import shapely

from simulator.city.network import STREET_CLASSES
from simulator.evidence.parameters import nominal
from simulator.interventions.lighting.new_lamps import EN_13201_2_P
from street_networks.light import light
from street_networks.light.imputation import imputed_probability

STREET = np.array([shapely.LineString([(0, 0), (40, 0), (40, 30)])], object)


def _facts(**changes: list) -> dict[str, np.ndarray]:
    facts = {
        "tagged_lit": [-1],
        "street_class": [STREET_CLASSES.index("footway")],
        "in_park": [False],
        "is_tunnel": [False],
        "is_informal": [False],
        "is_surveyed": [False],
    }
    return {key: np.array(value) for key, value in {**facts, **changes}.items()}


def _lamp_columns(*rows: tuple[float, float]) -> dict[str, np.ndarray]:
    at = np.array(rows, float).reshape(-1, 2)
    return {
        "x_m": at[:, 0],
        "y_m": at[:, 1],
        "height_m": np.full(len(at), 6.0),
        "flux_lm": np.full(len(at), 3500.0),
    }


def test_classes_are_those_of_the_standard() -> None:
    # EN 13201-2:2015, table for classes P: maintained mean and minimum
    mean = {"P1": 15, "P2": 10, "P3": 7.5, "P4": 5, "P5": 3, "P6": 2}
    assert {name: (pytest.approx(lx / 5), lx) for name, lx in mean.items()} == EN_13201_2_P


def test_lit_tag_gives_the_class_of_the_street() -> None:
    lit = light.segment_light(STREET, _facts(tagged_lit=[1]), _lamp_columns())
    assert (lit.lit_min_lx[0], lit.lit_mean_lx[0]) == EN_13201_2_P[f"P{nominal('lighting_class_footway'):.0f}"]
    assert (lit.lit_probability[0], lit.light_imputed[0], lit.unlit_mean_lx[0]) == (1, False, 0)


def test_unlit_tag_leaves_only_the_spill_of_lamps() -> None:
    lit = light.segment_light(STREET, _facts(tagged_lit=[0]), _lamp_columns((20, 3)))
    assert (lit.lit_probability[0], lit.light_imputed[0]) == (0, False)
    assert lit.unlit_mean_lx[0] > 0


def test_untagged_street_with_a_lamp_is_known_lit_by_what_the_lamp_gives() -> None:
    lit = light.segment_light(STREET, _facts(), _lamp_columns((20, 3)))
    assert (lit.lit_probability[0], lit.light_imputed[0], lit.lamps_in_reach[0]) == (1, False, 1)
    assert lit.lit_mean_lx[0] == lit.unlit_mean_lx[0] > 0


def test_untagged_street_is_imputed() -> None:
    lines = np.array([shapely.LineString([(0, 100 * k), (length, 100 * k)]) for k, length in enumerate((30, 10))])
    facts = _facts(**{key: list(value) * 2 for key, value in _facts().items()})
    facts["tagged_lit"] = np.array([1, -1])
    lit = light.segment_light(lines, facts, _lamp_columns())
    expected = imputed_probability(lines, facts, np.zeros(2, int))[1]
    assert lit.lit_probability.tolist() == [1, pytest.approx(expected, abs=1e-4)]
    assert 0 < expected < 1
    assert lit.light_imputed.tolist() == [False, True]
    assumed = light.segment_light(lines, facts, _lamp_columns(), {"footway": 0.25})
    assert assumed.lit_probability.tolist() == [1, 0.25]


def test_informal_paths_are_never_imputed_lit() -> None:
    lines = np.array([shapely.LineString([(0, 0), (30, 0)]), shapely.LineString([(0, 200), (30, 200)])])
    facts = _facts(**{key: list(value) * 2 for key, value in _facts().items()})
    facts["tagged_lit"], facts["is_informal"] = np.array([1, -1]), np.array([False, True])
    assert light.segment_light(lines, facts, _lamp_columns()).lit_probability.tolist() == [1, 0]


def test_street_lamps_do_not_shine_into_tunnels() -> None:
    lit = light.segment_light(STREET, _facts(is_tunnel=[True]), _lamp_columns((20, 3)))
    assert (lit.unlit_mean_lx[0], lit.lamps_in_reach[0], lit.light_imputed[0]) == (0, 0, True)


@pytest.mark.parametrize(
    ("tags", "informal"),
    [
        ({"highway": "path"}, True),
        ({"highway": "path", "surface": "asphalt"}, False),
        ({"highway": "footway", "informal": "yes"}, True),
        ({"highway": "footway"}, False),
        ({"highway": "track", "surface": "unpaved"}, True),
    ],
)
def test_informal_paths(tags: dict[str, str], informal: bool) -> None:
    assert light.is_informal(tags) is informal


@pytest.mark.parametrize(("tag", "height"), [("8", 8.0), ("4.5 m", 4.5), ("900", None), ("tall", None), ("", None)])
def test_lamp_height_is_read_where_it_is_plausible(tag: str, height: float | None) -> None:
    assert light.lamp_height({"height": tag}) == (height or nominal("lamp_height"))

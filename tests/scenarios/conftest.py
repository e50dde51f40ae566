"""A drawn toy city for selectors."""

import dataclasses

import numpy as np
import pytest

from simulator.city.network import STREET_CLASSES, Junctions, Lamps, Places, StreetNetwork, Streets

ROWS = (
    # class, in park, tunnel, informal, lit tag, lamps in reach, in core, name
    ("residential", False, False, False, 1, 0, True, 0),
    ("footway", True, False, False, 0, 0, True, 1),
    ("path", True, False, True, -1, 0, True, -1),
    ("footway", True, False, False, -1, 3, True, 1),
    ("steps", False, False, False, -1, 0, False, -1),
    ("footway", False, True, False, 1, 2, False, -1),
    ("pedestrian", False, False, False, -1, 0, False, 2),
)


@pytest.fixture(scope="session")
def toy() -> StreetNetwork:
    """Seven segments of 100 m in a row, from west to east, near the origin of UTM 35N::

    j0 ---0--- j1 ---1--- j2 ---2--- j3 ---3--- j4 ---4--- j5 ---5--- j6 ---6--- j7
       street     park       park       park       steps      tunnel     pedestrian
       tag lit    tag no     no tag     3 lamps    no tag     lit        no tag
       Eiraway    Parkway    informal   Parkway                          Ääkkösen katu
       core       core       core       core       ring       ring       ring
    """
    columns = [np.array(one) for one in zip(*ROWS, strict=True)]
    count = len(ROWS)
    zeros = np.zeros(count)
    lit = (columns[4] == 1) | (columns[5] > 0)
    streets = Streets(
        segment_id=100 + np.arange(count),
        from_junction=np.arange(count),
        to_junction=np.arange(count) + 1,
        length_m=np.full(count, 100.0),
        street_class=np.array([STREET_CLASSES.index(one[0]) for one in ROWS]),
        in_park=columns[1],
        is_steps=np.array([one[0] == "steps" for one in ROWS]),
        is_tunnel=columns[2],
        is_informal=columns[3],
        tagged_lit=columns[4],
        lamps_in_reach=columns[5],
        lit_probability=lit.astype(float),
        light_imputed=~lit,
        lit_min_lx=np.full(count, 2.0),
        lit_mean_lx=np.full(count, 10.0),
        unlit_min_lx=zeros,
        unlit_mean_lx=zeros,
        overlooking_residents=zeros,
        in_core=columns[6],
        name_index=columns[7],
    )
    x = 385_000.0 + 100 * np.arange(count + 1)
    y = np.full(count + 1, 6_672_000.0)
    vertices = np.column_stack([np.repeat(x, 2)[1:-1], np.repeat(y, 2)[1:-1]])
    nothing = {field.name: np.zeros(0) for field in dataclasses.fields(Places)}
    return StreetNetwork(
        name="toy",
        crs="EPSG:32635",
        latitude=60.17,
        longitude=24.93,
        timezone="Europe/Helsinki",
        country="FI",
        street_names=("Eiraway", "Parkway", "Ääkkösen katu"),
        metadata={},
        streets=streets,
        junctions=Junctions(junction_id=np.arange(count + 1), x_m=x, y_m=y),
        places=Places(**nothing),
        lamps=Lamps(**{field.name: np.zeros(0) for field in dataclasses.fields(Lamps)}),
        vertices=vertices,
        vertex_start=2 * np.arange(count + 1),
    )

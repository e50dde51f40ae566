"""Places of the shipped city and of Las Palmas: how many opening hours there are and how many are read."""

import datetime
import importlib.util
import os
from pathlib import Path

import numpy as np
import pytest

from simulator.network import StreetNetwork
from simulator.opening_hours import hours_fault, places_open

FRIDAY, TUESDAY = datetime.date(2026, 6, 5), datetime.date(2026, 6, 2)
DATA = os.environ.get("AFTERDARK_DATA")
needs_osmium = pytest.mark.skipif(importlib.util.find_spec("osmium") is None, reason="needs the extra 'recipe'")


def test_hours_of_the_shipped_city(helsinki: StreetNetwork) -> None:
    figures = {key: int(value) for key, value in helsinki.metadata.items() if key.startswith("opening_hours")}
    stops = helsinki.places_of("stop")
    written = np.setdiff1d(np.flatnonzero(helsinki.places.hours_index >= 0), stops)
    assert figures["opening_hours_read"] == written.size == 494
    assert figures["opening_hours_not_understood"] == 11
    assert not [text for text in helsinki.opening_hours if hours_fault(text)]


def test_a_bar_closes_later_on_friday_than_on_tuesday(helsinki: StreetNetwork) -> None:
    text = "Mo,Tu 15:00-23:00; We,Th 15:00-01:00; Fr,Sa 15:00-02:00; PH off"
    rows = np.flatnonzero(helsinki.places.hours_index == helsinki.opening_hours.index(text))
    assert rows.size
    friday, tuesday = (places_open(helsinki, date)[:, rows[0]] for date in (FRIDAY, TUESDAY))
    assert set(np.flatnonzero(friday)) == {*range(15, 24), 0, 1}
    assert set(np.flatnonzero(tuesday)) == set(range(15, 23))


@needs_osmium
@pytest.mark.skipif(DATA is None, reason="set AFTERDARK_DATA to the folder with osm/las_palmas_2023.osm.pbf")
def test_most_hours_of_las_palmas_are_read() -> None:
    """Every text of a tagged node or way, counted with osmium and not with our own reader."""
    import osmium

    path = Path(str(DATA)) / "osm" / "las_palmas_2023.osm.pbf"
    texts = [
        thing.tags["opening_hours"]
        for thing in osmium.FileProcessor(path).with_filter(osmium.filter.KeyFilter("opening_hours"))
    ]
    faulty = [text for text in texts if hours_fault(text)]
    assert (len(texts), len(faulty)) == (252, 5)
    assert "Lunes a Viernes de 8:00 a 16:00" in faulty

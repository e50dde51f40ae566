"""`scenario check` and `explain` refuse what `compare` refuses, and say what it says before it computes."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest

from simulator.city.network import PLACE_KINDS
from street_networks import load_city, write_city

from ..conftest import ROOT

BUS = """format = 1
title = "A bus on Friday nights"

[[measures]]
kind = "transit"
name = "Friday bus"
days = ["friday"]
from_hour = 0
until_hour = 4
headway_min = 30
"""


@pytest.mark.parametrize("command", ["check", "explain"])
def test_a_case_that_does_nothing_on_the_day_is_refused_with_the_date_to_try(command, refused, afterdark, tmp_path):
    (tmp_path / "bus.toml").write_text(BUS)
    told = refused("scenario", command, "bus.toml")
    assert "nothing would change" in told
    assert "--date 2026-12-25" in told
    assert afterdark("scenario", command, "bus.toml", "--date", "2026-12-25").status == 0


@pytest.mark.parametrize("command", ["check", "explain"])
def test_a_city_without_people_is_refused_as_compare_refuses_it(command, refused, tmp_path):
    city = load_city("helsinki-centre")
    others = np.flatnonzero(city.places.kind != PLACE_KINDS.index("home"))
    write_city(dataclasses.replace(city, places=city.places.take(others), name="empty"), tmp_path / "empty.gpkg")
    lines = (("scenario", command, "light-the-park-paths"), ("compare", "light-the-park-paths"))
    asked, compared = (refused(*line, "--city", "empty.gpkg") for line in lines)
    assert asked == compared


def test_what_is_placed_nowhere_is_said(afterdark):
    told = afterdark("scenario", "check", "nothing-changes")
    assert told.status == 0
    assert "placed nowhere in helsinki-centre" in told.out


def test_check_loads_no_more_than_it_needs_and_leaves_the_collector_as_it_was():
    """Each of these takes a tenth of a second and more to load; `check` has two seconds in all."""
    slow = (
        "scipy.stats",
        "scipy.optimize",
        "matplotlib",
        "mesa",
        "osmnx",
        "osmium",
        "networkx",
        "experiments.comparing",
    )
    code = (
        "import gc, sys\nfrom experiments.cli.main import main\n"
        "sys.argv = ['afterdark', 'scenario', 'check', 'light-the-park-paths']\n"
        "try: main()\nexcept SystemExit: pass\n"
        f"print('slow:', *[name for name in {slow} if name in sys.modules], gc.isenabled())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "nothing wrong found" in done.stdout
    assert done.stdout.strip().endswith("slow: True")

"""How old a map is: days, months and years by hand, the caution above three years, and dates that are none."""

import datetime
import json
import subprocess
import sys
from pathlib import Path

import pytest

from street_networks.inspection.map_age import map_age

TODAY = datetime.date(2026, 11, 21)


@pytest.mark.parametrize(
    ("date", "words", "is_old"),
    [
        ("2026-11-21", "0 days old", False),
        ("2026-11-20T09:50:14Z", "1 day old", False),
        ("2026-09-23", "59 days old", False),
        ("2026-08-01", "3 months old", False),
        ("2024-11-22", "23 months old", False),
        ("2024-11-20", "2 years old", False),
        ("2023-11-22", "2 years old", False),
        ("2023-11-19", "3 years old", True),
        ("2019-04-21T09:50:14Z", "7 years old (data of 2019-04-21)", True),
    ],
)
def test_the_age_in_words(date: str, words: str, is_old: bool) -> None:
    age = map_age({"data_date": date}, TODAY)
    assert age.words.startswith(words)
    assert age.is_old is is_old
    assert ("caution" in age.told()) is is_old


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({}, "does not say of when its data are"),
        ({"data_date": " "}, "does not say of when"),
        ({"data_date": "spring 2019"}, "reads 'spring 2019', expected one such as"),
        ({"data_date": "2027-01-01"}, "dated 2027-01-01, after today"),
    ],
)
def test_an_age_that_cannot_be_known_is_said_to_be_unknown(metadata: dict[str, str], words: str) -> None:
    age = map_age(metadata, TODAY)
    assert age.years is None
    assert words in age.told()
    assert "caution" not in age.told()


def run(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "experiments.cli", *words],
        cwd=Path(__file__).parents[3], capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


@pytest.mark.slow
def test_the_commands_say_how_old_the_shipped_map_is() -> None:
    listed = run("network", "list")
    assert "years old (data of 2019-04-21); caution: shops, bars, lamps" in listed
    row = json.loads(run("network", "list", "--json"))[0]
    assert row["map_age_years"] > 7
    told = json.loads(run("network", "inspect", "helsinki-centre", "--json"))
    assert told["map_age"]["words"] == row["map_age"]
    shown = " ".join(run("network", "inspect", "helsinki-centre").split())
    assert "age of the map: " in shown
    assert "caution: shops, bars, lamps" in shown
    assert "taxi stand unease 17" in shown
    assert "How completely the map has such things is not known" in shown

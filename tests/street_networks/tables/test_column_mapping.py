"""Mappings of columns: pairs or a file, and every fault told."""

import pytest

from simulator.errors import InputError
from street_networks.tables.column_mapping import read_mapping

OURS = ("height_m", "power_w", "latitude")


def test_pairs_and_files_say_the_same(tmp_path):
    file = tmp_path / "lamps.toml"
    file.write_text(
        '[columns]\nheight_m = "Hoehe"\npower_w = "Watt, netto"\ncrs = "EPSG:25832"\n[values.power_w]\nviel = "100"\n'
    )
    pairs = read_mapping(" height_m = Hoehe ,power_w=Watt, crs=EPSG:25832,", OURS, option="--lamp-columns")
    assert (dict(pairs.columns), pairs.crs) == ({"height_m": "Hoehe", "power_w": "Watt"}, "EPSG:25832")
    filed = read_mapping(str(file), OURS, option="--lamp-columns")
    assert dict(filed.columns) == {"height_m": "Hoehe", "power_w": "Watt, netto"}
    assert dict(filed.values["power_w"]) == {"viel": "100"}
    assert filed.crs == "EPSG:25832"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("heigth_m=H", "heigth_m is none of ours; did you mean height_m?"),
        ("height_m", "found 'height_m', expected ours=theirs"),
        ("height_m=A,height_m=B", "height_m is mapped twice, to 'A' and 'B'"),
        ("", "found nothing"),
        ("xyzzyxyzzy=H,power_w", "xyzzyxyzzy is none of ours; expected one of height_m, power_w, latitude"),
        ("xyzzyxyzzy=H,power_w", "found 'power_w', expected ours=theirs"),  # both are told
        ("none.toml", "--lamp-columns none.toml: cannot be read"),
    ],
)
def test_what_is_wrong_is_said(text, said):
    with pytest.raises(InputError) as caught:
        read_mapping(text, OURS, option="--lamp-columns")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[columns]\nheight_m = 3", "expected a table [columns]"),
        ("= =", "is not TOML"),
        ("", "found nothing"),
        ('height_m = "H"', "expected a table [columns]"),
        ('[columns]\npower_w = "W"\n[values]\npower_w = "x"', "expected a table [columns]"),
        (
            '[columns]\npower_w = "W"\n[values.watts]\nx = "y"',
            "watts is none of ours; expected one of height_m, power_w, latitude",
        ),
    ],
)
def test_what_is_wrong_in_a_file_is_said(tmp_path, content, said):
    file = tmp_path / "map.toml"
    file.write_text(content)
    with pytest.raises(InputError, match=r"map\.toml") as caught:
        read_mapping(str(file), OURS, option="--lamp-columns")
    assert said in str(caught.value)

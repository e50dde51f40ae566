"""Participants' own weights: fitted from choices, kept apart, and used by `--values`."""

import csv
import subprocess
import sys

import numpy as np
import pytest

from experiments.calibration.participants import calibrate_weights, fit_weights, read_choices
from experiments.values import read_values
from simulator.errors import InputError
from simulator.evidence.parameters import draw_parameters, nominal
from simulator.safety.perception import solve_perception

TRUE = {"woman": {"homes": 0.9, "patrol": -0.5}, "man": {"homes": 0.05, "patrol": 0.6}}


def write(path, rows, headings=("gender", "chosen", "name", "a_homes", "b_homes", "a_patrol", "b_patrol")):
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, headings)
        table.writeheader()
        table.writerows(rows)
    return path


def chosen_by(gender, count, seed):
    """Choices of people whose weights are known."""
    variate = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        a, b = variate.random(2).round(2), variate.random(2).round(2)
        score = TRUE[gender]["homes"] * (a[0] - b[0]) + TRUE[gender]["patrol"] * (a[1] - b[1])
        rows.append(
            {
                "gender": gender,
                "chosen": "a" if variate.random() < 1 / (1 + np.exp(-score)) else "b",
                "name": "Somebody",
                "a_homes": a[0],
                "b_homes": b[0],
                "a_patrol": a[1],
                "b_patrol": b[1],
            }
        )
    return rows


@pytest.fixture
def choices(tmp_path):
    return write(tmp_path / "choices.csv", chosen_by("woman", 8000, 1) + chosen_by("man", 8000, 2))


def test_known_weights_are_found_again_and_groups_are_kept_apart(choices):
    for gender, group in read_choices(choices).items():
        told = fit_weights(group).set_index("parameter")
        for feature, parameter in (("homes", "overlooking_homes"), ("patrol", "guardian_patrol")):
            off = told["weight"][parameter] - TRUE[gender][feature]
            assert abs(off) < 3 * told["weight_sd"][parameter] + 0.1  # and a little of the prior
        assert (told["contraction"] > 0.5).all()


def test_few_choices_leave_the_prior(tmp_path):
    path = write(tmp_path / "few.csv", chosen_by("woman", 4, 3))
    told = fit_weights(read_choices(path)["woman"])
    assert (told["contraction"] < 0.1).all()
    np.testing.assert_allclose(told["weight"], told["prior"], atol=0.1)


def test_choices_told_the_other_way_round_say_the_same(choices, tmp_path):
    with choices.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["chosen"] = "b" if row["chosen"] == "a" else "a"
        for name in ("homes", "patrol"):
            row[f"a_{name}"], row[f"b_{name}"] = row[f"b_{name}"], row[f"a_{name}"]
    turned = read_choices(write(tmp_path / "turned.csv", rows))
    for gender, group in read_choices(choices).items():
        np.testing.assert_allclose(fit_weights(group)["weight"], fit_weights(turned[gender])["weight"], atol=1e-9)


def test_the_file_is_what_values_reads_and_one_gender_moves_alone(choices, tmp_path):
    out = tmp_path / "weights.toml"
    made = calibrate_weights(choices, out)
    assert "Somebody" not in out.read_text(encoding="utf-8")
    values = dict(read_values(out))
    assert values["woman.overlooking_homes"] == pytest.approx(made["woman"]["weight"][0], abs=1e-4)
    told = solve_perception(draw_parameters(1, -1, values))
    assert told.overlooking[0] == values["woman.overlooking_homes"]
    assert told.overlooking[1] == values["man.overlooking_homes"]
    assert told.overlooking[2] == nominal("overlooking_homes"), "nobody of another gender chose"
    spread = values["woman.overlooking_homes.sd"]
    assert spread == pytest.approx(made["woman"]["weight_sd"][0], abs=1e-4)
    drawn = [solve_perception(draw_parameters(1, draw, values)).overlooking for draw in range(400)]
    assert np.std(drawn, axis=0)[:2] == pytest.approx([spread, values["man.overlooking_homes.sd"]], rel=0.15), (
        "what choices leave open is drawn"
    )
    assert np.mean(drawn, axis=0)[0] == pytest.approx(values["woman.overlooking_homes"], abs=4 * spread / 20)
    only_women = {name: value for name, value in values.items() if name.startswith("woman")}
    plain, women = solve_perception(draw_parameters(1, 3)), solve_perception(draw_parameters(1, 3, only_women))
    assert women.guardians[0, 2] != plain.guardians[0, 2]
    np.testing.assert_array_equal(women.guardians[1:], plain.guardians[1:])
    assert women.level[1] == pytest.approx(plain.level[1])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"gender": "lady"}, "row 2: gender 'lady', expected one of woman, man, another"),
        ({"chosen": "c"}, "row 2: chosen 'c', expected a or b"),
        ({"a_homes": "much"}, "row 2: a_homes 'much', expected a number from 0 to 1"),
        ({"b_patrol": "7"}, "row 2: b_patrol '7', expected a number from 0 to 1"),
        ({"a_homes": "nan"}, "row 2: a_homes 'nan'"),
    ],
)
def test_bad_rows_are_named(tmp_path, change, words):
    rows = chosen_by("woman", 2, 1)
    rows[0] |= change
    with pytest.raises(InputError) as caught:
        read_choices(write(tmp_path / "bad.csv", rows))
    assert words in str(caught.value)


def test_files_that_hold_no_choices_are_refused(tmp_path):
    for content in ("", "gender,chosen\nwoman,a\n", "gender,chosen,a_homes,b_homes\n", "\x00\x01"):
        path = tmp_path / "none.csv"
        path.write_text(content, encoding="utf-8")
        with pytest.raises(InputError, match="expected"):
            read_choices(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_choices(tmp_path / "not there.csv")


def test_a_question_misspelt_is_not_lost(tmp_path):
    rows = [{"gender": "woman", "chosen": "a", "a_homes": 1, "b_homes": 0, "a_lamps": 1, "b_lamps": 0, "a_host": 1}]
    with pytest.raises(InputError, match="found a_lamps, b_lamps, a_host, which are no pairs"):
        read_choices(write(tmp_path / "stray.csv", rows, tuple(rows[0])))


def test_values_by_gender_are_checked(tmp_path):
    path = tmp_path / "values.toml"
    path.write_text(
        "[woman]\nfeel_level = 1.0\n[lady]\ntunnel = 1.0\n[man]\ntunnel = 99.0\n[another]\ntunnel = {value = 0.1, sd = -1}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_values(path)
    for words in (
        "woman.feel_level: expected one of",
        "[lady]: found a table of gender 'lady', expected one of woman, man, another",
        "man.tunnel: found 99.0",
        "another.tunnel.sd: found -1",
    ):
        assert words in str(caught.value)
    path.write_text("light_relief_lx = {value = 2.0, sd = 1.0}\ntunnel = {value = 1.0}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_values(path)
    for words in ("light_relief_lx.sd: found an sd, expected none", "tunnel: found {'value': 1.0}, expected a number"):
        assert words in str(caught.value)


@pytest.mark.slow
def test_the_command_says_how_many_chose_and_what_came_out(choices, tmp_path):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "experiments.cli",
            "calibrate",
            "weights",
            str(choices),
            "--out",
            str(tmp_path / "w.toml"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "woman: 8000 choices" in done.stdout
    assert "guardian_patrol" in done.stdout
    assert (tmp_path / "w.toml").is_file()


def test_weights_never_overwrite_a_file_with_something_else(tmp_path):
    path, out = write(tmp_path / "choices.csv", chosen_by("woman", 20, 5)), tmp_path / "weights.toml"
    calibrate_weights(path, out)
    made = out.read_bytes()
    calibrate_weights(path, out)
    assert out.read_bytes() == made
    out.write_text("# mine\n")
    with pytest.raises(InputError, match="nothing was overwritten"):
        calibrate_weights(path, out)
    assert out.read_text() == "# mine\n"

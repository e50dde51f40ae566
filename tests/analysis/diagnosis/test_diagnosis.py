"""The tables of a diagnosis by hand, and words that say no more than they hold."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from analysis.answer.wording import WHO
from analysis.comparison.by_zone import OTHERS
from analysis.diagnosis import tables, words
from analysis.diagnosis.page import RATED, audit_sheet, diagnosis_page
from simulator.foundation.categories import AGE_BANDS


def draw_of(gain, *, agents=100, night=0.3):
    """Reasons of one draw: a tenth of women's walks is safe less than men's, light adds `gain` to both."""
    rows = []
    for gender, base in (("woman", 0.6), ("man", 0.7)):
        for age in AGE_BANDS:
            for reason, more in (
                (tables.AS_IT_IS, 0.0),
                ("light", gain),
                ("fronts", 0.01),
                ("sight", 0.0),
                ("night", night),
            ):
                shared = {"reason": reason, "gender": gender, "age_band": age, "period": "dark", "agents": agents}
                walked = {"hour": 22, "walking_s": 1000.0, "safe_s": 1000.0 * (base + more)}
                asked = {"hour": 21, "survey_respondents": 50.0, "survey_feel_safe": 50.0 * (base - 0.1 + more)}
                rows += [shared | walked, shared | asked]
    return pd.DataFrame(rows).fillna(0.0)


@pytest.fixture
def found():
    return tables.reasons([draw_of(gain) for gain in (0.10, 0.12, 0.14)])


def test_shares_and_gains_are_means_over_draws(found):
    women = found[(found["gender"] == "woman") & (found["age"] == "all") & (found["quantity"] == "walks")]
    assert women["reason"].tolist() == ["night", "light", "fronts"], "largest first; what nobody audited is left out"
    light = women.set_index("reason").loc["light"]
    assert light["share"] == pytest.approx(0.6)
    assert light["gain"] == pytest.approx(0.12)
    assert 0.0 < light["low"] < 0.10
    assert light["agents"] == 800
    survey = found[(found["gender"] == "man") & (found["age"] == "all") & (found["quantity"] == "survey")]
    assert survey["share"].iloc[0] == pytest.approx(0.6)


def test_everybody_is_women_and_men_by_what_they_walk(found):
    everybody = found[(found["gender"] == "all") & (found["age"] == "all") & (found["quantity"] == "walks")]
    assert everybody["share"].iloc[0] == pytest.approx(0.65)


def test_few_agents_are_pooled_or_left_out():
    few = tables.reasons([draw_of(0.1, agents=4) for _ in range(3)])
    assert set(few["age"]) == {"all"}, "32 women in all, none of an age alone"
    none = tables.reasons([draw_of(0.1, agents=3) for _ in range(3)])
    assert set(none["gender"]) == {"all"}


def test_no_gain_is_more_than_there_is_to_gain():
    wide = tables.reasons([draw_of(gain) for gain in (0.001, 0.05, 0.39)])
    assert (wide["share"] + wide["high"].fillna(0.0) <= 1.0 + 1e-9).all()


def test_what_is_most_in_the_way_of_a_street():
    streets = pd.DataFrame(
        {
            "segment_id": [1, 2, 3, 4],
            "in_core": [True, True, True, False],
            "walking_s": [1000.0, 1000.0, 10.0, 1000.0],
            "safe_s": [500.0, 500.0, 1.0, 1.0],
            "safe_s_light": [600.0, 510.0, 9.0, 900.0],
            "safe_s_fronts": [550.0, 580.0, 2.0, 2.0],
            "safe_s_night": [990.0, 990.0, 10.0, 999.0],
        }
    )
    best = tables.most_in_the_way([streets, streets], least_gain=0.05, least_walked_s=100.0)
    assert {name: keys.tolist() for name, keys in best.items()} == {"light": [1], "fronts": [2]}
    assert tables.most_in_the_way([streets], least_gain=0.2, least_walked_s=100.0) == {}


def empty_parts(found):
    reach = pd.DataFrame(
        columns=[
            *("indicator", "unit", "gender", "age", "disability", "carer", "night_worker", "hour_band", "zone"),
            *("purpose", "period", "value", "low", "high"),
        ]
    )
    out = pd.DataFrame([("22-01", 10.0, 30.0, 0.25, 0.2, 0.3)], columns=list(tables.OUT_COLUMNS))
    stays = [(who, "all", "dark", share, share, share, 100) for who, share in (("woman", 0.03), ("man", 0.01))]
    return {
        "reasons": found,
        "out": out,
        "where": pd.DataFrame(columns=list(tables.WHERE_COLUMNS)),
        "groups": pd.DataFrame(columns=list(tables.GROUP_COLUMNS)),
        "why_where": pd.DataFrame(columns=list(tables.WHY_COLUMNS)),
        "stays_in": pd.DataFrame(stays, columns=list(tables.IN_COLUMNS)),
        "levels": reach,
    }


def test_the_sentences_say_what_the_tables_hold(found):
    told = words.sentences(empty_parts(found))
    assert told[0] == "Of ten minutes that women walk after dark 6.0 feel safe to them, of men's 7.0."
    assert "dim or no light (7.2 of ten without it)" in told[1]
    assert "25%" in told[3]
    assert "30 are not made, of men's 10" in told[4]
    assert all(len(sentence.split()) <= 32 for sentence in told)


def test_what_is_not_sure_is_not_blamed():
    unsure = tables.reasons([draw_of(gain, night=0.0) for gain in (-0.1, 0.0, 0.1)])
    unsure = unsure[unsure["reason"] != "fronts"]
    assert "Nothing that can be mended alone is sure" in " ".join(words.sentences(empty_parts(unsure)))


def test_the_page_and_the_sheet_are_whole_and_fetch_nothing(found, tmp_path):
    png = tmp_path / "map.png"
    png.write_bytes(b"\x89PNG\r\n")
    page = diagnosis_page(
        empty_parts(found), title="<City>", when="21 December 2026", missing=["No stops."], png=png, attribution="© us"
    )
    assert "&lt;City&gt;" in page
    assert "<script" not in page
    assert 'src="http' not in page
    assert page.count("<table") == len(words.all_tables(empty_parts(found)))
    points = pd.DataFrame({"point": [1], "street": ["Rue <A>"], "latitude": [60.1], "longitude": [24.9]})
    sheet = audit_sheet(points, title="City", attribution="© us")
    assert "Rue &lt;A&gt;" in sheet
    assert sheet.count("&#9744;") == 4 * len(RATED)


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_the_map_is_not_stretched(found, tmp_path, browser, width, height):
    """A city that is taller than wide, on a laptop and on a phone."""
    png = tmp_path / "map.png"
    Image.new("RGB", (900, 1500)).save(png)
    words = {"title": "City", "when": "today", "missing": [], "attribution": "us"}
    page = tmp_path / "page.html"
    page.write_text(diagnosis_page(empty_parts(found), png=png, **words), encoding="utf-8")
    tab = browser.new_page(viewport={"width": width, "height": height})
    tab.goto(page.as_uri())
    box = tab.locator("figure img").bounding_box()
    assert box["width"] / box["height"] == pytest.approx(900 / 1500, rel=0.02)
    assert box["width"] > 150


def test_words_for_everybody_are_those_of_other_answers(found):
    shown = words.groups_table(found)
    assert {row[0] for row in shown.rows} <= set(WHO.values())
    assert not np.any(["nan" in str(entry) for row in shown.rows for entry in row])


def test_a_gain_that_some_draws_hardly_have_is_not_called_sure():
    """On the log scale no gain above zero ever reaches none, however little most draws have of it."""
    rare = tables.reasons([draw_of(gain) for gain in (0.0001, 0.0002, 0.0003, 0.10)])
    light = rare[(rare["gender"] == "woman") & (rare["age"] == "all") & (rare["quantity"] == "walks")]
    light = light.set_index("reason").loc["light"]
    assert light["low"] == 0.0
    assert light["high"] < 0.2, "far above the largest of the draws otherwise"
    told = words.sentences(empty_parts(rare))[1]
    assert told.startswith("For women surely in the way: closed fronts (6.1 of ten without it)")
    assert told.endswith("; dim or no light may be more so, but draws differ.")


def test_so_few_draws_blame_nothing_and_clear_nothing():
    told = words.sentences(empty_parts(tables.reasons([draw_of(0.1), draw_of(0.2)])))
    assert told[1] == "So few draws cannot tell what is in the way of women; ask for more with --replications."
    shown = words.groups_table(tables.reasons([draw_of(0.1)]))
    assert {row[3] for row in shown.rows} == {"too few draws to tell"}


def test_levels_that_are_shares_stay_shares(make_run):
    runs = [make_run(draw, push={"woman": push, "man": push, "another": push}) for draw, push in enumerate((-2, 0, 4))]
    found = tables.mean_levels(runs)
    shares = found[found["unit"].str.startswith("share")]
    assert len(shares)
    assert shares["high"].max() <= 1.0
    assert shares["low"].min() >= 0.0


def test_the_survey_asks_of_the_dark_so_night_is_no_reason_in_it(found):
    assert "night" in set(found[found["quantity"] == "walks"]["reason"])
    assert set(found[found["quantity"] == "survey"]["reason"]) == {"light", "fronts"}


class Run:
    """A run that has walked somewhere, and nothing else."""

    def __init__(self, rows):
        self.summary = pd.DataFrame(
            [
                {"breakdown": "walked_in", "itinerary": "realised", "zone": "core", "age_band": "all", "hour": 22}
                | dict(zip(("neighbourhood", "gender", "period", "walking_s", "agents"), row, strict=True))
                for row in rows
            ]
        )

    def summary_columns(self, *names):
        return self.summary[list(names)]


def test_womens_share_by_neighbourhood_by_hand_with_small_ones_together():
    """The harbour has two women's hours of eight; the old town and the hill are too small to be told alone."""

    def run(women_s):
        told = [("harbour", "woman", "dark", women_s, 60), ("harbour", "man", "dark", 6 * 3600.0, 60)]
        for small in ("old town", "hill"):
            told += [(small, "woman", "dark", 3600.0, 20), (small, "man", "dark", 3600.0, 20)]
        return Run([*told, ("(none)", "woman", "dark", 9e9, 900), ("(none)", "man", "dark", 9e9, 900)])

    table = tables.who_is_where([run(7200.0), run(7200.0), run(7200.0)]).set_index("neighbourhood")
    assert list(table.index) == ["harbour", OTHERS]
    assert table.loc["harbour", "women_share"] == pytest.approx(2 / 8)
    assert table.loc["harbour", "women_walking_h"] == pytest.approx(2.0)
    assert table.loc[OTHERS, "women_share"] == pytest.approx(0.5)
    shown = words.where_table(table.reset_index())
    assert [row[1] for row in shown.rows] == ["–", "–"]
    assert shown.rows[0][2].startswith("25")


def test_what_is_in_the_way_by_neighbourhood_by_hand():
    """Streets 1 and 2 lie at the harbour, 3 on the hill, 4 in none; light helps at the harbour, company on the hill."""

    def run():
        told = [(place, who, "dark", 1.0, 60) for place in ("harbour", "hill") for who in ("woman", "man")]
        made = Run(told)
        made.segment_columns = lambda *names: pd.DataFrame(
            {"segment_id": [1, 2, 3, 4] * 2, "neighbourhood": ["harbour", "harbour", "hill", "(none)"] * 2}
        )
        return made

    def streets(light):
        walking = np.array([1000.0, 3000.0, 2000.0, 9e9])
        columns = {"segment_id": [1, 2, 3, 4], "in_core": True, "walking_s": walking, "safe_s": 0.5 * walking}
        mended = {"safe_s_light": [500.0 + light, 1500.0, 1000.0, 0.0], "safe_s_company": [500.0, 1500.0, 1400.0, 0.0]}
        return pd.DataFrame(columns | mended | {"safe_s_sight": columns["safe_s"]})

    table = tables.why_where([streets(400.0), streets(400.0), streets(400.0)], [run(), run(), run()])
    assert table[["neighbourhood", "reason"]].to_numpy().tolist() == [
        *[["harbour", "light"], ["harbour", "company"]],
        *[["hill", "company"], ["hill", "light"]],
    ]
    assert table["gain"].tolist() == pytest.approx([0.1, 0.0, 0.2, 0.0])
    assert table["share"].tolist() == pytest.approx([0.5] * 4)
    shown = words.why_where_table(table)
    assert [row[2] for row in shown.rows] == ["dim or no light", "nobody about"]


def test_one_neighbourhood_is_no_comparison():
    alone = Run([("all town", "woman", "dark", 3600.0, 60), ("all town", "man", "dark", 3600.0, 60)])
    assert tables.who_is_where([alone, alone, alone]).empty


def test_shares_of_few_draws_stay_between_none_and_all():
    low, high = tables._share_interval(np.array([0.05, 0.5, 0.9]))
    assert 0.0 < low < 0.05 < 0.9 < high < 1.0
    assert tables._share_interval(np.array([0.0, 0.5, 0.9]))[0] == 0.0
    assert tables._share_interval(np.array([0.3, 0.3, 0.3])) == pytest.approx((0.3, 0.3))


def test_stayers_and_groups_are_shown_with_what_is_known():
    rows = [
        ("stays", "trader", "core", "woman", "dark", "stay_hours", "h", 12.0, np.nan),
        ("stays", "trader", "core", "man", "dark", "stay_hours", "h", 30.0, np.nan),
        ("stays", "trader", "core", "woman", "dark", "feels_safe_staying", "share", 0.5, np.nan),
        ("age", "10-15", "core", "woman", "dark", "feels_safe_door_to_door", "share", 0.61, 40.0),
        ("everybody", "all", "core", "woman", "dark", "companions_hours_back", "person-hours per such day", 3.0, 40.0),
    ]
    table = pd.DataFrame(rows, columns=list(tables.GROUP_COLUMNS))
    assert words.stayers_table(table).rows == (("trader", "12", "30", "50.0", "–"),)
    assert words.further_groups_table(table).rows == (("10-15 (age)", "61.0", "–", "–", "–"),)
    ((what, when, women, men, everybody, unit),) = words.journeys_table(table).rows
    assert "way back" in what
    assert (when, float(women), men, everybody) == ("after dark", 3.0, "–", "–")
    assert unit == "person-hours per such day"

"""The first screen: ten strangers' questions are answered on it, in numbers of the comparison, in every language."""

import dataclasses
import re
from functools import cache

import pandas as pd
import pytest

from analysis.answer.first_screen import QUESTIONS, first_screen
from analysis.answer.html_page import place_and_runs
from analysis.answer.limits import AS_WRITTEN
from analysis.answer.provenance import collect_provenance
from analysis.answer.report import write_report
from analysis.answer.those_affected import people_in_words
from analysis.answer.wording import three_figures
from analysis.comparison.paired import compare_runs, read_comparison_table, write_comparison
from analysis.harm.found import ADVERSE
from analysis.harm.losses import FOUND, GROUP, NONE_FOUND, POSSIBLY
from analysis.language import ENGLISH, LANGUAGES, Language

WORDS_OF_ENGLISH = re.compile(
    r"\b(the|of|and|with|women|men|people|which|feel|safe|after dark|day|streets?|draws?|she|at|in view|nobody)\b"
)
"""Words that no Spanish or French sentence has ("a", "on", "me" are words there too)."""


def with_affected(run):
    """A run with a tenth of everybody affected."""
    realised = run.summary[run.summary["itinerary"] == "realised"]
    there = realised[realised["zone"] == "core"].copy()
    numbers = ["population", "walking_s", "safe_s", "trips_planned", "trips_not_made"]
    there[numbers] = there[numbers] / 10.0
    there["people_affected"] = there["population"] * (there["hour"] == 21)
    before = there.assign(itinerary="affected_before")
    told = [run.summary, there.assign(itinerary="affected"), before]
    return run._replace(summary=pd.concat(told, ignore_index=True))


@pytest.fixture(scope="module")
def answered(make_pair, make_pushes):
    """A comparison of lamps and its facts."""

    def build(draws=4, women=0.3, men=0.3, kinds=("lighting",)):
        base, lamps = make_pair(make_pushes(draws, women=women, men=men), title="Light", question="What then?")
        lamps = [with_affected(run) for run in lamps]
        for run in lamps:
            run.manifest["scenario"]["measures"] = [{"kind": kind} for kind in kinds]
        return compare_runs(base, {"lamps": lamps}), collect_provenance(base, {"lamps": lamps})

    return cache(build)


def value(comparison, indicator, gender="all", period="all", column="value"):
    rows = comparison[(comparison["indicator"] == indicator) & (comparison["gender"] == gender)]
    plain = (rows[["age", "hour_band", "disability", "carer", "night_worker", "purpose"]] == "all").all(axis=1)
    plain &= rows["zone"] == "core"
    return float(rows[plain & (rows["period"] == period)][column].iloc[0])


def numbers_of(text):
    """Numbers as they are read: thin spaces between thousands, a point before decimals."""
    return [float(re.sub(r"\s", "", found)) for found in re.findall(r"\d[\d\u202f]*(?:\.\d+)?", text)]


def answers(html):
    """Text of each answer by its question."""
    found = {}
    for question in QUESTIONS:
        after = html.split(f'data-question="{question}"', 1)
        if len(after) == 2:
            found[question] = re.sub(r"<[^>]+>", "", after[1].split(">", 1)[1].split("</d", 1)[0])
    return found


@pytest.mark.parametrize("draws", [1, 4])
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_question_is_answered(answered, draws, code):
    comparison, facts = answered(draws)
    html = first_screen(comparison, "lamps", facts, say=Language(code), prefix="s0-")
    told = answers(html)
    assert set(told) == set(QUESTIONS)
    assert [question for question, text in told.items() if len(text.strip()) < 4] == []


def test_nobody_and_nothing_are_answers_too(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(4))
    lamps = [run._replace(placements=run.placements.iloc[:0]) for run in lamps]
    comparison = compare_runs(base, {"lamps": lamps})
    facts = collect_provenance(base, {"lamps": lamps})
    told = answers(first_screen(comparison, "lamps", facts, say=ENGLISH))
    assert set(told) == set(QUESTIONS)
    assert "women: too few in this run to say" in told["how many women"]  # it touches streets, so they may be few
    assert "Nothing is placed" in told["what does it cost"]
    nowhere = dataclasses.replace(facts, scenarios=(dataclasses.replace(facts.scenarios[0], touched=0),))
    told = answers(first_screen(comparison, "lamps", nowhere, say=ENGLISH))
    assert "0 women" in told["how many women"]


def test_who_is_worse_off_is_said_as_the_finding_has_it(answered):
    comparison, facts = answered(8)
    row = dict.fromkeys((*GROUP, "period", "hour_band", "zone", "purpose"), "all")
    row |= {"indicator": "feels_safe_share", "difference": -0.1, "margin": 0.005}
    women, old = row | {"gender": "woman"}, row | {"gender": "woman", "age": "75+"}
    carers = row | {"gender": "woman", "carer": "any"}

    def told(*rows, code="en"):
        table = pd.DataFrame([one | {"harm": word} for one, word in rows], columns=[*row, "harm"])
        return answers(first_screen(comparison, "lamps", facts, say=Language(code), harm=table))["is anybody worse off"]

    assert told((women, NONE_FOUND)).startswith("for no group is harm beyond the margins found, which is no proof")
    assert told().startswith("for no group")
    assert told((women, FOUND), (old, POSSIBLY)) == "harm is found for women (which)"
    assert told((women, NONE_FOUND), (old, POSSIBLY)) == "harm is possible for women aged 75+ (which)"
    assert told((row, FOUND), (old, FOUND)) == "harm is found for women aged 75+ (which)"
    assert told((row, FOUND)) == "harm is found for everybody (which)"
    assert told((women, FOUND), (old, FOUND), (carers, FOUND)) == (
        "harm is found for women, women aged 75+, and 1 more (which)"
    )
    assert told((old, FOUND), code="fr") == "un préjudice est constaté pour : femmes de 75+ ans (lesquels)"
    assert told((row | {"indicator": ADVERSE}, POSSIBLY)).startswith("for no group")
    bare = answers(first_screen(comparison, "lamps", facts, say=ENGLISH))["is anybody worse off"]
    assert bare == "not worked out for this report"


def test_what_a_night_bus_leads_with_is_told(answered):
    comparison, facts = answered(4, kinds=("transit",))
    html = first_screen(comparison, "lamps", facts, say=ENGLISH)
    assert "Trips not made, of 1000 planned" in html
    assert f"{value(comparison, 'trips_not_made', 'woman', 'dark'):.1f}" in html


@pytest.fixture(scope="module")
def page(answered, tmp_path_factory):
    """A report in a language, and the comparison as its file has it."""

    def build(code):
        folder = tmp_path_factory.mktemp(code)
        comparison, facts = answered(4)
        write_comparison(comparison, folder / "comparison.csv")
        write_report(folder / "report.html", comparison, facts=facts, language=Language(code))
        return folder / "report.html", read_comparison_table(folder / "comparison.csv")

    return cache(build)


@pytest.mark.browser
def test_what_is_read_from_the_page_is_in_the_table(page, browser):
    file, comparison = page("en")
    tab = browser.new_page(viewport={"width": 1280, "height": 800})
    tab.goto(file.as_uri())
    told = {question: tab.locator(f'[data-question="{question}"]').first.inner_text() for question in QUESTIONS}
    for gender, question in (("woman", "how many women"), ("man", "how many men")):
        people = value(comparison, "affected_people", gender)
        assert numbers_of(told[question])[0] == pytest.approx(people, abs=0.5 if people < 1000 else 5)
    shares = [
        10 * value(comparison, "feels_safe_share_treated", gender, "dark", column)
        for gender in ("woman", "man")
        for column in ("baseline", "value")
    ]
    assert numbers_of(told["do they feel safer"]) == pytest.approx(shares, abs=0.0501)
    better = [
        4 * value(comparison, "feels_safe_share_treated", gender, "dark", "share_better") for gender in ("woman", "man")
    ]
    assert numbers_of(told["how sure"])[::2] == pytest.approx(better)
    cost = value(comparison, "cost", column="difference")
    assert numbers_of(told["what does it cost"]) == [three_figures(cost)]
    each = cost / value(comparison, "affected_people")
    assert numbers_of(told["what does it cost each"])[0] == pytest.approx(each, abs=0.0501 if each < 100 else 0.6)
    assert "5 street segments" in told["where"]
    assert "21 December 2026; after dark: 16:00 to 09:00" in told["when"]
    assert "4 draws" in told["what is this based on"]
    assert "United Kingdom" in told["what is this based on"]
    drawn = [numbers_of(text) for text in tab.locator("svg.minutes text").all_text_contents()]
    labelled = sorted(found[0] for found in drawn if found and found[0] % 1)  # those on the axis are whole
    assert labelled == pytest.approx(sorted(shares), abs=0.0501)
    tab.close()


@pytest.mark.browser
@pytest.mark.parametrize("code", LANGUAGES)
def test_it_fits_a_laptops_screen_a_phone_and_a_projector(page, browser, code, tmp_path):
    file, _ = page(code)
    for width, height in ((360, 740), (1280, 800), (1920, 1080)):
        tab = browser.new_page(viewport={"width": width, "height": height})
        tab.goto(file.as_uri())
        tab.screenshot(path=str(tmp_path / f"first-{code}-{width}.png"))
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        bottoms = tab.evaluate("[...document.querySelectorAll('h1, .card, .first svg, .strip')].map(BOTTOM)".replace(
            "BOTTOM", "one => one.getBoundingClientRect().bottom + scrollY"
        ))  # fmt: skip
        assert len(bottoms) == 7
        assert width == 360 or max(bottoms) <= height
        small = "[...document.querySelectorAll('.first p, .first dd, .first small')].map(SIZE)".replace(
            "SIZE", "one => parseFloat(getComputedStyle(one).fontSize)"
        )
        assert min(tab.evaluate(small)) >= 12
        tab.close()


@pytest.mark.browser
@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_no_english_is_left_on_the_first_screen(page, browser, code):
    tab = browser.new_page()
    tab.goto(page(code)[0].as_uri())
    assert tab.evaluate("document.documentElement.lang") == code
    told = tab.evaluate(
        "[...document.querySelectorAll('.first, .place, nav, .skip, h2, footer, #outside, #sure dd')].map(one => one.textContent)"
    )
    told += tab.evaluate("[...document.querySelectorAll('.first [alt], nav')].map(one => one.alt || one.ariaLabel)")
    for text in told:
        ours = text.replace("OpenStreetMap contributors", "").replace("Open Database Licence", "")
        assert WORDS_OF_ENGLISH.findall(ours.lower()) == [], ours
    assert Language(code)(AS_WRITTEN) in tab.locator("p.note").all_inner_texts()
    tab.close()


@pytest.mark.browser
@pytest.mark.parametrize("code", LANGUAGES)
def test_it_is_accessible(page, browser, code):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    tab = browser.new_page(viewport={"width": 390, "height": 844})
    tab.goto(page(code)[0].as_uri())
    found = axe.Axe().run(tab)
    assert found.violations_count == 0, found.generate_report()
    tab.close()


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("dark", [False, True])
def test_where_the_sun_never_sets_or_never_rises(answered, code, dark):
    comparison, facts = answered(4)
    facts = dataclasses.replace(facts, dark_hours=(dark,) * 24)
    told = answers(first_screen(comparison, "lamps", facts, say=Language(code)))
    assert set(told) == set(QUESTIONS)
    assert Language(code).date(facts.day) in told["when"]
    assert ":00" not in told["when"]


def with_few_affected(runs, agents):
    """Runs in which so few agents are affected."""
    told = []
    for run in runs:
        summary = run.summary.copy()
        touched = summary["itinerary"].isin(["affected", "affected_before"])
        summary.loc[touched, "agents"] = 0
        first = summary.index[touched & (summary["gender"] == "woman")][:1]
        summary.loc[first, "agents"] = agents
        told.append(run._replace(summary=summary))
    return told


@pytest.mark.parametrize(("agents", "is_told"), [(29, False), (30, True)])
def test_fewer_than_30_affected_are_not_told_at_all(make_pair, make_pushes, agents, is_told):
    """Neither how many they are nor how the streets feel to them: nobody else of their gender stands behind that."""
    base, lamps = make_pair(make_pushes(4, women=0.3, men=0.3), title="Light", question="What then?")
    lamps = with_few_affected([with_affected(run) for run in lamps], agents)
    comparison, facts = compare_runs(base, {"lamps": lamps}), collect_provenance(base, {"lamps": lamps})
    for indicator in ("affected_people", "feels_safe_share_treated"):
        rows = comparison[comparison["indicator"] == indicator]
        assert bool(len(rows)) == is_told, indicator
        assert (rows["people"] >= 30).all()
    assert bool(people_in_words(comparison, "lamps", facts)) == is_told
    page = first_screen(comparison, "lamps", facts, say=ENGLISH)
    assert ("women: too few in this run to say" in page) != is_told
    assert "It touches no street" not in page


def test_no_cost_is_said_and_not_a_zero(answered):
    comparison, facts = answered()
    free = comparison.copy()
    free.loc[free["indicator"] == "cost", ["difference", "low", "high", "value"]] = 0.0
    found = answers(first_screen(free, "lamps", facts, say=ENGLISH))
    assert found["what does it cost"].startswith("No cost is counted")
    assert found["what does it cost each"].startswith("–")


def test_one_draw_is_one(answered):
    comparison, facts = answered(draws=1)
    assert "One draw of all that is uncertain" in first_screen(comparison, "lamps", facts, say=ENGLISH)
    assert "1 draw; seed" in "".join(place_and_runs(facts))
